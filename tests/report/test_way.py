"""The way of the time-distance diagram, its trains' runs and stays, and what the picture shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib import dates
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.report import draw, style
from sim.report.time_distance import OTHERS_WAIT, WAIT, time_distance
from sim.report.way import LineRun, Stay, find_way, movements
from sim.results import Results, ResultsError
from tests.report import made
from tests.results import builder


@pytest.fixture(scope="module")
def run() -> Results:
    return made.run()


def axes() -> Axes:
    return Figure(figsize=(8, 4)).subplots()


def texts(ax: Axes) -> str:
    return "\n".join(t.get_text() for t in [*ax.texts, ax.title, ax.xaxis.label])


def test_the_way_is_the_one_that_exports_take_with_true_kilometres(run: Results) -> None:
    for route in (None, "gate", "out"):
        way = find_way(run, route)
        assert way is not None
        assert way.stations == ("west", "gate", "east")
        assert way.lines == ("plain", "far")
        assert way.km == (0.0, 100.0, 400.0)
    back = find_way(run, "back")
    assert back is not None
    assert back.stations == ("east", "gate", "west")
    assert back.km == (0.0, 300.0, 400.0)


def test_an_unknown_route_is_named_with_the_nearest(run: Results) -> None:
    with pytest.raises(ValueError, match="did you mean gate"):
        find_way(run, "gatte")


def test_runs_and_stays_are_the_stages_put_together(run: Results) -> None:
    way = find_way(run)
    assert way is not None
    runs, stays = movements(run, way, 0.0, 240.0)
    assert LineRun(3, 0, 1, 72.0, 82.0) in runs
    assert LineRun(3, 1, 2, 92.0, 122.0) in runs
    assert LineRun(4, 2, 1, 50.0, 80.0) in runs  # against the way
    # papers 82 to 86 and then six hours until it is accepted: one stay, one wait in it
    assert Stay(3, 1, 82.0, 92.0, ((86.0, 92.0),)) in stays
    assert Stay(6, 1, 100.0, 112.0, ((100.0, 110.0),)) in stays
    assert len(runs) == 4 * 2 + 2 * 2
    assert len(stays) == 4 + 2


def test_a_train_that_still_waits_at_the_end_waits_to_the_end() -> None:
    stages = builder.stages([(0, "far", "acceptance", 5.0, None, None, "far: acceptance")])
    trains: dict[str, Any] = {
        n: made.run().trains[n].to_list()[:1] for n in made.run().trains.columns
    }
    late = builder.results(
        stages_=stages, trains=trains, horizon_h=20.0, network=made.NETWORK, crossings=["gate"]
    )
    way = find_way(late, "out")
    assert way is not None
    assert movements(late, way, 0.0, 20.0)[1] == [Stay(0, 1, 5.0, 20.0, ((5.0, 20.0),))]


def test_lines_have_the_slope_of_the_train_and_waits_are_flat(run: Results) -> None:
    ax = time_distance(run, axes(), begin=0.0, days=10)
    begin = float(dates.date2num(np.datetime64("2024-02-26")))
    lines = [s for c in ax.collections if isinstance(c, LineCollection) for s in c.get_segments()]
    # train 0: ten hours over the first 100 km, thirty over the other 300, between bands
    hours = sorted(((s[:, 0] - begin) * 24).round(6).tolist() for s in lines)
    assert [0.0, 10.0] in hours
    assert [14.0, 44.0] in hours
    first = next(s for s in lines if ((s[:, 0] - begin) * 24).round(6).tolist() == [0.0, 10.0])
    second = next(s for s in lines if ((s[:, 0] - begin) * 24).round(6).tolist() == [14.0, 44.0])
    assert first[1, 1] - first[0, 1] == pytest.approx(100.0)
    assert second[1, 1] - second[0, 1] == pytest.approx(300.0)
    waits = [
        (s, to_hex(name))
        for c in ax.collections
        if isinstance(c, LineCollection)
        for s, name in zip(c.get_segments(), c.get_colors(), strict=True)  # type: ignore[arg-type]
        if to_hex(name) in (WAIT.lower(), OTHERS_WAIT.lower())
    ]
    assert all(s[0, 1] == s[1, 1] for s, _ in waits)
    total = {
        name: sum((s[1, 0] - s[0, 0]) * 24 for s, n in waits if n == name) for _, name in waits
    }
    assert total[WAIT.lower()] == pytest.approx(2 + 4 + 6)
    assert total[OTHERS_WAIT.lower()] == pytest.approx(10 + 11)


def test_two_trains_at_once_stand_on_lines_of_their_own(run: Results) -> None:
    ax = time_distance(run, axes(), begin=96.0, days=1)
    heights = {
        round(float(s[0, 1]), 6)
        for c in ax.collections
        if isinstance(c, LineCollection)
        for s, name in zip(c.get_segments(), c.get_colors(), strict=True)  # type: ignore[arg-type]
        if to_hex(name) == OTHERS_WAIT.lower()
    }
    assert len(heights) == 2


def test_stations_closures_and_units_are_written(run: Results) -> None:
    ax = time_distance(run, axes(), begin="2024-02-26", days=10)
    shown = texts(ax)
    assert "West  0 km" in shown
    assert "Gate  100 km" in shown
    assert "East  400 km" in shown
    assert "snow: closed" in shown
    assert "km" in ax.get_xlabel()
    storm = [p for p in ax.patches if to_hex(p.get_facecolor()) == "#f3d9b1"]
    assert len(storm) == 1
    assert isinstance(storm[0], Rectangle)
    assert storm[0].get_width() == pytest.approx(1.0)
    assert storm[0].get_height() == pytest.approx(100.0, rel=0.05)


def test_the_window_is_the_one_asked_for_or_where_most_trains_waited(run: Results) -> None:
    begin = float(dates.date2num(np.datetime64("2024-02-26")))
    ax = time_distance(run, axes(), begin="2024-02-28", days=2)
    assert np.asarray(ax.get_xlim()) - begin == pytest.approx([2.0, 4.0])
    worst = time_distance(run, axes(), days=1)
    assert np.asarray(worst.get_xlim()) - begin == pytest.approx([4.0, 5.0])


def test_mistakes_in_the_window_are_named(run: Results, tmp_path: Any) -> None:
    for options, says in (
        ({"begin": "soon"}, "begin: 'soon' is no date"),
        ({"begin": "2025-01-01"}, "is not in the run, 26 Feb 2024 to 7 Mar 2024"),
        ({"days": 0.0}, "expected more than 0"),
        ({"route": "moon"}, "'moon' is no crossing"),
    ):
        with pytest.raises(ResultsError, match=says):
            draw("time-distance", run, tmp_path / "p.png", **options)
    assert not list(tmp_path.iterdir())


def test_a_run_without_lines_says_so() -> None:
    ax = time_distance(builder.results(), axes())
    assert "knows no lines" in texts(ax)


def test_colours_tell_services_by_their_way(run: Results) -> None:
    ax = time_distance(run, axes(), begin=0.0, days=10)
    names = {
        to_hex(n) for c in ax.collections if isinstance(c, LineCollection) for n in c.get_colors()
    }  # type: ignore[union-attr]
    assert style.PALETTE[0].lower() in names
    assert style.PALETTE[2].lower() in names
