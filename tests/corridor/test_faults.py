"""Names and rules that a corridor must not be misled by."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.corridor.build import Builder
from sim.corridor.streams import Streams
from tests.corridor.small import SMALL, scenario


def test_the_gate_of_a_line_called_acceptance_is_not_one_of_the_border(tmp_path: Path) -> None:
    text = SMALL.replace("[west, dostyk/kz", "[acceptance-spur, dostyk/kz")
    text = text.replace("  west: {from", "  acceptance-spur: {from").replace(
        "[west,", "[acceptance-spur,"
    )
    builder = Builder(scenario(tmp_path, text).tables, 1, 0)
    builder.build()
    (gates,) = builder.context.border.gates.values()
    assert [gate.name for gate in gates] == ["border: acceptance"]


def test_paths_that_read_alike_are_not_one_stream() -> None:
    streams = Streams(1, 0)
    first = streams.generator("a/b", "c").random()
    assert streams.generator("a/b", "c").random() == first
    with pytest.raises(ValueError, match="share a key"):
        streams.generator("a", "b/c")


def test_a_rule_that_sends_trains_for_ever_is_named(tmp_path: Path) -> None:
    class Always:
        def next_departure(self, yard: object, now: float) -> float:
            return now

    corridor = Builder(scenario(tmp_path, SMALL).tables, 1, 0).build()
    corridor.services["onward"]._rule = Always()
    with pytest.raises(RuntimeError, match=r"onward: .* the dispatch rule Always"):
        corridor.env.run(until=1.0)
