"""``steppe plot``: every picture it lists, in every format."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.command import good, snapshot, steppe

MAGIC = {"png": b"\x89PNG\r\n\x1a\n", "svg": b"<?xml", "pdf": b"%PDF-"}


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The pictures named by --list, which needs no run."""
    shown = good(tmp_path_factory.mktemp("nothing"), "plot", "--list").out
    return [line.split()[0] for line in shown.splitlines()[1:]]


def test_pictures_are_listed_without_a_run(listed: list[str]) -> None:
    assert {"throughput", "backlog", "queues", "lead-time"} <= set(listed)


def test_every_picture_that_is_listed_can_be_drawn(
    listed: list[str], written: Path, tmp_path: Path
) -> None:
    # the formats in turn: each is drawn, and none of them for one picture alone
    for number, what in enumerate(listed):
        form = list(MAGIC)[number % len(MAGIC)]
        file = f"{what}.{form}"
        args = ("--what", what, "--format", form, "--out", file)
        assert good(tmp_path, "plot", str(written / "run"), *args).out.strip() == file
        assert (tmp_path / file).read_bytes().startswith(MAGIC[form])
    assert len(listed) >= len(MAGIC)


def test_options_go_to_the_picture(written: Path, tmp_path: Path) -> None:
    run = str(written / "run")
    usual = ("plot", run, "--what", "throughput", "--out")
    good(tmp_path, *usual, "plain.png")
    good(tmp_path, *usual, "by.png", "--by", "commodity", "--every", "month")
    assert (tmp_path / "by.png").read_bytes() != (tmp_path / "plain.png").read_bytes()
    line = ["--what", "time-distance", "--begin", "2023-01-03", "--days", "3", "--out", "line.png"]
    good(tmp_path, "plot", run, *line)
    assert (tmp_path / "line.png").read_bytes().startswith(MAGIC["png"])


@pytest.mark.parametrize("form", ["svg", "pdf"])  # png: below
def test_the_format_is_as_the_file_is_called(form: str, written: Path, tmp_path: Path) -> None:
    good(tmp_path, "plot", str(written / "run"), "--out", f"picture.{form}")
    assert (tmp_path / f"picture.{form}").read_bytes().startswith(MAGIC[form])


def test_a_picture_goes_beside_the_run_which_stays_a_run(written: Path, desk: Path) -> None:
    shutil.copytree(written / "run", desk / "run")
    shown = good(desk, "plot", "run", "--what", "queues", "--format", "svg").out
    assert shown.strip() == "run/queues.svg"
    assert (desk / "run/queues.svg").read_bytes().startswith(MAGIC["svg"])
    good(desk, "run", "small.yaml", "--out", "run")  # may be replaced still


def test_the_throughput_of_a_run_is_the_picture_that_the_run_drew(
    written: Path, tmp_path: Path
) -> None:
    good(tmp_path, "plot", str(written / "run"), "--out", "again.png")
    drawn = (written / "run/throughput.png").read_bytes()
    assert (tmp_path / "again.png").read_bytes() == drawn


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("run", "--what", "througput"), "did you mean throughput?"),
        (("run", "--what", "compare"), "`steppe compare`"),
        (("run", "--what", "queues", "--by", "crossing"), "has no option 'by'; it takes most"),
        (("run", "--what", "time-distance", "--begin", "1999-01-01"), "is not in the run"),
        (("run", "--what", "equipment", "--fleet", "boxen"), "did you mean boxes?"),
        (("run", "--format", "gif"), "expected png, svg, pdf"),
        (("run", "--out", "picture.gif"), "expected png, svg, pdf"),
        (("run", "--out", "no/such/folder.png"), "no/such/folder.png: cannot be written"),
        ((".",), "is not the folder of a run"),
        (("nowhere",), "there is no such folder"),
        (("x" * 300,), "choose another path"),
        ((), "needs the folder of a run"),
    ],
)
def test_a_mistake_is_refused_with_a_cure(args: tuple[str, ...], says: str, written: Path) -> None:
    before = snapshot(written)
    done = steppe(written, "plot", *args)
    assert done.status == 2
    assert says in done.err
    assert "Traceback" not in done.err
    assert snapshot(written) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [("containers.parquet", b"no parquet"), ("manifest.json", b"{"), ("waits.parquet", None)],
)
def test_a_damaged_run_is_refused_by_the_name_of_the_file(
    name: str, content: bytes | None, written: Path, tmp_path: Path
) -> None:
    shutil.copytree(written / "run", tmp_path / "run")
    if content is None:
        (tmp_path / "run" / name).unlink()
    else:
        (tmp_path / "run" / name).write_bytes(content)
    done = steppe(tmp_path, "plot", "run")
    assert done.status == 2
    assert f"run/{name}: is " in done.err
    assert "run the scenario again" in done.err
