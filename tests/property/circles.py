"""Corridors in which trains come to stand in each other's way: few tracks, few places, there and
back, with and without containers.
"""

from __future__ import annotations

from random import Random
from typing import Any


def circle(seed: int) -> dict[str, Any]:
    """A chain of two to four stations; the same seed makes the same."""
    rng = Random(seed)
    names = [f"s{i}" for i in range(rng.randint(2, 4))]
    document: dict[str, Any] = {
        "title": "trains that meet",
        "start": "2024-01-01",
        "horizon": "40 d",
        "seed": rng.randint(0, 9),
        "stations": {name: _station(rng) for name in names},
        "lines": {f"l{i}": _line(rng, *names[i : i + 2]) for i in range(len(names) - 1)},
        "background": {f"b{i}": _there_and_back(rng, names) for i in range(rng.randint(1, 3))},
    }
    if rng.random() < 0.6:
        _followed(rng, document, names)
    return document


def _station(rng: Random) -> dict[str, Any]:
    time = rng.choice(("1 h", "exponential(mean: 1 h)", "30 min"))
    work = {"check": {"kind": "servers", "servers": rng.choice((1, 2, 9)), "time": time}}
    if rng.random() < 0.3:
        work["cranes"] = {"kind": "cranes", "cranes": 1, "time": "5 min", "tracks": 1}
    tracks = rng.choice((None, 1, 1, 2, 3))
    return {"work": work, **({} if tracks is None else {"tracks": tracks})}


def _line(rng: Random, a: str, b: str) -> dict[str, Any]:
    line: dict[str, Any] = {"from": a, "to": b, "length": "10 km", "speed": "10 km/h"}
    places = rng.choice((None, 1, 1, 2, 3))
    if places is not None:
        line["places"] = places
    if rng.random() < 0.3:
        line |= {"paths": "20 /d", "shared_paths": rng.random() < 0.5}
    if rng.random() < 0.25:
        line["acceptance"] = {"toward": b, "per_day": "10 trains/d"}
    return line


def _there_and_back(rng: Random, names: list[str]) -> dict[str, Any]:
    at = rng.randrange(len(names))
    flow = {
        "from": names[at],
        "trains": f"{rng.choice((2, 4, 8, 12))} /d",
        "arrivals": rng.choice(("regular", "poisson")),
    }
    route = [f"{names[at]}/check"] if rng.random() < 0.5 else []
    for _ in range(rng.randint(1, 5)):
        step = rng.choice([s for s in (-1, 1) if 0 <= at + s < len(names)])
        route.append(f"l{min(at, at + step)}")
        at += step
        if rng.random() < 0.6:
            route.append(f"{names[at]}/check")
    return {**flow, "route": route}


def _followed(rng: Random, document: dict[str, Any], names: list[str]) -> None:
    """Containers from one end to the other, changing trains on the way where there is one."""
    first, last, length = names[0], names[-1], rng.randint(3, 8)
    stations = document["stations"]
    document["commodities"] = {"grain": {"load": "20 t"}}
    back = [{"from": last, "to": first, "time": "2 d"}] if rng.random() < 0.5 else []
    boxes = {"kind": "containers", "at": {first: rng.choice((10, 40, 400)), last: 20}}
    document["fleets"] = {"boxes": {**boxes, "returns": back}}
    for name in (first, last):
        stations[name]["stuffing"] = {"lines": 4, "time": "10 min", "fleet": "boxes"}
        stations[name]["delivery"] = {
            "dwell": "1 h",
            "time": "1 h",
            "stripping": "1 h",
            "fleet": "boxes",
        }
    for name in names:
        if rng.random() < 0.5:
            stations[name]["yard"] = rng.randint(length + 2, 4 * length + 2)
    wagons = {}
    if rng.random() < 0.3:
        wagons = {"wagons": "flats"}
        home = [{"from": names[len(names) // 2], "to": first, "time": "12 h"}]
        at = {first: length * rng.randint(1, 4)}
        document["fleets"]["flats"] = {"kind": "wagons", "at": at, "returns": home}

    def service(begin: int, end: int, more: int = 0) -> dict[str, Any]:
        route, step = [], 1 if begin < end else -1
        for at in range(begin, end, step):
            route.append(f"l{min(at, at + step)}")
            name = names[at + step]
            if rng.random() < 0.6:
                route += [f"{name}/{work}" for work in stations[name]["work"]]
        rules: tuple[Any, ...] = (
            "when-full",
            {"rule": "timetable", "every": "7 h", "minimum": rng.choice((0, 2))},
            {"rule": "threshold", "boxes": 2, "longest_hold": "20 h"},
        )
        return {
            "from": names[begin],
            "route": route,
            "length": length + more,
            "dispatch": rng.choice(rules),
        }

    end, middle = len(names) - 1, max(len(names) // 2, 1)
    document["services"] = {"out": {**service(0, middle), **wagons}}
    if middle < end:
        document["services"]["on"] = service(middle, end, rng.choice((0, 0, 2)))
    grain = {"commodity": "grain", "lot": 2}
    volume = f"{rng.choice((200, 800, 2000))} t/d"
    document["supplies"] = {
        "out": {"region": "r", "terminal": first, "volume": volume, "to": {last: 1}, **grain}
    }
    if rng.random() < 0.7:
        document["services"]["home"] = service(end, 0)
        home = {"region": "q", "terminal": last, "volume": "300 t/d", "to": {first: 1}}
        document["supplies"]["home"] = {**home, "flow": "imports", **grain}
