"""Random numbers keyed by name, so that adding a thing leaves every other draw as it was.

A stream's key is a hash of its path (seed, replication, place, purpose, entity), never the order
in which streams were made.  Within a stream the n-th draw belongs to the n-th train or container
of the entity, whatever order they arrive in, so two variants stay in step (common random numbers).
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.scenario.drawn import Distribution

BLOCK = 256
MOST_PASSED = 1 << 16
"""Draws that are passed over in one go."""
FEW = 24


class Streams:
    """All streams of one replication.

    Raises:
        ValueError: two different paths hash to the same key.
    """

    def __init__(self, seed: int, replication: int) -> None:
        self._root = f"{seed}/{replication}"
        self._paths: dict[int, tuple[str, ...]] = {}

    def generator(self, *path: str) -> np.random.Generator:
        """A generator for the path; the same path gives the same numbers from the beginning."""
        text = "/".join((self._root, *path))
        key = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "big")
        known = self._paths.setdefault(key, path)
        if known != path:
            raise ValueError(f"random streams {known!r} and {path!r} share a key; rename one")
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(key)))

    def draws(self, distribution: Distribution, *path: str) -> Draws:
        """Numbered draws from a distribution."""
        return Draws(distribution, None if distribution.is_constant else self.generator(*path))

    def uniforms(self, *path: str) -> Uniforms:
        """Numbered draws from [0, 1)."""
        return Uniforms(self.generator(*path))


class Draws:
    """Numbered draws from one distribution, made in blocks.

    ``constant`` is the value when the distribution has no variance, otherwise None.
    """

    __slots__ = ("_begin", "_distribution", "_generator", "_list", "_passed", "_same", "constant")

    def __init__(self, distribution: Distribution, generator: np.random.Generator | None) -> None:
        self.constant = float(distribution.mean) if generator is None else None
        self._distribution = distribution
        self._generator = generator
        self._list: array[float] = array("d")
        self._same = np.zeros(0)
        # Of a stream whose draws are not kept: how its generator began, and the draws passed since.
        self._begin: Any = None
        self._passed = 0

    def _grow(self, size: int) -> None:
        assert self._generator is not None and self._begin is None
        # Draws follow each other in a generator, however many are made at once.
        blocks = -(-(size - len(self._list)) // BLOCK)
        made = self._distribution.sample(self._generator, blocks * BLOCK)
        self._list.frombytes(np.asarray(made, dtype=float).tobytes())

    def at(self, index: int) -> float:
        """The draw number ``index``."""
        if self.constant is not None:
            return self.constant
        if index >= len(self._list):
            self._grow(index + 1)
        return self._list[index]

    def span(self, first: int, count: int) -> list[float]:
        """Draws ``first`` to ``first + count - 1``."""
        if self.constant is not None:
            return [self.constant] * count
        if first + count > len(self._list):
            self._grow(first + count)
        return self._list[first : first + count].tolist()

    def run(self, first: int, count: int) -> NDArray[np.float64]:
        """Draws ``first`` to ``first + count - 1`` in a column, to be read only."""
        if self.constant is not None:
            if count > len(self._same):
                self._same = np.full(2 * count, self.constant)
            return self._same[:count]
        if first + count > len(self._list):
            self._grow(first + count)
        # A copy: the list can only grow while nobody looks at its memory.
        return np.frombuffer(self._list, dtype=float, count=count, offset=8 * first).copy()

    def passing(self, first: int, count: int) -> NDArray[np.float64]:
        """Draws ``first`` to ``first + count - 1``, which are not kept.

        For a stream that is read in no other way, mostly in its order.
        """
        assert self._generator is not None and not self._list
        if self._begin is None:
            self._begin = self._generator.bit_generator.state
        if first < self._passed:
            self._generator.bit_generator.state = self._begin
            self._passed = 0
        while self._passed < first:
            over = min(first - self._passed, MOST_PASSED)
            self._distribution.sample(self._generator, over)
            self._passed += over
        self._passed += count
        return np.asarray(self._distribution.sample(self._generator, count), dtype=float)

    def column(self, indices: NDArray[Any]) -> NDArray[np.float64]:
        """The same in columns."""
        if self.constant is not None:
            return np.full(len(indices), self.constant)
        last = int(indices.max())
        if last >= len(self._list):
            self._grow(last + 1)
        drawn: NDArray[np.float64] = np.frombuffer(self._list)[indices]
        return drawn


def constant(draws: Sequence[Draws]) -> float | None:
    """The one value that all these streams have, if they have no variance; else None."""
    value = draws[0].constant
    for one in draws:
        if one.constant != value:
            return None
    return value


def draw_all(
    draws: Sequence[Draws], whose: NDArray[Any], indices: NDArray[Any]
) -> NDArray[np.float64]:
    """The draw of each index from the stream of whom it belongs to."""
    if len(whose) <= FEW:
        # One by one is faster than a column of so few.
        pairs = zip(whose.tolist(), indices.tolist(), strict=True)
        return np.array([draws[who].at(index) for who, index in pairs], dtype=float)
    first = whose.item(0)
    mine = whose == first
    if mine.all():
        column: NDArray[np.float64] = draws[first].column(indices)
        return column
    found = np.empty(len(whose))
    for who in sorted(set(whose.tolist())):
        mine = whose == who
        found[mine] = draws[who].column(indices[mine])
    return found


class Uniforms(Draws):
    """Numbered draws from [0, 1)."""

    __slots__ = ()

    def __init__(self, generator: np.random.Generator) -> None:
        self.constant = None
        self._generator = generator
        self._list = array("d")

    def _grow(self, size: int) -> None:
        assert self._generator is not None
        blocks = -(-(size - len(self._list)) // BLOCK)
        self._list.frombytes(self._generator.random(blocks * BLOCK).tobytes())
