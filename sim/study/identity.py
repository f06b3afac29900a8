"""What determines a run, as one key: the same key, the same figures, on any machine.

The key covers the scenario as it was checked (every number of it, horizon and warm-up among them,
and the document it came from), the root seed, the replication, what is measured, and the model:
the source of everything that runs or measures, with the versions of the libraries that draw
and add up.  What only speaks to readers (titles, sources) is left out.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
import math
import pickle
import sys
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.study.runs import Job

if TYPE_CHECKING:
    from sim.scenario import Scenario

ROOMS = ("scenario", "policies", "corridor", "results")
"""Parts of the package whose source decides what a run gives."""
TAKES = ("study/runs.py",)
LIBRARIES = ("numpy", "polars", "simpy")


class UnknownKindError(TypeError):
    """A value whose content cannot be told, so that no key may be made of it."""


def key(job: Job, scenario_key: str | None = None) -> str:
    """The key of a job; ``scenario_key`` saves reckoning it again for each replication.

    Raises:
        UnknownKindError: it has something in it whose content cannot be told.
    """
    made = scenario_key or of_scenario(job.scenario)
    parts = [model(), made, job.seed, job.replication, _measured(job.measure)]
    return _digest(json.dumps(parts).encode())


def of_scenario(scenario: Scenario) -> str:
    """The hash of all numbers of a scenario and of the document behind them.

    Raises:
        UnknownKindError: it has something in it whose content cannot be told.
    """
    told = json.dumps(canonical(scenario.tables), sort_keys=True)
    return _digest(f"{scenario.hash} {told}".encode("utf-8", "surrogatepass"))


@functools.cache
def model() -> str:
    """The hash of the model: our source, that of installed rules, versions of libraries."""
    root = Path(__file__).parents[1]
    files = [p for room in ROOMS for p in sorted((root / room).rglob("*.py"))]
    files += [root / name for name in TAKES]
    return _digest(json.dumps([_source(root, files), _plugins(), _versions()]).encode())


def _source(root: Path, files: Iterable[Path]) -> list[list[str]]:
    return [[p.relative_to(root).as_posix(), _digest(p.read_bytes())] for p in files]


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    return {"python": sys.version.split()[0], **{name: version(name) for name in LIBRARIES}}


def _plugins() -> list[list[Any]]:
    """Rules from installed packages: where they come from, and their source where there is any."""
    from importlib.metadata import entry_points
    from importlib.util import find_spec

    found: list[list[Any]] = []
    known = entry_points()
    groups = [g for g in known.groups if g.startswith("steppe.")]
    for point in (p for g in groups for p in known.select(group=g)):
        version = point.dist.version if point.dist else ""
        source: list[list[str]] = []
        spec = find_spec(point.module.split(".")[0])
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            source += _source(Path(folder), sorted(Path(folder).rglob("*.py")))
        if spec and spec.submodule_search_locations is None and spec.origin:
            source += _source(Path(spec.origin).parent, [Path(spec.origin)])
        found.append([point.group, point.name, point.value, version, source])
    return sorted(found, key=lambda p: p[:3])


def _measured(measure: Any) -> str:
    """What is taken from the tables: the function, its arguments and the source around it."""
    if measure is None:
        return "key figures"
    try:
        by_reference = pickle.dumps(measure, 5)
    except Exception as error:
        raise UnknownKindError(f"{measure!r} cannot be sent to another process") from error
    function = measure
    while isinstance(function, functools.partial):
        function = function.func
    if not (inspect.isfunction(function) or inspect.isclass(function)):
        function = type(function)
    try:
        file = inspect.getsourcefile(function)
    except TypeError:
        file = None
    around = Path(file).read_bytes() if file and Path(file).is_file() else b""
    return _digest(by_reference + around + _study().encode())


@functools.cache
def _study() -> str:
    """The source of this room: measures call each other across its modules."""
    root = Path(__file__).parent
    return _digest(json.dumps(_source(root, sorted(root.rglob("*.py")))).encode())


def canonical(value: Any) -> Any:
    """The content of a value in JSON's types, the same in every process.

    Raises:
        UnknownKindError: a kind of value whose content is not known.
    """
    from pydantic import BaseModel

    from sim.scenario.loader import PROSE

    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else repr(float(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, BaseModel):
        told = {n: canonical(v) for n, v in value if n not in PROSE}
        return {"": type(value).__name__, **told}
    if is_dataclass(value) and not isinstance(value, type):
        told = {f.name: canonical(getattr(value, f.name)) for f in fields(value)}
        return {"": type(value).__name__, **told}
    if isinstance(value, Mapping):
        return [[canonical(k), canonical(v)] for k, v in value.items()]
    if isinstance(value, list | tuple):
        return [canonical(v) for v in value]
    if isinstance(value, set | frozenset):
        return sorted((canonical(v) for v in value), key=repr)
    if hasattr(value, "tolist"):
        return canonical(value.tolist())
    raise UnknownKindError(f"{type(value).__name__} in a scenario: its content is not known")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
