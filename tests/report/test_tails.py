"""Who waits longer where the mean and the P95 of lead times move apart, in words."""

from __future__ import annotations

from typing import Any

from sim.report.tails import tail_words


def figures(mean: str, tail: str) -> list[dict[str, Any]]:
    both = {"variant": "b", "against": "a"}
    return [
        {**both, "kpi": "lead_time_mean_h", "verdict": mean},
        {**both, "kpi": "lead_time_p95_h", "verdict": tail},
    ]


def group(name: str, low: float | None, high: float | None, share: float, **more: Any) -> Any:
    return {
        "variant": "b",
        "against": "a",
        "group": name,
        "low": low,
        "high": high,
        "difference": 0.0 if low is None or high is None else (low + high) / 2,
        "share": share,
        "reference_share": 0.5,
        **more,
    }


ROWS = [
    group("origin west", 20.0, 60.0, 0.95),
    group("origin east", -80.0, -40.0, 0.05),
    group("origin south", -200.0, -100.0, 0.0),
    group("crossing north", -10.0, 30.0, 1.0),
    group("ready in March", 5.0, 9.0, 0.3),
]


def test_those_who_surely_take_longer_and_have_most_of_the_slowest_are_named() -> None:
    (said,) = tail_words(figures("better", "worse"), ROWS)
    assert said == (
        "b: the mean lead time falls and the P95 rises, since exports from west take surely longer "
        "(+40 h, 20 … 60) and are 95 % of its slowest twentieth, 50 % of that of a, while exports "
        "from south take surely less (-150 h, -200 … -100)."
    )


def test_the_other_way_round_those_who_take_less_are_named() -> None:
    rows = [group("ready in March", -9.0, -5.0, 0.1, reference_share=0.6)]
    (said,) = tail_words(figures("worse", "better"), rows)
    assert said == (
        "b: the mean lead time rises and the P95 falls, since exports ready in March take surely "
        "less (-7 h, -9 … -5) and are 10 % of its slowest twentieth, 60 % of that of a."
    )


def test_nothing_is_said_where_the_results_do_not_support_it() -> None:
    for verdicts in (("better", "better"), ("better", "not told apart"), ("same", "worse")):
        assert tail_words(figures(*verdicts), ROWS) == ()
    apart = figures("better", "worse")
    assert tail_words(apart, ROWS[1:4]) == ()
    assert tail_words(apart, [group("origin west", None, None, 1.0)]) == ()
    assert tail_words(apart, [group("origin west", 1.0, 2.0, 0.0, reference_share=0.0)]) == ()
    assert tail_words(apart[:1], ROWS) == ()
    other = [{**row, "against": "c"} for row in ROWS]
    assert tail_words(apart, other) == ()
