"""How long a corridor takes to recover: each event against the same runs without it.

All that is said here follows these definitions.  *Held* are trains that wait for anything at the
places of the event or before them on their way, as in ``sim.results.recovery``.  *Extra* are those
held beyond the ones held at the same moment in the run with the same random numbers in which the
event, and only that, did not come.  *Recovered* is the first moment from its end on at which no
more are held than without it.  A period that has not ended by the horizon is not asked; one that
ended and was not recovered from by then, or before the next period of a random disruption, stayed
*open*.  A line without paths, places or acceptance has no queue: trains come onto it while it is
closed and *stand* there, which is told beside the queue, as is what is waited *elsewhere*.  Trains
are followed from hour 0 on, key figures from the warm-up.  Other events stay in
both runs, so that what is said of one is what it added to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.study.events import Event, events
from sim.study.given import check_numbers, check_spans
from sim.study.grid import Done, quiet, run_grid
from sim.study.impact import FIGURES, Impact, impact, see
from sim.study.paired import paired
from sim.study.statistics import estimate
from sim.study.unfinished import deadlocks, ended, failures

if TYPE_CHECKING:
    import polars as pl

    from sim.scenario import Scenario
    from sim.study.engine import Outcome

LOW, HIGH = 0.1, 0.9
"""Quantiles between which eight in ten replications lie."""
TRAIN_HOURS = ("extra_train_h", "stood_train_h", "elsewhere_train_h")
"""Columns of train-hours: in the queue, on the lines and at the works of the event, elsewhere."""
POINTS = 600
"""Moments of a curve."""
BEFORE, AFTER = 168.0, 336.0
"""Hours of a curve before the event and after most replications have recovered."""


@dataclass(frozen=True)
class Recovery:
    """The events of a scenario, and what each did in every pair of runs."""

    scenario: Scenario
    seed: int
    events: tuple[Event, ...]
    impacts: dict[str, list[Impact]]
    failed: list[tuple[str, Outcome]]
    deadlocks: list[dict[str, Any]]

    def table(self) -> pl.DataFrame:
        """One row an event, in the order of the scenario.

        Columns: event, title, on, begin_h and end_h (null for a random one), n (pairs of runs),
        periods (that ended by the horizon, in all of them), recovered_p10_h, recovered_p50_h,
        recovered_p90_h (over these periods, null where so many stayed open), open (share of them
        that did; null where there is none), extra_most (most extra trains at once, mean),
        extra_train_h, stood_train_h (train-hours longer on its lines and at its works, without
        waiting for them), elsewhere_train_h (waited at places that the queue does not count),
        delivered_t and lead_time_h (what the event changed), each with low and high (95 %), and
        elsewhere_most (the place of most of them, null where no more are waited anywhere).
        """
        import polars as pl

        spreads = [
            f"{name}{end}"
            for name in (*TRAIN_HOURS, "delivered_t", "lead_time_h")
            for end in ("", "_low", "_high")
        ]
        quantiles = [f"recovered_{name}_h" for name in ("p10", "p50", "p90")]
        numbers = [*quantiles, "open", "extra_most", *spreads]
        schema: dict[str, Any] = {
            **dict.fromkeys(("event", "title", "on"), pl.String),
            **dict.fromkeys(("begin_h", "end_h"), pl.Float64),
            **dict.fromkeys(("n", "periods"), pl.Int64),
            **dict.fromkeys(numbers, pl.Float64),
            "elsewhere_most": pl.String,
        }
        return pl.DataFrame([self._row(e) for e in self.events], schema=schema, orient="row")

    def _row(self, event: Event) -> dict[str, Any]:
        impacts = self.impacts[event.name]
        begin, end = event.period or (None, None)
        row: dict[str, Any] = {
            "event": event.name,
            "title": event.title,
            "on": ", ".join(event.on),
            "begin_h": begin,
            "end_h": end,
            "n": len(impacts),
        }
        times = [t for one in impacts for t in one.recovered_h]
        row["periods"] = len(times)
        known = np.array([np.inf if t is None else t for t in times])
        for name, share in (("p10", LOW), ("p50", 0.5), ("p90", HIGH)):
            value = np.quantile(known, share, method="inverted_cdf") if times else np.nan
            row[f"recovered_{name}_h"] = float(value) if np.isfinite(value) else None
        row["open"] = sum(t is None for t in times) / len(times) if times else None
        most = [one.extra.maximum(0.0, float(self.scenario.tables.horizon)) for one in impacts]
        row["extra_most"] = float(np.mean(most)) if most else None
        row["elsewhere_most"] = _most([one.elsewhere for one in impacts])
        apart = [sum(one.elsewhere.values()) for one in impacts]
        queued, stood = [one.extra_train_h for one in impacts], [one.stood_h for one in impacts]
        for name, values in zip(TRAIN_HOURS, (queued, stood, apart), strict=True):
            row |= _spread(name, values)
        for kpi, name in FIGURES.items():
            unit = kpi.rpartition("_")[2]
            pairs = paired(
                {r: one.without[kpi] for r, one in enumerate(impacts)},
                {r: one.kpis[kpi] for r, one in enumerate(impacts)},
            )
            row |= _spread(f"{name}_{unit}", pairs.differences)
        return row

    def curves(self) -> pl.DataFrame:
        """Extra trains over time around each dated event: event, time_h, mean, low, high.

        Low and high are the quantiles between which eight in ten replications lie.
        """
        import polars as pl

        horizon = float(self.scenario.tables.horizon)
        frames = []
        for event in self.events:
            impacts = self.impacts[event.name]
            if event.period is None or not impacts:
                continue
            late = self._row(event)["recovered_p90_h"]
            until = horizon if late is None else min(event.period[1] + late + AFTER, horizon)
            times = np.linspace(max(event.period[0] - BEFORE, 0.0), until, POINTS)
            extra = np.array([one.extra.at(times) for one in impacts])
            low, high = np.quantile(extra, [LOW, HIGH], axis=0, method="inverted_cdf")
            frames.append(
                pl.DataFrame(
                    {
                        "event": [event.name] * len(times),
                        "time_h": times,
                        "mean": extra.mean(axis=0),
                        "low": low,
                        "high": high,
                    }
                )
            )
        schema = {
            "event": pl.String,
            **dict.fromkeys(("time_h", "mean", "low", "high"), pl.Float64),
        }
        return pl.concat(frames) if frames else pl.DataFrame(schema=schema)


def recovery(
    scenario: str | Path | Scenario,
    replications: int = 10,
    only: Sequence[str] = (),
    seed: int | None = None,
    jobs: int | None = None,
    done: Done = quiet,
) -> Recovery:
    """Run the scenario, and once more without each of its events, under common random numbers.

    Args:
        only: names of events; all if none is given.

    Raises:
        ScenarioError: the scenario cannot be used.
        ValueError: fewer than one replication or worker, an event that is not there, or none.
    """
    from sim.study.given import as_scenario

    check_numbers(replications, jobs)
    scenario = as_scenario(scenario)
    check_spans([scenario])
    chosen = chosen_events(scenario, only)
    root = scenario.tables.seed if seed is None else seed
    measure = partial(see, tuple((e.name, e.on, e.period) for e in chosen))
    grid = run_grid(
        [scenario, *(event.without(scenario) for event in chosen)],
        replications,
        root,
        jobs,
        done,
        measure,
    )
    names = ["with all", *(f"without {event.name}" for event in chosen)]
    named = [(name, o) for name, row in zip(names, grid, strict=True) for o in row]
    horizon = float(scenario.tables.horizon)
    return Recovery(
        scenario,
        root,
        tuple(chosen),
        {
            event.name: [
                impact(event.name, a.measured, b.measured, horizon)
                for a, b in zip(grid[0], without, strict=True)
                if ended(a) and ended(b)
            ]
            for event, without in zip(chosen, grid[1:], strict=True)
        },
        failures(named),
        deadlocks(named),
    )


def chosen_events(scenario: Scenario, only: Sequence[str] = ()) -> list[Event]:
    """The events asked for.

    Raises:
        ValueError: one is not there, or the scenario has none.
    """
    every = events(scenario)
    if not every:
        raise ValueError(
            f"{scenario.name} has no disruption and no dated change that lowers a rate; "
            "expected one such as `disruptions: {storm: {on: [line], begin: …, days: 4 d}}`"
        )
    known = {event.name for event in every}
    for name in only:
        if name not in known:
            raise ValueError(
                f"there is no event {name!r} in {scenario.name}; expected one of "
                f"{', '.join(sorted(known))}"
            )
    return [event for event in every if not only or event.name in only]


def _spread(name: str, values: Sequence[float]) -> dict[str, float | None]:
    found = estimate(values)
    return {name: found.mean, f"{name}_low": found.low, f"{name}_high": found.high}


def _most(waited: Sequence[Mapping[str, float]]) -> str | None:
    """The place with most train-hours more in the mean of the pairs; None where none has any."""
    total: dict[str, float] = {}
    for one in waited:
        for place, hours in one.items():
            total[place] = total.get(place, 0.0) + hours
    most = max(total, key=lambda place: total[place], default=None)
    return most if most is not None and total[most] > 0.0 else None
