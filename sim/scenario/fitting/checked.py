"""A scenario that is being checked, and how what is wrong is said."""

from __future__ import annotations

from collections.abc import Iterable

from sim.scenario import wording
from sim.scenario.problems import Place, Problem
from sim.scenario.spelling import near
from sim.scenario.tree import Step, Steps, Tree
from sim.scenario.units import shown
from sim.scenario.vocabulary import ScenarioTables


class Checked:
    """Its tables, the document that they come from, and what was found to be wrong."""

    def __init__(self, tables: ScenarioTables, tree: Tree) -> None:
        self.tables = tables
        self.tree = tree
        self.problems: list[Problem] = []

    def say(self, path: Iterable[Step], message: str, *, warning: bool = False) -> None:
        """Something is wrong with what stands at a path, or with its ``value``."""
        found, gone = self.tree.find(tuple(path))
        place: Place = found.place
        if isinstance(found.value, dict):
            place = found.key_place if gone else found.place
            value = found.child("value")
            place = value.place if value is not None else place
        self.problems.append(Problem("warning" if warning else "error", place, message))

    def say_key(self, path: Steps, message: str, *, warning: bool = False) -> None:
        """Something is wrong with the key itself."""
        found, _ = self.tree.find(path)
        severity = "warning" if warning else "error"
        self.problems.append(Problem(severity, found.key_place, message))  # type: ignore[arg-type]

    def known(
        self,
        name: str | None,
        table: Iterable[str],
        noun: str,
        path: Steps,
        key: bool = False,
    ) -> bool:
        """Whether a table has a name, or there is none; said where it has not."""
        names = list(table)
        if name is None or name in names:
            return True
        where = "" if key else f"{label(path)}: "
        hint = near(name, names, _listed(names, noun))
        (self.say_key if key else self.say)(path, f"{where}unknown {noun} `{shown(name)}`{hint}")
        return False

    def fleet(self, name: str | None, kind: str, path: Steps) -> bool:
        """Whether there is such a fleet of a kind, or none is named."""
        if name is None or not self.known(name, self.tables.fleets, "fleet", path):
            return name is None
        if self.tables.fleets[name].kind != kind:
            others = [n for n, f in self.tables.fleets.items() if f.kind == kind]
            self.say(
                path,
                f"{label(path)}: fleet `{name}` is of {self.tables.fleets[name].kind}; "
                f"expected a fleet of {kind}{one_of(others)}",
            )
            return False
        return True

    def hours(self, name: str | None, path: Steps) -> None:
        """Whether there is such a calendar is said."""
        meant = None if name in self.tables.calendars else wording.opening(name or "")
        if meant is not None:
            return self.say(
                path,
                f"{label(path)}: `{shown(name)}` is no calendar; write `calendars: {{day: {{open: "
                f'"{meant}"}}}}`, and `{label(path)}: day` here',
            )
        self.known(name, self.tables.calendars, "calendar", path)


LIKE_PERCENT = 10.0
"""Shares from which on no weights are meant, as two to one, but percent."""


def as_percent(share: float) -> str:
    """A cure for a share such as 30, which is hardly anything but 30 %."""
    return f"; write `{share:g} %` for {share / 100:g}" if 1 < share <= 100 else ""


def percents(shares: Iterable[float]) -> str:
    """A cure for shares such as 70 and 30, or 50 alone, which are hardly anything but percent."""
    given = list(shares)
    most = max(given, default=0.0)
    alike = abs(sum(given) - 100) < 1e-6 or most >= LIKE_PERCENT
    return as_percent(most) if alike else ""


def label(path: Steps) -> str:
    """The last name of a path."""
    names = [str(step) for step in path if not isinstance(step, int)]
    return names[-1] if names else ""


def ticked(names: Iterable[str]) -> str:
    """The first eight of some names."""
    return ", ".join(f"`{name}`" for name in list(names)[:8])


def one_of(names: list[str]) -> str:
    """A cure, where there is one to name."""
    return f"; such as {ticked(names)}" if names else ""


def _listed(names: list[str], noun: str) -> str:
    if not names:
        return f"; the scenario has no {noun}"
    return f"; expected one of {ticked(names)}" + (", …" if len(names) > 8 else "")
