"""The report of any study: its tables and pictures, and what is known of their meaning."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from sim.report import words
from sim.report.page import Cell, Image, Page, Table
from sim.report.parts import evidence, made, manifest, read
from sim.results.errors import ResultsError

MOST = 60
"""Rows of a table that are shown; the file holds the others."""


def study_page(folder: Path) -> Page:
    """The report of any other study: its tables and pictures as they are.

    Raises:
        ResultsError: the folder has no table.
    """
    about = manifest(folder)
    tables = _tables(folder)
    if not tables:
        raise ResultsError(
            f"{folder}: is neither a run, a comparison nor a study, there is no table in it; "
            "expected what `steppe run`, `compare`, `ramp` or another study wrote"
        )
    images = [
        Image(path.stem, path.read_bytes(), f"{path.stem.replace('-', ' ')} of this study")
        for path in sorted(folder.glob("*.png"))
    ]
    return Page(
        title=str(about.get("title") or folder.name),
        kind=f"Study: {about.get('kind') or ', '.join(tables)}",
        question=str(about.get("question") or ""),
        answer=_study_answer(tables),
        images=tuple(images),
        tables=tuple(_as_table(name, frame) for name, frame in tables.items()),
        **evidence(about.get("evidence")),
        facts=made(about),
        command=str(about.get("command") or ""),
    )


def _study_answer(tables: Mapping[str, pl.DataFrame]) -> tuple[str, ...]:
    said = []
    points = tables.get("breakpoints")
    if points is not None and {"variant", "breakpoint", "low", "high"} <= set(points.columns):
        for r in points.iter_rows(named=True):
            if r["breakpoint"] is None:
                continue
            sure = (
                f" ({words.figure(r['low'])} … {words.figure(r['high'])})"
                if r["low"] is not None and r["high"] is not None
                else ""
            )
            said.append(
                f"{r['variant']} carries up to {words.figure(r['breakpoint'])}{sure} times today's "
                "volume without drift."
            )
    moves = tables.get("migration")
    if moves is not None and {"variant", "volume", "cause", "moved"} <= set(moves.columns):
        for r in moves.iter_rows(named=True):
            if str(r["moved"]).lower() == "true":
                said.append(
                    f"{r['variant']}: at {words.figure(r['volume'])} times the volume the "
                    f"bottleneck moves to {r['cause']}."
                )
    return tuple(said) or ("The tables and pictures below say what the study found.",)


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


def _tables(folder: Path) -> dict[str, pl.DataFrame]:
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
