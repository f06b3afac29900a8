"""A laboratory in a run as a user meets it: how full it was, what waits there, what it refused."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest
from matplotlib.figure import Figure

from sim.report.heat import weekly_use
from sim.report.places import boxes_waiting
from sim.report.queues import laboratories
from sim.results import Results, read_run
from sim.results.levels import at_laboratories
from tests.cli.command import good
from tests.corridor.small import SMALL

LAB = 'share: {grain: 0.1}, time: "uniform(low: 5 d, high: 10 d)", slots: 50}'
FULL = 'share: {grain: 0.4}, time: "uniform(low: 5 d, high: 10 d)", slots: 50, reject: 10 %}'


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with a run of a laboratory that is short of slots, and what was printed of it."""
    assert SMALL.count(LAB) == 1
    folder = tmp_path_factory.mktemp("laboratory")
    text = SMALL.replace(LAB, FULL).replace("horizon: 60 d", "horizon: 60 d\nwarmup: 10 d")
    (folder / "small.yaml").write_text(text)
    return folder, good(folder, "run", "small.yaml", "--out", "run").out


@pytest.fixture(scope="module")
def results(made: tuple[Path, str]) -> Results:
    return read_run(made[0] / "run")


def in_analysis(results: Results, begin: float, end: float) -> float:
    """Hours of all boxes under analysis, box by box."""
    rows = results.waits.filter(pl.col("cause") == "alashankou/lab: analysis")
    hours = pl.min_horizontal("end_h", pl.lit(end)) - pl.max_horizontal("begin_h", pl.lit(begin))
    return float(rows.select(hours.clip(0.0).sum()).item())


def test_a_laboratory_is_among_the_most_used(made: tuple[Path, str], results: Results) -> None:
    _, out = made
    (line,) = [row for row in out.splitlines() if row.startswith("alashankou/lab ")]
    found = re.fullmatch(r"alashankou/lab +laboratory slots +([\d,]+) +60,000 +(\d+)%", line)
    assert found, line
    used = in_analysis(results, 240.0, 1440.0)
    assert float(found[1].replace(",", "")) == pytest.approx(used, abs=1.0)
    assert int(found[2]) == round(100.0 * used / 60_000.0)


def test_the_gap_is_explained_with_what_was_turned_back(made: tuple[Path, str]) -> None:
    _, out = made
    said = " ".join(out.split("\n\n")[2 if "Of the" in out.split("\n\n")[2] else 3].split())
    found = re.fullmatch(
        r"Of the ([\d,]+) t offered and not delivered ([\d,]+) t were turned back by laboratories "
        r"and ([\d,]+) t more were under way or waiting at the end than at the beginning\.",
        said,
    )
    assert found, out
    missing, refused, more = (int(text.replace(",", "")) for text in found.groups())
    assert refused > 0
    assert missing == pytest.approx(refused + more, abs=2)


def test_boxes_at_a_laboratory_are_those_between_their_train_and_the_answer(
    results: Results,
) -> None:
    sampled = at_laboratories(results)["alashankou/lab"]
    assert sampled.analysis.maximum(0.0, 1440.0) == 50  # the slots
    assert sampled.waiting.maximum(0.0, 1440.0) > 0
    for hour in (500.0, 900.5, 1439.0):
        both = sampled.waiting.at([hour])[0] + sampled.analysis.at([hour])[0]
        assert sampled.there.at([hour])[0] == both
    mean = in_analysis(results, 240.0, 1440.0) / 1200.0
    assert sampled.analysis.time_mean(240.0, 1440.0) == pytest.approx(mean)


def test_pictures_show_it(made: tuple[Path, str], results: Results) -> None:
    folder, _ = made
    for what in ("use", "places", "queues"):
        good(folder, "plot", "run", "--what", what, "--out", f"{what}.png")
        assert (folder / f"{what}.png").stat().st_size > 10_000
    assert max(weekly_use(results)["alashankou/lab"]) == pytest.approx(1.0)
    ax = boxes_waiting(results, Figure().subplots())
    assert "alashankou/lab:\nsampled, not released" in [t.get_text() for t in ax.get_yticklabels()]
    ax = laboratories(results, Figure().subplots())
    assert any("alashankou/lab\n(mean " in text.get_text() for text in ax.texts)
    assert len(ax.lines) >= 2  # those there, and those that wait for a slot
