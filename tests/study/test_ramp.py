"""The volume ramp: capacities known by hand, rankings and regrets worked out on paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import stats

from sim.report.findings import behind_words
from sim.scenario import Scenario, ScenarioError, load
from sim.scenario.altering import Change, altered
from sim.study.breakpoint import CYCLE, breakpoints, long_run, search
from sim.study.engine import Failure, Outcome
from sim.study.look import Look
from sim.study.migration import causes, migration
from sim.study.ramp import Ramp, ramp
from sim.study.ranking import flips, ranking, regret
from sim.study.replications import replicate
from tests.corridor.small import scenario
from tests.corridor.test_gridlock import YARD
from tests.study.tiny import TINY, tiny

REGULAR = "supplies.barley.arrivals=regular"
CAPACITY = 6 * 12 * 20 / 960
"""Customs pass six trains of 12 boxes a day; 960 t are offered at volume 1."""


def find(curve: object, most: float = 3.0) -> tuple[float, bool, int]:
    """What the search finds on a curve of what lacks, and the volumes it tried."""
    going, count = search(most), 1
    volume = next(going)
    while True:
        try:
            volume = going.send(curve(volume))  # type: ignore[operator]
            count += 1
        except StopIteration as stop:
            return (*stop.value, count)


@pytest.mark.parametrize("capacity", [0.05, 0.7, 1.0, 1.37, 2.8])
def test_the_search_finds_the_volume_where_delivery_stops_to_rise(capacity: float) -> None:
    found, censored, runs = find(lambda v: max(0.0, 1.0 - capacity / v))
    assert found == pytest.approx(capacity, rel=0.01)
    assert not censored
    assert runs <= 6


def test_the_search_halves_where_the_first_guess_is_far_off() -> None:
    # two branches: one of half the goods chokes at 1.2, the other never: lacks 0.5 (1 - 1.2 / v)
    found, _, runs = find(lambda v: max(0.0, 0.5 * (1.0 - 1.2 / v)))
    assert found == pytest.approx(1.2 / 0.9 * 0.95, rel=0.01)
    assert runs <= 14


def test_no_drift_up_to_the_largest_volume_is_said_so() -> None:
    assert find(lambda v: 0.049) == (3.0, True, 1)


def test_what_drifts_at_every_volume_carries_nothing() -> None:
    found, censored, runs = find(lambda v: 1.0)
    assert (found, censored) == (0.0, False)
    assert runs <= 12


def test_a_deadlock_is_a_volume_not_carried(tmp_path: Path) -> None:
    # twelve boxes make a train and ten fit the yard: it fills and no train empties it
    text = YARD % {"wagons": 100, "length": 12}
    (tmp_path / "yard.yaml").write_text(text)
    made = breakpoints({"x": load(tmp_path / "yard.yaml")}, most=40.0, replications=2, jobs=1)["x"]
    assert (made.values, made.mean, made.censored) == ((0.0, 0.0), 0.0, 0)
    assert (made.failed, made.deadlocked) == (0, 2)


def test_a_breakpoint_without_values_has_no_mean_and_is_shown_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from sim.cli.ramp import _print_points

    nothing = scenario(tmp_path, YARD % {"wagons": 0, "length": 5})  # no run of it ends
    made = ramp(nothing, volumes=[1.0], replications=2, jobs=1)
    point = made.breakpoints["small"]
    assert (point.mean, point.low, point.high, point.failed) == (None, None, None, 2)
    (row,) = made.points().iter_rows(named=True)
    assert (row["breakpoint"], row["t_per_year"], row["n"]) == (None, None, 0)
    _print_points(made.points())
    shown = capsys.readouterr()
    assert "small: 2 replications have no value" in shown.err
    assert "1.000" not in shown.out


def test_of_nothing_there_is_no_ramp(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="tiny: no exports become ready in the run"):
        ramp(tiny(tmp_path, "supplies.barley.volume=0 t/d"), volumes=[1.0])


def test_goods_that_a_laboratory_turns_back_do_not_lack(tmp_path: Path) -> None:
    lab = "lab: {kind: laboratory, share: {grain: 1}, time: 1 h, slots: 9999, reject: 20 %}"
    text = TINY.replace("  jinan:\n", f"  jinan:\n    work: {{{lab}}}\n")
    text = text.replace("border/customs, east", "border/customs, east, jinan/lab")
    text = text.replace("load: 20 t", "load: 20 t, checked_as: grain")
    (tmp_path / "idle.yaml").write_text(text)
    idle = load(tmp_path / "idle.yaml", [REGULAR])
    (found,) = breakpoints({"x": idle}, most=1.0, replications=2, jobs=1).values()
    assert (found.censored, found.mean) == (2, 1.0)
    drift = replicate(idle, 3, jobs=1).drift()
    assert drift is not None
    assert not drift.overloaded
    assert abs(drift.share) < 0.05


def test_the_breakpoint_of_one_server_is_its_capacity(tmp_path: Path) -> None:
    (found,) = breakpoints({"x": tiny(tmp_path, REGULAR)}, most=2.0, replications=3).values()
    assert found.low is not None and found.high is not None
    assert found.low <= CAPACITY <= found.high
    assert found.mean == pytest.approx(CAPACITY, rel=0.01)
    assert found.high - found.low < 0.12
    assert found.bound is not None and found.mean <= found.bound
    assert found.bound_by == ("border/customs",)
    assert found.mean * found.t_per_year == pytest.approx(6 * 12 * 20 * 365, rel=0.01)


def test_a_season_does_not_move_the_breakpoint(tmp_path: Path) -> None:
    months = "jan: 2, feb: 2, mar: 2, apr: 2, may: 2, jun: 2"
    months += ", jul: 0.1, aug: 0.1, sep: 0.1, oct: 0.1, nov: 0.1, dec: 0.1"
    shape = f"supplies.barley.season={{{months}}}"
    enough = "fleets.boxes.at.almaty=80000"  # none comes back, and a long run uses more
    season = tiny(tmp_path, REGULAR, "horizon=200 d", enough, shape)
    long, cycle = long_run(season)
    assert (float(long.tables.horizon), cycle) == (2 * CYCLE, CYCLE)
    warm, _ = long_run(altered(season, [Change("warmup", "30 d")]))
    # The last cycle begins with a week: counted from the start they are whole.
    assert float(warm.tables.horizon) % 168.0 == 0.0
    assert float(warm.tables.horizon) >= 30 * 24.0 + 2 * CYCLE
    (found,) = breakpoints({"x": season}, most=2.0, replications=2, jobs=1).values()
    assert found.mean == pytest.approx(CAPACITY, rel=0.015)


def test_more_than_enough_has_no_breakpoint(tmp_path: Path) -> None:
    made = tiny(tmp_path, REGULAR, "stations.border.work.customs.servers=9")
    (found,) = breakpoints({"x": made}, most=1.5, replications=2, jobs=1).values()
    assert (found.censored, found.mean, found.high) == (2, 1.5, None)


def test_a_ramp_runs_every_policy_at_every_volume(tmp_path: Path) -> None:
    one = tiny(tmp_path, REGULAR)
    two = tiny(tmp_path, REGULAR, "stations.border.work.customs.servers=2", name="two")
    made = ramp(one, [two], [1.0, 2.0], replications=2, breaks=False)
    assert (made.names, made.failed, made.breakpoints) == (("tiny", "two"), [], {})
    rows = made.table(["offered_t", "delivered_t"])
    cell = {(r["variant"], r["volume"], r["kpi"]): r for r in rows.iter_rows(named=True)}
    offered = 960 * 56
    assert cell["two", 2.0, "offered_t"]["mean"] == pytest.approx(2 * offered, rel=0.01)
    # all that is ready but the last days' is delivered; one server stops at its capacity
    assert cell["two", 2.0, "delivered_t"]["mean"] > 1.9 * offered
    assert cell["tiny", 2.0, "delivered_t"]["mean"] < CAPACITY * offered
    assert cell["tiny", 2.0, "delivered_t"]["mean"] <= cell["tiny", 2.0, "delivered_t"]["bound_t"]
    moved = migration(made).filter(variant="tiny")
    assert moved["cause"].to_list() == ["jinan: not called for", "border/customs: busy"]
    assert moved["moved"].to_list() == [False, True]
    assert moved["resource"].to_list() == ["border/customs"] * 2


def test_another_path_may_rise(tmp_path: Path) -> None:
    made = ramp(
        tiny(tmp_path, REGULAR),
        volumes=[0.5, 1.0],
        path="stations.border.work.customs.time",
        replications=1,
        jobs=1,
        breaks=False,
    )
    waited = causes(made).filter(cause="border/customs: busy")
    assert waited.is_empty()
    with pytest.raises(ScenarioError, match=r"there is no `statons`; did you mean `stations`"):
        ramp(tiny(tmp_path), volumes=[1.0], path="statons.border", breaks=False)


@pytest.mark.parametrize("volumes", [[], [0.0, 1.0], [2.0, 1.0], [1.0, 1.0]])
def test_volumes_must_rise(tmp_path: Path, volumes: list[float]) -> None:
    with pytest.raises(ValueError, match="volumes: expected factors above 0"):
        ramp(tiny(tmp_path), volumes=volumes)


# -- rankings on paper: replication r shifts both policies alike, as common numbers do ------------


def seen(**kpis: float) -> Look:
    return Look(dict(kpis), {}, {})


def paper(*policies: list[list[float]], kpi: str = "delivered_t") -> Ramp:
    """``policies[p][v][r]`` as the values of a key figure."""
    outcomes = tuple(
        tuple(
            tuple(Outcome(r, measured=seen(**{kpi: x})) for r, x in enumerate(cell))
            for cell in policy
        )
        for policy in policies
    )
    volumes = tuple(float(v) for v in range(1, len(policies[0]) + 1))
    names = tuple("abc"[: len(policies)])
    return Ramp(names, "export_volume", volumes, 1, len(policies[0][0]), outcomes, {}, {})


def line(
    at: list[float], shifts: tuple[float, ...] = (-5.0, 0.0, 5.0, 1.0, -1.0)
) -> list[list[float]]:
    return [[x + s for s in shifts] for x in at]


NARROW = (-5.1, 0.1, 5.0, 1.0, -1.0)
A, B = line([100, 90, 80, 70]), line([70, 80, 90, 100], NARROW)


def test_a_ranking_flips_where_the_means_cross() -> None:
    (row,) = flips(paper(A, B), "delivered_t").iter_rows(named=True)
    assert (row["below"], row["above"], row["verdict"]) == ("a", "b", "flips")
    assert row["volume"] == pytest.approx(2.5, abs=0.01)
    assert row["low"] <= 2.5 <= row["high"]
    assert row["high"] - row["low"] < 0.02


def test_a_ranking_that_luck_may_have_turned_is_not_told_apart() -> None:
    wild = [[x + s for s in (40, -40, 35, -35, 1)] for x in (70, 80, 90, 100)]
    (row,) = flips(paper(A, wild), "delivered_t").iter_rows(named=True)
    assert row["verdict"] == "not told apart"
    assert row["high"] - row["low"] > 0.5
    verdicts = ranking(paper(A, wild), "delivered_t")["verdict"].to_list()
    assert "worse" not in verdicts


def test_where_less_is_better_the_smaller_leads() -> None:
    rows = ranking(paper(A, B, kpi="lead_time_mean_h"), "lead_time_mean_h")
    first = rows.filter(volume=1.0)
    assert first["variant"].to_list() == ["b", "a"]
    assert first["verdict"].to_list() == ["best", "worse"]
    assert first["behind"].to_list() == pytest.approx([0.0, 30.0])
    assert first["mean"].to_list() == pytest.approx([70.0, 100.0])


def test_intervals_behind_the_best_hold_over_all_pairs() -> None:
    # the best is found in the same runs, so three policies at four volumes are 3 x 4 differences
    c = line([90, 90, 90, 90], (-4.0, -1.0, 5.5, 1.0, 0.0))
    rows = ranking(paper(A, B, c), "delivered_t").filter(variant="c", volume=1.0)
    lead = np.array([100 - 90 + s for s in (-1.0, 1.0, -0.5, 0.0, -1.0)])
    half = stats.t.ppf(1 - 0.05 / (3 * 4) / 2, 4) * stats.sem(lead)
    (row,) = rows.iter_rows(named=True)
    assert row["behind"] == pytest.approx(lead.mean())
    assert row["high"] - row["behind"] == pytest.approx(half)


def test_the_long_run_needs_a_warm_up_that_is_stated(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="asks for the long run and states no warmup"):
        ramp(tiny(tmp_path, "steady=true"), volumes=[1.0], replications=1, breaks=False)


def test_regret_by_hand() -> None:
    # behind the best: a by 0, 0, 10, 30; b by 30, 10, 0, 0; c by 10, 0, 0, 10
    c = line([90, 90, 90, 90])
    rows = {r["variant"]: r for r in regret(paper(A, B, c), "delivered_t").iter_rows(named=True)}
    assert next(iter(rows)) == "c"
    assert {n: round(r["max"]) for n, r in rows.items()} == {"a": 30, "b": 30, "c": 10}
    assert {n: round(r["mean"], 1) for n, r in rows.items()} == {"a": 10.0, "b": 10.0, "c": 5.0}
    assert (rows["a"]["worst_at"], rows["b"]["worst_at"]) == (4.0, 1.0)
    assert rows["a"]["max_low"] <= 30.0 <= rows["a"]["max_high"]


def test_four_replications_are_too_few_for_a_bootstrap() -> None:
    few = paper(*([cell[:4] for cell in policy] for policy in (A, B)))
    (row,) = flips(few, "delivered_t").iter_rows(named=True)
    assert (row["low"], row["high"]) == (None, None)
    assert regret(few, "delivered_t")["max_low"].to_list() == [None, None]


def test_replications_that_one_policy_lost_are_left_out_of_all() -> None:
    made = paper(A, B)
    lost = list(made.outcomes[1][2])
    lost[0] = Outcome(0, failure=Failure("simulate", "the trap springs", ""))
    second = (*made.outcomes[1][:2], tuple(lost), made.outcomes[1][3])
    broken = Ramp("ab", "export_volume", made.volumes, 1, 5, (made.outcomes[0], second), {}, {})  # type: ignore[arg-type]
    assert ranking(broken, "delivered_t")["n"].unique().to_list() == [4]
    assert [name for name, _ in broken.failed] == ["b at 3"]


def test_figures_that_are_neither_good_nor_bad_rank_nothing() -> None:
    with pytest.raises(ValueError, match="neither up nor down"):
        ranking(paper(A, B), "trains_departed")
    with pytest.raises(ValueError, match="'deliverd' is no key figure"):
        ranking(paper(A, B), "deliverd")


def test_the_bottleneck_moves_when_another_cause_leads(tmp_path: Path) -> None:
    def cell(*hours: tuple[float, float]) -> tuple[Outcome, ...]:
        return tuple(
            Outcome(r, measured=Look({}, {"crane": a, "border": b}, {"x": 0.5, "y": 0.9}))
            for r, (a, b) in enumerate(hours)
        )

    rows = (cell((3, 1), (5, 1)), cell((3, 2), (1, 2.1)), cell((2, 6), (2, 6.1)))
    made = Ramp(("a",), "export_volume", (1.0, 2.0, 3.0), 1, 2, (rows,), {}, {})
    found = migration(made)
    assert found["cause"].to_list() == ["crane", "border", "border"]
    assert found["moved"].to_list() == [False, True, False]
    assert found["clear"].to_list() == [False, False, True]
    assert found["share"].to_list() == pytest.approx([0.8, 4.1 / 8.1, 12.1 / 16.1])
    assert found["resource"].to_list() == ["y"] * 3
    shares = causes(made).group_by("volume").agg(total=pl.col("share").sum())
    assert shares["total"].to_list() == pytest.approx([1.0] * 3)


def test_empties_waited_for_behind_full_trains_are_told_as_trains_that_lack() -> None:
    def cell(cause: str, laden: float | None, by_clock: bool = True) -> tuple[Outcome, ...]:
        return tuple(
            Outcome(r, measured=Look({}, {cause: 5.0, "gate: closed": 1.0}, {}, laden, by_clock))
            for r in range(2)
        )

    empties = "steppe: no empty container"
    rows = (cell("crane: busy", 0.98), cell(empties, 0.80), cell(empties, 0.98), cell(empties, 1.0))
    free = (cell(empties, None), *(cell(empties, 1.0, by_clock=False) for _ in range(3)))
    volumes = (1.0, 1.5, 2.0, 3.0)
    made = Ramp(("a", "b"), "export_volume", volumes, 1, 2, (rows, free), {}, {})
    found = migration(made)
    assert found["laden"].to_list() == pytest.approx([0.98, 0.8, 0.98, 1.0, None, 1.0, 1.0, 1.0])
    assert found["short"].to_list() == [False] + [True] * 7
    assert found["more"].to_list()[:2] == [pytest.approx(1.0 / 0.98 - 1.0), None]
    (said,) = behind_words(found.to_dicts())  # trains that wait for boxes would be more with more
    assert said.startswith("a: trains are what is short at 2 and 3 times, not boxes: 98.0 % of")
    assert "at most 2.0 %" in said


def test_long_run_leaves_a_corridor_without_season_as_it_is(tmp_path: Path) -> None:
    scenario: Scenario = tiny(tmp_path)
    assert long_run(scenario) == (scenario, 56 * 24 / 2)
