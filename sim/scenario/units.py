"""Units as a person writes them, turned into house units (h, t, km, USD, boxes).

The plain forms (``36 h``, ``800 km/d``, ``15 trains/d``) are read from a small table; whatever
the table does not know goes to pint, which is imported only then.  A test holds the table
against pint.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any

from sim.policies.durations import TIME_UNITS
from sim.scenario import figurewords, money
from sim.scenario.ranges import Span, span


class Refusal(ValueError):
    """A figure that cannot be taken: what is wrong, and where inside the figure.

    ``inside`` is the path below the figure, such as ``("changes", "2024-03-01")``; ``at_key``
    says that the key there is wrong and not its value.
    """

    def __init__(
        self, message: str, inside: tuple[str | int, ...] = (), at_key: bool = False
    ) -> None:
        super().__init__(message)
        self.message = message
        self.inside = inside
        self.at_key = at_key

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.message, self.inside, self.at_key))


class Range(Refusal):
    """A range where one figure is expected."""

    def __init__(self, text: str, span: Span) -> None:
        super().__init__(f"`{shown(text)}` is a range")
        self.text = text
        self.span = span

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.text, self.span))


Dimension = tuple[int, int, int, int]  # powers of hour, tonne, kilometre, dollar

PURE: Dimension = (0, 0, 0, 0)
TIME: Dimension = (1, 0, 0, 0)
MASS: Dimension = (0, 1, 0, 0)
LENGTH: Dimension = (0, 0, 1, 0)
MONEY: Dimension = (0, 0, 0, 1)
SPEED: Dimension = (-1, 0, 1, 0)
FLOW: Dimension = (-1, 1, 0, 0)
RATE: Dimension = (-1, 0, 0, 0)
MONEY_PER_TIME: Dimension = (-1, 0, 0, 1)
MONEY_PER_LENGTH: Dimension = (0, 0, -1, 1)
FREIGHT_RATE: Dimension = (0, -1, -1, 1)
MONEY_PER_MASS_TIME: Dimension = (-1, -1, 0, 1)
MONEY_PER_MASS: Dimension = (0, -1, 0, 1)
PER_LENGTH: Dimension = (0, 0, -1, 0)
MASS_PER_LENGTH: Dimension = (0, 1, -1, 0)

DIMENSION_NAMES: dict[Dimension, str] = {
    PURE: "a plain number",
    TIME: "a time",
    MASS: "a mass",
    LENGTH: "a length",
    MONEY: "money",
    SPEED: "a speed",
    FLOW: "a mass per time",
    RATE: "a rate per time",
    MONEY_PER_TIME: "money per time",
    MONEY_PER_LENGTH: "money per distance",
    MONEY_PER_MASS: "money per tonne",
    FREIGHT_RATE: "money per tonne and distance",
    MONEY_PER_MASS_TIME: "money per tonne and time",
    PER_LENGTH: "a mass per tonne and distance",
    MASS_PER_LENGTH: "a mass per distance",
}

COUNTING = (
    "train", "box", "container", "move", "wagon", "server", "crane", "lot", "vessel", "truck",
    "track", "slot", "line", "berth", "path", "place", "team", "trainset", "call", "unit",
)  # fmt: skip


def _atoms() -> dict[str, tuple[float, Dimension]]:
    atoms = {name: (factor, TIME) for name, factor in TIME_UNITS.items()}
    for names, factor, dimension in (
        ("g", 1e-6, MASS),
        ("kg", 0.001, MASS),
        ("t tonne tonnes", 1.0, MASS),
        ("kt", 1e3, MASS),
        ("Mt", 1e6, MASS),
        ("m", 0.001, LENGTH),
        ("km", 1.0, LENGTH),
        ("USD", 1.0, MONEY),
        ("%", 0.01, PURE),
        ("FEU", 1.0, PURE),
        ("TEU", 0.5, PURE),  # the box of the language is a 40-foot container
    ):
        for name in names.split():
            atoms[name] = (factor, dimension)
    for name in COUNTING:
        atoms[name] = (1.0, PURE)
        atoms[name + ("es" if name.endswith("x") else "s")] = (1.0, PURE)
    return atoms


def counted(unit: str) -> str | None:
    """The thing that a unit such as ``USD/box/d`` is per, if it is per a thing."""
    per = (part.strip() for part in unit.split("/")[1:])
    singular = {name + ("es" if name.endswith("x") else "s"): name for name in COUNTING}
    names = (singular.get(part, part) for part in per)
    return next((n for n in names if n in COUNTING or n in ("FEU", "TEU")), None)


ATOMS = _atoms()
"""Unit name to (factor into house units, dimension)."""

_FIGURE = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*", re.DOTALL)


@lru_cache(maxsize=4096)
def read(text: str) -> tuple[float, Dimension, str]:
    """Number in house units, its dimension and the unit as written, of ``36 h`` or ``12``.

    Raises:
        Refusal: not a number with a unit, an unknown unit, or not finite.
    """
    match = _FIGURE.fullmatch(text)
    if match is None or not re.match(r"[\w%/]*$", match[2], re.ASCII):
        spanned = span(text)
        if spanned is not None:
            raise Range(text.strip(), spanned)
    if match is None:
        if text.strip().lower().lstrip("+-.") in ("nan", "inf", "infinity"):
            raise Refusal(f"{text.strip()} is not a finite number")
        meant = figurewords.about(text.strip()) or money.cure(text)
        raise Refusal(f"`{shown(text)}` is not a number with a unit{f'; {meant}' if meant else ''}")
    number, unit = float(match[1]), match[2]
    doubtful = figurewords.pointed(text.strip())
    if doubtful is not None:
        raise Refusal(shown(doubtful, 120))
    grouped = re.match(r"[,'_\s]?\d+(?=[\s,_]|$)|[,_]\d", unit)
    if grouped:
        plain = re.sub(r"(?<=\d)[,'](?=\d{1,2}\b)", ".", text.strip())
        plain = re.sub(r"(?<=\d)[\s,'_](?=\d{3}(?!\d))", "", plain)
        raise Refusal(
            f"`{shown(text.strip())}` is not one number; write a decimal point and no mark for "
            f"thousands, such as `{shown(plain)}`"
        )
    clock = re.fullmatch(r":([0-5]\d)(?::([0-5]\d))?", unit)
    if clock:
        hours = f"{number + int(clock[1]) / 60 + int(clock[2] or 0) / 3600:.4g} h"
        raise Refusal(f"`{text.strip()}` is hours and minutes by the clock; write `{hours}`")
    if unit[-1:] in (";", ",", ".") and ATOMS.keys() & {unit[:-1].strip()} | {""} & {unit[:-1]}:
        plain = text.strip()[:-1].strip()
        raise Refusal(f"`{shown(text.strip())}` ends in `{unit[-1]}`; write `{shown(plain)}`")
    if re.match(r"[-+.]", unit):  # pint would reckon with it
        raise Refusal(f"`{shown(text.strip())}` is not one number with a unit")
    try:
        factor, dimension = unit_of(unit)
    except Refusal:
        meant = money.cure(text)
        if meant is None:
            raise
        raise Refusal(f"unknown unit `{shown(unit)}`; {meant}") from None
    value = number * factor
    if not math.isfinite(value):
        raise Refusal(f"{text.strip()} is not a finite number")
    return value, dimension, unit


@lru_cache(maxsize=1024)
def unit_of(unit: str) -> tuple[float, Dimension]:
    """Factor into house units and dimension of a unit such as ``km/d``; empty is a plain 1."""
    if not unit:
        return 1.0, PURE
    head, *below = (part.strip() for part in unit.split("/"))
    factor, dimension = 1.0, PURE
    for part, sign in [(head, 1), *((part, -1) for part in below)]:
        if part == "" and sign == 1 and below:
            continue  # `15 /d`
        atom = ATOMS.get(part)
        if atom is None:
            return _by_pint(unit)
        factor = factor * atom[0] if sign == 1 else factor / atom[0]
        dimension = _times(dimension, atom[1], sign)
    return factor, dimension


def _times(a: Dimension, b: Dimension, sign: int) -> Dimension:
    return (a[0] + sign * b[0], a[1] + sign * b[1], a[2] + sign * b[2], a[3] + sign * b[3])


def _by_pint(unit: str) -> tuple[float, Dimension]:
    meant = figurewords.unit(unit, ATOMS)
    if meant:
        raise Refusal(f"unknown unit `{shown(unit)}`; {meant}")
    for part in re.split(r"[/*\s]+", unit):
        if part in figurewords.AMBIGUOUS:
            meant = unit.replace(part, figurewords.AMBIGUOUS[part])
            raise Refusal(f"`{shown(unit)}` may be any of several tons; did you mean `{meant}`?")
    try:
        return pint_unit(unit)
    except Refusal:
        raise
    except Exception as error:  # pint's parser raises many kinds on odd text
        raise Refusal(f"unknown unit `{shown(unit)}`{_near_unit(unit)}") from error


def _near_unit(unit: str) -> str:
    import difflib

    for part in re.split(r"[/*\s]+", unit):
        if part and part not in ATOMS:
            near = difflib.get_close_matches(part, ATOMS, 1, 0.67) or [
                name for name in ATOMS if name.lower() == part.lower()
            ]
            if near:
                return f"; did you mean `{unit.replace(part, near[0])}`?"
    return ""


@lru_cache(maxsize=1)
def registry() -> Any:
    """The pint registry with the units of the field added."""
    import pint

    units: Any = pint.UnitRegistry(autoconvert_offset_to_baseunit=False)
    for line in (
        "wk = 168 * hour",
        "month = 730 * hour",
        "yr = 8760 * hour = _ = year",
        "kt = 1000 * metric_ton",
        "Mt = 1000000 * metric_ton",
        "t = metric_ton",
        "USD = [money]",
        "FEU = []",
        "TEU = 0.5",
        *(f"{name} = [] = _ = {name}{'es' if name.endswith('x') else 's'}" for name in COUNTING),
    ):
        units.define(line)
    return units


def pint_unit(unit: str) -> tuple[float, Dimension]:
    """The same as `unit_of`, by pint alone."""
    if len(unit) > 60:
        raise Refusal(f"unknown unit `{shown(unit)}`")
    text = unit.replace("%", " percent ")
    if text.lstrip().startswith("/"):
        text = "1" + text
    if not re.fullmatch(r"[\w\s/*^().-]*", text) or re.search(r"\*\*|\^\s*\(?\s*\d{2}", text):
        raise Refusal(f"unknown unit `{shown(unit)}`")
    # only now: the registry takes a third of a second, and opening hours come this far
    units = registry()
    quantity = units.Quantity(1, units.parse_units(text)) if "1" not in text else units(text)
    powers = dict(quantity.dimensionality)
    wanted = ("[time]", "[mass]", "[length]", "[money]")
    if any(name not in wanted for name in powers):
        raise Refusal(f"`{shown(unit)}` is not a unit of time, mass, length or money")
    numbers = [powers.get(name, 0) for name in wanted]
    if any(power != int(power) for power in numbers):
        raise Refusal(f"`{shown(unit)}` is not a unit of time, mass, length or money")
    h, t, km, usd = (int(power) for power in numbers)
    base = units.hour**h * units.metric_ton**t * units.kilometer**km * units.USD**usd
    factor = float((quantity / base).to("dimensionless").magnitude)
    return factor, (h, t, km, usd)


def shown(value: object, most: int = 40) -> str:
    """A value as an error message may show it: one line, not too long."""
    text = " ".join(str(value).split())
    return text if len(text) <= most else text[: most - 1] + "…"
