"""A report on one printed page: the answer, four key figures, pictures, and what to doubt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from sim.report import words
from sim.report.aftermath import disruption_words
from sim.report.compare import titled
from sim.report.comparison_report import comparison_page, refused_of
from sim.report.labels import labels
from sim.report.page import Brief, Image, Page
from sim.report.parts import manifest, read
from sim.report.pictures import OF_WEEKS, PICTURES, picture_bytes
from sim.report.run_report import SHOWN, run_page
from sim.report.verdicts import DAYS_FULL
from sim.results import read_kpis, read_manifest, read_run
from sim.results.levels import full_lines
from sim.results.store import read_weekly

SENTENCES = 5
"""Sentences of an answer that a page has room for, beside that of disruptions."""
PICTURED = ("throughput", "bottleneck")
FIGURES = ("delivered_t", "fulfilment", "lead_time_mean_h", "cost_per_t", "lead_time_p95_h")
"""Key figures; the first four of these that there are."""
COMPARED = ("delivered_t", "lead_time_mean_h", "cost_per_t")
"""Key figures in the picture of a comparison."""
NOTES = ("In doubt", "Overloaded", "A further tonne", "The intervals of")
"""How sentences of a comparison's answer begin that say how far to trust the others."""
DPI = 130


def run_brief(folder: Path) -> Brief:
    """One page of a run.

    Raises:
        ResultsError: the folder is no run, or damaged.
    """
    page, kpis, about = run_page(folder), read_kpis(folder), read_manifest(folder)
    results, weekly = read_run(folder), read_weekly(folder)
    alts = dict(SHOWN)
    images = []
    for name in PICTURED:
        data: Any = weekly if weekly and name in OF_WEEKS else results
        images.append(Image(PICTURES[name].title, picture_bytes(name, data, dpi=DPI), alts[name]))
    doubts = []
    if int(about.get("replications", 1)) < 2:
        doubts.append(
            "One run alone: no figure has an interval. Ten are a start: --replications 10."
        )
    for line, hours, _ in full_lines(results):
        if hours >= 24.0 * DAYS_FULL:
            doubts.append(
                f"{line} stood full for {words.figure(hours / 24.0)} days; a railway would have "
                "stopped loading by then, and what is delivered rests on its not doing so."
            )
    left = words.mean_of(kpis.get("undelivered_containers"))
    if left:
        doubts.append(
            f"{words.figure(left)} containers taken were not delivered by the end; their lead "
            "times are in no figure."
        )
    unpriced = [s for s in page.answer if "not priced" in s]
    storms = disruption_words(about, results, kpis, folder)
    answer = (*(s for s in page.answer[:SENTENCES] if s not in storms), *storms)
    return _brief(page, _figures(kpis), tuple(images), (*doubts, *unpriced), answer)


def _figures(kpis: Mapping[str, Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    """Four key figures with their intervals, times in days."""
    found = []
    for name in FIGURES:
        if words.mean_of(kpis.get(name)) is None:
            continue
        if str(kpis[name]["unit"]) == "h":
            said = words.with_interval(kpis[name], "", 1 / 24) + " days"
        else:
            said = words.with_interval(kpis[name])
        found.append((words.kpi_words(name), said))
    return tuple(found[:4])


def comparison_brief(folder: Path) -> Brief:
    """One page of a comparison: differences stand in its picture.

    Raises:
        ResultsError: a file is missing or damaged.
    """
    page = comparison_page(folder, short=True)
    frame = read(folder / "comparison.parquet")
    first = frame["against"][0] if "against" in frame.columns else ""
    if first:
        frame = frame.filter(pl.col("against") == first)
    few = frame.filter(pl.col("kpi").is_in(COMPARED))
    few = frame if few.is_empty() else few
    variants = manifest(folder).get("variants") or []
    titles = {str(v["name"]): str(v.get("title") or "") for v in variants}
    refused = refused_of(folder, frame)
    if first:
        refused = refused.filter(pl.col("against") == first)
    few = titled(few, refused, titles, str(first))
    called = labels(titles, str(first)).get(str(first), first)
    subtitle = f"against {called} · intervals hold together with 95 % with those of the report"
    png = picture_bytes("compare", few, dpi=DPI, subtitle=subtitle)
    alt = "Difference of each variant from the reference, in per cent, with 95 % intervals."
    doubts = [s for s in page.answer if s.startswith(NOTES)]
    pairs = int(frame["n"].max() or 0)  # type: ignore[arg-type]
    if pairs < 10:
        doubts.append(
            f"{pairs} paired replications alone: intervals are wide. --replications 10 is a start."
        )
    answer = tuple(s for s in page.answer if s not in doubts)
    image = Image("What the variants change", png, alt)
    return _brief(page, (), (image,), tuple(doubts), answer[: 2 * SENTENCES])


def _brief(
    page: Page,
    figures: tuple[tuple[str, str], ...],
    images: tuple[Image, ...],
    doubts: tuple[str, ...],
    answer: tuple[str, ...],
) -> Brief:
    doubts = (*doubts, page.evidence_note) if page.evidence_note else doubts
    return Brief(
        title=page.title,
        kind=page.kind,
        question=page.question,
        answer=answer,
        figures=figures,
        images=images,
        doubts=doubts or ("Nothing that the rules of this page look for.",),
        command=page.command,
        warnings=page.warnings,
    )
