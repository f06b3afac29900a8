"""What a railway takes beyond its quota while too many trains wait for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.corridor.profile import INF, Profile, switched


@dataclass
class Reserve:
    """Called when ``above`` trains wait, and held until ``below`` are left or it is used up.

    Two thresholds (hysteresis) keep it from flickering.  One that has been held ``longest`` hours
    is called again only after the queue has been down to ``below``.

    Attributes:
        quota: the rate without it, trains an hour.
        raised: the rate with it; 0 where the quota is.
    """

    quota: Profile
    raised: Profile
    above: int
    below: int
    longest: float = INF
    held: bool = False
    used_up: bool = False
    ends: float = INF
    switches: list[float] = field(default_factory=list)

    def review(self, waiting: int, now: float) -> bool:
        """Whether it is called or given back now that so many trains wait."""
        if waiting <= self.below:
            self.used_up = False
            return self._switch(now) if self.held else False
        if self.held or self.used_up or waiting < self.above:
            return False
        self.ends = now + self.longest
        return self._switch(now)

    def run_out(self, now: float) -> bool:
        """Whether it is used up now; an alarm of a call before this one says nothing."""
        if not self.held or now != self.ends:
            return False
        self.used_up = True
        return self._switch(now)

    def _switch(self, now: float) -> bool:
        self.held = not self.held
        self.switches.append(now)
        return True

    def rate(self) -> Profile:
        """The profile that holds as long as nothing changes."""
        return self.raised if self.held else self.quota

    def offered(self) -> Profile:
        """Trains that could have passed an hour, as it was called and given back so far."""
        return switched(self.quota, self.raised, self.switches)
