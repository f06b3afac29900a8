"""Which line of a later file, or which ``--set``, makes wrong what an earlier file says.

A variant that takes a line away breaks routes of its base: the fault stands in the base's file and
was written in the variant's.  It is found by leaving parts of what is laid over out again.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sim.scenario.merging import apply_set, merge
from sim.scenario.problems import Place, Problem
from sim.scenario.tree import Tree

MOST_TRIALS = 300

Keys = tuple[str, ...]
Check = Callable[[Tree], tuple[bool, list[Problem]]]
"""Whether the tables of a document are right in themselves, and all that is wrong."""


def traced(
    problems: Sequence[Problem], layers: Mapping[str, Tree], sets: Sequence[str], check: Check
) -> list[Problem]:
    """The problems, each at the line that made it: where a later file broke an earlier one's.

    Args:
        problems: what is wrong with the merged document, as `check` says.
        layers: the documents that it was merged of, bases first, by file.
        sets: texts of ``--set``, laid over them in order.
    """
    trials = _Trials(layers, sets, check)
    return [trials.traced(problem) for problem in problems]


@dataclass
class _Trials:
    layers: Mapping[str, Tree]
    sets: Sequence[str]
    check: Check
    left_out: dict[tuple[str, Keys], tuple[bool, frozenset[tuple[Place, str]]]] = field(
        default_factory=dict
    )

    def traced(self, problem: Problem) -> Problem:
        files = list(self.layers)
        if problem.place.file not in files:
            return problem
        later = files[files.index(problem.place.file) + 1 :]
        for number in range(len(self.sets), 0, -1):
            name = f"--set {number}"
            if self._heals(problem, name):
                return _moved(problem, Place(name))
        for file in reversed(later):
            if self._heals(problem, file):
                return _moved(problem, self._line(problem, file))
        return problem

    def _line(self, problem: Problem, file: str) -> Place:
        """The deepest place of a file without which the problem is not there."""
        path: Keys = ()
        here = self.layers[file]
        while isinstance(here.value, dict):
            for key, below in here.value.items():
                if self._heals(problem, file, (*path, key)):
                    path, here = (*path, key), below
                    break
            else:
                break
        return here.key_place if isinstance(here.value, dict) or here.value is None else here.place

    def _heals(self, problem: Problem, file: str, path: Keys = ()) -> bool:
        """Whether the problem is not there without a part; not if it cannot be told."""
        sound, _ = self._without("", ())
        still_sound, found = self._without(file, path)
        return still_sound >= sound and _key(problem) not in found

    def _without(self, file: str, path: Keys) -> tuple[bool, frozenset[tuple[Place, str]]]:
        known = self.left_out.get((file, path))
        if known is None:
            if len(self.left_out) >= MOST_TRIALS:
                return False, frozenset()
            known = self.left_out[file, path] = self._tried(file, path)
        return known

    def _tried(self, file: str, path: Keys) -> tuple[bool, frozenset[tuple[Place, str]]]:
        kept = [
            tree if name != file else _cut(tree, path)
            for name, tree in self.layers.items()
            if name != file or path
        ]
        tree = functools.reduce(merge, kept)
        for number, text in enumerate(self.sets, 1):
            if file != f"--set {number}":
                tree = apply_set(tree, text, number, [])
        sound, found = self.check(tree)
        return sound, frozenset(map(_key, found))


def _cut(tree: Tree, path: Keys) -> Tree:
    """A document without what stands at a path."""
    step, *deeper = path
    value = dict(tree.value)
    if deeper:
        value[step] = _cut(value[step], tuple(deeper))
    else:
        del value[step]
    return Tree(value, tree.place, tree.key_place)


def _key(problem: Problem) -> tuple[Place, str]:
    """What a problem is known by; its cure may name other things in another document."""
    return problem.place, problem.message.partition(";")[0]


def _moved(problem: Problem, place: Place) -> Problem:
    verb = "breaks" if problem.severity == "error" else "makes doubtful"
    said = f"this {verb} {problem.place}: {problem.message}"
    if any(cure in problem.message for cure in ("remove it", "does not belong here")):
        said += "; `key: null` takes a key of another file away"
    return Problem(problem.severity, place, said)
