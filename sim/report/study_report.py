"""The report of any study: its tables and pictures, and what is known of their meaning."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from sim.report import words
from sim.report.findings import apart_words, behind_words, left_words
from sim.report.labels import called, relabelled
from sim.report.page import Cell, Image, Page, Table
from sim.report.parts import evidence, made, manifest, read
from sim.report.recovered import recovered_words
from sim.report.relieved import relief_words
from sim.results.errors import ResultsError

MOST = 60
"""Rows of a table that are shown; the file holds the others."""

DRAWN = ("curves",)
"""Tables that a picture shows and nobody reads line by line."""

ALTS = {
    "ramp": "Key figures against volume for each policy, with 95 % bands.",
    "migration": "Share of all hours waited by cause at each volume.",
    "policies": "How far each policy is behind the best at each volume, and its regret.",
    "bottleneck": "What one more unit of each resource delivers, with 95 % intervals.",
    "recovery": "Extra trains that wait after each event, the mean and what eight in ten runs had.",
    "relief": "Trains held over time after an event, a line a scenario, and without the event.",
    "sweep": "Key figures over the values of the factors.",
    "sensitivity": "How much each factor matters for each key figure.",
    "front": "Cost against what is reached by the measures tried.",
}
"""What the pictures of studies show, by the name of the file."""


def study_page(folder: Path) -> Page:
    """The report of any other study: its tables and pictures as they are.

    Raises:
        ResultsError: the folder has no table.
    """
    about = manifest(folder)
    tables = tables_of(folder)
    if not tables:
        raise ResultsError(
            f"{folder}: is neither a run, a comparison nor a study, there is no table in it; "
            "expected what `steppe run`, `compare`, `ramp` or another study wrote"
        )
    images = [
        Image(path.stem, path.read_bytes(), ALTS.get(path.stem, f"{path.stem}, a picture of it"))
        for path in sorted(folder.glob("*.png"))
    ]
    return Page(
        title=str(about.get("title") or folder.name),
        kind=f"Study: {about.get('kind') or ', '.join(tables)}",
        question=str(about.get("question") or ""),
        answer=_study_answer(tables),
        images=tuple(images),
        tables=tuple(_as_table(n, frame) for n, frame in tables.items() if n not in DRAWN),
        **evidence(about.get("evidence")),
        facts=made(about),
        command=str(about.get("command") or ""),
    )


def _study_answer(tables: Mapping[str, pl.DataFrame]) -> tuple[str, ...]:
    said = [
        *_breakpoints(tables.get("breakpoints")),
        *_apart(tables.get("apart")),
        *_moves(tables.get("migration")),
        *_gains(tables.get("bottleneck")),
        *_recovered(tables.get("recovery")),
        *_relieved(tables.get("relief"), tables.get("differences")),
    ]
    return tuple(said) or ("The tables and pictures below say what the study found.",)


def _has(frame: pl.DataFrame | None, *columns: str) -> bool:
    return frame is not None and set(columns) <= set(frame.columns)


def _breakpoints(frame: pl.DataFrame | None) -> list[str]:
    """The largest volume that each policy carries; censored where none broke at the most tried."""
    if frame is None or not _has(frame, "variant", "breakpoint", "low", "high"):
        return []
    said = []
    for r in frame.iter_rows(named=True):
        if r["breakpoint"] is None:
            continue
        at = words.figure(r["breakpoint"])
        if r.get("censored") and r["censored"] == r.get("n"):
            said.append(f"{r['variant']} carried all volumes tried, up to {at} times today's.")
            continue
        both = r["low"] is not None and r["high"] is not None
        sure = f" ({words.figure(r['low'])} … {words.figure(r['high'])})" if both else ""
        said.append(
            f"{r['variant']} carries up to {at}{sure} times today's volume before what is not "
            "delivered piles up."
        )
    return said


def _apart(frame: pl.DataFrame | None) -> list[str]:
    """Whose breakpoint is surely higher, and which are not told apart."""
    if frame is None or not _has(frame, "variant", "against", "difference", "verdict"):
        return []
    return list(apart_words(frame.to_dicts()))


def _moves(frame: pl.DataFrame | None) -> list[str]:
    """Where containers wait longest at the lowest volume, and each move from there."""
    if frame is None or not _has(frame, "variant", "volume", "cause", "moved"):
        return []
    said, known = [], set()
    for r in frame.iter_rows(named=True):
        first = r["variant"] not in known
        known.add(r["variant"])
        if r["cause"] is not None and (first or str(r["moved"]).lower() == "true"):
            verb = "is" if first else "moves to"
            said.append(
                f"{r['variant']}: at {words.figure(r['volume'])} times the volume the bottleneck "
                f"{verb} {r['cause']}."
            )
    return [*said, *behind_words(frame.to_dicts())] if _has(frame, "short", "more") else said


def _recovered(frame: pl.DataFrame | None) -> list[str]:
    """How long after each event its extra trains were gone, and what it took from exports."""
    if frame is None or not _has(frame, "event", "title", "recovered_p50_h", "lead_time_h"):
        return []
    return [recovered_words(r) for r in frame.iter_rows(named=True) if r["n"]]


def _relieved(frame: pl.DataFrame | None, differences: pl.DataFrame | None) -> list[str]:
    """After which scenario the queue is surely sooner as if nothing had come, at what price."""
    if frame is None or differences is None or not _has(frame, "variant", "recovered_p50_h"):
        return []
    rows = frame.to_dicts()
    names = called({r["variant"]: r["title"] for r in rows}, rows[0]["variant"])
    return list(relief_words(relabelled(rows, names), relabelled(differences.to_dicts(), names)))


def _gains(frame: pl.DataFrame | None) -> list[str]:
    """What one more unit of a resource delivers, where it is told apart from nothing."""
    if frame is None or not _has(frame, "resource", "step", "gain", "gain_low", "gain_high"):
        return []
    if frame.is_empty():
        return _gained(frame)
    first = frame.row(0, named=True)
    bound = left_words(first.get("offered"), first.get("left"))
    return [*([bound] if bound else []), *_gained(frame)]


def _gained(frame: pl.DataFrame) -> list[str]:
    sure = frame.filter(pl.col("gain_low") > 0.0).sort("gain", descending=True).head(5)
    if sure.is_empty():
        return ["No resource alone is told apart from nothing: none surely delivers more."]
    return [
        f"{r['resource']}, {r['step']}: "
        f"{words.with_ends(r['gain'], r['gain_low'], r['gain_high'])} t a year more."
        for r in sure.iter_rows(named=True)
    ]


def _as_table(name: str, frame: pl.DataFrame) -> Table:
    numeric = [c for c in frame.columns if frame[c].dtype.is_numeric()]
    text = [c for c in frame.columns if c not in numeric]
    rows = []
    for row in frame.head(MOST).iter_rows(named=True):
        cells: list[Cell | str] = [str("–" if row[c] is None else row[c]) for c in text]
        rows.append((*cells, *(Cell(words.figure(row[c]), row[c]) for c in numeric)))
    left_out = frame.height - len(rows)
    note = f"{left_out:,} more rows are in the file" if left_out > 0 else ""
    return Table(name.replace("_", " "), (*text, *numeric), tuple(rows), len(text), note)


def tables_of(folder: Path) -> dict[str, pl.DataFrame]:
    """The tables of a study by name, each once.

    Raises:
        ResultsError: one is damaged.
    """
    found = {p.stem: read(p) for p in sorted(folder.glob("*.parquet"))}
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in found:
            frame = read(path)
            # the same table under another name, as a ramp keeps its own
            if not any(
                frame.columns == f.columns and frame.shape == f.shape for f in found.values()
            ):
                found[path.stem] = frame
    return found
