"""Scenarios run and compared from Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.study import compare as comparing
from sim.study import identity
from sim.study.best import Best, best_of
from sim.study.given import as_scenario
from sim.study.precise import MOST, Precise, replicate_until
from sim.study.replications import Replications, replicate
from sim.study.steady import PILOT, Steady
from sim.study.steady import steady as run_steady

if TYPE_CHECKING:
    import polars as pl

    from sim.results import Kpi, Results
    from sim.results.kpi import KpiSummary
    from sim.scenario import Scenario


@dataclass(frozen=True)
class Run:
    """A scenario that has been run; the tables are those of replication 0."""

    replications: Replications
    precise: Precise | None = None
    """How narrow intervals came to be, where the runs went on until they were."""
    steady: Steady | None = None
    """Warm-up and overload, where the long run was asked for."""

    @property
    def results(self) -> Results:
        """All tables of replication 0."""
        return self.replications.first

    @property
    def kpis(self) -> dict[str, Kpi] | dict[str, KpiSummary]:
        """Key figures: value of one run, or mean and half width (95 %) of several.

        Runs that deadlocked are left out of a mean, unless all did: they end early.
        """
        if self.steady is not None:
            return self.steady.kpis()
        if len(self.replications.outcomes) == 1:
            return dict(self.replications.shown[0].kpis)
        return self.replications.kpis()

    @property
    def containers(self) -> pl.DataFrame:
        """One row a container, times in hours since the start."""
        return self.results.containers

    @property
    def trains(self) -> pl.DataFrame:
        """One row a train."""
        return self.results.trains

    @property
    def stages(self) -> pl.DataFrame:
        """One row a stage of a train."""
        return self.results.stages

    @property
    def waits(self) -> pl.DataFrame:
        """Hours of each container by stage and cause."""
        return self.results.waits

    @property
    def levels(self) -> pl.DataFrame:
        """Stocks and queues over time."""
        return self.results.levels

    def why(
        self, *, container: int | None = None, train: int | str | None = None
    ) -> dict[str, Any]:
        """Why this run, or one of its containers or trains, was late; see ``sim.why``."""
        from sim.study.explain import why

        return why(self.results, container=container, train=train)

    def manifest(self) -> dict[str, Any]:
        """What made this run: the resolved scenario, its hash, seed and versions."""
        from sim.results.queues import queues
        from sim.results.recovery import recoveries
        from sim.study.manifest import overload, provenance, versions

        scenario = self.replications.scenario
        return {
            "scenario": scenario.resolved,
            "scenario_name": scenario.name,
            "scenario_hash": scenario.hash,
            "seed": self.replications.seed,
            "replications": len(self.replications.outcomes),
            "failed": [
                {"replication": o.replication, **vars(o.failure)}
                for o in self.replications.failed
                if o.failure is not None
            ],
            "deadlocked": self.replications.deadlocks(),
            "steady": None if self.steady is None else self.steady.summary(),
            "traces": [o.trace for o in self.replications.outcomes],
            "model": identity.model(),
            "queues": queues(self.results).to_dicts(),
            "recovery": recoveries(self.results).to_dicts(),
            "overload": overload(self.replications),
            "waiting": {of: self.replications.waiting(of) for of in ("causes", "sides")},
            "versions": versions(),
            "evidence": provenance(scenario),
        }

    def save(
        self,
        folder: str | Path,
        also: Callable[[Path], object] | None = None,
        command: str | None = None,
    ) -> Path:
        """Write the run as a folder of files, whole or not at all.

        ``also`` adds files to the folder before it appears; ``command`` is kept as what makes the
        same run again.

        Raises:
            ResultsError: the folder cannot be written or is not ours to replace.
        """
        from sim.results import write_run
        from sim.results.store import write_weekly

        weekly = [o.weekly for o in self.replications.shown if o.weekly is not None]

        def more(fresh: Path) -> None:
            if len(weekly) > 1:
                write_weekly(fresh, weekly)
            if also is not None:
                also(fresh)

        manifest = {**self.manifest(), **({} if command is None else {"command": command})}
        return write_run(self.results, self.kpis, folder, manifest, more)


def run(
    scenario: str | Path | Scenario,
    replications: int | None = None,
    seed: int | None = None,
    sets: Sequence[str] = (),
    jobs: int | None = None,
    done: Callable[[], None] = lambda: None,
    *,
    steady: bool | None = None,
    precision: float | None = None,
    of: Sequence[str] = ("delivered_t",),
    most: int = MOST,
    expect: Callable[[int], None] = lambda n: None,
) -> Run:
    """Run a scenario.

    Args:
        scenario: path of a YAML file, or one loaded.
        replications: how many, 1 or more; 1, or 10 in the long run, if None.
        seed: root of the random numbers; the scenario's own if None.
        steady: whether the long run is asked for, with a warm-up by MSER-5 unless the scenario
            states one, not a season from its start; as the scenario says if None.
        sets: ``dotted.path=value`` texts laid over a file.
        jobs: worker processes; all processors if None.
        done: called after each replication.
        precision: relative error of the figures ``of``, such as 0.02; as many replications as that
            takes are run, up to ``most``, in place of ``replications``.
        expect: told how many replications are planned, where that changes.

    Raises:
        ScenarioError: the scenario cannot be used.
        ValueError: a number out of its range.
        RuntimeError: no replication ended.
    """
    loaded = as_scenario(scenario, sets)
    precise, long = None, None
    if loaded.resolved.get("steady", False) if steady is None else steady:
        if precision is not None:
            raise ValueError("the long run and precision; find the warm-up first, then state it")
        long = run_steady(loaded, replications or PILOT, seed, jobs, done, expect)
        made = long.replications
    elif precision is None:
        made = replicate(loaded, 1 if replications is None else replications, seed, jobs, done)
    else:
        precise = replicate_until(
            loaded, of, precision, most=most, seed=seed, jobs=jobs, done=done, expect=expect
        )
        made = precise.replications
    if not made.shown:
        failure = made.failed[0].failure
        assert failure is not None
        raise RuntimeError(f"no replication ended; the first: {failure.error}\n{failure.trace}")
    return Run(made, precise, long)


def compare(
    *scenarios: str | Path | Scenario,
    replications: int = 10,
    seed: int | None = None,
    sets: Sequence[str] = (),
    jobs: int | None = None,
    until_settled: Sequence[str] = (),
    indifference: float | None = None,
    most: int = comparing.MOST,
    all_pairs: bool = False,
) -> comparing.Comparison:
    """Run scenarios under common random numbers; the first is the reference.

    Args:
        until_settled: key figures whose differences must be told apart, or be within the
            indifference; as many replications as that takes are run, up to ``most``.
        indifference: difference that does not matter, as a share of the reference's mean.
        all_pairs: settle each against each, not against the first alone.

    Raises:
        ScenarioError: a scenario cannot be used.
        ValueError: a number out of its range, or scenarios that cannot be compared.
    """
    loaded = [as_scenario(s, sets) for s in scenarios]
    if not until_settled:
        return comparing.compare(loaded, replications, seed, jobs, indifference=indifference)
    return comparing.compare_until(
        loaded,
        until_settled,
        indifference=indifference,
        most=most,
        seed=seed,
        jobs=jobs,
        all_pairs=all_pairs,
    )


def best(
    *scenarios: str | Path | Scenario,
    kpi: str,
    indifference: float,
    seed: int | None = None,
    sets: Sequence[str] = (),
    jobs: int | None = None,
    most: int = MOST,
) -> Best:
    """The scenario with the best mean of a key figure, with 95 % confidence.

    Args:
        indifference: difference that does not matter, in the figure's unit.
        most: cap on the replications of each.

    Raises:
        ScenarioError: a scenario cannot be used.
        ValueError: a number out of its range, or scenarios that cannot be compared.
    """
    loaded = [as_scenario(s, sets) for s in scenarios]
    return best_of(loaded, kpi, indifference=indifference, most=most, seed=seed, jobs=jobs)
