"""Corridors made by hypothesis: chains of stations with all that the language offers, both ways."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from sim.scenario import Scenario, load

DAYS = 12
PLACES = ("west", "yard", "border", "east")
GREEN_LANE = {"rule": "green-lane", "share": 0.5}
CLASSES = ("container", "transit")
GAUGES = {"yard": "1435", "border": "1520"}
"""Where trains of the other gauge may have tracks to themselves."""


def make(document: dict[str, Any], folder: Path, *sets: str) -> Scenario:
    """The document as a file (JSON is YAML), through the public loader."""
    path = folder / "generated.yaml"
    path.write_text(json.dumps(document))
    return load(path, sets)


def _time(low: float, high: float) -> st.SearchStrategy[str]:
    """A duration or a distribution of one, in minutes."""
    mean = st.integers(int(low), int(high))
    return st.one_of(
        mean.map(lambda m: f"{m} min"),
        mean.map(lambda m: f"exponential(mean: {max(m, 1)} min)"),
        st.tuples(mean, st.sampled_from((0.2, 0.8))).map(
            lambda p: f"lognormal(mean: {max(p[0], 1)} min, cv: {p[1]})"
        ),
    )


def _dated(low: int, high: int, unit: str = "") -> st.SearchStrategy[Any]:
    """A number that may change on a date within the run."""
    number = st.integers(low, high)

    def write(value: tuple[int, int | None]) -> Any:
        first, later = (f"{v}{unit}" if v is not None else None for v in value)
        return first if later is None else {"value": first, "changes": {"2024-01-06": later}}

    return st.tuples(number, st.none() | number).map(write)


ORDER = st.sampled_from(
    ("first-come", "longest-waiting", {"rule": "class-priority", "classes": list(CLASSES)})
)
HOURS = st.none() | st.just("day")


@st.composite
def _station(draw: st.DrawFn, length: int, place: str) -> dict[str, Any]:
    station: dict[str, Any] = {"work": {}}
    if draw(st.booleans()):
        station["tracks"] = draw(_dated(3, 8))
        station["order"] = draw(ORDER)
        if place in GAUGES and draw(st.booleans()):
            station["gauge_tracks"] = {GAUGES[place]: draw(_dated(1, 3))}
    if draw(st.booleans()):
        station["yard"] = draw(st.integers(4 * length, 8 * length))
    if draw(st.booleans()):
        station["work"]["papers"] = {
            "kind": "servers",
            "servers": draw(_dated(1, 3)),
            "time": draw(_time(0, 300)),
            "check": "documents",
            "order": draw(ORDER),
            **_maybe(draw, "hours", HOURS),
        }
    if draw(st.booleans()):
        station["work"]["cranes"] = {
            "kind": "cranes",
            "cranes": draw(_dated(1, 4)),
            "time": draw(_time(1, 30)),
            **_maybe(draw, "tracks", st.none() | st.integers(1, 3)),
            **_maybe(draw, "hours", HOURS),
        }
    if place == "border" and draw(st.booleans()):
        station["work"]["lab"] = {
            "kind": "laboratory",
            "share": {"grain": draw(st.sampled_from((0.1, 0.5, 1.0)))},
            "time": draw(_time(600, 3000)),
            "by": draw(st.sampled_from(("box", "lot"))),
            **_maybe(draw, "slots", st.none() | st.integers(3, 40)),
            **_maybe(draw, "reject", st.none() | st.sampled_from((0.1, 0.5))),
        }
    return station


def _maybe(draw: st.DrawFn, key: str, values: st.SearchStrategy[Any]) -> dict[str, Any]:
    value = draw(values)
    return {} if value is None else {key: value}


def _terminal(draw: st.DrawFn, with_ship: bool) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "stuffing": {
            "lines": draw(st.integers(1, 4)),
            "time": draw(_time(0, 90)),
            "fleet": "boxes",
            **_maybe(draw, "storage", st.none() | st.sampled_from(("400 t", "2000 t"))),
            **_maybe(draw, "hours", HOURS),
        },
        "delivery": {
            "dwell": draw(_time(0, 2000)),
            "time": draw(_time(10, 500)),
            "stripping": draw(_time(0, 2000)),
            "fleet": "boxes",
            **_maybe(draw, "trucks", st.none() | st.integers(1, 6)),
        },
    }
    if with_ship:
        parts["berths"] = 1
        parts["liners"] = {
            "ship": {
                "every": "40 h",
                "slots": draw(st.integers(3, 20)),
                "cranes": 1,
                "time": draw(_time(1, 20)),
                "voyage": "60 h",
                "share": draw(st.sampled_from((0.2, 0.9))),
            }
        }
    return parts


def _line(draw: st.DrawFn, a: str, b: str, gauge: int | None) -> dict[str, Any]:
    line: dict[str, Any] = {
        "from": a,
        "to": b,
        "length": f"{draw(st.integers(10, 400))} km",
        "speed": "800 km/d",
        **({} if gauge is None else {"gauge": gauge}),
        **_maybe(draw, "paths", st.none() | _dated(4, 20, " /d")),
        "shared_paths": draw(st.booleans()),
        **_maybe(draw, "places", st.none() | st.integers(3, 12)),
        **_maybe(draw, "variation", st.none() | st.just("lognormal(mean: 1, cv: 0.2)")),
        "order": draw(ORDER),
    }
    if gauge is None:
        line["acceptance"] = {
            "toward": b,
            "per_day": draw(_dated(2, 12, " trains/d")),
            "order": draw(ORDER),
            **_maybe(draw, "variation", st.none() | st.just("gamma(mean: 1, cv: 0.3)")),
            **_maybe(draw, "classes", st.none() | st.just({"transit": "4 /d"})),
            **_maybe(draw, "reserve", st.none() | _reserve()),
        }
    return line


def _reserve() -> st.SearchStrategy[dict[str, Any]]:
    thresholds = st.tuples(st.integers(1, 4), st.integers(0, 3)).filter(lambda t: t[1] < t[0])
    limits = st.sampled_from(({}, {"longest": "30 h"}))
    return st.tuples(thresholds, _dated(1, 6, " /d"), limits).map(
        lambda d: {"per_day": d[1], "above": d[0][0], "below": d[0][1], **d[2]}
    )


def _ban(drawn: tuple[int, int, list[str] | None]) -> dict[str, Any]:
    begin, days, classes = drawn
    some = {} if classes is None else {"classes": classes}
    dates = {"begin": f"2024-01-{begin:02}", "days": f"{days} d"}
    return {"on": ["exchange/loading"], **dates, **some}


def _costs() -> st.SearchStrategy[dict[str, Any]]:
    rates = {
        "haul": {"1520": "0.03 USD/t/km"},
        "works": {"yard/change": "20 USD/box"},
        "fixed": {
            "night": {"value": "1000000 USD/yr", "changes": {"2024-01-05": "2000000 USD/yr"}}
        },
    }
    return st.sampled_from((rates, {"fixed": {"night": "1000000 USD/yr"}}))


def _way_back(a: str, b: str) -> st.SearchStrategy[dict[str, Any]]:
    return _time(60, 3000).map(lambda time: {"from": a, "to": b, "time": time})


def _dispatch(draw: st.DrawFn, length: int) -> Any:
    return draw(
        st.sampled_from(
            (
                "when-full",
                {"rule": "timetable", "every": "15 h", "first": "2 h", "minimum": 0},
                {"rule": "timetable", "every": "20 h", "minimum": 2},
                {"rule": "threshold", "boxes": max(length - 2, 1), "longest_hold": "30 h"},
            )
        )
    )


def _route(document: dict[str, Any], legs: list[tuple[str, str]]) -> list[str]:
    """Lines in order, and all works of the station at the end of each."""
    route = []
    for line, station in legs:
        route.append(line)
        route += [f"{station}/{work}" for work in document["stations"][station]["work"]]
    return route


def _beside(draw: st.DrawFn, document: dict[str, Any], length: int) -> dict[str, Any]:
    """Services beside those onward and home, each with a length and a rule of its own."""
    found: dict[str, Any] = {}
    for name, other in (("all-on", "on"), ("homeward", "home")):
        if draw(st.booleans()):
            mine = {**document["services"][other], "length": draw(st.integers(1, length))}
            mine["dispatch"] = _dispatch(draw, mine["length"])
            found[name] = mine
    return found


@st.composite
def corridors(draw: st.DrawFn) -> dict[str, Any]:
    """west - yard | border - east: a gauge change between, trains and boxes both ways."""
    length = draw(st.integers(3, 8))
    document: dict[str, Any] = {
        "title": "generated",
        "start": "2024-01-01",
        "horizon": f"{DAYS} d",
        "seed": draw(st.integers(0, 9)),
        "calendars": {"day": {"open": "08:00-18:00"}},
        "commodities": {"grain": {"load": "20 t", "checked_as": "grain"}, "cars": {"load": "10 t"}},
        "stations": {
            name: draw(_station(length, name)) for name in ("west", "yard", "border", "east")
        },
    }
    stations = document["stations"]
    stations["west"] |= _terminal(draw, with_ship=False)
    stations["east"] |= _terminal(draw, with_ship=draw(st.booleans()))
    for name in ("west", "east"):
        stations[name]["work"].pop("lab", None)
    document["lines"] = {
        "wide": _line(draw, "west", "yard", 1520),
        "exchange": _line(draw, "yard", "border", None),
        "slim": _line(draw, "border", "east", 1435),
    }
    document["fleets"] = {
        "boxes": {
            "kind": "containers",
            "at": {"west": draw(st.integers(5, 80)), "east": 20},
            **_maybe(draw, "returns", st.none() | st.tuples(_way_back("east", "west"))),
        },
        "flats": {
            "kind": "wagons",
            "gauge": 1520,
            "at": {"west": draw(st.integers(length, 5 * length))},
            "returns": [{"from": "border", "to": "west", "time": draw(_time(60, 3000))}],
        },
    }
    onward = _route(document, [("slim", "east")])
    document["services"] = {
        "out": {
            "from": "west",
            "route": _route(document, [("wide", "yard"), ("exchange", "border")]),
            "length": length,
            "crossing": "here",
            "dispatch": _dispatch(draw, length),
            **_maybe(draw, "wagons", st.sampled_from((None, "flats"))),
        },
        "on": {"from": "border", "route": onward, "length": length, "dispatch": "when-full"},
        "home": {
            "from": "east",
            "route": ["slim", "exchange", "yard/change", "wide"],
            "length": length,
            "dispatch": {"rule": "timetable", "every": "18 h", "minimum": 0},
        },
    }
    beside = draw(st.sampled_from((None, "operator", "passing")))
    if beside is not None:  # takes the same boxes as the first
        out = document["services"]["out"]
        second = {**out, "length": draw(st.integers(2, 8))}
        if beside == "operator":
            second["dispatch"] = _dispatch(draw, 2)
        else:
            second = {k: v for k, v in second.items() if k not in ("dispatch", "wagons")}
            free = draw(st.sampled_from((1, "uniform(low: 0, high: 1)")))
            second |= {
                "class": "transit",
                "passing": {"every": draw(_time(300, 2000)), "free": free},
            }
        document["services"]["second"] = second
    document["services"] |= _beside(draw, document, length)
    # only on the way home: on the way out the gauge changes between two services
    stations["yard"]["work"]["change"] = {
        "kind": "cranes",
        "cranes": draw(st.integers(1, 3)),
        "time": "4 min",
    }
    document["supplies"] = {
        "grain": {
            "region": "here",
            "terminal": "west",
            "commodity": "grain",
            "volume": f"{draw(st.integers(50, 900))} t/d",
            "lot": draw(st.integers(1, 6)),
            "arrivals": draw(st.sampled_from(("poisson", "regular"))),
            "to": {"east": 1},
        },
        "cars": {
            "region": "there",
            "terminal": "east",
            "commodity": "cars",
            "volume": f"{draw(st.integers(10, 200))} t/d",
            "lot": 2,
            "flow": "imports",
            "to": {"west": 1},
        },
    }
    document["background"] = {
        "transit": {
            "from": "yard",
            "route": _route(document, [("exchange", "border")])[:1],
            "class": "transit",
            "trains": draw(_dated(0, 8, " trains/d")),
        },
        # Over the border the other way, of a class that no other train is.
        "back": {
            "from": "border",
            "route": _route(document, [("exchange", "yard")]),
            "class": "empty",
            "trains": draw(_dated(0, 6, " trains/d")),
        },
    }
    document["disruptions"] = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "storm": st.just(
                    {"on": ["exchange"], "begin": "2024-01-04", "days": "2 d", "factor": 0}
                ),
                "ban": st.tuples(
                    st.integers(1, 8),
                    st.integers(1, 4),
                    st.none()
                    | st.lists(st.sampled_from((*CLASSES, "empty")), min_size=1, unique=True),
                ).map(_ban),
                "faults": st.just(
                    {
                        "on": ["slim"],
                        "every": "exponential(mean: 3 d)",
                        "lasts": "8 h",
                        "factor": 0.5,
                    }
                ),
            },
        )
    )
    document |= _maybe(draw, "costs", st.none() | _costs())
    document["policies"] = {
        "empties": draw(
            st.sampled_from(
                (
                    "none",
                    {"rule": "fill-slots", "keep": {"east": 5}},
                    {"rule": "safety-stock", "stock": {"west": 10}},
                    {"rule": "hire", "lead": "10 h"},
                )
            )
        ),
        "admission": draw(
            st.sampled_from(
                (
                    "none",
                    {"rule": "embargo", "above": 6, "below": 3},
                    {"rule": "metering", "per_day": 2},
                )
            )
        ),
        "customs": draw(
            st.sampled_from(
                (
                    "at-border",
                    {"rule": "pre-clearance", "share": 0.5, "left": 0.2},
                    GREEN_LANE,
                )
            )
        ),
    }
    return document
