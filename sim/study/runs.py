"""One run: what is asked, what is left of it, and how it is made.

Everything here is small when it is over, since a study holds the outcome of each of its runs.
"""

from __future__ import annotations

import gc
import traceback
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from sim.results import Kpi, Results
    from sim.results.series import Weekly
    from sim.scenario import Scenario


@dataclass(frozen=True)
class Job:
    """One replication to run; ``keep`` brings all its tables back.

    ``measure`` takes what is wanted from the tables instead of key figures and weekly tonnes; a
    function of a module, since it goes to worker processes.
    """

    scenario: Scenario
    seed: int
    replication: int
    keep: bool = False
    measure: Callable[[Results], Any] | None = None


@dataclass(frozen=True)
class Failure:
    """Why a run failed."""

    stage: str
    error: str
    trace: str


class Row(Mapping[str, float]):
    """Figures by name in eight bytes each; the names are shared by all rows alike."""

    __slots__ = ("_names", "_values")
    _known: ClassVar[dict[tuple[str, ...], dict[str, int]]] = {}

    def __init__(self, names: Sequence[str], values: Sequence[float]) -> None:
        key = tuple(names)
        self._names = self._known.setdefault(key, {n: i for i, n in enumerate(key)})
        self._values = array("d", values)

    def __getitem__(self, name: str) -> float:
        return self._values[self._names[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __reduce__(self) -> tuple[Any, ...]:
        return Row, (tuple(self._names), self._values)


class Figures(Mapping[str, "Kpi"]):
    """Key figures of one run; unit and meaning are looked up where they are defined."""

    __slots__ = ("_row",)

    def __init__(self, row: Row) -> None:
        self._row = row

    @classmethod
    def of(cls, kpis: Mapping[str, Kpi]) -> Figures:
        """The same figures; a value that is None is kept as not a number."""
        values = [float("nan") if k.value is None else k.value for k in kpis.values()]
        return cls(Row(tuple(kpis), values))

    def __getitem__(self, name: str) -> Kpi:
        from sim.results.kpi import KPIS, Kpi

        value = self._row[name]
        definition = KPIS[name]
        return Kpi(None if value != value else value, definition.unit, definition.meaning)

    def __iter__(self) -> Iterator[str]:
        return iter(self._row)

    def __len__(self) -> int:
        return len(self._row)

    def __reduce__(self) -> tuple[Any, ...]:
        return Figures, (self._row,)


@dataclass
class Outcome:
    """What is left of one run: key figures and weekly tonnes, what was measured, or the failure.

    ``deadlock`` is what stood for ever if trains did: time_h, sentence, trains, resources, remedy;
    the figures of such a run end at that hour.  ``causes`` has the hours waited by cause, for each
    container taken, and ``sides`` the same by part of the way; ``full`` the hours that lines stood
    full, so that trains could not set out, for those that did; ``leads`` the mean lead times of
    groups of exports, and ``slowest`` their shares of the slowest twentieth; ``trace`` is the hash
    of the run's events in their order.
    """

    replication: int
    kpis: Mapping[str, Kpi] = field(default_factory=dict)
    weekly: Weekly | None = None
    results: Results | None = None
    failure: Failure | None = None
    measured: Any = None
    deadlock: dict[str, Any] | None = None
    causes: Mapping[str, float] = field(default_factory=dict)
    sides: Mapping[str, float] = field(default_factory=dict)
    full: Mapping[str, float] = field(default_factory=dict)
    leads: Mapping[str, float] = field(default_factory=dict)
    slowest: Mapping[str, float] = field(default_factory=dict)
    trace: str = ""


def run_one(job: Job) -> Outcome:
    """Run one job; never raises but for an interrupt."""
    was_on = gc.isenabled()
    # The search for cycles comes when all is over: only then is there anything to find.
    gc.disable()
    try:
        return _run(job)
    finally:
        if was_on:
            gc.enable()


def _run(job: Job) -> Outcome:
    stage = "simulate"
    try:
        from sim.corridor import simulate
        from sim.results import kpis
        from sim.results.levels import full_lines
        from sim.results.series import weekly
        from sim.results.sides import waiting_by_side
        from sim.results.slowest import by_group
        from sim.results.waited import waiting_by_cause

        results = simulate(job.scenario, job.seed, job.replication)
        trace, deadlock = results.meta["trace"], results.meta["deadlock"]
        if job.measure is not None:
            stage = "measure"
            measured = job.measure(results)
            return Outcome(job.replication, measured=measured, deadlock=deadlock, trace=trace)
        stage = "key figures"
        causes, sides = waiting_by_cause(results), waiting_by_side(results)
        groups = by_group(results)
        return Outcome(
            job.replication,
            Figures.of(kpis(results)),
            weekly(results),
            results if job.keep else None,
            deadlock=deadlock,
            causes=Row(tuple(causes), tuple(causes.values())),
            sides=Row(tuple(sides), tuple(sides.values())),
            full={line: hours for line, hours, _ in full_lines(results)},
            leads=Row(tuple(groups), [hours for hours, _ in groups.values()]),
            slowest=Row(tuple(groups), [share for _, share in groups.values()]),
            trace=trace,
        )
    except Exception as error:
        return Outcome(job.replication, failure=failure(stage, error))


def failure(stage: str, error: BaseException) -> Failure:
    """An error as data."""
    trace = "".join(traceback.format_exception(error))
    return Failure(stage, f"{type(error).__name__}: {error}", trace)
