"""A sweep: scenarios at the points of a design, in one tidy table.

Every point is run under the same random numbers.  Only key figures are kept of a run, so memory
does not grow with what a run records.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.scenario import Scenario, ScenarioError
from sim.scenario.problems import Problem
from sim.study.design import Point, laid, number_of, points
from sim.study.engine import Job, Outcome
from sim.study.given import check_numbers, check_spans, names_of
from sim.study.grid import Done, quiet, run_jobs
from sim.study.language import SweepTables
from sim.study.reading import Study, load_sweep
from sim.study.statistics import estimate, interval
from sim.study.unfinished import Named, deadlocks, failures

if TYPE_CHECKING:
    import polars as pl

CHUNK = 256
"""Runs whose outcomes are held at once."""


@dataclass(frozen=True)
class PointRun:
    """One run of a point on a variant, or why there is none."""

    point: int
    variant: str
    replication: int | None
    status: str
    """done, refused, failed or deadlock."""
    because: str | None
    kpis: dict[str, float | None]


@dataclass(frozen=True)
class Sweep:
    """All points and runs of a sweep."""

    study: Study[SweepTables]
    seed: int
    replications: int
    points: tuple[Point, ...]
    variants: tuple[str, ...]
    cells: tuple[PointRun, ...]
    failed: list[tuple[str, Outcome]]
    deadlocked: list[dict[str, Any]]

    @property
    def factors(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self.study.tables.factors)

    def runs(self) -> pl.DataFrame:
        """One row a run, and one a point that is refused.

        Columns: point, variant, replication, status, because, the factors, the key figures.
        """
        import polars as pl

        kpis = self.study.tables.kpis
        rows = [
            {
                "point": c.point,
                "variant": c.variant,
                "replication": c.replication,
                "status": c.status,
                "because": c.because,
                **self._shown(self.points[c.point]),
                **{k: c.kpis.get(k) for k in kpis},
            }
            for c in self.cells
        ]
        kinds: dict[str, Any] = {
            "point": pl.Int64,
            "variant": pl.String,
            "replication": pl.Int64,
            "status": pl.String,
            "because": pl.String,
        }
        return pl.DataFrame(rows, schema={**kinds, **self._kinds(), **_floats(kpis)})

    def means(self) -> pl.DataFrame:
        """One row a point and variant.

        Columns: point, variant, n, status, because, the factors; of each key figure its mean and
        ``…_half``, the half width of its 95 % interval; ``meets``: whether the conditions on
        outputs hold in the mean (yes, no, not told apart; null where there are none).
        """

        import polars as pl

        kpis = self.study.tables.kpis
        rows = []
        for (point, variant), cells in self._grouped():
            done = [c for c in cells if c.status == "done"]
            row: dict[str, Any] = {
                "point": point,
                "variant": variant,
                "n": len(done),
                "status": "done" if done else cells[0].status,
                "because": next((c.because for c in cells if c.because), None),
                **self._shown(self.points[point]),
                "meets": self._meets(done),
            }
            for kpi in kpis:
                found = estimate(c.kpis.get(kpi) for c in done)
                row[kpi], row[f"{kpi}_half"] = found.mean, found.half_width
            rows.append(row)
        kinds: dict[str, Any] = {
            "point": pl.Int64,
            "variant": pl.String,
            "n": pl.Int64,
            "status": pl.String,
            "because": pl.String,
        }
        both = [name for k in kpis for name in (k, f"{k}_half")]
        return pl.DataFrame(
            rows, schema={**kinds, **self._kinds(), "meets": pl.String, **_floats(both)}
        )

    def by_replication(self, variant: str, kpi: str) -> list[dict[int, float]]:
        """A key figure of each point, by replication."""
        found: list[dict[int, float]] = [{} for _ in self.points]
        for cell in self.cells:
            value = cell.kpis.get(kpi)
            if cell.variant == variant and cell.replication is not None and value is not None:
                found[cell.point][cell.replication] = value
        return found

    def _grouped(self) -> Iterator[tuple[tuple[int, str], list[PointRun]]]:
        groups: dict[tuple[int, str], list[PointRun]] = {}
        for cell in self.cells:
            groups.setdefault((cell.point, cell.variant), []).append(cell)
        yield from groups.items()

    def _meets(self, cells: Sequence[PointRun]) -> str | None:
        """Whether all conditions on outputs hold in the mean over replications."""
        if not self.study.outputs or not cells:
            return None
        verdicts = []
        for condition in self.study.outputs:
            names = condition.names
            known = [c.kpis for c in cells if all(c.kpis.get(n) is not None for n in names)]
            if not known:
                return "not told apart"
            margins = [condition.margin({n: k[n] or 0.0 for n in names}) for k in known]
            found = interval(margins)
            if found.low is None:
                verdicts.append("yes" if found.mean >= 0.0 else "no")
            elif found.low >= 0.0:
                verdicts.append("yes")
            else:
                verdicts.append("no" if found.below(0.0) else "not told apart")
        for word in ("no", "not told apart"):
            if word in verdicts:
                return word
        return "yes"

    def _shown(self, point: Point) -> dict[str, Any]:
        """Values of the factors: numbers without their unit, or words."""
        kinds = self._kinds()
        import polars as pl

        return {
            name: point.numbers[name] if kinds[name] == pl.Float64 else str(value)
            for name, value in point.values.items()
        }

    def _kinds(self) -> dict[str, Any]:
        import polars as pl

        whole = {n: all(n in p.numbers for p in self.points) for n in self.factors}
        return {n: pl.Float64 if number else pl.String for n, number in whole.items()}


def _floats(names: Sequence[str]) -> dict[str, Any]:
    import polars as pl

    return dict.fromkeys(names, pl.Float64)


def sweep(
    study: str | Path | Study[SweepTables],
    replications: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    done: Done = quiet,
) -> Sweep:
    """Run a sweep.

    Args:
        study: path of the study's file, or one loaded by ``load_sweep``.
        replications, seed: in place of the study's own.
        done: called after each run.

    Raises:
        ScenarioError: the study or a scenario of it cannot be used.
        ValueError: a number out of its range, or variants that cannot be compared.
        MissingExtra: the design needs a library that is not installed.
    """
    loaded = study if isinstance(study, Study) else load_sweep(study)
    tables = loaded.tables
    count = tables.replications if replications is None else replications
    check_numbers(count, jobs)
    bases = [loaded.base, *loaded.variants]
    check_spans(bases)
    root = seed if seed is not None else tables.seed
    root = loaded.base.tables.seed if root is None else root
    names = names_of(bases)
    _check_values(loaded)
    made = points(loaded)
    cells: list[PointRun] = []
    failed: list[tuple[str, Outcome]] = []
    deadlocked: list[dict[str, Any]] = []
    todo: list[tuple[Point, str, Job]] = []

    def flush() -> None:
        outcomes = run_jobs([job for _, _, job in todo], jobs, done)
        named: list[Named] = []
        for (point, variant, _), outcome in zip(todo, outcomes, strict=True):
            cells.append(_cell(point, variant, outcome, tables.kpis))
            named.append((f"{variant}, point {point.number}", outcome))
        failed.extend(failures(named))
        deadlocked.extend(deadlocks(named))
        todo.clear()

    for point in made:
        for variant, base in zip(names, bases, strict=True):
            scenario, why = _scenario(loaded, base, point)
            if scenario is None:
                flush()  # cells stay in the order of the points
                cells.append(PointRun(point.number, variant, None, "refused", why, {}))
                continue
            todo += [(point, variant, Job(scenario, root, r)) for r in range(count)]
            if len(todo) >= CHUNK:
                flush()
    flush()
    return Sweep(loaded, root, count, tuple(made), tuple(names), tuple(cells), failed, deadlocked)


def count_runs(study: Study[SweepTables], replications: int | None = None) -> int:
    """Runs of a sweep, points refused left out."""
    count = study.tables.replications if replications is None else replications
    return sum(p.why_not is None for p in points(study)) * (1 + len(study.variants)) * count


def _scenario(
    study: Study[SweepTables], base: Scenario, point: Point
) -> tuple[Scenario | None, str | None]:
    if point.why_not is not None:
        return None, point.why_not
    try:
        return laid(study, base, point.values, f"{base.name}-{point.number}"), None
    except ScenarioError as error:  # values that are right alone and not together
        return None, error.problems[0].message


def _check_values(study: Study[SweepTables]) -> None:
    """Each value alone, and the ends of each range, make a scenario, before anything runs.

    Raises:
        ScenarioError: with all that do not.
    """
    problems: list[Problem] = []
    for name, factor in study.tables.factors.items():
        values = factor.values if factor.values is not None else (factor.low, factor.high)
        if factor.times and any(number_of(v) is None for v in values):
            place = study.place("factors", name, "values")
            said = f"{name}: multiplies, so its values must be numbers"
            problems.append(Problem("error", place, said))
            continue
        for base in (study.base, *study.variants):
            for value in values:
                try:
                    laid(study, base, {name: value}, base.name)
                except ScenarioError as error:
                    problems.extend(error.problems)
    if problems:
        raise ScenarioError(dict.fromkeys(problems))


def _cell(point: Point, variant: str, outcome: Outcome, kpis: Sequence[str]) -> PointRun:
    if outcome.failure is not None:
        why = f"{outcome.failure.stage}: {outcome.failure.error}"
        return PointRun(point.number, variant, outcome.replication, "failed", why, {})
    if outcome.deadlock is not None:
        why = str(outcome.deadlock["sentence"])
        return PointRun(point.number, variant, outcome.replication, "deadlock", why, {})
    values = {k: kpi.value for k, kpi in outcome.kpis.items()}
    return PointRun(point.number, variant, outcome.replication, "done", None, values)
