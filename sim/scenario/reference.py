"""The reference page: every table of the language and every rule, from the tables themselves."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from sim.policies import ADMISSION, CROSSING, CUSTOMS, DISPATCH, EMPTIES, ORDER, PORT
from sim.scenario.base import Needed
from sim.scenario.dated import Dated
from sim.scenario.distributions import KINDS, Parameter
from sim.scenario.drawn import Distribution
from sim.scenario.quantities import Duration, Offset
from sim.scenario.shape import shape_of
from sim.scenario.vocabulary import Rule, ScenarioTables

HEAD = """\
# Reference of the scenario language

Made by `make reference` from the tables that check a scenario (`sim/scenario/vocabulary.py`) and
from the registries of rules.

A figure is written with its unit, such as `36 h`. One that may change on dates may also be
`{value: 3, changes: {2024-03-01: 4}}`; one that may be random may be a distribution, such as
`gamma(mean: 3 h, cv: 0.4)`. Every table also takes `source` (ids of facts) and `assumed` (why
figures without a source are as they are). What is `required` must stand in the file or in one that
it extends.

`steppe explain KEY [SCENARIO]` says the same of one key, such as `stations.*.work.cranes`, and
what a scenario gives it with its sources; names may be left out.

"""
EXTENDS = (
    "`extends`",
    "a file, or a list of files",
    "—",
    "scenarios beside this one that it is laid over: tables merge, `key: null` takes a key away, "
    "lists and figures replace, and of several files the later ones win "
    "(`extends: [base.yaml, more-trains.yaml]`)",
)
DISTRIBUTIONS = """\
## Distributions

What a figure that may be random may be, in place of one value. A `variation` is a factor whose mean
is 1, which may be left out. Where two ends alone are known, write `uniform(low: 2 h, high: 4 h)`.

"""
AMOUNTS = """\
## Amounts of a supply

A supply offers its goods in one of three ways:

- so much a month, evenly: `volume: 5000 t/month`; lots follow each other by luck, or without it by
  `arrivals: regular`; the year has a shape with `season: {sep: 2, oct: 3, nov: 2}`
- so much from each date until the next, evenly: `series: {2024-09-01: 3000 t, 2024-10-01: 9000 t}`,
  or a file beside the scenario, `series: offered.csv`, of a line `date,tonnes` and lines such as
  `2024-09-01,3000`; a month of nothing needs its line of 0, and the last line lasts as long as the
  one before it
- a contract of so many tonnes each month, ready as a whole on its day:
  `contracts: {2024-09-15: 3000 t, 2024-10-15: 3000 t, 2024-11-15: 3000 t}`

"""
WAYS = """\
## Ways of goods

Services that begin where others end make a way, of at most four. By each `crossing` goods take the
way of fewest services, the first by name where there are several.

Services between the same stations by the same `crossing` take the same boxes: who is ready first
goes by the train that leaves first, whichever service it is of. So an express of another operator
stands beside a block train, each with its own length, route, class and `dispatch`. A train that is
due, and waits to be admitted or for wagons, keeps the boxes that were ready for it. One more train
a week of the same kind is a shorter `every` (two a week are `every: 84 h`); trains that run in the
harvest alone are a service of their own, `{rule: timetable, every: 7 d, first: 30 d, last: 180 d}`.

A leg by road, as between an elevator and its terminal, is a line without a `gauge` and a service of
one box; without `wagons` there are trucks enough. What they cost is `haul` by the name of the line.

```yaml
fleets:
  trucks: {kind: wagons, at: {elevator: 12}, returns: [{from: terminal, to: elevator, time: 4 h}]}
lines:
  road: {from: elevator, to: terminal, length: 130 km, speed: 50 km/h}
services:
  by-truck:
    from: elevator
    route: [road, terminal/lift]
    length: 1
    wagons: trucks
    dispatch: when-full
  empties-by-truck:
    from: terminal
    route: [road]
    length: 1
    dispatch: {rule: with-empties, boxes: 1, every: 1 h}
costs:
  haul: {road: 0.1 USD/t/km}
```

From the last station to the consignee it is that station's `delivery`, with its `trucks`.

"""
REGISTRIES = (DISPATCH, CROSSING, ORDER, ADMISSION, CUSTOMS, EMPTIES, PORT)


def tables() -> Iterator[tuple[str, type[BaseModel]]]:
    """Every table with its place, such as ``stations.<name>.work.<name>``; the whole first.

    Tables that stand in one place by their `kind` come one after another; one that stands in
    several places (a season) comes at its first.
    """
    seen: set[type[BaseModel]] = {Rule}
    todo: list[tuple[str, Any]] = [("", ScenarioTables)]
    while todo:
        place, annotation = todo.pop(0)
        shape = shape_of(annotation)
        if shape.kind == "names":
            todo.insert(0, (f"{place}.<name>", shape.below))
        elif shape.kind == "list":
            todo.insert(0, (place, shape.below))
        elif shape.kind == "choice":
            todo[:0] = [(place, member) for member in shape.below]
        elif shape.kind == "table" and shape.type not in seen:
            seen.add(shape.type)
            yield place, shape.type
            below = [
                (f"{place}.{key}".lstrip("."), field.annotation)
                for key, field in fields(shape.type)
            ]
            todo[:0] = below


def fields(table: type[BaseModel], evidence: bool = False) -> Iterator[tuple[str, FieldInfo]]:
    """Keys of a table as a person writes them; evidence, which all tables share, if asked for."""
    for name, field in table.model_fields.items():
        if evidence or name not in ("source", "assumed"):
            yield field.alias or name, field


def kind(annotation: Any) -> str:
    """Type and unit of a key in words."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    shape = shape_of(annotation)
    if shape.kind == "figure":
        return _figure(shape.type)
    if shape.kind == "names":
        return f"by name: {kind(shape.below)}"
    if shape.kind == "list":
        return f"list of: {kind(shape.below)}"
    if shape.kind in ("table", "choice"):
        return "table" if shape.kind == "table" else "table, by `kind`"
    if shape.kind == "rule":
        return "rule"
    members = [a for a in get_args(annotation) if a is not type(None)]
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{_yaml(a)}`" for a in members)
    if members:
        return " or ".join(kind(a) for a in members)
    return {"str": "text", "bool": "`true` or `false`", "int": "whole number", "date": "date"}.get(
        annotation.__name__, "number"
    )


def _figure(figure: Any) -> str:
    rule = figure.rule
    examples = ", ".join(f"`{e}`" for e in rule.examples)
    more = ""
    if issubclass(figure, Dated):
        more = "; may change on dates"
    elif issubclass(figure, Distribution):
        more = "; may be random"
    return f"{rule.noun} ({examples}){more}"


def default(field: FieldInfo) -> str:
    """The default of a key as it would be written; ``required``, or a dash for none."""
    value = field.default
    for mark in field.metadata:
        if isinstance(mark, Needed):
            return mark.when
    if value is PydanticUndefined:
        return "required"
    if value is None or value == () or value == {}:
        return "—"
    if isinstance(value, Rule):
        return f"`{value.rule}`"
    if isinstance(value, BaseModel):
        return "—"
    if isinstance(value, tuple):
        return f"`{', '.join(map(str, value))}`"
    if isinstance(value, Dated):
        return f"`{value.at(0.0):g}`"
    if isinstance(value, Duration | Offset):
        return f"`{value:g} h`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{_yaml(value)}`"


def rows(table: type[BaseModel], evidence: bool = False) -> list[tuple[str, str, str, str]]:
    """Key, type and unit, default and meaning of each key; with those that all tables share."""
    return [
        (key, kind(field.annotation), default(field), field.description or "")
        for key, field in fields(table, evidence)
    ]


def page() -> str:
    """The whole page."""
    parts = [HEAD, distributions(), AMOUNTS, WAYS]
    for place, table in tables():
        said = first_line(table)
        parts.append(f"## {_heading(place, table)}\n\n{said}\n\n")
        parts.append("| key | type and unit | default | meaning |\n| --- | --- | --- | --- |\n")
        if not place:
            parts.append(_row(*EXTENDS))
        parts += [_row(f"`{key}`", *others) for key, *others in rows(table)]
        parts.append("\n")
    parts.append(
        "## Rules\n\nRules of installed packages come beside these ([rules.md](rules.md)).\n"
    )
    for registry in REGISTRIES:
        parts.append(f"\n### `{registry.decision}`\n\n")
        parts.append(
            "| rule | parameter | default | unit and meaning |\n| --- | --- | --- | --- |\n"
        )
        for name, rule in registry.own().items():
            parts.append(_row(f"`{name}`", "", "", first_line(rule)))
            meant = arguments(rule)
            for accepted in inspect.signature(rule).parameters.values():
                known = parameter_default(accepted)
                parts.append(_row("", f"`{accepted.name}`", known, meant[accepted.name]))
    return "".join(parts)


def parameter_default(of: inspect.Parameter) -> str:
    """The default of a rule's parameter as it would be written; ``required``, or a dash."""
    if of.default is inspect.Parameter.empty:
        return "required"
    return "—" if of.default is None else f"`{_yaml(of.default)}`"


def arguments(thing: Any) -> dict[str, str]:
    """Unit and meaning of each parameter of a rule, from the ``Args`` of its class."""
    _, _, listed = (inspect.getdoc(thing) or "").partition("\nArgs:\n")
    found: dict[str, str] = {}
    name = ""
    for line in listed.partition("\n\n")[0].splitlines():
        begun = re.fullmatch(r" {4}(\w+): (.*)", line)
        if begun:
            name = begun[1]
            found[name] = begun[2]
        elif name:
            found[name] += f" {line.strip()}"
    return found


def distributions() -> str:
    """The table of distributions, with what each takes."""
    parts = [DISTRIBUTIONS, "| distribution | parameters | for example |\n| --- | --- | --- |\n"]
    for name, known in KINDS.items():
        given = "; ".join(f"`{p.name}` {_takes(p)}" for p in known.parameters)
        parts.append(_row(f"`{name}`", given, f"`{known.example}`"))
    return "".join([*parts, "\n"])


def _takes(of: Parameter) -> str:
    if of.many:
        return "a list of values, each with the unit of the figure, drawn with equal chance"
    if of.is_quantity:
        return "with the unit of the figure"
    kind = "a whole number" if of.whole else "a plain number"
    said = {"cv": "the standard deviation over the mean, so that 0.4 is 40 %"}.get(of.name, "")
    return f"{kind}{', ' if said else ''}{said}{', above 0' if of.above_zero else ''}"


def _heading(place: str, table: type[BaseModel]) -> str:
    if not place:
        return "The scenario"
    marked = table.model_fields.get("kind")
    name = None if marked is None or marked.is_required() else marked.default
    return f"`{place}`" if name is None else f"`{place}` of `kind: {name}`"


def parameter(of: inspect.Parameter) -> str:
    """A rule's parameter with its default."""
    if of.default is inspect.Parameter.empty:
        return f"`{of.name}` (required)"
    if of.default is None:
        return f"`{of.name}`"
    return f"`{of.name}` = `{_yaml(of.default)}`"


def first_line(thing: Any) -> str:
    """What a table or a rule says of itself, in a line."""
    return re.sub(r"`{2}", "`", (inspect.getdoc(thing) or "").partition("\n")[0])


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _yaml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
