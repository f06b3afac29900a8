"""Where each container's hours went: the pieces of the table of waits, from ready to delivered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from sim.corridor.pieces import Pieces
from sim.corridor.placing import KIND, Shared
from sim.corridor.records import NAN, Records
from sim.corridor.sorting import in_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.corridor.placing import Kinds
    from sim.corridor.profile import Profile
    from sim.corridor.service import ServiceLine


def waits(records: Records) -> pl.DataFrame:
    """The stretches of each container's time, in order; working hours have no cause.

    For a delivered container they follow each other from ready to delivered.
    """
    pieces = Pieces(len(records.containers), records.horizon)
    _at_terminal(records, pieces)
    if len(records.l_row):
        shared, begun = _of_trains(records, pieces)
        for entries in boardings(records.l_row, len(records.containers)):
            _before_trains(records, pieces, entries)
            train = records.l_train[entries]
            pieces.add_shared(records.l_row[entries], train, shared, train)
            _under_cranes(records, pieces, entries, begun)
            _in_laboratory(records, pieces, entries)
    _after_trains(records, pieces)
    if records.part.last:
        _still_waiting(records, pieces)
    return pieces.frame(records.containers, records.part.first_train)


def boardings(rows: NDArray[np.int64], size: int) -> Iterator[NDArray[np.int64]]:
    """Positions of first trains of containers, then of second ones, and so on, each as they come.

    ``rows`` are the containers that boarded, below ``size``.
    """
    left = np.arange(len(rows))
    first = np.empty(size, dtype=np.int64)
    while len(left):
        # Written from the last to the first, so that the first stays.
        first[rows[left[::-1]]] = left[::-1]
        mine = first[rows[left]] == left
        yield left[mine]
        left = left[~mine]


def _at_terminal(records: Records, pieces: Pieces) -> None:
    corridor, box = records.corridor, records.box
    supply = box("supply")
    taken = ~box("refused")
    taken &= box("turned_back_at") < 0
    ready, matched = box("ready"), box("matched")
    equipped = box("equipped")
    # Where the yard never stopped anybody, boxes are matched as soon as there is an empty.
    equipped = np.where(np.isnan(equipped), matched, equipped)
    begun, stuffed = box("stuffing"), box("stuffed")
    tables = corridor.tables
    supplies = [(s.terminal, tables.loaded_into(s)) for s in tables.supplies.values()]
    for terminal, fleet in dict.fromkeys(supplies):
        profile = corridor.stuffing[terminal]
        own = tables.stock_name(terminal, fleet) == terminal
        mine = np.array([s == (terminal, fleet) for s in supplies], dtype=bool)
        rows = np.flatnonzero(taken & mine[supply])
        goods, stuffing = f"{terminal}: goods", f"{terminal}: stuffing"
        short = f"{terminal}: no empty {'container' if own else fleet}"
        begin, end = matched[rows], begun[rows]
        pieces.add(rows, pieces.kind(goods, short), ready[rows], equipped[rows])
        pieces.add(rows, pieces.kind(goods, f"{terminal}: yard full"), equipped[rows], begin)
        shut = np.zeros(len(rows))
        known = ~np.isnan(begin)
        shut[known] = _closed(profile, begin[known], np.fmin(end, records.horizon)[known])
        busy = pieces.kind(stuffing, f"{terminal}/stuffing: busy")
        closed = pieces.kind(stuffing, f"{terminal}/stuffing: closed")
        pieces.add_split(rows, busy, closed, begin, end, shut)
        pieces.add(rows, pieces.kind(stuffing, None), end, stuffed[rows])


def _closed(
    profile: Profile, begin: NDArray[np.float64], end: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Hours between two times in which nothing was worked."""
    if profile.constant is not None:
        return np.zeros(len(begin))
    return profile.closed_hours(end) - profile.closed_hours(begin)


def _ban(service: ServiceLine) -> str:
    """The cause of waiting under a ban; that of waiting for the rule where there is no ban."""
    what = "not admitted" if service.bans.loading.constant is not None else "loading banned"
    return f"{service.border}: {what}"


def _before_trains(records: Records, pieces: Pieces, entries: NDArray[np.int64]) -> None:
    """From the yard to the train: no room on the trains before, not due, no wagons."""
    legs = records.legs
    rows, train, leg = records.l_row[entries], records.l_train[entries], records.l_leg[entries]
    formed, ready = records.t_formed[train], records.l_ready[entries]
    missed = np.maximum(ready, np.minimum(records.before[leg], formed))
    due = np.maximum(missed, np.minimum(records.due[leg], formed))
    admitted = np.clip(records.admitted[leg], due, formed)
    services = records.corridor.services
    names = list(dict.fromkeys(one.train.service for one in legs))
    number = {name: i for i, name in enumerate(names)}
    whose = np.array([number[one.train.service] for one in legs], dtype=np.int64)[leg]

    def kinds(causes: list[str]) -> Kinds:
        made = [pieces.kind(f"{n}: yard", c) for n, c in zip(names, causes, strict=True)]
        codes: Kinds = np.array(made, dtype=KIND)[whose]
        return codes

    no_room = kinds([f"{name}: earlier trains full" for name in names])
    not_due = kinds([f"{name}: train not due" for name in names])
    not_admitted = kinds([f"{services[name].border}: not admitted" for name in names])
    no_wagons = kinds([f"{name}: no wagons" for name in names])
    banned = np.zeros(len(rows))
    bans = not_admitted
    if any(services[name].bans.loading.constant is None for name in names):
        bans = kinds([_ban(services[name]) for name in names])
        for name, which in number.items():
            mine = whose == which
            banned[mine] = _closed(services[name].bans.loading, due[mine], admitted[mine])
    pieces.add(rows, no_room, ready, missed, train)
    pieces.add(rows, not_due, missed, due, train)
    pieces.add_split(rows, not_admitted, bans, due, admitted, banned, train)
    pieces.add(rows, no_wagons, admitted, formed, train)


def _of_trains(records: Records, pieces: Pieces) -> tuple[Shared, NDArray[np.float64]]:
    """The stages of each train up to the cranes, as all on board have them.

    Also when the cranes began with it, not a number if they have not.
    """
    kinds = records.corridor.journal.kinds
    s_train, s_kind, s_in = records.s_train, records.s_kind, records.s_in
    size = len(records.t_formed)
    carries = np.zeros(size, dtype=bool)
    unloading = np.full(size, -1, dtype=np.int64)
    for leg in records.legs:
        number_of = leg.train.number - records.part.first_train
        carries[number_of] = True
        unloading[number_of] = leg.unloading
    # A train reaches its last cranes once; what it does after is no longer on the boxes.
    last = (unloading[s_train] == s_kind) & carries[s_train]
    reached = np.full(size, np.inf)
    reached[s_train[last]] = s_in[last]
    begun = np.full(size, NAN)
    begun[s_train[last]] = records.s_start[last]
    until = reached[s_train]
    mine = np.flatnonzero(
        carries[s_train] & (s_in <= until) & ((s_in < until) | last | (records.s_end <= until))
    )
    mine = mine[in_order(s_train[mine])]
    train, kind, since = s_train[mine], s_kind[mine], s_in[mine]
    start = np.where(np.isnan(records.s_start[mine]), records.horizon, records.s_start[mine])
    end = np.where(np.isnan(records.s_end[mine]), records.horizon, records.s_end[mine])
    end = np.where(last[mine], start, end)
    closed = records.closed(kind, since, start)
    paused = records.closed(kind, start, end)
    names = [f"{k.place}: {k.activity}" for k in kinds]

    def codes(causes: list[str | None]) -> Kinds:
        made = [pieces.kind(n, c) for n, c in zip(names, causes, strict=True)]
        return np.array(made, dtype=KIND)[kind]

    shut = codes([k.closed_cause for k in kinds])
    waiting, working = codes([k.cause for k in kinds]), codes([None] * len(kinds))
    began, ended = np.minimum(start, records.horizon), np.minimum(end, records.horizon)
    # A row a stage: closed, waiting, paused, working.
    hours = np.column_stack([closed, began - since - closed, paused, ended - start - paused])
    keep = hours > 0.0
    number = np.bincount(train, keep.sum(axis=1), minlength=size).astype(np.int64)
    shared = Shared(
        np.cumsum(number) - number,
        number,
        np.column_stack([shut, waiting, shut, working])[keep],
        np.column_stack([since, since, start, start])[keep],
        np.column_stack([began, began, ended, ended])[keep],
        hours[keep],
    )
    return shared, begun


def _under_cranes(
    records: Records,
    pieces: Pieces,
    entries: NDArray[np.int64],
    begun: NDArray[np.float64],
) -> None:
    """Each box has times of its own there."""
    kinds = records.corridor.journal.kinds
    leg = records.l_leg[entries]
    for number in np.unique(records.unloading[records.unloading >= 0]).tolist():
        here = entries[(records.unloading == number)[leg]]
        name = f"{kinds[number].place}: {kinds[number].activity}"
        rows, train = records.l_row[here], records.l_train[here]
        start, entered = records.l_start[here], begun[train]
        entered = np.where(np.isnan(entered), start, entered)
        pieces.add(rows, pieces.kind(name, f"{name}: boxes before it"), entered, start, train)
        pieces.add(rows, pieces.kind(name, None), start, records.l_finish[here], train)


def _in_laboratory(records: Records, pieces: Pieces, entries: NDArray[np.int64]) -> None:
    kinds = records.corridor.journal.kinds
    leg = records.l_leg[entries]
    for number in np.unique(records.checking[records.checking >= 0]).tolist():
        stage = kinds[number]
        here = entries[(records.checking == number)[leg]]
        name = f"{stage.place}: {stage.activity}"
        analysis = pieces.kind(name, f"{stage.place}/{stage.activity}: analysis")
        rows, sampled = records.l_row[here], records.l_sampled[here]
        pieces.add(rows, pieces.kind(name, stage.cause), records.l_finish[here], sampled)
        pieces.add(rows, analysis, sampled, records.l_released[here])


def _after_trains(records: Records, pieces: Pieces) -> None:
    """Yard of the destination, truck or ship."""
    corridor, box = records.corridor, records.box
    released = np.full(len(records.containers), NAN)
    released[records.l_row] = records.l_released
    done = records.legs_done & np.isnan(box("rejected"))
    released = np.where(done, released, NAN)
    collected, loaded, delivered = box("collected"), box("loaded"), box("delivered")
    destination, onward = box("destination"), box("onward")
    for number, name in enumerate(corridor.tables.stations):
        rows = np.flatnonzero((destination == number) & (onward < 0) & done)
        if not len(rows):
            continue
        yard, truck = f"{name}: yard", f"{name}: truck"
        uncalled = pieces.kind(yard, f"{name}: not called for")
        called, away = collected[rows], loaded[rows]
        pieces.add(rows, uncalled, released[rows], called)
        pieces.add(rows, pieces.kind(truck, f"{name}: no truck free"), called, away)
        pieces.add(rows, pieces.kind(truck, None), away, delivered[rows])
    for number, name in enumerate(corridor.liners):
        rows = np.flatnonzero(onward == number)
        no_ship = pieces.kind(f"{name}: quay", f"{name}: no ship to load")
        pieces.add(rows, no_ship, released[rows], loaded[rows])
        pieces.add(rows, pieces.kind(f"{name}: loading", None), loaded[rows], delivered[rows])


def _still_waiting(records: Records, pieces: Pieces) -> None:
    """Boxes that are in a yard at the horizon and have boarded no train from there."""
    horizon = records.horizon
    last_formed = {leg.train.service: leg.train.formed for leg in records.corridor.journal.legs}
    for name, service in records.corridor.services.items():
        waiting = service.waiting.pending()
        ready = np.array([t for t, _ in waiting], dtype=float)
        rows = records.own(np.array([r for _, r in waiting], dtype=np.int64))
        mine = rows >= 0
        ready, rows = ready[mine], rows[mine]
        missed = np.maximum(ready, min(last_formed.get(name, -np.inf), horizon))
        stage = f"{name}: yard"
        pieces.add(rows, pieces.kind(stage, f"{name}: earlier trains full"), ready, missed)
        due, admitted = service.asking or (horizon, horizon)
        begins = np.maximum(missed, due)
        loads = np.maximum(begins, horizon if admitted is None else admitted)
        until = np.full(len(rows), horizon)
        pieces.add(rows, pieces.kind(stage, f"{name}: train not due"), missed, begins)
        not_admitted = pieces.kind(stage, f"{service.border}: not admitted")
        bans = pieces.kind(stage, _ban(service))
        closed = _closed(service.bans.loading, begins, np.fmin(loads, horizon))
        pieces.add_split(rows, not_admitted, bans, begins, loads, closed)
        pieces.add(rows, pieces.kind(stage, f"{name}: no wagons"), loads, until)
