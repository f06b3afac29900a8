"""The cases of ``steppe verify``, each run as the command runs it, and what makes a verdict."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.scenario import load
from sim.study.cases import CASES, Case, Figures
from sim.study.engine import Failure, Outcome, run_all
from sim.study.implied import implied
from sim.study.judging import at_most, equal, in_interval, judge
from sim.study.verify import REPLICATIONS, UnknownCaseError, folder, plan

ROOT = Path(__file__).parents[2]
ESTIMATED = [name for name, case in CASES.items() if case.judged == "in the interval"]
EXACT = [name for name, case in CASES.items() if case.judged == "equal"]
OFF = 0.03


def test_every_scenario_is_a_case_and_every_case_a_scenario() -> None:
    assert folder().resolve() == ROOT / "scenarios" / "verification"
    assert {path.stem for path in folder().glob("*.yaml")} == set(CASES)


def test_the_page_shows_the_cases_there_are() -> None:
    text = (ROOT / "docs" / "verification.md").read_text()
    (shown,) = re.findall(r"```\n(case .*?)```", text, re.DOTALL)
    rows = [line.split()[0] for line in shown.partition("\n\n")[0].splitlines()[1:]]
    assert list(dict.fromkeys(rows)) == list(CASES)
    assert [name for name in CASES if f"\n| `{name}` |" not in text] == []


@pytest.mark.parametrize("name", CASES)
def test_scenarios_are_ordinary_and_say_what_they_ask(name: str) -> None:
    scenario = load(folder() / f"{name}.yaml")
    assert scenario.warnings == ()
    tables = scenario.tables
    assert tables.title and tables.question and tables.look_at
    theory = CASES[name].theory
    if theory is not None:
        assert theory.__doc__ and re.search(r"\d{4}|Kleinrock|sect\.|By hand", theory.__doc__)


@pytest.mark.parametrize("name", ESTIMATED)
def test_simulated_is_what_theory_says_and_not_what_is_three_percent_off(name: str) -> None:
    made = plan([name])
    ((_, case, scenario, jobs),) = made.parts
    outcomes = run_all(jobs, 1)
    found = judge(name, case, scenario, outcomes, made.figures)
    assert [f for f in found if f.verdict != "ok"] == []
    measured = [o.measured for o in outcomes]
    assert len(measured) == REPLICATIONS
    assert case.theory is not None
    for what, known in case.theory(scenario).items():
        for factor in (1 + OFF, 1 - OFF):
            (wrong,) = in_interval(name, {what: known * factor}, measured, made.figures)
            assert wrong.verdict == "misses", (what, factor, wrong)


@pytest.mark.parametrize("name", EXACT)
def test_what_must_be_equal_is(name: str) -> None:
    made = plan([name], 2).run(1)
    assert made.misses == []
    assert any((f.simulated or 0.0) > 1.0 for f in made.findings)


def test_every_queue_of_the_baseline_is_held_to_littles_law() -> None:
    made = plan(["littles-law"], 2)
    ((_, _, scenario, jobs),) = made.parts
    found = {f.what for f in made.run(1).findings}
    assert {"dostyk-alashankou: trains waiting", "alashankou/quarantine"} <= found
    assert "burundai: goods waiting for empties" in found
    from sim.corridor import simulate

    results = simulate(scenario, jobs[0].seed, 0)
    waited = results.stages.filter(results.stages["cause"].is_not_null())
    held = {"acceptance", "enter", "track"}
    for place, activity in set(waited.select("place", "activity").iter_rows()):
        name = f"{place}: trains waiting" if activity in held else f"{place}/{activity}"
        assert name in found
    series = {s for s in results.levels["series"].unique() if "waiting" in s}
    assert series <= found


def test_no_run_of_the_baseline_exceeds_its_bound() -> None:
    # every variant has this test of its own in tests/scenarios
    case = replace(CASES["flow-bound"], with_variants=False)
    made = plan(["flow-bound"], 2, cases={"flow-bound": case}).run(1)
    (found,) = made.findings
    assert (found.verdict, found.judged) == ("ok", "at most")
    assert found.simulated is not None and found.theory is not None
    assert 0.5 * found.theory < found.simulated < found.theory


def test_the_bound_is_reached_where_nothing_is_left_to_chance() -> None:
    scenario = load(folder() / "timetable.yaml")
    theory = CASES["timetable"].theory
    bound = implied(scenario).bound_t
    assert theory is not None and bound is not None
    reached = theory(scenario)["delivered, t"]
    assert 0.9 * bound < reached <= bound


# -- verdicts ---------------------------------------------------------------------------------


def test_the_theory_of_another_queue_misses() -> None:
    wrong = replace(CASES["md1"], theory=_as_if_memoryless)
    made = plan(["md1"], cases={**CASES, "md1": wrong}, replications=10).run(1)
    assert [f.what for f in made.misses] == ["mean wait, h"]
    assert not made.ok


def _as_if_memoryless(scenario: object) -> Figures:
    return {"mean wait, h": 1.0, "share that waits": 0.5}


def test_together_the_intervals_miss_one_seed_in_twenty() -> None:
    rng = np.random.default_rng(7)
    figures, families = 34, 1500
    known = {str(i): 10.0 for i in range(figures)}
    missed = 0
    for _ in range(families):
        draws = rng.normal(10.0, 1.0, (REPLICATIONS, figures))
        measured = [dict(zip(known, row.tolist(), strict=True)) for row in draws]
        found = in_interval("x", known, measured, figures)
        missed += any(f.verdict == "misses" for f in found)
    # 75 expected of independent figures; 3 standard deviations are 25
    assert 45 <= missed <= 100


def test_a_verdict_is_the_same_whatever_else_is_run() -> None:
    alone, both = plan(["tandem-saturated"], 3), plan(["tandem-saturated", "bulk"], 3)
    assert alone.figures == both.figures == plan((), 3).figures > 30
    (found,) = alone.run(1).findings
    assert found in both.run(1).findings


def test_workers_change_nothing() -> None:
    made = plan(["bulk", "closed-loop"], 3)
    assert made.run(1) == made.run(2)


def test_seed_is_that_of_the_scenario_or_the_one_given() -> None:
    own, again, other = (plan(["bulk"], 2, seed).run(1) for seed in (None, 11, 12))
    assert own == again  # bulk.yaml says seed: 11
    assert own != other


def test_unequal_exceeded_and_empty_are_misses() -> None:
    assert [f.verdict for f in equal("x", {"a": (1.0, 1.0 + 1e-12), "b": (1.0, 1.001)})] == [
        "ok",
        "misses",
    ]
    assert [f.verdict for f in equal("x", {})] == ["misses"]
    scenario = load(folder() / "timetable.yaml")

    def bounded(bound: float) -> str:
        case = Case("at most", lambda _: {"delivered, t": bound})
        outcome = Outcome(0, measured={"delivered, t": 10.0})
        (found,) = at_most("x", case, scenario, [outcome])
        return found.verdict

    assert bounded(10.0) == "ok"
    assert bounded(9.99) == "misses"
    assert bounded(math.inf) == "misses"  # a bound that bounds nothing shows nothing


def test_a_run_that_fails_is_a_miss_by_name() -> None:
    scenario = load(folder() / "bulk.yaml")
    case = CASES["bulk"]
    failed = Outcome(1, failure=Failure("simulate", "ValueError: no", ""))
    assert case.theory is not None
    good = [Outcome(n, measured=case.theory(scenario)) for n in (0, 2)]
    found = judge("bulk", case, scenario, [good[0], failed, good[1]], 30)
    assert (found[0].what, found[0].verdict) == ("run 1: ValueError: no", "misses")
    assert [f.verdict for f in judge("bulk", case, scenario, [failed], 30)] == ["misses"]
    stuck = replace(good[0], replication=1, deadlock={"sentence": "deadlock at hour 3.00"})
    found = judge("bulk", case, scenario, [good[0], stuck, good[1]], 30)
    assert (found[0].what, found[0].verdict) == ("run 1: deadlock at hour 3.00", "misses")
    assert all(f.n == 2 for f in found[1:])
    # one run is left: no interval, so nothing is shown
    assert all(f.verdict == "misses" for f in judge("bulk", case, scenario, [good[0], failed], 30))


def test_who_is_not_followed_to_the_end_is_no_silent_loss(tmp_path: Path) -> None:
    from sim.corridor import simulate
    from sim.study.measures import NotFollowedError

    over = load(folder() / "mm1.yaml", ["background.trains.trains=30 trains/d"])
    measure = CASES["mm1"].measure
    assert measure is not None
    with pytest.raises(NotFollowedError, match="lengthen"):
        measure(simulate(over))


def test_names_and_numbers_that_cannot_be_used_are_refused() -> None:
    with pytest.raises(
        UnknownCaseError, match=r"'machine-repar' is no case; did you mean machine-repair\?"
    ):
        plan(["machine-repar"])
    with pytest.raises(UnknownCaseError, match="expected one of mm1, mmc"):
        plan(["zebra"])
    with pytest.raises(ValueError, match="replications: 1 give no interval; expected 2 or more"):
        plan(replications=1)
    with pytest.raises(ValueError, match="jobs: 0 is not a number of processes"):
        plan(["bulk"], 2).run(0)
