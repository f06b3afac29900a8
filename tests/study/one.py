"""One customs team at twice what it passes: every gain can be reckoned by hand."""

from __future__ import annotations

from pathlib import Path

from sim.scenario import Scenario, load
from tests.study.tiny import TINY

ONE = (
    TINY.replace("horizon: 56 d", "horizon: 28 d").replace(
        'dwell: "exponential(mean: 12 h)"', "dwell: 12 h"
    )
    + "    arrivals: regular\nexport_volume: 2\n"
)
"""Every 3 h a train of 12 boxes of 20 t is ready, customs take 4 h for each; nothing is random but
when the first lot comes."""


def one(folder: Path, *sets: str) -> Scenario:
    """The corridor as a file ``one.yaml`` in the folder, loaded with the sets."""
    return load(written_one(folder), sets)


def written_one(folder: Path) -> Path:
    """The corridor as a file."""
    path = folder / "one.yaml"
    path.write_text(ONE)
    return path
