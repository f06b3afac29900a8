"""What would have helped, in words: what is told in means names the mean that it is of."""

from typing import Any

from sim.report.relieved import relief_words

BASE = {"variant": "storm", "event": "snow", "n": 4, "open": 0.0}
BASE |= {"recovered_p50_h": 1680.0}
QUANTILES = {"recovered_p10_h": 240.0, "recovered_p90_h": 3600.0}
SOONER = {
    "variant": "catch-up",
    "figure": "recovered_h",
    "reference": 2040.0,
    "difference": -1800.0,
    "low": -2400.0,
    "high": -1200.0,
    "verdict": "better",
}


def test_a_difference_of_means_stands_beside_the_mean() -> None:
    # 75 days sooner than a median of 70 days would be more than there is.
    first, price = relief_words(
        [{**BASE, **QUANTILES}, {"variant": "catch-up", "open": 0.0}], [SOONER]
    )
    assert first == (
        "After snow the queue of storm is again as without it after 70 days (10 … 150) in the "
        "median, 85 in the mean; in the mean surely sooner: catch-up (by 75 days, 50 … 100)."
    )
    assert price.startswith("None of them surely makes exports later or fewer than in storm")


def differences(name: str, **queue: Any) -> list[dict[str, Any]]:
    """The rows of a variant that changes nothing but what is given of the queue."""
    same = {"variant": name, "unit": "h", "reference": 2040.0, "value": 2040.0, "difference": 0.0}
    same |= {"low": 0.0, "high": 0.0, "verdict": "not told apart", "n": 4, "more_runs": None}
    return [same | {"figure": "recovered_h"} | queue, same | {"figure": "short_t"}]


def told(*rows: dict[str, Any]) -> tuple[str, ...]:
    names = dict.fromkeys(row["variant"] for row in rows)
    return relief_words(
        [{**BASE, **QUANTILES}, *({"variant": n, "open": 0.0} for n in names)], rows
    )


def test_what_is_not_told_apart_says_how_many_more_replications_would_tell() -> None:
    row = {"difference": -240.0, "low": -1200.0, "high": 720.0}
    for more, said in (
        (40, "about 40 more replications would tell"),
        (3, "a few more replications would tell"),
        (5000, "more than 1,000 more replications would tell"),
    ):
        first, _ = told(*differences("ban", **row, more_runs=more))
        assert first.endswith(
            f"; not told apart: ban (10 days sooner; from 50 sooner to 30 later, {said})."
        )


def test_a_variant_that_changes_nothing_is_said_to_be_the_same() -> None:
    first, second = told(*differences("twin"))
    assert first.endswith("in the median, 85 in the mean.")
    assert second.startswith("twin changes nothing: each figure is that of storm in every replic")
    both = told(*differences("twin"), *differences("double"))
    assert both[1].startswith("twin and double change nothing: ")
    assert "sooner" not in " ".join(both)


def test_a_variant_that_changes_other_figures_may_take_as_long() -> None:
    queue, short = differences("cheap")
    short |= {"difference": 30.0, "low": 20.0, "high": 40.0, "verdict": "worse"}
    first, second = told(queue, short)
    assert first.endswith("in the mean; as long in every run: cheap.")
    assert second == (
        "What that surely takes against storm: cheap: 30 (20 … 40) t fewer have arrived by the "
        "horizon."
    )


def test_what_lasts_beyond_the_horizon_is_not_said_to_take_as_long() -> None:
    queue, short = differences("cheap", open=4)
    short |= {"difference": 30.0, "low": 20.0, "high": 40.0, "verdict": "worse"}
    never = {**BASE, "open": 1.0, "recovered_p50_h": None}
    first, _ = relief_words([never, {**never, "variant": "cheap"}], [queue, short])
    assert first == (
        "After snow the queue of storm is not as without it by the horizon in any run; as long in "
        "every run as far as the horizon lets see: cheap."
    )


def test_days_have_the_digits_that_their_spread_supports() -> None:
    rows = [
        {**BASE, "recovered_p50_h": 1701.6, "recovered_p10_h": 804.0, "recovered_p90_h": 3501.6}
    ]
    first, _ = relief_words([*rows, {"variant": "catch-up", "open": 0.0}], [SOONER])
    assert "after 71 days (34 … 146) in the median, 85 in the mean" in first
