"""As many replications as it takes: of one scenario, and of a difference."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from sim.scenario import Scenario
from sim.study import compare as comparing
from sim.study import precise
from sim.study.compare import Comparison, compare_until
from sim.study.engine import Job, Outcome
from sim.study.precise import replicate_until
from sim.study.replications import Replications
from sim.study.statistics import interval
from tests.study.made import FAILED, outcome
from tests.study.tiny import tiny


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return tiny(tmp_path, "horizon=7 d")


def drawn(
    monkeypatch: pytest.MonkeyPatch, mean: float, deviation: float, seed: int = 1
) -> list[int]:
    """Runs whose figures are drawn here; the sizes of the batches asked for."""
    batches: list[int] = []
    rng = np.random.default_rng(seed)
    values = mean + deviation * rng.standard_normal(2000)

    def run_all(jobs: list[Job], workers: int, done: object = None) -> list[Outcome]:
        batches.append(len(jobs))
        return [outcome(j.replication, delivered_t=float(values[j.replication])) for j in jobs]

    monkeypatch.setattr(precise, "run_all", run_all)
    monkeypatch.setattr(precise, "with_tables", lambda made: made)
    return batches


def test_it_runs_until_the_half_width_is_small_enough_and_not_much_longer(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = drawn(monkeypatch, 100.0, 10.0)
    made = replicate_until(scenario, ["delivered_t"], 0.02)
    (reached,) = made.reached
    assert made.enough
    assert reached.found is not None and reached.share is not None
    # so small that the true error is at most 2 % of the true mean
    assert reached.share <= 0.02 / 1.02
    # 1.96 x 10 / sqrt(n) = 1.96 at n = 100; a sample's deviation may mislead by a fifth or so
    n = len(made.replications.outcomes)
    assert 65 <= n <= 150
    assert batches[0] == 10
    assert all(b <= 2 * sum(batches[:i]) for i, b in enumerate(batches) if i)


def test_the_interval_holds_as_often_as_it_says(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stopping rule that looks too often and too early would cover far less."""
    hits = 0
    for seed in range(200):
        drawn(monkeypatch, 100.0, 10.0, seed)
        (reached,) = replicate_until(scenario, ["delivered_t"], 0.04).reached
        assert reached.found is not None
        hits += reached.found.low <= 100.0 <= reached.found.high
    assert hits >= 200 * 0.95 - 3 * math.sqrt(200 * 0.95 * 0.05)


def test_a_cap_ends_it_and_is_owned_to(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn(monkeypatch, 1.0, 10.0)
    made = replicate_until(scenario, ["delivered_t"], 0.01, most=25)
    assert len(made.replications.outcomes) == 25
    assert not made.enough
    assert made.reached[0].share is not None and made.reached[0].share > 0.01


def test_real_runs_are_those_of_a_study_of_that_size(scenario: Scenario) -> None:
    made = replicate_until(scenario, ["lead_time_mean_h", "delivered_t"], 0.05, jobs=1)
    runs = made.replications
    assert made.enough
    assert len(runs.outcomes) >= 10
    assert runs.first.meta["replication"] == 0
    for one in made.reached:
        values = [v for o in runs.outcomes if (v := o.kpis[one.kpi].value) is not None]
        assert one.found == interval(values)


@pytest.mark.parametrize(
    ("kpis", "share", "words"),
    [(["delivered"], 0.02, "no key figure"), (["delivered_t"], 2.0, "precision: 2 is not a share")],
)
def test_what_cannot_be_reached_is_refused(
    scenario: Scenario, kpis: list[str], share: float, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        replicate_until(scenario, kpis, share)


# -- a difference settled --------------------------------------------------------------------


def settled(
    scenario: Scenario,
    monkeypatch: pytest.MonkeyPatch,
    gap: float,
    seed: int = 1,
    broken: int | None = None,
    **how: float,
) -> Comparison:
    """A comparison of two whose differences are drawn about ``gap``, deviation 1."""
    rng = np.random.default_rng(seed)
    noise, shared = rng.standard_normal((2, 3000))

    def longer(made: Comparison, count: int, jobs: object, done: object) -> Comparison:
        base = [outcome(r, delivered_t=100.0 + 5.0 * float(shared[r])) for r in range(count)]
        other = [
            outcome(r, delivered_t=100.0 + 5.0 * float(shared[r]) + gap + float(noise[r]))
            for r in range(count)
        ]
        if broken is not None:
            base[broken] = Outcome(broken, failure=FAILED)
        both = [Replications(scenario, 1, tuple(v)) for v in (base, other)]
        return comparing.replace(made, variants=tuple(both))

    monkeypatch.setattr(comparing, "_longer", longer)
    return compare_until([scenario, scenario], ["delivered_t"], **how)  # type: ignore[arg-type]


def test_a_large_difference_takes_the_least_and_a_small_one_more(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = settled(scenario, monkeypatch, 5.0)
    slow = settled(scenario, monkeypatch, 0.3)
    assert quick.differences(["delivered_t"])["verdict"].to_list() == ["better"]
    assert slow.differences(["delivered_t"])["verdict"].to_list() == ["better"]
    counts = [len(c.variants[0].outcomes) for c in (quick, slow)]
    assert counts[0] == 10 < counts[1]


def test_no_difference_ends_within_the_indifference(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = settled(scenario, monkeypatch, 0.0, indifference=0.005)
    row = found.differences(["delivered_t"]).row(0, named=True)
    assert row["verdict"] == "same"
    assert -0.5 < row["low"] < row["high"] < 0.5
    without = settled(scenario, monkeypatch, 0.0, most=200)
    assert without.differences(["delivered_t"])["verdict"].to_list() == ["not told apart"]


def test_looking_often_finds_no_difference_where_there_is_none(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nine looks at 95 % each would find one in a fifth of these; all together keep to 5 %."""
    found = [
        settled(scenario, monkeypatch, 0.0, seed, most=300).differences(["delivered_t"])
        for seed in range(100)
    ]
    wrong = sum(f["verdict"][0] != "not told apart" for f in found)
    assert wrong <= 100 * 0.05 + 3 * math.sqrt(100 * 0.05 * 0.95)


def test_a_failure_is_left_out_on_both_sides(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = settled(scenario, monkeypatch, 5.0, broken=4)
    row = found.differences(["delivered_t"]).row(0, named=True)
    assert (row["n"], row["dropped"], row["verdict"]) == (9, 1, "better")


# -- by cause --------------------------------------------------------------------------------


def test_the_difference_by_cause_worked_out_by_hand(scenario: Scenario) -> None:
    def made(*causes: dict[str, float]) -> Replications:
        return Replications(
            scenario,
            1,
            tuple(comparing.replace(outcome(r), causes=c) for r, c in enumerate(causes)),
        )

    base = made({"a": 1.0, "b": 2.0}, {"a": 3.0}, {"a": 5.0, "b": 1.0})
    more = made({"a": 1.5, "b": 2.0}, {"a": 3.5}, {"a": 5.5, "c": 4.0})
    rows = {r["cause"]: r for r in Comparison((base, more), ("base", "more")).causes().to_dicts()}
    assert list(rows) == ["all causes", "c", "a", "b"]  # the sum, then what changed most
    assert rows["a"]["difference"] == pytest.approx(0.5)
    assert (rows["a"]["low"], rows["a"]["high"]) == (pytest.approx(0.5), pytest.approx(0.5))
    assert rows["b"]["difference"] == pytest.approx(-1 / 3)
    assert rows["c"]["reference"] == 0.0
    assert rows["all causes"]["difference"] == pytest.approx(0.5 - 1 / 3 + 4 / 3)
    from scipy import stats

    # of c: differences 0 0 4, deviation 2.3094; four intervals hold together
    half = stats.t.isf(0.05 / 4 / 2, 2) * 2.3094 / 3**0.5
    assert rows["c"]["high"] - rows["c"]["difference"] == pytest.approx(half, rel=1e-4)


def test_slower_customs_are_a_cause(tmp_path: Path) -> None:
    base = tiny(tmp_path, "horizon=21 d")
    slow = tiny(tmp_path, "horizon=21 d", "stations.border.work.customs.time=8 h", name="slow")
    found = comparing.compare([base, slow], 6, jobs=1)
    rows = {r["cause"]: r for r in found.causes().to_dicts()}
    (customs,) = [c for c in rows if "customs" in c]
    assert rows[customs]["low"] > 0.0
    assert rows["all causes"]["value"] == pytest.approx(
        sum(r["value"] for c, r in rows.items() if c != "all causes")
    )


def test_all_pairs_can_be_named(scenario: Scenario) -> None:
    variants = tuple(
        Replications(scenario, 1, tuple(outcome(r, delivered_t=10.0 * r + v) for r in range(4)))
        for v in (0.0, 1.0, 3.0)
    )
    found = Comparison(variants, ("a", "b", "c"))
    frame = found.differences(["delivered_t"], pairs=found.all_pairs())
    assert frame.select("variant", "against", "difference").rows() == [
        ("b", "a", 1.0),
        ("c", "a", 3.0),
        ("c", "b", 2.0),
    ]
    with pytest.raises(ValueError, match="'d' is no variant here; expected one of a, b, c"):
        found.differences(["delivered_t"], pairs=[("d", "a")])
