"""Lines over the border, what stands before them, and the rules that look at it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sim.corridor.admission import Admission, SetOut, WayToBorder
from sim.corridor.bans import Bans
from sim.policies import ADMISSION
from sim.scenario.journey import border_line, lines_along

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.corridor.admission import Sized
    from sim.corridor.building.context import Context
    from sim.corridor.building.lines import Lines


class Borders:
    """One way to each border line, as rules see it."""

    def __init__(self, context: Context, lines: Lines) -> None:
        self._context = context
        self._lines = lines
        rule = context.tables.policies.admission
        asked = rule.rule != "none"
        self._rule = ADMISSION.make(rule.rule, rule.parameters) if asked else None
        self._ways: dict[str, WayToBorder] = {}

    def admission(self, origin: str, route: tuple[str, ...], train_class: str) -> Admission | None:
        """What is asked at the first border line on a route; none where nothing is."""
        found = border_line(self._context.tables, origin, route)
        if found is None:
            return None
        periods = self._context.rates.bans(found[0], train_class)
        if self._rule is None and not periods:
            return None
        return Admission(self._rule, self._way(*found), Bans(periods))

    def set_out(self, origin: str, route: tuple[str, ...], train_class: str) -> Iterator[SetOut]:
        """The step of trains that are there already, and ask before they set out."""
        admission = self.admission(origin, route, train_class)
        if admission is not None:
            border = admission.approach.line
            stage = self._context.stage(border, "admission", f"{border}: not admitted")
            banned = self._context.stage(border, "loading", f"{border}: loading banned")
            yield SetOut(self._context.shared, admission, stage, banned)

    def show(self, crossing: str, origin: str, route: tuple[str, ...], train_class: str) -> None:
        """Let the rule that chooses a crossing see the gates of one that a route leads over."""
        known = self._context.border.gates.setdefault(crossing, {})
        for line, before, toward in lines_along(self._context.tables, origin, route):
            for gate, _ in self._lines.gates[line, toward]:
                if gate.accepts:
                    known.setdefault(gate, self._way(line, before, toward))
        admission = self.admission(origin, route, train_class)
        if admission is not None:
            self._context.border.bans.setdefault(crossing, []).append(admission.bans)

    def _way(self, line: str, before: str, toward: str) -> WayToBorder:
        if line not in self._ways:
            self._ways[line] = WayToBorder(line, partial(self._queues_before, line, before, toward))
        return self._ways[line]

    def _queues_before(self, line: str, before: str, toward: str) -> list[Sized]:
        """The gate of a border line, the tracks before it, and the way to those."""
        made = self._lines
        queues = made.waiting(line, toward)
        queues += made.tracks_before.get((line, toward), [])
        places = made.places.get((line, toward))
        queues += [] if places is None else [places]
        for name, end in made.gates:
            if end == before and name != line:
                queues += made.waiting(name, end)
                places = made.places.get((name, end))
                queues += [] if places is None else [places]
        return queues
