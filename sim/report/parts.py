"""What the reports share: manifests, sources, and how a thing was made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from sim.report.page import Table
from sim.results.errors import ResultsError

if TYPE_CHECKING:
    from sim.results import Results


def read(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise ResultsError(f"{path}: cannot be read ({first}); make it again") from error


def manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultsError(f"{path}: is damaged ({error}); make it again") from error
    return found if isinstance(found, dict) else {}


def one_of_several(about: Mapping[str, Any], results: Results) -> str:
    """Which run the tables of a folder are of; nothing where it is the only one."""
    several = int(about.get("replications", 1)) > 1
    return f"In replication {results.meta.get('replication', 0)}" if several else ""


def evidence(found: Mapping[str, Any] | None, of: str = "") -> dict[str, Any]:
    """Tables of figures with source or assumption, and of the facts they cite."""
    if not found:
        return {}
    figures, facts = found["figures"], found["facts"]
    rows = tuple(
        (
            str(f["parameter"]),
            str(f["value"]),
            ", ".join(f["source"]) or "–",
            str(f["assumed"] or ("" if f["source"] else "neither source nor assumption")),
        )
        for f in figures
    )
    cited = tuple(
        (
            str(i),
            str(f["statement"]),
            f"{f['value']} {f['unit']}".strip(),
            str(f["period"]),
            str(f["source"]),
        )
        for i, f in facts.items()
    )
    sourced = sum(bool(f["source"]) for f in figures)
    tables = [
        Table("Every figure of the scenario", ("parameter", "value", "source", "assumed"), rows, 4)
    ]
    if cited:
        head = ("fact", "what it says", "figure", "time", "source")
        tables.append(Table("Facts cited", head, cited, 5))
    assumed = sum(bool(f["assumed"]) and not f["source"] for f in figures)
    neither = len(figures) - sourced - assumed
    note = (
        f"{len(figures)} figures{' of ' + of if of else ''}: {sourced} cite a source, {assumed} "
        f"are assumed for the reason given"
        + (f", and {neither} say neither where they come from nor why." if neither else ".")
    )
    return {"evidence": tuple(tables), "evidence_note": note}


def made(manifest: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    found = []
    for name, key in (
        ("scenario", "scenario_name"),
        ("hash of the scenario", "scenario_hash"),
        ("seed", "seed"),
        ("replications", "replications"),
    ):
        if manifest.get(key) is not None:
            found.append((name, str(manifest[key])))
    versions = manifest.get("versions") or {}
    if versions:
        found.append(("versions", ", ".join(f"{n} {v}" for n, v in versions.items())))
    found.append(("files", "the tables behind every figure are in the folder of this report"))
    return tuple(found)


def deadlocks(found: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(
        f"{d.get('variant', 'run')}, replication {d.get('replication', 0)}: {d['sentence']} "
        f"{d.get('remedy') or ''}".strip()
        for d in found
    )
