"""One run whose tables are written while it goes on, for volumes that fill the memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.study.given import as_scenario

if TYPE_CHECKING:
    from sim.results import Kpi, Results
    from sim.scenario import Scenario
    from sim.study.overload import Drift


LONG_RUN = (
    "the scenario asks for the long run (`steady`), whose warm-up is found over several runs; "
    "to stream one of them lay steady=false over it, and state a warmup"
)


@dataclass(frozen=True)
class Streamed:
    """A run on disk: its folder, its key figures, and its tables, read when they are asked for."""

    folder: Path
    kpis: Mapping[str, Kpi]
    results: Results
    drift: Drift | None
    """How what exports lack moves; None where too little time is counted."""

    @property
    def deadlock(self) -> dict[str, Any] | None:
        """How trains came to wait for each other for ever; None if they did not."""
        found: dict[str, Any] | None = self.results.meta["deadlock"]
        return found

    def deadlocks(self) -> list[dict[str, Any]]:
        """The same with the replication, in a list that is empty without one."""
        return _deadlocks(self.results)


def stream(
    scenario: str | Path | Scenario,
    out: str | Path,
    seed: int | None = None,
    sets: Sequence[str] = (),
    *,
    replication: int = 0,
    block: int = 65_536,
    command: str | None = None,
    also: Callable[[Results, Path], object] | None = None,
) -> Streamed:
    """Run a scenario once and write its tables while it runs, whole or not at all.

    Memory is taken by containers on their way and by about a hundred bytes for each that is over.

    Args:
        scenario: path of a YAML file, or one loaded.
        out: folder of the run; one that is already there is replaced.
        seed: root of the random numbers; the scenario's own if None.
        sets: ``dotted.path=value`` texts laid over a file.
        replication: number of the replication, 0 or more.
        block: containers written at a time.
        command: kept in the manifest as what makes the same run again.
        also: adds files, such as pictures, to the folder before it appears.

    Raises:
        ScenarioError: the scenario cannot be used.
        ValueError: it asks for the long run, which finds its warm-up over several runs.
        ResultsError: the folder cannot be written or is not ours to replace.
        RuntimeError: the books do not balance.
    """
    from sim.corridor import stream as simulate
    from sim.results import Results, kpis
    from sim.results.parts import number_of
    from sim.results.series import weekly
    from sim.results.store import being_written, check_replaceable, write_figures
    from sim.study.manifest import told
    from sim.study.overload import drift_of

    loaded = as_scenario(scenario, sets)
    if loaded.tables.steady:
        raise ValueError(LONG_RUN)
    with being_written(out) as fresh:
        made = simulate(loaded, fresh, seed, replication, block=block)
        figures = kpis(made)
        drift = None if made.meta["deadlock"] is not None else drift_of([weekly(made)])
        streamed = {"block": block, "replication": replication, "parts": number_of(fresh)}
        known = {**_manifest(loaded, made, command), "streamed": streamed, "overload": told(drift)}
        write_figures(made.meta, figures, fresh, known)
        if also is not None:
            also(made, fresh)
    folder = check_replaceable(out)
    return Streamed(folder, figures, Results.stored(folder, made.meta), drift)


def _deadlocks(made: Results) -> list[dict[str, Any]]:
    found = made.meta["deadlock"]
    return [] if found is None else [{"replication": made.meta["replication"], **found}]


def _manifest(scenario: Scenario, made: Results, command: str | None) -> dict[str, Any]:
    from sim.results.queues import queues
    from sim.results.recovery import recoveries
    from sim.results.sides import waiting_by_side
    from sim.results.waited import waiting_by_cause
    from sim.study import identity
    from sim.study.manifest import provenance, versions
    from sim.study.replications import waiting

    known = {
        "scenario": scenario.resolved,
        "scenario_name": scenario.name,
        "scenario_hash": scenario.hash,
        "seed": made.meta["seed"],
        "replications": 1,
        "failed": [],
        "deadlocked": _deadlocks(made),
        "steady": None,
        "traces": [made.meta["trace"]],
        "model": identity.model(),
        "queues": queues(made).to_dicts(),
        "recovery": recoveries(made).to_dicts(),
        "waiting": {
            "causes": waiting([waiting_by_cause(made)], "causes"),
            "sides": waiting([waiting_by_side(made)], "sides"),
        },
        "versions": versions(),
        "evidence": provenance(scenario),
    }
    return known if command is None else {**known, "command": command}
