"""What the contract says of the tables of a run is true of the files that runs write.

Columns, order of rows, uniqueness, sums and nulls are looked up in the files of real runs, whole
and in parts; where the contract lists names, they are those of the files and no others.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import polars as pl
import pytest

from sim.corridor import stream
from sim.results import Results, read_run
from sim.results.integrity import TOLERANCE, impossible, unaccounted
from sim.results.tables import TABLES, Table
from tests.cli.command import FILES, steppe
from tests.corridor.small import SMALL, scenario
from tests.corridor.test_gridlock import LOOP
from tests.docs.test_contract import CONTRACT

LIBRARY = Path(__file__).parents[2] / "scenarios"
REFUSED = SMALL.replace("slots: 50", "slots: 50, reject: 40 %").replace(
    "volume: 900 t/d", "volume: 2500 t/d"
)
# file, options
RUNS = {
    "baseline": ("baseline.yaml", ("--set", "horizon=60 d")),
    "ban": ("ban-after-storm.yaml", ("--set", "horizon=120 d")),
    "wagons": ("covered-wagons.yaml", ("--set", "horizon=60 d")),
    "hired": ("empties-hired.yaml", ("--set", "horizon=60 d")),
    "westbound": ("westbound-trains.yaml", ("--set", "horizon=60 d")),
    "turned back": (REFUSED, ()),
    "gridlock": (LOOP.format(tracks=1), ()),
    "nothing": ("baseline.yaml", ("--set", "horizon=1 d")),
}
WORKING = ("laden", "carried empty", "under a train")
EACH = pytest.mark.parametrize("name", RUNS)


@cache
def folder(name: str) -> Path:
    """The folder of a run that the command made."""
    text, options = RUNS[name]
    where = Path(mkdtemp())
    path = LIBRARY / text
    if not text.endswith(".yaml"):
        path = where / "made.yaml"
        path.write_text(text)
    done = steppe(where, "run", str(path), *options, "--out", "out")
    assert done.status in (0, 3), done.err
    return where / "out"


@cache
def run(name: str) -> Results:
    return read_run(folder(name))


def none(rows: pl.DataFrame) -> bool:
    assert rows.is_empty(), rows.head(5)
    return True


def before(column: str, over: str) -> pl.Expr:
    return pl.col(column).shift(1).over(over)


def entry(table: str) -> str:
    (text,) = re.findall(
        rf"^(`{re.escape(table)}` — .*?)(?=^`[\w.\[\]\"]+` — |\n\n)", CONTRACT, re.M | re.S
    )
    return str(text)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_columns_are_listed_in_the_order_and_with_the_types_of_the_files(table: Table) -> None:
    text = entry(table.name)
    text = text[text.index(":", text.index("—")) :].split("\n\n")[0]
    listed = [name for name in re.findall(r"`(\w+)`", text) if name in table.schema()]
    assert list(dict.fromkeys(listed)) == list(table.schema())
    kinds = {column.name: column.kind for column in table.columns}
    for name, kind in re.findall(r"`(\w+)` (i64|i32|f64|bool|str)\b", text):
        assert kinds[name] == kind, name


@EACH
def test_the_files_are_those_listed(name: str) -> None:
    sentence = CONTRACT.split("## results → the files of a run\n")[1].splitlines()[0]
    assert set(re.findall(r"`([\w.]+)`", sentence)) == FILES
    assert {path.name for path in folder(name).iterdir()} == FILES


@EACH
def test_types_units_and_nulls(name: str) -> None:
    for kind, table in TABLES.items():
        frame = run(name).table(kind)
        assert dict(frame.schema) == table.schema()
        for column in frame.columns:
            if column.endswith("_h"):
                none(frame.filter(~pl.col(column).is_between(0.0, run(name).horizon_h)))
                none(frame.filter(pl.col(column).is_nan()))
        for column in frame.select(pl.col(pl.String)).columns:
            none(frame.filter(pl.col(column) == ""))
    assert impossible(run(name)) == []
    assert unaccounted(run(name)) == []


@EACH
def test_text_of_few_words_is_a_dictionary_and_other_text_is_plain(name: str) -> None:
    for kind in TABLES:
        schema = pl.read_parquet_schema(folder(name) / f"{kind}.parquet")
        if run(name).table(kind).is_empty():
            continue
        plain = [c for c, type_ in schema.items() if type_ == pl.String]
        words = [c for c, type_ in schema.items() if isinstance(type_, pl.Enum)]
        text = [c.name for c in TABLES[kind].columns if c.kind == "str"]
        assert plain == (["name"] if kind == "trains" else [])
        assert sorted(plain + words) == sorted(text)


@EACH
def test_containers(name: str) -> None:
    results = run(name)
    boxes, trains, legs = results.containers, results.trains, results.legs
    assert boxes["container"].equals(pl.Series("container", range(boxes.height), pl.Int64))
    assert boxes["ready_h"].is_sorted()
    none(boxes.filter(~pl.col("flow").is_in(["exports", "imports", "returns"])))
    none(boxes.filter(pl.col("tonnes") <= 0.0))
    none(boxes.filter(pl.col("refused") & pl.col("first_train").is_not_null()))
    on = legs.group_by("container", maintain_order=True).agg(
        first=pl.col("train").first(), last=pl.col("train").last()
    )
    known = boxes.join(on, on="container", how="left", maintain_order="left")
    none(known.filter(pl.col("first").ne_missing(pl.col("first_train"))))
    none(known.filter(pl.col("last").ne_missing(pl.col("last_train"))))
    left = known.join(
        trains.select(first_train="train", left="departed_h"), on="first_train", how="left"
    )
    none(left.filter(pl.col("left").ne_missing(pl.col("departed_h"))))


@EACH
def test_moments_at_the_border_and_at_the_end_are_those_of_the_trains(name: str) -> None:
    results = run(name)
    network: dict[str, Any] = results.meta["network"]
    joint = {r["place"] for r in results.meta["resources"] if r["activity"] == "acceptance"}
    runs = results.stages.filter(pl.col("activity") == "run").select("train", "place", "end_h")
    ends = {(train, place): end for train, place, end in runs.iter_rows()}
    trains = results.trains.select("train", "service", "departed_h").rows()
    legs: dict[int, list[tuple[int, float | None]]] = {}
    for box, train, free in results.legs.select("container", "train", "released_h").iter_rows():
        legs.setdefault(box, []).append((train, free))
    wanted = ("container", "border_in_h", "border_out_h", "arrived_h", "refused")
    for box, border_in, border_out, arrived, _ in results.containers.select(wanted).iter_rows():
        mine = legs.get(box, [])
        crossed: tuple[float | None, float | None] = (None, None)
        for number, (train, free) in enumerate(mine):
            _, service, departed = trains[train]
            if network["services"][service]["crossing"] is None:
                continue
            lines = network["routes"][service][1::2]
            first = next((i for i, line in enumerate(lines) if line in joint), 0)
            into = ends.get((train, lines[first - 1])) if first else departed
            out = trains[mine[number + 1][0]][2] if number + 1 < len(mine) else free
            crossed = (into, out)
        assert border_in == crossed[0], box
        # Free at the border, and not on its next train yet.
        assert border_out == crossed[1] or (border_out is None and arrived is None), box
        if arrived is not None:
            train = mine[-1][0]
            assert arrived == ends[train, network["routes"][trains[train][1]][-2]], box


@EACH
def test_trains(name: str) -> None:
    trains, stages = run(name).trains, run(name).stages
    assert trains["train"].equals(pl.Series("train", range(trains.height), pl.Int64))
    assert trains["formed_h"].is_sorted()
    assert trains["name"].is_unique().all()
    none(trains.filter(~pl.col("name").str.starts_with(pl.col("service") + "/")))
    none(trains.filter(~pl.col("kind").is_in(["service", "background"])))
    none(trains.filter(~pl.col("outcome").is_in(["done", "running", "refused"])))
    none(trains.filter((pl.col("outcome") == "done") != pl.col("ended_h").is_not_null()))
    service = pl.col("kind") == "service"
    for column in ("due_h", "admitted_h", "slots"):
        none(trains.filter(service != pl.col(column).is_not_null()))
    none(trains.filter(pl.col("due_h") > pl.col("admitted_h")))
    none(trains.filter(pl.col("admitted_h") > pl.col("formed_h")))
    none(trains.filter(service & (pl.col("boxes") > pl.col("slots"))))
    moved = stages.filter(pl.col("activity") == "run").group_by("train").agg(pl.col("in_h").min())
    known = trains.join(moved, on="train", how="left")
    none(known.filter(pl.col("departed_h").ne_missing(pl.col("in_h"))))


@EACH
def test_stages(name: str) -> None:
    stages, horizon = run(name).stages, run(name).horizon_h
    network = run(name).meta["network"]
    on_line = pl.col("place").is_in(list(network["lines"]))
    none(stages.filter(~on_line & ~pl.col("place").is_in(list(network["stations"]))))
    named = set(re.findall(r"`(\w+)`", entry("stages").split("line: ")[1].split("; station")[0]))
    none(stages.filter(on_line & ~pl.col("activity").is_in(list(named))))
    # Of one train, each begins when the one before ended, in the order of the rows.
    none(
        stages.filter(before("train", "train").is_not_null())
        .filter(pl.col("in_h").ne_missing(before("end_h", "train")))
        .filter(pl.col("train").is_first_distinct().not_())
    )
    waited = pl.col("start_h").fill_null(horizon) > pl.col("in_h")
    none(stages.filter(waited != pl.col("cause").is_not_null()))


@EACH
def test_waits(name: str) -> None:
    waits, boxes = run(name).waits, run(name).containers
    assert waits["container"].is_sorted()
    none(waits.filter(pl.col("begin_h") < before("begin_h", "container")))
    none(waits.filter(pl.any_horizontal(pl.col("begin_h", "end_h", "hours").is_null())))
    none(waits.filter((pl.col("end_h") <= pl.col("begin_h")) | (pl.col("hours") <= 0.0)))
    pieces = waits.group_by("container", "begin_h", "end_h").agg(
        pl.col("hours").sum(), number=pl.len()
    )
    none(pieces.filter(pl.col("number") > 2))
    length = pl.col("end_h") - pl.col("begin_h")
    none(pieces.filter((pl.col("hours") - length).abs() > TOLERANCE))
    none(waits.join(boxes.filter("refused"), on="container", how="semi"))
    on = run(name).legs.select("container", "train", on=pl.lit(value=True))
    left = waits.filter(pl.col("train").is_not_null()).join(
        on, on=["container", "train"], how="left"
    )
    none(left.filter(pl.col("on").is_null()))


@EACH
def test_levels(name: str) -> None:
    levels, meta = run(name).levels, run(name).meta
    none(levels.filter(pl.any_horizontal(pl.all().is_null())))
    # One series after the other, each in time, one row a change.
    names = levels["series"].unique(maintain_order=True)
    assert levels["series"].rle().len() == len(names)
    none(levels.filter(pl.col("time_h") <= before("time_h", "series")))
    none(levels.filter(pl.col("level") == before("level", "series")))
    capacities = [series for series in names if series.endswith(": capacity")]
    assert sorted(capacities) == sorted(f"{r['name']}: capacity" for r in meta["resources"])
    listed = re.findall(r"`(<[^`]+: [^`]+)`", entry("levels"))
    forms = [re.sub(r"<[^>]+>", r".+", re.escape(form).replace(r"\ ", " ")) for form in listed]
    assert [s for s in names if not any(re.fullmatch(form, s) for form in forms)] == []
    zero = levels.group_by("series", maintain_order=True).first()
    later = zero.filter(pl.col("time_h") > 0.0)["series"].to_list()
    assert [s for s in later if not s.endswith(": trains waiting")] == []


@EACH
def test_equipment(name: str) -> None:
    spells, boxes, trains = run(name).equipment, run(name).containers, run(name).trains
    assert spells["unit"].is_sorted()
    units = spells["unit"].unique(maintain_order=True)
    assert units.equals(pl.Series("unit", range(len(units)), pl.Int64))
    same = before("end_h", "unit")
    none(spells.filter(same.is_not_null() & (pl.col("begin_h") != same)))
    after = pl.col("unit").shift(-1)
    last = spells.filter((after != pl.col("unit")).fill_null(value=True))
    none(last.filter(pl.col("end_h") != run(name).horizon_h))
    first = spells.group_by("unit").first()
    none(first.filter(~pl.col("hired") & (pl.col("begin_h") > 0.0)))
    listed = re.findall(r"`state` \(([^)]*)\)", entry("equipment"))[0].split("|")
    none(spells.filter(~pl.col("state").is_in(listed)))
    none(spells.filter(pl.col("state").is_in(WORKING) != pl.col("part_of").is_not_null()))
    laden = spells.filter(pl.col("state") == "laden")
    assert laden["part_of"].is_unique().all()
    none(laden.filter(pl.col("part_of") >= boxes.height))
    moved = spells.filter(pl.col("state").is_in(WORKING[1:]))
    none(moved.filter(pl.col("part_of") >= trains.height))
    whose = laden.join(boxes, left_on="part_of", right_on="container", how="left")
    none(whose.filter(pl.col("fleet") != pl.col("fleet_right")))


@EACH
def test_legs(name: str) -> None:
    legs, trains = run(name).legs, run(name).trains
    # In the order of trains, and on each in the order in which boxes came to the yard.
    assert legs.equals(legs.sort("train", "ready_h", "container"))
    assert legs.select("container", "train").is_unique().all()
    known = legs.join(trains, on="train", how="left", maintain_order="left")
    none(known.filter(pl.col("boarded_h") != pl.col("formed_h")))
    none(known.filter(pl.col("ready_h") > pl.col("boarded_h")))
    none(known.filter(pl.col("unloaded_h") < pl.col("departed_h")))
    none(known.filter(pl.col("released_h") < pl.col("unloaded_h")))
    none(known.filter(pl.col("unloaded_h").is_null() & pl.col("released_h").is_not_null()))


@EACH
def test_what_is_known_of_a_run_is_what_is_listed(name: str) -> None:
    text = entry("results.meta").replace("\n", " ")
    head = text.split("dict: ", 1)[1].split(". A run that")[0]
    flat = head
    for _ in range(3):  # brackets within brackets
        flat = re.sub(r"\([^()]*\)", "", flat)
    listed = {part.strip() for part in flat.split(",")}
    meta = json.loads((folder(name) / "manifest.json").read_text())["run"]
    assert set(meta) | {"wall_s"} == listed
    network = set(re.findall(r"`(\w+)` [{\[]", entry('meta["network"]')))
    assert set(meta["network"]) == network


def test_a_gridlock_is_known_as_listed() -> None:
    text = entry("results.meta").replace("\n", " ")
    meta = run("gridlock").meta
    assert meta["status"] == "deadlock"
    assert meta["horizon_h"] == meta["deadlock"]["time_h"]
    said = re.findall(r"deadlock \(null, or a dict: (.*)\)\. A run", text)[0]
    assert set(meta["deadlock"]) == set(re.sub(r"\([^()]*\)", "", said).replace(" ", "").split(","))
    trains, resources = re.findall(r"\(([^()]*)\)", said)
    assert set(meta["deadlock"]["trains"][0]) == set(trains.split(", "))
    assert set(meta["deadlock"]["resources"][0]) == set(resources.split(", "))


def test_several_replications_have_weeks_and_what_the_manifest_is_said_to_hold(
    tmp_path: Path,
) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    done = steppe(tmp_path, "run", "small.yaml", "--replications", "2", "--out", "out")
    assert done.status == 0, done.err
    weekly = pl.read_parquet(tmp_path / "out" / "weekly.parquet")
    said = re.findall(r"`weekly\.parquet` too \(`([^`]*)`", CONTRACT)[0]
    assert weekly.columns == said.split(", ")
    assert weekly["replication"].unique().sort().to_list() == [0, 1]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    parts, figures = re.findall(r"`waiting` \((`.*?): (.*?);", CONTRACT)[0]
    assert set(manifest["waiting"]) == set(re.findall(r"`(\w+)`", parts))
    for part in manifest["waiting"].values():
        assert all(set(figures.split(", ")) < set(row) for row in part)
    overload = re.findall(r"`overload` \(null, or `([^`]*)`", CONTRACT)[0].split(", ")
    assert set(manifest["overload"]) == set(overload)
    row = re.findall(r"`figures`: ([^;]*);", CONTRACT)[0].split(", ")
    assert all(set(figure) == set(row) for figure in manifest["evidence"]["figures"])
    assert set(manifest["evidence"]) == {"figures", "facts"}
    assert manifest["command"].startswith("steppe run small.yaml")


def test_parts_are_as_said(tmp_path: Path) -> None:
    results = stream(scenario(tmp_path, REFUSED), tmp_path, block=200)
    owners: dict[str, set[int]] = {"container": set(), "unit": set()}
    for name in TABLES:
        files = sorted((tmp_path / f"{name}.parquet").iterdir())
        assert [f.name for f in files] == [f"part-{n:06}.parquet" for n in range(len(files))]
        assert not any(isinstance(t, pl.Enum) for t in pl.read_parquet_schema(files[0]).values())
    numbers = []
    for boxes, waits, legs in results.together(
        containers=["container"], waits=["container"], legs=["container"]
    ):
        mine = set(boxes["container"])
        assert mine.isdisjoint(owners["container"])
        owners["container"] |= mine
        assert set(waits["container"]) | set(legs["container"]) <= mine
        numbers.append(len(mine))
    assert len(numbers) > 5
    for (units,) in results.together(equipment=["unit"]):
        assert set(units["unit"]).isdisjoint(owners["unit"])
        owners["unit"] |= set(units["unit"])
