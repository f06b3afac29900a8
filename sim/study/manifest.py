"""What a folder of results says of how it was made."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.study.overload import Drift
    from sim.study.replications import Replications


def versions() -> dict[str, str]:
    """Python and the packages whose numbers results depend on."""
    from importlib.metadata import version
    from platform import python_version

    packages = ("steppe", "simpy", "numpy", "polars")
    return {"python": python_version(), **{p: version(p) for p in packages}}


def provenance(scenario: Scenario) -> dict[str, Any]:
    """Every figure of a scenario with its fact ids or its assumption, and the facts cited.

    ``figures``: parameter, value, source (ids), assumed.  ``facts`` by id: statement, value, unit,
    period, source; none where no register can be looked up.
    """
    from sim.scenario import ScenarioError
    from sim.scenario.agreement import evidence
    from sim.scenario.evidence import figures

    facts: dict[str, dict[str, str]] = {}
    try:
        for row in evidence(scenario).rows:
            for fact in (c.fact for c in row.citations):
                facts[fact.id] = {
                    n: getattr(fact, n) for n in ("statement", "value", "unit", "period", "source")
                }
    except ScenarioError:
        facts = {}
    found = [
        {"parameter": f.path, "value": f.text, "source": list(f.source), "assumed": f.assumed}
        for f in figures(scenario)
    ]
    return {"figures": found, "facts": dict(sorted(facts.items()))}


def overload(made: Replications) -> dict[str, Any] | None:
    """Whether what is not delivered piles up, in tonnes a week; None where it cannot be said."""
    return told(made.drift() if made.good else None)


def told(drift: Drift | None) -> dict[str, Any] | None:
    """The growth of a backlog as a manifest says it."""
    if drift is None:
        return None
    return {
        "overloaded": drift.overloaded,
        "growth_t_per_week": drift.slope.mean,
        "half_width": drift.slope.half_width,
        "share": drift.share,
        "doubt": drift.doubt,
    }


def command(
    verb: str,
    paths: Sequence[str | Path],
    seed: int,
    replications: int | None,
    sets: Sequence[str] = (),
    more: Sequence[str] = (),
) -> str:
    """The command line that makes the same results again."""
    parts = ["steppe", verb, *map(str, paths), "--seed", str(seed)]
    if replications is not None:
        parts += ["--replications", str(replications)]
    for text in sets:
        parts += ["--set", text]
    return shlex.join([*parts, *more])


def of_study(
    kind: str, scenario: Scenario, seed: int, title: str, question: str | None, command: str
) -> dict[str, Any]:
    """What the folder of a study says of itself.

    Args:
        kind: what study it is, such as ramp.
        scenario: what it was made on; its evidence goes along.
        title: of the study.
        question: what it was made to answer; the scenario's own if None.
        command: the command line that made it.
    """
    return {
        "kind": kind,
        "title": title,
        "question": question or scenario.tables.question or "",
        "scenario_name": scenario.name,
        "scenario_hash": scenario.hash,
        "scenario": scenario.resolved,
        "seed": seed,
        "evidence": provenance(scenario),
        "versions": versions(),
        "command": command,
    }


def variant(name: str, made: Replications) -> dict[str, Any]:
    """A scenario of a comparison, as its manifest holds it."""
    scenario = made.scenario
    found = overload(made)
    return {
        "name": name,
        "title": scenario.tables.title,
        "question": scenario.tables.question,
        "hash": scenario.hash,
        "overloaded": None if found is None else found["overloaded"],
        "scenario": scenario.resolved,
        "evidence": provenance(scenario),
    }
