"""Runs on the processors of this machine, in processes that live as long as the study.

Workers are forked by a server that has imported all they need (``sim.study.worker``) and has done
nothing else: it is started once for a program, and a worker then costs a few milliseconds.  Where
a system has no such server, each worker imports for itself.  A worker uses one processor: as many
threads in each as there are processors would only stand in each other's way.

A worker that is killed, by the system when memory is short or by a fault in a library, ends the
pool it is in.  The runs in flight are then made again singly, and what kills its worker even alone
is a failed run; no other run is lost.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

from sim.study import identity
from sim.study.chunks import Feed, Finished, Numbered, Packed, run_tasks
from sim.study.runs import Failure, Outcome

THREADS = ("POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""Where libraries read how many threads they may have."""
KILLED = Failure("worker", "the worker process was killed", "")


class Processes:
    """Worker processes of this machine; started when first needed, and kept for the next runs."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._workers = 0
        self._packed = Packed()

    def outcomes(self, numbered: Sequence[Numbered], workers: int) -> Iterator[tuple[int, Outcome]]:
        """Outcomes as they come, with the number of their job."""
        workers = min(workers, len(numbered))
        feed = Feed(numbered, workers)
        while feed:
            suspects = yield from self._flight(feed, workers, 2 * workers)
            # Among those in flight when a worker died, find what kills: singly, no more in flight
            # than there are workers, and what then is in flight alone.
            again = Feed(suspects, workers, most=1)
            while again:
                for item in (yield from self._flight(again, workers, workers)):
                    killed = yield from self._flight(Feed([item], 1), 1, 1)
                    for number, job in killed:
                        yield number, Outcome(job.replication, failure=KILLED)

    def close(self) -> None:
        """End the workers, once they have done what they are at."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _flight(
        self, feed: Feed, workers: int, most: int
    ) -> Generator[tuple[int, Outcome], None, list[Numbered]]:
        """Send what there is, few at a time; gives back what was in flight when a worker died."""
        pool = self._of(workers)
        flying: dict[Future[list[Finished]], list[Numbered]] = {}
        lost: list[Numbered] = []
        broken = False
        try:
            while (feed and not broken) or flying:
                while feed and not broken and len(flying) < most:
                    chunk = feed.take()
                    tasks, scenarios = self._packed.tasks(chunk)
                    try:
                        with _starting():
                            made = pool.submit(run_tasks, tasks, scenarios, identity.model())
                    except BrokenProcessPool:
                        feed.back(chunk)
                        broken = True
                    else:
                        flying[made] = chunk
                ready, _ = wait(flying, return_when=FIRST_COMPLETED)
                for future in ready:
                    chunk = flying.pop(future)
                    try:
                        done = future.result()
                    except BrokenProcessPool:
                        lost += chunk
                        broken = True
                        continue
                    feed.took(done)
                    for number, outcome, _ in done:
                        yield number, outcome
        finally:
            if broken:
                self.close()
            for future in flying:
                future.cancel()
        return sorted(lost, key=lambda item: item[0])

    def _of(self, workers: int) -> ProcessPoolExecutor:
        if self._pool is None or self._workers != workers:
            self.close()
            self._pool = ProcessPoolExecutor(workers, mp_context=_context(), initializer=_begin)
            self._workers = workers
        return self._pool


def get_ready() -> None:
    """Start the server now, if there is none: it imports while this process does other things."""
    context = _context()
    if context.get_start_method() == "forkserver":
        from multiprocessing import forkserver

        with _starting():
            forkserver.ensure_running()


def _context() -> Any:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sim.study.worker"])
    return context


_ALONE = threading.Lock()


@contextmanager
def _starting() -> Iterator[None]:
    """Processes are started inside; the settings are the whole process's, so threads take turns."""
    with _ALONE, _main_hidden(), _as_a_worker():
        yield


@contextmanager
def _as_a_worker() -> Iterator[None]:
    """Processes started inside have one thread, unless the user says more, and no interrupts.

    They find modules where this process does: the server would look in the current folder first,
    where the user may have a ``sim`` of another kind.
    """
    wanted = {name: "1" for name in THREADS if name not in os.environ}
    wanted["PYTHONPATH"] = os.pathsep.join(path or os.getcwd() for path in sys.path)
    wanted["PYTHONSAFEPATH"] = "1"
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    masks = hasattr(signal, "pthread_sigmask")
    if masks:
        from multiprocessing import resource_tracker

        resource_tracker.ensure_running()  # which lets interrupts through when it begins
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT]) if masks else ()
    try:
        yield
    finally:
        if masks:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for name, given in before.items():
            if given is None:
                del os.environ[name]
            else:
                os.environ[name] = given


def _begin() -> None:
    """In a new worker: an interrupt is the leader's to answer, and no worker outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    leader = multiprocessing.parent_process()
    if leader is not None:
        threading.Thread(target=_end_with, args=(leader,), daemon=True).start()


def _end_with(leader: Any) -> None:
    leader.join()
    os._exit(1)


@contextmanager
def _main_hidden() -> Iterator[None]:
    """Keep new workers from running the user's script again.

    A spawned process imports the program's main module first, so that a script without
    ``if __name__ == "__main__"`` would start itself over; nothing of ours is in that module.
    """
    known = vars(sys.modules["__main__"])
    kept: dict[str, Any] = {n: known.pop(n) for n in ("__file__", "__spec__") if n in known}
    known["__spec__"] = None
    try:
        yield
    finally:
        known.update(kept)
