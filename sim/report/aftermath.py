"""What disruptions did to a run, in a sentence, and what they cost exports or how to find out."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from sim.report.parts import manifest as manifest_of
from sim.report.parts import read
from sim.report.words import figure
from sim.results import Results
from sim.results.series import start_of

MOST = 3
"""Disruptions that are named, those with most train-hours more first."""


def disruption_words(
    manifest: Mapping[str, Any], results: Results, folder: Path, where: str = ""
) -> str:
    """How long each disruption was felt, and what it cost; nothing where there was none.

    What it cost is taken from the study that `steppe recovery` left beside the run's folder, if it
    is of the same scenario; else the command that says so is named.

    Args:
        where: "In replication 0 ", if the tables are of one run of several.
    """
    rows = manifest.get("recovery") or []
    if not rows:
        return ""
    order = sorted(rows, key=lambda r: -(r["extra_train_h"] or 0.0))
    titles = {r["disruption"]: r["title"] for r in rows}
    felt = [_felt(r, results, titles) for r in order[:MOST]]
    more = len(rows) - MOST
    left = f"; {more} more {'is' if more == 1 else 'are'} in the manifest" if more > 0 else ""
    told = f"{'; '.join(felt)}{left}"
    said = f"{where.strip()}: {told}" if where else told[0].upper() + told[1:]
    name = str(manifest.get("scenario_name") or "")
    study = folder.parent / f"{name}-recovery"
    return f"{said}. {_cost(manifest, study)}"


def _felt(row: Mapping[str, Any], results: Results, titles: Mapping[str, str]) -> str:
    begin = start_of(results) + timedelta(hours=row["begin_h"])
    days = figure((row["end_h"] - row["begin_h"]) / 24.0)
    named = f"{row['title']} ({begin:%-d %b %Y}, {days} day{'' if days == '1' else 's'})"
    if row["within"]:
        return f"{named} fell within the recovery from {titles.get(row['within'], row['within'])}"
    if row["held_peak"] is None or row["held_before"] is None:
        return named
    most, before = figure(row["held_peak"]), figure(row["held_before"])
    waited = f"with up to {most} trains waiting, {before} before"
    if row["recovery_h"] is None:
        return f"{named} was not over by the horizon, {waited}"
    return f"{named} was felt for {figure(row['recovery_h'] / 24.0)} days after it, {waited}"


def _cost(manifest: Mapping[str, Any], study: Path) -> str:
    """What exports lost, from a study of the same scenario, or the command that tells."""
    events = study / "recovery.parquet"
    same = manifest_of(study).get("scenario_hash") == manifest.get("scenario_hash")
    if events.is_file() and same:
        return _lost(read(events).to_dicts())
    return f"What that cost exports: `{_command(manifest)}`."


def _lost(rows: Sequence[Mapping[str, Any]]) -> str:
    told = [
        f"{r['title']} {_signed(r, 'delivered_t', 1.0, ' t')} delivered and "
        f"{_signed(r, 'lead_time_h', 24.0, ' days')} of mean lead time"
        for r in rows
        if r["n"]
    ]
    pairs = max((int(r["n"]) for r in rows), default=0)
    return (
        f"Against the same runs without each ({pairs} paired replication{'s' if pairs != 1 else ''}"
        f", `steppe recovery`): {'; '.join(told)}."
    )


def _signed(row: Mapping[str, Any], name: str, scale: float, unit: str) -> str:
    value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    if value is None:
        return "no figure"
    between = "" if low is None else f" ({figure(low / scale)} … {figure(high / scale)})"
    return f"{'+' if value > 0 else ''}{figure(value / scale)}{between}{unit}"


def _command(manifest: Mapping[str, Any]) -> str:
    """The study of the same scenario: the file and the values laid over it, as the run had them."""
    typed = shlex.split(str(manifest.get("command") or ""))
    if typed[:2] != ["steppe", "run"] or len(typed) < 3:
        return f"steppe recovery {manifest.get('scenario_name') or 'SCENARIO'}.yaml"
    sets = [w for a, b in pairwise(typed) if a == "--set" for w in (a, b)]
    return shlex.join(["steppe", "recovery", typed[2], *sets])
