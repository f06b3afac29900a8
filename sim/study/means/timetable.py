"""Trains that leave by a timetable, as many as it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.policies.durations import hours

if TYPE_CHECKING:
    from sim.scenario.vocabulary import Service
    from sim.study.means.months import Months


def trains_an_hour(table: Service, months: Months) -> list[float]:
    """Trains an hour by month, between the first and the last of the timetable.

    The first takes what has come in the interval before it.
    """
    parameters = table.dispatch.parameters
    every = hours(parameters["every"], "every")
    begin = hours(parameters.get("first", "0 h"), "first") - every
    end = ends(table, months.edges[-1])
    return [
        max(min(b, end) - max(a, begin), 0.0) / (b - a) / every
        for a, b in zip(months.edges, months.edges[1:], strict=False)
    ]


def most_trains(table: Service, horizon: float) -> float:
    """Trains that a timetable can send at most, until hour ``horizon``."""
    return ends(table, horizon) / hours(table.dispatch.parameters["every"], "every") + 1.0


def ends(table: Service, horizon: float) -> float:
    """The hour after which no train leaves."""
    last = table.dispatch.parameters.get("last")
    return horizon if last is None else min(hours(last, "last"), horizon)
