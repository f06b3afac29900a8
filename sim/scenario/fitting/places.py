"""Stations and lines: their works, calendars, fleets and ends."""

from __future__ import annotations

from sim.scenario.fitting.checked import Checked, as_percent, percents
from sim.scenario.spelling import near
from sim.scenario.tree import Steps
from sim.scenario.units import shown
from sim.scenario.vocabulary import Cranes, Laboratory, Line, Servers

RESERVED = ("track", "yard", "arrival", "enter", "run", "path", "acceptance", "admission")
"""Activities of stages that are no work."""
GAUGES = ("1520", "1435")


def stations(checked: Checked) -> None:
    """Works, stuffing, delivery and liners of each station."""
    if not checked.tables.stations:
        checked.say(("stations",), "stations: there are none; expected one or more")
    for name, station in checked.tables.stations.items():
        base: Steps = ("stations", name)
        for work_name, work in station.work.items():
            path = (*base, "work", work_name)
            if work_name in RESERVED:
                checked.say_key(
                    path,
                    f"`{work_name}` is what the tables call a stage of every train; expected "
                    "another name for the work",
                )
            if isinstance(work, Servers | Cranes):
                checked.hours(work.hours, (*path, "hours"))
            if isinstance(work, Laboratory):
                _laboratory(checked, work, path)
        if station.stuffing is not None:
            checked.hours(station.stuffing.hours, (*base, "stuffing", "hours"))
            checked.fleet(station.stuffing.fleet, "containers", (*base, "stuffing", "fleet"))
        if station.delivery is not None:
            checked.fleet(station.delivery.fleet, "containers", (*base, "delivery", "fleet"))
        for gauge in station.gauge_tracks:
            checked.known(gauge, GAUGES, "gauge", (*base, "gauge_tracks", gauge), True)
        total = sum(liner.share for liner in station.liners.values())
        if total > 1 + 1e-9:
            said = f"liners: shares add up to {total:.4g}; expected 1 or less"
            checked.say_key(
                (*base, "liners"), said + percents(liner.share for liner in station.liners.values())
            )


def _laboratory(checked: Checked, work: Laboratory, path: Steps) -> None:
    if work.reject > 1:
        said = f"reject: a share of {work.reject.text} is above 1; expected 1 or less"
        checked.say((*path, "reject"), said + as_percent(work.reject))
    classes = {c.checked_as for c in checked.tables.commodities.values() if c.checked_as}
    for name, share in work.share.items():
        at = (*path, "share", name)
        if share > 1:
            said = f"{name}: a share of {share.text} is above 1; expected 1 or less"
            checked.say(at, said + as_percent(share))
        if name not in classes:
            checked.say_key(
                at,
                f"no commodity is checked as `{shown(name)}`{near(name, classes, '')}",
                warning=True,
            )


def lines(checked: Checked) -> None:
    """Ends, and classes of trains that acceptance limits."""
    used = {s.train_class for s in checked.tables.services.values()}
    used |= {b.train_class for b in checked.tables.background.values()}
    for name, line in checked.tables.lines.items():
        base: Steps = ("lines", name)
        checked.known(line.origin, checked.tables.stations, "station", (*base, "from"))
        checked.known(line.to, checked.tables.stations, "station", (*base, "to"))
        if line.origin == line.to:
            checked.say((*base, "to"), f"to: line `{name}` begins and ends at `{line.to}`")
        if line.acceptance is None:
            continue
        toward = line.acceptance.toward
        if toward not in (line.origin, line.to):
            checked.say(
                (*base, "acceptance", "toward"),
                f"toward: `{shown(toward)}` is no end of the line; "
                f"expected `{line.origin}` or `{line.to}`",
            )
        _reserve(checked, line, (*base, "acceptance", "reserve"))
        for kind in line.acceptance.classes:
            if kind not in used:
                checked.say_key(
                    (*base, "acceptance", "classes", kind),
                    f"no train is of class `{shown(kind)}`{near(kind, used, '')}",
                    warning=True,
                )


def _reserve(checked: Checked, line: Line, at: Steps) -> None:
    """Two thresholds, and trains that can be so many."""
    accept = line.acceptance
    if accept is None or accept.reserve is None:
        return
    above, below = accept.reserve.above, accept.reserve.below
    if below >= above:
        said = f"below: {below} is not less than above: {above}; expected fewer trains"
        checked.say((*at, "below"), said)
    before = line.to if accept.toward == line.origin else line.origin
    station = checked.tables.stations.get(before)
    if station is not None and station.tracks is not None and above > station.tracks.most:
        tracks = f"{station.tracks.most:g}"
        said = (
            f"above: {above} trains never wait there at once, since `{before}` has {tracks} "
            f"tracks, so that the reserve is never called; expected {tracks} or fewer"
        )
        checked.say((*at, "above"), said, warning=True)
