"""Episodes are run, judged and told apart; a folder of them stands a bad one."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from pathlib import Path

import pytest

from sim.scenario import ScenarioError
from sim.study.backtest import backtest, own_folder, read_folder
from sim.study.episodes import Episode, load_episode
from sim.study.episodes.language import numbers_in
from sim.study.statistics import t_quantile
from tests.corridor.test_gridlock import LOOP
from tests.study.episode import EPISODE, episode, row, written
from tests.study.trap import Trapped

ROOT = Path(__file__).parents[2]
OWN = sorted((ROOT / "scenarios" / "episodes").glob("*.yaml"))
STANDING = "{kind: trains-standing, at: [exchange]}"
DAY = "on: 2024-01-07"


@pytest.fixture(scope="module")
def own() -> list[Episode]:
    return [load_episode(path) for path in OWN]


def test_a_corridor_without_chance_is_met_or_missed_exactly(tmp_path: Path) -> None:
    text = episode(
        row(STANDING, "3.5 trains", DAY, "met"),
        row(STANDING, "4 trains", DAY, "missed"),
        row(STANDING, "3 trains, high: 3.6 trains", DAY, "range"),
        row(STANDING, "4 trains, high: 5 trains", DAY, "below"),
        row(STANDING, "2 trains, high: 3 trains", DAY, "above"),
    )
    made = backtest(written(tmp_path, text).parent, replications=2, jobs=1)
    found = {f.row: f for f in made.findings}
    assert [(f.within, f.error, f.relative) for f in made.findings] == [
        (True, 0.0, 0.0),
        (False, -0.5, -0.125),
        (True, 0.0, 0.0),
        (False, -0.5, -0.125),
        (False, 0.5, 0.5 / 3),
    ]
    assert all(f.mean == 3.5 and f.predicted_low == f.predicted_high == 3.5 for f in found.values())
    assert [f.row for f in made.misses] == ["missed", "below", "above"]
    assert made.frame()["verdict"].to_list() == ["within", "misses", "within", "misses", "misses"]


def test_the_interval_is_for_one_more_run(tmp_path: Path) -> None:
    text = episode(row(STANDING, "3 trains", DAY)).replace(
        "scenario: corridor.yaml",
        "scenario: {extends: corridor.yaml, background: {ore: {arrivals: poisson}}}",
    )
    path = written(tmp_path, text)
    (found,) = backtest(path, replications=6, jobs=1).findings
    from sim.corridor import simulate

    made = load_episode(path)
    (seen,) = made.rows
    values = [
        seen.take(simulate(made.scenario, replication=r), seen.begin, seen.end) for r in range(6)
    ]
    mean = sum(v or 0.0 for v in values) / 6
    spread = math.sqrt(sum(((v or 0.0) - mean) ** 2 for v in values) / 5)
    assert spread > 0.1
    assert found.mean == pytest.approx(mean)
    assert found.predicted_high == pytest.approx(mean + t_quantile(5) * spread * math.sqrt(7 / 6))
    assert found.predicted_low == pytest.approx(
        max(0.0, mean - t_quantile(5) * spread * math.sqrt(7 / 6))
    )
    assert found.high == pytest.approx(mean + t_quantile(5) * spread / math.sqrt(6))


def test_one_run_gives_no_interval_and_no_verdict(tmp_path: Path) -> None:
    (found,) = backtest(written(tmp_path), replications=1).findings
    assert (found.mean, found.low, found.predicted_low, found.within) == (3.5, None, None, None)
    assert found.verdict == "not told"


def test_another_seed_and_more_workers_change_nothing_where_there_is_no_chance(
    tmp_path: Path,
) -> None:
    written(tmp_path)
    one = backtest(tmp_path, replications=2, jobs=1)
    two = backtest(tmp_path, replications=2, jobs=2, seed=5)
    assert one.findings == two.findings


def test_rows_come_in_the_order_of_files_and_then_of_the_file(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        text = episode(*(row(STANDING, "1 trains", DAY, n) for n in ("z", "a", "m")))
        written(tmp_path, text, name)
    made = backtest(tmp_path, replications=1, jobs=1)
    assert [(f.episode, f.row) for f in made.findings] == [
        (e, r) for e in ("a", "b", "c") for r in ("z", "a", "m")
    ]


def test_an_odd_file_stops_no_other_and_a_scenario_is_left_out(tmp_path: Path) -> None:
    written(tmp_path)
    written(tmp_path, EPISODE.replace("exchange]", "exchnage]"), "odd")
    (tmp_path / "worse.yaml").write_text("title: [\n")
    (tmp_path / "words.txt").write_text("no episode")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "deep.yaml").write_text("title: [\n")
    folder = read_folder(tmp_path)
    assert [e.name for e in folder.episodes] == ["storm"]
    assert [p.name for p in folder.left_out] == ["corridor.yaml"]
    assert [p.name for p in folder.unusable] == ["odd.yaml", "worse.yaml"]
    assert [Path(p.place.file).name for p in folder.problems] == ["odd.yaml", "worse.yaml"]
    made = backtest(folder, replications=2, jobs=1)
    assert [(f.episode, f.within) for f in made.findings] == [("storm", True)]


def test_a_mistake_in_a_base_is_said_once(tmp_path: Path) -> None:
    written(tmp_path, name="a")
    path = written(tmp_path, name="b")
    base = path.with_name("corridor.yaml")
    base.write_text(base.read_text().replace("speed: 480 km/d", "speed: 480"))
    folder = read_folder(tmp_path)
    assert len(folder.problems) == 1
    assert [p.name for p in folder.unusable] == ["a.yaml", "b.yaml"]


def test_no_folder_and_an_empty_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="there is no such folder or file"):
        read_folder(tmp_path / "none")
    with pytest.raises(ScenarioError, match="holds no episode; expected YAML files"):
        read_folder(tmp_path)


def test_a_deadlock_is_told_and_what_lies_beyond_it_has_no_figure(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "loop.yaml").write_text(LOOP.format(tracks=1))
    standing = "{kind: trains-standing, at: [there]}"
    text = episode(row(standing, "1 trains", "on: 2024-01-03")).replace("corridor", "loop")
    (tmp_path / "jam.yaml").write_text(text)
    made = backtest(tmp_path, replications=2, jobs=1)
    stuck, storm = made.findings
    assert (stuck.mean, stuck.n, stuck.without, stuck.verdict) == (None, 0, 2, "not told")
    assert storm.within is True
    assert [(d["episode"], d["replication"], d["time_h"]) for d in made.deadlocks] == [
        ("jam", 0, 3.0),
        ("jam", 1, 3.0),
    ]


def test_runs_that_fail_are_told_and_stop_no_other(tmp_path: Path) -> None:
    written(tmp_path, name="a")
    written(tmp_path, name="b")
    read = read_folder(tmp_path)
    bad = replace(read.episodes[0], scenario=Trapped.of(read.episodes[0].scenario, in_workers=True))
    made = backtest(replace(read, episodes=(bad, read.episodes[1])), replications=2, jobs=2)
    assert [(f.episode, f.replication) for f in made.failed] == [("a", 0), ("a", 1)]
    assert [(f.episode, f.n, f.verdict) for f in made.findings] == [
        ("a", 0, "not told"),
        ("b", 2, "within"),
    ]


@pytest.mark.parametrize(("replications", "jobs"), [(0, 1), (1, 0)])
def test_numbers_out_of_range(replications: int, jobs: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected 1 or more"):
        backtest(written(tmp_path), replications=replications, jobs=jobs)


# -- the house's own episodes -----------------------------------------------------------------


def test_our_folder_is_found_and_all_of_it_is_sound(own: list[Episode]) -> None:
    assert own_folder().resolve() == OWN[0].parent
    assert len(own) >= 12
    assert not [w for e in own for w in e.warnings]


def test_a_third_of_our_rows_at_least_was_never_calibrated_on(own: list[Episode]) -> None:
    rows = [r for e in own for r in e.rows]
    assert 3 * sum(not r.calibrated for r in rows) >= len(rows) >= 30


def test_every_row_of_ours_is_a_fact_of_the_register_with_its_figure(own: list[Episode]) -> None:
    with (ROOT / "seeds" / "facts.csv").open(encoding="utf-8", newline="") as stream:
        facts = {r["id"]: r for r in csv.DictReader(stream)}
    for made in own:
        for seen in made.rows:
            assert seen.source, (made.name, seen.name)
            told: set[float] = set()
            for fact in seen.source:
                told |= numbers_in(f"{facts[fact]['value']} {facts[fact]['statement']}")
            assert {seen.low, seen.high} <= told, (made.name, seen.name)


def test_every_figure_that_our_episodes_set_is_sourced_or_assumed(own: list[Episode]) -> None:
    from sim.scenario.evidence import unsourced

    assert [(e.name, f.path) for e in own for f in unsourced(e.scenario)] == []


def test_the_rows_that_the_issue_names_are_there(own: list[Episode]) -> None:
    cited = {fact for e in own for r in e.rows for fact in r.source}
    assert cited >= {
        "grain-to-china-2021", "grain-to-china-2022", "grain-to-china-2023",
        "cpmm-rail-hours-2020", "cpmm-rail-hours-2021", "cpmm-rail-hours-2022",
        "jam-2023-09-trains", "jam-2023-09-held", "jam-2024-03-wagons", "jam-2024-03-held",
        "accept-dostyk-storm", "accept-dostyk-normal", "line-storm-ban", "wind-dostyk-2025",
        "first-return-train-days", "wuhan-barley-days", "qingdao-almaty-days-low",
        "qingdao-almaty-days-high", "qingdao-almaty-2023-train", "delay-2024-05",
    }  # fmt: skip


def test_the_page_names_every_row_and_what_it_calibrates(own: list[Episode]) -> None:
    page = (ROOT / "docs" / "backtest.md").read_text(encoding="utf-8")
    for made in own:
        for seen in made.rows:
            begin = f"| `{made.name}` | {seen.name} |"
            (line, *_) = [x for x in page.splitlines() if x.startswith(begin)]
            assert line.endswith("| yes |" if seen.calibrated else "| no |")
            assert not seen.calibrates or seen.calibrates in page
            if "**misses**" in line:
                assert seen.remark, f"no reason is given for the miss of {made.name}, {seen.name}"
                assert seen.remark in page
