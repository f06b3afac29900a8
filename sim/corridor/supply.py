"""Where goods and background trains come from: arrivals at a rate that varies over the year."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import simpy

from sim.corridor.clock import INF, Clock, Process, Timer
from sim.corridor.journal import Journal
from sim.corridor.profile import Profile
from sim.corridor.step import Route
from sim.corridor.streams import Draws, Uniforms
from sim.corridor.train import Train

if TYPE_CHECKING:
    from sim.corridor.boxes import Boxes
    from sim.corridor.service import ServiceLine
    from sim.corridor.terminal import Terminal
    from sim.corridor.views import PortsView
    from sim.policies.crossing import Border, CrossingRule
    from sim.policies.port import PortRule


def arrivals(profile: Profile, gaps: Draws | None) -> Iterator[float]:
    """Times of arrivals: unit gaps in the integral of the rate (Cinlar 1975, inversion).

    With exponential gaps of mean 1 this is a Poisson process of that rate; without gaps arrivals
    follow each other evenly, each as soon as work is done beyond those before it.
    """
    mark, number = 0.0, 0
    while True:
        if gaps is None:
            time = profile.opens(profile.when(mark) if mark > 0.0 else 0.0)
        else:
            mark += gaps.at(number)
            time = profile.when(mark)
        if time == INF:
            return
        yield time
        number += 1
        if gaps is None:
            mark = float(number)


Lot = tuple[float, int, float]
"""Hour at which a lot is ready, its boxes, and the tonnes in the last of them."""


def contract_lots(contracts: Sequence[tuple[float, float]], load: float, lot: int) -> Iterator[Lot]:
    """The lots of contracts, given as hour and tonnes; the last box of one may be part full."""
    for time, tonnes in contracts:
        boxes = math.ceil(tonnes / load - 1e-9)
        last = min(tonnes - (boxes - 1) * load, load)
        while boxes > 0:
            yield time, min(boxes, lot), load if boxes > lot else last
            boxes -= lot


@dataclass(frozen=True)
class LotView:
    """A lot as the crossing rule sees it."""

    commodity: str
    destination: str
    luck: float


Destination = tuple[float, int, str, "dict[str, tuple[ServiceLine, ...]]"]
"""Share of the goods, number and name of the station, and the chain of services by crossing."""


class PortChoice:
    """Hands a lot whose share fell to a port to the rule that chooses among the ports."""

    def __init__(self, rule: PortRule, view: PortsView) -> None:
        self._rule = rule
        self._view = view

    def choose(
        self, drawn: Destination, destinations: Sequence[Destination], lot: LotView
    ) -> Destination:
        """The destination drawn, or another port of the same goods."""
        ports = {d[2]: d for d in destinations if d[2] in self._view.liners}
        if drawn[2] not in ports or len(ports) == 1:
            return drawn
        return ports[self._rule.choose(drawn[2], list(ports), lot, self._view)]


class Region:
    """Goods of one commodity from one region: a process that brings lots to the terminal."""

    def __init__(
        self,
        env: simpy.Environment,
        boxes: Boxes,
        number: int,
        commodity: str,
        lots: Iterator[Lot],
        load: float,
        lucks: Uniforms,
        destinations: list[Destination],
        terminal: Terminal,
        rule: CrossingRule,
        border: Border,
        ports: PortChoice | None,
    ) -> None:
        self._env = env
        self._boxes = boxes
        self._number = number
        self._commodity = commodity
        self._lots = lots
        self._load = load
        self._lucks = lucks
        self._destinations = destinations
        self._terminal = terminal
        self._rule = rule
        self._border = border
        self._ports = ports
        # Where there is only one way, none is drawn.
        self._only: tuple[int, tuple[ServiceLine, ...]] | None = None
        if len(destinations) == 1 and len(destinations[0][3]) == 1 and ports is None:
            self._only = destinations[0][1], next(iter(destinations[0][3].values()))

    def run(self) -> Process:
        """One lot after another."""
        serial, timer = 0, Timer(self._env)
        for number, (time, boxes, last) in enumerate(self._lots):
            yield timer.at(time)
            destination, chain = self._only or self._way(number)
            lot = self._boxes.add(
                boxes,
                self._number,
                serial,
                number,
                self._load,
                last,
                destination,
                self._env._now,
                self._boxes.ways.number(chain),
            )
            serial += boxes
            self._terminal.bring(lot)

    def _way(self, number: int) -> tuple[int, tuple[ServiceLine, ...]]:
        """Destination and chain of services of the lot of that number."""
        option = self._destination(self._lucks.at(2 * number))
        chains = option[3]
        if self._ports is None and len(chains) == 1:
            return option[1], next(iter(chains.values()))
        lot = LotView(self._commodity, option[2], self._lucks.at(2 * number + 1))
        if self._ports is not None:
            option = self._ports.choose(option, self._destinations, lot)
        _, destination, _, chains = option
        crossings = list(chains)
        if len(crossings) == 1:
            return destination, chains[crossings[0]]
        return destination, chains[self._rule.choose(crossings, lot, self._border)]

    def _destination(self, luck: float) -> Destination:
        for option in self._destinations:
            luck -= option[0]
            if luck < 0.0:
                return option
        return self._destinations[-1]


class Flows:
    """All background trains; they are numbered as they appear, whatever place is settled first."""

    __slots__ = ("_coming", "_env", "_journal", "_number")

    def __init__(self, env: simpy.Environment, journal: Journal) -> None:
        self._env = env
        self._journal = journal
        self._coming: list[tuple[float, float, int, Flow]] = []
        self._number = 0
        journal.before_train = self.until

    def expect(self, flow: Flow, time: float, known: float) -> None:
        """The next train of a flow appears at that time, as is known since another."""
        if time != INF:
            self._number += 1
            heappush(self._coming, (time, known, self._number, flow))

    def until(self, time: float) -> None:
        """Number all trains that have appeared by now, before what happens now."""
        coming = self._coming
        last = (time, getattr(self._env, "made", INF), INF)
        while coming and coming[0] <= last:
            self._make_next()

    def until_made(self, made: deque[Train]) -> Train:
        """The next train of one flow, numbered after all that have appeared before it."""
        while not made:
            self._make_next()
        return made.popleft()

    def _make_next(self) -> None:
        time, _, _, flow = heappop(self._coming)
        flow.make(time)


class Flow:
    """Background trains of one kind: sends them on their way.

    ``clock`` takes what they do: an agenda where nobody needs to see it at its time.
    """

    def __init__(
        self,
        flows: Flows,
        journal: Journal,
        name: str,
        train_class: str,
        route: Route,
        boxes: int,
        times: Iterator[float],
        limit: float,
    ) -> None:
        self._flows = flows
        self._journal = journal
        self._name = name
        self._class = train_class
        self.route = route
        self._boxes = boxes
        self._times = times
        self._limit = limit
        self._serial = 0
        self._made: deque[Train] = deque()
        self.sets = 0

    def start(self, clock: Clock) -> None:
        """Trainsets begin their rounds at once, others come at their times."""
        self._clock = clock
        for _ in range(self.sets):
            clock.put(0.0, self._round)
        if not self.sets:
            self._expect(0.0)

    def _expect(self, known: float) -> None:
        if self._serial < self._limit:
            time = next(self._times, INF)
            self._flows.expect(self, time, known)
            self._clock.put(time, self._appear)

    def make(self, time: float) -> None:
        """A train that appears at that time, and will be sent then."""
        self._made.append(self._train(time))
        self._expect(time)

    def _train(self, time: float) -> Train:
        serial = self._serial
        self._serial += 1
        return Train(
            self._journal,
            self._name,
            "background",
            self._class,
            self.route,
            serial,
            time,
            self._boxes,
            self._clock,
        )

    def _appear(self, time: float) -> None:
        self._flows.until_made(self._made).go(time)

    def _round(self, time: float) -> None:
        """One trainset runs the route again and again."""
        self._flows.until(time)
        train = self._train(time)
        train.on_end = self._round
        train.go(time)
