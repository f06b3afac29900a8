"""Disruptions and calendars."""

from __future__ import annotations

from sim.scenario.fitting.checked import Checked
from sim.scenario.tree import Steps
from sim.scenario.vocabulary import LOADING, Cranes, Disruption, Servers


def disruptions(checked: Checked) -> None:
    """What they hit, and by what they begin and end."""
    t = checked.tables
    works = [f"{s}/{w}" for s, x in t.stations.items() for w in x.work]
    parts = [f"{n}/paths" for n, line in t.lines.items() if line.paths is not None]
    parts += [f"{n}/acceptance" for n, line in t.lines.items() if line.acceptance is not None]
    bans = [f"{n}/{LOADING}" for n, line in t.lines.items() if line.acceptance is not None]
    parts += [*bans, *(f"{n}/stuffing" for n, s in t.stations.items() if s.stuffing is not None)]
    parts += [f"{n}/trucks" for n, s in t.stations.items() if s.delivery is not None]
    for name, disruption in t.disruptions.items():
        base: Steps = ("disruptions", name)
        if disruption.factor > 1:
            checked.say(
                (*base, "factor"),
                f"factor: {disruption.factor.text} is what is left of the rate; expected 1 or "
                "less, such as 20 %",
            )
        for i, target in enumerate(disruption.on):
            noun = "line, station or station/work"
            checked.known(target, [*t.lines, *t.stations, *works, *parts], noun, (*base, "on", i))
        if not disruption.on:
            checked.say((*base, "on"), "on: is empty; expected what the disruption reduces")
        keys = ("begin", "days", "every", "after", "lasts")
        given = {key for key in keys if getattr(disruption, key) is not None}
        if given not in ({"begin", "days"}, {"every", "lasts"}, {"after", "lasts"}):
            checked.say_key(
                base,
                f"`{name}` needs either `begin` and `days`, or `every` and `lasts`, or "
                "`after` and `lasts`",
            )
        if disruption.after is not None:
            _wear(checked, disruption, base, works)
        _ban(checked, disruption, base, bans)


def _wear(checked: Checked, disruption: Disruption, base: Steps, works: list[str]) -> None:
    for i, target in enumerate(disruption.on):
        station, _, work = target.partition("/")
        here = checked.tables.stations[station].work.get(work) if target in works else None
        if not isinstance(here, Servers | Cranes):
            checked.say(
                (*base, "on", i),
                f"on: `{target}` does not wear by use; expected a station/work of servers or "
                "cranes",
            )
    if disruption.factor > 0.0:
        checked.say(
            (*base, "factor"),
            "factor: what wears by use stands still while it is mended; expected 0",
        )


def _ban(checked: Checked, disruption: Disruption, base: Steps, bans: list[str]) -> None:
    """A loading ban is whole, of some classes or of all; nothing else has classes."""
    t = checked.tables
    banned = [target for target in disruption.on if target in bans]
    if banned and disruption.factor > 0.0:
        checked.say(
            (*base, "factor"),
            "factor: a loading ban is whole, expected 0; to let some trains go, name `classes` "
            "of those that may not, or choose the admission rule `metering`",
        )
    known = {s.train_class for s in t.services.values()}
    known |= {b.train_class for b in t.background.values()}
    for i, name in enumerate(disruption.classes):
        checked.known(name, sorted(known), "train class", (*base, "classes", i))
    if disruption.classes and len(banned) < len(disruption.on):
        other = next(target for target in disruption.on if target not in bans)
        hint = f", such as `{bans[0]}`" if bans else ""
        checked.say(
            (*base, "classes"),
            f"classes: `{other}` is reduced for trains of all classes; only a loading ban "
            f"(line/loading{hint}) is of some",
        )


def calendars(checked: Checked) -> None:
    """Each opens some time in the run."""
    t = checked.tables
    for name, calendar in t.calendars.items():
        # one turn of the week beyond short runs: they may lie between two openings
        until = max(float(t.horizon), 24.0 * 8)
        if not calendar.windows(t.start, 0.0, until):
            checked.say_key(
                ("calendars", name),
                f"calendar `{name}` never opens in the run; expected some open hours",
            )
