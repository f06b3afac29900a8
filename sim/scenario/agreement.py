"""How the figures of a scenario agree with the facts they cite."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any, Literal

from sim.scenario import units
from sim.scenario.distributions import KINDS, Values, parse_call
from sim.scenario.evidence import Figure, figures, gaps
from sim.scenario.loader import Scenario
from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.register import Fact, read_register, register_path

Amount = tuple[float, units.Dimension]

SAME = 1e-6
"""Relative difference at which a figure is that of its fact."""
ROUNDED = 1e-3
"""Relative difference at which a figure is what two facts give together."""

Standing = Literal[
    "agrees", "derived", "explained", "conflict", "not comparable", "assumed", "neither"
]
MEANING: dict[Standing, str] = {
    "agrees": "is what a fact says",
    "derived": "is what its facts give: a reciprocal, quotient, product, difference or sum",
    "explained": "is not what a fact says; an assumption says why",
    "conflict": "differs from a fact, and nothing says why",
    "not comparable": "cites facts of another dimension, and nothing says how it follows",
    "assumed": "is an assumption, or rests on general geography alone",
    "neither": "has neither source nor assumption",
}


@dataclass(frozen=True, slots=True)
class Citation:
    """A fact that a figure cites.

    Attributes:
        fact: the row of the register.
        difference: (figure - fact) / fact of a fact of the figure's dimension; 0 where one of a
            distribution's parameters is the fact's figure; None where they cannot be compared.
        part: how the fact gives the figure, alone or with another: ``1040 t / 40 FEU``.
    """

    fact: Fact
    difference: float | None
    part: str | None

    @property
    def met(self) -> bool:
        """Whether the figure is what the fact says, alone or with another."""
        return self.part is not None or (self.difference is not None and _zero(self.difference))


@dataclass(frozen=True, slots=True)
class Row:
    """A figure, what it cites, and how the two agree (`MEANING`)."""

    figure: Figure
    citations: tuple[Citation, ...]
    standing: Standing
    inherited: bool

    @property
    def sourced(self) -> bool:
        """Whether somebody said it: general geography and assumptions alone do not count."""
        return any(not c.fact.unsourced for c in self.citations)


@dataclass(frozen=True)
class Evidence:
    """Where the figures of a scenario come from, in the order of the scenario."""

    scenario: Scenario
    rows: tuple[Row, ...]

    @property
    def share_sourced(self) -> float:
        """Share of the figures that cite what a source said; 0 of no figures."""
        return sum(row.sourced for row in self.rows) / max(len(self.rows), 1)

    @property
    def conflicts(self) -> list[Row]:
        """Figures that differ from a fact they cite, and nothing says why."""
        return self.of("conflict")

    @property
    def gaps(self) -> list[Problem]:
        """A warning for each figure with neither source nor assumption."""
        return gaps(self.scenario)

    def of(self, *standings: Standing) -> list[Row]:
        """The figures that stand so."""
        return [row for row in self.rows if row.standing in standings]

    def as_dict(self) -> dict[str, Any]:
        """Everything, of JSON's types."""
        return {
            "figures": [_as_dict(row) for row in self.rows],
            "standings": {standing: len(self.of(standing)) for standing in MEANING},
            "share_sourced": self.share_sourced,
            "conflicts": [row.figure.path for row in self.conflicts],
            "gaps": [str(problem) for problem in self.gaps],
        }


def evidence(scenario: Scenario) -> Evidence:
    """The evidence of a scenario that was loaded from a file.

    Raises:
        ScenarioError: facts are cited and no register is there to look them up.
    """
    facts = _facts(scenario)
    own = str(scenario.path)
    rows = []
    for figure in figures(scenario):
        missing = [fact for fact in figure.source if fact not in facts]
        if missing:
            message = (
                f"source: `{missing[0]}` cannot be looked up; expected `evidence: <register>.csv`"
            )
            raise ScenarioError([Problem("error", figure.place, message)])
        cited = _compared(figure, [facts[fact] for fact in figure.source])
        here = figure.place.file
        inherited = here in scenario.layers and here != own
        rows.append(Row(figure, cited, _standing(figure, cited), inherited))
    return Evidence(scenario, tuple(rows))


def _facts(scenario: Scenario) -> dict[str, Fact]:
    named = scenario.tree.child("evidence")
    if named is None:
        return {}
    try:
        return read_register(register_path(named))
    except ValueError as error:
        raise ScenarioError(
            [Problem("error", named.place, f"evidence: {register_path(named)} {error}")]
        ) from None


def _standing(figure: Figure, cited: tuple[Citation, ...]) -> Standing:
    if figure.unsourced:
        return "neither"
    met = all(c.met for c in cited)
    if all(c.fact.unsourced for c in cited) and (met or figure.assumed):
        return "assumed"
    if met:
        return "derived" if any(c.part for c in cited) else "agrees"
    if figure.assumed:
        return "explained"
    if any(c.difference is not None and not c.met for c in cited):
        return "conflict"
    # a fact that is met carries the others, which say something of another kind
    return "agrees" if any(c.met for c in cited) else "not comparable"


def _compared(figure: Figure, facts: list[Fact]) -> tuple[Citation, ...]:
    mine = measures(figure.text)
    parts = _parts(mine[0], facts) if mine else {}
    return tuple(Citation(f, _difference(mine, f.figure), parts.get(f.id)) for f in facts)


def measures(text: str) -> list[Amount]:
    """What a figure as written says, in house units: its value, or mean and parameters.

    Dates and opening hours say nothing that can be compared.
    """
    try:
        if "(" not in text:
            value, dimension, _ = units.read(text)
            return [(value, dimension)]
        kind, given = parse_call(text)
        read: Values = {}
        dimension = units.PURE
        said: list[Amount] = []
        for parameter in KINDS[kind].parameters:
            raw = given.get(parameter.name, 1.0)
            many = raw if isinstance(raw, list) else [raw]
            values = [units.read(str(item)) for item in many]
            if parameter.is_quantity:
                said.extend((value, unit) for value, unit, _ in values)
                dimension = values[0][1]
            read[parameter.name] = (
                tuple(value for value, *_ in values) if parameter.many else values[0][0]
            )
        return [(KINDS[kind].mean(read), dimension), *said]
    except units.Refusal:
        return []


def _difference(mine: Iterable[Amount], fact: Amount | None) -> float | None:
    """Relative; of the first measure, unless another is the fact's figure."""
    if fact is None or fact[0] == 0.0:
        return None
    of_kind = [value / fact[0] - 1.0 for value, dimension in mine if dimension == fact[1]]
    return 0.0 if any(map(_zero, of_kind)) else next(iter(of_kind), None)


def _zero(difference: float) -> bool:
    return abs(difference) <= SAME


def _parts(mine: Amount, facts: list[Fact]) -> dict[str, str]:
    """By fact id, how facts give the figure; the first way found, empty if there is none."""
    for ids, how, (value, dimension) in _ways(facts):
        close = abs(mine[0] - value) <= ROUNDED * abs(value)
        if dimension == mine[1] and value != 0.0 and close:
            return dict.fromkeys(ids, how)
    return {}


def _ways(facts: list[Fact]) -> Iterator[tuple[tuple[str, ...], str, Amount]]:
    """What can be made of facts: a time of a rate, and of two facts their quotient and so on."""
    known = [(f, f.figure, f"{f.value} {f.unit}") for f in facts]
    usable = [(f.id, figure, said) for f, figure, said in known if figure and figure[0] != 0.0]
    for name, (x, dim), said in usable:
        yield (name,), f"1 / ({said})", (1.0 / x, _power(dim, units.PURE, -1, 1))
    for (a, (x, dim_x), one), (b, (y, dim_y), other) in permutations(usable, 2):
        yield (a, b), f"{one} / {other}", (x / y, _power(dim_x, dim_y, 1, -1))
        yield (a, b), f"{one} × {other}", (x * y, _power(dim_x, dim_y, 1, 1))
        if dim_x == dim_y:
            yield (a, b), f"{one} − {other}", (x - y, dim_x)
            yield (a, b), f"{one} + {other}", (x + y, dim_x)


def _power(a: units.Dimension, b: units.Dimension, m: int, n: int) -> units.Dimension:
    return (m * a[0] + n * b[0], m * a[1] + n * b[1], m * a[2] + n * b[2], m * a[3] + n * b[3])


def _as_dict(row: Row) -> dict[str, Any]:
    figure = row.figure
    return {
        "parameter": figure.path,
        "value": figure.text,
        "standing": row.standing,
        "source": [
            {
                **{name: getattr(c.fact, name) for name in Fact.__slots__},
                "difference": c.difference,
                "derivation": c.part,
            }
            for c in row.citations
        ],
        "assumed": figure.assumed,
        "file": figure.place.file,
        "line": figure.place.line,
        "column": figure.place.column,
        "inherited": row.inherited,
    }
