"""The report of a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from sim.report import words
from sim.report.compare import titled
from sim.report.labels import labels, relabelled
from sim.report.page import Cell, Image, Page, Table
from sim.report.parts import deadlocks, evidence, made, manifest, read
from sim.report.pictures import picture_bytes
from sim.report.tails import tail_words
from sim.report.verdicts import comparison_answer, further_cells, more_first
from sim.results.errors import ResultsError

DPI = 130
FURTHER = ("tonnes", "usd", "usd_per_t")
MOST = 60
"""Differences between scenarios that are shown; the manifest holds the others."""


def comparison_page(folder: Path, short: bool = False) -> Page:
    """The report of a comparison; ``short`` answers it in what one page has room for.

    Raises:
        ResultsError: a file is missing or damaged.
    """
    frame = read(folder / "comparison.parquet")
    if frame.is_empty():
        raise ResultsError(f"{folder / 'comparison.parquet'}: is empty; compare again")
    about = manifest(folder)
    variants: list[dict[str, Any]] = about.get("variants") or []
    reference = str(variants[0]["name"]) if variants else "the reference"
    overloaded = {str(v["name"]): v.get("overloaded") for v in variants}
    titles = {str(v["name"]): str(v.get("title") or "") for v in variants}
    refused = _table(folder / "refused.csv")
    jammed, further = _table(folder / "full-lines.csv"), _table(folder / "further.csv")
    called = labels(titles, reference) if short else {}
    answer = comparison_answer(
        relabelled(frame.to_dicts(), called),
        called.get(reference, reference),
        {called.get(n, n): over for n, over in overloaded.items()},
        {} if short else titles,
        relabelled(refused, called),
        relabelled(jammed, called),
        relabelled(further, called),
        short,
    )
    groups = relabelled(_table(folder / "groups.csv"), called)
    answer += tail_words(relabelled(frame.to_dicts(), called), groups)
    shown = titled(frame, refused_of(folder, frame), titles, reference)
    if "against" in frame.columns:
        # all pairs may be held against each other
        other = pl.col("against") != reference
        both = pl.col("variant") + " against " + pl.col("against")
        frame = frame.with_columns(pl.when(other).then(both).otherwise("variant").alias("variant"))
    rows = frame.to_dicts()
    names = list(
        dict.fromkeys(r["variant"] for r in rows if r.get("against", reference) == reference)
    )
    count = max(int(r["n"]) for r in rows)
    # what a variant asks is what it is held against the reference for
    questions = [str(v["question"]) for v in variants[1:] if v.get("question")]
    against = called.get(reference, reference)
    subtitle = (
        f"against {reference} · {count} paired replications · intervals hold together with 95 %"
    )
    picture = picture_bytes("compare", shown, dpi=DPI, subtitle=subtitle)
    alt = "Difference of each variant from the reference, in per cent, with 95 % intervals."
    one = called.get(names[0], names[0]) if len(names) == 1 else ""
    plainly = f"What does {one or 'each variant'} change against {against}?"
    return Page(
        title=f"{one or f'{len(names)} variants'} against {against}",
        kind=f"Comparison, {count} paired replications under common random numbers; all intervals "
        "hold together with 95 %",
        question=questions[0] if questions else plainly,
        answer=answer,
        images=(Image("What the variants change", picture, alt),),
        tables=(
            _differences("Differences from the reference", rows),
            *_refused(refused),
            *_further(further),
            *_variants(variants),
        ),
        **evidence(variants[0].get("evidence") if variants else None, reference),
        facts=made(about),
        command=str(about.get("command") or ""),
        warnings=deadlocks(about.get("deadlocked") or []),
    )


def refused_of(folder: Path, frame: pl.DataFrame) -> pl.DataFrame:
    """Differences in tonnes refused, with the columns of the others; no rows where none were."""
    path = folder / "refused.csv"
    return read(path) if path.is_file() else frame.clear()


def _table(path: Path) -> list[dict[str, Any]]:
    """Rows of a table that not every comparison has."""
    return read(path).to_dicts() if path.is_file() else []


def _refused(rows: Sequence[Mapping[str, Any]]) -> tuple[Table, ...]:
    """Tonnes refused, whose intervals stand by themselves."""
    if not rows:
        return ()
    note = (
        "Goods that were never taken, because elevators were full. These intervals hold together "
        "with 95 % among themselves, beside those of the other key figures."
    )
    return (_differences("Tonnes refused", rows, note),)


def _further(rows: Sequence[Mapping[str, Any]]) -> tuple[Table, ...]:
    """What each further tonne costs, where costs are known."""
    lines: list[tuple[Cell | str, ...]] = [
        (
            f"{r['variant']} against {r['against']}",
            *(Cell(text, r[name]) for text, name in zip(said, FURTHER, strict=True)),
            last,
        )
        for r in more_first(rows)
        for *said, last in [further_cells(r)]
    ]
    note = (
        "By the costs of the scenarios; what a measure itself costs, such as night shifts, is in "
        "them where they have it under costs.fixed. – where the tonnes are not told apart from "
        "nothing."
    )
    head = ("variant", "t more", "USD more", "USD a further t", "95 %")
    return (Table("What each further tonne costs", head, tuple(lines), 1, note),) if lines else ()


def _differences(title: str, rows: Sequence[Mapping[str, Any]], note: str = "") -> Table:
    lines = []
    for r in rows:
        unit, low, high = str(r["unit"]), r["low"], r["high"]
        step = words.finer(words.step_of(low, high))
        lines.append(
            (
                str(r["variant"]),
                words.kpi_words(str(r["kpi"])),
                str(r["verdict"]),
                "" if unit == "1" else unit,
                Cell(words.figure(r["reference"], unit, step), r["reference"]),
                Cell(
                    words.figure(r["difference"], unit, step),
                    r["difference"],
                    f"{r['variant']}/{r['kpi']}",
                ),
                "–" if low is None else words.between(low, high, unit),
            )
        )
    head = ("variant", "key figure", "verdict", "unit", "reference", "difference", "95 %")
    return Table(title, head, tuple(lines), 4, note)


def _variants(variants: Sequence[Mapping[str, Any]]) -> tuple[Table, ...]:
    if not variants:
        return ()
    base = _flat(variants[0].get("scenario") or {})
    said = tuple(
        (str(v["name"]), str(v.get("title") or ""), str(v.get("question") or "")) for v in variants
    )
    rows = []
    for v in variants[1:]:
        other = _flat(v.get("scenario") or {})
        for path in dict.fromkeys([*base, *other]):
            if base.get(path) != other.get(path):
                rows.append((str(v["name"]), path, base.get(path, "–"), other.get(path, "–")))
    left_out = max(0, len(rows) - MOST)
    note = f"{left_out} more differences are in manifest.json" if left_out else ""
    return (
        Table("Scenarios compared", ("scenario", "title", "question"), said, 3),
        Table(
            "What differs",
            ("variant", "parameter", "reference", "here"),
            tuple(rows[:MOST]),
            4,
            note,
        ),
    )


PROSE = ("title", "question", "look_at", "source", "assumed", "evidence")


def _flat(tree: Any, path: str = "") -> dict[str, str]:
    """Figures of a resolved scenario by dotted path, without what only readers see."""
    if isinstance(tree, dict):
        found: dict[str, str] = {}
        for key, below in tree.items():
            if key not in PROSE:
                dotted = path if key == "value" else f"{path}.{key}" if path else str(key)
                found.update(_flat(below, dotted))
        return found
    if isinstance(tree, list):
        return {path: ", ".join(str(x) for x in tree)}
    return {path: str(tree)}
