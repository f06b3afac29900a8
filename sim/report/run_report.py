"""The report of a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.report import words
from sim.report.aftermath import disruption_words
from sim.report.cost import cost_subtitle, from_kpis
from sim.report.equipment import fleets_of
from sim.report.findings import room_words, side_words
from sim.report.page import Cell, Image, Page, Table
from sim.report.parts import deadlocks, evidence, made, one_of_several
from sim.report.pictures import OF_WEEKS, PICTURES, picture_bytes
from sim.report.style import period_words
from sim.report.weeks import week_words
from sim.results import Results, read_kpis, read_manifest, read_run
from sim.results.room import summary
from sim.results.sides import waiting_by_side
from sim.results.store import read_weekly
from sim.results.unpriced import unpriced, unpriced_words
from sim.results.waited import waiting_by_cause

DPI = 130
SHOWN: tuple[tuple[str, str], ...] = (
    ("gap", "Tonnes of exports offered and delivered since the start; the gap between is shaded."),
    (
        "throughput",
        "Tonnes of exports delivered in each week, and what was offered as a grey line.",
    ),
    ("backlog", "Tonnes of exports ready and not delivered, by where they are."),
    ("bottleneck", "Export containers waiting in each week, by what they wait for."),
    ("places", "Trains held and containers waiting at every place over the year."),
    ("time-distance", "Trains over distance and time in the days in which most waited."),
    ("use", "How much of each resource was used, and how many trains waited for it, by week."),
    ("lead-time", "How long exports took, and in which part of the chain they worked and waited."),
)


def run_page(folder: Path, *, pictures: bool = True) -> Page:
    """The report of a run; drawing its pictures takes most of the time.

    Raises:
        ResultsError: the folder is no run, or damaged.
    """
    manifest, kpis, results = read_manifest(folder), read_kpis(folder), read_run(folder)
    scenario = manifest.get("scenario") or {}
    count = int(manifest.get("replications", 1))
    several = f"{count} replications, ± half of the 95 % interval" if count > 1 else "one run"
    name = str(manifest.get("scenario_name") or folder.name)
    causes, sides = waited(manifest, results)
    left_out = unpriced(results)
    one = one_of_several(manifest, results)
    return Page(
        title=str(scenario.get("title") or name),
        kind=f"Run of {name}, {period_words(results)}, {several}",
        question=str(scenario.get("question") or ""),
        answer=words.run_answer(
            kpis,
            manifest.get("overload"),
            [(r["cause"], r["hours"], r["share"]) for r in causes],
            busiest(results),
            f"{one} " if one else "",
            room_words(summary(results)),
            side_words({r["side"]: r["hours"] for r in sides}),
            unpriced_words(left_out),
            disruption_words(manifest, results, kpis, folder),
            week_words(results, read_weekly(folder), one),
        ),
        images=(
            (*run_images(results, folder), *_costs(kpis, f"{name} · {several}", left_out))
            if pictures
            else ()
        ),
        tables=(
            _kpi_table(kpis),
            _waiting_table(causes, "cause"),
            _waiting_table(sides, "side"),
            _resource_table(results),
        ),
        **evidence(manifest.get("evidence")),
        facts=made(manifest),
        command=str(manifest.get("command") or ""),
        warnings=deadlocks(manifest.get("deadlocked") or []),
    )


def run_images(results: Results, folder: Path) -> tuple[Image, ...]:
    """The pictures of a run; of replications those that need only weeks, with intervals."""
    weekly = read_weekly(folder)
    found = []
    for name, alt in SHOWN:
        data: Any = weekly if weekly and name in OF_WEEKS else results
        found.append(Image(PICTURES[name].title, picture_bytes(name, data, dpi=DPI), alt))
    for fleet in fleets_of(results):
        alt = f"Where the units of {fleet} are: at hand by station, laden, or on the way."
        png = picture_bytes("equipment", results, dpi=DPI, fleet=fleet)
        found.append(Image(f"Where the units of {fleet} are", png, alt))
    return tuple(found)


def _costs(
    kpis: Mapping[str, Mapping[str, Any]],
    subtitle: str,
    left_out: Mapping[str, tuple[bool, tuple[str, ...]]],
) -> tuple[Image, ...]:
    frame = from_kpis(kpis)
    if frame["usd_per_t"].null_count() == frame.height:
        return ()
    png = picture_bytes("cost", frame, dpi=DPI, subtitle=cost_subtitle(subtitle, left_out))
    return (Image("What a tonne costs", png, "USD for each tonne delivered, by part of the cost."),)


def waited(
    manifest: Mapping[str, Any], results: Results
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Hours waited by cause, most first, and by side: means of all replications where kept.

    Rows: cause or side, hours, half_width, share.
    """
    known = manifest.get("waiting")
    if known:
        return known["causes"], known["sides"]
    made: list[list[dict[str, Any]]] = []
    for of, hours in (("cause", waiting_by_cause(results)), ("side", waiting_by_side(results))):
        total = sum(hours.values())
        made.append(
            [
                {of: n, "hours": h, "half_width": None, "share": h / total if total else 0.0}
                for n, h in hours.items()
            ]
        )
    made[0].sort(key=lambda r: (-r["hours"], r["cause"]))
    return made[0], made[1]


def busiest(results: Results) -> list[tuple[str, float]]:
    """Resources by the share of them that was used."""
    known = [r for r in results.meta.get("resources", ()) if r["busy"] is not None]
    order = sorted(known, key=lambda r: (-r["busy"], r["name"]))
    return [(str(r["name"]), float(r["busy"])) for r in order]


def _kpi_table(kpis: Mapping[str, Mapping[str, Any]]) -> Table:
    rows: list[tuple[Cell | str, ...]] = []
    several = any("mean" in k for k in kpis.values())
    for name, kpi in kpis.items():
        value = words.mean_of(kpi)
        unit = str(kpi["unit"])
        half = kpi.get("half_width")
        step = None if half is None else words.step_of(-half, half)
        shown = [Cell(words.figure(value, unit, step), value, name)]
        if several:
            wide = "–" if half is None else f"± {words.figure(half, unit, step)}"
            shown.append(Cell(wide, half))
        title = words.kpi_words(name)
        rows.append((title, "" if unit == "1" else unit, str(kpi["meaning"]), *shown))
    head = ("key figure", "unit", "meaning", "mean" if several else "value")
    return Table("Key figures", (*head, "95 %") if several else head, tuple(rows), 3)


def _waiting_table(found: list[dict[str, Any]], of: str) -> Table:
    several = any(r["half_width"] is not None for r in found)
    rows: list[tuple[Cell | str, ...]] = []
    for r in found[:20]:
        half = r["half_width"]
        hours, wide = words.with_half(r["hours"], half)
        cells = [Cell(hours, r["hours"])]
        if several:
            cells.append(Cell(wide, half))
        rows.append((str(r[of]), *cells, Cell(f"{r['share']:.1%}", r["share"])))
    note = "Hours for each container of exports taken, those not delivered included."
    title = "What containers waited for" if of == "cause" else "Where containers waited"
    head = (of, "h", "95 %", "share") if several else (of, "h", "share")
    return Table(title, head, tuple(rows), 1, note)


def _resource_table(results: Results) -> Table:
    rows: list[tuple[Cell | str, ...]] = []
    known = {r["name"]: r for r in results.meta.get("resources", ())}
    for name, busy in busiest(results)[:20]:
        r = known[name]
        figures = (Cell(words.figure(r[k]), r[k]) for k in ("used", "available"))
        rows.append((name, str(r["unit"]), *figures, Cell(f"{busy:.1%}", busy)))
    head = ("resource", "unit", "used", "there was", "share")
    return Table("How much of what there was got used", head, tuple(rows), 2)
