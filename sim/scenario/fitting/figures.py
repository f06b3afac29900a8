"""Figures that fit what they belong to: times, fleets, rates and values that change."""

from __future__ import annotations

from sim.scenario import shape as shapes
from sim.scenario.dated import Dated, moment
from sim.scenario.drawn import Distribution
from sim.scenario.fitting.checked import Checked, label
from sim.scenario.tree import Steps, Tree
from sim.scenario.vocabulary import ScenarioTables

BY_LINE = ("haul", "haul_wagonload", "haul_empty", "co2e", "co2e_empty")
"""Rates that are named by gauge or line."""
NEVER_ZERO = ("servers", "cranes", "lines", "tracks", "places", "trucks", "slots")


def times(checked: Checked) -> None:
    """A warm-up that leaves something of the horizon."""
    t = checked.tables
    if t.warmup > 0 and t.warmup >= t.horizon:
        checked.say(
            ("warmup",),
            f"warmup: {t.warmup.text} leaves nothing of the horizon of {t.horizon.text}; "
            "expected less",
        )


def fleets(checked: Checked) -> None:
    """Stations where fleets are and come back to."""
    for name, fleet in checked.tables.fleets.items():
        base: Steps = ("fleets", name)
        for station in fleet.at:
            checked.known(station, checked.tables.stations, "station", (*base, "at", station), True)
        froms = [back.origin for back in fleet.returns]
        for i, back in enumerate(fleet.returns):
            path = (*base, "returns", i)
            if back.origin in froms[:i]:
                checked.say(
                    (*path, "from"),
                    f"from: `{name}` goes back from `{back.origin}` by an entry above already; "
                    "expected one for each station",
                )
            checked.known(back.origin, checked.tables.stations, "station", (*path, "from"))
            checked.known(back.to, checked.tables.stations, "station", (*path, "to"))


def costs(checked: Checked) -> None:
    """What rates are named by."""
    t = checked.tables
    ways = ["1520", "1435", *t.lines]
    works = [f"{s}/{w}" for s, x in t.stations.items() for w in x.work]
    named = {
        **dict.fromkeys(BY_LINE, (ways, "gauge or line")),
        "works": (works, "station/work"),
        "equipment": (list(t.fleets), "fleet"),
    }
    for key, (known, noun) in named.items():
        for name in getattr(t.costs, key):
            checked.known(name, known, noun, ("costs", key, name), True)


def dated(checked: Checked) -> None:
    """Capacities that are never above zero, changes outside the run, and means not one."""
    for path, shape, here in shapes.walk(checked.tree):
        if shape.kind != "figure":
            continue
        value = value_at(checked.tables, path)
        if isinstance(value, Dated):
            _changes(checked, path, here, value)
            if value.most == 0 and path[-1] in NEVER_ZERO:
                checked.say(path, f"{label(path)}: is 0 at all times; expected 1 or more")
        elif path[-1] == "variation" and isinstance(value, Distribution):
            _variation(checked, path, value)


def _variation(checked: Checked, path: Steps, value: Distribution) -> None:
    if abs(value.mean - 1) > 1e-9:
        checked.say(
            path,
            f"variation: has mean {value.mean:.4g}, which moves the mean of what it varies; "
            "expected 1",
            warning=True,
        )


def _changes(checked: Checked, path: Steps, here: Tree, value: Dated) -> None:
    table = here.child("changes")
    if table is None or not isinstance(table.value, dict):
        return
    horizon = float(checked.tables.horizon)
    for when in table.value:
        hours = moment(when, checked.tables.start)
        if 0 <= hours < horizon:
            continue
        side = "before the start" if hours < 0 else "after the end"
        checked.say_key(
            (*path, "changes", when),
            f"{label(path)}: the change on {when} lies {side} of the run "
            f"({checked.tables.run_days})",
            warning=True,
        )


def value_at(tables: ScenarioTables, path: Steps) -> object:
    """The validated value at a path of the document."""
    here: object = tables
    for step in path:
        if isinstance(here, dict):
            here = here.get(step)
        elif isinstance(here, tuple):
            here = here[int(step)]
        else:
            name = {"from": "origin", "class": "train_class"}.get(str(step), str(step))
            here = getattr(here, name, None)
    return here
