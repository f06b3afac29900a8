"""Why a run, a container or a train was late: delays by cause, and journeys that add up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from sim.results.bans import banned_within, border_line
from sim.results.causes import cause_of
from sim.results.errors import ResultsError
from sim.results.integrity import TOLERANCE
from sim.results.levels import CAPACITY
from sim.results.series import start_of
from sim.results.tables import LOADING
from sim.results.waited import taken, waited_by

if TYPE_CHECKING:
    from sim.results.run import Results


def pareto(results: Results, *, flow: str = "exports") -> pl.DataFrame:
    """Waiting hours by cause, most first, of containers ready after the warm-up.

    Columns: ``cause``, ``place``, ``kind``, ``hours``, ``tonne_hours``, ``share`` (of all hours
    waited), ``cumulative`` (of this cause and those above), ``containers`` (that waited so).
    """
    by, _ = waited_by(results, ["cause"], taken(results, flow))
    by = by.sort(["hours", "cause"], descending=[True, False])
    return by.select(
        "cause",
        _map(by["cause"], lambda c: cause_of(c).place).alias("place"),
        _map(by["cause"], lambda c: cause_of(c).kind).alias("kind"),
        "hours",
        "tonne_hours",
        share=pl.col("hours") / pl.col("hours").sum(),
        cumulative=pl.col("hours").cum_sum() / pl.col("hours").sum(),
        containers="containers",
    )


def _map(texts: pl.Series, function: object) -> pl.Series:
    return pl.Series([function(t) for t in texts], dtype=pl.String)  # type: ignore[operator]


def by_kind(causes: pl.DataFrame) -> pl.DataFrame:
    """The hours and shares of ``pareto`` by kind of cause, most first."""
    return (
        causes.group_by("kind")
        .agg(pl.col("hours").sum(), pl.col("share").sum())
        .sort(["hours", "kind"], descending=[True, False])
    )


@dataclass(frozen=True)
class Stretch:
    """A stretch of a container's or train's time; ``cause`` is None while it worked or moved.

    ``hours`` is less than its length where another stretch with the same begin and end shares it.
    """

    stage: str
    cause: str | None
    begin_h: float
    end_h: float
    hours: float
    train: int | None = None


@dataclass(frozen=True)
class Account:
    """All that happened to one container or train, in order."""

    what: str
    """``container`` or ``train``."""
    number: int
    title: str
    begin_h: float
    end_h: float
    ended: str
    """How it ended: delivered, rejected, refused, arrived, or still on its way."""
    typical_h: float | None
    """Median of the same time of the others of its kind that ended; None without any."""
    typical_of: str
    stretches: tuple[Stretch, ...]

    @property
    def total_h(self) -> float:
        """From its begin to its end or the horizon."""
        return self.end_h - self.begin_h

    @property
    def waiting_h(self) -> float:
        """Hours with a cause."""
        return sum(s.hours for s in self.stretches if s.cause is not None)

    @property
    def working_h(self) -> float:
        """Hours without one."""
        return sum(s.hours for s in self.stretches if s.cause is None)

    @property
    def unaccounted_h(self) -> float:
        """What the stretches miss of the whole; 0 to the last minute."""
        return self.total_h - self.waiting_h - self.working_h

    @property
    def adds_up(self) -> bool:
        """Whether every minute is put down to something."""
        return abs(self.unaccounted_h) <= TOLERANCE * max(len(self.stretches), 1)


def container_account(results: Results, container: int) -> Account:
    """The journey of a container.

    Raises:
        ResultsError: there is no such container.
    """
    one = pl.col("container") == container
    found = results.chosen("containers", one)
    if found.is_empty():
        most = sum(part.height for part in results.parts("containers", ["container"])) - 1
        raise ResultsError(f"there is no container {container}; expected 0 to {most}")
    row = found.row(0, named=True)
    end, ended = results.horizon_h, "not delivered by the end of the run"
    if row["refused"]:
        end, ended = row["ready_h"], "refused, because the elevator was full"
    elif row["delivered_h"] is not None:
        end, ended = row["delivered_h"], "delivered"
    elif row["rejected_h"] is not None:
        end, ended = row["rejected_h"], "turned back by a laboratory"
    same = ("flow", "origin", "destination")
    alike = results.each(
        "containers",
        [*same, "ready_h", "delivered_h"],
        lambda part: part.filter(*(pl.col(name) == row[name] for name in same)).select(
            hours=pl.col("delivered_h") - pl.col("ready_h")
        ),
    )
    lead = alike["hours"].median()
    told = ["stage", "cause", "begin_h", "end_h", "hours", "train"]
    stretches = tuple(
        Stretch(*values) for values in results.chosen("waits", one).select(told).iter_rows()
    )
    title = (
        f"{row['tonnes']:g} t of {row['commodity']} from {row['origin']} to {row['destination']}"
        + ("" if row["crossing"] is None else f" by {row['crossing']}")
    )
    return Account(
        "container",
        container,
        title,
        row["ready_h"],
        end,
        ended,
        None if lead is None else float(lead),  # type: ignore[arg-type]
        f"{row['flow']} from {row['origin']} to {row['destination']}",
        stretches,
    )


def train_number(results: Results, name: str) -> int:
    """The train of that number, or of that name (``service/serial``).

    Raises:
        ResultsError: there is no such train.
    """
    trains = results.trains
    if name.isdigit():
        if int(name) < trains.height:
            return int(name)
        raise ResultsError(f"there is no train {name}; expected 0 to {trains.height - 1}")
    found = trains.filter(pl.col("name") == name)["train"]
    if len(found):
        return int(found[0])
    from difflib import get_close_matches

    service = name.partition("/")[0]
    mine = trains.filter(pl.col("service") == service)["name"]
    if len(mine):
        raise ResultsError(f"there is no train {name}; {service} has {mine[0]} to {mine[-1]}")
    near = get_close_matches(service, trains["service"].unique().sort().to_list(), 1)
    hint = f"did you mean {near[0]}/…?" if near else "expected service/serial, or a number"
    raise ResultsError(f"there is no train {name}; {hint}")


def train_account(results: Results, train: int) -> Account:
    """The journey of a train, from when it was due, or appeared."""
    row = results.trains.row(train, named=True)
    horizon = results.horizon_h
    formed, service = row["formed_h"], row["service"]
    begin = formed if row["due_h"] is None else min(row["due_h"], formed)
    admitted = begin if row["admitted_h"] is None else min(max(row["admitted_h"], begin), formed)
    stretches = []
    if admitted > begin:
        at, yard = border_line(results, service), f"{service}: yard"
        banned = banned_within(results, at, row["train_class"], begin, admitted)
        asked = admitted - begin - banned
        if banned > 0.0:
            stretches.append(Stretch(yard, f"{at}: loading banned", begin, admitted, banned))
        if asked > TOLERANCE:
            stretches.append(Stretch(yard, f"{at}: not admitted", begin, admitted, asked))
    if formed > admitted:
        cause = f"{service}: no wagons"
        stretches.append(Stretch(f"{service}: yard", cause, admitted, formed, formed - admitted))
    for stage in results.stages.filter(pl.col("train") == train).iter_rows(named=True):
        stretches += _of_stage(results, stage)
    alike = results.trains.filter(pl.col("service") == service)
    lead = (alike["ended_h"] - pl.Series(alike["due_h"].fill_null(alike["formed_h"]))).median()
    ended = row["ended_h"]
    how = {"done": "arrived", "refused": "turned away"}.get(row["outcome"], "still on its way")
    return Account(
        "train",
        train,
        f"{row['name']}, class {row['train_class']}, {row['boxes']} boxes",
        begin,
        horizon if ended is None else ended,
        how,
        None if lead is None else float(lead),  # type: ignore[arg-type]
        f"trains of {service}",
        tuple(sorted(stretches, key=lambda s: (s.begin_h, s.end_h))),
    )


def _of_stage(results: Results, stage: dict[str, object]) -> list[Stretch]:
    """Waiting and working of one stage of a train, with the hours of closure in each."""
    place, activity = str(stage["place"]), str(stage["activity"])
    asked, cause = float(stage["in_h"]), stage["cause"]  # type: ignore[arg-type]
    got = results.horizon_h if stage["start_h"] is None else float(stage["start_h"])  # type: ignore[arg-type]
    left = results.horizon_h if stage["end_h"] is None else float(stage["end_h"])  # type: ignore[arg-type]
    name = f"{place}: {activity}"
    line = activity in ("enter", "run", "path", "acceptance", "track")
    closed_cause = f"{place}: closed" if line else f"{place}/{activity}: closed"
    # The table names the cause of most of a wait; the rest of it is the other one.
    open_cause = str(cause) if cause != closed_cause else _open_cause(place, activity)
    shut = closed_within(results, place, activity)
    made = []
    for begin, end, why in ((asked, got, open_cause), (got, left, None)):
        if end <= begin:
            continue
        lost = sum(max(min(b, end) - max(a, begin), 0.0) for a, b in shut)
        if lost > 0.0:
            made.append(Stretch(name, closed_cause, begin, end, lost))
        if end - begin - lost > TOLERANCE:
            made.append(Stretch(name, why, begin, end, end - begin - lost))
    return made


def _open_cause(place: str, activity: str) -> str:
    if activity == "acceptance":
        return f"{place}: acceptance"
    return f"{place}: no path free" if activity == "path" else f"{place}/{activity}: busy"


def closed_within(results: Results, place: str, activity: str) -> list[tuple[float, float]]:
    """When a gate, a work or a line stood still, hours: begin and end of each time."""
    if activity in ("enter", "track", LOADING):
        return []
    rows = results.chosen("levels", pl.col("series") == f"{place}/{activity}: {CAPACITY}")
    if rows.height:
        times = [*rows["time_h"].to_list(), results.horizon_h]
        levels = rows["level"].to_list()
        return [(times[i], times[i + 1]) for i, level in enumerate(levels) if level == 0.0]
    names = {place, f"{place}/{'paths' if activity == 'path' else activity}"}
    cuts = sorted(
        (p["begin_h"], p["end_h"])
        for p in results.meta.get("network", {}).get("disruptions", ())
        if p["factor"] == 0.0 and names & set(p["on"])
    )
    made: list[tuple[float, float]] = []
    for begin, end in cuts:
        if made and begin <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((begin, end))
    return made


def when(results: Results, hours: float) -> str:
    """A date and time as people read it, UTC."""
    moment = start_of(results) + timedelta(hours=hours)
    return f"{moment:%d %b %Y %H:%M}"
