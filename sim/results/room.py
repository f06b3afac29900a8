"""How much more the trains that took exports could have carried, and where boxes stand laden.

A corridor may lack empty boxes at its origin only because they stand laden behind full trains.
What trains could still have taken bounds what more boxes alone could bring, whatever they cost:
nobody leaves but on a train.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from sim.results.carriers import carriers, services_of
from sim.results.causes import cause_of
from sim.results.text import holding, matching, plain
from sim.results.waited import taken, waiting_by_cause

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.results.run import Results

FULL = 0.97
"""Share of the slots taken from which trains count as full."""
FOR_A_TRAIN = ("room", "due", "admission", "ban", "wagons")
"""Causes for which a laden box waits for its train."""


@dataclass(frozen=True)
class Room:
    """Trains that carried exports away from one station, between warm-up and horizon.

    ``laden`` are the boxes and wagonloads on them, ``load`` the mean tonnes of exports in each.
    """

    station: str
    services: tuple[str, ...]
    trains: int
    slots: int
    laden: int
    load: float
    by_clock: bool
    """Whether they leave by the clock, so that more boxes would make no more trains."""

    @property
    def fill(self) -> float:
        """Laden boxes over slots."""
        return self.laden / self.slots if self.slots else 0.0

    @property
    def more(self) -> float:
        """What the same trains could have carried more at most, as a share of what they did."""
        return self.slots / self.laden - 1.0 if self.laden else float("inf")

    @property
    def more_t(self) -> float:
        """The same in tonnes, at the mean load."""
        return (self.slots - self.laden) * self.load

    @property
    def full(self) -> bool:
        """Whether next to nothing more fits."""
        return self.fill >= FULL


def rooms(results: Results) -> list[Room]:
    """The trains that carry exports out, by the station that they leave from, in its order.

    Of services that share a slot with others (transit trains that pass) the slots are not known;
    stations with one of them are left out.
    """
    network: dict[str, Any] = results.meta.get("network") or {}
    routes, known = network.get("routes", {}), services_of(results)
    left = results.trains.filter(
        pl.col("departed_h").is_between(results.warmup_h, results.horizon_h)
    )
    by_station: dict[str, list[str]] = {}
    for service in sorted(carriers(results)):
        by_station.setdefault(routes.get(service, [service])[0], []).append(service)
    laden, exports, tonnes = _laden(results)
    found = []
    for station, services in sorted(by_station.items()):
        mine = left.filter(pl.col("service").is_in(services))
        if not mine.height or mine["slots"].null_count():
            continue
        numbers = mine["train"].to_numpy()
        carried = int(exports[numbers].sum())
        found.append(
            Room(
                station,
                tuple(services),
                mine.height,
                int(mine["slots"].sum()),
                int(laden[numbers].sum()),
                float(tonnes[numbers].sum()) / carried if carried else 0.0,
                all(known.get(s, {}).get("by_clock", False) for s in services),
            )
        )
    return found


def together(found: list[Room]) -> Room | None:
    """All stations as one; None without any."""
    if not found or not sum(room.slots for room in found):
        return None
    slots, laden = sum(room.slots for room in found), sum(room.laden for room in found)
    return Room(
        ", ".join(room.station for room in found),
        tuple(s for room in found for s in room.services),
        sum(room.trains for room in found),
        slots,
        laden,
        # Free slots count with the load of their own station's trains.
        sum(room.more_t for room in found) / (slots - laden) if slots > laden else 0.0,
        all(room.by_clock for room in found),
    )


def _laden(results: Results) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Laden boxes on each train, by its number, how many of them are exports, and their tonnes."""
    size = results.trains.height
    laden, exports = (np.zeros(size, dtype=np.int64) for _ in range(2))
    tonnes = np.zeros(size)
    own = ["container", "flow", "tonnes"]
    for boxes, legs in results.together(containers=own, legs=["container", "train"]):
        number, train = boxes["container"].to_numpy(), legs["train"].to_numpy()
        load = np.zeros(int(number.max(initial=-1)) + 1)
        load[number] = boxes["tonnes"].to_numpy()
        mine = np.zeros(len(load), dtype=np.bool_)
        mine[number] = holding(boxes["flow"], "exports")
        out = mine[legs["container"].to_numpy()]
        laden += np.bincount(train, minlength=size)
        exports += np.bincount(train[out], minlength=size)
        tonnes += np.bincount(train[out], load[legs["container"].to_numpy()[out]], minlength=size)
    return laden, exports, tonnes


def fleets_short(results: Results) -> list[str]:
    """Fleets of which exports taken waited for an empty unit."""
    found: set[str] = set()
    for boxes, waits in results.together(
        containers=["container", "fleet", *taken(results, "exports").meta.root_names()],
        waits=["container", "cause"],
    ):
        mine = plain(boxes).filter(taken(results, "exports"))
        lacked = matching(waits["cause"], lambda text: cause_of(text).key == "empties")
        short = waits["container"].filter(pl.Series(lacked)).unique()
        found |= set(mine.filter(pl.col("container").is_in(short.implode()))["fleet"].unique())
    return sorted(found - {None})


def standing(results: Results, fleets: list[str]) -> tuple[float, float, dict[str, float]]:
    """Where the units of some fleets were, as time means between warm-up and horizon.

    Returns:
        units there were; those under way with goods in them; and those of the laden that waited
        in a yard for a train, by the service that they waited for, most first.
    """
    begin, end = results.warmup_h, results.horizon_h
    length = max(end - begin, 1e-9)

    def within(rows: pl.DataFrame) -> Any:
        until = rows["end_h"].fill_null(end).to_numpy()
        return np.maximum(
            np.minimum(until, end) - np.maximum(rows["begin_h"].to_numpy(), begin), 0.0
        )

    all_h = laden_h = 0.0
    for part in results.parts("equipment", ["fleet", "state", "begin_h", "end_h"]):
        rows = part.filter(pl.Series(matching(part["fleet"], lambda f: f in fleets)))
        hours = within(rows)
        there = ~matching(rows["state"], lambda s: s == "given back")
        all_h += float(hours[there].sum())
        laden_h += float(hours[matching(rows["state"], lambda s: s == "laden")].sum())
    waited: dict[str, float] = {}
    told = ["container", "cause", "begin_h", "end_h", "hours"]
    for boxes, waits in results.together(containers=["container", "fleet"], waits=told):
        mine = boxes.filter(pl.Series(matching(boxes["fleet"], lambda f: f in fleets)))
        kept = matching(waits["cause"], lambda text: cause_of(text).key in FOR_A_TRAIN)
        rows = waits.filter(pl.Series(kept)).join(mine, on="container", how="semi")
        length_h = np.maximum((rows["end_h"] - rows["begin_h"]).to_numpy(), 1e-12)
        rows = rows.with_columns(h=pl.Series(within(rows) / length_h * rows["hours"].to_numpy()))
        for cause, hours in plain(rows).group_by("cause").agg(pl.col("h").sum()).iter_rows():
            service = cause_of(cause).place
            waited[service] = waited.get(service, 0.0) + hours / length
    ranked = sorted(waited.items(), key=lambda item: (-item[1], item[0]))
    return all_h / length, laden_h / length, {name: n for name, n in ranked if n > 0.0}


SHORT = 0.05
"""Share of all waiting from which it is told where the empty units are that are missing."""


def summary(results: Results) -> dict[str, Any] | None:
    """What trains could still have carried, as JSON knows it; None without trains of exports.

    ``stations`` (station, services, trains, slots, laden, fill, more, more_t, full, by_clock), the
    same of all together, and ``missing``: where units are that exports waited for (fleets, units,
    laden, waiting by service), None unless that is a twentieth of all waiting.
    """
    found = rooms(results)
    whole = together(found)
    if whole is None or not whole.laden:
        return None
    causes = waiting_by_cause(results)
    short = sum(h for c, h in causes.items() if cause_of(c).key == "empties")
    missing = None
    if short > SHORT * sum(causes.values()):
        fleets = fleets_short(results)
        units, laden, waiting = standing(results, fleets)
        missing = {"fleets": fleets, "units": units, "laden": laden, "waiting": waiting}
    return {
        "stations": [
            {"station": r.station, "services": list(r.services), **_figures(r)} for r in found
        ],
        **_figures(whole),
        "missing": missing,
    }


def _figures(room: Room) -> dict[str, Any]:
    return {
        "trains": room.trains,
        "slots": room.slots,
        "laden": room.laden,
        "fill": room.fill,
        "more": room.more if room.laden else None,
        "more_t": room.more_t,
        "full": room.full,
        "by_clock": room.by_clock,
    }
