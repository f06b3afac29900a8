"""What ``replay`` does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.cli.show import progress


def replay_runs(folders: Sequence[Path], out: Path | None) -> None:
    """Write the page and print where it is."""
    from sim.report.replay import replay

    with progress(len(folders), "replay") as done:
        page = replay(folders, out, done)
    print(page)
