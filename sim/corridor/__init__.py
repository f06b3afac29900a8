"""The corridor: SimPy processes for trains, ships, regions and disruptions.

This is the only floor that knows SimPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.results import Results
    from sim.scenario import Scenario

__all__ = ["simulate"]


def simulate(
    scenario: Scenario, seed: int | None = None, replication: int = 0, *, debug: bool = False
) -> Results:
    """One replication of a scenario.

    Args:
        scenario: as loaded.
        seed: root of the random streams; the scenario's own if None.
        replication: number of the replication, 0 or more; the same number draws the same.

        debug: draw up the books after every event; slow.

    Returns:
        The tables of the run, made on first use.

    Raises:
        RuntimeError: the books do not balance.
    """
    from sim.corridor.run import run

    return run(scenario, seed, replication, debug=debug)
