"""Optimisation against enumeration: 24 combinations of which the best is known."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from sim.scenario import ScenarioError
from sim.study.extras import MissingExtra, needed
from sim.study.optimise import fresh_seed, front, optimise
from sim.study.tried import Tried, nearest
from tests.study.one import written_one

STUDY = """
title: the cheapest way
base: one.yaml
replications: 1
kpis: [delivered_t]
measures:
  night: {extends: night.yaml, cost: 3 USD/yr, assumed: test}
  faster:
    assumed: test
    levels:
      - {times: {stations.border.work.customs.time: 0.9}, cost: 0.4 USD/yr}
      - {times: {stations.border.work.customs.time: 0.8}, cost: 1 USD/yr}
  longer: {plus: {services.block.length: 2}, cost: 0.5 USD/yr, assumed: test}
  useless: {sets: {stations.jinan.delivery.stripping: 12 h}, cost: 0.001 USD/yr, assumed: test}
reach:
  - require: delivered_t >= 46000
search: {trials: 24, confirm: 3}
"""
NIGHT = "extends: one.yaml\nstations: {border: {work: {customs: {servers: 2}}}}\n"
BEST = (0, 1, 1, 0)
"""A tenth less time and 14 boxes a train: 6 2/3 trains a day of 280 t are 1,867 t a day, the least
that comes near the 1,920 t offered; two fifths less time alone, or longer trains, miss it."""


def study(folder: Path, text: str = STUDY) -> Path:
    written_one(folder)
    (folder / "night.yaml").write_text(NIGHT)
    path = folder / "study.yaml"
    path.write_text(text)
    return path


def test_the_cheapest_that_reaches_is_found_and_confirmed(tmp_path: Path) -> None:
    made = optimise(study(tmp_path), jobs=1)
    assert made.exhaustive
    assert made.winner is not None
    assert (made.winner.taken, made.winner.cost) == (BEST, pytest.approx(0.9))
    assert made.measures.words(BEST) == "faster 1 + longer"
    assert made.fresh_seed != made.seed
    assert len(made.winner.kpis) == 3
    cheaper = [t for t in made.tried if t.cost < made.winner.cost]
    assert {t.taken for t in cheaper} == {
        t for t in product((0, 1), (0, 1, 2), (0, 1), (0, 1)) if made.measures.cost(t) < 0.9 - 1e-9
    }
    assert not any(t.reaches for t in cheaper)
    table = made.table()
    assert table.filter(table["measures"] == "nothing")["verdict"].to_list() == ["misses"]


def test_optuna_finds_it_too_from_its_seed(tmp_path: Path) -> None:
    path = study(tmp_path, STUDY.replace("trials: 24", "trials: 16"))
    made = optimise(path, jobs=1)
    assert not made.exhaustive
    assert len(made.tried) == 16
    assert made.tried[0].taken == (0, 0, 0, 0)
    assert made.winner is not None and made.winner.taken in (BEST, (0, 1, 1, 1))
    again = optimise(path, jobs=2)
    assert again.table().equals(made.table())
    assert again.table("confirmed").equals(made.table("confirmed"))


def test_a_goal_beyond_all_measures_is_not_reached(tmp_path: Path) -> None:
    made = optimise(study(tmp_path, STUDY.replace("46000", "99000")), jobs=1)
    assert len(made.tried) == made.measures.count == 24
    assert (made.winner, made.confirmed) == (None, ())


def test_conditions_on_levels_leave_combinations_out(tmp_path: Path) -> None:
    text = STUDY + "inputs:\n  - require: longer <= night\n"
    made = optimise(study(tmp_path, text), jobs=1)
    assert all(t.taken[2] <= t.taken[0] for t in made.tried)
    assert made.winner is not None and made.winner.taken == (0, 2, 0, 0)


def test_a_front_is_what_no_other_beats(tmp_path: Path) -> None:
    i, j = STUDY.index("reach:"), STUDY.index("search:")
    made = optimise(study(tmp_path, STUDY[:i] + "front: delivered_t\n" + STUDY[j:]), jobs=1)
    found = front(made.tried, "delivered_t")
    for one in found:
        better = [
            t
            for t in made.tried
            if t.cost <= one.cost and (t.mean("delivered_t") or 0) > (one.mean("delivered_t") or 0)
        ]
        assert better == []
    assert [t.taken for t in found][:3] == [(0, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0)]
    assert BEST in [t.taken for t in found]
    assert made.winner is None
    assert {t.taken for t in made.confirmed} <= {t.taken for t in found}


def test_a_library_that_is_missing_is_said_with_its_cure() -> None:
    with pytest.raises(MissingExtra, match=r"no_such_library is not installed; install it with"):
        needed("no_such_library.part")
    assert needed("math").pi > 3


def test_fresh_numbers_are_others(tmp_path: Path) -> None:
    assert fresh_seed(1) == fresh_seed(1)
    assert len({fresh_seed(s) for s in range(100)} | set(range(100))) == 200


MISTAKES = [
    ("cost: 3 USD/yr, assumed: test", "cost: 3 USD/yr", "7:38: cost: has no evidence"),
    ("cost: 3 USD/yr", "cost: 3 USD", "`3 USD` is money, not money per time"),
    ("cost: 0.5 USD/yr", "cots: 0.5 USD/yr", "unknown key `cots`; did you mean `cost`"),
    ("extends: night.yaml", "extends: nigth.yaml", "there is no such file; did you mean"),
    ("services.block.length: 2", "services.blok.length: 2", "there is no `blok` in `services`"),
    ("sets: {stations.jinan.delivery.stripping: 12 h}", "sets: {horizon: 12 km}", "is a length"),
    ("cost: 0.4 USD/yr", "cost: 4 USD/yr", "is less than that of the level before"),
    ("reach:\n  - require: delivered_t >= 46000\n", "", "expected either `reach`"),
    ("delivered_t >= 46000", "deliver_t >= 46000", "unknown name `deliver_t`"),
    ("cost: 3 USD/yr, assumed: test", "assumed: test", "needs `levels`, or `cost` and one of"),
]


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES)
def test_mistakes_are_said_with_their_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = study(tmp_path, STUDY.replace(old, new, 1))
    with pytest.raises(ScenarioError) as caught:
        optimise(path, jobs=1)
    assert said in str(caught.value)
    assert all(str(p.place).startswith(str(path)) for p in caught.value.problems)


def test_candidates_share_the_level_of_a_confirmation(tmp_path: Path) -> None:
    made = optimise(study(tmp_path, STUDY.replace("46000", "40000")), jobs=1)
    reaching = sum(t.reaches for t in made.tried)
    assert reaching > 1
    assert made.confirmed[0].confidence == pytest.approx(1 - 0.05 / min(5, reaching))
    # with four runs 3.18 standard errors suffice at 95 %, and 5.84 are needed at 99 %
    margins = [1.0, 2.0, 3.0, 4.0]  # a mean of 3.87 standard errors
    alone = Tried((1,), 1.0, [], [margins])
    assert alone.verdict == "confirmed"
    assert replace(alone, confidence=0.99).verdict == "not told apart"


def test_what_misses_is_told_nearest_first() -> None:
    def tried(number: int, cost: float, *margins: float, trouble: str | None = None) -> Tried:
        return Tried((number,), cost, [], [[m] for m in margins], trouble)

    # tonnes and hours: each counts as a share of how far the worst misses it
    told = [
        tried(0, 0.0, -1000.0, -10.0),
        tried(1, 5.0, -100.0, 20.0),
        tried(2, 9.0, -50.0, -9.0),
        tried(3, 1.0, 5.0, 5.0),
        tried(4, 2.0, 0.0, 0.0, trouble="cannot be run"),
        tried(5, 4.0, -100.0, 0.0),
    ]
    assert [one.taken[0] for one in nearest(told)] == [5, 1, 2, 0, 4]
    assert nearest(told[3:4]) == []
    assert [one.taken[0] for one in nearest(told[4:5])] == [4]
