"""The same runs on an existing Dask cluster.

The cluster only says where a run is made: what it gives, and how outcomes are put in order and
kept, is the same as on this machine.  A run whose worker is lost is made again by another one; the
scheduler gives up on a run that has cost it several workers, which is a failed run then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from sim.study import identity
from sim.study.chunks import REMEMBERED, Feed, Finished, Numbered, Packed, run_tasks, unpack
from sim.study.runs import Failure, Outcome

PATIENCE = 20
"""Seconds to wait for the scheduler, and then for a first worker."""


class ClusterError(Exception):
    """A cluster that cannot be used: a mistake of the user's, exit status 2."""


class Cluster:
    """The workers of a Dask scheduler.

    Raises:
        ClusterError: Dask is not installed, nobody answers there, or there are no workers.
    """

    def __init__(self, address: str) -> None:
        try:
            self._dask: Any = import_module("distributed")
        except ImportError:
            raise ClusterError(
                "running on a Dask cluster needs the package `distributed`; "
                "install steppe with its extra: pip install 'steppe[dask]'"
            ) from None
        try:
            self._client: Any = self._dask.Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            said = (str(error).splitlines() or [""])[0]
            raise ClusterError(
                f"no Dask scheduler answers at {address} ({said}); "
                "expected an address such as tcp://10.0.0.1:8786"
            ) from error
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            self._client.close()
            raise ClusterError(
                f"the scheduler at {address} has no workers; start some: dask worker {address}"
            ) from error
        self._packed = Packed()
        self._sent: dict[str, Any] = {}

    def outcomes(self, numbered: Sequence[Numbered], workers: int) -> Iterator[tuple[int, Outcome]]:
        """Outcomes as they come; the cluster's own threads count, not ``workers``."""
        dask = self._dask
        threads = max(sum(self._client.nthreads().values()), 1)
        feed = Feed(numbered, threads)
        flying: dict[Any, list[Numbered]] = {}
        try:
            while feed or flying:
                while feed and len(flying) < 2 * threads:
                    chunk = feed.take()
                    flying[self._submit(chunk)] = chunk
                with self._client.as_current():
                    ready, _ = dask.wait(list(flying), return_when="FIRST_COMPLETED")
                for future in ready:
                    chunk = flying.pop(future)
                    try:
                        done: list[Finished] = future.result()
                    except dask.KilledWorker:
                        yield from self._singly(chunk)
                        continue
                    except dask.CancelledError:  # the scheduler lost it with a worker: once more
                        feed.back(chunk)
                        continue
                    feed.took(done)
                    for number, outcome, _ in done:
                        yield number, outcome
        finally:
            self._client.cancel(list(flying))

    def close(self) -> None:
        """Leave the cluster as it was."""
        self._sent.clear()
        self._client.close()

    def _singly(self, chunk: Sequence[Numbered]) -> Iterator[tuple[int, Outcome]]:
        """Runs of a handful that cost several workers, each by itself."""
        for number, job in chunk:
            try:
                ((_, outcome, _),) = self._submit([(number, job)]).result()
                yield number, outcome
            except self._dask.KilledWorker:
                killed = Failure("worker", "the worker process was killed, several times", "")
                yield number, Outcome(job.replication, failure=killed)

    def _submit(self, chunk: Sequence[Numbered]) -> Any:
        tasks, needed = self._packed.tasks(chunk)
        known = {digest: self._scenario(digest, data) for digest, data in needed.items()}
        return self._client.submit(run_tasks, tasks, known, identity.model(), pure=False)

    def _scenario(self, digest: str, data: bytes) -> Any:
        """A scenario as the cluster holds it: sent once, and put together where it is needed.

        It is a task of its own, not data that only some worker has, so that the scheduler makes it
        again when the worker that had it is lost.
        """
        if digest not in self._sent:
            if len(self._sent) >= REMEMBERED:
                self._sent.pop(next(iter(self._sent)))  # runs in flight still hold theirs
            self._sent[digest] = self._client.submit(
                unpack, digest, data, key=f"steppe-scenario-{digest}"
            )
        return self._sent[digest]
