"""A corridor of one line, small enough to reckon by hand and to run in milliseconds."""

from __future__ import annotations

from pathlib import Path

from sim.scenario import Scenario, load

TINY = """
title: one line and a border
start: 2023-01-01
horizon: 56 d
commodities: {barley: {load: 20 t}}
fleets: {boxes: {kind: containers, at: {almaty: 12000}}}
stations:
  almaty: {stuffing: {lines: 12, time: 1 h, fleet: boxes}}
  border: {work: {customs: {kind: servers, servers: 1, time: 4 h}}}
  jinan:
    delivery: {dwell: "exponential(mean: 12 h)", time: 2 h, stripping: 24 h, fleet: boxes}
lines:
  west: {from: almaty, to: border, length: 400 km, speed: 800 km/d}
  east: {from: border, to: jinan, length: 1200 km, speed: 1200 km/d}
services:
  block:
    from: almaty
    route: [west, border/customs, east]
    length: 12
    dispatch: {rule: when-full}
supplies:
  barley:
    region: almaty
    terminal: almaty
    commodity: barley
    volume: 960 t/d
    lot: 12
    to: {jinan: 1}
"""
"""Customs pass 6 trains a day, which is 1,440 t; 960 t are offered."""


def tiny(folder: Path, *sets: str, name: str = "tiny") -> Scenario:
    """The corridor as a file in the folder, loaded with the sets."""
    return load(written(folder, name), sets)


def written(folder: Path, name: str = "tiny") -> Path:
    """The corridor as a file in the folder."""
    path = folder / f"{name}.yaml"
    path.write_text(TINY)
    return path
