"""What ``evidence`` shows."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.cli.show import as_json, distinct_names, table

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.scenario.agreement import Citation, Evidence, Row


def show_evidence(scenarios: Sequence[Scenario], json: bool) -> None:
    """Print where the figures of each scenario come from; warnings go to stderr."""
    from sim.scenario.agreement import evidence

    found = [evidence(scenario) for scenario in scenarios]
    for one in found:
        for problem in one.gaps:
            print(problem, file=sys.stderr)
    if json:
        names = distinct_names(scenarios)
        as_json({name: one.as_dict() for name, one in zip(names, found, strict=True)})
        return
    for number, one in enumerate(found):
        if number:
            print()
        _print(one)


def _print(found: Evidence) -> None:
    print(f"{found.scenario.name}: {found.scenario.tables.title}\n")
    several = len(found.scenario.layers) > 1
    head = ["parameter", "value", "standing", *(["set in"] if several else []), "from"]
    rows = []
    for row in found.rows:
        file = [os.path.basename(row.figure.place.file)] if several else []
        for line, said in enumerate(_from(row)):
            first = [row.figure.path, row.figure.text, row.standing, *file]
            rows.append([*(first if line == 0 else [""] * len(first)), said])
    table(head, rows, left=len(head))
    print(f"\n{summary(found)}")
    for title, chosen in (
        ("conflicts", found.conflicts),
        ("sources that cannot be compared", found.of("not comparable")),
    ):
        if chosen:
            print(f"\n{title}")
            for row in chosen:
                for citation in row.citations:
                    if not citation.met:
                        print(f"{row.figure.place}: {row.figure.path}: {_against(row, citation)}")


def summary(found: Evidence) -> str:
    """The share sourced and how the figures stand, in a few lines."""
    from sim.scenario.agreement import MEANING

    counted = [(len(found.of(standing)), standing, said) for standing, said in MEANING.items()]
    total = len(found.rows)
    lines = [f"{total} figures, {found.share_sourced:.0%} of them sourced"]
    lines += [f"{n:6,}  {standing}: {said}" for n, standing, said in counted if n]
    if not found.conflicts:
        lines.append("no figure is in conflict with its source")
    return "\n".join(lines)


def _from(row: Row) -> list[str]:
    """One line a fact, then the assumption."""
    lines = [f"{c.fact.id}{_relation(c)}: {c.fact.says()}" for c in row.citations]
    if row.figure.assumed:
        lines.append(f"assumed: {' '.join(row.figure.assumed.split())}")
    return lines or ["–"]


def _relation(citation: Citation) -> str:
    if citation.part is not None:
        return f" (= {citation.part})"
    if citation.difference is None:
        return ""
    return " (the same)" if citation.met else f" ({citation.difference:+.1%})"


def _against(row: Row, citation: Citation) -> str:
    fact = citation.fact
    if citation.difference is None:
        return f"{row.figure.text}; {fact.id} says {fact.value} {fact.unit}, another dimension"
    return (
        f"{row.figure.text} is {citation.difference:+.1%} off {fact.id}, {fact.value} {fact.unit}; "
        "expected its figure, or `assumed:` with what leads from it to this one"
    )
