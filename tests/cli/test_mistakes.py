"""The user's mistakes: exit status 2, the place, a cure, and nothing written."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.command import place, snapshot, steppe
from tests.corridor.small import SMALL


@dataclass(frozen=True)
class Mistake:
    """A command, what it must say (in this order, anything between), and the files it finds."""

    says: tuple[str, ...]
    args: tuple[str, ...] = ("run", "small.yaml")
    files: tuple[tuple[str, bytes], ...] = ()


def edited(old: str, new: str, *says: str) -> Mistake:
    """One slip of the pen in the scenario; its place is where the slip stands."""
    assert SMALL.count(old) == 1
    text = SMALL.replace(old, new)
    mark = new[len(new) - len(new.lstrip("{ ")) :]
    return Mistake(
        (f"small.yaml:{place(text, mark)}: ", *says), files=(("small.yaml", text.encode()),)
    )


def file(content: str | bytes, *says: str) -> Mistake:
    raw = content.encode() if isinstance(content, str) else content
    return Mistake(says, files=(("small.yaml", raw),))


def option(*args: str, says: tuple[str, ...]) -> Mistake:
    return Mistake(says, ("run", "small.yaml", *args))


UNIT = SMALL.replace("870 km", "870 t")
NEGATIVE = SMALL.replace('cranes: 2, time: "exp', 'cranes: -2, time: "exp')
UNKNOWN = SMALL.replace("to: {jinan: 1}", "to: {jinann: 1}")
MISTAKES = {
    "typing error": edited(
        "tracks: 6", "trakcs: 6", "unknown key `trakcs`", "did you mean `tracks`"
    ),
    "wrong unit": file(
        UNIT, f"small.yaml:{place(UNIT, '870 t')}: ", "`870 t` is a mass", "expected a length"
    ),
    "no unit": file(
        SMALL.replace("870 km", "870"), f"small.yaml:{place(UNIT, '870 t')}: ", "unit", "km"
    ),
    "negative capacity": file(
        NEGATIVE, f"small.yaml:{place(NEGATIVE, '-2')}: ", "-2", "expected 0 or more"
    ),
    "unknown station": file(
        UNKNOWN,
        f"small.yaml:{place(UNKNOWN, 'jinann')}: ",
        "unknown station `jinann`",
        "did you mean `jinan`",
    ),
    "cycle of extends": Mistake(
        ("b.yaml:1:10: ", "cycle", "small.yaml → b.yaml → small.yaml", "expected"),
        files=(("small.yaml", b"extends: b.yaml\n"), ("b.yaml", b"extends: small.yaml\n")),
    ),
    "extends itself": file("extends: small.yaml\n", "small.yaml:1:10: ", "cycle"),
    "extends a missing file": file(
        "title: x\nextends: smal.yaml\n",
        "small.yaml:2:10: ",
        "no such file",
        "did you mean small.yaml",
    ),
    "broken YAML": file("title: x\nstations: {a: [\n", "small.yaml:3:1: ", "not YAML", "expected"),
    "key twice": file(
        "title: x\ntitle: y\n", "small.yaml:2:1: ", "`title` is given twice", "line 1"
    ),
    "not a mapping": file("a\n", "small.yaml:1:1: ", "expected keys"),
    "not UTF-8": file(b"title: x\nquestion: caf\xe9?\n", "small.yaml:2:14: ", "0xe9", "UTF-8"),
    "empty file": file("", "small.yaml: ", "is empty", "expected a scenario"),
    "comment alone": file("# nothing yet\n", "small.yaml", "is empty", "expected a scenario"),
    "missing file": Mistake(
        ("smal.yaml: ", "no such file", "did you mean small.yaml"), ("run", "smal.yaml")
    ),
    "a folder": Mistake(("earlier: ", "is a folder", "expected a YAML file"), ("run", "earlier")),
    "bad --set path": option(
        "--set",
        "lines.west.lenght=3 km",
        says=("--set 1: ", "no `lenght`", "did you mean `length`"),
    ),
    "bad --set value": option(
        "--set",
        "seed=1",
        "--set",
        "lines.west.length=3 t",
        says=("--set 2: ", "`3 t`", "expected a length"),
    ),
    "--set without a value": option(
        "--set", "title", says=("--set 1: ", "expected dotted.path=value")
    ),
    "no replications": option("--replications", "0", says=("--replications", "1")),
    "no jobs": option("--jobs", "0", says=("--jobs", "1")),
    "negative seed": option("--seed", "-1", says=("--seed", "0")),
    "a word for a number": option("--replications", "x", says=("--replications", "integer")),
    "unknown option": option("--replication", "3", says=("No such option", "--replication")),
    "a report that is to be no page": Mistake(
        ("brief.pdf: ", "is a page in HTML", ".html"),
        ("report", "earlier", "--brief", "--out", "brief.pdf"),
    ),
    "no scenario": Mistake(("scenario",), ("run",)),
    "no such command": Mistake(("No such command", "rum", "run"), ("rum", "small.yaml")),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_refused_with_its_place_and_a_cure_and_nothing_is_written(
    name: str, written: Path, desk: Path
) -> None:
    mistake = MISTAKES[name]
    shutil.copytree(written / "run", desk / "earlier")
    for path, content in mistake.files:
        (desk / path).write_bytes(content)
    before = snapshot(desk)
    out = ("--out", "earlier") if mistake.args[:2] == ("run", "small.yaml") else ()
    done = steppe(desk, *mistake.args, *out)
    assert done.status == 2, done.err
    assert re.search(".*".join(map(re.escape, mistake.says)), done.err, re.DOTALL), done.err
    assert "Traceback" not in done.err
    assert "a fault of steppe" not in done.err
    assert done.out == ""
    assert snapshot(desk) == before


@pytest.mark.parametrize("out", [("--out", "new/run"), ()])
def test_no_folder_is_made_for_a_scenario_that_is_refused(out: tuple[str, ...], desk: Path) -> None:
    (desk / "small.yaml").write_text(NEGATIVE)
    assert steppe(desk, "run", "small.yaml", *out).status == 2
    assert [p.name for p in desk.iterdir()] == ["small.yaml"]


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_the_file(desk: Path) -> None:
    text = NEGATIVE.replace("870 km", "870 t").replace("tracks: 6", "trakcs: 6")
    text = text.replace("to: {jinan: 1}", "to: {jinann: 1}")
    (desk / "small.yaml").write_text(text)
    done = steppe(desk, "run", "small.yaml", "--set", "lines.china.speed=3 kg")
    assert done.status == 2
    lines = done.err.splitlines()
    marks = ("trakcs", "-2", "870 t", "jinann")
    places = [f"small.yaml:{place(text, mark)}:" for mark in marks]
    assert [line.split(" ")[0] for line in lines if line.startswith("small.yaml")] == places
    assert any(line.startswith("--set 1: ") and "3 kg" in line for line in lines)


@pytest.mark.parametrize("name", ["notes", "notes.txt", "notes/run"])
def test_a_folder_or_file_that_is_not_ours_is_not_touched(name: str, desk: Path) -> None:
    (desk / "notes").mkdir()
    (desk / "notes/diary.txt").write_text("mine")
    (desk / "notes/run").mkdir()
    (desk / "notes/run/manifest.json").write_text('{"of": "something else"}')
    (desk / "notes.txt").write_text("mine")
    before = snapshot(desk)
    done = steppe(desk, "run", "small.yaml", "--out", name)
    assert done.status == 2
    assert str(desk / name) in done.err
    assert "choose" in done.err
    assert snapshot(desk) == before


def test_a_run_with_something_of_the_user_in_it_is_not_replaced(written: Path, desk: Path) -> None:
    shutil.copytree(written / "run", desk / "run")
    (desk / "run/diary.txt").write_text("mine")
    before = snapshot(desk)
    done = steppe(desk, "run", "small.yaml", "--seed", "2", "--out", "run")
    assert done.status == 2
    assert "diary.txt" in done.err
    assert snapshot(desk) == before


def test_a_place_that_cannot_be_written_is_the_users_to_change(desk: Path) -> None:
    done = steppe(desk, "run", "small.yaml", "--out", "small.yaml/run")
    assert done.status == 2
    assert "cannot write" in done.err
    assert "choose another folder" in done.err
    assert [p.name for p in desk.iterdir()] == ["small.yaml"]
