"""The figures that a run prints against the same sums by a reader who does not believe them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from tests.cli.command import steppe
from tests.results import recomputed
from tests.results.recomputed import Files, total

SCENARIOS = Path(__file__).parents[2] / "scenarios"
RUNS = {
    "wagonloads, ports and two gauges": ("covered-wagons", "70 d", "20 d"),
    "boxes hired, none of them idle": ("empties-hired", "60 d", "0 h"),
    "both ways over one track, night shifts": ("westbound-trains", "50 d", "0 h"),
    "half of all grain in laboratories": ("laboratory-far-away", "50 d", "10 d"),
}


@pytest.fixture(scope="module", params=list(RUNS))
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("recomputed")
    name, horizon, warmup = RUNS[request.param]
    sets = ("--set", f"horizon={horizon}", "--set", f"warmup={warmup}")
    if "night" in request.param:
        sets += ("--set", "costs.fixed.nights=1000 USD/d")
    done = steppe(folder, "run", str(SCENARIOS / f"{name}.yaml"), *sets, "--out", "run")
    assert done.status == 0, done.err
    return recomputed.opened(folder / "run")


def test_every_key_figure_is_what_the_tables_say(run: Files) -> None:
    spent = recomputed.costs(run)
    tonnes = total(recomputed.delivered(run), pl.col("tonnes"))
    parts = {name: usd for name, usd in spent.items() if name not in ("tonne_km", "co2e")}
    mine: dict[str, float] = {
        **recomputed.tonnes_and_times(run),
        **{f"cost_{n.replace(' ', '_')}_per_t": usd / tonnes for n, usd in parts.items()},
        "cost_per_t": sum(parts.values()) / tonnes,
        "cost_per_container": sum(parts.values()) / recomputed.delivered(run).height,
        "tonne_km": spent["tonne_km"],
        "co2e_per_t": 1000.0 * spent["co2e"] / tonnes,
    }
    # the definition of a recovery is an algorithm of its own (sim/results/recovery.py)
    told = {name: value for name, value in run.kpis.items() if name != "recovery_max_h"}
    if not run.meta["tariff"]["fixed"]:
        assert (told.pop("cost_fixed_per_t"), mine.pop("cost_fixed_per_t")) == (None, 0.0)
    assert mine.keys() == told.keys()
    wrong = {
        name: (told[name], mine[name])
        for name in told
        if told[name] != pytest.approx(mine[name], rel=1e-9, abs=1e-9)
    }
    assert not wrong
    assert (told["delivered_t"] or 0.0) > 20_000.0
    assert (told["cost_repositioning_per_t"] or 0.0) > 0.0


def test_nothing_is_lost_between_ready_and_delivered(run: Files) -> None:
    boxes = run.table["containers"]
    ends = pl.sum_horizontal(
        pl.col("refused").cast(pl.Int8),
        pl.col("delivered_h").is_not_null().cast(pl.Int8),
        pl.col("rejected_h").is_not_null().cast(pl.Int8),
    )
    assert boxes.select(ends.max()).item() == 1
    # whoever is on the way at the end is in a unit that is laden, but for goods out of wagons
    last = run.table["equipment"].sort("unit", "begin_h", "end_h").group_by("unit").last()
    laden = set(last.filter(state="laden")["part_of"])
    on_the_way = boxes.filter(ends == 0, ~pl.col("fleet").is_in(recomputed.wagons(run)))
    on_the_way = set(on_the_way.drop_nulls("stuffed_h")["container"])
    assert on_the_way <= laden
    # trains carry what is in legs and the empties that equipment says, box by box
    empty = run.table["equipment"].filter(state="carried empty").group_by("part_of").len("empty")
    full = run.table["legs"].group_by("train").len("full")
    trains = run.table["trains"].filter(kind="service").drop_nulls("departed_h")
    each = trains.join(full, on="train", how="left").join(
        empty, left_on="train", right_on="part_of", how="left"
    )
    each = each.with_columns(pl.col("full", "empty").fill_null(0))
    assert each.height > 50 and total(each, pl.col("empty")) > 0
    assert each.filter(pl.col("full") + pl.col("empty") != pl.col("boxes")).is_empty()
    assert each.filter(pl.col("boxes") > pl.col("slots")).is_empty()


def test_hours_of_cranes_and_gates_are_moves_and_trains(run: Files) -> None:
    begin, end = run.span
    stages = run.table["stages"].join(run.table["trains"].select("train", "boxes"), on="train")
    levels, seen = run.table["levels"], set()
    for resource in run.meta["resources"]:
        place, activity = resource["place"], resource["activity"]
        capacity = levels.filter(series=f"{resource['name']}: capacity")
        there = recomputed.mean_level(capacity, begin, end)[0] * (end - begin)
        assert resource["available"] == pytest.approx(there), resource
        assert resource["used"] <= resource["available"] + 1.0 + 1e-6, resource
        done = stages.filter(place=place, activity=activity)
        if resource["kind"] == "cranes":
            work = run.manifest["scenario"]["stations"][place]["work"][activity]["time"]
            text = work["value"] if isinstance(work, dict) else work
            each = float(text.removesuffix(" min")) / 60.0
            over = done.filter(pl.col("start_h") >= begin, pl.col("end_h") <= end)
            some = done.filter(
                pl.col("start_h").is_not_null(), pl.col("end_h").fill_null(end) >= begin
            )
            # a move more or less of the trains under the cranes at either end
            assert each * total(over, pl.col("boxes")) <= resource["used"] + 1e-6, resource
            assert resource["used"] <= each * total(some, pl.col("boxes")) + 1e-6, resource
        elif resource["kind"] == "servers" and not _closes(run, place, activity):
            worked = total(
                done.drop_nulls("start_h").select(begin_h="start_h", end_h="end_h"),
                recomputed.overlap(begin, end),
            )
            assert resource["used"] == pytest.approx(worked, abs=1e-6), resource
        elif activity == "acceptance":
            toward = run.manifest["scenario"]["lines"][place]["acceptance"]["toward"]
            ways = run.meta["network"]["routes"].items()
            over = [s for s, way in ways if place in way and way[way.index(place) + 1] == toward]
            ran = stages.join(run.table["trains"].select("train", "service"), on="train").filter(
                pl.col("service").is_in(over),
                pl.col("start_h").is_between(begin, end),
                place=place,
                activity="run",
            )
            assert resource["used"] == ran.height, resource
        else:
            continue
        seen.add(resource["kind"])
    assert seen == {"cranes", "servers", "gate"}


def _closes(run: Files, place: str, activity: str) -> bool:
    return "hours" in run.manifest["scenario"]["stations"][place]["work"][activity]


def test_hours_of_delay_are_those_of_the_waits(run: Files) -> None:
    taken = recomputed.ready(run).filter(~pl.col("refused"))
    waits = run.table["waits"].join(taken, on="container").filter(pl.col("cause").is_not_null())
    mine = dict(waits.group_by("cause").agg(pl.col("hours").sum() / taken.height).iter_rows())
    told = {row["cause"]: row["hours"] for row in run.manifest["waiting"]["causes"]}
    assert told == pytest.approx(mine)
    far = 1e12
    edges = ["departed_h", "border_in_h", "border_out_h", "arrived_h"]
    edges = [pl.lit(-1.0), *(pl.col(name).fill_null(far) for name in edges), pl.lit(far)]
    sides = [
        total(
            waits.filter(pl.col("end_h") > pl.col("begin_h")),
            (pl.min_horizontal("end_h", b) - pl.max_horizontal("begin_h", a)).clip(0.0)
            / (pl.col("end_h") - pl.col("begin_h"))
            * pl.col("hours"),
        )
        / taken.height
        for a, b in pairwise(edges)
    ]
    told_sides = [row["hours"] for row in run.manifest["waiting"]["sides"]]
    assert told_sides == pytest.approx(sides)
    assert sum(sides) == pytest.approx(sum(mine.values()))
