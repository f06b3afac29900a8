"""A run made again from its folder, and whether it is the same to the byte."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from sim.results import Results
    from sim.study.api import Run

PICTURES = (".png", ".svg", ".pdf")


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
    done: Callable[[], None] = lambda: None,
    expect: Callable[[int], None] = lambda n: None,
) -> Reproduced:
    """Run again what a folder holds, all its replications, and hold every file against it.

    Nothing is taken from a store, and the folder is left as it is.

    Raises:
        ResultsError: the folder is no run, or was written by a version that this one cannot read.
        ScenarioError: its scenario is none for this version.
        RuntimeError: no replication ended.
    """
    from sim.results import ResultsError, read_manifest, read_run
    from sim.scenario import Scenario
    from sim.study.api import run
    from sim.study.engine import using

    folder = Path(folder)
    manifest = read_manifest(folder)
    if "streamed" in manifest:
        raise ResultsError(
            f"{folder}: its tables were written while it ran, and are not compared; run it again "
            f"into another folder: {manifest.get('command', 'steppe run --stream')}"
        )
    before = read_run(folder)
    scenario = Scenario.from_resolved(manifest["scenario"], manifest["scenario_name"])
    count = int(manifest["replications"])
    expect(count)
    with using(None):
        again = run(
            scenario,
            count,
            int(manifest["seed"]),
            jobs=jobs,
            done=done,
            steady=manifest.get("steady") is not None,
        )
    files = _files(folder, again)
    then = manifest.get("traces", [])
    traces = tuple(
        outcome.replication
        for outcome, trace in zip(again.replications.outcomes, then, strict=False)
        if outcome.trace != trace
    )
    parting = None
    if not all(files.values()) or traces:
        parting = first_difference(before, again.results)
    return Reproduced(folder, count, files, traces, _versions(manifest, again.manifest()), parting)


def _files(folder: Path, again: Run) -> dict[str, bool]:
    """Whether each file that a run is made of has the same bytes; the manifest is told apart."""
    with tempfile.TemporaryDirectory() as made:
        fresh = again.save(Path(made) / folder.name)
        found = {}
        for path in sorted(fresh.iterdir()):
            if path.name == "manifest.json" or path.suffix in PICTURES:
                continue
            old = folder / path.name
            found[path.name] = old.is_file() and old.read_bytes() == path.read_bytes()
        return found


def _versions(then: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    both = [{"model": m.get("model", "unknown"), **m.get("versions", {})} for m in (then, now)]
    return {
        name: (str(both[0].get(name)), str(both[1].get(name)))
        for name in dict.fromkeys((*both[0], *both[1]))
        if both[0].get(name) != both[1].get(name)
    }


def first_difference(then: Results, now: Results) -> Parting | None:
    """The earliest event that only one of two runs has; None if they have the same ones.

    Events are what trains ask for, begin and end, and changes of stocks and queues.
    """
    import polars as pl

    left, right = _events(then, "then"), _events(now, "now")
    counts = left.join(right, on=("time_h", "what"), how="full", coalesce=True)
    apart = counts.filter(pl.col("then").fill_null(0) != pl.col("now").fill_null(0))
    if apart.is_empty():
        return None
    first = float(apart["time_h"].min())  # type: ignore[arg-type]
    here = apart.filter(pl.col("time_h") == first).sort("what")
    more = pl.col("then").fill_null(0) > pl.col("now").fill_null(0)
    return Parting(first, tuple(here.filter(more)["what"]), tuple(here.filter(~more)["what"]))


def _events(results: Results, name: str) -> pl.DataFrame:
    """How often each thing happened at each time, in a column of that name."""
    import polars as pl

    trains = results.trains.select("train", "name")
    stages = results.stages.join(trains, on="train", how="left")
    at = pl.format("{}/{}", "place", "activity")
    parts = [
        stages.filter(pl.col(column).is_not_null()).select(
            pl.col(column).alias("time_h"),
            pl.format("{} {} {}", "name", pl.lit(verb), at).alias("what"),
        )
        for column, verb in (("in_h", "asks for"), ("start_h", "begins"), ("end_h", "ends"))
    ]
    parts.append(
        results.levels.select("time_h", pl.format("{} becomes {}", "series", "level").alias("what"))
    )
    return pl.concat(parts).group_by("time_h", "what").len(name)
