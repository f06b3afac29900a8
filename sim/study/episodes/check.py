"""One row of an episode against the register of facts and the scenario."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.scenario import units
from sim.scenario.problems import Place, Problem
from sim.scenario.spelling import near
from sim.scenario.units import shown
from sim.study.episodes.language import ObservedRow, Reading, numbers_in

if TYPE_CHECKING:
    from sim.scenario.loader import Scenario
    from sim.scenario.register import Fact
    from sim.scenario.tree import Tree
    from sim.study.episodes.measurement import Take


@dataclass(frozen=True)
class Observation:
    """One row, ready to be held against runs.

    ``low`` and ``high`` are what was observed in its own unit, equal unless it is a range;
    ``factor`` turns the unit into house units; the window is in hours since the start.
    """

    name: str
    title: str
    low: float
    high: float
    unit: str
    factor: float
    source: tuple[str, ...]
    take: Take
    begin: float
    end: float
    calibrated: bool
    calibrates: str | None
    remark: str | None


class Check:
    """One row against the register and the scenario."""

    def __init__(
        self,
        name: str,
        row: ObservedRow,
        tree: Tree,
        register: dict[str, Fact],
        scenario: Scenario | None,
        problems: list[Problem],
    ) -> None:
        self.name, self.row, self.tree = name, row, tree
        self.register, self.scenario, self.problems = register, scenario, problems
        self.fine = True

    def say(self, path: tuple[str | int, ...], message: str, at_key: bool = False) -> None:
        found, _ = self.tree.find(("rows", self.name, *path))
        place: Place = found.key_place if at_key else found.place
        self.problems.append(Problem("error", place, message))
        self.fine = False

    def observation(self) -> Observation | None:
        """The row ready for use; nothing if anything is wrong with it."""
        row, low, high = self.row, self.reading(), self.row.observed.high
        if self.scenario is None:
            return None
        tables = self.scenario.tables
        for path, name, known, noun in row.measure.lookups(tables):
            if name not in known:
                hint = near(name, known, f"; the scenario has no such {noun}")
                self.say(("measure", *path), f"unknown {noun} `{shown(name)}`{hint}")
        if self.fine:
            for path, said in row.measure.mistakes(tables):
                self.say(("measure", *path), said)
        begin, end = self.window()
        if not self.fine or low is None:
            return None
        self.units(low, high)
        if not self.fine:
            return None
        return Observation(
            self.name,
            row.title or self.name,
            low.number,
            low.number if high is None else high.number,
            low.unit,
            low.factor,
            (*row.observed.fact, *row.observed.source),
            row.measure.taker(tables),
            begin,
            end,
            row.calibrated,
            row.calibrates,
            row.remark,
        )

    def reading(self) -> Reading | None:
        """What was observed; the fact's own value where none is written."""
        seen = self.row.observed
        known = True
        for key, ids in (("fact", seen.fact), ("source", seen.source)):
            for i, fact in enumerate(ids):
                if fact not in self.register and (key == "fact" or self._looks_like_id(fact)):
                    hint = (
                        near(fact, self.register, "")
                        if self.register
                        else (
                            "; expected `evidence: <register>.csv` in the episode or its scenario"
                        )
                    )
                    self.say(("observed", key, i), f"{key}: no fact `{shown(fact)}`{hint}")
                    known = False
        if not known:
            return None
        if seen.value is None:
            return self.own_value()
        if not (seen.fact or seen.source or seen.assumed):
            self.say(("observed",), "observed: nothing says so; expected `fact` or `source`", True)
        self.said(("observed", "value"), seen.value)
        if seen.high is not None:
            self.said(("observed", "high"), seen.high)
        return seen.value

    @staticmethod
    def _looks_like_id(text: str) -> bool:
        """A source may also be words, such as a newspaper and its date."""
        return re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", text) is not None

    def own_value(self) -> Reading | None:
        ids = self.row.observed.fact
        if len(ids) != 1:
            what = "several facts" if ids else "no `fact`"
            self.say(
                ("observed",), f"observed: {what} and no `value`; expected such as `8.9 h`", True
            )
            return None
        fact = self.register[ids[0]]
        try:
            return Reading.of_fact(fact)
        except ValueError as error:
            self.say(
                ("observed", "fact"),
                f"fact: `{fact.id}` is {shown(fact.value)} {shown(fact.unit)}, which cannot be "
                f"measured ({error}); expected `value` beside it",
            )
            return None

    def said(self, path: tuple[str, ...], reading: Reading) -> None:
        """A figure that is written beside facts must be one that they say."""
        facts = [self.register[fact] for fact in self.row.observed.fact]
        numbers = {n for fact in facts for n in numbers_in(f"{fact.value} {fact.statement}")}
        if facts and reading.number not in numbers:
            listed = ", ".join(f"{n:g}" for n in sorted(numbers))
            ids = ", ".join(self.row.observed.fact)
            self.say(path, f"{path[-1]}: {reading.number:g} is not in {ids}; it says {listed}")

    def window(self) -> tuple[float, float]:
        """Begin and end, hours since the start."""
        assert self.scenario is not None
        row, tables = self.row, self.scenario.tables
        horizon = float(tables.horizon)
        key = "on" if row.on is not None else "begin"
        first = row.on or row.begin
        if first is None:
            return float(tables.warmup), horizon
        if row.measure.whole_run:
            self.say(
                (key,), f"{key}: a {row.measure.kind} belongs to the whole run; remove it", True
            )
        begin = (first - tables.start).days * 24.0
        end = begin + (24.0 if row.days is None else float(row.days))
        if begin < 0.0 or end > horizon:
            last = f"{tables.start} and {horizon / 24.0:g} days on"
            self.say((key,), f"{key}: the window is not in the run, which is {last}")
        return begin, end

    def units(self, low: Reading, high: Reading | None) -> None:
        """The observation and the measure are figures of one kind."""
        wanted = self.row.measure.unit
        if low.dimension != wanted:
            is_a, of_a = (
                units.DIMENSION_NAMES.get(d, "of another kind") for d in (low.dimension, wanted)
            )
            key = "value" if self.row.observed.value is not None else "fact"
            self.say(
                ("observed", key),
                f"{key}: `{low.number:g} {low.unit}` is {is_a}; the measure gives {of_a}",
            )
        if high is not None and (high.unit != low.unit or high.number < low.number):
            self.say(
                ("observed", "high"),
                f"high: `{high.number:g} {high.unit}` is no upper end of a range from "
                f"`{low.number:g} {low.unit}`; expected the same unit and no less",
            )
