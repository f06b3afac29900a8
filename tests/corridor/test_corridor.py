"""A whole small corridor: nothing lost, nothing over capacity, no time reversed, no draw moved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from sim.corridor import simulate
from sim.results import Results, kpis
from sim.results.levels import step_series
from sim.scenario.quantities import Duration
from tests.corridor.small import SMALL, scenario

TIMES = [
    "ready_h",
    "stuffed_h",
    "departed_h",
    "border_in_h",
    "border_out_h",
    "arrived_h",
    "delivered_h",
]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return simulate(scenario(tmp_path_factory.mktemp("small")))


def test_something_is_delivered_by_truck_and_by_ship(run: Results) -> None:
    causes = run.waits["stage"].unique().to_list()
    assert run.containers["delivered_h"].count() > 1000
    assert "jinan: truck" in causes
    assert "jinan/east: loading" in causes


def test_no_container_moves_backwards_in_time(run: Results) -> None:
    for row in run.containers.select(TIMES).iter_rows():
        reached = [t for t in row if t is not None]
        assert reached == sorted(reached)
        assert all(t <= run.meta["horizon_h"] for t in reached)


def test_a_later_time_is_never_known_without_the_one_before(run: Results) -> None:
    for row in run.containers.select(TIMES).iter_rows():
        known = [t is not None for t in row]
        assert known == sorted(known, reverse=True)


def test_hours_by_cause_add_up_to_the_lead_time(run: Results) -> None:
    horizon = run.meta["horizon_h"]
    taken = run.containers.filter(~pl.col("refused"))
    spent = taken["delivered_h"].fill_null(horizon) - taken["ready_h"]
    hours = run.waits.group_by("container").agg(pl.col("hours").sum())
    both = taken.with_columns(spent=spent).join(hours, on="container", how="left")
    assert (both["hours"].fill_null(0.0) - both["spent"]).abs().max() < 1e-6


def test_every_container_is_delivered_or_somewhere(run: Results) -> None:
    """Those under way are on a train, in a yard, in the laboratory or with the last mile."""
    levels = run.levels
    c = run.containers
    waiting_goods = c.filter(pl.col("stuffed_h").is_null() & ~pl.col("refused"))
    last = levels.filter(pl.col("series") == "burundai: goods waiting for empties")["level"]
    in_stuffing = run.waits.filter(pl.col("stage") == "burundai: stuffing")["container"].unique()
    assert len(waiting_goods) >= last[-1]
    assert set(waiting_goods["container"]) <= set(
        run.waits.filter(pl.col("cause").str.contains("no empty"))["container"]
    ) | set(in_stuffing)
    assert c["container"].to_list() == list(range(len(c)))


def test_legs_follow_each_other_from_the_first_train_to_the_last(run: Results) -> None:
    legs = run.legs.join(run.trains.select("train", "service"), on="train", how="left")
    ends = legs.group_by("container", maintain_order=True).agg(
        first=pl.col("train").first(), last=pl.col("train").last(), trains=pl.len()
    )
    boxes = run.containers.filter(pl.col("first_train").is_not_null())
    both = boxes.join(ends, on="container", how="full")
    assert both["first_train"].equals(both["first"], null_equal=False)
    assert both["last_train"].equals(both["last"], null_equal=False)
    assert set(both.filter(pl.col("delivered_h").is_not_null())["trains"]) == {2}
    for a, b in (
        ("ready_h", "boarded_h"),
        ("boarded_h", "unloaded_h"),
        ("unloaded_h", "released_h"),
    ):
        assert (legs[a] <= legs[b]).all()
    changes = legs.with_columns(next=pl.col("ready_h").shift(-1).over("container")).drop_nulls(
        "next"
    )
    assert changes["next"].equals(changes["released_h"], null_equal=False)


def _on_tracks(run: Results, station: str, line_in: str, line_out: str) -> float:
    """Most trains at a station at once, from entering to leaving it."""
    stages = run.stages
    arrived = stages.filter((pl.col("place") == line_in) & (pl.col("activity") == "run"))
    track = stages.filter((pl.col("place") == station) & (pl.col("activity") == "track"))
    begin = arrived.join(track.select("train", got="start_h"), on="train", how="left")
    plus = pl.coalesce(pl.col("got"), pl.col("end_h"))
    waits_still = track.filter(pl.col("start_h").is_null())["train"]
    begin = begin.filter(~pl.col("train").is_in(waits_still.implode())).select("train", t=plus)
    left = stages.filter((pl.col("place") == line_out) & (pl.col("activity") == "run"))
    return step_series(begin["t"].drop_nulls().to_numpy(), left["in_h"].to_numpy()).maximum(
        0.0, 1e9
    )


def test_tracks_are_never_over_capacity(run: Results) -> None:
    assert 2 <= _on_tracks(run, "dostyk", "west", "border") <= 4


def test_servers_and_crane_tracks_are_never_over_capacity(run: Results) -> None:
    for work, capacity in (("customs", 2), ("cranes", 2), ("kz", 2)):
        rows = run.stages.filter(pl.col("activity") == work).filter(pl.col("place") != "jinan")
        rows = rows.filter(pl.col("start_h").is_not_null())
        ends = rows["end_h"].fill_null(np.inf).to_numpy()
        assert step_series(rows["start_h"].to_numpy(), ends).maximum(0.0, 1e9) == capacity


def test_no_more_trains_are_accepted_than_the_rate_allows(run: Results) -> None:
    passed = run.stages.filter(pl.col("activity") == "acceptance")["start_h"].drop_nulls().sort()
    storm = passed.filter((passed >= 19 * 24.0) & (passed < 22 * 24.0))
    assert len(storm) <= 3 * 15 * 0.2 * 1.8
    assert len(passed) <= 60 * 15 * 1.1
    assert run.waits.filter(pl.col("cause") == "border: acceptance")["hours"].sum() > 0.0


def test_wagons_are_conserved(run: Results) -> None:
    free = run.levels.filter(pl.col("series") == "burundai: free w1520")["level"]
    assert free.min() >= 0.0
    assert free.max() == 160.0


def test_the_same_seed_gives_the_same_tables_and_another_replication_others(
    tmp_path: Path, run: Results
) -> None:
    s = scenario(tmp_path)
    again, other = simulate(s), simulate(s, replication=1)
    for name in ("containers", "trains", "stages", "waits", "levels"):
        assert again.table(name).equals(run.table(name))
    assert not other.containers["ready_h"].equals(run.containers["ready_h"])


def test_adding_a_station_and_a_flow_moves_no_other_draw(tmp_path: Path, run: Results) -> None:
    work = "{serve: {kind: servers, servers: 1, time: 'exponential(mean: 1 h)'}}"
    text = SMALL.replace(
        "stations:\n",
        f"stations:\n  aaa: {{work: {work}}}\n",
    ).replace(
        "background:\n",
        "background:\n  elsewhere: {from: aaa, route: [aaa/serve], trains: 20 /d}\n",
    )
    more = simulate(scenario(tmp_path, text))
    assert more.containers.equals(
        run.containers.with_columns(more.containers["first_train"], more.containers["last_train"])
    )


def test_a_run_of_zero_length_is_empty(tmp_path: Path) -> None:
    assert len(simulate(scenario(tmp_path, SMALL, "horizon=1 min")).containers) == 0


@pytest.mark.parametrize(
    "target", ["west", "west/paths", "border/acceptance", "burundai/stuffing", "jinan/trucks"]
)
def test_a_disruption_holds_up_what_it_names(tmp_path: Path, target: str) -> None:
    def waited(days: int) -> float:
        shut = f"on: [{target}], begin: 2023-01-20, days: {days} d, factor: 0"
        waits = simulate(scenario(tmp_path, SMALL, f"disruptions={{storm: {{{shut}}}}}")).waits
        return float(waits.drop_nulls("cause")["hours"].to_numpy().sum())

    assert waited(5) > waited(0) + 5.0


def test_full_elevators_refuse_goods_and_say_so(tmp_path: Path) -> None:
    text = SMALL.replace("fleet: boxes}}\n  dostyk", "fleet: boxes, storage: 1000 t}}\n  dostyk")
    few = simulate(scenario(tmp_path, text, "fleets.boxes.at.burundai=40"))
    refused = few.containers.filter(pl.col("refused"))
    assert len(refused) > 100
    assert refused["stuffed_h"].null_count() == len(refused)
    level = few.levels.filter(pl.col("series") == "burundai: goods waiting for empties")["level"]
    assert level.max() * 26.0 <= 1000.0 + 26.0


def test_a_run_of_no_length_has_nothing_in_it(tmp_path: Path) -> None:
    made = scenario(tmp_path, SMALL)  # refused by the loader
    tables = made.tables.model_copy(update={"horizon": Duration.of(0.0)})
    results = simulate(replace(made, tables=tables))
    assert results.trains.height == 0
    assert results.containers["delivered_h"].count() == 0
    assert kpis(results)["delivered_t"].value == 0.0
