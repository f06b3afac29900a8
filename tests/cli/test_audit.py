"""The books after every event, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.command import steppe
from tests.corridor.test_accounts import TWO_TRIPS


def test_the_ledger_is_printed_and_balances(tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text(TWO_TRIPS)
    done = steppe(tmp_path, "audit", "two.yaml")
    assert done.status == 0
    assert "the books balanced after each of" in done.out
    assert "equipment idle or under empty trains" in done.out
    told = json.loads(steppe(tmp_path, "audit", "two.yaml", "--json").out)
    goods = [row for row in told["ledger"] if row["book"] == "goods"]
    assert [(row["state"], row["amount"]) for row in goods] == [("delivered", 80.0)]
