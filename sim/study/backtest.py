"""The backtest: dated episodes run again, and what was observed held against the runs.

A replication is one way in which the period could have gone; what happened is one more.  So an
observation is judged by the interval for one more replication, mean ± t s √(1 + 1/n), and not by
the narrower interval of the mean (Law, Simulation Modeling and Analysis, 5th ed., sect. 5.6 on
comparing a model with one real data set).  All figures measured are 0 or more, and so is the
interval's lower end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.scenario.problems import Place, Problem, ScenarioError
from sim.study.checkout import in_checkout
from sim.study.engine import Job, Outcome, default_jobs, run_all
from sim.study.given import check_numbers
from sim.study.statistics import estimate, prediction

if TYPE_CHECKING:
    import polars as pl

    from sim.results import Results
    from sim.study.episodes import Episode, Observation
    from sim.study.episodes.measurement import Take

REPLICATIONS = 10
SAME = 1e-9
"""Relative difference up to which an observation is met where all runs agree."""
OWN_FOLDER = Path("scenarios", "episodes")


@dataclass(frozen=True)
class Hindcast:
    """One row: what was observed, what was simulated, and whether they agree.

    Figures are in ``unit``.  ``observed_low`` and ``observed_high`` are equal unless a range was
    observed.  ``mean`` has the interval ``low`` to ``high``; ``predicted_low`` to
    ``predicted_high`` is for one more replication, and ``within`` says whether the observation
    lies in it.  All of these are None where there are not two runs with the figure.  ``error`` is
    the mean less the observation, or less the nearer end of a range; ``relative`` is its share of
    the observation.  ``n`` runs have the figure and ``without`` have none.
    """

    episode: str
    row: str
    title: str
    unit: str
    observed_low: float
    observed_high: float
    mean: float | None
    low: float | None
    high: float | None
    predicted_low: float | None
    predicted_high: float | None
    error: float | None
    relative: float | None
    within: bool | None
    calibrated: bool
    calibrates: str | None
    n: int
    without: int
    source: tuple[str, ...]
    remark: str | None

    @property
    def verdict(self) -> str:
        """``within``, ``misses``, or ``not told``."""
        if self.within is None:
            return "not told"
        return "within" if self.within else "misses"

    @property
    def blunt(self) -> bool:
        """Within an interval that is wider than the observation itself, and so says little."""
        if not self.within or self.predicted_low is None or self.predicted_high is None:
            return False
        return self.predicted_high - self.predicted_low > self.observed_high


@dataclass(frozen=True)
class FailedRun:
    """A replication of an episode that failed."""

    episode: str
    replication: int
    outcome: Outcome


@dataclass(frozen=True)
class Folder:
    """What a folder held: episodes, what is wrong with others, and scenarios left out.

    ``unusable`` are the files that the problems keep from being run.
    """

    episodes: tuple[Episode, ...]
    problems: tuple[Problem, ...] = ()
    left_out: tuple[Path, ...] = ()
    unusable: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Backtest:
    """What was found, in the order of the episodes' names and of the rows in their files."""

    findings: tuple[Hindcast, ...]
    failed: tuple[FailedRun, ...]
    deadlocks: tuple[dict[str, Any], ...]
    folder: Folder
    replications: int

    @property
    def misses(self) -> list[Hindcast]:
        """Rows whose observation lies outside."""
        return [f for f in self.findings if f.within is False]

    def frame(self) -> pl.DataFrame:
        """One row a finding, with its verdict; facts are joined by blanks."""
        import polars as pl

        rows = [
            {**asdict(f), "source": " ".join(f.source), "verdict": f.verdict, "blunt": f.blunt}
            for f in self.findings
        ]
        return pl.DataFrame(rows, schema=columns())


def columns() -> dict[str, Any]:
    """Columns of the frame with their types."""
    import polars as pl

    text, number, whole = pl.String, pl.Float64, pl.Int64
    return {
        "episode": text, "row": text, "title": text, "unit": text,
        "observed_low": number, "observed_high": number, "mean": number, "low": number,
        "high": number, "predicted_low": number, "predicted_high": number, "error": number,
        "relative": number, "within": pl.Boolean, "calibrated": pl.Boolean, "calibrates": text,
        "n": whole, "without": whole, "source": text, "remark": text, "verdict": text,
        "blunt": pl.Boolean,
    }  # fmt: skip


# -- reading a folder -------------------------------------------------------------------------


def own_folder() -> Path:
    """The episodes of the house: below this directory, or beside the package in a checkout.

    Raises:
        ScenarioError: in neither place.
    """
    found = in_checkout(OWN_FOLDER)
    if found is None:
        raise ScenarioError(f"{OWN_FOLDER} is not here; name a folder of episodes")
    return found


def read_folder(path: Path) -> Folder:
    """All episodes of a folder by name, or the one of a file.

    A file that cannot be used is a problem and stops no other; scenarios that episodes extend may
    lie among them.

    Raises:
        ScenarioError: there is no such folder, or nothing in it to read.
    """
    from sim.scenario.spelling import near_file
    from sim.study.episodes import is_scenario, load_episode

    if not path.exists():
        what = f"there is no such folder or file{near_file(path)}"
        raise ScenarioError([Problem("error", Place(str(path)), what)])
    files = [path]
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if p.suffix.lower() in (".yaml", ".yml"))
    episodes: list[Episode] = []
    problems: list[Problem] = []
    left_out: list[Path] = []
    unusable: list[Path] = []
    for file in files:
        if path.is_dir() and is_scenario(file):
            left_out.append(file)
            continue
        try:
            episodes.append(load_episode(file))
        except ScenarioError as error:
            problems.extend(error.problems)
            unusable.append(file)
    if not episodes and not problems:
        what = "holds no episode; expected YAML files with `scenario` and `rows`"
        raise ScenarioError([Problem("error", Place(str(path)), what)])
    # a base that several episodes extend is wrong once
    return Folder(tuple(episodes), tuple(dict.fromkeys(problems)), tuple(left_out), tuple(unusable))


# -- running and judging ----------------------------------------------------------------------


def backtest(
    folder: Folder | str | Path | None = None,
    replications: int = REPLICATIONS,
    seed: int | None = None,
    jobs: int | None = None,
    done: Callable[[], None] = lambda: None,
) -> Backtest:
    """Run all episodes of a folder and hold their rows against the runs.

    Args:
        folder: of episodes, or one read; the house's own if None.
        replications: runs of each episode, 1 or more; 2 or more give intervals.
        seed: root of the random numbers; each scenario's own if None.
        jobs: worker processes; all processors if None.
        done: called after each run.

    Raises:
        ScenarioError: there is no folder, or nothing in it.
        ValueError: a number out of its range.
    """
    check_numbers(replications, jobs)
    if not isinstance(folder, Folder):
        folder = read_folder(own_folder() if folder is None else Path(folder))
    todo = [job for episode in folder.episodes for job in _jobs(episode, replications, seed)]
    outcomes = iter(run_all(todo, jobs or default_jobs(), done))
    findings: list[Hindcast] = []
    failed: list[FailedRun] = []
    deadlocks: list[dict[str, Any]] = []
    for episode in folder.episodes:
        mine = [next(outcomes) for _ in range(replications)]
        failed += [FailedRun(episode.name, o.replication, o) for o in mine if o.failure is not None]
        good = [o for o in mine if o.failure is None]
        deadlocks += [
            {"episode": episode.name, "replication": o.replication, **o.deadlock}
            for o in good
            if o.deadlock is not None
        ]
        for row in episode.rows:
            findings.append(_judge(episode, row, [o.measured[row.name] for o in good]))
    return Backtest(tuple(findings), tuple(failed), tuple(deadlocks), folder, replications)


def _jobs(episode: Episode, replications: int, seed: int | None) -> list[Job]:
    rows = tuple((row.name, row.take, row.begin, row.end) for row in episode.rows)
    root = episode.scenario.tables.seed if seed is None else seed
    measure = partial(_measured, rows)
    return [Job(episode.scenario, root, r, measure=measure) for r in range(replications)]


def _measured(rows: Sequence[tuple[str, Take, float, float]], results: Results) -> dict[str, Any]:
    """The figure of each row in one run; what lies beyond a deadlock has none."""
    figures: dict[str, Any] = {}
    for name, take, begin, end in rows:
        value = take(results, begin, end) if end <= results.horizon_h else None
        figures[name] = value if value is not None and math.isfinite(value) else None
    return figures


def _judge(episode: Episode, row: Observation, taken: Sequence[float | None]) -> Hindcast:
    values = [v / row.factor for v in taken if v is not None]
    found = estimate(values)
    ahead = prediction(values) if values else None
    low, high = (None, None) if ahead is None else (_from_zero(ahead.low), ahead.high)
    within = None
    if low is not None and high is not None:
        slack = SAME * max(abs(row.low), abs(row.high))
        within = row.high >= low - slack and row.low <= high + slack
    error = None if found.mean is None else _error(found.mean, row.low, row.high)
    nearer = row.high if found.mean is not None and found.mean > row.high else row.low
    return Hindcast(
        episode=episode.name,
        row=row.name,
        title=row.title,
        unit=row.unit,
        observed_low=row.low,
        observed_high=row.high,
        mean=found.mean,
        low=_from_zero(found.low),
        high=found.high,
        predicted_low=low,
        predicted_high=high,
        error=error,
        relative=error / nearer if error is not None and nearer else None,
        within=within,
        calibrated=row.calibrated,
        calibrates=row.calibrates,
        n=found.n,
        without=len(taken) - found.n,
        source=row.source,
        remark=row.remark,
    )


def _from_zero(low: float | None) -> float | None:
    """The lower end of what is never below nothing."""
    return None if low is None else max(0.0, low)


def _error(mean: float, low: float, high: float) -> float:
    """The mean less what was observed; of a range less its nearer end, 0 inside."""
    if mean > high:
        return mean - high
    return min(0.0, mean - low)
