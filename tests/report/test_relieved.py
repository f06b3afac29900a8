"""What would have helped, in words: what is told in means names the mean that it is of."""

from sim.report.relieved import relief_words

BASE = {"variant": "storm", "event": "snow", "n": 4, "recovered_p50_h": 1680.0}
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
    first, price = relief_words([{**BASE, **QUANTILES}, {"variant": "catch-up"}], [SOONER])
    assert first == (
        "After snow the queue of storm is again as without it after 70 days (10 … 150) in the "
        "median, 85 in the mean; in the mean surely sooner with catch-up (by 75 days, 50 … 100)."
    )
    assert price.startswith("None of them surely makes exports later or fewer than in storm")
