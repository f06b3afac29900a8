"""What a variant breaks in its base is said at the variant's line, as the command prints it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import place, steppe
from tests.corridor.small import SMALL


def said(folder: Path, child: str, *args: str) -> list[str]:
    """What is printed of a variant of the small corridor."""
    (folder / "base.yaml").write_text(SMALL)
    (folder / "child.yaml").write_text(f"extends: base.yaml\n{child}\n")
    return steppe(folder, "check", "child.yaml", *args).err.splitlines()


def base(mark: str) -> str:
    return f"base.yaml:{place(SMALL, mark)}"


WAGONS = "w1520\n    dispatch"
NO_CHAIN = "no chain of services leads from `burundai` to `jinan`; expected services from there, "


@pytest.mark.parametrize(
    ("child", "lines"),
    [
        (
            "title: shorter\nlines:\n  west: null",
            [
                f"child.yaml:4:3: this breaks {base('west, dostyk/kz')}: route: unknown line "
                "`west`; expected one of `border`, `china`",
                f"child.yaml:4:3: this breaks {base('west, border')}: route: unknown line `west`; "
                "expected one of `border`, `china`",
            ],
        ),
        (
            "horizon: 61 d\nlines:\n  china: {length: 4000 km, to: dostyk}",
            [
                f"child.yaml:4:32: this breaks {base('jinan/cranes]')}: route: the train is at "
                "`dostyk` and not at `jinan`; expected a line there first",
                f"child.yaml:4:32: this breaks {base('jinan: 1}')}: {NO_CHAIN}at most 4 in a "
                "chain; they lead to `dostyk`, `alashankou`",
            ],
        ),
        (
            "services: {east: {length: 50, passing: {every: 1 d, free: 0.2}}}",
            [
                f"child.yaml:2:31: this breaks {base('dispatch: {rule: when-full}')}: dispatch: "
                "trains that pass are not formed here; remove it; `key: null` takes a key of "
                "another file away",
                f"child.yaml:2:31: this breaks {base(WAGONS)}: wagons: trains that "
                "pass have their own; remove it; `key: null` takes a key of another file away",
            ],
        ),
        (
            "horizon: 10 d",
            [
                f"child.yaml:2:10: warning: this makes doubtful {base('2023-01-20')}: begin: "
                "`storm` lies after the end of the run (2023-01-01 to 2023-01-10) and changes "
                "nothing; expected a day within it"
            ],
        ),
        (
            "services: {onward: {length: 0}}",
            ["child.yaml:2:29: length: `0` is out of range; expected at least 1"],
        ),
    ],
)
def test_the_line_that_breaks_a_base_is_named(tmp_path: Path, child: str, lines: list[str]) -> None:
    assert said(tmp_path, child) == lines


def test_a_set_that_breaks_a_file_is_named(tmp_path: Path) -> None:
    lines = said(tmp_path, "title: same", "--set", "seed=2", "--set", "services.onward.length=30")
    assert lines == [
        f"--set 2: warning: this makes doubtful {base('36, longest_hold')}: boxes: 36 do not fit "
        "on a train of 30, which leaves with 30; expected 30 or less"
    ]


def test_the_last_file_that_breaks_a_base_is_named(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(SMALL)
    (tmp_path / "mid.yaml").write_text("extends: base.yaml\nlines: {west: {speed: 700 km/d}}\n")
    (tmp_path / "top.yaml").write_text("extends: mid.yaml\ncalendars: null\n")
    lines = steppe(tmp_path, "check", "top.yaml").err.splitlines()
    assert lines and all(line.startswith("top.yaml:2:1: this breaks base.yaml:") for line in lines)


def test_what_is_wrong_in_the_base_stays_there(tmp_path: Path) -> None:
    broken = SMALL.replace("to: {jinan: 1}", "to: {jinann: 1}")
    (tmp_path / "base.yaml").write_text(broken)
    (tmp_path / "child.yaml").write_text("extends: base.yaml\nhorizon: 70 d\n")
    (line,) = steppe(tmp_path, "check", "child.yaml").err.splitlines()
    assert line.startswith(f"base.yaml:{place(broken, 'jinann')}: unknown station `jinann`")
