"""A run made again from its folder, and whether it is the same to the byte."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from filecmp import cmp
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.study.grid import Done, quiet

if TYPE_CHECKING:
    import polars as pl

    from sim.results import Results

PICTURES = (".png", ".svg", ".pdf")
EVENTS = {"stages": "train", "levels": "time_h"}
"""Tables that events are taken from, and a column to count their rows by."""
TOGETHER = 1_000_000
"""Rows of them that are held against each other together, about."""


@dataclass(frozen=True)
class Parting:
    """The first instant at which two runs are not the same: what only one of them has then."""

    time_h: float
    then: tuple[str, ...]
    now: tuple[str, ...]


@dataclass(frozen=True)
class Reproduced:
    """Whether a run came out again.

    ``files`` says of each file whether its bytes are the same; ``traces`` are the replications
    whose events are not; ``versions`` what differs of what made them (then, now).
    """

    folder: Path
    replications: int
    files: dict[str, bool]
    traces: tuple[int, ...]
    versions: dict[str, tuple[str, str]]
    parting: Parting | None

    @property
    def same(self) -> bool:
        """Equal in every byte and every event."""
        return all(self.files.values()) and not self.traces


def reproduce(
    folder: str | Path,
    jobs: int | None = None,
    done: Done = quiet,
    expect: Callable[[int], None] = lambda n: None,
) -> Reproduced:
    """Run again what a folder holds, all its replications, and hold every file against it.

    What was streamed is streamed again.  Nothing is taken from a store, and the folder is left as
    it is; the other run lies in a temporary folder meanwhile, which takes as much room.

    Raises:
        ResultsError: the folder is no run, or was written by a version that this one cannot read;
            or there is no room for another.
        ScenarioError: its scenario is none for this version.
        RuntimeError: no replication ended.
    """
    from sim.results import read_manifest, read_run
    from sim.study.engine import using

    folder = Path(folder)
    then = read_manifest(folder)
    before = read_run(folder)
    count = int(then["replications"])
    expect(count)
    with tempfile.TemporaryDirectory() as room, using(None):
        fresh = Path(room) / folder.name
        if "streamed" in then:
            _stream_again(then, fresh)
            done()
        else:
            _run_again(then, fresh, jobs, done)
        now = read_manifest(fresh)
        files = _files(folder, fresh)
        number = int(then.get("streamed", {}).get("replication", 0))
        both = zip(then.get("traces", []), now["traces"], strict=False)
        traces = tuple(r for r, (one, other) in enumerate(both, number) if one != other)
        parting = None
        if not all(files.values()) or traces:
            parting = first_difference(before, read_run(fresh))
    return Reproduced(folder, count, files, traces, _versions(then, now), parting)


def _run_again(then: Mapping[str, Any], fresh: Path, jobs: int | None, done: Done) -> None:
    from sim.scenario import Scenario
    from sim.study.api import run

    scenario = Scenario.from_resolved(then["scenario"], then["scenario_name"])
    count, seed, steady = int(then["replications"]), int(then["seed"]), then.get("steady")
    made = run(scenario, count, seed, jobs=jobs, done=done, steady=steady is not None)
    made.save(fresh)


def _stream_again(then: Mapping[str, Any], fresh: Path) -> None:
    from sim.results import ResultsError
    from sim.scenario import Scenario
    from sim.study.streamed import stream

    scenario = Scenario.from_resolved(then["scenario"], then["scenario_name"])
    known = then["streamed"]
    number, block = int(known["replication"]), int(known["block"])
    try:
        stream(scenario, fresh, int(then["seed"]), replication=number, block=block)
    except ResultsError as error:
        if not isinstance(error.__cause__, OSError):
            raise
        raise ResultsError(
            f"{fresh.parent}: cannot write the run here again ({error.__cause__.strerror}); "
            "name a folder with room for it in TMPDIR"
        ) from error


def _files(folder: Path, fresh: Path) -> dict[str, bool]:
    """Whether each file, or table in parts, has the same bytes; the manifest is told apart."""
    return {
        path.name: _same_bytes(folder / path.name, path)
        for path in sorted(fresh.iterdir())
        if path.name != "manifest.json" and path.suffix not in PICTURES
    }


def _same_bytes(old: Path, new: Path) -> bool:
    if not new.is_dir():
        return old.is_file() and cmp(old, new, shallow=False)
    if not old.is_dir():
        return False
    names = sorted(path.name for path in new.iterdir())
    same = names == sorted(path.name for path in old.iterdir())
    return same and all(_same_bytes(old / name, new / name) for name in names)


def _versions(then: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    both = [{"model": m.get("model", "unknown"), **m.get("versions", {})} for m in (then, now)]
    return {
        name: (str(both[0].get(name)), str(both[1].get(name)))
        for name in dict.fromkeys((*both[0], *both[1]))
        if both[0].get(name) != both[1].get(name)
    }


def first_difference(then: Results, now: Results) -> Parting | None:
    """The earliest event that only one of two runs has; None if they have the same ones.

    Events are what trains ask for, begin and end, and changes of stocks and queues.  Of many, no
    more are looked at together than fit: so many hours at a time.
    """
    import polars as pl

    names = [_names(run) for run in (then, now)]
    for begin, end in _spans(then):
        left = _events(then, names[0], begin, end, "then")
        right = _events(now, names[1], begin, end, "now")
        counts = left.join(right, on=("time_h", "what"), how="full", coalesce=True)
        apart = counts.filter(pl.col("then").fill_null(0) != pl.col("now").fill_null(0))
        if apart.is_empty():
            continue
        first = float(apart["time_h"].min())  # type: ignore[arg-type]
        here = apart.filter(pl.col("time_h") == first).sort("what")
        more = pl.col("then").fill_null(0) > pl.col("now").fill_null(0)
        return Parting(first, tuple(here.filter(more)["what"]), tuple(here.filter(~more)["what"]))
    return None


def _names(results: Results) -> pl.DataFrame:
    import polars as pl

    return pl.concat(list(results.parts("trains", ["train", "name"])))


def _spans(results: Results) -> list[tuple[float, float]]:
    """Hours from and to, which follow each other; each has about as many events as fit."""
    rows = sum(part.height for name in EVENTS for part in results.parts(name, [EVENTS[name]]))
    inner = [results.horizon_h * i / (rows // TOGETHER + 1) for i in range(1, rows // TOGETHER + 1)]
    return list(pairwise([-math.inf, *inner, math.inf]))


def _events(
    results: Results, names: pl.DataFrame, begin: float, end: float, count: str
) -> pl.DataFrame:
    """How often each thing happened at each time in [begin, end), in a column of that name."""
    import polars as pl

    from sim.results.text import plain

    made = [pl.DataFrame(schema={"time_h": pl.Float64, "what": pl.String})]
    at = pl.format("{}/{}", "place", "activity")
    verbs = {"in_h": "asks for", "start_h": "begins", "end_h": "ends"}
    for part in results.parts("stages", ["train", "place", "activity", *verbs]):
        for column, verb in verbs.items():
            mine = part.filter((pl.col(column) >= begin) & (pl.col(column) < end))
            rows = plain(mine).join(names, on="train", how="left")
            what = pl.format("{} {} {}", "name", pl.lit(verb), at)
            made.append(rows.select(time_h=column, what=what))
    for part in results.parts("levels", ["series", "time_h", "level"]):
        mine = plain(part.filter((pl.col("time_h") >= begin) & (pl.col("time_h") < end)))
        made.append(mine.select("time_h", what=pl.format("{} becomes {}", "series", "level")))
    return pl.concat(made).group_by("time_h", "what").len(count)
