"""Which trains nobody needs to see at their times, so that they go by an agenda.

Background trains that share places, gates or works make one group.  A group goes by an agenda
unless something must know at its very time what one of its trains does: a rule that minds when
it is asked about each of them, breakdowns by use, a trainset that begins its next round, or
places on which trains could come to stand for ever, which ends the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, TypeAlias

from sim.corridor.clock import Agenda
from sim.corridor.yard import Yard

if TYPE_CHECKING:
    import simpy

    from sim.corridor.bank import Bank
    from sim.corridor.fifo import Fifo
    from sim.corridor.gate import Gate
    from sim.corridor.queues import Places
    from sim.corridor.step import Route

Waits: TypeAlias = "dict[Places | Yard, set[Places | Yard]]"


def agendas(
    env: simpy.Environment, routes: Sequence[Route], flows: Sequence[tuple[Route, bool]]
) -> list[Agenda | None]:
    """The agenda of each flow, given by its route and whether its trains come once only.

    Places, gates and works that its trains use are told of it too.
    """
    groups = _groups([_things(route) for route, _ in flows])
    found: dict[int, Agenda | None] = {}
    owner: dict[object, Agenda] = {}
    waits = _waits(routes)
    for number in dict.fromkeys(groups):
        mine = [flow for flow, group in zip(flows, groups, strict=True) if group == number]
        lazy = all(once and not _is_seen(route, waits) for route, once in mine)
        found[number] = agenda = Agenda(env) if lazy else None
        if agenda is not None:
            owner.update((thing, agenda) for route, _ in mine for thing in _things(route))
    for step in (step for route in routes for step in route.steps):
        # All that a step shares is in one group.
        agenda = next((owner[thing] for thing in step.shared() if thing in owner), None)
        if agenda is not None:
            step.goes_by(agenda)
    return [found[group] for group in groups]


def _things(route: Route) -> list[Places | Gate | Fifo | Bank]:
    return [thing for step in route.steps for thing in step.shared()]


def _groups(things: Sequence[Sequence[object]]) -> list[int]:
    """Number of the group of each member; those that have a thing in common are in one."""
    groups = list(range(len(things)))
    first: dict[object, int] = {}
    for member, mine in enumerate(things):
        for thing in mine:
            other = groups[first.setdefault(thing, member)]
            if other != groups[member]:
                groups = [other if group == groups[member] else group for group in groups]
    return groups


def _waits(routes: Sequence[Route]) -> Waits:
    """What trains may wait for while they hold a place."""
    waits: Waits = {}
    for route in routes:
        held: Places | None = None
        for step in route.steps:
            wanted = step.wanted()
            if held is not None and wanted is not None:
                waits.setdefault(held, set()).add(wanted)
            held = step.holds(held)
    return waits


def _is_seen(route: Route, waits: Waits) -> bool:
    """Whether one of its steps must be seen, or its trains could come to stand in a circle."""
    wanted = [step.wanted() for step in route.steps]
    return any(step.is_seen() for step in route.steps) or not all(
        _goes_on(place, waits) for place in wanted if place is not None
    )


def _goes_on(place: Places | Yard, waits: Waits) -> bool:
    """Whether trains that hold this cannot come to wait for each other, or for a yard."""
    reached: Waits = {place: waits.get(place, set())}
    todo: list[Places | Yard] = [place]
    while todo:
        for wanted in waits.get(todo.pop(), set()):
            if isinstance(wanted, Yard):
                return False
            if wanted not in reached:
                reached[wanted] = waits.get(wanted, set())
                todo.append(wanted)
    try:
        TopologicalSorter(reached).prepare()
    except CycleError:
        return False
    return True
