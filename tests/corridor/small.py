"""Small scenarios written for tests, through the public loader."""

from __future__ import annotations

from pathlib import Path

from sim.scenario import Scenario, load

SMALL = """
title: a corridor of four stations
start: 2023-01-01
horizon: 60 d
commodities:
  barley: {load: 26 t, checked_as: grain}
fleets:
  boxes: {kind: containers, at: {burundai: 2000, jinan: 300}}
  w1520:
    kind: wagons
    gauge: 1520
    at: {burundai: 160}
    returns: [{from: alashankou, to: burundai, time: 2 d}]
calendars:
  day: {open: "09:00-19:00", utc_offset: 8 h}
stations:
  burundai: {stuffing: {lines: 4, time: "lognormal(mean: 1 h, cv: 0.3)", fleet: boxes}}
  dostyk:
    tracks: 4
    work: {kz: {kind: servers, servers: 2, time: "lognormal(mean: 2 h, cv: 0.5)"}}
  alashankou:
    tracks: 6
    work:
      customs: {kind: servers, servers: 2, time: 2 h, hours: day}
      cranes: {kind: cranes, cranes: 2, time: "exponential(mean: 3 min)", tracks: 2}
      lab: {kind: laboratory, share: {grain: 0.1}, time: "uniform(low: 5 d, high: 10 d)", slots: 50}
  jinan:
    work: {cranes: {kind: cranes, cranes: 2, time: 3 min, hours: day}}
    delivery:
      dwell: "exponential(mean: 24 h)"
      trucks: 20
      time: 3 h
      stripping: 24 h
      fleet: boxes
    liners:
      east: {every: 7 d, slots: 40, cranes: 2, time: 3 min, voyage: 20 d, share: 0.2}
lines:
  west: {from: burundai, to: dostyk, length: 870 km, speed: 800 km/d, paths: 20 /d, places: 20}
  border:
    from: dostyk
    to: alashankou
    length: 12 km
    speed: 400 km/d
    acceptance: {toward: alashankou, per_day: 15 /d, variation: "gamma(mean: 1, cv: 0.2)"}
  china: {from: alashankou, to: jinan, length: 4227 km, speed: 1200 km/d}
services:
  east:
    from: burundai
    route: [west, dostyk/kz, border, alashankou/customs, alashankou/cranes, alashankou/lab]
    length: 40
    wagons: w1520
    dispatch: {rule: when-full}
    crossing: dostyk
  onward:
    from: alashankou
    route: [china, jinan/cranes]
    length: 40
    dispatch: {rule: threshold, boxes: 36, longest_hold: 48 h}
supplies:
  barley:
    region: almaty
    terminal: burundai
    commodity: barley
    volume: 900 t/d
    to: {jinan: 1}
background:
  transit:
    from: burundai
    route: [west, border, alashankou/cranes]
    trains: 12 /d
    boxes: 40
disruptions:
  storm: {on: [border], begin: 2023-01-20, days: 3 d, factor: 0.2}
"""


def scenario(folder: Path, text: str = SMALL, *sets: str) -> Scenario:
    """The text as a scenario file in the folder, loaded."""
    path = folder / "small.yaml"
    path.write_text(text)
    return load(path, sets)
