"""Jobs in handfuls, as they go to other processes and come back.

Sending a job costs about a millisecond and a small run not much more, so that several go together:
as many as make about a quarter of a second.  A scenario is taken apart once for each study and put
together once in each process, whatever the number of its replications.
"""

from __future__ import annotations

import hashlib
import pickle
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.study.runs import Job, Outcome, failure, run_one

if TYPE_CHECKING:
    from sim.results import Results
    from sim.scenario import Scenario

SECONDS = 0.25
"""Work that goes together."""
MOST = 256
"""Jobs that go together at the most."""
REMEMBERED = 64
"""Scenarios that a process keeps put together."""

Numbered = tuple[int, Job]
Finished = tuple[int, Outcome, float]
"""Number of a job, its outcome, and the seconds it took."""


@dataclass(frozen=True)
class Task:
    """A job without its scenario, which is known by a digest."""

    number: int
    scenario: str
    seed: int
    replication: int
    keep: bool
    measure: Callable[[Results], Any] | None


class ModelDiffersError(RuntimeError):
    """A worker has another version of the model than the process that leads the study."""


class Feed:
    """Jobs still to be sent, in their order, in handfuls of the right size."""

    def __init__(self, numbered: Iterable[Numbered], workers: int, most: int = MOST) -> None:
        self._left = deque(numbered)
        self._workers, self._most = workers, most
        self._seconds, self._runs = 0.0, 0

    def __bool__(self) -> bool:
        return bool(self._left)

    def take(self) -> list[Numbered]:
        """The next handful; one job until it is known how long they take."""
        size = 1
        if self._runs:
            each = max(self._seconds / self._runs, 1e-6)
            # towards the end small ones, so that no process is idle while another has many left
            fair = len(self._left) // (2 * self._workers)
            size = max(1, min(int(SECONDS / each), fair, self._most))
        return [self._left.popleft() for _ in range(min(size, len(self._left)))]

    def back(self, chunk: Sequence[Numbered]) -> None:
        """A handful that could not be sent, first in the line again."""
        self._left.extendleft(reversed(chunk))

    def took(self, done: Iterable[Finished]) -> None:
        """Learn from runs how long they take."""
        for _, _, seconds in done:
            self._seconds += seconds
            self._runs += 1


class Packed:
    """Scenarios taken apart, by digest; each once, however many jobs have it."""

    def __init__(self) -> None:
        self._digests: dict[int, tuple[Scenario, str, bytes]] = {}

    def pack(self, scenario: Scenario) -> tuple[str, bytes]:
        """Digest and bytes of a scenario."""
        known = self._digests.get(id(scenario))
        if known is None or known[0] is not scenario:
            data = pickle.dumps(scenario, 5)
            known = scenario, hashlib.sha256(data).hexdigest(), data
            if len(self._digests) >= REMEMBERED:
                self._digests.pop(next(iter(self._digests)))
            self._digests[id(scenario)] = known
        return known[1], known[2]

    def tasks(self, chunk: Sequence[Numbered]) -> tuple[list[Task], dict[str, bytes]]:
        """The jobs as they are sent, and the scenarios they need."""
        tasks, needed = [], {}
        for number, job in chunk:
            digest, data = self.pack(job.scenario)
            needed[digest] = data
            tasks.append(Task(number, digest, job.seed, job.replication, job.keep, job.measure))
        return tasks, needed


_scenarios: dict[str, Scenario] = {}
"""Scenarios put together in this process, the oldest first."""


def unpack(digest: str, data: bytes) -> Scenario:
    """The scenario of these bytes, put together once in a process."""
    if digest not in _scenarios:
        if len(_scenarios) >= REMEMBERED:
            _scenarios.pop(next(iter(_scenarios)))
        _scenarios[digest] = pickle.loads(data)
    return _scenarios[digest]


def run_tasks(
    tasks: Sequence[Task], scenarios: Mapping[str, bytes | Scenario], model: str
) -> list[Finished]:
    """Run jobs one after the other, in a worker.

    Raises:
        ModelDiffersError: the source here is not that of the process that asks.
    """
    from sim.study import identity

    if identity.model() != model:
        raise ModelDiffersError(
            "a worker has another version of steppe, or of numpy, polars or simpy, than this "
            "process; results would not be the same. Install the same on all of them"
        )
    done = []
    for task in tasks:
        began = time.perf_counter()
        try:
            known = scenarios[task.scenario]
            scenario = unpack(task.scenario, known) if isinstance(known, bytes) else known
        except Exception as error:
            outcome = Outcome(task.replication, failure=failure("load", error))
        else:
            job = Job(scenario, task.seed, task.replication, task.keep, task.measure)
            outcome = run_one(job)
        done.append((task.number, outcome, time.perf_counter() - began))
    return done
