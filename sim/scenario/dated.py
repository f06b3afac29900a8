"""Values that hold from a date on."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, ClassVar, Self

from pydantic_core import core_schema

from sim.scenario import units
from sim.scenario.dates import not_a_date
from sim.scenario.quantities import Count, Factor
from sim.scenario.units import Refusal, shown
from sim.scenario.written import (
    NumberRule,
    Validated,
    bare_schema,
    evidence_schema,
    need_value,
    text_of,
    unwrap,
)


def moment(raw: object, start: date | None) -> float:
    """Hours since the start of a date (``2024-03-01``) or date and time; raises `Refusal`."""
    try:
        at = datetime.fromisoformat(str(raw))
    except ValueError:
        raise Refusal(not_a_date(raw, start=start)) from None
    if at.tzinfo is not None:
        raise Refusal(f"`{shown(raw)}` has a time zone; write UTC without one")
    begin = start or date(2000, 1, 1)
    return (at - datetime(begin.year, begin.month, begin.day)) / timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Dated(Validated):
    """A value that changes on dates.

    Attributes:
        initial: value from the start on, in house units.
        changes: (hours since the start, value from then on), sorted by time.
        text: how it was written.
    """

    rule: ClassVar[NumberRule]

    initial: float
    changes: tuple[tuple[float, float], ...] = ()
    text: str = ""

    def at(self, t_h: float) -> float:
        """The value that holds at `t_h` hours since the start."""
        index = bisect_right(self.changes, t_h, key=lambda change: change[0])
        return self.changes[index - 1][1] if index else self.initial

    def mean(self, from_h: float, to_h: float) -> float:
        """The mean value between two times in hours; the value at `from_h` if they are equal."""
        if to_h <= from_h:
            return self.at(from_h)
        cuts = [from_h, *(t for t, _ in self.changes if from_h < t < to_h), to_h]
        area = sum(self.at(a) * (b - a) for a, b in pairwise(cuts))
        return area / (to_h - from_h)

    @property
    def most(self) -> float:
        """The largest value at any time."""
        return max(self.initial, *(v for _, v in self.changes)) if self.changes else self.initial

    @classmethod
    def of(cls, value: float | str) -> Self:
        """A value that never changes, from house units or text; raises `Refusal`."""
        text = value if isinstance(value, str) else cls.rule.text(value)
        return cls(cls.rule.number(text), (), text)

    @classmethod
    def validate(cls, raw: object, info: core_schema.ValidationInfo | None = None) -> Self:
        value, wrapped = unwrap(need_value(raw, dated=True), ("value", "changes"))
        try:
            initial = cls.rule.number(value)
        except Refusal as refusal:
            raise Refusal(refusal.message, ("value",) if wrapped else ()) from None
        if not wrapped or not isinstance(raw, dict) or raw.get("changes") is None:
            return cls(initial, (), text_of(value))
        table = raw["changes"]
        if not isinstance(table, dict):
            raise Refusal(
                "expected dates with their values, such as `2024-03-01: 18 trains/d`", ("changes",)
            )
        start = (info.context or {}).get("start") if info is not None else None
        changes: list[tuple[float, float]] = []
        for when, what in table.items():
            inside: tuple[str | int, ...] = ("changes", when)
            try:
                hours = moment(when, start)
            except Refusal as refusal:
                raise Refusal(refusal.message, inside, True) from None
            try:
                new, deeper = unwrap(need_value(what))
                inside = (*inside, "value") if deeper else inside
                changes.append((hours, cls.rule.number(new)))
            except Refusal as refusal:
                raise Refusal(refusal.message, inside + refusal.inside, refusal.at_key) from None
        changes.sort()
        for (a, _), (b, _) in pairwise(changes):
            if a == b:
                raise Refusal("two changes at the same time", ("changes",))
        said = ", ".join(f"{when}: {_change_text(what)}" for when, what in table.items())
        return cls(initial, tuple(changes), f"{text_of(value)} ({said})")

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        bare = bare_schema(cls.rule)
        value = {
            "type": "object",
            "properties": {"value": bare, **evidence_schema()},
            "required": ["value"],
            "additionalProperties": False,
        }
        changes = {
            "type": "object",
            "description": "new values by the date from which they hold",
            "additionalProperties": {"anyOf": [bare, value]},
        }
        dated = {**value, "properties": {**value["properties"], "changes": changes}}  # type: ignore[dict-item]
        return {"title": cls.__name__, "anyOf": [bare, dated]}


def _change_text(what: object) -> str:
    return text_of(what["value"]) if isinstance(what, dict) else text_of(what)


class DatedCount(Dated):
    """A whole number of things that changes on dates."""

    __slots__ = ()
    rule = Count.rule


class DatedFactor(Dated):
    """A factor that changes on dates."""

    __slots__ = ()
    rule = Factor.rule


class DatedCost(Dated):
    """Money in a time that changes on dates, USD/h."""

    __slots__ = ()
    rule = NumberRule(
        "money per time",
        units.MONEY_PER_TIME,
        ("2700 USD/d", "1000000 USD/yr"),
        "USD/h",
        whole_sum=True,
        instead=((units.MONEY, "divide it by the time that it is paid for"),),
    )


class DatedRate(Dated):
    """A number per time that changes on dates, per hour."""

    __slots__ = ()
    rule = NumberRule("a rate per time", units.RATE, ("15 trains/d", "7 /wk"), "/h")
