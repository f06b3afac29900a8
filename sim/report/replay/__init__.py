"""A run as one page of HTML that plays it back: trains on the move, stocks and queues, a clock."""

from __future__ import annotations

from sim.report.replay.page import replay

__all__ = ["replay"]
