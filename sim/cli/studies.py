"""What the commands of studies share."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.deadlock import DEADLOCK
from sim.cli.faults import debugging
from sim.report.words import number

if TYPE_CHECKING:
    from sim.scenario import Problem, Scenario


WHEREABOUTS = ("--out", "--jobs", "--store", "--engine", "--scheduler")
"""Options that say where and by whom, not what."""


def load_scenarios(paths: Sequence[Path], sets: Sequence[str]) -> list[Scenario]:
    """Scenarios of files.

    Raises:
        ScenarioError: with all that is wrong in any of them.
    """
    from sim.scenario import ScenarioError, load

    loaded: list[Scenario] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            loaded.append(load(path, sets))
        except ScenarioError as error:
            problems.extend(error.problems)
    if problems:
        raise ScenarioError(dict.fromkeys(problems))
    return loaded


def load_all(paths: Sequence[Path], sets: Sequence[str]) -> list[Scenario]:
    """Scenarios of files, their warnings on stderr.

    Raises:
        ScenarioError: with all that is wrong in any of them.
    """
    loaded = load_scenarios(paths, sets)
    for problem in dict.fromkeys(p for s in loaded for p in s.warnings):
        print(problem, file=sys.stderr)
    return loaded


def as_typed() -> str:
    """The command line as it was given, but for what changes no result."""
    words, kept = iter(sys.argv[1:]), ["steppe"]
    for word in words:
        if word in WHEREABOUTS:
            next(words, None)
        elif word not in ("--json", "--fresh") and not word.startswith(tuple(WHEREABOUTS)):
            kept.append(word)
    return shlex.join(kept)


def write_manifest(
    folder: Path, kind: str, scenario: Scenario, seed: int, title: str, question: str | None = None
) -> None:
    """What a study's folder says of how it was made."""
    from sim.results.store import write_json
    from sim.study.manifest import of_study

    about = of_study(kind, scenario, seed, title, question, as_typed())
    write_json(folder / "manifest.json", about)


def end(failed: Sequence[tuple[str, Any]], deadlocks: Sequence[dict[str, Any]]) -> None:
    """Failed and deadlocked runs on stderr; the exit status tells of them."""
    for name, outcome in failed:
        failure = outcome.failure
        print(
            f"{name}: replication {outcome.replication} failed in {failure.stage}: {failure.error}",
            file=sys.stderr,
        )
        if debugging() and failure.trace:
            print(failure.trace, file=sys.stderr)
    for one in deadlocks:
        print(
            f"{one['variant']}: replication {one['replication']} deadlocked: {one['sentence']}",
            file=sys.stderr,
        )
    if failed:
        sys.exit(1)
    if deadlocks:
        sys.exit(DEADLOCK)


def short(path: Path) -> str:
    """Relative to the working folder where that is shorter."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def span(low: float | None, high: float | None, unit: str = "") -> str:
    """An interval as people read it."""
    if low is None and high is None:
        return "–"
    return f"{number(low, unit)} … {number(high, unit)}"
