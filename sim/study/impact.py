"""What an event did in one replication: the run with it against the same run without it.

*Held*, *extra* and *recovered* are defined in ``sim.study.recovery``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.results import Results
    from sim.results.levels import StepSeries

FIGURES = {
    "delivered_t": "delivered",
    "lead_time_mean_h": "lead_time",
}
"""Key figures of which it is told what the event took, and how their columns begin."""


@dataclass(frozen=True)
class Seen:
    """What is kept of one run: key figures, and by event its periods and the trains held.

    By event too ``elsewhere``, train-hours waited where trains do not count as held, by place, and
    ``stood``, train-hours on its lines and at its works without waiting for them.
    """

    kpis: dict[str, float | None]
    periods: dict[str, list[tuple[float, float]]]
    held: dict[str, StepSeries]
    elsewhere: dict[str, dict[str, float]]
    stood: dict[str, float]


@dataclass(frozen=True)
class Impact:
    """What an event did in one replication.

    ``recovered_h`` are hours from the end of each of its periods, None where that did not come
    before the next period or the horizon, without the periods that had not ended by the horizon;
    ``extra`` is the difference of trains held, and ``extra_train_h`` that in train-hours over the
    whole run; ``elsewhere`` (by place) and ``stood_h`` are differences in train-hours too.
    ``kpis`` are the key figures with the event, ``without`` those without it.
    """

    recovered_h: tuple[float | None, ...]
    extra: StepSeries
    extra_train_h: float
    elsewhere: Mapping[str, float]
    stood_h: float
    kpis: Mapping[str, float | None]
    without: Mapping[str, float | None]


Asked = tuple[str, tuple[str, ...], tuple[float, float] | None]
"""Name of an event, what it is on, and its period if that is known before the run."""


def see(asked: tuple[Asked, ...], results: Results) -> Seen:
    """What is kept of a run, for a job."""
    from sim.results import kpis
    from sim.results.recovery import Held
    from sim.results.standing import under_way

    held, drawn = Held(results), results.meta["network"]["disruptions"]
    figures = kpis(results)
    return Seen(
        {name: figures[name].value for name in FIGURES},
        {
            name: [(p["begin_h"], p["end_h"]) for p in drawn if p["name"] == name]
            if period is None
            else [period]
            for name, _, period in asked
        },
        {name: held.before(on) for name, on, _ in asked},
        {name: held.elsewhere(on, results.horizon_h) for name, on, _ in asked},
        {name: under_way(results, on) for name, on, _ in asked},
    )


def impact(name: str, seen: Seen, without: Seen, horizon: float) -> Impact:
    """What the event of this name did between two runs of the same random numbers."""
    extra = seen.held[name].minus(without.held[name])
    periods = seen.periods[name]
    ends = [*(begin for begin, _ in periods[1:]), horizon]
    over = [
        (end, extra.first_at_most(0.0, end, until))
        for (_, end), until in zip(periods, ends, strict=True)
        if end < horizon
    ]
    return Impact(
        tuple(None if moment is None else moment - end for end, moment in over),
        extra,
        extra.time_mean(0.0, horizon) * horizon,
        _more(seen.elsewhere[name], without.elsewhere[name]),
        seen.stood[name] - without.stood[name],
        seen.kpis,
        without.kpis,
    )


def _more(hours: Mapping[str, float], without: Mapping[str, float]) -> dict[str, float]:
    places = dict.fromkeys((*hours, *without))
    return {place: hours.get(place, 0.0) - without.get(place, 0.0) for place in places}
