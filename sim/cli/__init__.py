"""The command line: one command = parse, call one function, show it."""

from __future__ import annotations


def main() -> None:
    """Run ``steppe``; exits 0 when done, 2 for the user's input, 1 for a fault of ours."""
    from sim.cli.app import run_app

    run_app()
