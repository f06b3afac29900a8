"""Replications: means with intervals, tables of the first, and overload called by name."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from sim.corridor import simulate
from sim.results import kpis
from sim.scenario import Scenario, load
from sim.study.engine import Outcome
from sim.study.overload import Drift
from sim.study.replications import Replications, replicate
from sim.study.statistics import Interval
from tests.cli.command import steppe
from tests.study.made import FAILED, outcome, weekly
from tests.study.tiny import tiny
from tests.study.trap import Trapped

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return tiny(tmp_path, "horizon=21 d", "seed=5")


def drifting(scenario: Scenario, *weeks: tuple[list[float], list[float], float]) -> Drift | None:
    """Drift of runs that offered and delivered these tonnes a week after a warm-up of hours."""
    made = [replace(outcome(i), weekly=weekly(*w)) for i, w in enumerate(weeks)]
    return Replications(scenario, 1, tuple(made)).drift()


def test_key_figures_are_means_of_the_runs_with_their_interval(scenario: Scenario) -> None:
    made = replicate(scenario, 5, jobs=1)
    each = [kpis(simulate(scenario, 5, r)) for r in range(5)]
    summary = made.kpis()
    assert list(summary) == list(each[0])
    for name, found in summary.items():
        values = [k[name].value for k in each]
        if None in values:  # no disruption to recover from, nothing that has a price
            assert found.mean is None
            assert name == "recovery_max_h" or name.startswith(("cost_", "co2e_", "wagon_"))
            continue
        assert found.n == 5
        assert found.mean == pytest.approx(np.mean(values))
        error = stats.sem(values)
        assert found.half_width == pytest.approx(stats.t.ppf(0.975, 4) * error, abs=1e-12), name
        assert (found.unit, found.meaning) == (each[0][name].unit, each[0][name].meaning)
    wide = summary["lead_time_mean_h"].half_width
    assert wide is not None
    assert wide > 0.0


def test_a_figure_that_some_runs_lack_is_that_of_the_others(scenario: Scenario) -> None:
    made = Replications(
        scenario,
        1,
        (
            outcome(0, lead_time_mean_h=None, slot_fill=None),
            outcome(1, lead_time_mean_h=10.0, slot_fill=None),
            Outcome(2, failure=FAILED),
            outcome(3, lead_time_mean_h=20.0, slot_fill=None),
        ),
    )
    summary = made.kpis()
    lead = summary["lead_time_mean_h"]
    # Deviation sqrt(50), over sqrt(2) is 5; Student's t of one degree is 12.7062.
    assert (lead.mean, lead.n) == (15.0, 2)
    assert lead.half_width == pytest.approx(5 * 12.7062, rel=1e-5)
    none = summary["slot_fill"]
    assert (none.mean, none.half_width, none.n) == (None, None, 0)
    assert [o.replication for o in made.failed] == [2]
    assert [o.replication for o in made.good] == [0, 1, 3]


def test_one_replication_has_no_half_width(scenario: Scenario) -> None:
    found = replicate(scenario, 1, jobs=1).kpis()["delivered_t"]
    assert found.mean is not None
    assert (found.half_width, found.n) == (None, 1)


def test_the_seed_is_the_scenarios_own_unless_given(scenario: Scenario) -> None:
    own, given = replicate(scenario, jobs=1), replicate(scenario, seed=6, jobs=1)
    assert (own.seed, given.seed) == (5, 6)
    assert own.first.containers.equals(simulate(scenario, 5, 0).containers)
    assert given.first.containers.equals(simulate(scenario, 6, 0).containers)
    assert not own.first.containers.equals(given.first.containers)


def test_only_the_first_run_keeps_its_tables(scenario: Scenario) -> None:
    made = replicate(scenario, 3, jobs=1)
    assert [o.results is not None for o in made.outcomes] == [True, False, False]
    assert made.first is made.outcomes[0].results


def test_tables_are_those_of_the_first_run_that_ended(scenario: Scenario, tmp_path: Path) -> None:
    trapped = Trapped.of(scenario, tmp_path / "sprung")
    made = replicate(trapped, 3, seed=5, jobs=1)
    assert [o.failure is None for o in made.outcomes] == [False, True, True]
    assert made.first.meta["replication"] == 1
    assert made.first.containers.equals(simulate(scenario, 5, 1).containers)


def test_runs_that_all_failed_have_no_tables_and_no_drift(scenario: Scenario) -> None:
    made = replicate(Trapped.of(scenario), 2, seed=5, jobs=1)
    assert len(made.failed) == 2
    assert made.drift() is None
    with pytest.raises(LookupError, match="no run"):
        _ = made.first


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ({"replications": 0}, "replications: 0 is not a number of runs"),
        ({"replications": -3}, "replications: -3 is not"),
        ({"jobs": 0}, "jobs: 0 is not a number of processes"),
    ],
)
def test_numbers_out_of_range_are_refused(
    scenario: Scenario, numbers: dict[str, int], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        replicate(scenario, **numbers)


def test_drift_is_what_the_second_half_adds_a_week(scenario: Scenario) -> None:
    # Eight weeks; the last four offer 100 t and deliver 80, then 70: 20 and 30 t a week more.
    early = [0.0, 500.0, 3.0, 9.0]
    found = drifting(
        scenario,
        ([100.0] * 8, [*early, 80.0, 80.0, 90.0, 70.0], 0.0),
        ([100.0] * 8, [*early, 70.0, 70.0, 70.0, 70.0], 0.0),
    )
    assert found is not None
    assert found.slope.mean == pytest.approx(25.0)
    assert found.slope.half_width == pytest.approx(5 * 12.7062, rel=1e-5)
    assert found.share == pytest.approx(0.25)
    assert not found.overloaded  # two runs that differ so much are not sure


def test_drift_leaves_the_warm_up_out(scenario: Scenario) -> None:
    # Warm-up of four weeks; of the eight left the last four count.
    offered, delivered = [100.0] * 12, [0.0] * 8 + [60.0] * 4
    found = drifting(scenario, (offered, delivered, 4 * 168.0))
    assert found is not None
    assert (found.slope.mean, found.share) == (pytest.approx(40.0), pytest.approx(0.4))
    assert found.overloaded


def test_too_little_time_says_nothing_of_drift(scenario: Scenario) -> None:
    assert drifting(scenario, ([100.0] * 6, [0.0] * 6, 0.0)) is None  # three weeks in its half
    assert drifting(scenario, ([100.0] * 12, [0.0] * 12, 6 * 168.0)) is None
    assert drifting(scenario, ([100.0] * 4 + [0.0] * 4, [50.0] * 8, 0.0)) is None


@pytest.mark.parametrize(
    ("mean", "half_width", "share", "overloaded"),
    [
        (10.0, 9.0, 0.10, True),
        (10.0, None, 0.10, True),  # one run is all there is to go by
        (10.0, 11.0, 0.10, False),  # may not grow at all
        (10.0, 1.0, 0.05, False),  # grows surely, and little
        (10.0, 1.0, 0.051, True),
        (-10.0, 1.0, -0.10, False),
    ],
)
def test_overload_is_growth_that_is_large_and_sure(
    mean: float, half_width: float | None, share: float, overloaded: bool
) -> None:
    assert Drift(Interval(mean, half_width, 5, None), share).overloaded is overloaded


@pytest.mark.parametrize(("train_t", "overloaded"), [(59.0, True), (61.0, False)])
def test_growth_of_less_than_a_trains_load_is_no_overload(train_t: float, overloaded: bool) -> None:
    # 10 t a week for six weeks: goods that wait until a train of 61 t is full
    drift = Drift(Interval(10.0, 1.0, 5, None), 0.1, 6.0, train_t)
    assert drift.overloaded is overloaded


@pytest.mark.parametrize(
    ("name", "overloaded"),
    [("baseline", False), ("exports-double", True), ("record-harvest", True)],
)
def test_verdicts_of_the_library_stand(name: str, overloaded: bool) -> None:
    drift = replicate(load(SCENARIOS / f"{name}.yaml"), 1, jobs=1).drift()
    assert drift is not None
    assert drift.train_t == pytest.approx(50 * 26.0, rel=0.1)
    assert drift.overloaded is overloaded


@pytest.mark.parametrize(("swing_t", "overloaded"), [(59.0, True), (60.0, False), (200.0, False)])
def test_growth_within_the_swing_is_no_overload(swing_t: float, overloaded: bool) -> None:
    drift = Drift(Interval(10.0, 1.0, 5, None), 0.1, 6.0, 0.0, swing_t)
    assert drift.overloaded is overloaded
    assert bool(drift.doubt) is not overloaded


def test_what_was_worked_off_before_is_swing(scenario: Scenario) -> None:
    # 400 t pile up and go again in the first half; 80 t a week for six weeks are 480 t
    first_in = [300.0, 300.0, 100.0, 0.0, 0.0, 100.0]
    first_out = [100.0, 100.0, 100.0, 200.0, 200.0, 100.0]
    for weekly_growth, overloaded in ((80.0, True), (20.0, False)):
        second = [180.0] * 6, [180.0 - weekly_growth] * 6
        one = ([*first_in, *second[0]], [*first_out, *second[1]], 0.0)
        for runs in ([one], [one] * 10):
            found = drifting(scenario, *runs)
            assert found is not None
            assert found.share == pytest.approx(weekly_growth / 180.0)
            assert found.overloaded is overloaded


def test_a_lot_at_the_horizon_is_overload_only_where_replications_agree(
    scenario: Scenario,
) -> None:
    # one lot of 600 t in the last week but one; nothing has shown that it would be worked off
    run = ([100.0] * 10 + [700.0, 100.0], [100.0] * 12, 0.0)
    alone, many = drifting(scenario, run), drifting(scenario, *[run] * 10)
    assert alone is not None and many is not None
    assert alone.share == many.share > 0.4
    assert (alone.overloaded, many.overloaded) == (False, True)
    assert "single week" in alone.doubt


@pytest.mark.parametrize("seed", ["3", "5"])
def test_an_exporters_lots_are_not_called_overload(tmp_path: Path, seed: str) -> None:
    # a few lots of 60 boxes a year, trains of six, consignees who take a month: customs are used
    # for 1 and 2 % of the time, and the horizon cuts the last lot
    sets = (
        *("horizon=365 d", "supplies.barley.volume=12 t/d", "supplies.barley.lot=60"),
        *("stations.jinan.delivery.dwell=exponential(mean: 30 d)", "services.block.length=6"),
    )
    drift = replicate(tiny(tmp_path, *sets), 1, seed=int(seed), jobs=1).drift()
    assert drift is not None
    assert drift.share > 0.05
    assert drift.slope.mean * drift.weeks > drift.train_t  # all that was asked for once
    arguments = ["run", "tiny.yaml", "--seed", seed, "--out", "out"]
    told = steppe(tmp_path, *arguments, *(a for text in sets for a in ("--set", text))).out
    assert "OVERLOADED" not in told
    assert "not called overload: as much came and went before, or came in a single week." in told
    said = json.loads((tmp_path / "out" / "manifest.json").read_text())["overload"]
    assert (said["overloaded"], said["doubt"]) == (False, drift.doubt)


def test_a_trickle_that_fills_a_train_a_month_is_not_overloaded(tmp_path: Path) -> None:
    # 12 boxes of 20 t wait for each other for weeks; most of a short half is in the yard
    sets = ("supplies.barley.volume=6 t/d", "supplies.barley.lot=1", "horizon=60 d")
    made = replicate(tiny(tmp_path, *sets), 1, jobs=1)
    drift = made.drift()
    assert drift is not None
    assert drift.train_t == 240.0
    assert 0.0 < drift.slope.mean * drift.weeks < 240.0
    assert drift.share > 0.05
    assert not drift.overloaded


@pytest.mark.parametrize(
    ("volume", "overloaded"),
    [("1008 t/d", False), ("1296 t/d", False), ("1728 t/d", True), ("2880 t/d", True)],
    ids=["load 0.7", "load 0.9", "load 1.2", "load 2"],
)
def test_a_queue_is_overloaded_when_more_comes_than_it_serves(
    tmp_path: Path, volume: str, overloaded: bool
) -> None:
    # Customs pass a train of 240 t in four hours: 1,440 t a day.
    sets = f"supplies.barley.volume={volume}", "horizon=30 wk", "fleets.boxes.at.almaty=35000"
    made = replicate(tiny(tmp_path, *sets), 4, jobs=1)
    drift = made.drift()
    assert drift is not None
    assert drift.overloaded is overloaded
    if overloaded:
        offered = float(volume.split()[0]) * 7
        assert drift.slope.mean == pytest.approx(offered - 1440 * 7, rel=0.25)
        assert drift.share == pytest.approx(1 - 1440 * 7 / offered, rel=0.25)


def test_done_is_called_for_each_run(scenario: Scenario) -> None:
    done: list[None] = []
    replicate(scenario, 3, jobs=1, done=lambda: done.append(None))
    assert len(done) == 3


@pytest.mark.parametrize(
    ("way", "lacking"), [("refused", (20.0, 0.2, True)), ("rejected", (0.0, 0.0, False))]
)
def test_full_elevators_are_overload_and_a_strict_laboratory_is_not(
    scenario: Scenario, way: str, lacking: tuple[float, float, bool]
) -> None:
    # 100 t a week are offered, 80 arrive, and the other 20 are turned away
    gone = weekly([100.0] * 12, [80.0] * 12, **{way: 20.0})
    made = Replications(scenario, 1, tuple(replace(outcome(i), weekly=gone) for i in range(3)))
    drift = made.drift()
    assert drift is not None
    assert (drift.slope.mean, drift.share, drift.overloaded) == pytest.approx(lacking)


def test_the_weeks_hold_all_that_leaves(tmp_path: Path) -> None:
    from sim.results.series import weekly as weeks
    from sim.scenario import load
    from tests.corridor.small import SMALL

    path = tmp_path / "small.yaml"
    path.write_text(SMALL.replace("slots: 50", "slots: 50, reject: 40 %"))
    results = simulate(load(path))
    figures, frame = kpis(results), weeks(results).frame
    assert frame["rejected_t"].sum() > 0.0
    for name in ("offered_t", "delivered_t", "refused_t", "rejected_t"):
        assert frame[name].sum() == pytest.approx(figures[name].value), name
