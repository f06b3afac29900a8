"""A case with a known answer, and what theories read from its scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sim.scenario.vocabulary import Background, Cranes, Servers

if TYPE_CHECKING:
    from sim.results import Results
    from sim.scenario import Scenario

Figures = dict[str, float]
Pairs = dict[str, tuple[float, float]]
Judged = Literal["in the interval", "equal", "at most"]

WAIT, TIME, WAITING = "mean wait, h", "mean time in all, h", "share that waits"
REFUSED, BUSY, PER_DAY = "share turned away", "share of time busy", "trains a day"
DELIVERED = "delivered, t"


@dataclass(frozen=True)
class Case:
    """One scenario with a known answer.

    ``theory`` gives the figures known, ``measure`` the same of a run.  Where both sides come from
    the run itself, ``pairs`` gives them instead, theory first.  What holds in each run is judged
    ``equal`` or ``at most``, with no interval; ``with_variants`` runs all scenarios in the folder
    above in place of the case's own.
    """

    judged: Judged
    theory: Callable[[Scenario], Figures] | None = None
    measure: Callable[[Results], Figures] | None = None
    pairs: Callable[[Results], Pairs] | None = None
    with_variants: bool = False


def flow_of(scenario: Scenario, name: str | None = None) -> Background:
    """The background flow of that name, or the only one."""
    flows = scenario.tables.background
    return flows[name or next(iter(flows))]


def rate_of(scenario: Scenario, name: str | None = None) -> float:
    """Its trains an hour."""
    return float(flow_of(scenario, name).trains.at(0.0))


def servers_at(scenario: Scenario, item: str) -> Servers:
    """The servers that are named ``station/work``."""
    station, work = item.split("/")
    found = scenario.tables.stations[station].work[work]
    assert isinstance(found, Servers)
    return found


def cranes_at(scenario: Scenario, item: str) -> Cranes:
    """The cranes that are named ``station/work``."""
    station, work = item.split("/")
    found = scenario.tables.stations[station].work[work]
    assert isinstance(found, Cranes)
    return found
