"""The dated changes of a scenario, wherever in it they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel

from sim.scenario.dated import Dated

if TYPE_CHECKING:
    from sim.scenario.vocabulary import ScenarioTables


@dataclass(frozen=True)
class DatedChange:
    """A value that is ``after`` from ``time_h`` on and ``before`` till then, in house units."""

    path: str
    """Such as ``lines.dostyk-alashankou.acceptance.per_day``."""
    time_h: float
    before: float
    after: float


def dated_changes(tables: ScenarioTables) -> list[DatedChange]:
    """All changes after the start, in the order of the scenario and then of time."""
    return [c for c in _within(tables, "") if c.time_h > 0.0]


def _within(value: object, path: str) -> Iterator[DatedChange]:
    if isinstance(value, Dated):
        before = value.initial
        for time, after in value.changes:
            yield DatedChange(path, time, before, after)
            before = after
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _within(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _within(inner, f"{path}.{name}")
