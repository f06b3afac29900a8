"""The corridor on SimPy's clock: ships, regions, services and disruptions are its processes, trains
put on it what they come to next.

This is the only floor that knows SimPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from sim.results import Results
    from sim.scenario import Scenario

__all__ = ["simulate", "stream"]


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


def stream(
    scenario: Scenario,
    folder: Path,
    seed: int | None = None,
    replication: int = 0,
    *,
    block: int = 65_536,
) -> Results:
    """One replication whose tables are written while it runs, for runs that fill the memory.

    Args:
        scenario: as loaded.
        folder: where the tables go, each in parts; it is there and empty.
        seed: root of the random streams; the scenario's own if None.
        replication: number of the replication, 0 or more; the same number draws the same.
        block: containers written at a time.

    Returns:
        The tables, read from the folder when asked for.

    Raises:
        RuntimeError: the books do not balance.
    """
    from sim.corridor.run import stream as run

    return run(scenario, folder, seed, replication, block)
