"""Gridlock: trains that hold what each other waits for, found at the moment the circle closes.

A train that waits for a track, a place on a line or slots in a yard can go on if any holder of
what it waits for can.  Trains that run, work, or wait for a time to come can.  When a train that
begins to wait has nobody to wait for who can go on, it and all it waits for stand for ever
(a knot in the graph of who waits for whom; Coffman and others 1971).  Looking from that train alone
is enough among trains: a knot of them closes only by the last one beginning to wait.  A service
that is short of wagons joins a knot when the last unit on its way has come; that is found when the
next train begins to wait.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.corridor.queues import Places
from sim.corridor.yard import Yard

if TYPE_CHECKING:
    import simpy

    from sim.corridor.service import ServiceLine
    from sim.corridor.train import Train

Wanted = Places | Yard


class GridlockError(Exception):
    """Ends the run; what stands is kept by the detector."""


class Gridlock:
    """Looks for a knot whenever a train begins to wait.

    ``services`` are those that leave each station, for what can drain its yard.
    """

    def __init__(self, env: simpy.Environment) -> None:
        self._env = env
        self.services: dict[str, list[ServiceLine]] = {}
        self.found: dict[str, Any] | None = None

    def check(self, train: Train) -> None:
        """A train has begun to wait.

        Raises:
            GridlockError: it will wait for ever.
        """
        seen: dict[Train, bool] = {}
        if not self._stuck(train, seen):
            return
        stuck = [t for t, dead in seen.items() if dead]
        self.found = self._report(stuck)
        raise GridlockError(self.found["sentence"])

    # -- who can go on ---------------------------------------------------------------------

    def _stuck(self, train: Train, seen: dict[Train, bool]) -> bool:
        """Whether no way leads from a train to one that can go on; explores without recursion."""
        todo = [train]
        seen[train] = True
        while todo:
            wanted = todo.pop().waits_for
            if wanted is None:
                return False
            holders = self._holders(wanted)
            if holders is None:
                return False
            for holder in holders:
                if holder not in seen:
                    seen[holder] = True
                    todo.append(holder)
        return True

    def _holders(self, wanted: Wanted) -> list[Train] | None:
        """Trains any one of which could free it; None where something else will."""
        if isinstance(wanted, Places):
            wanted.look(self._env.now)
            # In this very instant a train that has just been given a place moves on, or one gets
            # the place that has just been given back.
            moving = wanted.held > len(wanted.holders) or wanted.held < wanted.capacity
            return None if moving or wanted.will_grow() else list(wanted.holders)
        return self._drains(wanted)

    def _drains(self, yard: Yard) -> list[Train] | None:
        """Trains whose wagons would let a service take boxes out of a full yard."""
        services = self.services.get(yard.station, [])
        # Boxes that wait for no train here are under cranes, or trucks and ships will take them.
        moving = yard.lacking() <= 0
        if moving or yard.will_grow() or yard.level() > sum(len(s.waiting) for s in services):
            return None
        holders: list[Train] = []
        for service in services:
            keeps = service.kept_from_leaving()
            if keeps is None:
                return None
            holders.extend(keeps)
        return holders

    # -- what to say of it -----------------------------------------------------------------

    def _report(self, stuck: list[Train]) -> dict[str, Any]:
        wanted = {id(t.waits_for): t.waits_for for t in stuck if t.waits_for is not None}
        resources = [
            {"name": w.name, "capacity": w.size(), "held": w.taken()} for w in wanted.values()
        ]
        trains = [
            {
                "train": t.number,
                "name": f"{t.service}/{t.serial}",
                "holds": None if t.place is None else t.place.name,
                "waits_for": None if t.waits_for is None else t.waits_for.name,
                "since_h": t.waits_since,
            }
            for t in sorted(stuck, key=lambda t: t.number)
        ]
        remedy = self._remedy(list(wanted.values()))
        names = ", ".join(sorted({str(r["name"]) for r in resources}))
        sentence = (
            f"deadlock at hour {self._env.now:.2f}: {len(stuck)} "
            f"{'train waits' if len(stuck) == 1 else 'trains wait for each other'} at {names}"
        )
        return {
            "time_h": self._env.now,
            "sentence": sentence,
            "trains": trains,
            "resources": resources,
            "remedy": remedy,
        }

    def _remedy(self, wanted: list[Wanted]) -> str:
        """The place where one unit more lets most trains move up, the smallest place at a tie."""
        best = max(wanted, key=lambda w: (_would_move(w), -w.size(), w.name))
        moved = _would_move(best)
        if isinstance(best, Yard):
            slots = best.lacking()
            return (
                f"{slots} more slots in the yard of {best.station} (now {best.size():g}) would let "
                "the next train be unloaded"
            )
        return (
            f"one more at {best.name} (now {best.size():g}) would let {moved} "
            f"train{'s' if moved != 1 else ''} move up"
        )


def _would_move(wanted: Wanted) -> int:
    """Trains that move up, one after the other, when there is one unit more."""
    moved, here, seen = 0, wanted, set[int]()
    while isinstance(here, Places) and len(here) and id(here) not in seen:
        seen.add(id(here))
        head = here.trains()[0]
        moved += 1
        if head.place is None:
            break
        here = head.place
    return moved
