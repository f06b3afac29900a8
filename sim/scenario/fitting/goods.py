"""Supplies: amounts, terminals, destinations, and chains of services that lead there."""

from __future__ import annotations

from sim.scenario import journey
from sim.scenario.fitting.checked import Checked, one_of, percents, ticked
from sim.scenario.tree import Steps
from sim.scenario.vocabulary import Supply


def supplies(checked: Checked) -> None:
    """Each supply with its terminal, its destinations, and a way there."""
    for name, supply in checked.tables.supplies.items():
        base: Steps = ("supplies", name)
        checked.known(
            supply.commodity, checked.tables.commodities, "commodity", (*base, "commodity")
        )
        _amount(checked, supply, base)
        terminal = checked.known(
            supply.terminal, checked.tables.stations, "station", (*base, "terminal")
        )
        if terminal and checked.tables.stations[supply.terminal].stuffing is None:
            able = [n for n, s in checked.tables.stations.items() if s.stuffing is not None]
            checked.say(
                (*base, "terminal"),
                f"terminal: `{supply.terminal}` has no stuffing; "
                f"expected a station that has it{one_of(able)}",
            )
            terminal = False
        loaded = _loading(checked, supply, base) if terminal else None
        total = sum(supply.to.values())
        if abs(total - 1) > 1e-6:
            said = f"to: shares add up to {total:.6g}; expected 1{percents(supply.to.values())}"
            checked.say_key((*base, "to"), said)
        for end in supply.to:
            path = (*base, "to", end)
            if not checked.known(end, checked.tables.stations, "station", path, True):
                continue
            station = checked.tables.stations[end]
            onward = sum(liner.share for liner in station.liners.values())
            if station.delivery is None and not station.liners:
                checked.say_key(
                    path,
                    f"`{end}` has neither delivery nor liners, so boxes would stay there; "
                    "expected one of them",
                )
            elif station.delivery is None and onward < 1 - 1e-9:
                checked.say_key(
                    path,
                    f"`{end}` sends {onward:.4g} of its boxes onward by liners and has no "
                    "delivery for the others; expected shares that add up to 1, or delivery",
                )
            if loaded is not None:
                _chain(checked, supply, end, path)


def _amount(checked: Checked, supply: Supply, base: Steps) -> None:
    ways = {"volume": supply.volume, "series": supply.series, "contracts": supply.contracts}
    given = [name for name, value in ways.items() if value]
    wanted = supply.flow != "exports" or checked.tables.export_volume.most > 0
    amounts = [supply.volume or 0.0, *supply.series.values(), *supply.contracts.values()]
    if wanted and not any(amounts) and (given or supply.volume is not None):
        key = given[0] if given else "volume"
        checked.say(
            (*base, key),
            f"{key}: nothing of `{base[-1]}` becomes ready in the run; expected such as "
            f"`50 kt/yr`, or the supply left out (`{base[-1]}: null` in a variant)",
            warning=True,
        )
    if supply.volume is not None and not given:
        return  # a volume of nothing is one
    if len(given) != 1:
        checked.say_key(
            base,
            f"`{base[-1]}` has {' and '.join(f'`{g}`' for g in given) or 'no amount'}; "
            "expected one of `volume`, `series` and `contracts`",
        )
    elif supply.season is not None and supply.volume is None:
        checked.say((*base, "season"), f"season: {given[0]} has dates of its own; remove it")


def _loading(checked: Checked, supply: Supply, base: Steps) -> str | None:
    """The fleet that goods are loaded into; nothing if it cannot be."""
    if not checked.known(supply.fleet, checked.tables.fleets, "fleet", (*base, "fleet")):
        return None
    fleet = checked.tables.loaded_into(supply)
    commodity = checked.tables.commodities.get(supply.commodity)
    if fleet not in checked.tables.fleets or commodity is None:
        return None
    if checked.tables.fleets[fleet].kind == "wagons" and fleet not in commodity.load_in:
        checked.say(
            (*base, "fleet"),
            f"fleet: nobody says how much {supply.commodity} a wagon of `{fleet}` holds; "
            f"expected `load_in: {{{fleet}: 68 t}}` at the commodity",
        )
    return fleet


def _led_to(checked: Checked, terminal: str, carries: str) -> str:
    """How far services lead from a terminal."""
    tables = checked.tables
    reached = [
        name
        for name in tables.stations
        if name != terminal and journey.service_chains(tables, terminal, name, carries)
    ]
    return f"; they lead to {ticked(reached)}" if reached else "; none begins there"


def _chain(checked: Checked, supply: Supply, end: str, path: Steps) -> None:
    carries = checked.tables.carried_as(supply)
    if journey.service_chains(checked.tables, supply.terminal, end, carries):
        return
    if not all(journey.joins(checked.tables, s) for s in checked.tables.services.values()):
        return  # said of the service whose route does not join
    that = " with `carries: wagonloads`" if carries == "wagonloads" else ""
    checked.say_key(
        path,
        f"no chain of services{that} leads from `{supply.terminal}` to `{end}`; "
        f"expected services from there, at most {journey.MOST_SERVICES} in a chain"
        f"{_led_to(checked, supply.terminal, carries)}",
    )
