"""Sweeps: every point is run, refused ones are not, and a factor without effect has none."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sim.scenario import ScenarioError
from sim.study.design import points
from sim.study.reading import doubts, load_sweep
from sim.study.sensitivity import sensitivity
from sim.study.sweep import count_runs, sweep
from tests.study.one import ONE, written_one

GRID = """
title: volumes and teams
base: one.yaml
replications: 2
kpis: [delivered_t, fulfilment]
factors:
  volume: {path: export_volume, values: [1, 2]}
  teams: {path: stations.border.work.customs.servers, low: 1, high: 2, whole: true}
inputs:
  - {require: volume <= 1.6 * teams, because: one team cannot carry that}
outputs:
  - require: fulfilment >= 0.9
"""


def study(folder: Path, text: str = GRID) -> Path:
    written_one(folder)
    path = folder / "study.yaml"
    path.write_text(text)
    return path


def test_a_grid_runs_every_point_but_those_refused(tmp_path: Path) -> None:
    loaded = load_sweep(study(tmp_path))
    assert count_runs(loaded) == 6
    made = sweep(loaded, jobs=1)
    means = made.means()
    assert means["volume"].to_list() == [1.0, 1.0, 2.0, 2.0]
    assert means["teams"].to_list() == [1.0, 2.0, 1.0, 2.0]
    assert means["status"].to_list() == ["done", "done", "refused", "done"]
    assert means["n"].to_list() == [2, 2, 0, 2]
    because = means["because"][2]
    assert because == "not volume <= 1.6 * teams, one team cannot carry that"
    assert means["meets"].to_list() == ["yes", "yes", None, "yes"]
    # twice the volume is twice the goods, where two teams pass all of it
    assert means["delivered_t"][3] == pytest.approx(2 * means["delivered_t"][1], rel=0.03)
    runs = made.runs()
    assert runs.height == 7
    again = sweep(loaded, jobs=2)
    assert again.runs().equals(runs)


def test_points_are_run_in_every_variant(tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text(
        "extends: one.yaml\nstations: {border: {work: {customs: {servers: 2}}}}\n"
    )
    text = GRID.replace("base: one.yaml", "base: one.yaml\nvariants: [two.yaml]").replace(
        "  teams: {path: stations.border.work.customs.servers, low: 1, high: 2, whole: true}\n", ""
    )
    text = text[: text.index("inputs:")]
    made = sweep(study(tmp_path, text), replications=1, jobs=1).means()
    assert made["variant"].to_list() == ["one", "two"] * 2
    low, high = made.filter(pl.col("volume") == 2.0)["delivered_t"].to_list()
    assert high > 1.2 * low


LINEAR = """
title: which matters
base: one.yaml
replications: 2
kpis: [lead_time_mean_h]
factors:
  west: {path: lines.west.length, low: 400 km, high: 800 km}
  east: {path: lines.east.length, low: 1200 km, high: 2400 km}
  strip: {path: stations.jinan.delivery.stripping, low: 12 h, high: 36 h}
design: {kind: KIND, samples: N}
"""


def linear(folder: Path, kind: str, samples: int) -> Path:
    """Below capacity the lead time is linear: 24 h per 800 km west, per 1,200 km east."""
    written_one(folder)
    text = LINEAR.replace("KIND", kind).replace("N}", f"{samples}}}")
    path = study(folder, text)
    one = folder / "one.yaml"
    one.write_text(one.read_text().replace("export_volume: 2", "export_volume: 0.9"))
    one.write_text(one.read_text().replace("horizon: 28 d", "horizon: 10 d"))
    return path


def test_morris_by_hand(tmp_path: Path) -> None:
    made = sensitivity(sweep(linear(tmp_path, "morris", 3), jobs=1))
    value = {(r["factor"], r["index"]): r for r in made.iter_rows(named=True)}
    # the whole range of 400 km at 800 km/d is 12 h, of 1,200 km at 1,200 km/d 24 h
    assert value["west", "mu_star"]["value"] == pytest.approx(12.0, abs=0.2)
    assert value["east", "mu_star"]["value"] == pytest.approx(24.0, abs=0.2)
    assert value["strip", "mu_star"]["value"] == 0.0
    assert value["strip", "mu_star"]["high"] == 0.0
    assert value["east", "sigma"]["value"] < 0.3  # linear: all effects are alike
    assert value["east", "mu_star"]["noise"] < 0.3


def test_sobol_by_hand(tmp_path: Path) -> None:
    made = sensitivity(sweep(linear(tmp_path, "saltelli", 32), replications=1, jobs=1))
    value = {(r["factor"], r["index"]): r for r in made.iter_rows(named=True)}
    # variances of uniforms of width 12 and 24 h are as 1 to 4
    assert value["west", "ST"]["value"] == pytest.approx(0.2, abs=0.05)
    assert value["east", "ST"]["value"] == pytest.approx(0.8, abs=0.12)
    assert value["east", "S1"]["low"] <= 0.8 <= value["east", "S1"]["high"]
    assert value["strip", "ST"]["value"] == 0.0
    assert value["strip", "S1"]["noise"] is None  # one replication says nothing of luck


@pytest.mark.parametrize("kind", ["latin-hypercube", "sobol"])
def test_samples_fill_every_range(tmp_path: Path, kind: str) -> None:
    text = GRID[: GRID.index("inputs:")] + f"design: {{kind: {kind}, samples: 8}}\n"
    text = text.replace("values: [1, 2]", "low: 50 %, high: 150 %")
    loaded = load_sweep(study(tmp_path, text))
    made = points(loaded)
    assert made == points(loaded)  # from the design's seed
    shares = sorted(p.numbers["volume"] for p in made)
    # one point in each eighth of the range
    assert [int((x - 50) / 12.5) for x in shares] == list(range(8))
    assert all(str(p.values["volume"]).endswith(" %") for p in made)
    assert sorted(p.values["teams"] for p in made) == [1] * 4 + [2] * 4


def test_a_factor_may_multiply_what_is_written(tmp_path: Path) -> None:
    text = GRID[: GRID.index("inputs:")].replace("values: [1, 2]", "values: [0.5, 1], times: true")
    means = sweep(study(tmp_path, text), replications=1, jobs=1).means()
    half, whole = means.filter(pl.col("teams") == 2.0)["delivered_t"].to_list()
    assert whole == pytest.approx(2 * half, rel=0.05)


def test_values_that_do_not_go_together_refuse_their_point(tmp_path: Path) -> None:
    text = GRID[: GRID.index("inputs:")].replace(
        "{path: export_volume, values: [1, 2]}", "{path: warmup, values: [0 d, 20 d]}"
    )
    text = text.replace(
        "{path: stations.border.work.customs.servers, low: 1, high: 2, whole: true}",
        "{path: horizon, values: [15 d, 28 d]}",
    )
    means = sweep(study(tmp_path, text), replications=1, jobs=1).means()
    assert means["status"].to_list() == ["done", "done", "refused", "done"]
    assert "warmup" in means["because"][2]


def test_values_are_tried_alone_before_anything_runs(tmp_path: Path) -> None:
    text = GRID[: GRID.index("inputs:")].replace("[1, 2]", "[1, two]")
    text = text.replace("low: 1, high: 2", "low: 1 h, high: 2 h")
    path = study(tmp_path, text)
    with pytest.raises(ScenarioError) as caught:
        sweep(path, jobs=1)
    said = [str(p) for p in caught.value.problems]
    assert said[0].startswith(f"{path}:7:45: export_volume: `two` is not a number")
    assert said[1].startswith(f"{path}:8:60: servers: `1 h` is a time")


MISTAKES = [
    ("base: one.yaml", "base: on.yaml", "3:7: {}/on.yaml: there is no such file"),
    ("kpis: [delivered_t", "kpis: [deliverd_t", "did you mean `delivered_t`"),
    ("low: 1, high", "low: 1, hig", "unknown key `hig`; did you mean `high`"),
    ("low: 1, high: 2", "low: 2, high: 1", "low: 2 is not below high, 1"),
    ("low: 1, high: 2", "low: 1 km, high: 2 h", "have not the same unit"),
    ("values: [1, 2]", "values: [1, two]", "require: `volume` has words as values"),
    ("path: export_volume", "path: export_volum", "7:"),
    ("require: volume", "require: volum", "10:15: require: unknown name `volum`"),
    ("title: volumes and teams\n", "", "there is no `title`"),
    ("whole: true}", "whole: true}\ndesign: {kind: sobol, samples: 50}", "expected such as 32 or"),
    ("whole: true}", "whole: true}\ndesign: {kind: morris}", "inputs: points of a morris design"),
    ("values: [1, 2]", "values: []", "values"),
]


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES)
def test_mistakes_are_said_with_their_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = study(tmp_path, GRID.replace(old, new, 1))
    with pytest.raises(ScenarioError) as caught:
        sweep(path, jobs=1)
    assert said.format(tmp_path) in str(caught.value)
    assert all(str(p.place).startswith(str(path)) for p in caught.value.problems)


def test_a_doubt_about_a_value_that_the_sweep_sets_is_none(tmp_path: Path) -> None:
    """A supply of nothing is doubtful, but not where every point gives it a volume."""
    path = study(tmp_path)
    (tmp_path / "one.yaml").write_text(ONE.replace("volume: 960 t/d", "volume: 0 t/d"))
    (said,) = doubts(load_sweep(path))
    assert "volume: nothing of `barley` becomes ready in the run" in str(said)
    path.write_text(GRID.replace("path: export_volume, values: [1, 2]",
                                 "path: supplies.barley.volume, values: [900 t/d, 1800 t/d]")
                    .replace("volume <= 1.6 * teams", "volume <= 1600 * teams"))  # fmt: skip
    assert doubts(load_sweep(path)) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("samples: 10", ":12:1: unknown key `samples`; runs of each point are `replications`;"),
        ("design: {samples: 10}",
         ":12:10: samples: a grid has every combination of values and no samples; remove it, or "
         "name another `kind`, such as `latin-hypercube`; runs of each point are `replications`"),
        ("design: {kind: sobol, replications: 3}",
         ":12:23: unknown key `replications`; `replications` stands beside `design`, not in it"),
        ("scenario: one.yaml", ":12:1: unknown key `scenario`; the scenario is `base`"),
    ],
)  # fmt: skip
def test_samples_and_replications_are_told_apart(tmp_path: Path, text: str, said: str) -> None:
    path = study(tmp_path, f"{GRID.strip()}\n{text}\n")
    with pytest.raises(ScenarioError) as caught:
        load_sweep(path)
    assert f"{path}{said}" in str(caught.value)
