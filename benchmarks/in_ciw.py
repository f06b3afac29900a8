"""The micro-corridor as one would write it in Ciw: containers are individuals of a network.

A train is a batch that arrives together, and gathers again after each bank of cranes: a line is a
node without servers where the last of the batch gives all of them their time of arrival.  Ciw has
no tracks that a batch holds as one; the limit of four, which hardly ever binds at this load, is
left out, and so is the vessel.  ``python in_ciw.py [HOURS]`` prints one JSON object.
"""

from __future__ import annotations

import sys
from typing import Any

import ciw
from clock import Clock, tell

HORIZON = 365 * 24.0
BOXES = 50
TRAINS_PER_HOUR = 3900 / 26 / BOXES / 24
MOVE = 2 / 60
WEST, EAST = 24.0, 96.0


class Line(ciw.Node):
    """Runs a train over a line when its last container is on it."""

    def begin_service_if_possible_accept(self, next_individual: Any) -> None:
        """Containers get their time of arrival with the last of their train."""
        super().begin_service_if_possible_accept(next_individual)
        train = (next_individual.id_number - 1) // BOXES
        waiting = self.__dict__.setdefault("waiting", {}).setdefault(train, [])
        waiting.append(next_individual)
        arrival = next_individual.service_end_date
        together = len(waiting) == BOXES
        for individual in waiting:
            individual.service_end_date = arrival if together else float("inf")
        if together:
            del self.waiting[train]


def main(horizon: float) -> None:
    """Run so many hours."""
    clock = Clock()
    move = ciw.dists.Exponential(1 / MOVE)
    lines = [ciw.dists.Deterministic(hours) for hours in (WEST, EAST)]
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(TRAINS_PER_HOUR), *[None] * 4],
        batching_distributions=[ciw.dists.Deterministic(BOXES), *[None] * 4],
        service_distributions=[move, lines[0], move, lines[1], move],
        number_of_servers=[3, float("inf"), 3, float("inf"), 3],
        routing=[[float(j == i + 1) for j in range(5)] for i in range(5)],
    )
    ciw.seed(1)
    run = ciw.Simulation(network, node_class=[ciw.Node, Line, ciw.Node, Line, ciw.Node])
    run.simulate_until_max_time(horizon)
    records = run.get_all_records()
    ready = {r.id_number: r.arrival_date for r in records if r.node == 1}
    done = [(r.id_number, r.exit_date) for r in records if r.node == 5]
    tell(clock.read(), [end - ready[box] for box, end in done])


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else HORIZON)
