"""The volume ramp: what the corridor does as exports rise, and which policy helps at which volume.

Every policy is run at every volume under common random numbers, so that differences between
policies, and between volumes of one policy, are taken within a replication.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.scenario.altering import altered, scaled
from sim.study.breakpoint import Breakpoint, breakpoints
from sim.study.engine import Outcome
from sim.study.given import check_numbers, check_spans, names_of
from sim.study.grid import Done, quiet, run_grid
from sim.study.look import Look, look
from sim.study.statistics import estimate
from sim.study.unfinished import deadlocks, ended, failures

if TYPE_CHECKING:
    import polars as pl

    from sim.results.kpi import Definition
    from sim.scenario import Scenario

EXPORTS = "export_volume"
SHOWN = (
    "offered_t",
    "delivered_t",
    "fulfilment",
    "lead_time_mean_h",
    "lead_time_p90_h",
    "end_backlog_t",
    "peak_backlog_t",
    "refused_t",
    "trains_held_mean",
    "cost_per_t",
)
"""Key figures of the table; those that a run does not have are left out."""
RANKED = ("delivered_t", "lead_time_mean_h", "cost_per_t")
"""Key figures by which policies are ranked when none is asked for."""


@dataclass(frozen=True)
class Ramp:
    """All runs of a ramp, and the breakpoint of each policy.

    ``outcomes[p][v][r]`` is replication r of policy p at volume v, its ``measured`` a ``Look``.
    """

    names: tuple[str, ...]
    path: str
    volumes: tuple[float, ...]
    seed: int
    replications: int
    outcomes: tuple[tuple[tuple[Outcome, ...], ...], ...]
    breakpoints: dict[str, Breakpoint]
    bounds_t: dict[str, tuple[float | None, ...]] = field(default_factory=dict)
    """Maximum flow of each policy at each volume, t over the horizon."""

    def looks(self, policy: int, volume: int) -> list[Look | None]:
        """What was seen by replication; None where the run failed or deadlocked."""
        return [o.measured if ended(o) else None for o in self.outcomes[policy][volume]]

    def values(self, policy: int, volume: int, kpi: str) -> list[float | None]:
        """A key figure by replication."""
        return [None if one is None else one.kpis.get(kpi) for one in self.looks(policy, volume)]

    @property
    def failed(self) -> list[tuple[str, Outcome]]:
        """Runs that failed, with policy and volume in words."""
        return failures(self._all())

    def deadlocks(self) -> list[dict[str, Any]]:
        """Runs that deadlocked: variant, replication, time_h, sentence …."""
        return deadlocks(self._all())

    def _all(self) -> list[tuple[str, Outcome]]:
        return [
            (f"{name} at {volume:g}", o)
            for name, rows in zip(self.names, self.outcomes, strict=True)
            for volume, row in zip(self.volumes, rows, strict=True)
            for o in row
        ]

    def table(self, kpis: Sequence[str] = SHOWN) -> pl.DataFrame:
        """One row a policy, volume and key figure.

        Columns: variant, volume (factor), kpi, unit, mean, low, high (95 %, Student's t; null
        below two runs), n, bound_t (maximum flow, at rows of delivered_t).
        """
        import polars as pl

        from sim.results.kpi import KPIS

        rows = []
        for p, name in enumerate(self.names):
            for v, volume in enumerate(self.volumes):
                for kpi in (k for k in kpis if k in KPIS):
                    found = estimate(self.values(p, v, kpi))
                    bound = self.bounds_t[name][v] if kpi == "delivered_t" else None
                    rows.append(
                        {
                            "variant": name,
                            "volume": volume,
                            "kpi": kpi,
                            "unit": KPIS[kpi].unit,
                            "mean": found.mean,
                            "low": found.low,
                            "high": found.high,
                            "n": found.n,
                            "bound_t": bound,
                        }
                    )
        return pl.DataFrame(rows, schema=_schema())

    def points(self) -> pl.DataFrame:
        """The breakpoints, one row a policy: factors, tonnes a year, and the maximum flow.

        Columns: ``POINTS``; figures of a policy without any value are null.
        """
        import polars as pl

        rows = []
        for name, b in self.breakpoints.items():
            per = b.t_per_year if self.path == EXPORTS else None
            rows.append(
                {
                    "variant": name,
                    "breakpoint": b.mean,
                    "low": b.low,
                    "high": b.high,
                    "n": len(b.values),
                    "censored": b.censored,
                    "failed": b.failed,
                    "deadlocked": b.deadlocked,
                    "tried_to": b.tried_to,
                    "t_per_year": _times(b.mean, per),
                    "low_t": _times(b.low, per),
                    "high_t": _times(b.high, per),
                    "bound": b.bound,
                    "bound_t_per_year": _times(b.bound, per),
                    "bound_by": ", ".join(b.bound_by),
                }
            )
        kinds: dict[str, Any] = dict.fromkeys(POINTS, pl.Float64)
        kinds.update(dict.fromkeys(("variant", "bound_by"), pl.String))
        kinds.update(dict.fromkeys(("n", "censored", "failed", "deadlocked"), pl.Int64))
        return pl.DataFrame(rows, schema=kinds)


POINTS = (
    "variant",
    "breakpoint",
    "low",
    "high",
    "n",
    "censored",
    "failed",
    "deadlocked",
    "tried_to",
    "t_per_year",
    "low_t",
    "high_t",
    "bound",
    "bound_t_per_year",
    "bound_by",
)


def _times(factor: float | None, per: float | None) -> float | None:
    return None if factor is None or per is None else factor * per


def _schema() -> dict[str, Any]:
    import polars as pl

    text = dict.fromkeys(("variant", "kpi", "unit"), pl.String)
    columns = ("variant", "volume", "kpi", "unit", "mean", "low", "high", "n", "bound_t")
    return {c: text.get(c, pl.Int64 if c == "n" else pl.Float64) for c in columns}


def definition(kpi: str) -> Definition:
    """A key figure.

    Raises:
        ValueError: there is none of that name.
    """
    from sim.results.kpi import KPIS

    if kpi not in KPIS:
        raise ValueError(f"{kpi!r} is no key figure; expected one of {', '.join(KPIS)}")
    return KPIS[kpi]


def ramp(
    scenario: str | Path | Scenario,
    variants: Sequence[str | Path | Scenario] = (),
    volumes: Sequence[float] = (1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0),
    path: str = EXPORTS,
    replications: int = 5,
    seed: int | None = None,
    jobs: int | None = None,
    breaks: bool = True,
    done: Done = quiet,
) -> Ramp:
    """Run a scenario and its variants at rising volumes.

    Args:
        scenario: the policy of today; ``variants`` are the others, whole scenarios each.
        volumes: factors, laid on what each scenario itself has at ``path``.
        breaks: find the breakpoints as well, which takes about as long again.
        done: called after each run.

    Raises:
        ScenarioError: a scenario or the path cannot be used.
        ValueError: a number out of its range, or scenarios that cannot be compared.
    """
    from sim.study.given import as_scenario

    policies = [as_scenario(s) for s in (scenario, *variants)]
    check_numbers(replications, jobs)
    check_spans(policies)
    if not volumes or any(v <= 0.0 for v in volumes) or sorted(set(volumes)) != list(volumes):
        raise ValueError("volumes: expected factors above 0, each larger than the one before")
    for policy in policies:
        _offers(policy)
    root = policies[0].tables.seed if seed is None else seed
    names = names_of(policies)
    laid = [altered(p, [scaled(p, path, v)]) for p in policies for v in volumes]
    flat = run_grid(laid, replications, root, jobs, done, look)
    width = len(volumes)
    outcomes = tuple(
        tuple(tuple(flat[p * width + v]) for v in range(width)) for p in range(len(policies))
    )
    points = {}
    if breaks:
        by_name = dict(zip(names, policies, strict=True))
        points = breakpoints(by_name, path, volumes[-1], replications, root, jobs, done)
    bounds = {
        n: tuple(_bound(laid[p * width + v]) for v in range(width)) for p, n in enumerate(names)
    }
    return Ramp(tuple(names), path, tuple(volumes), root, replications, outcomes, points, bounds)


def _offers(scenario: Scenario) -> None:
    """Refuse a scenario without exports, of which nothing can rise or arrive."""
    from sim.study.implied import implied

    if not implied(scenario).offered_t > 0.0:
        raise ValueError(
            f"{scenario.name}: no exports become ready in the run, so nothing can rise; expected a "
            "supply with `flow: exports` and a volume"
        )


def _bound(scenario: Scenario) -> float | None:
    from sim.study.implied import implied

    return implied(scenario).bound_t
