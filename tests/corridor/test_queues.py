"""Places and gates: exact logs of tiny processes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import simpy

from sim.corridor.gate import Gate
from sim.corridor.profile import Profile, steps_of_windows
from sim.corridor.queues import Places
from sim.policies.order import ClassPriority, FirstCome, LongestWaiting


def train(name: str, train_class: str = "container", formed: float = 0.0) -> Any:
    return SimpleNamespace(
        name=name, train_class=train_class, formed=formed, joined=0.0, followed=True
    )


def log_of(
    env: simpy.Environment, thing: Any, arrivals: list[tuple[float, Any, float]]
) -> list[Any]:
    """Who got it when; places are held for the time given, gates are only passed."""
    log: list[Any] = []

    def visit(at: float, who: Any, hold: float) -> Any:
        yield env.timeout(at)
        turn = env.event()
        who.turn = lambda now: turn.succeed()
        if not thing.take(who, env.now):
            yield turn
        log.append((env.now, who.name))
        if isinstance(thing, Places):
            yield env.timeout(hold)
            thing.release(env.now)

    for at, who, hold in arrivals:
        env.process(visit(at, who, hold))
    env.run(until=1000.0)
    return log


def test_places_serve_first_come_first_served() -> None:
    env = simpy.Environment()
    places = Places(env, "tracks", 1, FirstCome())
    arrivals = [(0.0, train("a"), 5.0), (1.0, train("b"), 5.0), (1.0, train("c"), 5.0)]
    assert log_of(env, places, arrivals) == [(0.0, "a"), (5.0, "b"), (10.0, "c")]


def test_priority_goes_before_arrival_and_ties_to_the_first() -> None:
    env = simpy.Environment()
    places = Places(env, "tracks", 1, ClassPriority(["transit", "container"]))
    arrivals = [
        (0.0, train("a"), 5.0),
        (1.0, train("b"), 5.0),
        (2.0, train("c", "ore"), 5.0),
        (3.0, train("d", "transit"), 5.0),
        (4.0, train("e", "transit"), 5.0),
    ]
    assert [name for _, name in log_of(env, places, arrivals)] == ["a", "d", "e", "b", "c"]


def test_longest_waiting_goes_by_the_time_of_forming() -> None:
    env = simpy.Environment()
    places = Places(env, "tracks", 1, LongestWaiting())
    arrivals = [(0.0, train("a"), 5.0), (1.0, train("b", formed=1.0), 5.0), (2.0, train("c"), 5.0)]
    assert [name for _, name in log_of(env, places, arrivals)] == ["a", "c", "b"]


def test_a_place_that_nobody_held_cannot_be_given_back() -> None:
    with pytest.raises(RuntimeError, match="nobody held"):
        Places(simpy.Environment(), "tracks", 1, FirstCome()).release(0.0)


def test_servers_take_nobody_while_closed() -> None:
    env = simpy.Environment()
    hours = Profile(steps_of_windows([(8.0, 18.0), (32.0, 42.0)]))
    places = Places(env, "customs", 1, FirstCome(), profile=hours)
    arrivals = [(1.0, train("a"), 2.0), (17.5, train("b"), 2.0), (17.6, train("c"), 2.0)]
    assert log_of(env, places, arrivals) == [(8.0, "a"), (17.5, "b"), (32.0, "c")]


def test_capacity_that_grows_on_a_date_lets_the_waiting_in() -> None:
    env = simpy.Environment()
    places = Places(env, "tracks", 1, FirstCome(), changes=[(3.0, 2.0)])
    arrivals = [(0.0, train("a"), 10.0), (1.0, train("b"), 10.0)]
    assert log_of(env, places, arrivals) == [(0.0, "a"), (3.0, "b")]


def test_a_gate_keeps_its_headway() -> None:
    env = simpy.Environment()
    gate = Gate(env, "paths", Profile(((0.0,), (0.5,))), FirstCome())
    arrivals = [(0.0, train("a"), 0.0), (0.5, train("b"), 0.0), (7.0, train("c"), 0.0)]
    assert log_of(env, gate, arrivals) == [(0.0, "a"), (2.0, "b"), (7.0, "c")]


def test_a_closed_gate_holds_all_and_keeps_the_headway_after() -> None:
    env = simpy.Environment()
    gate = Gate(env, "border", Profile(([0.0, 1.0, 10.0], [1.0, 0.0, 1.0])), FirstCome())
    arrivals = [(2.0, train("a"), 0.0), (3.0, train("b"), 0.0)]
    assert log_of(env, gate, arrivals) == [(10.0, "a"), (11.0, "b")]


def test_a_class_at_its_limit_does_not_stop_the_others() -> None:
    env = simpy.Environment()
    gate = Gate(
        env, "border", Profile(((0.0,), (1.0,))), FirstCome(), {"ore": Profile(((0.0,), (0.1,)))}
    )
    arrivals = [
        (0.0, train("ore1", "ore"), 0.0),
        (0.1, train("ore2", "ore"), 0.0),
        (0.2, train("box1"), 0.0),
        (0.3, train("box2"), 0.0),
    ]
    expected = [(0.0, "ore1"), (1.0, "box1"), (2.0, "box2"), (10.0, "ore2")]
    assert log_of(env, gate, arrivals) == expected


def test_a_train_that_comes_as_another_lane_may_move_does_not_overtake() -> None:
    env = simpy.Environment()
    hourly = Profile(((0.0,), (1.0,)))
    gate = Gate(env, "border", hourly, FirstCome(), {"ore": hourly})
    arrivals = [
        (0.0, train("box0"), 0.0),
        (0.1, train("box1"), 0.0),
        (1.0, train("ore", "ore"), 0.0),
    ]
    assert log_of(env, gate, arrivals) == [(0.0, "box0"), (1.0, "box1"), (2.0, "ore")]
