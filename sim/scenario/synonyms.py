"""Keys that people write for others, by the table in which they do, and what to write there."""

from __future__ import annotations

from datetime import date

_ENDS = ("end", "until", "till", "to", "finish", "ends", "last", "last_day")

_ROWS: dict[str, tuple[tuple[str, str], ...]] = {
    "Disruption": (
        ("start from since date first first_day",
         "the first day is `begin`"),
        ("duration for length hours long how_long period",
         "how long it lasts is `days` after `begin`, `lasts` of a random one"),
        ("station stations line lines where at place target",
         "what is reduced is `on`, such as `on: [dostyk-alashankou]`"),
        ("capacity rate share left reduction reduced_to level",
         "what is left of the rate is `factor`, such as `30 %`"),
        ("interval frequency",
         "from the end of one to the next is `every`"),
    ),
    "Supply": (
        ("amount tonnes quantity tons annual_volume offer",
         "goods in a time are `volume`, such as `50 kt/yr`"),
        ("from origin station at loading_station",
         "where the boxes are filled is `terminal`"),
        ("destination destinations share shares",
         "where the goods go is `to`, such as `{jinan: 60 %, qingdao: 40 %}`"),
        ("goods product cargo crop grain",
         "the goods are `commodity`"),
        ("batch parcel lot_size",
         "boxes that are ready together are `lot`"),
        ("seasonality months profile",
         "the shape over the year is `season`"),
        ("wagons containers equipment",
         "what goods are loaded into is `fleet`"),
    ),
    "Service": (
        ("every frequency timetable schedule headway interval",
         "when trains leave is `dispatch`, such as `{rule: timetable, every: 84 h}`"),
        ("departures weekdays days",
         "when trains leave is `dispatch`; on one weekday `{rule: timetable, every: 7 d, "
         "first: 0 h}` from the start on, on several a work with `hours`"),
        ("trains per_week trains_per_week per_day",
         "two trains a week are `dispatch: {rule: timetable, every: 84 h}`"),
        ("to via stations lines destination path",
         "where trains run is `route`, lines and station/work in order"),
        ("capacity boxes size slots containers train_length",
         "boxes that fit on a train are `length`"),
        ("border gateway",
         "the border crossing is `crossing`"),
    ),
    "Line": (
        ("distance km dist",
         "the distance is `length`, such as `870 km`"),
        ("time duration transit_time days",
         "the time follows from `length` and `speed`, such as `800 km/d`"),
        ("capacity trains_per_day throughput",
         "trains that the line lets through are `paths`, such as `20 trains/d`; those taken "
         "over at a border `acceptance: {toward: …, per_day: …}`"),
        ("single_track tracks",
         "a single track is `shared_paths: true`"),
    ),
    "Station": (
        ("lat lon latitude longitude coordinates coords location",
         "where it lies is `position: [longitude, latitude]`"),
        ("elevator silo",
         "goods that wait are `stuffing: {storage: …}`"),
        ("cranes customs works servers",
         "works are in `work` by a name of yours, such as `work: {lift: {kind: cranes, cranes:"
         " 3, time: 3 min}}`"),
    ),
    "Commodity": (
        ("weight tonnes per_box tonnes_per_box payload load_per_box",
         "tonnes in one container are `load`, such as `26 t`"),
    ),
    "Fleet": (
        ("count size number boxes units quantity station stations",
         "how many there are is `at` by station, such as `at: {almaty: 100}`"),
    ),
    "Calendar": (
        ("hours opening_hours time times open_hours",
         "opening hours are `open`, such as `09:00-19:00`"),
        ("days weekday open_days working_days",
         "days of the week are `weekdays`, such as `mon-fri`"),
        ("holidays holiday closures closed_on",
         "days without work are `closed`, such as `[2024-01-01, 2024-02-10..2024-02-17]`"),
        ("timezone time_zone tz zone utc",
         "local time is `utc_offset`, such as `5 h`"),
    ),
    "Costs": (
        ("tariff tariffs freight per_box per_container rail rate",
         "railway tariffs are `haul` by gauge or line, such as `{1520: 0.03 USD/t/km}`; a "
         "price of a whole container is an amount of `works` or `stuffing`"),
        ("demurrage yard",
         "standing in a yard is `storage`"),
        ("containers boxes wagons hire",
         "hire of boxes and wagons is `equipment` by fleet, such as `{boxes: 3 USD/d}`"),
        ("truck delivery",
         "trucks to consignees are `trucking`"),
    ),
    "SweepTables": (
        ("samples runs reps n replication number_of_runs",
         "runs of each point are `replications`; how many points a hypercube or sequence has "
         "is `design: {kind: latin-hypercube, samples: 64}`"),
        ("scenario extends model",
         "the scenario is `base`"),
        ("parameters params variables sets vary",
         "what varies is `factors`"),
        ("horizon start warmup",
         "that is said in the scenario, or varied in `factors`"),
        ("measures",
         "that is what `steppe optimise` takes; a sweep varies `factors`"),
    ),
    "OptimiseTables": (
        ("samples runs reps n replication",
         "runs of each combination are `replications`; combinations tried are `search: "
         "{trials: 60}`"),
        ("scenario extends model",
         "the scenario is `base`"),
        ("goal target objective constraints outputs",
         "what must be met is `reach`, such as `[{require: delivered_t >= 700000}]`"),
        ("factors",
         "that is what `steppe sweep` varies; here `measures` may be taken"),
    ),
    "Design": (
        ("replications runs reps",
         "`replications` stands beside `design`, not in it"),
        ("points n size trajectories",
         "points of a sequence are `samples`"),
    ),
}  # fmt: skip

SYNONYMS = {
    table: {word: cure for words, cure in rows for word in words.split()}
    for table, rows in _ROWS.items()
}
"""What to write, by the table and the key as written there."""


def synonym(table: str, key: str, beside: dict[str, object]) -> str:
    """What to write for a key of a table; empty where that is not known.

    Args:
        table: name of the table's class.
        key: what was written.
        beside: plain values of the mapping that it stands in.
    """
    word = key.lower().replace("-", "_").replace(" ", "_")
    if table == "Disruption" and word in _ENDS:
        return _lasting(beside.get("begin", beside.get("start")), beside.get(key))
    return SYNONYMS.get(table, {}).get(word, "")


def _lasting(begin: object, end: object) -> str:
    """How long what has a first and a last day lasts, as the language says it."""
    said = "how long it lasts is `days`"
    try:
        days = (date.fromisoformat(str(end)) - date.fromisoformat(str(begin))).days
    except ValueError:
        return f"{said}, such as `days: 3 d` from `begin` on"
    if days < 0:
        return f"{said}, and it would end before it begins"
    return f"{said}: `days: {days + 1} d` with {end}, `days: {days} d` without it"
