"""Scenarios that really fail when they are run: reading their tables raises, or kills.

They live in a module of their own because worker processes import it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

from sim.scenario import Scenario


@dataclass(frozen=True)
class Trapped(Scenario):
    """A scenario whose tables cannot be read, always or once.

    Attributes:
        once: file that the trap leaves when it springs, and that disarms it; always armed if
            there is none.
        in_workers: armed only in worker processes.
        kills: the process that reads is killed, if it is a worker; otherwise reading raises.
    """

    once: Path | None = None
    in_workers: bool = False
    kills: bool = False

    @classmethod
    def of(cls, scenario: Scenario, once: Path | None = None, **how: bool) -> Self:
        """The scenario with a trap in it."""
        known = {f.name: getattr(scenario, f.name) for f in fields(scenario)}
        return cls(**known, once=once, **how)

    def __getattribute__(self, name: str) -> Any:
        if name == "tables":
            self._spring()
        return super().__getattribute__(name)

    def _spring(self) -> None:
        in_worker = multiprocessing.parent_process() is not None
        if (self.kills or self.in_workers) and not in_worker:
            return
        if self.once is not None:
            try:
                os.close(os.open(self.once, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                return
        if self.kills:
            os.kill(os.getpid(), signal.SIGKILL)
        raise ZeroDivisionError("the trap springs")
