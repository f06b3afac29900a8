"""The bound before any run: worked out by hand where one thing is tight, and never exceeded."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.corridor import simulate
from sim.results import kpis
from sim.scenario import Scenario, load
from sim.study.implied import implied

WIDE = """
title: far more barley than anything can pass
start: 2023-01-01
horizon: 60 d
commodities: {barley: {load: 20 t}, oil: {load: 10 t}}
fleets: {boxes: {kind: containers, at: {almaty: 20000}}}
calendars:
  day: {open: "09:00-19:00", utc_offset: 8 h}
stations:
  almaty:
    stuffing: {lines: 100, time: 1 h, fleet: boxes}
    delivery: {dwell: 1 h, time: 1 h, stripping: 1 h, fleet: boxes}
  border: {work: {customs: {kind: servers, servers: 99, time: 1 h}}}
  jinan:
    stuffing: {lines: 100, time: 1 h, fleet: boxes}
    delivery: {dwell: 1 h, time: 1 h, stripping: 1 h, fleet: boxes}
lines:
  west: {from: almaty, to: border, length: 100 km, speed: 2400 km/d}
  east: {from: border, to: jinan, length: 100 km, speed: 2400 km/d}
services:
  block:
    from: almaty
    route: [west, border/customs, east]
    length: 12
    dispatch: {rule: when-full}
supplies:
  barley:
    region: almaty
    terminal: almaty
    commodity: barley
    volume: 2400 t/d
    lot: 12
    to: {jinan: 1}
"""
"""120 boxes, ten trains a day are offered; a box is delivered some six hours after it is ready."""

ACCEPTANCE = "lines: {west: {acceptance: {toward: border, per_day: 4 /d}}}"
TIMETABLE = "services: {block: {dispatch: {rule: timetable, every: 8 h}}}"
STOCK = "fleets: {boxes: {at: {almaty: 700, jinan: 5000}}}"
DAY = """
stations:
  border:
    work:
      customs: {kind: servers, servers: 2, time: 5 h, hours: day, check: documents}
"""
BACK = """
services:
  back:
    from: jinan
    route: [east, west]
    length: 5
    dispatch: {rule: timetable, every: 12 h, minimum: 0}
"""

CASES: dict[str, tuple[str, str, float, float]] = {
    # What is other than wide; what is tightest; most boxes that can pass by hand (trains by
    # length, or empties); the share of these that a run must reach, or the bound is no use.
    "acceptance": (ACCEPTANCE, "west: acceptance", 4 * 60 * 12, 0.95),
    "acceptance that falls": (
        """
lines:
  west:
    acceptance: {toward: border, per_day: {value: 4 /d, changes: {2023-01-31: 1 /d}}}
""",
        "west: acceptance",
        (4 * 30 + 1 * 30) * 12,
        0.95,
    ),
    "acceptance with a storm": (
        ACCEPTANCE
        + """
disruptions: {storm: {on: [west], begin: 2023-01-11, days: 20 d, factor: 0}}
""",
        "west: acceptance",
        4 * 40 * 12,
        0.9,
    ),
    "acceptance shared with transit": (
        ACCEPTANCE + "\nbackground: {transit: {from: almaty, route: [west], trains: 2 /d}}",
        "west: acceptance",
        4 * 60 * 12,
        0.2,
    ),
    "paths": ("lines: {east: {paths: 3 /d}}", "east: paths to jinan", 3 * 60 * 12, 0.95),
    "paths of both ways": (
        "lines: {east: {paths: 3 /d, shared_paths: true}}",
        "east: paths",
        3 * 60 * 12,
        0.95,
    ),
    # Two teams, five hours, ten hours a day: four trains.
    "customs by day": (DAY, "border/customs", 4 * 60 * 12, 0.9),
    "timetable": (TIMETABLE, "block: slots", (3 * 60) * 12, 0.95),
    "empties at hand": (STOCK, "almaty: empties", 700, 0.95),
    "empties that free slots bring": (
        STOCK + BACK + "policies: {empties: fill-slots}",
        "almaty: empties",
        700 + 2 * 60 * 5,
        0.9,
    ),
    "empties of laden boxes": (
        STOCK
        + BACK
        + """
supplies:
  machines:
    region: jinan
    terminal: jinan
    commodity: oil
    volume: 300 t/d
    flow: imports
    to: {almaty: 1}
""",
        "almaty: empties",
        700 + 2 * 60 * 5,
        0.9,
    ),
    "two services by two crossings": (
        """
services:
  block: {crossing: dostyk, dispatch: {rule: timetable, every: 8 h}}
  long:
    from: almaty
    route: [west, east]
    length: 30
    crossing: altynkol
    dispatch: {rule: timetable, every: 12 h}
policies: {crossing: {rule: fixed-shares, shares: {dostyk: 0.4, altynkol: 0.6}}}
""",
        "long: slots",
        (3 * 60) * 12 + (2 * 60) * 30,
        0.95,
    ),
}


def scenario(folder: Path, *others: str) -> Scenario:
    """The wide corridor with other things laid over it, one after another."""
    (folder / "wide.yaml").write_text(WIDE)
    base = "wide.yaml"
    for number, text in enumerate(others):
        name = f"other-{number}.yaml"
        (folder / name).write_text(f"extends: {base}\n{text}\n")
        base = name
    return load(folder / base)


def delivered(made: Scenario, replication: int) -> float:
    value = kpis(simulate(made, replication=replication))["delivered_t"].value
    assert value is not None
    return value


@pytest.mark.parametrize("case", CASES)
def test_the_bound_is_near_what_one_thing_passes_and_no_run_exceeds_it(
    tmp_path: Path, case: str
) -> None:
    other, tightest, boxes, reached = CASES[case]
    made = scenario(tmp_path, other)
    found = implied(made)
    assert found.bound_t is not None
    assert tightest in found.bound_by
    # A gate lets its first train through at once: one train more, and what rounds up to it.
    assert boxes * 20.0 <= found.bound_t <= boxes * 20.0 + 20.0 * 100
    for replication in range(2):
        tonnes = delivered(made, replication)
        assert reached * boxes * 20.0 <= tonnes <= found.bound_t


def test_nothing_tight_means_no_bound(tmp_path: Path) -> None:
    found = implied(
        scenario(
            tmp_path, "stations: {border: {work: {customs: {time: 'exponential(mean: 1 h)'}}}}"
        )
    )
    assert found.bound_by == ["almaty: empties"]
    assert found.bound_t == 20_001 * 20.0


def test_tonnes_of_the_bound_are_those_of_the_heaviest_goods(tmp_path: Path) -> None:
    oil = """
supplies:
  oil:
    region: almaty
    terminal: almaty
    commodity: oil
    volume: 2400 t/d
    to: {jinan: 1}
"""
    mixed = scenario(tmp_path, ACCEPTANCE, oil)
    found = implied(mixed).bound_t
    assert found == implied(scenario(tmp_path, ACCEPTANCE)).bound_t
    assert found is not None
    assert delivered(mixed, 0) <= found


def test_random_closures_leave_the_bound_true_for_every_replication(tmp_path: Path) -> None:
    closed = """
disruptions:
  wind:
    on: [west]
    every: "exponential(mean: 10 d)"
    lasts: "exponential(mean: 10 d)"
    factor: 0
"""
    made = scenario(tmp_path, ACCEPTANCE, closed)
    bound = implied(made).bound_t
    assert bound is not None
    reached = [delivered(made, r) for r in range(6)]
    assert len(set(reached)) > 1  # luck matters
    assert max(reached) <= bound


@pytest.mark.parametrize(
    "rule",
    ["{rule: pre-clearance, share: 0.9}", "{rule: green-lane, share: 0.5}", "at-border"],
)
def test_trains_cleared_before_or_beside_do_not_break_the_bound(tmp_path: Path, rule: str) -> None:
    made = scenario(tmp_path, DAY, f"policies: {{customs: {rule}}}")
    found = implied(made)
    assert found.bound_t is not None
    assert delivered(made, 0) <= found.bound_t
    assert (found.bound_by == ["border/customs"]) is (rule == "at-border")


def test_work_that_takes_no_time_bounds_nothing(tmp_path: Path) -> None:
    made = scenario(tmp_path, "stations: {border: {work: {customs: {time: 0 h}}}}", STOCK)
    found = implied(made)
    assert found.bound_by == ["almaty: empties"]
    assert found.bound_t is not None
    assert delivered(made, 0) <= found.bound_t


def test_no_exports_have_no_bound(tmp_path: Path) -> None:
    made = scenario(tmp_path, "supplies: {barley: {flow: imports}}")
    assert implied(made).bound_t is None
