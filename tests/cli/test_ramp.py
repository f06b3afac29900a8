"""``steppe ramp`` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import good, snapshot, steppe
from tests.corridor.test_gridlock import YARD
from tests.study.tiny import TINY

FILES = {
    "ramp.parquet",
    "table.csv",
    "breakpoints.csv",
    "apart.csv",
    "causes.csv",
    "migration.csv",
    "ranking.csv",
    "flips.csv",
    "regret.csv",
    "ramp.png",
    "migration.png",
    "policies.png",
    "manifest.json",
}

NOTHING = "title: none\nstart: 2024-01-01\nhorizon: 9 d\nstations: {a: {}}\n"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "one.yaml").write_text(TINY + "    arrivals: regular\n")
    (tmp_path / "two.yaml").write_text(
        "extends: one.yaml\ntitle: two\nstations: {border: {work: {customs: {servers: 2}}}}\n"
    )
    return tmp_path


def test_a_ramp_is_written_whole_and_told(desk: Path) -> None:
    args = ("ramp", "one.yaml", "--variants", "two.yaml", "--to", "2", "--steps", "2")
    done = good(desk, *args, "--replications", "2", "--jobs", "1", "--out", "r")
    assert {p.name for p in (desk / "r").iterdir()} == FILES
    for said in ("breakpoint:", "where the bottleneck is", "border/customs: busy", "regret"):
        assert said in done.out
    told = " ".join(done.out.split())
    assert "The breakpoint of two is surely higher than that of one, by 0." in told
    assert "times today's volume, at least +0." in told
    assert "none up to 2" in done.out  # two servers carry twice today's volume
    again = json.loads(
        good(desk, *args, "--replications", "2", "--jobs", "2", "--out", "s", "--json").out
    )
    assert again["breakpoints"][0]["bound_by"] == "border/customs"
    assert again["deadlocked"] == []
    assert snapshot(desk / "r") == snapshot(desk / "s")  # to the byte, whatever the workers


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("ramp", "one.yaml", "--from", "2", "--to", "1"), "expected --to above --from"),
        (("ramp", "one.yaml", "--path", "export_volum"), "did you mean `export_volume`?"),
        (("ramp", "one.yaml", "--kpi", "deliverd_t"), "'deliverd_t' is no key figure"),
        (("ramp", "three.yaml"), "there is no such file"),
    ],
)
def test_mistakes_are_said_and_nothing_is_written(
    desk: Path, args: tuple[str, ...], said: str
) -> None:
    before = snapshot(desk)
    done = steppe(desk, *args)
    assert (done.status, done.out) == (2, "")
    assert said in done.err
    assert snapshot(desk) == before


def test_a_ramp_of_which_no_run_ends_says_so_and_draws_nothing(tmp_path: Path) -> None:
    (tmp_path / "stuck.yaml").write_text(YARD % {"wagons": 0, "length": 5})
    args = ("--to", "2", "--steps", "2", "--replications", "1", "--out", "r")
    done = steppe(tmp_path, "ramp", "stuck.yaml", *args)
    assert done.status == 3
    assert "stuck at 2: replication 0 deadlocked: deadlock at hour" in done.err
    assert "fault" not in done.err
    assert "pictures" not in done.out
    assert not list((tmp_path / "r").glob("*.png"))
    assert good(tmp_path, "report", "r").out


def test_a_ramp_of_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "none.yaml").write_text(NOTHING)
    done = steppe(tmp_path, "ramp", "none.yaml")
    assert done.status == 2
    assert "none: no exports become ready in the run, so nothing can rise" in done.err


def test_a_ramp_of_fewer_scenarios_takes_the_place_of_one_of_more(desk: Path) -> None:
    args = ("--to", "2", "--steps", "2", "--replications", "1", "--no-breakpoint", "--out", "r")
    good(desk, "ramp", "one.yaml", "two.yaml", *args)
    assert (desk / "r" / "ranking.csv").is_file()
    good(desk, "ramp", "one.yaml", *args)
    assert not (desk / "r" / "ranking.csv").exists()
