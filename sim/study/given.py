"""What a study is given, before anything runs: scenarios, their names, numbers of runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario import Scenario


def as_scenario(scenario: str | Path | Scenario, sets: Sequence[str] = ()) -> Scenario:
    """A scenario loaded, if it is not one already; ``sets`` are laid over a file as it is loaded.

    Raises:
        ScenarioError: the file cannot be used.
        ValueError: ``sets`` for one that is loaded already.
    """
    from sim.scenario import Scenario as Loaded
    from sim.scenario import load

    if not isinstance(scenario, Loaded):
        return load(scenario, sets)
    if sets:
        raise ValueError("sets are laid over a file; give its path, or load it with them")
    return scenario


def names_of(scenarios: Sequence[Scenario]) -> list[str]:
    """Names of the scenarios, numbered where two are alike."""
    names: list[str] = []
    for scenario in scenarios:
        name, number = scenario.name, 2
        while name in names:
            name, number = f"{scenario.name}-{number}", number + 1
        names.append(name)
    return names


def check_numbers(replications: int, jobs: int | None, least: int = 1) -> None:
    """Refuse numbers of runs and processes that are none.

    Raises:
        ValueError: one of them is too small.
    """
    if replications < least:
        raise ValueError(
            f"replications: {replications} is not a number of runs; expected {least} or more"
        )
    if jobs is not None and jobs < 1:
        raise ValueError(f"jobs: {jobs} is not a number of processes; expected 1 or more")


def check_spans(scenarios: Sequence[Scenario]) -> None:
    """Refuse scenarios whose totals cannot be compared.

    Raises:
        ValueError: one asks for the long run without a warm-up, or they differ in horizon or
            warm-up.
    """
    for scenario in scenarios:
        if scenario.resolved.get("steady") and not float(scenario.tables.warmup):
            raise ValueError(
                f"{scenario.name} asks for the long run and states no warmup; find it by "
                "`steppe run`, then give all the same: --set warmup='… h'"
            )
    if len({(float(s.tables.horizon), float(s.tables.warmup)) for s in scenarios}) > 1:
        raise ValueError(
            "the scenarios differ in horizon or warmup, so their totals cannot be compared; "
            "give them the same, or use --set horizon=..."
        )


def check_comparable(scenarios: Sequence[Scenario]) -> None:
    """Refuse scenarios whose totals cannot be held against each other.

    Raises:
        ValueError: fewer than two, or as ``check_spans``.
    """
    if len(scenarios) < 2:
        raise ValueError("a comparison needs two scenarios or more, the reference first")
    check_spans(scenarios)
