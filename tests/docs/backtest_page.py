"""Lay what `steppe backtest` wrote into the page on it: python -m tests.docs.backtest_page."""

from __future__ import annotations

import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "backtest.md"
BEGIN, END = "<!-- of runs/backtest/backtest.md -->\n", "<!-- end -->\n"


def laid(page: str, made: str) -> str:
    """The page with what was made between its marks."""
    head, rest = page.split(BEGIN)
    return f"{head}{BEGIN}\n{made}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    made = Path(*sys.argv[1:2] or ["runs/backtest"]) / "backtest.md"
    PAGE.write_text(laid(PAGE.read_text("utf-8"), made.read_text("utf-8")), "utf-8")
