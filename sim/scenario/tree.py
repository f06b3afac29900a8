"""A document as a tree in which every key and value knows its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sim.scenario.problems import Place

Step = str | int
"""A key of a mapping, or an index of a list."""
Steps = tuple[Step, ...]
"""The way from the top of a document to a value."""


@dataclass(slots=True)
class Tree:
    """A value of a document.

    Attributes:
        value: text, number, truth value, nothing, a list of trees, or trees by key.
        place: where the value begins.
        key_place: where its key stands; the same as `place` if it has none.
    """

    value: Any
    place: Place
    key_place: Place

    def plain(self) -> Any:
        """The value without places, of JSON's types."""
        if isinstance(self.value, dict):
            return {key: tree.plain() for key, tree in self.value.items()}
        if isinstance(self.value, list):
            return [tree.plain() for tree in self.value]
        return self.value

    def child(self, key: Step) -> Tree | None:
        """The tree under a key or index, if there is one."""
        if isinstance(self.value, dict):
            return self.value.get(str(key))
        if isinstance(self.value, list) and isinstance(key, int) and key < len(self.value):
            found: Tree = self.value[key]
            return found
        return None

    def find(self, path: Steps) -> tuple[Tree, Steps]:
        """The deepest tree on a path, and the part of the path that leads there.

        Steps the tree does not have are skipped.
        """
        tree, gone = self, []
        for step in path:
            below = tree.child(step)
            if below is not None:
                tree = below
                gone.append(step)
        return tree, tuple(gone)


def from_plain(data: Any, place: Place, key_place: Place | None = None) -> Tree:
    """A tree of plain data in which everything has the same place."""
    key_place = key_place or place
    if isinstance(data, dict):
        value: Any = {str(k): from_plain(v, place) for k, v in data.items()}
    elif isinstance(data, list | tuple):
        value = [from_plain(v, place) for v in data]
    else:
        value = data
    return Tree(value, place, key_place)


def walk(tree: Tree, path: Steps = ()) -> Iterator[tuple[Steps, Tree]]:
    """Every tree below, with its path, from the top."""
    yield path, tree
    if isinstance(tree.value, dict):
        for key, below in tree.value.items():
            yield from walk(below, (*path, key))
    elif isinstance(tree.value, list):
        for index, below in enumerate(tree.value):
            yield from walk(below, (*path, index))
