"""Profiles of a scenario's rates: dated values, calendars, seasons, daily luck and disruptions."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sim.corridor.profile import (
    ALWAYS,
    Profile,
    Steps,
    product,
    steps_of_reductions,
    steps_of_windows,
    taken_together,
)
from sim.corridor.streams import Streams
from sim.scenario.vocabulary import LOADING

if TYPE_CHECKING:
    from sim.scenario.dated import Dated
    from sim.scenario.drawn import RateDistribution
    from sim.scenario.vocabulary import Acceptance, ScenarioTables, Season, Supply

Reduction = tuple[float, float, float]


class Rates:
    """Makes the profiles of one replication, and knows when what is disrupted.

    ``disrupted`` maps a target (line, station or station/work) to (begin, end, factor), hours.
    """

    def __init__(self, tables: ScenarioTables, streams: Streams) -> None:
        self._tables = tables
        self._streams = streams
        self.horizon = float(tables.horizon)
        self.periods: dict[str, list[Reduction]] = {
            name: self._periods(name) for name in tables.disruptions
        }
        self.disrupted: dict[str, list[Reduction]] = {}
        for name, disruption in tables.disruptions.items():
            for target in disruption.on:
                self.disrupted.setdefault(target, []).extend(self.periods[name])

    def _periods(self, name: str) -> list[Reduction]:
        """Begin, end and factor of each stretch of a disruption; one of no length is none."""
        disruption = self._tables.disruptions[name]
        left = float(disruption.factor)
        found: list[Reduction] = []
        if disruption.begin is not None and disruption.days is not None:
            begin = (disruption.begin - self._tables.start) / timedelta(hours=1)
            found.append((begin, begin + float(disruption.days), left))
        if disruption.every is not None and disruption.lasts is not None:
            gaps = self._streams.draws(disruption.every, "disruption", name, "every")
            lengths = self._streams.draws(disruption.lasts, "disruption", name, "lasts")
            time, number = 0.0, 0
            while True:
                time += gaps.at(number)
                if time >= self.horizon:
                    break
                found.append((time, time + lengths.at(number), left))
                time += lengths.at(number)
                number += 1
        return [(begin, end, factor) for begin, end, factor in found if end > begin]

    def bans(self, line: str, train_class: str) -> list[tuple[float, float]]:
        """Begin and end of each loading ban of a class toward a line, hours, in no order."""
        return [
            (begin, end)
            for name, disruption in self._tables.disruptions.items()
            if f"{line}/{LOADING}" in disruption.on and disruption.holds_for(train_class)
            for begin, end, _ in self.periods[name]
        ]

    def dated(self, value: Dated) -> Steps:
        """The steps of a dated value from the start on."""
        later = [(t, v) for t, v in value.changes if t > 0.0]
        return [0.0, *(t for t, _ in later)], [value.at(0.0), *(v for _, v in later)]

    def offered(self, supply: Supply, unit: float) -> Profile | None:
        """Units of so many tonnes that become ready an hour; None where they come as contracts."""
        if supply.contracts:
            return None
        if supply.volume is not None:
            parts: list[Steps] = [([0.0], [float(supply.volume) / unit])]
        else:
            parts = [self._series(supply, unit)]
        if supply.flow == "exports":
            parts.append(self.dated(self._tables.export_volume))
        season = self.season(supply.season)
        return Profile(product(*parts, *([] if season is None else [season])))

    def _series(self, supply: Supply, unit: float) -> Steps:
        """Goods spread evenly from each date to the next; the last as long as the one before."""
        rows = sorted((self._hours(day), float(t)) for day, t in supply.series.items())
        begins = [time for time, _ in rows]
        last = begins[-1] - begins[-2] if len(rows) > 1 else self.horizon - begins[-1]
        ends = [*begins[1:], begins[-1] + max(last, 24.0)]
        times, values = [0.0], [0.0]
        for begin, end, (_, tonnes) in zip(begins, ends, rows, strict=True):
            if end <= 0.0:
                continue
            if begin <= 0.0:
                values[-1] = tonnes / unit / (end - begin)
            else:
                times.append(begin)
                values.append(tonnes / unit / (end - begin))
        return [*times, max(ends[-1], times[-1] + 1.0)], [*values, 0.0]

    def contracts(self, supply: Supply) -> list[tuple[float, float]]:
        """Hour and tonnes of each lot that is ready as a whole within the run, in order."""
        growth = self._tables.export_volume
        rows = sorted((self._hours(day), float(t)) for day, t in supply.contracts.items())
        if supply.flow == "exports":
            rows = [(time, tonnes * growth.at(time)) for time, tonnes in rows]
        return [(time, tonnes) for time, tonnes in rows if 0.0 <= time < self.horizon]

    def _hours(self, day: str) -> float:
        return (date.fromisoformat(day) - self._tables.start) / timedelta(hours=1)

    def profile(
        self,
        *targets: str,
        rate: Dated | None = None,
        hours: str | None = None,
        more: Steps | None = None,
    ) -> Profile:
        """The product of a dated rate, opening hours, disruptions of the targets, and more."""
        parts: list[Steps] = []
        if rate is not None:
            parts.append(self.dated(rate))
        if hours is not None:
            windows = self._tables.calendars[hours].windows(
                self._tables.start, 0.0, self.horizon + 24.0 * 31
            )
            parts.append(steps_of_windows(windows))
        reductions = [r for target in targets for r in self.disrupted.get(target, [])]
        if reductions:
            parts.append(steps_of_reductions(reductions))
        if more is not None:
            parts.append(more)
        return Profile(product(*parts)) if parts else ALWAYS

    def with_reserve(self, line: str, accept: Acceptance, more: Steps | None = None) -> Profile:
        """Trains an hour that are accepted while the reserve is called; the quota if none is."""
        rate = self.dated(accept.per_day)
        if accept.reserve is not None:
            rate = taken_together(rate, self.dated(accept.reserve.per_day))
        parts = (rate,) if more is None else (rate, more)
        return self.profile(line, f"{line}/acceptance", more=product(*parts))

    def daily(self, factor: RateDistribution | None, *path: str) -> Steps | None:
        """A factor that is drawn anew for each day."""
        if factor is None:
            return None
        days = math.ceil(self.horizon / 24.0) + 1
        draws = self._streams.draws(factor, *path)
        return [24.0 * d for d in range(days)], draws.span(0, days)

    def season(self, season: Season | None) -> Steps | None:
        """Factors of the calendar months of the horizon."""
        if season is None:
            return None
        start = self._tables.start
        year, month = start.year, start.month
        times, values = [0.0], [season.factors(year)[month - 1]]
        while True:
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
            time = (date(year, month, 1) - start) / timedelta(hours=1)
            if time >= self.horizon:
                return times, values
            times.append(time)
            values.append(season.factors(year)[month - 1])
