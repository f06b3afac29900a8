"""The rates of a scenario, as the accounts of a run need them: by line, work and fleet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.scenario.vocabulary import Cranes, Laboratory

if TYPE_CHECKING:
    from sim.scenario.vocabulary import Line, ScenarioTables, Service


def tariff(tables: ScenarioTables) -> dict[str, Any]:
    """Rates in house units, as JSON knows them; None or absent where the scenario gives none.

    Returns:
        ``lines`` (by name: length_km and, for the whole line, haul and haul_wagonload in USD/t,
        haul_empty in USD, co2e in t/t, co2e_empty in t), ``works`` (by station/work: usd, kind and
        part), ``stuffing``, ``trucking``, ``trucking_wagonload`` and ``shipping`` in USD,
        ``storage`` in USD/h,
        ``equipment`` (by fleet) in USD/h, ``fixed`` (by name) as [hour, USD/h from then on],
        ``waiting`` in USD/t/h, ``hire`` in USD a trip,
        ``given``: whether there are costs at all, and ``asked``: what a trip would be charged for,
        as [part, what, whether it has a rate], by ``services`` and for all (``trips``,
        ``empties``).
    """
    costs = tables.costs
    return {
        "given": bool(costs.model_fields_set),
        "lines": {name: _line(tables, name, line) for name, line in tables.lines.items()},
        "works": {name: _work(tables, name, float(usd)) for name, usd in costs.works.items()},
        "stuffing": _number(costs.stuffing),
        "trucking": _number(costs.trucking),
        "trucking_wagonload": _number(
            costs.trucking if costs.trucking_wagonload is None else costs.trucking_wagonload
        ),
        "shipping": _number(costs.shipping),
        "storage": _number(costs.storage),
        "equipment": {name: float(rate) for name, rate in costs.equipment.items()},
        "fixed": {
            name: [[0.0, cost.at(0.0)], *([t, usd] for t, usd in cost.changes if t > 0.0)]
            for name, cost in costs.fixed.items()
        },
        "waiting": _number(costs.waiting),
        "hire": float(tables.policies.empties.parameters.get("price", 0.0)),
        "asked": {
            "services": {
                name: _asked(tables, service) for name, service in tables.services.items()
            },
            "trips": _trips(tables),
            "empties": _empties(tables),
        },
    }


def _asked(tables: ScenarioTables, service: Service) -> list[list[Any]]:
    """What a box on a train of the service is charged for: lines and works on its route."""
    costs = tables.costs
    haul = costs.haul
    if service.carries == "wagonloads":
        haul = costs.haul_wagonload or haul
    found: list[list[Any]] = []
    for leg in service.route:
        if "/" in leg:
            part = _work(tables, leg, 0.0)["part"]
            found.append([part, leg, leg in costs.works])
        else:
            found.append(["line haul", leg, _rated(haul, leg, tables.lines[leg])])
    if service.wagons is not None:
        found.append(["equipment hire", service.wagons, service.wagons in costs.equipment])
    return found


def _trips(tables: ScenarioTables) -> list[list[Any]]:
    """What every trip of exports is charged for, whatever trains it takes."""
    costs, supplies = tables.costs, [s for s in tables.supplies.values() if s.flow == "exports"]
    ends = {name for supply in supplies for name in supply.to}
    at = [station for name, station in tables.stations.items() if name in ends]
    boxes = {tables.loaded_into(supply) for supply in supplies}
    found = [["stuffing and delivery", "stuffing", costs.stuffing is not None]]
    if any(s.delivery is not None for s in at):
        found.append(["stuffing and delivery", "trucking", costs.trucking is not None])
    if any(s.liners for s in at):
        found.append(["stuffing and delivery", "shipping", costs.shipping is not None])
    found.append(["storage", "storage", costs.storage is not None])
    found += [["equipment hire", fleet, fleet in costs.equipment] for fleet in sorted(boxes)]
    found.append(["waiting", "waiting", costs.waiting is not None])
    return found


def _empties(tables: ScenarioTables) -> list[list[Any]]:
    """What boxes that run empty are charged for: lines and works of trains that may take them."""
    services = [s for s in tables.services.values() if s.carries == "containers"]
    passed = {leg for service in services for leg in service.route}
    found: list[list[Any]] = [
        ["repositioning", name, _rated(tables.costs.haul_empty, name, line)]
        for name, line in tables.lines.items()
        if name in passed
    ]
    for name, station in tables.stations.items():
        for work, kind in station.work.items():
            if f"{name}/{work}" in passed and not isinstance(kind, Laboratory):
                found.append(
                    ["repositioning", f"{name}/{work}", f"{name}/{work}" in tables.costs.works]
                )
    return found


def _rated(rates: Mapping[str, float], name: str, line: Line) -> bool:
    return name in rates or str(line.gauge) in rates


def _number(rate: float | None) -> float | None:
    return None if rate is None else float(rate)


def _line(tables: ScenarioTables, name: str, line: Line) -> dict[str, float]:
    costs, km = tables.costs, float(line.length)

    def over(rates: Mapping[str, float]) -> float:
        return km * float(rates.get(name, rates.get(str(line.gauge), 0.0)))

    return {
        "length_km": km,
        "haul": over(costs.haul),
        "haul_wagonload": over(costs.haul_wagonload or costs.haul),
        "haul_empty": over(costs.haul_empty),
        "co2e": over(costs.co2e),
        "co2e_empty": over(costs.co2e_empty),
    }


def _work(tables: ScenarioTables, name: str, usd: float) -> dict[str, Any]:
    """Cranes at either end of a line with acceptance change the gauge."""
    station, work = name.split("/")
    kind = tables.stations[station].work[work]
    border = {
        end
        for line in tables.lines.values()
        if line.acceptance is not None
        for end in (line.origin, line.to)
    }
    if isinstance(kind, Cranes):
        return {
            "usd": usd,
            "kind": "unit",
            "part": "gauge change" if station in border else "handling",
        }
    each = "sample" if isinstance(kind, Laboratory) else "train"
    return {"usd": usd, "kind": each, "part": "checks"}
