"""Figures far outside what railways and goods are like: doubtful, and no error.

One table says what is usual and why.  Below it are sums of several figures that cannot come out.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.policies import EMPTIES
from sim.scenario import shape as shapes
from sim.scenario.dated import Dated
from sim.scenario.drawn import Distribution
from sim.scenario.fitting.checked import Checked, one_of
from sim.scenario.fitting.figures import value_at
from sim.scenario.tree import Steps
from sim.scenario.vocabulary import Commodity, Costs, Line, ScenarioTables, Service, Supply
from sim.scenario.wording import MONTHS


class Usual(NamedTuple):
    """A range in house units, and why it is no wider."""

    low: float
    high: float
    unit: str
    why: str


USUAL: dict[tuple[type, str], Usual] = {
    (Commodity, "load"): Usual(0.0, 32.0, "t", "a 40-foot container takes up to about 30 t"),
    (Line, "length"): Usual(5.0, 15_000.0, "km", "lines lead from station to station, in km"),
    (Line, "speed"): Usual(
        2.0, 120.0, "km/h", "freight trains make 10 to 60 km/h with their stops"
    ),
    (ScenarioTables, "export_volume"): Usual(0.0, 100.0, "", "it is a factor: 2 is twice"),
    (ScenarioTables, "background_volume"): Usual(0.0, 100.0, "", "it is a factor: 2 is twice"),
    (Costs, "haul"): Usual(0.0, 2.0, "USD/t/km", "railways take 0.01 to 0.2 USD/t/km"),
    (Costs, "haul_wagonload"): Usual(0.0, 2.0, "USD/t/km", "railways take 0.01 to 0.2 USD/t/km"),
    (Service, "length"): Usual(0.0, 200.0, "boxes", "the longest trains have about 120 wagons"),
}
WAGON = Usual(0.0, 80.0, "t", "a wagon takes up to about 75 t")
CV = Usual(0.0, 5.0, "", "cv is a fraction of the mean: 0.4 is 40 %")
FEW_LOTS = 5
"""Lots in a whole run below which luck decides how much is offered."""


def usual(checked: Checked) -> None:
    """Figures of the table, loads of wagons, and coefficients of variation."""
    tables = checked.tables
    for path, shape, _ in shapes.walk(checked.tree):
        if shape.kind != "figure":
            continue
        value = value_at(tables, path)
        text = getattr(value, "text", "")
        if isinstance(value, Dated):
            value = value.most
        if isinstance(value, Distribution):
            cv = dict(value.parameters).get("cv", 0.0)
            _say(checked, path, "cv", cv, f"{cv:g}", CV)
            continue
        owner = shapes.at(checked.tree, path[:-1])
        known = USUAL.get((owner.type, str(path[-1]))) if owner is not None else None
        if owner is not None and owner.kind == "names":  # rates by line, all of one kind
            table = shapes.at(checked.tree, path[:-2])
            known = USUAL.get((table.type, str(path[-2]))) if table is not None else None
        if len(path) > 1 and path[-2] == "load_in":
            fleet = tables.fleets.get(str(path[-1]))
            boxed = fleet is not None and fleet.kind == "containers"
            known = USUAL[Commodity, "load"] if boxed else WAGON
        # a study of one queue may have lines that take no time
        if known is not None and (path[-1] != "length" or tables.supplies):
            _say(checked, path, str(path[-1]), value, text, known)


def _say(checked: Checked, path: Steps, name: str, value: object, text: str, known: Usual) -> None:
    if not isinstance(value, int | float) or known.low <= value <= known.high:
        return
    side = f"at most {known.high:,g}" if value > known.high else f"at least {known.low:g}"
    said = f"{name}: {text} is hardly meant: {known.why}; expected {side} {known.unit}".rstrip()
    checked.say(path, said, warning=True)


def lots(checked: Checked) -> None:
    """Lots that a run hardly fills, and lots that no elevator holds."""
    tables = checked.tables
    for name, supply in tables.supplies.items():
        known = supply.terminal in tables.stations and supply.commodity in tables.commodities
        station = tables.stations.get(supply.terminal)
        if not known or station is None or station.stuffing is None:
            continue
        load = tables.unit_load(supply)
        if supply.volume is not None:
            _lot(checked, name, supply, load)


def _lot(checked: Checked, name: str, supply: Supply, load: float) -> None:
    tables, path = checked.tables, ("supplies", name, "lot")
    if checked.tree.find(path)[1] != path:
        path = ("supplies", name, "volume")
    lot, horizon = int(supply.lot) * load, float(tables.horizon)
    factor = tables.export_volume.mean(0.0, horizon) if supply.flow == "exports" else 1.0
    whole = float(supply.volume or 0.0) * horizon * factor
    boxes = f"lot: {int(supply.lot):,} boxes of {load:g} t are {lot:,.0f} t"
    if 0.0 < whole < FEW_LOTS * lot:
        checked.say(
            path,
            f"{boxes}, and {whole:,.0f} t become ready in the whole run: goods that fill no lot "
            f"are not offered; expected fewer boxes in a lot",
            warning=True,
        )
    stuffing = tables.stations[supply.terminal].stuffing
    storage = None if stuffing is None else stuffing.storage
    if storage is not None and float(storage) < lot:
        checked.say(
            path,
            f"{boxes}, and the storage of `{supply.terminal}` holds {storage.text}: what does not "
            "find an empty box at once and does not fit is refused; expected a smaller lot",
            warning=True,
        )


def seasons(checked: Checked) -> None:
    """Weights that look like shares of the year, while the months left out weigh 1 each."""
    for section in ("supplies", "background"):
        for name in getattr(checked.tables, section):
            path: Steps = (section, name, "season")
            found, there = checked.tree.find(path)
            if there != path or not isinstance(found.value, dict):
                continue
            months = [m for m in MONTHS if m in found.value]
            season = getattr(checked.tables, section)[name].season
            weights = [getattr(season, month) for month in months]
            total, percent = sum(weights), all("%" in w.text for w in weights)
            whole = abs(total - 100.0) < 1.0 or (percent and abs(total - 1.0) < 0.01)
            if months and len(months) < len(MONTHS) and whole:
                checked.say_key(
                    path,
                    "season: these look like shares of a year, and are weights: a month left out "
                    "weighs 1; give it the weight 0, or use weights such as `{sep: 2, oct: 3}`",
                    warning=True,
                )


def hiring(checked: Checked) -> None:
    """Stations where boxes may be hired and no goods are filled into any."""
    rule = checked.tables.policies.empties
    terminals = dict.fromkeys(s.terminal for s in checked.tables.supplies.values())
    for station in rule.parameters.get("at") or () if rule.rule == "hire" else ():
        if station in checked.tables.stations and station not in terminals:
            checked.say(
                ("policies", "empties", "at"),
                f"at: no supply has its goods filled at `{station}`, so that no box is hired there"
                f"{one_of(list(terminals))}",
                warning=True,
            )


def full_trains(checked: Checked) -> None:
    """Trains that wait for more boxes, or wagons, than there are, or than fit."""
    tables = checked.tables
    rule = tables.policies.empties
    hired = rule.rule in EMPTIES.names() and rule.rule not in ("none", "fill-slots", "safety-stock")
    for name, service in tables.services.items():
        base: Steps = ("services", name)
        length, dispatch = int(service.length), service.dispatch
        kind = "containers" if service.carries == "containers" else "wagons"
        there = sum(sum(f.at.values()) for f in tables.fleets.values() if f.kind == kind)
        key = "minimum" if dispatch.rule == "timetable" else "boxes"
        wanted = dispatch.parameters.get(key) if dispatch.rule != "when-full" else length
        if service.passing is not None or not isinstance(wanted, int):
            continue
        path = (*base, "length") if dispatch.rule == "when-full" else (*base, "dispatch", key)
        if wanted > length:
            checked.say(
                path,
                f"{key}: {wanted} do not fit on a train of {length}, which leaves with {length}; "
                f"expected {length} or less",
                warning=True,
            )
        if min(wanted, length) > there and not hired and dispatch.rule != "threshold":
            checked.say(
                path,
                f"`{name}` waits for {min(wanted, length)} boxes and all fleets of {kind} have "
                f"{there}: its trains never leave; expected {there} or less, or more {kind}",
                warning=True,
            )
