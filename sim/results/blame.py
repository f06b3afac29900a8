"""From a wait back to the event that began it, by the tables of the run alone.

Each wait is explained by what held its place at that time: a queue by who was before and by what
its busy period was made of (``load``), a full place by what those in it waited for, missing wagons
and empty boxes by where the fleet stood.  That in turn is a wait of others, and so on, until an
event, a rule or plain overload is reached.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from sim.results.causes import Cause, cause_of
from sim.results.load import Part, parts_of
from sim.results.scene import (
    WORKING,
    Scene,
    busy_since,
    counts,
    waiting_of,
)
from sim.results.why import Account, Stretch, when

DEEPEST = 6
MOST = 3
"""Waits of one journey that are traced."""
CONSIDERABLE = 0.1
"""Share of all waiting from which a wait is traced, besides the longest."""
SEASON = 30 * 24.0
"""Hours from which more than usual is called a season rather than a surge."""
HINDRANCES = ("acceptance", "path", "place", "track", "closed", "busy", "wagons", "admission")
"""Waits that keep a box on its way, other than for a timetable, a consignee or more trains."""
FELT = 0.2
"""Share of a fleet of boxes that, standing so, keeps empties from coming back."""
ENOUGH = 0.5
"""Share of a queue or of a fleet from which one thing is called its cause."""


@dataclass(frozen=True)
class Link:
    """One step of a blame chain: what was so, since when, and whether it ends the chain.

    ``root`` names what the chain ends in, in a few words; None where it goes on.
    """

    cause: str
    text: str
    since_h: float
    root: str | None = None


@dataclass(frozen=True)
class Chain:
    """A wait and the links from it back to what began it."""

    wait: Stretch
    links: tuple[Link, ...]

    @property
    def root(self) -> str:
        """What it ends in."""
        return next((link.root for link in reversed(self.links) if link.root), "not known")


def chains(scene: Scene, account: Account) -> list[Chain]:
    """The longest wait of a journey and the other considerable ones, each traced back."""
    waits = _whole([s for s in account.stretches if s.cause is not None])
    longest = sorted(waits, key=lambda s: (-s.hours, s.begin_h))
    limit = CONSIDERABLE * account.waiting_h
    traced = [s for i, s in enumerate(longest[:MOST]) if i == 0 or s.hours >= limit]
    own = account.number if account.what == "train" else None
    return [Chain(s, tuple(trace(scene, s, s.train if own is None else own))) for s in traced]


def _whole(waits: list[Stretch]) -> list[Stretch]:
    """Waits with those that share a stretch put together, under the cause of most of it."""
    found: dict[tuple[str, float, float], Stretch] = {}
    for wait in waits:
        key = (wait.stage, wait.begin_h, wait.end_h)
        other = found.get(key)
        if other is None:
            found[key] = wait
        else:
            most = max(wait, other, key=lambda s: s.hours)
            found[key] = replace(most, hours=wait.hours + other.hours)
    return list(found.values())


def trace(scene: Scene, wait: Stretch, train: int | None = None) -> list[Link]:
    """The links from one wait, of a container or of a train, back to what began it."""
    assert wait.cause is not None
    return _Tracer(scene).follow(cause_of(wait.cause), wait, train)


@dataclass(frozen=True)
class _Next:
    """Where to go on: another cause at a time, and for whom."""

    cause: str
    time: float


class _Tracer:
    """Follows one chain and never the same cause twice."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._results = scene.results
        self._seen: set[str] = set()
        self._rules: dict[
            str, Callable[[Cause, Stretch, int | None], tuple[Link, _Next | None]]
        ] = {
            "acceptance": self._queue,
            "path": self._queue,
            "busy": self._queue,
            "track": self._full,
            "place": self._full,
            "closed": self._closed,
            "wagons": self._wagons,
            "empties": self._empties,
            "room": self._room,
            "admission": self._admission,
            "yard": self._yard,
        }

    def follow(self, cause: Cause, wait: Stretch, train: int | None) -> list[Link]:
        links: list[Link] = []
        while True:
            self._seen.add(cause.text)
            rule = self._rules.get(cause.key, self._end)
            link, onward = rule(cause, wait, train)
            links.append(link)
            if onward is None:
                return links
            if onward.cause in self._seen or len(links) == DEEPEST:
                text = f"and there the circle closes: {onward.cause}"
                root = f"the loop of {onward.cause}"
                return [*links, Link(onward.cause, text, onward.time, root)]
            cause = cause_of(onward.cause)
            wait, train = self._example(cause, onward.time)

    def _when(self, hours: float) -> str:
        return when(self._results, hours)

    def _example(self, cause: Cause, time: float) -> tuple[Stretch, int | None]:
        """Who has waited longest for a cause at a time, else the moment itself."""
        now = self._scene.trains_at(time).filter(pl.col("waits") & (pl.col("cause") == cause.text))
        if now.height:
            row = now.sort("in_h", "train").row(0, named=True)
            end = min(row["start_h"], self._results.horizon_h)
            name = f"{row['place']}: {row['activity']}"
            return Stretch(name, cause.text, row["in_h"], end, end - row["in_h"]), row["train"]
        boxes = self._results.waits.filter(
            (pl.col("cause") == cause.text) & (pl.col("begin_h") <= time) & (time < pl.col("end_h"))
        ).sort("begin_h", "container")
        if boxes.height:
            row = boxes.row(0, named=True)
            return (
                Stretch(row["stage"], cause.text, row["begin_h"], row["end_h"], row["hours"]),
                row["train"],
            )
        return Stretch(cause.place, cause.text, time, time, 0.0), None

    # -- queues of trains ------------------------------------------------------------------

    def _queue(self, cause: Cause, wait: Stretch, train: int | None) -> tuple[Link, _Next | None]:
        scene = self._scene
        place, activity = cause.place, cause.key
        if cause.key == "busy":
            place, _, activity = cause.place.partition("/")
        service = None
        if train is not None:
            service = str(self._results.trains["service"][train])
        rows = scene.queue(place, activity, service)
        if rows.is_empty():
            return self._stuffing(cause, wait)
        begin, end = wait.begin_h, wait.end_h
        series = waiting_of(rows)
        since = min(busy_since(series, max(end, begin + 1e-9)), begin)
        onward = None if service is None else scene.after(service, place)
        resource = f"{place}/{activity}" if activity != "path" else f"{place}/paths toward {onward}"
        parts, asked, usual_in, there, usual = parts_of(scene, resource, rows, since, end)
        most = series.maximum(since, max(end, since))
        text = (
            f"the queue for {_queue_name(cause)} had not been empty since {self._when(since)} "
            f"(up to {most:.0f} trains); {self._before(rows, begin, end)}"
        )
        per_day = f"asked {asked:.1f} a day (usually {usual_in:.1f})"
        if np.isfinite(there):
            per_day += f", could pass {there:.1f} (usually {usual:.1f})"
        verdict, root = self._verdict(cause, parts, rows, since, end, usual_in, usual)
        passed = rows.filter((pl.col("start_h") > begin) & (pl.col("start_h") < end - 1e-9))
        if 2 * passed.filter(pl.col("in_h") > begin).height > passed.height:
            root += ", and others first by the order rule"
        return Link(cause.text, f"{text}; {per_day}: {verdict}", since, root), None

    def _before(self, rows: pl.DataFrame, begin: float, end: float) -> str:
        """Who went before: so many trains, how many of them of others, how many came later."""
        before = rows.filter((pl.col("start_h") > begin) & (pl.col("start_h") < end - 1e-9))
        if before.is_empty():
            return "no train went before"
        other = before.filter(pl.col("kind") == "background").height
        text = f"{before.height} trains went before"
        if other:
            text += f", {other} of them background trains"
        later = before.filter(pl.col("in_h") > begin)
        if later.height:
            classes = ", ".join(f"{n} {name}" for name, n in counts(later["train_class"])[:3])
            text += f"; {later.height} came after it and went first by the order rule ({classes})"
        return text

    def _verdict(
        self,
        cause: Cause,
        parts: list[Part],
        rows: pl.DataFrame,
        since: float,
        end: float,
        asked: float,
        usual: float,
    ) -> tuple[str, str]:
        """What the queue is put down to, as a sentence and in a few words."""
        name = _queue_name(cause)
        total = sum(p.trains for p in parts)
        load = f"load {asked / usual:.0%}" if usual and np.isfinite(usual) else "its load"
        if total < 1.0 or not parts:
            return (
                f"no single event, chance at {load}",
                f"chance at {load} ({name})",
            )
        events = [p for p in parts if p.kind in ("disruption", "change")]
        first = parts[0]
        if events and sum(p.trains for p in events) >= ENOUGH * total:
            first = events[0]
        shares = ", ".join(f"{_part(p)} {p.trains:.0f}" for p in parts[:3] if p.trains >= 0.5)
        told = f"of the trains too many: {shares}"
        if first.kind == "overload":
            text = f"no single event but overload, {asked:.1f} a day against {usual:.1f}; {told}"
            return text, f"overload of {name}"
        if first.kind == "luck":
            return told, f"days of low capacity, {load} ({name})"
        if first.kind == "surge":
            flows = self._surge(rows, since, end)
            first_flow = flows.partition(" +")[0]
            span = "season" if end - since >= SEASON else "surge"
            return (
                f"{told}; more than usual of {flows}",
                f"{span} of {first_flow} ({name}, {load})",
            )
        return told, first.what

    def _surge(self, rows: pl.DataFrame, since: float, end: float) -> str:
        """Which flows came more than usual."""
        horizon, hours = self._results.horizon_h, end - since
        usual = dict(counts(rows["service"]))
        came = rows.filter(pl.col("in_h").is_between(since, end, closed="left"))
        more = [(n - usual[s] / horizon * hours, s) for s, n in counts(came["service"])]
        named = [f"{s} +{n:.0f}" for n, s in sorted(more, reverse=True)[:2] if n >= 0.5]
        return ", ".join(named) or "all trains"

    def _stuffing(self, cause: Cause, wait: Stretch) -> tuple[Link, _Next | None]:
        text = "others were before it; all that work there were taken"
        root = f"{cause.text}"
        return Link(cause.text, text, wait.begin_h, root), None

    def _closed(self, cause: Cause, wait: Stretch, train: int | None) -> tuple[Link, _Next | None]:
        network, place = self._scene.network, cause.place.partition("/")[0]
        for period in network.get("disruptions", ()):
            hit = {cause.place, place} & {t.removesuffix("/acceptance") for t in period["on"]}
            over = period["begin_h"] < wait.end_h and period["end_h"] > wait.begin_h
            if hit and over and period["factor"] == 0.0:
                name = _titled(period)
                text = (
                    f"{cause.place} was closed by {name}, {self._when(period['begin_h'])} to "
                    f"{self._when(period['end_h'])}"
                )
                return Link(cause.text, text, period["begin_h"], name), None
        for name, calendar in network.get("calendars", {}).items():
            if cause.place in calendar["on"]:
                hours = f"{cause.place} works by {name} ({calendar['title']})"
                return self._shut(cause, wait, train, hours), None
        text = f"{cause.place} let nothing through on these days"
        return Link(cause.text, text, wait.begin_h, f"{cause.place} closed"), None

    def _shut(self, cause: Cause, wait: Stretch, train: int | None, hours: str) -> Link:
        """A wait for opening; that of a queue which had not been served when it last shut."""
        place, _, activity = cause.place.partition("/")
        if activity and train is not None:
            before = self._scene.queue(place, activity).filter(
                (pl.col("start_h") > wait.begin_h) & (pl.col("start_h") < wait.end_h - 1e-9)
            )
            if before.height:
                link, _ = self._queue(cause_of(f"{cause.place}: busy"), wait, train)
                return Link(cause.text, f"{hours}; {link.text}", link.since_h, link.root)
        root = f"opening hours of {cause.place}"
        return Link(cause.text, f"{hours}; these hours it was shut", wait.begin_h, root)

    # -- places that are full --------------------------------------------------------------

    def _full(self, cause: Cause, wait: Stretch, train: int | None) -> tuple[Link, _Next | None]:
        time = max((wait.begin_h + wait.end_h) / 2.0, wait.begin_h)
        now = self._scene.trains_at(time)
        here = [self._holds(cause, row) for row in now.iter_rows(named=True)]
        inside = now.filter(pl.Series(here, dtype=pl.Boolean))
        what = "tracks" if cause.key == "track" else "places"
        rows = self._scene.queue(cause.place, "track" if cause.key == "track" else "enter")
        since = min(busy_since(waiting_of(rows), wait.end_h), wait.begin_h)
        told = ", ".join(f"{n} {_doing(d)}" for d, n in counts(inside["doing"])[:3])
        text = (
            f"all {what} of {cause.place} were taken on {self._when(time)}, with others waiting "
            f"for one since {self._when(since)}: {told}"
        )
        onward = _most([c for c in counts(inside["doing"]) if c[0] != WORKING])
        if onward is None:
            root = f"trains at work on all {what} of {cause.place}"
            return Link(cause.text, text, since, root), None
        return Link(cause.text, text, since), _Next(onward, time)

    def _holds(self, cause: Cause, row: dict[str, object]) -> bool:
        """Whether a train at its stage holds a track of the station, or a place on the line."""
        place, activity, service = row["place"], row["activity"], str(row["service"])
        way = self._scene.routes.get(service, [])
        if cause.place not in way:
            return False
        onward = self._scene.after(service, cause.place)
        if place == cause.place:
            return activity not in ("track", "enter")
        if place != onward:
            return False
        gates = ("enter", "path", "acceptance") if cause.key == "track" else ("track",)
        return activity in gates and bool(row["waits"])

    def _yard(self, cause: Cause, wait: Stretch, train: int | None) -> tuple[Link, _Next | None]:
        time = (wait.begin_h + wait.end_h) / 2.0
        boxes = self._scene.boxes_at(time)
        origins = [s for s, way in self._scene.routes.items() if way and way[0] == cause.place]
        stages = [f"{s}: yard" for s in origins] + [f"{cause.place}: yard", f"{cause.place}: truck"]
        inside = boxes.filter(pl.col("stage").is_in(stages))
        told = ", ".join(f"{n} {_doing(d)}" for d, n in counts(inside["doing"])[:3])
        text = f"the yard of {cause.place} was full on {self._when(time)}: {told}"
        onward = _most([c for c in counts(inside["doing"]) if c[0] != WORKING])
        if onward is None:
            return Link(cause.text, text, wait.begin_h, f"yard of {cause.place} too small"), None
        return Link(cause.text, text, wait.begin_h), _Next(onward, time)

    # -- equipment -------------------------------------------------------------------------

    def _fleet(self, fleet: str, time: float) -> tuple[str, str | None]:
        """Where a fleet stands, told, and the wait in which the largest part of it stands."""
        units = self._scene.units_at(fleet, time)
        where = counts(units["doing"])
        told = ", ".join(f"{n:,} {_doing(d)}" for d, n in where[:5])
        stuck = [(d, n) for d, n in where if _is_wait(d)]
        standing = sum(n for _, n in stuck)
        onward = stuck[0][0] if stuck and stuck[0][1] >= 0.15 * max(units.height, 1) else None
        text = (
            f"of {units.height:,} {fleet}, {standing:,} stood waiting with goods or trains on "
            f"{self._when(time)}: {told}"
        )
        return text, onward

    def _wagons(self, cause: Cause, wait: Stretch, train: int | None) -> tuple[Link, _Next | None]:
        service, time = cause.place, (wait.begin_h + wait.end_h) / 2.0
        mine = self._results.trains.filter(pl.col("service") == service).select(part_of="train")
        spells = self._results.equipment.filter(pl.col("state") == "under a train").join(
            mine, on="part_of", how="semi"
        )
        if spells.is_empty():
            return self._end(cause, wait, train)
        fleet = str(spells["fleet"][0])
        need = max(n for _, n in counts(spells["part_of"]))
        origin = self._scene.routes[service][0]
        series = self._scene.level(f"{origin}: free {fleet}")
        since = wait.begin_h
        if series is not None:
            enough = series.time[(series.time < wait.end_h) & (series.level >= need)]
            after = series.time[series.time > enough[-1]] if len(enough) else series.time
            since = min(float(after[0]) if len(after) else since, wait.begin_h)
        told, onward = self._fleet(fleet, time)
        text = f"fewer than {need} wagons were free at {origin} since {self._when(since)}; {told}"
        if onward is None:
            root = self._elsewhere(fleet, time, origin, need)
            return Link(cause.text, text, since, root), None
        return Link(cause.text, text, since), _Next(onward, time)

    def _hindered(self, fleet: str, time: float) -> str | None:
        """What most boxes stand waiting for on their way, if so many do that it is felt."""
        units = self._scene.units_at(fleet, time)
        stuck = [(d, n) for d, n in counts(units["doing"]) if cause_of(d).key in HINDRANCES]
        felt = sum(n for _, n in stuck) >= FELT * max(units.height, 1)
        return stuck[0][0] if felt else None

    def _elsewhere(self, fleet: str, time: float, origin: str, need: int) -> str:
        """Whether a train's wagons stood free at another station, or there were too few."""
        units = self._scene.units_at(fleet, time).filter(
            (pl.col("state") == "at hand") & (pl.col("place") != origin)
        )
        spare = [(place, n) for place, n in counts(units["place"]) if n >= need]
        if not spare:
            return f"too few {fleet} for their way round, by {origin}"
        place, number = spare[0]
        return f"{fleet} in the wrong place: {number:,} stood free at {place}, not at {origin}"

    def _empties(self, cause: Cause, wait: Stretch, train: int | None) -> tuple[Link, _Next | None]:
        terminal, time = cause.place, wait.begin_h
        series = self._scene.level(f"{terminal}: goods waiting for empties")
        levels = self._results.levels["series"].unique().to_list()
        mark = f"{terminal}: empty "
        fleet = next((s.removeprefix(mark) for s in levels if s.startswith(mark)), None)
        if series is None or fleet is None:
            return self._end(cause, wait, train)
        since = min(busy_since(series, wait.end_h), wait.begin_h)
        hours = max(wait.end_h - since, 1.0)
        filled = self._results.equipment.filter(
            (pl.col("fleet") == fleet)
            & (pl.col("state") == "laden")
            & (pl.col("place") == terminal)
        )["begin_h"]
        horizon = self._results.horizon_h
        came = int(filled.is_between(since, wait.end_h, closed="left").sum()) / hours * 24
        usual_came = filled.len() / horizon * 24
        ready = self._results.containers.filter(
            (pl.col("origin") == terminal) & ~pl.col("refused")
        )["ready_h"]
        need = int(ready.is_between(since, wait.end_h, closed="left").sum()) / hours * 24
        usual_need = ready.len() / horizon * 24
        told, _ = self._fleet(fleet, time)
        onward = self._hindered(fleet, time)
        text = (
            f"{terminal} had run out of empty boxes on {self._when(since)}, and "
            f"{series.at(wait.begin_h):,.0f} boxes of goods waited for one; until it got one goods "
            f"for {need:.0f} boxes a day came (usually {usual_need:.0f}) against {came:.0f} "
            f"empties filled (usually {usual_came:.0f}); {told}"
        )
        if onward is None:
            if need > 1.1 * usual_need and usual_need <= 1.05 * usual_came:
                ending = f"season: more goods than empties come back to {terminal}"
            else:
                ending = f"more goods than empties come back to {terminal}"
            text += f": no single event, {need:.0f} a day against {came:.0f}"
            return Link(cause.text, text, since, ending), None
        return Link(cause.text, text, since), _Next(onward, time)

    # -- boxes that wait for a train -------------------------------------------------------

    def _room(self, cause: Cause, wait: Stretch, train: int | None) -> tuple[Link, _Next | None]:
        service, results = cause.place, self._results
        series = self._scene.level(f"{service}: boxes waiting for a train")
        runs = results.trains.filter(pl.col("service") == service).sort("formed_h")
        formed = runs["formed_h"].to_numpy()
        if series is None or not len(formed):
            return self._end(cause, wait, train)
        left = series.at(formed)
        # The trains one after another that left boxes behind, up to the last before it got on.
        last = int(np.searchsorted(formed, wait.end_h + 1e-9)) - 1
        first = max(last, 0)
        while first > 0 and left[first - 1] > 0.0:
            first -= 1
        since = min(float(formed[first]), wait.begin_h)
        start = float(formed[first - 1]) if first > 0 else 0.0
        end = max(wait.end_h, since)
        hours, horizon = max(end - start, 1.0), results.horizon_h
        came = float(series.at(end) - series.at(start)) + self._boarded(service, start, end)
        usual_came = (self._boarded(service, 0.0, horizon) + float(series.at(horizon))) / horizon
        room = runs["slots"].fill_null(runs["boxes"]).to_numpy()
        usual_room, there = float(room.sum()) / horizon, float(room[first : last + 1].sum())
        surge = came - usual_came * hours
        fewer = usual_room * hours - there
        text = (
            f"trains of {service} left boxes behind since {self._when(since)}; when it came "
            f"{series.at(wait.begin_h):,.0f} boxes waited; from then on {came / hours * 24:.1f} a "
            f"day came (usually {usual_came * 24:.1f}) and there was room for "
            f"{there / hours * 24:.1f} (usually {usual_room * 24:.1f})"
        )
        late = self._late(runs[first : last + 1])
        if fewer > max(surge, 0.0) and late is not None and late[0] >= 0.25 * wait.hours:
            text += (
                f"; {late[2]} of its trains left late, one of them {late[0]:.0f} h, "
                f"for want of {late[1]}"
            )
            return Link(cause.text, text, since), _Next(late[3], late[4])
        if usual_came >= 0.98 * usual_room and surge <= usual_came * hours * 0.25:
            text += ": no single event, as many boxes come as there is room for, or more"
            return Link(cause.text, text, since, f"too little room on {service}"), None
        if fewer > max(surge, 0.0):
            text += ": fewer trains ran than usual"
            return Link(cause.text, text, since, f"fewer trains of {service}"), None
        held = self._held_before(service, start, end)
        if held is not None:
            cause_before, extra, time = held
            text += (
                f"; they came late and together: on the way there {cause_before} held each "
                f"{extra:.0f} h longer than usual"
            )
            return Link(cause.text, text, since), _Next(cause_before, time)
        span = "a season" if hours >= SEASON else "a surge"
        root = f"{span} of more boxes than usual for {service}"
        return Link(cause.text, f"{text}: {span} of more goods", since, root), None

    def _boarded(self, service: str, begin: float, end: float) -> float:
        """Followed boxes that left with a service after begin, until end."""
        return (
            self._legs(service)
            .filter((pl.col("boarded_h") > begin) & (pl.col("boarded_h") <= end))
            .height
        )

    def _legs(self, service: str) -> pl.DataFrame:
        mine = self._results.trains.filter(pl.col("service") == service).select("train")
        return self._results.legs.join(mine, on="train", how="semi")

    def _late(self, runs: pl.DataFrame) -> tuple[float, str, int, str, float] | None:
        """Hours late, for want of what, how many trains, the cause and when; None if on time."""
        known = runs.filter(pl.col("due_h").is_not_null()).with_columns(
            late=pl.col("formed_h") - pl.col("due_h"),
            wagons=pl.col("formed_h") - pl.col("admitted_h"),
        )
        if known.is_empty() or float(known["late"].sum()) < 1.0:
            return None
        row = known.sort("late", descending=True).row(0, named=True)
        trains = known.filter(pl.col("late") > 0.0).height
        service = row["service"]
        if row["wagons"] * 2.0 >= row["late"]:
            time = row["formed_h"] - row["wagons"] / 2.0
            return row["late"], "wagons", trains, f"{service}: no wagons", time
        gates = {r["place"] for r in self._results.meta["resources"]}
        line = next((p for p in self._scene.routes[service] if p in gates), service)
        time = (row["due_h"] + row["admitted_h"]) / 2.0
        return row["late"], "admission", trains, f"{line}: not admitted", time

    def _held_before(
        self, service: str, begin: float, end: float
    ) -> tuple[str, float, float] | None:
        """The cause that held the boxes of a time most beyond the usual before they came there."""
        legs = self._legs(service).select("container", came="ready_h")
        waits = (
            self._results.waits.filter(pl.col("cause").is_not_null())
            .join(legs, on="container", how="inner")
            .filter((pl.col("end_h") <= pl.col("came") + 1e-6) & pl.col("train").is_not_null())
        )
        recent = legs.filter((pl.col("came") > begin) & (pl.col("came") <= end))
        if recent.is_empty() or waits.is_empty():
            return None
        usual = waits.group_by("cause").agg(pl.col("hours").sum() / legs.height)
        now = (
            waits.filter((pl.col("came") > begin) & (pl.col("came") <= end))
            .group_by("cause")
            .agg(now=pl.col("hours").sum() / recent.height, time=pl.col("begin_h").median())
            .join(usual, on="cause")
            .with_columns(extra=pl.col("now") - pl.col("hours"))
            .sort(["extra", "cause"], descending=[True, False])
        )
        if now.is_empty() or now["extra"][0] < 12.0:
            return None
        # the wait of the box in the middle, so that someone is there to be looked at
        cause = str(now["cause"][0])
        return cause, float(now["extra"][0]), float(now["time"][0]) + 1e-3

    # -- rules and the rest ----------------------------------------------------------------

    def _admission(
        self, cause: Cause, wait: Stretch, train: int | None
    ) -> tuple[Link, _Next | None]:
        time = (wait.begin_h + wait.end_h) / 2.0
        text = f"the admission rule let no train set out for {cause.place}"
        now = self._scene.trains_at(time).filter(pl.col("waits"))
        held = counts(now["doing"])
        gate = f"{cause.place}: acceptance"
        number = dict(held).get(gate, 0)
        if number:
            text += f", where {number} trains stood"
            return Link(cause.text, text, wait.begin_h), _Next(gate, time)
        return Link(cause.text, text, wait.begin_h, f"admission rule of {cause.place}"), None

    def _end(self, cause: Cause, wait: Stretch, train: int | None) -> tuple[Link, _Next | None]:
        texts = {
            "due": (
                f"the dispatch rule of {cause.place} had no train due before",
                f"dispatch rule of {cause.place}",
            ),
            "analysis": (
                "the laboratory had taken a sample; this is how long its answer took",
                f"sampled at {cause.place}",
            ),
            "slot": (f"all slots of {cause.place} were taken", f"{cause.place} full"),
            "before": (
                "the cranes moved other boxes of its train, and of trains before, first",
                f"its place on the train ({cause.place})",
            ),
            "dwell": (
                "the consignee had not yet called for it",
                f"consignees at {cause.place}",
            ),
            "truck": (f"all trucks of {cause.place} were on the road", f"trucks of {cause.place}"),
            "ship": (
                f"the next ship of {cause.place} with a slot left had not come",
                f"sailings of {cause.place}",
            ),
        }
        text, root = texts.get(cause.key, (f"{cause.kind}", cause.text))
        return Link(cause.text, text, wait.begin_h, root), None


def _part(part: Part) -> str:
    names = {
        "surge": "more came than usual",
        "overload": "overload",
        "luck": "days of low capacity",
    }
    return names.get(part.kind, part.what)


def _queue_name(cause: Cause) -> str:
    return cause.place if cause.key == "busy" else cause.text.removesuffix(" free")


def _titled(period: dict[str, object]) -> str:
    name, title = str(period["name"]), str(period["title"])
    return name if name == title else f"{name} ({title})"


def _is_wait(doing: str) -> bool:
    return doing != WORKING and cause_of(doing).key not in ("other", "dwell")


def _doing(doing: str) -> str:
    return f"waiting: {doing}" if _is_wait(doing) else doing


def _most(found: list[tuple[str, int]]) -> str | None:
    return found[0][0] if found else None
