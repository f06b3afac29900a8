"""Services between the same stations: twins, claims by hand, and the books of whole runs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.corridor import simulate
from sim.corridor.beside import Beside
from sim.corridor.waiting import Waiting
from sim.results import Results
from sim.study.implied import implied
from sim.study.means.beside import _shares
from tests.corridor.small import SMALL, scenario

PLAIN = (
    "stations.dostyk.work.kz.time=2 h",
    "stations.alashankou.work.cranes.time=3 min",
    "stations.alashankou.work.lab.time=6 d",
)
"""What else is drawn by the number of a train in its service, without luck."""
ROUTE = "[west, dostyk/kz, border, alashankou/customs, alashankou/cranes, alashankou/lab]"
LIFE = ["ready_h", "stuffed_h", "departed_h", "border_in_h", "arrived_h", "delivered_h"]


def second(name: str, dispatch: str, more: str = "crossing: dostyk") -> str:
    """A service from Burundai to Alashankou beside ``east``."""
    return (
        f"services={{{name}: {{from: burundai, route: {ROUTE}, length: 40, wagons: w1520, "
        f"dispatch: {{{dispatch}}}, {more}}}}}"
    )


def run(folder: Path, *sets: str, debug: bool = False) -> Results:
    return simulate(scenario(folder, SMALL, *sets), 1, debug=debug)


@pytest.mark.parametrize("name", ["eastern", "alternative"])  # after and before `east`, by name
def test_two_weekly_services_are_one_twice_a_week(tmp_path: Path, name: str) -> None:
    table = "rule: timetable, minimum: 0"
    one = run(tmp_path, f"services.east.dispatch={{{table}, every: 84 h}}", *PLAIN)
    two = run(
        tmp_path,
        f"services.east.dispatch={{{table}, every: 168 h}}",
        second(name, f"{table}, every: 168 h, first: 84 h"),
        *PLAIN,
    )
    assert one.containers.select(LIFE).equals(two.containers.select(LIFE))
    assert one.containers["delivered_h"].count() > 400
    trains = Counter(two.trains["service"].to_list())
    assert trains["east"] == trains[name] == 9


def test_boxes_go_by_the_train_that_leaves_first(tmp_path: Path) -> None:
    # Of trains that leave when 40 are ready, and a weekly one with what is there.
    made = run(tmp_path, second("weekly", "rule: timetable, every: 7 d, minimum: 0"), *PLAIN)
    gone = made.containers.drop_nulls("first_train").select("container", "stuffed_h", "first_train")
    trains = made.trains.select("train", "service", "formed_h", "boxes")
    joined = gone.join(trains, left_on="first_train", right_on="train")
    order = joined.sort("formed_h", "first_train", "stuffed_h", "container")
    # Whatever train they take, who is ready first goes first.
    assert order["stuffed_h"].is_sorted()
    by = Counter(joined["service"].to_list())
    assert by["east"] > 0
    assert 0 < by["weekly"] <= 9 * 40


def test_one_wakes_for_boxes_that_the_other_left(tmp_path: Path) -> None:
    alone = run(tmp_path, *PLAIN)
    full = run(tmp_path, second("eastern", "rule: when-full"), *PLAIN)
    # Two that wait for full trains send as many as one, at the same times.
    formed = pl.col("formed_h")
    ours = pl.col("service").is_in(["east", "eastern"])
    assert full.trains.filter(ours).select(formed).equals(alone.trains.filter(ours).select(formed))


@pytest.mark.parametrize("debug", [False, True])
def test_books_balance_with_services_beside_each_other_on_two_legs(
    tmp_path: Path, debug: bool
) -> None:
    onward = (
        "services={later: {from: alashankou, route: [china, jinan/cranes], length: 20, "
        "dispatch: {rule: timetable, every: 3 d, minimum: 5}}}"
    )
    passing = (
        "services={through: {from: burundai, route: [west, border, alashankou/cranes], "
        "length: 50, crossing: dostyk, passing: {every: 2 d, free: 0.3}}}"
    )
    made = run(
        tmp_path,
        second("weekly", "rule: timetable, every: 7 d"),
        onward,
        passing,
        "horizon=30 d",
        debug=debug,
    )
    by = Counter(made.trains.filter(pl.col("kind") == "service")["service"].to_list())
    assert all(by[name] for name in ("east", "weekly", "through", "onward", "later"))
    # Each box takes one train of each leg, as the books say after every event.
    legs = made.legs.join(made.trains.select("train", "service"), on="train")
    first = legs.filter(pl.col("service").is_in(["east", "weekly", "through"]))
    assert first["container"].is_unique().all()


def test_a_train_that_waits_for_wagons_keeps_the_boxes_that_were_ready_for_it() -> None:
    boxes, views = Waiting(40), list[Beside]()
    one, other = Beside(40, boxes, views, True), Beside(10, boxes, views, False)
    one.add(range(50), 5.0)
    one.add(range(50, 70), 8.0)
    assert (one.count(6.0), other.count(6.0)) == (50, 50)
    one.claim(6.0)
    assert (one.count(6.0), other.count(6.0), other.count(8.0)) == (50, 10, 30)
    assert [other.ready_at(n) for n in (0, 10, 11, 30, 31)] == [float("-inf"), 5.0, 8.0, 8.0, None]
    taken = other.take(7.0)
    assert taken is not None
    assert list(taken.rows) == list(range(10))
    assert other.take(7.0) is None
    # What has become ready meanwhile fills it up; nobody has a claim any more then.
    taken = one.take(9.0)
    assert taken is not None
    assert list(taken.rows) == list(range(10, 50))
    assert other.count(9.0) == 20
    assert (len(one), len(other)) == (20, 0)
    assert [list(rows) for rows in [*one.rows(), *other.rows()]] == [list(range(50, 70))]


class Told:
    """The twin: times of boxes in a list, claims as numbers."""

    def __init__(self, lengths: list[int]) -> None:
        self.lengths = lengths
        self.claims = [0] * len(lengths)
        self.boxes: list[tuple[float, int]] = []

    def seen(self, view: int) -> list[tuple[float, int]]:
        """All boxes but those that others have a claim to, which are the first."""
        return sorted(self.boxes)[sum(self.claims) - self.claims[view] :]

    def count(self, view: int, t: float) -> int:
        ready = sum(time <= t for time, _ in self.boxes)
        return max(ready - sum(self.claims) + self.claims[view], 0)

    def take(self, view: int, t: float, most: int) -> list[int]:
        number = min(self.count(view, t), most)
        taken = sorted(self.boxes)[:number]
        self.boxes = sorted(self.boxes)[number:]
        self.claims[view] = 0
        return [row for _, row in taken]


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 2**32 - 1))
def test_views_are_as_a_list_with_claims(seed: int) -> None:
    luck = Random(seed)
    lengths = [luck.randint(1, 12) for _ in range(luck.randint(2, 4))]
    boxes, views = Waiting(max(lengths)), list[Beside]()
    for number, length in enumerate(lengths):
        Beside(length, boxes, views, number == 0)
    told, now, row = Told(lengths), 0.0, 0
    for _ in range(60):
        now += luck.choice((0.0, 1.0, 2.0))
        at, view = luck.randrange(len(lengths)), views[luck.randrange(len(lengths))]
        act = luck.random()
        if act < 0.4:
            more, ready = luck.randint(1, 9), now + luck.choice((0.0, 1.0, 5.0))
            view.add(range(row, row + more), ready)
            told.boxes += [(ready, row + n) for n in range(more)]
            row += more
        elif act < 0.6:
            views[at].claim(now)
            told.claims[at] = min(told.count(at, now), lengths[at])
        elif act < 0.8:
            most = luck.choice((None, luck.randint(0, 12)))
            taken = views[at].take(now, most)
            rows = [] if taken is None else list(taken.rows)
            assert rows == told.take(at, now, lengths[at] if most is None else most)
        assert [v.count(now + 1.0) for v in views] == [
            told.count(n, now + 1.0) for n in range(len(views))
        ]
        for n, one in enumerate(views):
            seen, wanted = told.seen(n), luck.randint(1, 12)
            expected = seen[wanted - 1][0] if wanted <= len(seen) else None
            assert one.ready_at(wanted) == expected
        assert sorted(views[0].pending()) == sorted(told.boxes)


def test_inputs_are_shared_by_slots_and_what_is_beyond_by_trains_that_follow(
    tmp_path: Path,
) -> None:
    def loads(*sets: str) -> dict[str, float]:
        return {
            stage.name: stage.load[0]
            for stage in implied(scenario(tmp_path, SMALL, *sets)).stages
            if stage.name.endswith("slots")
        }

    # 900 t/d are 34.6 boxes a day.
    daily = 900 / 26
    table = "rule: timetable, minimum: 0"
    two = loads(
        f"services.east.dispatch={{{table}, every: 84 h}}",
        second("eastern", f"{table}, every: 168 h"),
    )
    assert two["east: slots"] == pytest.approx(daily * 2 / 3)
    assert two["eastern: slots"] == pytest.approx(daily / 3)
    beyond = loads(second("weekly", f"{table}, every: 168 h"))
    assert beyond["weekly: slots"] == pytest.approx(40 / 7)


def test_extra_trains_of_a_season_are_a_service_of_their_own(tmp_path: Path) -> None:
    table = "rule: timetable, minimum: 0, every: 84 h"
    season = second("season", f"{table}, first: 10 d, last: 40 d")
    east = f"services.east.dispatch={{{table}}}"
    made = run(tmp_path, east, season, *PLAIN)
    left = made.trains.filter(pl.col("service") == "season")["due_h"].to_list()
    assert left == [240.0 + 84.0 * n for n in range(9)]
    boxes = made.trains.filter(pl.col("service") == "season")["boxes"]
    assert boxes.sum() > 100
    # From 1 January 2023: slots from 84 h before the first train to day 40, half of all then.
    stages = {s.name: s for s in implied(scenario(tmp_path, SMALL, east, season)).stages}
    slots = stages["season: slots"]
    there = [(31 - 6.5) / 31, 9 / 28, 0.0]
    assert slots.capacity == pytest.approx([40 * 24 / 84 * part for part in there])
    daily = 900 / 26
    shares = [part / (1 + part) for part in there]
    assert slots.load == pytest.approx([daily * share for share in shares])
    assert stages["east: slots"].load == pytest.approx([daily * (1 - x) for x in shares])


def test_a_run_keeps_boxes_for_a_train_that_is_due_and_has_no_wagons(tmp_path: Path) -> None:
    made = run(
        tmp_path,
        "fleets.w1520.at={burundai: 40}",
        "services.east.dispatch={rule: timetable, every: 48 h, first: 48 h, minimum: 0}",
        f"services={{other: {{from: burundai, route: {ROUTE}, length: 500, crossing: dostyk, "
        "dispatch: {rule: timetable, every: 1000 h, first: 100 h, minimum: 0}}}",
        *PLAIN,
    )
    trains = made.trains
    (late,) = trains.filter(pl.col("service") == "east", pl.col("due_h") == 96.0).to_dicts()
    (other,) = trains.filter(pl.col("service") == "other", pl.col("due_h") == 100.0).to_dicts()
    assert other["formed_h"] == 100.0 < late["formed_h"]
    gone = trains.filter(pl.col("service") == "east", pl.col("formed_h") < 96.0)["boxes"].sum()
    full = made.containers["stuffed_h"]
    ready = [(full <= hour).sum() - gone for hour in (96.0, 100.0)]
    assert ready[0] > 40
    assert other["boxes"] == ready[1] - 40


@given(st.lists(st.none() | st.floats(0.0, 100.0), min_size=2, max_size=5), st.floats(0.0, 500.0))
def test_shares_are_of_the_whole_and_alike_for_trains_that_follow(
    slots: list[float | None], boxes: float
) -> None:
    made = _shares(slots, boxes)
    assert sum(made) == pytest.approx(1.0)
    assert min(made) >= 0.0
    assert len({share for share, x in zip(made, slots, strict=True) if x is None}) <= 1
    if None in slots:  # nobody has more than there is room for
        for share, room in zip(made, slots, strict=True):
            assert room is None or share * boxes <= room * (1 + 1e-9) + 1e-9
