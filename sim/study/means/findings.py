"""What a scenario's inputs imply, and how it is said."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from sim.corridor.profile import INF

if TYPE_CHECKING:
    from sim.study.choke import Choke


@dataclass
class StageLoad:
    """Load and capacity of one stage by month, in units a day."""

    name: str
    unit: str
    load: list[float]
    capacity: list[float]

    @classmethod
    def hourly(cls, name: str, unit: str, load: list[float], capacity: list[float]) -> StageLoad:
        """A stage of rates an hour."""
        return cls(name, unit, [24.0 * x for x in load], [24.0 * x for x in capacity])

    @property
    def shares(self) -> list[float]:
        """Load over capacity by month; infinite where something is offered to nothing."""
        return [
            load / capacity if capacity > 0.0 else (INF if load > 0.0 else 0.0)
            for load, capacity in zip(self.load, self.capacity, strict=True)
        ]

    @property
    def peak(self) -> int:
        """Number of the month with the largest share."""
        shares = self.shares
        return shares.index(max(shares))


@dataclass(frozen=True)
class Balance:
    """Boxes a week of a terminal: laden out, laden in, and the empties that can come in all."""

    station: str
    out: float
    back: float
    stock: int
    empties: float


@dataclass(frozen=True)
class Spare:
    """What a reserve of acceptance adds: trains a day, and what is then worked off of a queue.

    ``net`` is what is taken with it less what comes on the mean, trains a day; it needs ``days``
    from ``above`` trains waiting to ``below``, and without it ``days_without``; None where as many
    come as are taken.
    """

    stage: str
    per_day: float
    above: int
    below: int
    longest_d: float | None
    net: float
    days: float | None
    days_without: float | None


@dataclass
class Implied:
    """What a scenario's inputs imply; months in order, ``bound_t`` over the whole horizon."""

    months: list[str]
    hours: list[float]
    stages: list[StageLoad] = field(default_factory=list)
    trains_per_week: dict[str, float] = field(default_factory=dict)
    wagons: dict[str, dict[str, float]] = field(default_factory=dict)
    balance: list[Balance] = field(default_factory=list)
    offered_t: float = 0.0
    bound_t: float | None = None
    bound_by: list[str] = field(default_factory=list)
    chokes: list[Choke] = field(default_factory=list)
    spare: list[Spare] = field(default_factory=list)

    def tightest(self) -> list[StageLoad]:
        """Stages by their largest load, tightest first; equal ones but for rounding as they are."""
        return sorted(self.stages, key=lambda s: -round(max(s.shares), 9))

    def mean_share(self, stage: StageLoad) -> float:
        """Load over capacity of the whole horizon."""
        load = sum(x * h for x, h in zip(stage.load, self.hours, strict=True))
        capacity = sum(x * h for x, h in zip(stage.capacity, self.hours, strict=True))
        return load / capacity if capacity else (INF if load else 0.0)

    def sentence(self) -> str:
        """Where it will choke."""
        if not self.stages:
            return "Nothing here has a capacity."
        if self.chokes:
            begins = min(self.chokes, key=lambda c: c.since)
            # the first of each unit: boxes and trains are not counted together
            most = {choke.unit: choke for choke in reversed(self.chokes)}
            several = len(most) > 1
            there = [
                f"most {f'{unit} ' if several else ''}will stand before {most[unit].stage}"
                for unit in sorted(most)
                if most[unit] is not begins
            ]
            said = f"It will choke at {begins.stage}, from {self.months[begins.since]} on."
            if there:
                words = ", ".join(there)
                said += f" {words[0].upper()}{words[1:]}."
            for choke in dict.fromkeys((begins, *most.values())):
                said += self._shut(choke.stage)
            return said
        first = self.tightest()[0]
        if max(first.shares) == INF:
            never = self._shut(first.name) or f" {first.name} is closed for a month."
            return f"Nothing stands over a month's end.{never}"
        return (
            f"Nothing stands over a month's end; the tightest is {first.name} with "
            f"{max(first.shares):.0%} in {self.months[first.peak]}."
        )

    def _shut(self, name: str) -> str:
        """A sentence of a stage that passes nothing in the whole run; nothing of any other."""
        if not any(s.name == name and not any(s.capacity) for s in self.stages):
            return ""
        station = name.removesuffix(": empties")
        if station != name:
            return f" No empties come back to {station}: it has what is in stock."
        return f" {name} passes nothing in the whole run."

    def as_dict(self) -> dict[str, Any]:
        """Everything, of JSON's types."""
        made = asdict(self)
        made["sentence"] = self.sentence()
        made["stages"] = [
            {**asdict(s), "share": s.shares, "mean_share": self.mean_share(s)}
            for s in self.tightest()
        ]
        return made
