"""What ``audit`` shows: the books after every event, and the closing ledger."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.cli.show import as_json, table
from sim.report.words import number


def audit_scenario(
    path: Path, replication: int, seed: int | None, sets: Sequence[str], json: bool
) -> None:
    """Run one replication with its books drawn up after every event; print the closing ledger.

    Raises:
        RuntimeError: the books did not balance, which is a fault of ours.
    """
    from sim.scenario import load

    scenario = load(path, sets)
    from sim.corridor import simulate
    from sim.results.integrity import impossible
    from sim.results.ledger import closing, imbalances

    results = simulate(scenario, seed, replication, debug=True)
    wrong = [*imbalances(results), *impossible(results)]
    if wrong:
        raise RuntimeError(f"the closing ledger does not balance: {'; '.join(wrong[:5])}")
    book = closing(results)
    if json:
        as_json({"events": results.meta["events"], "ledger": book.to_dicts()})
        return
    print(f"{scenario.tables.title}, replication {replication}")
    print(f"the books balanced after each of {results.meta['events']:,} events\n")
    table(
        ["book", "item", "state", "amount", "unit"],
        [[b, i, s, number(a, u), u] for b, i, s, a, u in book.iter_rows()],
        left=3,
    )
