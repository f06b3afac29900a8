"""Progress without a terminal: plain lines, seldom, and none for what is over soon."""

from __future__ import annotations

import io
from collections.abc import Callable

from sim.cli.lines import Lines


def told(
    total: int, seconds: float, before: Callable[[Lines, int], None] | None = None
) -> list[str]:
    """Lines of so many pieces that take so long each."""
    to, now = io.StringIO(), [100.0]
    lines = Lines(total, "bottleneck", to, lambda: now[0])
    for piece in range(total):
        if before is not None:
            before(lines, piece)
        now[0] += seconds
        lines()
    return to.getvalue().splitlines()


def test_a_line_at_every_tenth_part() -> None:
    said = told(200, 3.0)
    assert len(said) == 10
    assert said[0] == "bottleneck: 20 of 200 done in 60 s, about 9 min left"
    assert said[4] == "bottleneck: 100 of 200 done in 5 min, about 5 min left"
    assert said[-1] == "bottleneck: 200 of 200 done in 10 min"
    assert told(20_000, 3.0)[0].endswith("2,000 of 20,000 done in 1.7 h, about 15.0 h left")


def test_what_is_over_soon_says_nothing_and_lines_are_half_a_minute_apart() -> None:
    assert told(200, 0.1) == []
    assert [line.split()[1] for line in told(100, 1.0)] == ["30", "60", "90"]
    assert [line.split()[1] for line in told(3, 40.0)] == ["1", "2", "3"]


def test_more_pieces_than_were_expected_are_told_of_the_new_number() -> None:
    def longer(lines: Lines, piece: int) -> None:
        if piece == 10:
            lines.expect(40)

    said = told(20, 30.0, longer)
    assert [line.split()[1] for line in said] == ["2", "4", "6", "8", "10", "12", "16", "20"]
    assert said[4] == "bottleneck: 10 of 20 done in 5 min, about 5 min left"
    assert said[5] == "bottleneck: 12 of 40 done in 6 min, about 14 min left"


def test_a_search_that_takes_longer_than_expected_does_not_tell_more_than_all() -> None:
    said = told(30, 30.0, lambda lines, piece: lines.expect(20) if piece == 0 else None)
    assert said[9] == "bottleneck: 20 of 20 done in 10 min"
    assert said[10] == "bottleneck: 22 done in 11 min, more than expected"
