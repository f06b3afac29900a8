"""What would have helped after an event: scenarios that all have it, against one without it.

The *calm* run is that of the first scenario, the base, without the event and with the same random
numbers.  It is the yardstick of all: *held* are trains that wait for anything at the places of the
event or before them on their way, *extra* those beyond the ones held in the calm run at the same
moment, and *recovered* is the first moment from the end of the event on at which none is extra.
So a measure that helps in calm days too gets the credit for that.  What each variant changes is
its difference from the base in the same replications (``sim.study.course`` has the figures).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.study.course import FIGURES, Course, figures, see
from sim.study.events import Spell, calm, events, spell
from sim.study.given import as_scenario, check_comparable, check_numbers, names_of
from sim.study.grid import Done, quiet, run_grid
from sim.study.paired import paired
from sim.study.statistics import estimate, interval, outlook, together
from sim.study.unfinished import deadlocks, ended, failures

if TYPE_CHECKING:
    import polars as pl

    from sim.scenario import Scenario
    from sim.study.engine import Outcome

LOW, HIGH = 0.1, 0.9
"""Quantiles between which eight in ten replications lie."""
POINTS = 800
"""Moments of a curve."""
BEFORE, AFTER = 168.0, 504.0
"""Hours of the curves before the event, and after half of the runs of each have recovered."""
CALM = "without it"
"""Name of the curve of the calm runs."""


@dataclass(frozen=True)
class Relief:
    """What each scenario had after the event, by replication; the base first."""

    scenarios: tuple[Scenario, ...]
    names: tuple[str, ...]
    seed: int
    spell: Spell
    figures: Mapping[str, Mapping[int, Mapping[str, float | None]]]
    courses: Mapping[str, Sequence[Course]]
    failed: list[tuple[str, Outcome]]
    deadlocks: list[dict[str, Any]]

    @property
    def _horizon(self) -> float:
        return float(self.scenarios[0].tables.horizon)

    def table(self) -> pl.DataFrame:
        """One row a scenario, the base first.

        Columns: variant, title, event (titles), begin_h, end_h, n (pairs with the calm run),
        recovered_p10_h, recovered_p50_h, recovered_p90_h (null where so many had not by the
        horizon), open (share of runs that had not; null without runs), and the means of
        ``sim.study.course.FIGURES`` but the first.
        """
        import polars as pl

        quantiles = [f"recovered_{name}_h" for name in ("p10", "p50", "p90")]
        schema: dict[str, Any] = {
            **dict.fromkeys(("variant", "title", "event"), pl.String),
            **dict.fromkeys(("begin_h", "end_h"), pl.Float64),
            "n": pl.Int64,
            **dict.fromkeys([*quantiles, "open", *list(FIGURES)[1:]], pl.Float64),
        }
        both = zip(self.names, self.scenarios, strict=True)
        rows = [self._row(name, scenario.tables.title) for name, scenario in both]
        return pl.DataFrame(rows, schema=schema, orient="row")

    def _row(self, name: str, title: str) -> dict[str, Any]:
        made = list(self.figures[name].values())
        known = np.array([_or(one["recovered_h"], np.inf) for one in made])
        row: dict[str, Any] = {
            "variant": name,
            "title": title,
            "event": self.spell.title,
            "begin_h": self.spell.begin,
            "end_h": self.spell.end,
            "n": len(made),
            "open": float(np.mean(np.isinf(known))) if made else None,
        }
        for quantile, share in (("p10", LOW), ("p50", 0.5), ("p90", HIGH)):
            value = np.quantile(known, share, method="inverted_cdf") if made else np.inf
            row[f"recovered_{quantile}_h"] = float(value) if np.isfinite(value) else None
        means = {f: estimate(one[f] for one in made).mean for f in list(FIGURES)[1:]}
        return row | means

    def differences(self) -> pl.DataFrame:
        """What each variant changes against the base: one row a variant and figure.

        Columns: variant, figure, unit, reference, value (means), difference with low and high (of
        the pairs; all intervals hold together with 95 %), verdict (better, worse, not told apart;
        less is better of all), n, negligible and more_runs (of what is not told apart, as
        ``sim.study.statistics.Outlook`` has them), and open (pairs of which a run had not
        recovered by the horizon; null for figures that do not ask).  Such a run counts as if it
        had recovered then; with 0 h where the event goes on beyond it.
        """
        import polars as pl

        confidence = together(len(FIGURES) * (len(self.names) - 1))
        rows = [
            self._difference(name, figure, unit, confidence)
            for name in self.names[1:]
            for figure, unit in FIGURES.items()
        ]
        schema: dict[str, Any] = {
            **dict.fromkeys(("variant", "figure", "unit"), pl.String),
            **dict.fromkeys(("reference", "value", "difference", "low", "high"), pl.Float64),
            "verdict": pl.String,
            "negligible": pl.Float64,
            **dict.fromkeys(("n", "more_runs", "open"), pl.Int64),
        }
        return pl.DataFrame(rows, schema=schema, orient="row")

    def _difference(self, name: str, figure: str, unit: str, confidence: float) -> dict[str, Any]:
        sides = [
            {r: one[figure] for r, one in self.figures[side].items()}
            for side in (self.names[0], name)
        ]
        unseen, late = None, None
        if figure == "recovered_h":
            late = max(self._horizon - self.spell.end, 0.0)
            unseen = sum(any(s[r] is None for s in sides) for r in sides[0].keys() & sides[1])
        pairs = paired(*({r: _or(value, late) for r, value in s.items()} for s in sides))
        row: dict[str, Any] = {"variant": name, "figure": figure, "unit": unit, "n": pairs.n}
        row |= {"verdict": "not told apart", "more_runs": None, "open": unseen}
        if not pairs.n:
            return row
        found = pairs.interval(confidence)
        if found.above(0.0) or found.below(0.0):
            row["verdict"] = "better" if found.below(0.0) else "worse"
        reference = interval(pairs.reference).mean
        if row["verdict"] == "not told apart":
            more = outlook(found, reference, confidence)
            row |= {"negligible": more.negligible, "more_runs": more.more_runs}
        return row | {
            "reference": reference,
            "value": interval(pairs.variant).mean,
            "difference": found.mean,
            "low": found.low,
            "high": found.high,
        }

    def curves(self) -> pl.DataFrame:
        """Trains held over time, of each scenario and of the calm one: variant, time_h, mean.

        From a week before the event to three weeks after half of the runs of each have recovered.
        """
        import polars as pl

        rows = self.table()
        last = [row["recovered_p50_h"] for row in rows.iter_rows(named=True) if row["n"]]
        end = self.spell.end + AFTER
        late = [self._horizon if hours is None else end + hours for hours in last]
        until = min([self._horizon, *([max(late)] if late else [])])
        times = np.linspace(max(self.spell.begin - BEFORE, 0.0), until, POINTS)
        frames = [
            pl.DataFrame(
                {
                    "variant": [name] * len(times),
                    "time_h": times,
                    "mean": np.mean([one.held.at(times) for one in runs], axis=0),
                }
            )
            for name, runs in self.courses.items()
            if runs
        ]
        schema = {"variant": pl.String, "time_h": pl.Float64, "mean": pl.Float64}
        return pl.concat(frames) if frames else pl.DataFrame(schema=schema)


def relief(
    scenarios: Sequence[str | Path | Scenario],
    event: Sequence[str] = (),
    replications: int = 10,
    seed: int | None = None,
    jobs: int | None = None,
    done: Done = quiet,
) -> Relief:
    """Run each scenario, and the first without the event, under common random numbers.

    Args:
        scenarios: two or more, the base first; all have the event.
        event: names of dated events, several are taken as one; may be left out if there is one.

    Raises:
        ScenarioError: a scenario cannot be used.
        ValueError: fewer than two scenarios, one replication or one worker; scenarios that differ
            in horizon or warm-up; no event of that name, one at random, or of another time.
    """
    check_numbers(replications, jobs)
    loaded = [as_scenario(scenario) for scenario in scenarios]
    check_comparable(loaded)
    base, names = loaded[0], names_of(loaded)
    mine = common_spell(loaded, names, event)
    root = base.tables.seed if seed is None else seed
    todo = [*loaded, calm(base, mine.names)]
    grid = run_grid(todo, replications, root, jobs, done, partial(see, mine.on))
    named = [
        (name, o)
        for name, row in zip([*names, f"{names[0]} {CALM}"], grid, strict=True)
        for o in row
    ]
    horizon = float(base.tables.horizon)
    return Relief(
        tuple(loaded),
        tuple(names),
        root,
        mine,
        {
            name: {
                a.replication: figures(a.measured, b.measured, mine.begin, mine.end, horizon)
                for a, b in zip(row, grid[-1], strict=True)
                if ended(a) and ended(b)
            }
            for name, row in zip(names, grid[:-1], strict=True)
        },
        {
            name: [o.measured for o in row if ended(o)]
            for name, row in zip([*names, CALM], grid, strict=True)
        },
        failures(named),
        deadlocks(named),
    )


def common_spell(
    scenarios: Sequence[Scenario], names: Sequence[str], event: Sequence[str]
) -> Spell:
    """The event, which every scenario must have at the same time.

    Raises:
        ValueError: it is not told which, a scenario does not have it, or at another time.
    """
    known = list(dict.fromkeys(e.name for e in events(scenarios[0]) if e.period is not None))
    if not event and len(known) != 1:
        which = f"give one of {', '.join(known)} as --event" if known else "it has none with dates"
        raise ValueError(
            f"several scenarios are held against each other after one event of {names[0]}, the "
            f"first; {which}"
        )
    mine = spell(scenarios[0], event or known)
    for scenario in scenarios[1:]:
        other = spell(scenario, mine.names)
        if (other.begin, other.end) != (mine.begin, mine.end):
            raise ValueError(
                f"{' and '.join(mine.names)} has other dates in {scenario.name} than in "
                f"{names[0]}; expected the same, so that all recover from one moment"
            )
    return mine


def _or(value: float | None, other: Any) -> Any:
    return other if value is None else value
