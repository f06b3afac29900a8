"""A real Dask cluster on this machine: scheduler and workers as processes of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sim.scenario import Scenario
from sim.study.cluster import Cluster, ClusterError
from sim.study.engine import Job, run_all, using
from tests.study.test_engine import same
from tests.study.tiny import tiny
from tests.study.trap import Trapped

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return tiny(tmp_path, "horizon=14 d")


@contextmanager
def cluster(workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Address of a scheduler, and its workers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": root}

    def start(*command: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "distributed.cli." + command[0], *command[1:]],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    running = [
        start("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    ]
    try:
        for _ in range(workers):
            running.append(
                start("dask_worker", address, "--no-nanny", "--nthreads", "1", "--no-dashboard")
            )
        yield address, running[1:]
    finally:
        for process in running:
            process.kill()
        for process in running:
            process.wait()


def test_a_cluster_that_loses_a_worker_gives_the_same_table(
    scenario: Scenario, tmp_path: Path
) -> None:
    todo = [Job(scenario, 3, r, keep=r == 5) for r in range(50)]
    with cluster(2) as (address, workers), using(tmp_path / "store", scheduler=address) as setup:
        client = setup.engine._client  # type: ignore[attr-defined]
        client.wait_for_workers(2, timeout=60)
        done = 0

        def count() -> None:
            nonlocal done
            done += 1
            if done == 8:
                workers[0].send_signal(signal.SIGKILL)

        found = run_all(todo, 1, count)
        assert workers[0].wait() == -signal.SIGKILL
        assert workers[1].poll() is None
        assert setup.store is not None
        assert setup.store.put_in == done == 50
        again = run_all(todo, 1)
        assert setup.store.put_in == 50
    assert same(found, run_all(todo, 1))
    assert same(again, found)


def test_a_failure_there_is_an_outcome_and_another_model_is_refused(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.study import identity
    from sim.study.chunks import ModelDiffersError

    with cluster(1) as (address, _), using(scheduler=address):
        found = run_all([Job(scenario, 1, 0), Job(Trapped.of(scenario), 1, 1)], 2)
        assert [o.failure and o.failure.stage for o in found] == [None, "simulate"]
        monkeypatch.setattr(identity, "model", lambda: "older")
        with pytest.raises(ModelDiffersError, match="another version of steppe"):
            run_all([Job(scenario, 1, 0)], 1)


def test_nobody_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.study.cluster.PATIENCE", 1)
    with pytest.raises(ClusterError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        Cluster("tcp://127.0.0.1:9")
