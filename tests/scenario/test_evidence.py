"""Where figures come from, and whether they are what their sources say."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

import sim
from sim.scenario import Scenario, ScenarioError, load, units
from sim.scenario.agreement import Row, evidence, measures
from sim.scenario.evidence import figures, gaps
from sim.scenario.register import Fact, read_register

ROOT = Path(__file__).parents[2]
REGISTER = """\
id,statement,value,unit,period,source
accepted,Trains accepted,15,trains/d,2023,a journal
stormy,the same in a storm,3,trains/d,2023,a journal
boxes,Boxes on a train,40,FEU,2023,a journal
tonnes,Tonnes on it,1040,t,2023,a journal
wagons,Boxes as a source counts them,80,TEU,2023,a journal
lab-low,Days in the laboratory,5,d,2023,a journal
lab-high,the same (high),10,d,2023,a journal
far,Distance,870,km,-,unsourced
near,Distance,293,km,-,a journal
speed,Speed of trains,33.333333333,km/h,2023,a journal
opens,Planned for,2028,year,2023,a journal
season,Grain in the season,730,kt/8 months,2023,a journal
"""
BASE = """\
title: base
start: 2024-01-01
horizon: 30 d
evidence: facts.csv
calendars:
  day: {open: 09:00-19:00, utc_offset: 8 h, assumed: nobody gives hours}
commodities:
  barley: {load: {value: 26 t, source: [boxes, tonnes]}, checked_as: grain}
fleets:
  boxes: {kind: containers, at: {almaty: 100}, assumed: enough}
stations:
  almaty:
    stuffing: {lines: 2, time: 1 h, fleet: boxes, assumed: two gangs}
  border:
    position: [82.5, 45.2]
    tracks: 4
    work:
      quarantine: {kind: servers, servers: 1, time: 6 h, hours: day, assumed: one team}
  jinan:
    work:
      laboratory:
        kind: laboratory
        share: {grain: {value: 5 %, assumed: few}}
        time: {value: "uniform(low: 5 d, high: 10 d)", source: [lab-low, lab-high]}
    delivery: {dwell: 48 h, time: 8 h, stripping: 48 h, fleet: boxes, assumed: near}
lines:
  wide:
    from: almaty
    to: border
    length: {value: 860 km, source: [far], assumed: a little shorter}
    speed: {value: 800 km/d, source: [speed]}
  over:
    from: border
    to: jinan
    length: {value: 300 km, source: [near]}
    speed: {value: 800 km/d, source: [opens]}
    acceptance:
      toward: jinan
      per_day:
        value: 15 trains/d
        source: [accepted]
        changes:
          2024-01-20: {value: 0.6 trains/h, source: [accepted], assumed: one lane shut}
services:
  east:
    from: almaty
    route: [wide, border/quarantine, over, jinan/laboratory]
    length: {value: 40, source: [wagons]}
    dispatch: {rule: timetable, every: 84 h, first: 12 h, assumed: two a week}
supplies:
  barley:
    region: almaty
    terminal: almaty
    commodity: barley
    volume: {value: 365 t/d, source: [season]}
    to: {jinan: 100 %}
    assumed: all of it
disruptions:
  storm:
    on: [over]
    begin: 2024-01-10
    days: {value: 4 d, assumed: four}
    factor: {value: 0.2, source: [stormy, accepted]}
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "facts.csv").write_text(REGISTER)
    path = tmp_path / "base.yaml"
    path.write_text(BASE)
    return path


def rows(scenario: Scenario) -> dict[str, Row]:
    return {row.figure.path: row for row in evidence(scenario).rows}


@pytest.mark.parametrize(
    ("path", "standing", "difference", "part"),
    [
        ("commodities.barley.load", "derived", None, "1040 t / 40 FEU"),
        ("stations.jinan.work.laboratory.time", "agrees", 0.0, None),
        ("lines.wide.length", "assumed", 860 / 870 - 1, None),  # general geography
        ("lines.wide.speed", "agrees", 0.0, None),  # km/d against km/h
        ("lines.over.length", "conflict", 300 / 293 - 1, None),
        ("lines.over.speed", "not comparable", None, None),  # a year is no quantity
        ("lines.over.acceptance.per_day", "agrees", 0.0, None),
        ("lines.over.acceptance.per_day.changes.2024-01-20", "explained", 14.4 / 15 - 1, None),
        ("services.east.length", "agrees", 0.0, None),  # 80 TEU are 40 boxes
        ("supplies.barley.volume", "conflict", 365 / (730_000 / (8 * 730 / 24)) - 1, None),
        ("disruptions.storm.factor", "derived", None, "3 trains/d / 15 trains/d"),
        ("fleets.boxes.at.almaty", "assumed", None, None),
        ("stations.border.tracks", "neither", None, None),
    ],
)
def test_a_figure_stands_to_its_facts_as_worked_out_by_hand(
    base: Path, path: str, standing: str, difference: float | None, part: str | None
) -> None:
    row = rows(load(base))[path]
    assert row.standing == standing
    first = row.citations[0] if row.citations else None
    assert (first.part if first else None) == part
    if difference is None:
        assert first is None or first.difference is None
    else:
        assert first is not None
        assert first.difference == pytest.approx(difference, abs=1e-9)


def test_rules_dates_and_opening_hours_are_figures_and_settings_are_not(base: Path) -> None:
    by_path = {f.path: f for f in figures(load(base))}
    assert by_path["services.east.dispatch.every"].text == "84 h"
    assert by_path["services.east.dispatch.every"].assumed == "two a week"
    assert by_path["calendars.day.open"].assumed == "nobody gives hours"
    assert by_path["disruptions.storm.begin"].unsourced
    assert not {"start", "horizon", "stations.border.position"} & set(by_path)
    assert not any(path.endswith((".rule", ".kind", ".region")) for path in by_path)


def test_each_gap_is_a_warning_at_its_place(base: Path) -> None:
    lines = base.read_text().splitlines()
    said = {str(problem) for problem in gaps(load(base))}
    for path, mark in (("stations.border.tracks", "4"), ("disruptions.storm.begin", "2024-01-10")):
        (found,) = (s for s in said if f"{path}:" in s)
        file, line, column, rest = found.split(":", 3)
        assert (file, rest[:9]) == (str(base), " warning:")
        assert lines[int(line) - 1][int(column) - 1 :].startswith(mark)
    assert len(said) == 2


def test_a_variant_explains_what_it_sets_and_not_what_it_inherits(base: Path) -> None:
    variant = base.with_name("variant.yaml")
    variant.write_text(
        "extends: base.yaml\n"
        "fleets:\n  boxes: {at: {jinan: 50}, assumed: fifty more}\n"
        "stations:\n  almaty: {stuffing: {lines: 3}}\n"
        "lines:\n  over: {acceptance: {per_day: {value: 18 trains/d, source: [accepted]}}}\n"
    )
    found = rows(load(variant))
    assert found["fleets.boxes.at.jinan"].figure.assumed == "fifty more"
    assert found["fleets.boxes.at.almaty"].figure.assumed == "enough"
    assert found["stations.almaty.stuffing.lines"].standing == "neither"  # the base speaks of two
    assert found["lines.over.acceptance.per_day"].standing == "conflict"
    assert found["lines.over.acceptance.per_day"].citations[0].difference == pytest.approx(0.2)
    inherited = {path for path, row in found.items() if row.inherited}
    assert "fleets.boxes.at.almaty" in inherited and "lines.wide.length" in inherited
    assert not {"fleets.boxes.at.jinan", "stations.almaty.stuffing.lines"} & inherited
    assert found["lines.wide.length"].figure.place.file == str(base)


def test_what_is_set_on_the_command_line_says_so_and_is_no_gap(base: Path) -> None:
    found = evidence(load(base, ("stations.border.tracks=9", "services.east.dispatch.every=42 h")))
    by_path = {row.figure.path: row.figure for row in found.rows}
    for path in ("stations.border.tracks", "services.east.dispatch.every"):
        assert by_path[path].assumed == "set on the command line"
    assert not any("tracks" in str(problem) for problem in found.gaps)


@pytest.mark.parametrize(
    ("where", "what"),
    [("source: [near]", "source: [naer]"), ("assumed: enough", "source: [naer]")],
)
def test_an_unknown_fact_is_refused_with_place_and_hint(base: Path, where: str, what: str) -> None:
    base.write_text(base.read_text().replace(where, what))
    with pytest.raises(ScenarioError) as refused:
        load(base)
    (problem,) = refused.value.problems
    line = base.read_text().splitlines()[problem.place.line - 1]
    assert line[problem.place.column - 1 :].startswith("naer")
    assert problem.message.endswith("did you mean `near`?")


def test_an_unknown_fact_of_a_base_is_refused_though_the_variant_lays_over_it(base: Path) -> None:
    base.write_text(base.read_text().replace("assumed: enough", "source: [naer]"))
    variant = base.with_name("variant.yaml")
    variant.write_text("extends: base.yaml\nfleets: {boxes: {source: [boxes]}}\n")
    with pytest.raises(ScenarioError, match=r"base\.yaml:\d+:\d+: source: no fact `naer`"):
        load(variant)


def test_an_id_given_twice_spoils_a_register(base: Path) -> None:
    (base.parent / "facts.csv").write_text(REGISTER + "near,again,1,km,-,x\n")
    with pytest.raises(ScenarioError, match="line 14: id `near` is given twice"):
        load(base)


def test_facts_without_a_register_cannot_be_shown(base: Path) -> None:
    base.write_text(base.read_text().replace("evidence: facts.csv\n", ""))
    with pytest.raises(ScenarioError, match=r"base\.yaml:\d+:\d+: .* cannot be looked up"):
        evidence(load(base))


def test_share_sourced_counts_neither_assumptions_nor_general_geography(base: Path) -> None:
    found = sim.evidence(load(base))
    assert not rows(load(base))["lines.wide.length"].sourced
    sourced = sum(row.sourced for row in found.rows)
    assert sourced == 10
    assert found.share_sourced == sourced / len(found.rows)
    as_dict = found.as_dict()
    assert sum(as_dict["standings"].values()) == len(as_dict["figures"])
    assert as_dict["conflicts"] == ["lines.over.length", "supplies.barley.volume"]


def test_measures_of_a_distribution_are_its_mean_and_its_parameters() -> None:
    assert measures("uniform(low: 5 d, high: 10 d)") == [
        (180.0, units.TIME),
        (120.0, units.TIME),
        (240.0, units.TIME),
    ]
    assert measures("lognormal(mean: 2 d, cv: 0.3)") == [(48.0, units.TIME), (48.0, units.TIME)]
    assert measures("09:00-19:00") == []


# The register of the house ----------------------------------------------------------------------


def test_no_figure_of_the_register_was_changed() -> None:
    # id, value and unit of all rows as they were given; whoever adds a sourced row sets it anew
    with (ROOT / "seeds/facts.csv").open(newline="", encoding="utf-8") as file:
        given = [(row["id"], row["value"], row["unit"]) for row in csv.DictReader(file)]
    assert len(given) == COUNT
    assert hashlib.sha256(repr(given).encode()).hexdigest() == DIGEST


COUNT = 123
DIGEST = "0ac828d3e0b2daafe1285b6ec0a26bf50fa5300dcc8e5adee90ca0674b489a2a"


@pytest.mark.parametrize(
    ("id_", "figure"),
    [
        ("dostyk-station-1520", (15 / 24, units.RATE)),
        ("gauge-dostyk-teu", (380 / 24, units.RATE)),
        ("barley-to-china-2023-24", (723_000 / (8 * 730), units.FLOW)),
        ("gauge-alashankou-train", (2.0, units.TIME)),
        ("line-speed-before", (800 / 24, units.SPEED)),
        ("gauge-tracks-dostyk", (7.0, units.PURE)),
        ("bakhty-line", None),
        ("ktz-spg-memorandum", None),
        ("transport-subsidy", None),  # tenge
        ("wind-loading-ban", (96.0, units.TIME)),
        ("meter-2024-12", (4 / 24, units.RATE)),
    ],
)
def test_facts_are_read_in_house_units(
    id_: str, figure: tuple[float, units.Dimension] | None
) -> None:
    found = read_register(ROOT / "seeds/facts.csv")[id_].figure
    if figure is None:
        assert found is None
    else:
        assert found == (pytest.approx(figure[0]), figure[1])


def test_only_dates_and_foreign_money_cannot_be_compared() -> None:
    facts: list[Fact] = list(read_register(ROOT / "seeds/facts.csv").values())
    assert {f.id for f in facts if f.figure is None} == {
        "bakhty-line",
        "ktz-spg-memorandum",
        "transport-subsidy",
    }
