"""What the parts of a corridor are made from."""

from pathlib import Path

import pytest

from sim.corridor.building.chains import Chains
from sim.scenario.journey import lines_along
from tests.corridor.small import scenario

THERE_AND_BACK = """
title: two ways on from the middle
start: 2025-01-01
horizon: 10 d
stations: {a: {}, b: {}, c: {}, d: {}}
lines:
  ab: {from: a, to: b, length: 10 km, speed: 10 km/h}
  bc: {from: b, to: c, length: 10 km, speed: 10 km/h}
  bd: {from: d, to: b, length: 10 km, speed: 10 km/h}
  cd: {from: c, to: d, length: 10 km, speed: 10 km/h}
services:
  a-b: {from: a, route: [ab], length: 1, dispatch: {rule: when-full}}
  b-c: {from: b, route: [bc], length: 1, dispatch: {rule: when-full}}
  b-d: {from: b, route: [bd], length: 1, dispatch: {rule: when-full}}
  c-d: {from: c, route: [cd], length: 1, dispatch: {rule: when-full}}
"""


def test_lines_of_a_run_are_told_with_the_way_that_each_is_run(tmp_path: Path) -> None:
    tables = scenario(tmp_path, THERE_AND_BACK).tables
    assert lines_along(tables, "a", ("ab", "bd", "cd")) == [
        ("ab", "a", "b"),
        ("bd", "b", "d"),
        ("cd", "d", "c"),
    ]
    with pytest.raises(ValueError, match="line cd does not touch a"):
        lines_along(tables, "a", ("cd",))


def test_services_lead_on_to_a_station_without_another(tmp_path: Path) -> None:
    chains = Chains(scenario(tmp_path, THERE_AND_BACK).tables)
    assert chains.ends == {"a-b": "b", "b-c": "c", "b-d": "d", "c-d": "d"}
    assert chains.between("a", "d") == [("a-b", "b-d"), ("a-b", "b-c", "c-d")]
    assert chains.lead("a", "d", without="c")
    assert not chains.lead("a", "d", without="b")
    assert not chains.lead("d", "a", without="c")
    assert chains.lead("d", "d", without="d")
