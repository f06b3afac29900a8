"""One replication, from scenario to tables."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING
from weakref import finalize

from sim.corridor.build import Builder
from sim.corridor.clock import run_until
from sim.corridor.corridor import Corridor
from sim.corridor.gridlock import GridlockError
from sim.corridor.ledger import imbalance
from sim.corridor.memory import give_back_memory, reuse_memory
from sim.corridor.network import network
from sim.corridor.tariff import tariff
from sim.corridor.trace import trace_hash
from sim.results import Results

if TYPE_CHECKING:
    from pathlib import Path

    from sim.scenario import Scenario


def run(scenario: Scenario, seed: int | None, replication: int, *, debug: bool = False) -> Results:
    """Build the corridor, run it to the horizon (events at the horizon itself are left out).

    A gridlock ends the run when it closes: the results end there, with a status of their own.
    With ``debug`` the books are drawn up after every event.

    Raises:
        RuntimeError: they do not balance.
    """
    root = scenario.tables.seed if seed is None else seed
    corridor = Builder(scenario.tables, root, replication).build()
    with _no_search_for_cycles():
        known = _play(corridor, partial(_check, corridor) if debug else None)
        # From here on columns are made that are soon free again; a run itself gains nothing.
        reuse_memory()
        _balance(corridor)

    def meta() -> dict[str, object]:
        return {**_meta(scenario, corridor, root, replication), **known}

    return _results(corridor, meta)


def stream(
    scenario: Scenario, folder: Path, seed: int | None, replication: int, block: int
) -> Results:
    """The same, with tables written into a folder while it runs, ``block`` containers at a time.

    Raises:
        RuntimeError: the books do not balance.
    """
    from sim.corridor.streaming import Stream
    from sim.results.parts import Parts

    root = scenario.tables.seed if seed is None else seed
    corridor = Builder(scenario.tables, root, replication).build()
    writer = Stream(corridor, Parts(folder), block)
    with _no_search_for_cycles():
        known = _play(corridor, writer.look)
        _balance(corridor)
    writer.finish()
    meta = {**_meta(scenario, corridor, root, replication), **known}
    give_back_memory()
    writer.finish_levels()
    del writer
    _take_apart(corridor)
    give_back_memory()
    return Results.stored(folder, meta)


def _play(corridor: Corridor, after_each: Callable[[], None] | None) -> dict[str, object]:
    """All events; how many there were and how long it took."""
    began = time.perf_counter()
    try:
        if corridor.end > 0.0:
            run_until(corridor.env, corridor.end, after_each)
    except GridlockError:
        corridor.end = corridor.env.now
    corridor.settle()
    _cut(corridor)
    corridor.equipment.make_rest()
    # SimPy numbers events as they are scheduled; the next number is how many there were.
    events = next(corridor.env._eid)
    settled = sum(agenda.items() for agenda in corridor.agendas)
    return {"events": events, "settled": settled, "wall_s": time.perf_counter() - began}


def _balance(corridor: Corridor) -> None:
    wrong = imbalance(corridor)
    if wrong:
        raise RuntimeError(f"the books do not balance at the end: {'; '.join(wrong[:5])}")


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Python looks through all records for cycles again and again; a run makes none that grow."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():
                # To the oldest generation at once, unsearched, which the first search would do.
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def _check(corridor: Corridor) -> None:
    wrong = imbalance(corridor)
    if wrong:
        raise RuntimeError(f"at hour {corridor.env.now}: {'; '.join(wrong[:5])}")


def _cut(corridor: Corridor) -> None:
    """What trains have computed ahead has not happened at the end of the run."""
    last = corridor.last
    for train in corridor.journal.trains:
        if train.ended is not None and train.ended > last:
            train.ended = None
            train.outcome = "running"
        if train.departed is not None and train.departed > last:
            train.departed = None


def _results(corridor: Corridor, meta: Callable[[], dict[str, object]]) -> Results:
    from sim.corridor.collect import Collector

    made: list[Collector] = []

    def collector() -> Collector:
        if not made:
            made.append(Collector(corridor))
        return made[0]

    # Trains, their boxes and what they wait for know each other, and would wait for a search.
    finalize(collector, _take_apart, corridor).atexit = False

    return Results(
        containers=lambda: collector().containers(),
        trains=lambda: collector().trains(),
        stages=lambda: collector().stages(),
        waits=lambda: collector().waits(),
        levels=lambda: collector().levels(),
        equipment=lambda: collector().equipment(),
        legs=lambda: collector().legs(),
        # What can still be asked keeps the records, as the tables do.
        meta=lambda keeps=collector: meta(),  # type: ignore[misc]
    )


def _take_apart(corridor: Corridor) -> None:
    """Cut the ties between the records of a run that nobody can ask any more."""
    for train in corridor.journal.trains:
        train.leg = train.open = train.place = train.waits_for = None
    corridor.journal.forget_all()
    corridor.boxes.forget_all()
    corridor.equipment.forget_all()
    vars(corridor.env).clear()


def _meta(scenario: Scenario, corridor: Corridor, seed: int, replication: int) -> dict[str, object]:
    tables = scenario.tables
    crossings = [s.crossing for s in tables.services.values() if s.crossing is not None]
    return {
        "scenario": scenario.name,
        "title": tables.title,
        "start": tables.start.isoformat(),
        "horizon_h": corridor.end,
        "warmup_h": float(tables.warmup),
        "seed": seed,
        "replication": replication,
        "fleets": {name: fleet.kind for name, fleet in tables.fleets.items()},
        "trace": trace_hash(corridor.journal),
        "crossings": list(dict.fromkeys(crossings)),
        "resources": corridor.meters.readings(corridor.end),
        "network": network(tables, corridor.rates, corridor.end),
        "tariff": tariff(tables),
        "status": "done" if corridor.gridlock.found is None else "deadlock",
        "deadlock": corridor.gridlock.found,
    }
