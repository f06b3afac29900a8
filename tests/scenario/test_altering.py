"""Values of a loaded scenario changed: what stands there decides what multiplying means."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import Place, Scenario, ScenarioError
from sim.scenario.altering import Change, altered, raised, scaled, written
from tests.study.tiny import tiny


@pytest.fixture
def base(tmp_path: Path) -> Scenario:
    return tiny(
        tmp_path,
        "export_volume={value: 2, changes: {2023-02-01: 3}}",
        "lines.west.paths=20 trains/d",
        "stations.border.work.customs.time=lognormal(mean: 4 h, cv: 0.5)",
    )


def test_dated_values_are_scaled_at_every_date(base: Scenario) -> None:
    made = altered(base, [scaled(base, "export_volume", 1.5)]).tables.export_volume
    assert (made.initial, [v for _, v in made.changes]) == (3.0, [4.5])


def test_a_distribution_keeps_its_shape(base: Scenario) -> None:
    made = altered(base, [scaled(base, "stations.border.work.customs.time", 0.5)])
    time = made.tables.stations["border"].work["customs"].time
    assert time.mean == pytest.approx(2.0)
    assert time.variance == pytest.approx((0.5 * 2.0) ** 2)


def test_units_stay_as_they_were_written(base: Scenario) -> None:
    assert scaled(base, "lines.west.paths", 1.1).value == "22 trains/d"
    assert scaled(base, "lines.west.length", 0.5).value == "200 km"


def test_counts_are_raised_and_rounded_up(base: Scenario) -> None:
    customs = "stations.border.work.customs.servers"
    assert raised(base, customs, 1).value == 2
    assert scaled(base, customs, 1.1, up=True).value == 2
    assert scaled(base, "stations.almaty.stuffing.lines", 1.5, up=True).value == 18


def test_what_is_not_written_begins_from_its_default(tmp_path: Path) -> None:
    plain = tiny(tmp_path)
    made = altered(plain, [scaled(plain, "export_volume", 1.5)])
    assert made.tables.export_volume.initial == 1.5
    with pytest.raises(ScenarioError, match=r"`stations.jinan.tracks` is not written"):
        written(plain, "stations.jinan.tracks")


def test_the_scenario_itself_stays(base: Scenario) -> None:
    before = base.hash
    made = altered(base, [Change("lines.west.length", "1 km")], "other")
    assert (made.name, base.hash) == ("other", before)
    assert made.hash != before


def test_what_cannot_be_taken_is_said_where_it_was_written(base: Scenario) -> None:
    here = Place("study.yaml", 7, 3)
    with pytest.raises(ScenarioError) as caught:
        altered(base, [Change("lines.west.length", "12 h", here)])
    assert str(caught.value).startswith("study.yaml:7:3: length: `12 h` is a time")
    with pytest.raises(ScenarioError, match=r"study.yaml:7:3: there is no `lins`.*`lines`"):
        scaled(base, "lins.west.length", 2.0, here)
    with pytest.raises(ScenarioError, match=r"study.yaml:7:3: lines.west.to: `border` is not a"):
        scaled(base, "lines.west.to", 2.0, here)
