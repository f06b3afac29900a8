"""What differs: between two scenarios, and between two runs that were written."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.study.statistics import CONFIDENCE, t_quantile

if TYPE_CHECKING:
    from sim.scenario import Scenario

SETTINGS = ("seed", "replications", "model")


@dataclass(frozen=True)
class Value:
    """A value as it was written, and where it comes from; ``text`` is None where it is not set."""

    text: str | None
    evidence: str = ""


@dataclass(frozen=True)
class Difference:
    """A value that two scenarios have not in common, by its dotted path."""

    path: str
    left: Value
    right: Value


@dataclass(frozen=True)
class Result:
    """A key figure of two runs; ``low`` and ``high`` of the difference, where both have intervals.

    The interval takes the runs as independent (Welch); common random numbers, which `steppe
    compare` pairs, make it narrower.
    """

    kpi: str
    unit: str
    left: float | None
    right: float | None
    difference: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Differences:
    """What two scenarios, or two runs, have not in common."""

    names: tuple[str, str]
    values: list[Difference]
    settings: list[Difference] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)


def differences(left: str | Path, right: str | Path) -> Differences:
    """What differs between two scenario files, two folders of runs, or one of each.

    Results are compared where both are folders of runs.

    Raises:
        ScenarioError: a file that is no scenario.
        ResultsError: a folder that is no run.
    """
    sides = [_read(Path(p)) for p in (left, right)]
    (one, first), (two, second) = sides
    names = (Path(left).name or str(left), Path(right).name or str(right))
    if names[0] == names[1]:
        names = (str(left), str(right))
    made = Differences(names, of_scenarios(one, two, (_kept(first), _kept(second))))
    if first is None or second is None:
        return made
    return Differences(names, made.values, _settings(first, second), _results(left, right))


def _read(path: Path) -> tuple[Scenario, dict[str, Any] | None]:
    from sim.results import read_manifest
    from sim.scenario import Scenario, load

    if not path.is_dir():
        return load(path), None
    manifest = read_manifest(path)
    return Scenario.from_resolved(manifest["scenario"], manifest["scenario_name"]), manifest


def of_scenarios(
    left: Scenario,
    right: Scenario,
    kept: tuple[dict[str, str] | None, dict[str, str] | None] = (None, None),
) -> list[Difference]:
    """Values that differ, by path, in the order of the left one; prose is left out.

    A value written in another unit and the same number is the same.

    Args:
        kept: evidence of each by path where a run's folder holds it.  What is merged there no
            longer says which file set a value, and so whose evidence it has.
    """
    both = [_leaves(s.content) for s in (left, right)]
    sides = zip((left, right), kept, strict=True)
    known = [_evidence(s) if told is None else told for s, told in sides]
    found = []
    for path in dict.fromkeys((*both[0], *both[1])):
        one, two = (leaves.get(path) for leaves in both)
        if not _same(one, two):
            found.append(Difference(path, _value(path, one, known[0]), _value(path, two, known[1])))
    return found


def _leaves(content: Any, path: str = "") -> dict[str, Any]:
    """Values by dotted path; lists are values as they are."""
    if not isinstance(content, dict):
        return {path: content}
    found: dict[str, Any] = {}
    for key, below in content.items():
        if key == "value" and path:
            found.update(_leaves(below, path))
        else:
            found.update(_leaves(below, f"{path}.{key}" if path else str(key)))
    return found


def _evidence(scenario: Scenario) -> dict[str, str]:
    """Facts or assumption of each figure, by path."""
    from sim.scenario.evidence import figures

    return {f.path: ", ".join(f.source) or (f.assumed or "") for f in figures(scenario)}


def _kept(manifest: Mapping[str, Any] | None) -> dict[str, str] | None:
    """The evidence that a run wrote down when its files were there."""
    figures = ((manifest or {}).get("evidence") or {}).get("figures")
    if figures is None:
        return None
    return {f["parameter"]: ", ".join(f["source"]) or (f["assumed"] or "") for f in figures}


def _value(path: str, raw: Any, evidence: Mapping[str, str]) -> Value:
    if raw is None:
        return Value(None)
    text = ", ".join(map(str, raw)) if isinstance(raw, list) else str(raw)
    changed = path.replace(".changes.", ".")
    return Value(text, evidence.get(path) or evidence.get(changed, ""))


def _same(one: Any, two: Any) -> bool:
    if one == two or not isinstance(one, str | int | float) or isinstance(one, bool):
        return bool(one == two)
    from sim.scenario import units

    try:
        value, dimension, _ = units.read(str(one))
        other, of_other, _ = units.read(str(two))
    except (units.Refusal, TypeError):
        return False
    return dimension == of_other and math.isclose(value, other, rel_tol=1e-12)


def _settings(left: Mapping[str, Any], right: Mapping[str, Any]) -> list[Difference]:
    """Seed, replications, model and versions."""
    both = [{n: m.get(n) for n in SETTINGS} | dict(m.get("versions", {})) for m in (left, right)]
    return [
        Difference(name, *(Value(None if b.get(name) is None else str(b[name])) for b in both))
        for name in dict.fromkeys((*both[0], *both[1]))
        if both[0].get(name) != both[1].get(name)
    ]


def _results(left: str | Path, right: str | Path) -> list[Result]:
    from sim.results import read_kpis

    one, two = read_kpis(left), read_kpis(right)
    return [_result(name, one[name], two[name]) for name in one if name in two]


def _result(name: str, one: Mapping[str, Any], two: Mapping[str, Any]) -> Result:
    values = [k.get("mean", k.get("value")) for k in (one, two)]
    unit = str(one.get("unit", ""))
    if values[0] is None or values[1] is None:
        return Result(name, unit, values[0], values[1], None)
    difference = values[1] - values[0]
    halves = [(k.get("half_width"), k.get("n", 0)) for k in (one, two)]
    if any(half is None or n < 2 for half, n in halves):
        return Result(name, unit, values[0], values[1], difference)
    errors = [float(half or 0.0) / t_quantile(n - 1) for half, n in halves]
    square = [e**2 for e in errors]
    if not sum(square):
        return Result(name, unit, values[0], values[1], difference, difference, difference)
    degrees = sum(square) ** 2 / sum(
        s**2 / (n - 1) for s, (_, n) in zip(square, halves, strict=True)
    )
    half = t_quantile(max(int(degrees), 1), CONFIDENCE) * math.sqrt(sum(square))
    return Result(
        name, unit, values[0], values[1], difference, difference - half, difference + half
    )
