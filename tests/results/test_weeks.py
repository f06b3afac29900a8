"""The worst weeks of exports, by hand: four weeks from 1 September, two boxes a week."""

from __future__ import annotations

import pytest

from sim.report.weeks import week_words
from sim.results import Results
from sim.results.series import weekly
from sim.results.weeks import left_over, slowest_week
from tests.results.builder import containers, results

WEEK = 168.0


def run(leads: list[float], replication: int = 0, warmup: float = 0.0, **first: object) -> Results:
    """Two boxes become ready at the beginning of each week and arrive after so many hours."""
    rows = [
        {"ready_h": w * WEEK + 1.0, "delivered_h": w * WEEK + 1.0 + lead}
        for w, lead in enumerate(leads)
        for _ in range(2)
    ]
    rows[0] |= first
    return results(
        containers_=containers(rows),
        horizon_h=len(leads) * WEEK,
        warmup_h=warmup,
        replication=replication,
    )


def test_what_is_left_at_the_end_of_each_week() -> None:
    begins, left = left_over(weekly(run([10.0, 200.0, 200.0, 10.0])))
    assert list(begins) == [0.0, WEEK, 2 * WEEK, 3 * WEEK]
    assert list(left) == [0.0, 52.0, 52.0, 0.0]
    refused = run([200.0, 10.0, 10.0], delivered_h=None, refused=True)
    assert list(left_over(weekly(refused))[1]) == [26.0, 0.0, 0.0]


def test_the_week_that_took_longest_has_nearly_all_arrived_and_is_after_the_warm_up() -> None:
    leads = [150.0, 10.0, 50.0, 120.0]
    found = slowest_week(run(leads))
    assert found is not None
    assert (found.begin_h, found.lead_h, found.containers) == (0.0, 150.0, 2)
    assert found.whole_h == pytest.approx(sum(leads) / 4)
    later = slowest_week(run(leads, warmup=WEEK))
    assert later is not None and (later.begin_h, later.lead_h) == (3 * WEEK, 120.0)
    # one of the two of the first week never arrives: what the other took says little
    short = slowest_week(run(leads, delivered_h=None))
    assert short is not None and short.begin_h == 3 * WEEK
    assert slowest_week(run(leads, warmup=4 * WEEK)) is None
    assert slowest_week(results()) is None


def test_the_worst_week_is_told_with_its_date_and_of_several_runs_with_an_interval() -> None:
    one, other = run([10.0, 200.0, 10.0, 10.0]), run([10.0, 200.0, 200.0, 10.0], 1)
    assert week_words(one, []) == (
        "The worst week began on 8 Sep 2023: at its end 52 t of exports were ready and not "
        "delivered.",
        "Exports that became ready in the week from 8 Sep 2023 took longest, 8.33 days in the "
        "mean; all weeks, 2.40.",
    )
    both = week_words(one, [weekly(one), weekly(other)], "In replication 0")
    assert both[0].startswith("The worst week began on 8 Sep 2023: at its end 52 ± 0 t of exports")
    assert both[0].endswith("(the worst weeks of the 2 runs began from 8 Sep 2023 to 8 Sep 2023).")
    assert both[1].startswith("In replication 0: exports that became ready in the week from 8 Sep")
    late = run([10.0, 10.0, 200.0, 10.0], 2)
    apart = week_words(one, [weekly(one), weekly(late)])
    assert "began from 8 Sep 2023 to 15 Sep 2023)" in apart[0]
    assert "30 ± 330 t" in apart[0]


def test_a_run_in_which_nothing_is_left_has_no_worst_week() -> None:
    assert week_words(run([10.0, 20.0]), []) == ()
