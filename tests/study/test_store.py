"""Runs that are kept: what is there is not run again, nothing mixes, and nothing is lost."""

from __future__ import annotations

import os
import select
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sim.results import Results, ResultsError
from sim.scenario import Scenario
from sim.scenario.loader import load
from sim.study import identity
from sim.study.compare import compare
from sim.study.engine import Job, Outcome, run_all, run_one, using
from sim.study.replications import replicate
from sim.study.store import FILE, RunStore
from tests.study.test_engine import same
from tests.study.tiny import tiny, written
from tests.study.trap import Trapped


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return tiny(tmp_path, "horizon=14 d")


def jobs(scenario: Scenario, n: int, seed: int = 1, **how: Any) -> list[Job]:
    return [Job(scenario, seed, r, **how) for r in range(n)]


def study(store: Path, todo: list[Job], fresh: bool = False) -> tuple[list[Outcome], int]:
    """Outcomes, and how many runs were really made."""
    with using(store, fresh=fresh) as setup:
        found = run_all(todo, 1)
        assert setup.store is not None
        return found, setup.store.put_in


def trains(results: Results, least: int = 0) -> int:
    return results.trains.filter(results.trains["boxes"] >= least).height


# -- what is there is not run again ----------------------------------------------------------


def test_a_study_repeated_or_extended_runs_only_what_is_missing(
    scenario: Scenario, tmp_path: Path
) -> None:
    todo = jobs(scenario, 5)
    first, made = study(tmp_path / "store", todo[:3])
    assert made == 3
    again, made = study(tmp_path / "store", todo[:3])
    assert made == 0
    longer, made = study(tmp_path / "store", todo)
    assert made == 2
    alone = run_all(todo, 1)
    assert same(first, alone[:3])
    assert same(again, alone[:3])
    assert same(longer, alone)
    assert [o.causes for o in longer] == [o.causes for o in alone]
    assert [o.trace for o in longer] == [o.trace for o in alone]
    everything, made = study(tmp_path / "store", todo, fresh=True)
    assert made == 5
    assert same(everything, alone)


def test_tables_are_kept_where_they_were_asked_for(scenario: Scenario, tmp_path: Path) -> None:
    plain, kept = Job(scenario, 1, 0), Job(scenario, 1, 0, keep=True)
    assert study(tmp_path / "store", [plain])[1] == 1
    assert study(tmp_path / "store", [kept])[1] == 1  # its tables were not there
    for job in (kept, plain):
        found, made = study(tmp_path / "store", [job])
        assert made == 0
        assert same(found, [run_one(job)])
    study(tmp_path / "store", [plain], fresh=True)
    assert study(tmp_path / "store", [kept])[1] == 0  # nor are they lost


def test_the_same_numbers_under_another_name_are_the_same_runs(tmp_path: Path) -> None:
    one = tiny(tmp_path, "horizon=14 d", name="one")
    study(tmp_path / "store", jobs(one, 2, keep=True))
    other = tiny(tmp_path, "horizon=14 d", "title=quite another", name="other")
    (found, _), made = study(tmp_path / "store", jobs(other, 2, keep=True))
    assert made == 0
    assert found.results is not None and found.weekly is not None
    for meta in (found.results.meta, found.weekly.meta):
        assert (meta["scenario"], meta["title"]) == ("other", "quite another")


# -- nothing mixes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    ["horizon=15 d", "warmup=1 d", "services.block.length=11", "supplies.barley.volume=961 t/d"],
)
def test_another_scenario_is_other_runs(scenario: Scenario, tmp_path: Path, change: str) -> None:
    study(tmp_path / "store", jobs(scenario, 2))
    other = tiny(tmp_path, "horizon=14 d", change)
    found, made = study(tmp_path / "store", jobs(other, 2))
    assert made == 2
    assert same(found, run_all(jobs(other, 2), 1))
    assert study(tmp_path / "store", jobs(scenario, 2))[1] == 0


def test_another_seed_replication_or_measure_is_another_run(scenario: Scenario) -> None:
    job = Job(scenario, 1, 0)
    others = [
        replace(job, seed=2),
        replace(job, replication=1),
        replace(job, measure=trains),
        replace(job, measure=partial(trains, least=6)),
        replace(job, measure=partial(trains, least=7)),
    ]
    keys = {identity.key(j) for j in (job, *others)}
    assert len(keys) == 1 + len(others)
    assert identity.key(replace(job, keep=True)) == identity.key(job)


def test_numbers_laid_over_what_was_loaded_count(scenario: Scenario) -> None:
    """A scenario changed in memory, its document not, is another scenario all the same."""
    tables = scenario.tables.model_copy(update={"horizon": scenario.tables.horizon.of(15 * 24.0)})
    other = replace(scenario, tables=tables)
    assert other.hash == scenario.hash
    assert identity.of_scenario(other) != identity.of_scenario(scenario)


def test_the_key_is_the_same_in_every_process(tmp_path: Path) -> None:
    baseline = Path("scenarios/baseline.yaml").absolute()
    ask = (
        "import sys; from sim.study import identity; from sim.scenario import load\n"
        "print(identity.of_scenario(load(sys.argv[1])), identity.model())"
    )
    keys = {
        subprocess.run(
            [sys.executable, "-c", ask, str(baseline)],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert keys == {f"{identity.of_scenario(load(baseline))} {identity.model()}\n"}


def test_another_model_is_other_runs(
    scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study(tmp_path / "store", jobs(scenario, 2))
    monkeypatch.setattr(identity, "model", lambda: "another")
    assert study(tmp_path / "store", jobs(scenario, 2))[1] == 2


def test_the_model_is_its_source(tmp_path: Path) -> None:
    import shutil

    import sim

    copy = tmp_path / "sim"
    shutil.copytree(Path(sim.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    ask = "from sim.study import identity; print(identity.model())"

    def model() -> str:
        done = subprocess.run(
            [sys.executable, "-c", ask], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    assert model() == identity.model()
    with (copy / "corridor" / "bank.py").open("a") as stream:
        stream.write("# a change\n")
    assert model() != identity.model()


# -- failures --------------------------------------------------------------------------------


def test_a_failed_run_is_a_row_and_is_tried_again(scenario: Scenario, tmp_path: Path) -> None:
    mark = tmp_path / "sprung"
    trapped = Trapped.of(scenario, mark, in_workers=True)
    todo = [Job(trapped, 7, r) for r in range(3)]
    with using(tmp_path / "store") as setup:
        found = run_all(todo, 2)
        assert setup.store is not None
        failed = [o.replication for o in found if o.failure is not None]
        assert len(failed) == 1
        (row,) = setup.store.failures()
    assert (row["scenario"], row["seed"], row["replication"]) == ("tiny", 7, failed[0])
    assert (row["stage"], row["error"]) == ("simulate", "ZeroDivisionError: the trap springs")
    assert "_spring" in row["traceback"]
    with using(tmp_path / "store") as setup:
        found = run_all(todo, 2)  # the trap has gone
        assert setup.store is not None
        assert setup.store.put_in == 1
        assert setup.store.failures() == []
    assert [o.failure for o in found] == [None] * 3


# -- nothing is lost -------------------------------------------------------------------------

LONG = """
import os, signal, sys
from pathlib import Path
from sim.scenario import load
from sim.study.engine import Job, run_all, using

scenario = load(sys.argv[1], ["horizon=14 d"])
done = 0
def count():
    global done
    done += 1
    if done == int(sys.argv[4]):
        print("pids", *(p.pid for p in __import__("multiprocessing").active_children()), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
with using(sys.argv[2]):
    run_all([Job(scenario, 1, r) for r in range(30)], int(sys.argv[3]), count)
"""


def ended(pid: int) -> bool:
    """Wait until a process has ended, half a minute at the most."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], 30.0)[0])
    finally:
        os.close(handle)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_study_killed_goes_on_where_it_stopped(tmp_path: Path, workers: int) -> None:
    path, store = written(tmp_path), tmp_path / "store"
    killed = subprocess.run(
        [sys.executable, "-c", LONG, path, store, str(workers), "17"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -9, killed.stderr
    for pid in killed.stdout.split()[1:]:  # nor does a worker outlive it
        assert ended(int(pid)), pid
    scenario = load(path, ["horizon=14 d"])
    found, made = study(store, jobs(scenario, 30))
    assert made == 30 - 17  # each run was kept before it was counted
    assert same(found, run_all(jobs(scenario, 30), 1))


def test_two_studies_at_once_do_each_other_no_harm(tmp_path: Path) -> None:
    path, store = written(tmp_path), tmp_path / "store"
    both = [
        subprocess.Popen(
            [sys.executable, "-c", LONG, path, store, "1", "0"],
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    assert [(p.communicate()[1], p.returncode) for p in both] == [("", 0)] * 3
    scenario = load(path, ["horizon=14 d"])
    found, made = study(store, jobs(scenario, 30))
    assert made == 0
    assert same(found, run_all(jobs(scenario, 30), 1))


def test_many_may_open_a_new_store_at_once(scenario: Scenario, tmp_path: Path) -> None:
    job, outcome = Job(scenario, 1, 0), run_one(Job(scenario, 1, 0))

    def put(number: int) -> None:
        store = RunStore(tmp_path / "store")
        for i in range(10):
            store.put(f"{number}-{i}", job, "hash", "model", outcome)
        store.close()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(put, range(8))) == [None] * 8
    keys = [f"{n}-{i}" for n in range(8) for i in range(10)]
    assert len(list(RunStore(tmp_path / "store").find(keys, [False] * 80))) == 80


# -- what the user may do wrong --------------------------------------------------------------


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with (
        pytest.raises(ResultsError, match="choose another folder with --store"),
        using(tmp_path / "file"),
    ):
        pass
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / FILE).write_text("not a database, whatever it is called, at all")
    with pytest.raises(ResultsError, match="not a database"), using(tmp_path / "damaged"):
        pass
    with sqlite3.connect(tmp_path / "newer.sqlite") as made:
        made.execute("pragma user_version = 99")
    made.close()
    (tmp_path / "newer").mkdir()
    (tmp_path / "newer.sqlite").rename(tmp_path / "newer" / FILE)
    with pytest.raises(ResultsError, match="is of format 99"), using(tmp_path / "newer"):
        pass


# -- studies ---------------------------------------------------------------------------------


def test_a_comparison_takes_the_runs_of_another_study(scenario: Scenario, tmp_path: Path) -> None:
    more = tiny(tmp_path, "horizon=14 d", "services.block.length=10", name="more")
    with using(tmp_path / "store") as setup:
        assert setup.store is not None
        replicate(scenario, 4, jobs=1)
        assert setup.store.put_in == 4
        found = compare([scenario, more], 6, jobs=1)
        assert setup.store.put_in == 4 + 2 + 6
    assert found.differences().equals(compare([scenario, more], 6, jobs=1).differences())


def test_the_key_of_what_is_measured_covers_the_rooms_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = tmp_path / "episodes" / "measure.py"
    below.parent.mkdir()
    below.write_text("A = 1\n")
    monkeypatch.setattr(identity, "__file__", str(tmp_path / "identity.py"))
    before = identity._study.__wrapped__()
    below.write_text("A = 2\n")
    assert identity._study.__wrapped__() != before
