"""What disruptions did to a run, in a sentence, and what they cost exports or how to find out."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from sim.report.parts import manifest as manifest_of
from sim.report.parts import one_of_several, read
from sim.report.recovered import recovered_words
from sim.report.words import between, figure, listed, mean_of, step_of, with_interval
from sim.results import Results
from sim.results.series import start_of

MOST = 3
"""Disruptions that are named, those with most train-hours more first."""


def disruption_words(
    manifest: Mapping[str, Any], results: Results, kpis: Mapping[str, Any], folder: Path
) -> tuple[str, ...]:
    """How long each disruption was felt, and what it cost; nothing where there was none.

    What it cost is taken from the study that `steppe recovery` left beside the run's folder, if it
    is of the same scenario, in the words of that study; else the command that says so is named.
    """
    rows = manifest.get("recovery") or []
    if not rows:
        return ()
    order = sorted(rows, key=lambda r: -(r["extra_train_h"] or 0.0))
    alone, within = ([r for r in order if bool(r["within"]) is w] for w in (False, True))
    felt = [_felt(r, results) for r in alone[:MOST]]
    if within:
        # when the queue of the one before was not gone, what it was felt for is of both
        titles = listed(list(dict.fromkeys(str(r["title"]) for r in within)))
        felt.append(f"{titles} came before the queue of an earlier one was gone")
    more = len(alone) - MOST
    left = f"; {more} more {'is' if more == 1 else 'are'} in the manifest" if more > 0 else ""
    told = f"{'; '.join(felt)}{left}"
    where = one_of_several(manifest, results)
    said = f"{where}: {told}" if where else told[0].upper() + told[1:]
    name = str(manifest.get("scenario_name") or "")
    study = folder.parent / f"{name}-recovery"
    return (f"{said}{_of_all(kpis)}.", _cost(manifest, study))


def _of_all(kpis: Mapping[str, Any]) -> str:
    """The longest recovery in the mean of several runs, since one of them has no interval."""
    longest = kpis.get("recovery_max_h") or {}
    if longest.get("half_width") is None or mean_of(longest) is None:
        return ""
    days = with_interval(longest, "", 1 / 24)
    return f"; the longest recovery in each of {longest['n']} runs took {days} days in the mean"


def _felt(row: Mapping[str, Any], results: Results) -> str:
    begin = start_of(results) + timedelta(hours=row["begin_h"])
    days = figure((row["end_h"] - row["begin_h"]) / 24.0)
    named = f"{row['title']} ({begin:%-d %b %Y}, {days} day{'' if days == '1' else 's'})"
    if row["held_peak"] is None or row["held_before"] is None:
        return named
    most, before = figure(row["held_peak"]), figure(round(row["held_before"]))
    waited = f"with up to {most} trains waiting, {before} before"
    if row["recovery_h"] is None:
        return f"{named} was not over by the horizon, {waited}"
    if row["recovery_h"] == 0.0:
        return f"{named} left no queue when it ended, {waited}"
    return f"{named} was felt for {figure(row['recovery_h'] / 24.0)} days after it, {waited}"


def _cost(manifest: Mapping[str, Any], study: Path) -> str:
    """What exports lost, from a study of the same scenario, or the command that tells."""
    events = study / "recovery.parquet"
    same = manifest_of(study).get("scenario_hash") == manifest.get("scenario_hash")
    if events.is_file() and same:
        return _lost(read(events).to_dicts())
    return f"What that cost exports: `{_command(manifest)}`."


def _lost(rows: Sequence[Mapping[str, Any]]) -> str:
    told = [f"{recovered_words(r).removesuffix('.')}; {_missing(r)}" for r in rows if r["n"]]
    pairs = max((int(r["n"]) for r in rows), default=0)
    runs = f"{pairs} paired replication{'s' if pairs != 1 else ''}"
    return f"Against the same runs without each ({runs}, `steppe recovery`): {'. '.join(told)}."


def _missing(row: Mapping[str, Any]) -> str:
    """What of exports was not delivered by the horizon for an event."""
    value, low, high = (row[f"delivered_t{end}"] for end in ("", "_low", "_high"))
    if value is None:
        return "no exports were to be delivered"
    if value == 0.0 and not low and not high:
        return "as many tonnes were delivered"
    how = f"{figure(abs(value), '', step_of(low, high))} t {'more' if value > 0.0 else 'fewer'}"
    if low is None or high is None:
        return f"{how} were delivered"
    spread = between(low, high)
    if low <= 0.0 <= high:
        return f"that fewer were delivered is not told apart from chance ({how}, {spread})"
    return f"{how} were delivered ({spread})"


def _command(manifest: Mapping[str, Any]) -> str:
    """The study of the same scenario: the file and the values laid over it, as the run had them."""
    typed = shlex.split(str(manifest.get("command") or ""))
    if typed[:2] != ["steppe", "run"] or len(typed) < 3:
        return f"steppe recovery {manifest.get('scenario_name') or 'SCENARIO'}.yaml"
    sets = [w for a, b in pairwise(typed) if a == "--set" for w in (a, b)]
    return shlex.join(["steppe", "recovery", typed[2], *sets])
