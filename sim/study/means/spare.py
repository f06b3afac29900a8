"""What reserves of acceptance do to a queue, by the mean load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.study.means.findings import Spare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.corridor.rates import Rates
    from sim.scenario.vocabulary import ScenarioTables
    from sim.study.means.loads import Loads
    from sim.study.means.months import Months


def spare(tables: ScenarioTables, rates: Rates, months: Months, loads: Loads) -> Iterator[Spare]:
    """One for each reserve; disruptions of the quota count, as they do for the stages."""
    for name, line in tables.lines.items():
        accept = line.acceptance
        if accept is None or accept.reserve is None:
            continue
        table = accept.reserve
        trains = loads.asked.get(("acceptance", name), months.each(0.0))
        quota = rates.profile(name, f"{name}/acceptance", rate=accept.per_day)
        raised = rates.with_reserve(name, accept)
        own, more, load = (
            24.0 * months.sum(rate) / months.total
            for rate in (months.means(quota), months.means(raised), trains)
        )
        queue = table.above - table.below
        yield Spare(
            f"{name}: acceptance",
            more - own,
            table.above,
            table.below,
            None if table.longest is None else float(table.longest) / 24.0,
            more - load,
            _days(queue, more - load),
            _days(queue, own - load),
        )


def _days(queue: int, net: float) -> float | None:
    return queue / net if net > 0.0 else None
