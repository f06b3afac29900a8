"""Runs on worker processes: the same as on one, in order, whatever fails or is killed."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sim.results import Results
from sim.results.tables import TABLES
from sim.scenario import Scenario
from sim.study.engine import Job, Outcome, default_jobs, run_all, run_one
from tests.cli.command import good
from tests.study.one import written_one
from tests.study.tiny import tiny
from tests.study.trap import Trapped


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return tiny(tmp_path, "horizon=14 d")


def same(left: list[Outcome], right: list[Outcome]) -> bool:
    """Equal in all but how long it took."""
    if len(left) != len(right):
        return False
    for a, b in zip(left, right, strict=True):
        if (a.replication, a.kpis, a.failure) != (b.replication, b.kpis, b.failure):
            return False
        if a.failure is None:
            assert a.weekly is not None
            assert b.weekly is not None
            if not a.weekly.frame.equals(b.weekly.frame):
                return False
        if (a.results is None) != (b.results is None):
            return False
        if a.results is not None and b.results is not None:
            for name in TABLES:
                if not a.results.table(name).equals(b.results.table(name)):
                    return False
    return True


def test_two_workers_bring_what_one_brings_in_the_same_order(tmp_path: Path) -> None:
    # The first job takes longest, so with two workers it ends after others.
    long, short = tiny(tmp_path, "horizon=200 d"), tiny(tmp_path, "horizon=14 d")
    jobs = [Job(long, 3, 5, keep=True)]
    jobs += [Job(short, 3, r, keep=r == 2) for r in (4, 2, 0, 7, 1)]
    alone, shared = run_all(jobs, 1), run_all(jobs, 2)
    assert [o.replication for o in alone] == [5, 4, 2, 0, 7, 1]
    assert [o.results is not None for o in alone] == [True, False, True, False, False, False]
    assert same(alone, shared)
    # They differ among each other, so equality says something.
    assert len({o.kpis["lead_time_mean_h"].value for o in shared}) == 6


def test_a_run_is_that_of_the_corridor(scenario: Scenario) -> None:
    from sim.corridor import simulate
    from sim.results import kpis

    outcome = run_one(Job(scenario, 8, 3))
    assert outcome.failure is None
    assert outcome.kpis == kpis(simulate(scenario, 8, 3))
    assert outcome.results is None


@pytest.mark.parametrize("workers", [1, 2])
def test_a_job_that_raises_is_an_outcome_and_stops_nothing(
    scenario: Scenario, workers: int
) -> None:
    plain = [Job(scenario, 1, r) for r in range(4)]
    mixed = [plain[0], Job(Trapped.of(scenario), 1, 1), *plain[2:]]
    done: list[None] = []
    found = run_all(mixed, workers, lambda: done.append(None))
    assert len(done) == 4
    assert same([found[0], *found[2:]], [run_one(j) for j in (plain[0], *plain[2:])])
    failure = found[1].failure
    assert failure is not None
    assert found[1].replication == 1
    assert found[1].kpis == {}
    assert (failure.stage, failure.error) == ("simulate", "ZeroDivisionError: the trap springs")
    assert "_spring" in failure.trace


def test_a_run_whose_worker_is_killed_is_run_again(scenario: Scenario, tmp_path: Path) -> None:
    mark = tmp_path / "killed"
    plain = [Job(scenario, 1, r, keep=r == 0) for r in range(5)]
    jobs = [Job(Trapped.of(scenario, mark, kills=True), 1, 0, keep=True), *plain[1:]]
    done: list[None] = []
    found = run_all(jobs, 2, lambda: done.append(None))
    assert mark.exists()  # a worker really died
    assert [o.failure for o in found] == [None] * 5
    assert same(found, [run_one(j) for j in plain])
    assert len(done) == 5


def test_a_run_that_always_kills_its_worker_takes_no_other_with_it(scenario: Scenario) -> None:
    # Twelve jobs on two workers: some are in flight with it, some not yet begun.
    plain = [Job(scenario, 1, r) for r in range(12)]
    jobs = [*plain[:1], Job(Trapped.of(scenario, kills=True), 1, 1), *plain[2:]]
    done: list[None] = []
    found = run_all(jobs, 2, lambda: done.append(None))
    assert [o.replication for o in found if o.failure is not None] == [1]
    failure = found[1].failure
    assert failure is not None
    assert failure.stage == "worker"
    assert "killed" in failure.error
    assert same([found[0], *found[2:]], [run_one(j) for j in (plain[0], *plain[2:])])
    assert len(done) == 12


def about_the_worker(_: Results) -> dict[str, object]:
    """What a measure sees of the process it is taken in."""
    import polars

    return {
        "threads": polars.thread_pool_size(),
        "parent": os.getppid(),
        "interrupts": signal.getsignal(signal.SIGINT),
        "blocked": signal.pthread_sigmask(signal.SIG_BLOCK, []),
        "frozen": gc.get_freeze_count(),
    }


def test_workers_share_what_was_imported_and_have_one_thread_each(scenario: Scenario) -> None:
    jobs = [Job(scenario, 1, r, measure=about_the_worker) for r in range(4)]
    for_users = dict(os.environ)
    (seen, *others) = [o.measured for o in run_all(jobs, 2)]
    assert seen["threads"] == 1
    assert seen["interrupts"] is signal.SIG_IGN
    # and the server, whose mask is theirs, prints no trace when it is interrupted
    assert signal.SIGINT in seen["blocked"]
    assert seen["frozen"] > 10_000
    # a server started them all, and goes on to the next study
    assert seen["parent"] not in (os.getpid(), 1)
    assert {o["parent"] for o in others} == {seen["parent"]}
    assert run_all(jobs, 2)[0].measured["parent"] == seen["parent"]
    # what is the workers' alone has not been left to the user
    assert dict(os.environ) == for_users
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_a_folder_of_the_users_called_sim_is_not_taken_for_ours(tmp_path: Path) -> None:
    (tmp_path / "sim").mkdir()
    (tmp_path / "sim" / "__init__.py").write_text("raise RuntimeError('not ours')\n")
    tiny(tmp_path, "horizon=100 d")
    (scenario,) = tmp_path.glob("*.yaml")
    good(tmp_path, "run", scenario.name, "--replications", "4", "--jobs", "2")


def test_a_run_leaves_nothing_that_only_a_search_for_cycles_finds(tmp_path: Path) -> None:
    from sim.corridor.journal import Leg
    from sim.corridor.train import Train

    def records() -> int:
        return sum(isinstance(o, Train | Leg) for o in gc.get_objects())

    scenario = tiny(tmp_path, "horizon=100 d")
    gc.collect()
    before = records()
    gc.disable()
    try:
        outcome = run_one(Job(scenario, 1, 0, keep=True))
        assert outcome.results is not None
        trains = outcome.results.trains
        there = records() - before
        assert there > trains.height > 100
        del outcome
        # but for those that were still on their way, whom their processes hold
        running = trains.filter(trains["outcome"] == "running").height
        assert records() - before <= 3 * running < there / 4
    finally:
        gc.enable()
    run_one(Job(scenario, 1, 1))
    assert gc.isenabled()


def test_done_is_called_after_each_job(scenario: Scenario) -> None:
    done: list[None] = []
    run_all([Job(scenario, 1, r) for r in range(3)], 1, lambda: done.append(None))
    assert len(done) == 3
    assert run_all([], 2) == []


def test_there_is_a_processor() -> None:
    assert default_jobs() >= 1


def test_studies_in_threads_leave_the_environment_as_it_was(tmp_path: Path) -> None:
    program = tmp_path / "threads.py"
    program.write_text(THREADS_PROGRAM)
    written_one(tmp_path)
    done = subprocess.run(
        [sys.executable, str(program)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "4 same same\n", "")


THREADS_PROGRAM = """
import os, sys, threading
from sim.scenario import load
from sim.study.engine import Job, run_all

scenario = load("one.yaml")
before, spec = dict(os.environ), sys.modules["__main__"].__dict__.get("__spec__", "none")
made = []


def study():
    for _ in range(2):
        made.append(run_all([Job(scenario, 1, r, measure=type) for r in range(2)], 2))


threads = [threading.Thread(target=study) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
after = dict(os.environ)
kept = sys.modules["__main__"].__dict__.get("__spec__", "none")
print(
    len(made),
    "same" if after == before else sorted(set(after.items()) ^ set(before.items())),
    "same" if kept is spec else kept,
)
"""
