"""Trains that nobody follows, works first come first served, and times that are known ahead:
all against the slow way, where everything is an event at its time."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simpy

from sim.corridor import simulate
from sim.corridor.bank import CraneMoves
from sim.corridor.build import Builder
from sim.corridor.building import background
from sim.corridor.building.context import Context
from sim.corridor.clock import INF, Agenda, Alarm, Bell, Clock, Process, call_at, run_until
from sim.corridor.fifo import Fifo
from sim.corridor.lazy import agendas
from sim.corridor.movement import Leave
from sim.corridor.profile import ALWAYS, Profile, steps_of_windows
from sim.corridor.queues import Places
from sim.corridor.step import Route, Step
from sim.corridor.train import Train
from sim.corridor.use import Tally
from sim.policies import CUSTOMS
from sim.policies.customs import Treatment
from sim.policies.order import FirstCome
from sim.results import Results
from sim.results.tables import TABLES
from sim.scenario import load
from tests.corridor.small import SMALL, scenario

MICRO = Path(__file__).parents[2] / "benchmarks" / "micro.yaml"
PRIORITY = "{rule: class-priority, classes: [transit, container]}"


def varied(case: int) -> str:
    """The small corridor with other capacities, orders, closures and warm-up, by chance."""
    luck = random.Random(case)
    order = f"\n    order: {PRIORITY}" if luck.random() < 0.5 else ""
    wagons = f"""
  wagons:
    from: dostyk
    route: [border, alashankou/customs, alashankou/bulk]
    class: wagons
    trains: {luck.choice([1, 2, 5])} /d
    arrivals: {luck.choice(["poisson", "regular"])}
disruptions:"""
    tracks = luck.choice(["", ", tracks: 1", ", tracks: 2", f", tracks: 2, order: {PRIORITY}"])
    pairs = [
        ("horizon: 60 d", f"horizon: {luck.choice([20, 21.5])} d\nwarmup: {luck.choice([0, 7])} d"),
        ("tracks: 4", f"tracks: {luck.choice([2, 4])}{order}"),
        ("tracks: 6", f"tracks: {luck.choice([3, 6, 30])}"),
        ("places: 20", f"places: {luck.choice([3, 20])}"),
        ("per_day: 15 /d", f"per_day: {luck.choice([10, 15, 40])} /d, order: {PRIORITY}"),
        (", tracks: 2}", f"{tracks}}}\n      bulk: {{kind: servers, servers: 2, time: 5 h}}"),
        ("trains: 12 /d", f"class: transit\n    trains: {luck.choice([2, 8, 12])} /d"),
        ("\ndisruptions:", wagons),
    ]
    text = SMALL
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def same(one: Results, other: Results) -> None:
    for name in TABLES:
        tables = [r.table(name) for r in (one, other)]
        if name == "stages":
            tables = [t.sort("train", "in_h", "end_h", "activity") for t in tables]
        assert tables[0].equals(tables[1]), name
    assert one.meta["resources"] == other.meta["resources"]


def tied(case: int) -> str:
    """The same with few places, full trains and timetables, where much happens in one instant."""
    luck = random.Random(case + 10**6)
    text = varied(case)
    if luck.random() < 0.4:
        places = luck.choice([1, 2])
        text = text.replace("speed: 400 km/d", f"speed: 400 km/d\n    places: {places}")
    if luck.random() < 0.3:
        text = text.replace("threshold, boxes: 36", f"threshold, boxes: {luck.choice([10, 20])}")
    luck.random()
    if luck.random() < 0.3:
        text = text.replace("{rule: when-full}", "{rule: timetable, every: 12 h}")
    return text


# Those tied are cases in which the order of one instant tells.
@pytest.mark.parametrize(
    "text", [*map(varied, range(10)), *map(tied, (166, 203, 324, 447, 450, 501))]
)
def test_what_is_settled_late_is_as_if_done_at_its_time(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = scenario(tmp_path, text)
    late = simulate(made)
    with monkeypatch.context() as slow:
        slow.setattr(background, "agendas", lambda env, routes, flows: [None] * len(flows))
        on_the_clock = simulate(made)
        slow.setattr(Context, "in_order", lambda self, capacity, rule: None)
        one_by_one = simulate(made)
    assert late.meta["status"] == "done" and len(late.trains) > 60
    assert late.meta["events"] < on_the_clock.meta["events"]
    assert late.meta["settled"] > 0 and on_the_clock.meta["settled"] == 0
    same(late, on_the_clock)
    same(late, one_by_one)


def agendas_of(tmp_path: Path, text: str) -> int:
    made = scenario(tmp_path, text)
    return len(Builder(made.tables, 1, 0).build().agendas)


class Moody:
    """A rule of a user's own that does not say that it minds no order."""

    def treat(self, check: str, train: object, luck: float) -> Treatment:
        return Treatment(1.0)


def test_customs_rules_that_go_by_luck_alone_are_asked_when_somebody_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = SMALL.replace("hours: day}", "hours: day, check: customs}", 1)
    text = text.replace("alashankou/cranes]\n    trains", "alashankou/customs]\n    trains")
    rule = "\npolicies:\n  customs: {rule: RULE}\ndisruptions:"
    lane = text.replace("\ndisruptions:", rule.replace("RULE", "green-lane, share: 0.5"))
    assert agendas_of(tmp_path, lane) == 1
    late = simulate(scenario(tmp_path, lane))
    with monkeypatch.context() as slow:
        slow.setattr(background, "agendas", lambda env, routes, flows: [None] * len(flows))
        same(late, simulate(scenario(tmp_path, lane)))
    monkeypatch.setitem(CUSTOMS._rules, "moody", Moody)
    assert agendas_of(tmp_path, text.replace("\ndisruptions:", rule.replace("RULE", "moody"))) == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\ndisruptions:", "\npolicies:\n  admission: {rule: metering, per_day: 9}\ndisruptions:"),
        ("trains: 12 /d", "trains: 12 /d\n    trainsets: 3"),
        (
            "\ndisruptions:",
            "\ndisruptions:\n  worn: {on: [alashankou/cranes], after: 50 h, lasts: 5 h}",
        ),
        # A train back from the crossing waits at Dostyk with a track beyond, and the other way.
        (
            "\ndisruptions:",
            "\n  back:\n    from: alashankou\n    route: [border]\n    trains: 1 /d\ndisruptions:",
        ),
    ],
    ids=["admission", "trainsets", "breakdowns", "circle"],
)
def test_who_must_be_seen_at_its_time_goes_by_the_clock(old: str, new: str, tmp_path: Path) -> None:
    text = SMALL.replace("length: 12 km", "length: 12 km\n    places: 3")
    assert agendas_of(tmp_path, text) == 1
    assert agendas_of(tmp_path, text.replace(old, new, 1)) == 0


def test_flows_that_share_nothing_have_agendas_of_their_own(tmp_path: Path) -> None:
    more = """
  quarry: {}
  harbour: {}
lines:
  branch: {from: quarry, to: harbour, length: 20 km, speed: 240 km/d, paths: 9 /d}
"""
    own = "\n  ore:\n    from: quarry\n    route: [branch]\n    trains: 1 /d\ndisruptions:"
    text = SMALL.replace("\nlines:\n", more)
    assert agendas_of(tmp_path, text.replace("\ndisruptions:", own)) == 2
    joined = own.replace("[branch]", "[branch, bridge, west]")
    bridge = "  bridge: {from: harbour, to: burundai, length: 20 km, speed: 240 km/d}\n"
    text = text.replace(more, more + bridge)
    assert agendas_of(tmp_path, text.replace("\ndisruptions:", joined)) == 1


def test_a_train_or_call_of_the_micro_corridor_costs_four_events() -> None:
    results = simulate(load(MICRO, ["horizon=60 d"]))
    assert len(results.trains) > 150
    assert results.meta["events"] <= 4 * (len(results.trains) + 30) + 20


def test_an_agenda_is_settled_in_order_and_no_further() -> None:
    agenda, done = Agenda(simpy.Environment()), list[tuple[str, float]]()

    def note(name: str) -> Any:
        return lambda time: done.append((name, time))

    agenda.put(2.0, note("b"))
    agenda.put(1.0, note("a"))
    agenda.put(2.0, lambda time: agenda.put(time, note("d")))
    agenda.put(2.0, note("c"))
    agenda.put(INF, note("never"))
    agenda.put(3.0, note("e"))
    agenda.settle_before(2.0)
    assert done == [("a", 1.0)]
    agenda.settle(2.5)
    assert done[1:] == [("b", 2.0), ("c", 2.0), ("d", 2.0)]


def test_an_agenda_costs_events_only_while_somebody_waits() -> None:
    env = simpy.Environment()
    agenda, done = Agenda(env), list[tuple[float, float]]()
    for time in (1.0, 2.0, 3.0, 4.0, 5.0):
        agenda.put(time, lambda time: done.append((env.now, time)))
    call_at(env, 1.5, lambda: agenda.watch(1))
    call_at(env, 3.5, lambda: agenda.watch(-1))
    run_until(env, 9.0)
    agenda.settle(9.0)
    # the alarm that was set while somebody waited still rings
    expected = [(1.5, 1.0), (2.0, 2.0), (3.0, 3.0), (4.0, 4.0), (9.0, 5.0)]
    assert done[1:] == expected[1:] and done[0][1] == 1.0


@pytest.mark.parametrize("case", range(20))
def test_first_come_first_served_is_known_on_coming(case: int) -> None:
    luck = random.Random(case)
    number = luck.choice([1, 2, 3])
    profile = luck.choice(
        [ALWAYS, Profile(steps_of_windows([(24.0 * d + 8, 24.0 * d + 18) for d in range(90)]))]
    )
    comers = [(luck.choice([t, round(t)]), luck.expovariate(0.5)) for t in range(40)]
    comers.sort()
    env = simpy.Environment()
    places, slow = Places(env, "gangs", number, FirstCome(), profile=profile), {}

    class Comer:
        followed, train_class, formed, joined = True, "", 0.0, 0.0

        def __init__(self, number: int, work: float) -> None:
            self.number, self.work = number, work

        def come(self) -> None:
            if places.take(self, env.now):  # type: ignore[arg-type]
                self.turn(env.now)

        def turn(self, now: float) -> None:
            end = profile.finish(now, self.work)
            slow[self.number] = (now, end)
            places.release_at(None, end)

    for i, (time, work) in enumerate(comers):
        call_at(env, time, Comer(i, work).come)
    run_until(env, 2000.0)
    fifo, tally = Fifo(number, profile), Tally(profile)
    for i, (time, work) in enumerate(comers):
        start = fifo.begin(time)
        end = profile.finish(start, work)
        fifo.end_held(time, start, end)
        tally.add(time, end, work, start)
        assert (start, end) == slow[i]
    assert fifo.held_hours(2000.0) == pytest.approx(places.held_hours(), rel=1e-12)
    assert tally.worked(2000.0) == pytest.approx(sum(w for _, w in comers))


def test_a_tally_counts_what_is_over_and_of_the_rest_what_is_done() -> None:
    tally = Tally(ALWAYS)
    together: Any = None
    served = (np.array([0.0, 2.0]), np.array([1.0, 4.0]))
    tally.add(0.0, 4.0, 3.0, 0.0, CraneMoves(0.0, 4.0, 3.0, together, served))
    assert (tally.worked(3.0), tally.under_way(3.0)) == (0.0, 2.0)
    assert (tally.worked(4.0), tally.under_way(4.0)) == (0.0, 3.0)
    assert (tally.worked(4.5), tally.under_way(4.5)) == (3.0, 0.0)


def test_a_place_given_back_ahead_costs_an_event_only_if_somebody_waits() -> None:
    env = simpy.Environment()
    places, log = Places(env, "tracks", 1, FirstCome()), list[tuple[str, float]]()

    class Comer:
        followed, train_class, formed, joined = True, "", 0.0, 0.0

        def __init__(self, name: str) -> None:
            self.name = name

        def turn(self, now: float) -> None:
            log.append((self.name, now))
            places.release_at(None, now + 3.0)

    for name, time in (("a", 0.0), ("b", 1.0), ("c", 6.0)):
        comer: Any = Comer(name)

        def come(comer: Any = comer) -> None:
            if places.take(comer, env.now):
                comer.turn(env.now)

        call_at(env, time, come)
    run_until(env, 5.0)
    assert log == [("a", 0.0), ("b", 3.0)] and places.held_hours() == 5.0
    run_until(env, 20.0)
    assert log[2:] == [("c", 6.0)] and places.held_hours() == 9.0
    # three that come, one alarm for the one that waits, and its turn
    assert next(env._eid) == 5


def test_a_bell_is_set_to_the_time_that_news_gives() -> None:
    env, woken = simpy.Environment(), list[float]()
    bell = Bell(env)

    def sleeper() -> Process:
        while True:
            yield bell.wait(10.0 * (len(woken) + 1))
            woken.append(env.now)

    env.process(sleeper())
    call_at(env, 1.0, lambda: bell.ring(None))
    call_at(env, 2.0, lambda: bell.ring(4.0))
    call_at(env, 5.0, lambda: bell.ring(5.0))
    run_until(env, 25.0)
    assert not bell.is_awaited() or woken[:2] == [4.0, 5.0]
    assert woken[:2] == [4.0, 5.0]


def test_the_clock_itself_puts_nothing_off() -> None:
    env, done = simpy.Environment(), list[float]()
    clock = Clock(env)
    clock.put(1.0, done.append)
    clock.put(INF, done.append)
    clock.settle(5.0)
    assert not done
    run_until(env, 2.0)
    assert done == [1.0]


def test_an_alarm_rings_once_for_each_time_however_often_it_is_set() -> None:
    """Each ring sets it for the next two times; nothing piles up."""
    env, rung = simpy.Environment(), list[float]()

    def ring(time: float) -> None:
        rung.append(time)
        alarm.set(time + 2.0)
        alarm.set(time + 1.0)
        alarm.set(time + 3.0)

    alarm = Alarm(Clock(env), ring)
    alarm.set(5.0)
    alarm.set(1.0)
    alarm.set(INF)
    run_until(env, 9.0)
    assert rung == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    # two times ahead at most
    assert len(env._queue) <= 3


class _Unknown(Step):
    """A step that says nothing of itself."""

    def enter(self, train: Train, time: float) -> float:
        return time


def test_trains_with_a_step_that_says_nothing_of_itself_are_seen() -> None:
    env = simpy.Environment()
    plain, unknown = Route("a", [Leave(None, departs=True)]), Route("b", [_Unknown()])
    assert [agenda is None for agenda in agendas(env, [], [(plain, True), (unknown, True)])] == [
        False,
        True,
    ]
