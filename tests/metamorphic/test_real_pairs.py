"""Pairs of runs of the real scenarios of which the right answer is known before they are made."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from sim.corridor import simulate
from sim.results import Results, kpis
from sim.scenario import load
from tests.metamorphic.pairs import (
    DAYS,
    FOLDER,
    Document,
    Edit,
    by_name,
    changed,
    differing,
    edited,
    figure,
    real,
    run,
    run_of,
    scaled,
    shuffled,
)

FOUR = ("baseline", "exports-double", "december-storm", "westbound-trains")
EVERYWHERE = [
    "dostyk-alashankou",
    "aktogay-dostyk/paths",
    "altynkol-khorgos/acceptance",
    "alashankou/quarantine",
    "dostyk",
    "alashankou/gauge-change",
    "burundai/stuffing",
    "jinan/trucks",
]


def disruption(name: str, on: list[str], days: str, factor: float = 0.0, **more: Any) -> Edit:
    table = {"on": on, "begin": "2023-09-25", "days": days, **more}
    return changed(
        f"disruptions.{name}", table if "loading" in on[0] else table | {"factor": factor}
    )


def near(value: float | None, expected: float | None) -> bool:
    """Whether figures are the same but for what is added up in another order."""
    return value == (None if expected is None else pytest.approx(expected, rel=1e-9))


@pytest.mark.parametrize("name", FOUR)
def test_a_disruption_of_no_length_or_outside_the_run_changes_nothing(name: str) -> None:
    made = run_of(
        name,
        disruption("closure", EVERYWHERE, "0 d"),
        disruption("ban", ["dostyk-alashankou/loading"], "0 d", classes=["container"]),
        disruption("after-the-end", EVERYWHERE, "9 d", begin="2023-12-01"),
        changed("disruptions.never", {"on": ["alashankou/bulk"], "every": "900 d", "lasts": "9 d"}),
    )
    assert differing(run(name), made) == []


def test_a_disruption_that_leaves_the_whole_rate_changes_nothing() -> None:
    made = run_of("baseline", disruption("full-rate", EVERYWHERE, "9 d", 1.0))
    # It is a disruption, by whose end the queue may be longer than in the week before, by luck.
    assert set(differing(run("baseline"), made)) <= {"recovery_max_h"}


@pytest.mark.parametrize("name", [*FOUR, "wider-range", "ports-spread", "second-operator"])
def test_the_order_of_keys_changes_nothing_but_serial_numbers(name: str) -> None:
    other = edited(name, shuffled(2))
    # Of all that changes a number, as its docstring says.
    assert other.hash == edited(name).hash
    assert differing(run(name), simulate(other), named=True) == []


@pytest.mark.parametrize("name", FOUR)
def test_what_is_added_and_not_used_changes_nothing(name: str) -> None:
    idle = {
        "from": "urumqi",
        "route": ["urumqi-jinan", "jinan/unload"],
        "length": 50,
        "wagons": "platforms-1435",
    }
    line = {"from": "nowhere", "to": "aktogay", "length": "100 km", "speed": "800 km/d"}
    work = {"kind": "servers", "servers": 2, "time": "exponential(mean: 3 h)"}
    made = run_of(
        name,
        changed("services.a-idle", idle | {"dispatch": "when-full"}),
        changed("services.z-idle", idle | {"dispatch": {"rule": "timetable", "every": "1 d"}}),
        changed("stations.nowhere", {"tracks": 3, "work": {"papers": work}}),
        changed("lines.to-nowhere", line),
        changed("commodities.salt", {"load": "20 t"}),
        changed("calendars.nobodys", {"open": "09:00-10:00"}),
    )
    assert differing(run(name), made) == []


NEVER_SHORT = [
    "stations.altynkol.tracks",
    "stations.khorgos.tracks",
    "stations.jinan.tracks",
    "stations.qingdao.tracks",
    "stations.qingdao.berths",
    "stations.rizhao.berths",
    "stations.jinan.delivery.trucks",
    "stations.qingdao.delivery.trucks",
    "stations.dostyk.work.papers.servers",
    "stations.altynkol.work.papers.servers",
    "stations.alashankou.work.laboratory.slots",
    "stations.khorgos.work.laboratory.slots",
    "lines.aktogay-dostyk.places",
    "lines.zhetygen-altynkol.places",
    "stations.sorokovaya.stuffing.storage",
    "stations.burundai.stuffing.storage",
    "stations.qingdao.liners.coast.slots",
    "stations.rizhao.liners.south.slots",
]
NEEDED = ("servers", "slots")
"""What a table of works or ships must say how many there are of."""


@pytest.mark.parametrize("how", ["twice", "a thousand times", "without limit"])
def test_more_of_what_is_never_short_changes_nothing(how: str) -> None:
    def more(path: str) -> Edit:
        if how == "without limit" and not path.endswith(NEEDED):
            return changed(path, None)
        return scaled(path, 2 if how == "twice" else 1000)

    made = run_of("baseline", *map(more, NEVER_SHORT))
    # How much there is of each is a level of its own, and so are tracks that are free.
    assert set(differing(run("baseline"), made, named=True)) <= {"levels"}


def test_half_the_speed_is_exactly_twice_the_running_time_and_a_longer_way() -> None:
    lines = [f"lines.{name}.speed" for name in real("baseline").tables.lines]
    slow = run_of("baseline", *(scaled(path, 0.5) for path in lines))

    def runs(results: Results) -> pl.DataFrame:
        rows = by_name(results, "stages").filter(pl.col("activity") == "run")
        return rows.select("train name", "place", took=pl.col("end_h") - pl.col("start_h"))

    pairs = runs(run("baseline")).join(runs(slow), on=["train name", "place"])
    assert pairs.height > 2000
    assert ((pairs["took_right"] - 2.0 * pairs["took"]).abs() < 1e-9).all()
    for name in ("lead_time_mean_h", "transit_mean_h", "working_mean_h"):
        assert figure(slow, name) > figure(run("baseline"), name)


TARIFFS = {
    "haul.1520": "line_haul",
    "storage": "storage",
    "equipment.boxes": "equipment_hire",
    "works.khorgos/laboratory": "checks",
}


def test_a_tariff_doubled_doubles_its_share_and_nothing_else() -> None:
    base = run("baseline")
    for path, part in TARIFFS.items():
        twice = run_of("baseline", scaled(f"costs.{path}", 2))
        free = run_of("baseline", changed(f"costs.{path}", None))
        mine = {f"cost_{part}_per_t", "cost_per_t", "cost_per_container"}
        assert set(differing(base, twice)) == mine, path
        share = figure(base, "cost_per_t") - figure(free, "cost_per_t")
        assert share > 0.0
        for name in (f"cost_{part}_per_t", "cost_per_t"):
            assert figure(twice, name) - figure(base, name) == pytest.approx(share, rel=1e-9), path


@pytest.mark.parametrize("name", FOUR)
def test_all_goods_and_prices_and_ways_may_be_twice_as_large(name: str) -> None:
    tables = real(name).tables
    heavier = [
        *(scaled(f"commodities.{n}.load", 2) for n in tables.commodities),
        *(scaled(f"supplies.{n}.volume", 2) for n in tables.supplies),
        *(scaled(f"stations.{n}.stuffing.storage", 2) for n in ("sorokovaya", "burundai")),
    ]
    made = run_of(name, *heavier)
    assert made.meta["trace"] == run(name).meta["trace"]
    for figure_name in ("offered_t", "delivered_t", "peak_backlog_t", "tonne_km"):
        assert figure(made, figure_name) == 2.0 * figure(run(name), figure_name)
    farther = [scaled(f"lines.{n}.{key}", 2) for n in tables.lines for key in ("length", "speed")]
    made = run_of(name, *farther)
    assert made.meta["trace"] == run(name).meta["trace"]
    for figure_name in ("tonne_km", "cost_line_haul_per_t", "co2e_per_t"):
        assert figure(made, figure_name) == pytest.approx(2.0 * figure(run(name), figure_name))


def without_seasons(document: Document) -> None:
    for kind in ("supplies", "background"):
        for table in document[kind].values():
            table.pop("season", None)


def later(weeks: int) -> Edit:
    """The start and all dates of disruptions moved."""

    def moved(day: str) -> str:
        return (date.fromisoformat(day) + timedelta(weeks=weeks)).isoformat()

    def edit(document: Document) -> None:
        document["start"] = moved(document["start"])
        for table in document["disruptions"].values():
            table["begin"] = moved(table["begin"])

    return edit


@pytest.mark.parametrize("name", ["december-storm", "westbound-trains"])
def test_a_start_that_is_moved_by_weeks_with_all_dates_changes_nothing(name: str) -> None:
    base = run_of(name, without_seasons)
    for weeks in (26, 261):
        assert differing(base, run_of(name, without_seasons, later(weeks))) == []


def test_a_supply_in_two_halves_offers_the_same_tonnes() -> None:
    def regular(document: Document) -> None:
        for table in document["supplies"].values():
            table["arrivals"] = "regular"

    def halves(document: Document) -> None:
        document["supplies"] = {
            f"{name}-{half}": scaled_volume(table)
            for name, table in document["supplies"].items()
            for half in "ab"
        }

    def scaled_volume(table: Document) -> Document:
        made = {"table": {**table, "volume": dict(table["volume"])}}
        scaled("table.volume", 0.5)(made)
        return made["table"]

    def offered(results: Results) -> dict[tuple[str, str], float]:
        rows = results.containers.group_by("region", "commodity").agg(pl.col("tonnes").sum())
        return {(region, commodity): tonnes for region, commodity, tonnes in rows.rows()}

    whole = offered(run_of("baseline", regular))
    split = offered(run_of("baseline", regular, halves))
    assert whole.keys() == split.keys()
    for key, tonnes in whole.items():
        # Each half has a lot of ten boxes at the start, so that there is one more at most.
        assert abs(split[key] - tonnes) <= 10 * 26.0, key


@pytest.mark.parametrize("name", FOUR)
def test_the_run_of_a_longer_horizon_begins_as_the_shorter(name: str) -> None:
    short, long = run(name), run(name, DAYS + 31)
    end = 24.0 * DAYS

    def until(results: Results, table: str) -> pl.DataFrame:
        frame = by_name(results, table)
        hours = [c for c in frame.columns if c.endswith("_h")]
        begin = {"containers": "ready_h", "trains": "formed_h", "stages": "end_h"}[table]
        over = [pl.when(pl.col(c) < end).then(pl.col(c)).alias(c) for c in hours]
        # What a train or box is in the end is not known yet; the last train comes after the end.
        open_yet = [c for c in ("outcome", "refused", "last_train name") if c in frame.columns]
        kept = frame.filter(pl.col(begin) < end).with_columns(over).drop(open_yet)
        if table == "containers":
            # A train in which boxes stand at the end is known from its departure on.
            train = pl.when(pl.col("departed_h") < end).then(pl.col("first_train name"))
            kept = kept.with_columns(train.alias("first_train name"))
        return kept.sort(kept.columns)

    for table in ("containers", "trains", "stages"):
        assert until(short, table).equals(until(long, table)), table


def test_units_written_otherwise_change_nothing() -> None:
    written = (
        "lines.alashankou-urumqi.speed=41.666666666666664 km/h",
        "stations.alashankou.work.gauge-change.time=0.16 h",
        "stations.alashankou.work.bulk.time=750 min",
        "services.burundai-dostyk.dispatch.every=3.5 d",
        "supplies.almaty-oil.volume.value=2500 t/month",
        "lines.dostyk-alashankou.acceptance.per_day.value=0.625 trains/h",
        "background.transit-dostyk.trains.value=58.8 trains/wk",
        "stations.jinan.delivery.dwell=lognormal(mean: 2 d, cv: 50 %)",
        "stations.qingdao.liners.coast.share=0.3",
        "policies.crossing.shares={dostyk: 50 %, altynkol: 50 %}",
        "costs.haul.1520.value=88.3 USD/kt/km",
        "costs.storage.value=28 USD/box/wk",
        "calendars.china-day-shift={open: 01:00-11:00, utc_offset: 0 h}",
    )
    sets = (f"horizon={DAYS} d", *written)
    assert differing(run("baseline"), simulate(load(FOLDER / "baseline.yaml", sets))) == []
    # 1 km/h is no whole number of km a day in binary: the last bit may be another.
    sets = (f"horizon={DAYS} d", "lines.burundai-aktogay.speed=33.333333333333336 km/h")
    other = simulate(load(FOLDER / "baseline.yaml", sets))
    for name, kpi in kpis(other).items():
        assert near(kpi.value, kpis(run("baseline"))[name].value), name


def policy(name: str, value: Any) -> Edit:
    return changed(f"policies.{name}", value)


def never_last(document: Document) -> None:
    for table in document["services"].values():
        table["dispatch"]["last"] = "9999 d"


def no_more_than_very_many(document: Document) -> None:
    for table in document["background"].values():
        table["limit"] = 1_000_000
    for name in ("burundai", "alashankou", "khorgos", "jinan", "qingdao", "rizhao"):
        document["stations"][name]["yard"] = 1_000_000


ALL_DAY = {"open": "00:00-24:00", "utc_offset": "8 h"}
ACCEPTANCE = "lines.dostyk-alashankou.acceptance"
SAME: dict[str, tuple[Edit, ...]] = {
    "an embargo that nothing calls": (
        policy("admission", {"rule": "embargo", "above": 9999, "below": 9998}),
    ),
    "metering of more than come": (policy("admission", {"rule": "metering", "per_day": 9999}),),
    "no share cleared before": (policy("customs", {"rule": "pre-clearance", "share": 0}),),
    "no share in a lane": (policy("customs", {"rule": "green-lane", "share": 0}),),
    "other crossing while none is closed": (
        policy("crossing", {"rule": "divert-on-closure", "shares": {"dostyk": 1, "altynkol": 1}}),
    ),
    "no commodity with a crossing of its own": (
        policy("crossing", {"rule": "by-commodity", "crossings": {}}),
    ),
    "no last train": (never_last,),
    "limits that nothing reaches": (no_more_than_very_many,),
    "a limit of a class above the quota": (
        changed(f"{ACCEPTANCE}.classes", {"container": "999 trains/d"}),
        changed(f"{ACCEPTANCE}.reserve", {"per_day": "5 trains/d", "above": 9999}),
    ),
    "hours that are never over": (
        changed("calendars.all-day", ALL_DAY),
        changed("stations.dostyk.work.papers.hours", "all-day"),
        changed("stations.jinan.work.unload.hours", "all-day"),
        changed("stations.burundai.stuffing.hours", "all-day"),
        changed("stations.alashankou.work.bulk.hours", "all-day"),
    ),
    "changes to what it is": (
        changed(f"{ACCEPTANCE}.per_day.changes", {"2023-10-01": "15 trains/d"}),
        changed("stations.dostyk.tracks.changes", {"2023-10-01": 20}),
        changed("stations.alashankou.work.gauge-change.cranes.changes", {"2023-10-01": 4}),
        changed("lines.aktogay-dostyk.places.changes", {"2023-10-01": 76}),
        changed("export_volume", {"value": 1, "changes": {"2023-10-01": 1}}),
    ),
    "a change on the first day": (
        changed(f"{ACCEPTANCE}.per_day", {"value": "9 /d", "changes": {"2023-09-01": "15 /d"}}),
    ),
    "draws without variance": (
        changed("stations.jinan.delivery.time", "uniform(low: 8 h, high: 8 h)"),
        changed("stations.alashankou.work.bulk.time", "empirical(values: [12.5 h])"),
        changed("stations.jinan.work.unload.time", "constant(value: 3 min)"),
    ),
}


@pytest.mark.parametrize("what", SAME)
def test_what_never_acts_changes_nothing(what: str) -> None:
    assert differing(run("baseline"), run_of("baseline", *SAME[what]), named=True) == []


def halved(begin: str, end: str, name: str = "half", factor: float = 0.5) -> Edit:
    days = (date.fromisoformat(end) - date.fromisoformat(begin)).days
    return disruption(name, EVERYWHERE, f"{days} d", factor, begin=begin)


def in_all(kind: str, key: str, factor: float, *, exports: bool = False) -> Edit:
    """A figure of all tables of a kind, or of those of exports, multiplied."""

    def edit(document: Document) -> None:
        for name, table in document[kind].items():
            if not exports or table.get("flow", "exports") == "exports":
                scaled(f"{kind}.{name}.{key}", factor)(document)

    return edit


def unsampled(document: Document) -> None:
    for station in ("alashankou", "khorgos"):
        document["stations"][station]["work"]["laboratory"]["share"] = {"grain": 0, "food": 0}


def without_laboratories(document: Document) -> None:
    for station in ("alashankou", "khorgos"):
        del document["stations"][station]["work"]["laboratory"]
        del document["costs"]["works"][f"{station}/laboratory"]
    for service in document["services"].values():
        service["route"] = [r for r in service["route"] if not r.endswith("/laboratory")]


DISPATCH = "services.burundai-dostyk.dispatch"
TWO_WAYS: dict[str, tuple[Edit | tuple[Edit, ...], Edit | tuple[Edit, ...]]] = {
    "twice the exports": (
        changed("export_volume", 2),
        in_all("supplies", "volume", 2, exports=True),
    ),
    "twice the trains of others": (
        changed("background_volume", 2),
        in_all("background", "trains", 2),
    ),
    "half the quota for four days": (
        disruption("half", ["dostyk-alashankou/acceptance"], "4 d", 0.5),
        changed(
            f"{ACCEPTANCE}.per_day.changes",
            {"2023-09-25": "7.5 trains/d", "2023-09-29": "15 trains/d"},
        ),
    ),
    "half the paths for four days": (
        disruption("half", ["aktogay-dostyk/paths"], "4 d", 0.5),
        changed(
            "lines.aktogay-dostyk.paths.changes",
            {"2023-09-25": "10 trains/d", "2023-09-29": "20 trains/d"},
        ),
    ),
    "a quarter is a half of a half": (
        halved("2023-09-25", "2023-09-29", factor=0.25),
        (halved("2023-09-25", "2023-09-29", "a"), halved("2023-09-25", "2023-09-29", "b")),
    ),
    "one after the other": (
        halved("2023-09-25", "2023-09-29"),
        (halved("2023-09-25", "2023-09-27", "a"), halved("2023-09-27", "2023-09-29", "b")),
    ),
    "closures that overlap": (
        halved("2023-09-25", "2023-09-29", factor=0.0),
        (
            halved("2023-09-25", "2023-09-28", "a", 0.0),
            halved("2023-09-26", "2023-09-29", "b", 0.0),
        ),
    ),
    "bans that overlap": (
        disruption("ban", ["dostyk-alashankou/loading"], "4 d"),
        (
            disruption("one", ["dostyk-alashankou/loading"], "3 d"),
            disruption("other", ["dostyk-alashankou/loading"], "2 d", begin="2023-09-27"),
        ),
    ),
    "a train's length is full": (
        changed(DISPATCH, {"rule": "threshold", "boxes": 50, "longest_hold": "9999 d"}),
        changed(DISPATCH, "when-full"),
    ),
    "nothing sampled": (unsampled, without_laboratories),
    "nothing sails": (
        changed("stations.qingdao.liners.coast.share", 0),
        changed("stations.qingdao.liners", None),
    ),
}


@pytest.mark.parametrize("what", TWO_WAYS)
def test_two_ways_to_say_the_same_are_the_same(what: str) -> None:
    one, other = (
        run_of("baseline", *(way if isinstance(way, tuple) else (way,))) for way in TWO_WAYS[what]
    )
    # From the end of each disruption: several have a recovery of their own.
    assert set(differing(one, other, named=True)) <= {"recovery_max_h"}


def test_a_line_in_two_halves_takes_as_long() -> None:
    lines = ("urumqi-jinan", "burundai-aktogay", "alashankou-urumqi")
    still = [changed(f"lines.{name}.variation", None) for name in lines]

    def in_two(document: Document) -> None:
        whole = document["lines"].pop("urumqi-jinan")
        document["stations"]["halfway"] = {}
        half = {**whole, "length": "1875 km"}
        document["lines"]["urumqi-halfway"] = {**half, "to": "halfway"}
        document["lines"]["halfway-jinan"] = {**half, "from": "halfway"}
        for service in document["services"].values():
            halves = ["urumqi-halfway", "halfway-jinan"]
            if service["from"] in ("jinan", "qingdao"):
                halves.reverse()
            route = service["route"]
            if "urumqi-jinan" in route:
                at = route.index("urumqi-jinan")
                service["route"] = [*route[:at], *halves, *route[at + 1 :]]

    one, other = run_of("baseline", *still), run_of("baseline", *still, in_two)
    for name, kpi in kpis(other).items():
        assert near(kpi.value, kpis(one)[name].value), name


@pytest.mark.parametrize("name", ["exports-double", "december-storm"])
def test_more_at_the_choke_delivers_no_less(name: str) -> None:
    def delivered(*edits: Edit) -> float:
        scenario = edited(name, *edits)
        return sum(figure(simulate(scenario, replication=r), "delivered_t") for r in range(2))

    base = delivered()
    quotas = [f"lines.{n}.acceptance.per_day" for n in ("dostyk-alashankou", "altynkol-khorgos")]
    teams = [f"stations.{n}.work.quarantine.servers" for n in ("alashankou", "khorgos")]
    # A train of 1,300 t in each may fall on the other side of the horizon.
    for more in (
        [scaled(path, 1.1) for path in quotas],
        [scaled(path, 2) for path in teams],
        [changed("background_volume", 0.9)],
    ):
        assert delivered(*more) >= base - 2 * 1300.0


def test_without_disruptions_nobody_waits_longer() -> None:
    def waited(*edits: Edit) -> float:
        scenario = edited("december-storm", *edits)
        return (
            sum(figure(simulate(scenario, replication=r), "waiting_mean_h") for r in range(2)) / 2
        )

    storm = waited()
    calm = waited(changed("disruptions", None))
    unbanned = waited(changed("disruptions.loading-ban", None))
    assert calm < storm
    assert calm < unbanned
