"""What each train did, as the accounts need it: lines run over, works done, boxes on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.results.text import looked_up, matching

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.results.run import Results


class ByTrain:
    """Arrays by number of the train; the last place is nobody's and holds nothing."""

    def __init__(self, results: Results) -> None:
        tariff: dict[str, Any] = results.meta.get("tariff") or {}
        self._lines: dict[str, dict[str, float]] = tariff.get("lines") or {}
        works: dict[str, Any] = tariff.get("works") or {}
        self._works = works
        number = {name: float(i) for i, name in enumerate(self._lines)}
        nobody: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        ran, over, seen = [nobody], [nobody], [-1]
        done = {name: [nobody] for name in works}
        for part in results.parts("stages", ["train", "place", "activity", "end_h"]):
            train, ended = part["train"].to_numpy(), part["end_h"].is_not_null().to_numpy()
            line = looked_up(part["place"], number, -1.0).astype(np.int64)
            mine = ended & (line >= 0) & matching(part["activity"], lambda word: word == "run")
            ran.append(train[mine])
            over.append(line[mine])
            seen.append(int(train.max(initial=-1)))
            for name, found in done.items():
                place, _, work = name.partition("/")
                here = ended & matching(part["place"], place.__eq__)
                found.append(train[here & matching(part["activity"], work.__eq__)])
        trains = [part.to_numpy() for part in results.parts("trains", ["train", "boxes"])]
        known = np.concatenate(trains)
        self.size = int(max(*seen, known[:, 0].max(initial=-1))) + 1
        self.boxes = np.zeros(self.size + 1)
        self.boxes[known[:, 0].astype(np.int64)] = np.nan_to_num(known[:, 1])
        """Boxes on each when it left."""
        self._ran, self._over = np.concatenate(ran), np.concatenate(over)
        self._done = {name: self._count(np.concatenate(found)) for name, found in done.items()}
        self.moved = self._count(self._ran) > 0.0
        """Whether it has run over a line."""

    def at(self, trains: NDArray[np.int64]) -> NDArray[np.int64]:
        """Places of trains in the arrays."""
        return np.where((trains < 0) | (trains > self.size), self.size, trains)

    def over_lines(self, rate: str) -> NDArray[np.float64]:
        """A rate of the tariff's lines, added up over those that each train has run over."""
        rates = np.array([float(line[rate]) for line in self._lines.values()])
        return self._count(self._ran, rates[self._over])

    def done(self, work: str) -> NDArray[np.float64]:
        """How often each train had a work (station/work) of the tariff done."""
        return self._done[work]

    def works_for_each(self) -> Iterator[tuple[str, NDArray[np.float64]]]:
        """Part of the cost and USD for each box on a train, laden or empty, of each work.

        What is paid for a train its boxes share.  Works paid by the sample are left out.
        """
        for name, rate in self._works.items():
            usd = self.done(name) * float(rate["usd"])
            if rate["kind"] == "train":
                usd = np.divide(usd, self.boxes, out=np.zeros(len(usd)), where=self.boxes > 0.0)
            if rate["kind"] != "sample":
                yield str(rate["part"]), usd

    def each_empty(self) -> NDArray[np.float64]:
        """USD for an empty box on each train: over its lines, and at its works as a laden one."""
        usd = self.over_lines("haul_empty")
        for _, each in self.works_for_each():
            usd += each
        return usd

    def _count(
        self, trains: NDArray[np.int64], weights: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        found = np.bincount(trains, weights, self.size + 1)
        return found.astype(np.float64)
