"""Runs that were written, as one page that needs nothing else."""

from __future__ import annotations

import html
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.report.replay.layout import layout
from sim.report.replay.movements import minute, movements
from sim.report.replay.pack import text
from sim.report.replay.stocks import stocks, totals
from sim.results.errors import ResultsError
from sim.results.series import start_of

if TYPE_CHECKING:
    from sim.results.run import Results

HERE = Path(__file__).parent
SCRIPTS = ("data", "view", "draw", "card", "clock", "main")
MOST_RUNS = 2
# the railways' own clocks, beside UTC
CLOCKS = (("Almaty", "Asia/Almaty"), ("Beijing", "Asia/Shanghai"))


def replay(
    folders: Sequence[str | Path],
    out: str | Path | None = None,
    done: Callable[[], None] = lambda: None,
) -> Path:
    """Write the replay of a run, or of two on one clock, as one HTML file.

    Args:
        folders: of one run or two, as `steppe run` writes them.
        out: the file; ``replay.html`` in the first folder if None.
        done: called after each run.

    Returns:
        The file, which is there afterwards as a whole or as it was before.

    Raises:
        ResultsError: a folder is not a run or of an older version, or the file cannot be written.
    """
    if not 1 <= len(folders) <= MOST_RUNS:
        raise ResultsError(f"a replay shows one run or two, not {len(folders)}")
    target = Path(out) if out is not None else Path(folders[0]) / "replay.html"
    if target.is_dir():
        raise ResultsError(f"{target}: is a folder; expected a file such as {target}/replay.html")
    runs = []
    for folder in folders:
        runs.append(_run(Path(folder)))
        done()
    fresh = target.with_name(f".{target.name}.writing-{os.getpid()}")
    try:
        try:
            fresh.write_text(_page(runs), encoding="utf-8")
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        raise ResultsError(f"{target}: cannot be written ({error.strerror})") from error
    return target


def _page(runs: list[dict[str, Any]]) -> str:
    title = " against ".join(r["title"] for r in runs)
    data = json.dumps({"clocks": CLOCKS, "runs": runs}, ensure_ascii=False, allow_nan=False)
    parts = {
        "title": html.escape(title, quote=False),
        "style": (HERE / "replay.css").read_text(encoding="utf-8"),
        "data": data.replace("<", "\\u003c"),  # nothing in it can end the script element
        "script": "\n".join((HERE / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS),
    }
    page = (HERE / "page.html").read_text(encoding="utf-8")
    head, *pieces = page.split("{{")
    for piece in pieces:
        name, rest = piece.split("}}", 1)
        head += parts[name] + rest
    return head


def _run(folder: Path) -> dict[str, Any]:
    from sim.results import read_kpis, read_manifest, read_run

    results = read_run(folder)
    if "network" not in results.meta:
        raise ResultsError(
            f"{folder}: was written by an older version, which left the stations' places out; "
            "run the scenario again"
        )
    return _packed(results, read_kpis(folder), int(read_manifest(folder).get("replications", 1)))


def _packed(results: Results, kpis: dict[str, Any], replications: int) -> dict[str, Any]:
    meta, network = results.meta, results.meta["network"]
    placed = layout(network)
    moves, stock, total = movements(results), stocks(results), totals(results)
    return {
        "name": meta["scenario"],
        "title": meta["title"] or meta["scenario"],
        "start": int(start_of(results).timestamp() // 60),
        "end": minute(results.horizon_h),
        "seed": meta["seed"],
        "replication": meta["replication"],
        "replications": replications,
        "deadlock": (meta.get("deadlock") or {}).get("sentence"),
        "kpis": [{"name": name, **kpi} for name, kpi in kpis.items()],
        "stations": [
            {
                "name": name,
                "title": station["title"],
                "along": placed.along[name],
                "across": placed.across[name],
            }
            for name, station in network["stations"].items()
        ],
        "lines": [{"name": name, **line} for name, line in network["lines"].items()],
        "disruptions": [
            {**d, "begin": minute(d["begin_h"]), "end": minute(d["end_h"])}
            for d in network["disruptions"]
        ],
        "changes": [
            {
                "path": c["path"],
                "minute": minute(c["time_h"]),
                "before": c["before"],
                "after": c["after"],
            }
            for c in network.get("changes", ())
        ],
        "closed": {
            on: [minute(t) for period in calendar["closed"] for t in period]
            for calendar in network["calendars"].values()
            for on in calendar["on"]
        },
        "services": moves.services,
        "kinds": moves.kinds,
        "trains": moves.trains,
        "moves": text(moves.data),
        "stocks": stock.made,
        "levels": text(stock.data),
        "hours": total.hours,
        "most": total.most,
        "totals": text(total.data),
    }
