"""``sim.stream`` and ``steppe run --stream``: a run's folder, written while it runs."""

from __future__ import annotations

import errno
import json
import re
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import sim
from sim.corridor import simulate
from sim.report.pictures import PICTURES, picture_bytes
from sim.results import Kpi, Results, ResultsError, kpis, read_kpis, read_manifest, read_run
from sim.results.parts import read_whole
from sim.results.series import throughput, weekly
from sim.results.tables import TABLES
from sim.results.waited import delay_by_cause, lead_time_by_stage, waiting_by_cause
from sim.scenario import Scenario
from tests.cli.command import good, snapshot, steppe
from tests.corridor.small import SMALL, scenario

MANIFEST = "manifest.json"


def test_the_folder_reads_as_that_of_a_run_in_memory(tmp_path: Path) -> None:
    given = scenario(tmp_path, SMALL)
    whole = sim.run(given, seed=2)
    made = sim.stream(given, tmp_path / "out", seed=2, block=100)
    read = read_run(made.folder)
    for name in set(TABLES) - {"legs"}:
        assert read.table(name).equals(whole.results.table(name)), name
    taken = {name: figure.value for name, figure in kpis(read).items()}
    kept = {name: figure["value"] for name, figure in read_kpis(made.folder).items()}
    assert taken == kept
    for name, figure in whole.kpis.items():
        assert isinstance(figure, Kpi)
        if figure.value is None:
            assert kept[name] is None
        else:
            assert kept[name] == pytest.approx(figure.value, rel=1e-12, abs=1e-9), name
    assert len(list((made.folder / "waits.parquet").iterdir())) > 2
    offered = throughput(read, "week", moment="ready_h")["tonnes"].to_numpy()
    assert weekly(read).frame["offered_t"].to_numpy() == pytest.approx(offered, rel=1e-12)
    for whole_or_parts in (whole.results, read):
        weeks = weekly(whole_or_parts).frame
        for name, moment in (("delivered_t", "delivered_h"), ("rejected_t", "rejected_h")):
            of_table = throughput(whole_or_parts, "week", moment=moment)["tonnes"].to_numpy()
            assert weeks[name].to_numpy() == pytest.approx(of_table, rel=1e-12)
    sim.stream(given, made.folder, seed=3)
    assert not read_run(made.folder).containers.equals(read.containers)


WORN = SMALL.replace(
    "disruptions:\n", "disruptions:\n  wear: {on: [alashankou/cranes], after: 40 h, lasts: 6 h}\n"
)


def test_the_manifest_has_queues_and_recovery_as_that_of_a_run_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.corridor.changes.ROWS", 60)
    given = scenario(tmp_path, WORN)
    known = json.loads((sim.run(given, seed=2).save(tmp_path / "usual") / MANIFEST).read_text())
    out = sim.stream(given, tmp_path / "out", seed=2, block=100).folder
    kept = json.loads((out / MANIFEST).read_text())
    assert len(list((out / "levels.parquet").iterdir())) > 20
    assert {row["disruption"] for row in known["recovery"]} == {"storm", "wear"}
    # whole numbers of trains at the same times
    assert kept["recovery"] == known["recovery"]
    assert len(kept["queues"]) == len(known["queues"]) > 8
    for one, other in zip(kept["queues"], known["queues"], strict=True):
        for name in ("queue", "unit", "arrivals", "rate_per_h"):
            assert one[name] == other[name]
        # sums of parts differ from one sum by rounding alone
        for name in ("mean_wait_h", "mean_length"):
            assert one[name] == pytest.approx(other[name], rel=1e-12), one["queue"]
        assert abs(one["residual"]) < 1e-9
    assert any(row["queue"].endswith("goods waiting for empties") for row in kept["queues"])


def test_a_streamed_run_that_is_overloaded_is_called_so(tmp_path: Path) -> None:
    more = SMALL.replace("volume: 900 t/d", "volume: 2500 t/d")
    (tmp_path / "small.yaml").write_text(more)
    told = steppe(tmp_path, "run", "small.yaml", "--stream", "--out", "out")
    usual = steppe(tmp_path, "run", "small.yaml", "--out", "usual")
    assert any(line.startswith("OVERLOADED") for line in told.out.splitlines())
    # figures, causes, what was most used and recovery: all but where it lies
    head, tail = told.out.split("results in")[0], usual.out.split("results in")[0]
    assert head.replace(", streamed", "") == tail
    picture = "throughput.png"
    assert (tmp_path / "out" / picture).read_bytes() == (tmp_path / "usual" / picture).read_bytes()
    kept, known = (
        json.loads((tmp_path / name / "manifest.json").read_text())["overload"]
        for name in ("out", "usual")
    )
    for name in ("growth_t_per_week", "share"):
        assert kept[name] == pytest.approx(known[name], rel=1e-12)
    assert kept["overloaded"] is known["overloaded"] is True
    made = sim.stream(scenario(tmp_path, SMALL), tmp_path / "quiet", block=100)
    assert made.drift is not None and not made.drift.overloaded


def test_nothing_is_left_of_a_run_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = scenario(tmp_path, SMALL)
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr("sim.corridor.run.imbalance", lambda _: ["a box is lost"])
    with pytest.raises(RuntimeError, match="a box is lost"):
        sim.stream(given, tmp_path / "out", block=100)
    assert sorted(tmp_path.iterdir()) == before
    (tmp_path / "file").touch()
    with pytest.raises(ResultsError, match="is a file"):
        sim.stream(given, tmp_path / "file")


def test_the_command_writes_and_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    told = steppe(tmp_path, "run", "small.yaml", "--stream", "--out", "out", "--json")
    assert told.status == 0
    printed = json.loads(told.out)
    assert printed["kpis"] == read_kpis(tmp_path / "out")
    usual = json.loads(steppe(tmp_path, "run", "small.yaml", "--out", "usual", "--json").out)
    for name in ("waiting_by_cause", "resources", "recovery", "full_lines"):
        _alike(printed[name], usual[name])
    told = steppe(tmp_path, "run", "small.yaml", "--stream", "--set", "steady=true")
    assert told.status == 2
    assert "lay steady=false over it" in told.err
    with pytest.raises(ValueError, match="asks for the long run"):
        sim.stream(scenario(tmp_path, SMALL, "steady=true"), tmp_path / "long")
    told = steppe(tmp_path, "run", "small.yaml", "--stream", "--replications", "3")
    assert told.status == 2
    assert "--stream is for one run" in told.err
    told = good(tmp_path, "reproduce", "out")
    assert "out: the same again, 1 replication, event by event" in told.out
    assert "waits.parquet" in told.out


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a streamed run, of a replication that is not the first, in many parts."""
    folder = tmp_path_factory.mktemp("streamed")
    given = scenario(folder, WORN)
    return sim.stream(given, folder / "run", seed=2, replication=3, block=100).folder


def test_a_streamed_run_comes_out_again_to_the_byte(kept: Path) -> None:
    before = snapshot(kept)
    found = sim.reproduce(kept)
    assert found.same
    assert set(found.files) == {"kpis.json", *(f"{name}.parquet" for name in TABLES)}
    assert (found.traces, found.versions, found.parting) == ((), {}, None)
    assert snapshot(kept) == before


def test_what_is_not_the_same_in_a_streamed_folder_is_named(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that says of one train that it left customs later, of one wait that it was none."""
    folder = tmp_path / "run"
    shutil.copytree(kept, folder)
    (file,) = (folder / "stages.parquet").iterdir()
    stages = pl.read_parquet(file)
    row = stages.with_row_index().filter(activity="customs").drop_nulls("end_h").row(9, named=True)
    stages[row["index"], "end_h"] = row["end_h"] + 0.5
    stages.write_parquet(file)
    part = sorted((folder / "waits.parquet").iterdir())[3]
    pl.read_parquet(part).with_columns(cause=None).write_parquet(part)
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["traces"] = ["another"]
    (folder / MANIFEST).write_text(json.dumps(manifest))
    # few enough at once that what differs is not in the first hours that are looked at
    monkeypatch.setattr("sim.study.reproduce.TOGETHER", 500)
    found = sim.reproduce(folder)
    assert [name for name, same in found.files.items() if not same] == [
        "stages.parquet",
        "waits.parquet",
    ]
    assert found.traces == (3,)
    assert found.parting is not None
    assert found.parting.time_h == row["end_h"]
    assert [event for event in found.parting.now if "alashankou/customs" in event]
    assert found.parting.then == ()


def test_a_streamed_folder_that_lacks_a_part_is_refused(kept: Path, tmp_path: Path) -> None:
    shutil.copytree(kept, tmp_path / "run")
    parts = sorted((tmp_path / "run" / "legs.parquet").iterdir())
    parts[-1].write_bytes(parts[-1].read_bytes()[:-9])
    for command in (["reproduce", "run"], ["why", "run"], ["plot", "run"]):
        told = steppe(tmp_path, *command)
        assert told.status == 2
        assert f"legs.parquet/{parts[-1].name}: is damaged" in told.err
    parts[-1].unlink()
    told = steppe(tmp_path, "why", "run")
    assert told.status == 2
    assert f"legs.parquet: has {len(parts) - 1} parts, {len(parts)} were written" in told.err
    assert "run the scenario again" in told.err
    shutil.rmtree(tmp_path / "run" / "legs.parquet")
    told = steppe(tmp_path, "replay", "run")
    assert told.status == 2
    assert "legs.parquet: is missing; run the scenario again" in told.err


def test_a_run_that_finds_no_room_to_be_made_again_says_where(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("sim.results.parts.write_table", full)
    with pytest.raises(ResultsError, match=r"No space left.*TMPDIR"):
        sim.reproduce(kept)


@pytest.fixture
def nothing_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables that grow with containers are not read whole."""

    def read(folder: Path, name: str) -> pl.DataFrame:
        if (folder / f"{name}.parquet").is_dir():
            assert name in ("trains", "stages", "levels"), f"{name} was read whole"
        return read_whole(folder, name)

    monkeypatch.setattr("sim.results.parts.read_whole", read)


@pytest.fixture(scope="module")
def in_memory(kept: Path) -> Results:
    return simulate(Scenario.from_resolved(read_manifest(kept)["scenario"], "small"), 2, 3)


@pytest.mark.usefixtures("nothing_whole")
def test_why_is_answered_part_by_part_as_from_whole_tables(kept: Path, in_memory: Results) -> None:
    _alike(sim.why(kept), sim.why(in_memory))
    _alike(sim.why(kept, container=301), sim.why(in_memory, container=301))
    _alike(sim.why(kept, train="east/3"), sim.why(in_memory, train="east/3"))
    with pytest.raises(ResultsError, match="there is no container 99999; expected 0 to"):
        sim.why(kept, container=99999)
    read = read_run(kept)
    _alike(waiting_by_cause(read), waiting_by_cause(in_memory))
    for function in (delay_by_cause, lead_time_by_stage):
        _alike(function(read).to_dicts(), function(in_memory).to_dicts())
    assert lead_time_by_stage(read).height > 8


@pytest.mark.usefixtures("nothing_whole")
@pytest.mark.parametrize("what", [name for name, p in PICTURES.items() if p.needs == "runs"])
def test_pictures_drawn_part_by_part_are_those_of_whole_tables(
    kept: Path, in_memory: Results, what: str
) -> None:
    read = read_run(kept)
    assert picture_bytes(what, read, dpi=40) == picture_bytes(what, in_memory, dpi=40)


@pytest.mark.usefixtures("nothing_whole")
def test_the_page_of_trains_on_the_move_is_that_of_a_run_in_memory(tmp_path: Path) -> None:
    given = scenario(tmp_path, WORN)
    sim.run(given, seed=2).save(tmp_path / "usual")
    sim.stream(given, tmp_path / "streamed", seed=2, block=100)
    pages = []
    for name in ("usual", "streamed"):
        sim.replay([tmp_path / name], tmp_path / f"{name}.html")
        # figures are the same but for rounding, which the page would show
        text = (tmp_path / f"{name}.html").read_text()
        pages.append(re.sub(r"(\d\.\d{9})\d+", r"\1", text))
    assert pages[0] == pages[1]


def _alike(one: Any, other: Any) -> None:
    """The same but for rounding."""
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for name in one:
            _alike(one[name], other[name])
    elif isinstance(one, list | tuple):
        assert len(one) == len(other)
        for mine, its in zip(one, other, strict=True):
            _alike(mine, its)
    elif isinstance(one, float):
        assert one == pytest.approx(other, rel=1e-11, abs=1e-9)
    else:
        assert one == other
