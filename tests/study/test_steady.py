"""The long run: where the warm-up ends, and overload called overload with the time to full."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.corridor import simulate
from sim.results import read_manifest
from sim.scenario import Scenario, load
from sim.study.filling import Buffer, fill, places
from sim.study.statistics import Interval
from sim.study.steady import steady
from sim.study.warmup import level, mser
from tests.corridor.test_gridlock import LOOP
from tests.study.tiny import tiny

LIGHT = ("horizon=20 wk", "fleets.boxes.at.almaty=30000")


# -- MSER-5 ----------------------------------------------------------------------------------


def slow_mser(series: list[float], batch: int = 5) -> int:
    """As White wrote it: leave out d batches, and take the d with the least squared error."""
    count = len(series) // batch
    means = [sum(series[i * batch : (i + 1) * batch]) / batch for i in range(count)]
    found = []
    for d in range(count // 2 + 1):
        left = means[d:]
        mean = sum(left) / len(left)
        found.append(sum((y - mean) ** 2 for y in left) / len(left) ** 2)
    return found.index(min(found)) * batch


@pytest.mark.parametrize("seed", range(6))
def test_the_truncation_is_that_of_a_slow_twin(seed: int) -> None:
    rng = np.random.default_rng(seed)
    series = 50.0 * 0.97 ** np.arange(403) * (seed % 3) + rng.standard_normal(403)
    assert mser(series).values == slow_mser([float(v) for v in series])


def test_a_start_that_is_off_is_left_out_and_one_that_is_not_is_kept() -> None:
    """An AR(1) process with an offset that halves every 14 steps; after 100 noise hides it."""
    rng = np.random.default_rng(3)
    noise = np.zeros(2000)
    for i in range(1, 2000):
        noise[i] = 0.6 * noise[i - 1] + rng.standard_normal()
    biased = noise + 40.0 * 0.95 ** np.arange(2000)
    found = mser(biased)
    assert found.settled
    assert 50 <= found.values <= 200
    assert abs(biased[found.values :].mean()) < 0.2 < abs(biased.mean())
    assert mser(noise).values <= 100


def test_what_never_settles_says_so() -> None:
    assert not mser(np.arange(500.0)).settled
    with pytest.raises(ValueError, match="fewer than ten batches"):
        mser(np.ones(49))


# -- a corridor ------------------------------------------------------------------------------


def test_a_corridor_that_settles_has_a_warm_up_and_means(tmp_path: Path) -> None:
    made = steady(tiny(tmp_path, *LIGHT), 4, jobs=1)
    assert not made.overloaded
    assert not made.stated
    # trains take two days to the other end; it settles soon after, and long before the half
    assert made.truncation.settled
    assert 0.0 < made.warmup < 20 * 168.0 / 3
    assert {o.weekly.warmup_h for o in made.replications.good if o.weekly} == {made.warmup}
    lead = made.kpis()["lead_time_mean_h"]
    known = sim.run(
        tiny(tmp_path, *LIGHT, f"warmup={made.warmup:g} h"), replications=4, jobs=1
    ).kpis["lead_time_mean_h"]
    assert lead == known


def test_a_warm_up_that_is_stated_holds(tmp_path: Path) -> None:
    made = steady(tiny(tmp_path, *LIGHT, "warmup=3 wk"), 2, jobs=1)
    assert (made.warmup, made.stated) == (504.0, True)


def test_overload_has_a_slope_and_a_time_to_full_and_no_means(tmp_path: Path) -> None:
    # Customs pass 1,440 t a day and 1,728 are offered: 288 t, which is 1.2 trains, more each day.
    sets = (
        *("horizon=20 wk", "fleets.boxes.at.almaty=35000", "supplies.barley.volume=1728 t/d"),
        *("supplies.barley.arrivals=regular", "stations.border.tracks=400"),
    )
    path = tmp_path / "tiny.yaml"
    tiny(tmp_path)
    made = sim.run(path, 3, sets=sets, jobs=1, steady=True)
    long = made.steady
    assert long is not None and long.drift is not None
    assert long.overloaded
    assert long.drift.slope.mean == pytest.approx(288 * 7, rel=0.03)
    (tracks,) = long.fillings
    assert tracks.place == Buffer("border: tracks", "tracks", "border", "trains", 400.0)
    assert tracks.slope.mean * 24 == pytest.approx(1.2, rel=0.03)
    # after 140 days 1.2 x 133 trains stand there (the mean of the last tenth is a week before)
    assert tracks.level.mean == pytest.approx(1.2 * 133, rel=0.06)
    assert tracks.hours_to_full == pytest.approx(24 * (400 - 1.2 * 133) / 1.2, rel=0.06)
    kpis = made.kpis
    for name in ("lead_time_mean_h", "waiting_mean_h", "end_backlog_t", "trains_held_max"):
        assert vars(kpis[name]).get("mean") is None, name
    assert vars(kpis["delivered_t"])["mean"] > 0.0
    manifest = read_manifest(made.save(tmp_path / "out"))
    assert manifest["steady"]["overloaded"] is True
    assert manifest["steady"]["filling"][0]["place"] == "border: tracks"


def test_trains_alone_can_be_overloaded_too(tmp_path: Path) -> None:
    def queue(trains: float) -> Scenario:
        path = tmp_path / "queue.yaml"
        path.write_text(
            "title: a queue\nstart: 2023-01-01\nhorizon: 3000 h\nsteady: true\n"
            'stations: {a: {work: {serve: {kind: servers, servers: 1, time: "0.8 h"}}}}\n'
            f"background: {{trains: {{from: a, route: [a/serve], trains: {trains} /h}}}}\n"
        )
        return load(path)

    assert queue(1.0).tables.steady
    light, heavy = (sim.run(queue(t), 4, jobs=1).steady for t in (1.0, 1.6))
    assert light is not None and heavy is not None
    assert (light.unit, light.overloaded) == ("trains", False)
    assert heavy.overloaded and heavy.drift is not None
    # 1.6 an hour come and 1.25 go
    assert heavy.drift.slope.mean == pytest.approx(0.35 * 168, rel=0.1)


def test_a_season_is_no_long_run_unless_it_is_said(tmp_path: Path) -> None:
    made = sim.run(tiny(tmp_path, "horizon=14 d"), jobs=1)
    assert made.steady is None
    assert made.manifest()["steady"] is None


# -- levels worked out by hand ---------------------------------------------------------------


@pytest.mark.parametrize("tracks", [1, 2])
def test_tracks_are_held_from_arrival_until_the_train_runs_on(tmp_path: Path, tracks: int) -> None:
    scenario = tiny(tmp_path, "horizon=14 d", f"stations.border.tracks={tracks}")
    made = simulate(scenario)
    (place,) = places(scenario)
    ((last, _),) = fill(made, (place,))
    # by the train: in the last tenth, from the end of its run west, or the track it waited for
    begin, end = 14 * 24.0 * 0.9, 14 * 24.0
    rows = list(made.stages.iter_rows(named=True))
    held = 0.0
    for arrival in (r for r in rows if (r["place"], r["activity"]) == ("west", "run")):
        if arrival["end_h"] is None:
            continue
        mine = [r for r in rows if r["train"] == arrival["train"]]
        waited = [r["start_h"] for r in mine if r["activity"] == "track"]
        left = [r["start_h"] for r in mine if r["place"] == "east"]
        got = (waited or [arrival["end_h"]])[0]
        if got is not None:
            held += max(0.0, min((left or [end])[0], end) - max(got, begin))
    assert last == pytest.approx(held / (end - begin))
    assert any(r["activity"] == "track" for r in rows)
    assert 0.0 < last <= tracks


def test_the_level_is_the_mean_backlog_of_each_part(tmp_path: Path) -> None:
    from sim.results.levels import backlog

    made = simulate(tiny(tmp_path, "horizon=14 d"))
    found = level(made, points=14)
    assert found["unit"] == "t"
    assert found["level"] == pytest.approx(backlog(made).means(np.arange(15) * 24.0))


def test_what_grows_unsurely_has_no_time_to_full() -> None:
    from sim.study.filling import Filling

    place = Buffer("a: yard", "yard", "a", "containers", 100.0)
    half = Interval(50.0, 1.0, 5, 1.0)
    assert Filling(place, half, Interval(0.5, 0.6, 5, 1.0)).hours_to_full is None
    assert Filling(place, half, Interval(0.5, 0.4, 5, 1.0)).hours_to_full == 100.0
    assert Filling(place, Interval(99.0, 1.0, 5, 1.0), Interval(0.0, 0.4, 5, 1.0)).full


def test_long_runs_are_compared_with_a_warm_up_that_is_stated(tmp_path: Path) -> None:
    from sim.study.compare import compare

    bare = tiny(tmp_path, "horizon=14 d", "steady=true")
    with pytest.raises(ValueError, match="asks for the long run and states no warmup"):
        compare([bare, bare], 2, jobs=1)
    stated = tiny(tmp_path, "horizon=14 d", "steady=true", "warmup=3 d")
    assert len(compare([stated, stated], 2, jobs=1).variants) == 2


def crossing(folder: Path, trains: str) -> Scenario:
    """Trains both ways through stations of one and two tracks: many a day stand for ever."""
    text = LOOP.format(tracks=2).replace("arrivals: regular", "arrivals: poisson")
    text = text.replace("12 /d", trains).replace("horizon: 10 d", "horizon: 40 d")
    path = folder / "crossing.yaml"
    path.write_text(text.replace("places: 1", "places: 2"))
    return load(path)


def test_pilots_that_deadlock_are_left_out(tmp_path: Path) -> None:
    some = crossing(tmp_path, "3 /d")
    made = steady(some, 3, seed=1, jobs=1)
    runs = [simulate(some, 1, r) for r in range(3)]
    stuck = [run.meta["deadlock"] is not None for run in runs]
    assert any(stuck) and not all(stuck)
    levels = [level(run)["level"] for run, dead in zip(runs, stuck, strict=True) if not dead]
    assert made.level == pytest.approx(np.mean(levels, axis=0))


def test_where_all_pilots_deadlock_there_is_no_drift(tmp_path: Path) -> None:
    made = steady(crossing(tmp_path, "12 /d"), 2, seed=1, jobs=1)
    assert len(made.replications.deadlocked) == 2
    assert (made.drift, made.fillings, made.overloaded) == (None, [], False)
