"""Tonnes and containers in each day, week or month of a run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import polars as pl

from sim.results.tables import TABLES
from sim.results.text import holding

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.results.run import Results

Every = Literal["day", "week", "month"]
By = Literal["commodity", "crossing", "destination", "origin", "region"]


class Weekly:
    """What studies and pictures of many replications need of one run, in a kilobyte or two.

    ``frame`` has the columns begin_h, hours, offered_t, delivered_t, refused_t (never taken,
    because the elevator was full) and rejected_t (turned back by a laboratory), one row a week;
    ``meta`` what the pictures say of a run.  ``network`` is that of the runs' corridor where it was
    told; it is not kept with the weeks, as it would be many times their size.
    """

    __slots__ = ("_columns", "meta", "network")
    META = ("scenario", "title", "start", "horizon_h", "warmup_h", "seed", "replication", "train_t")
    _alike: ClassVar[dict[bytes, bytes]] = {}
    """Columns that many runs have in common: the weeks themselves, and nothing in any of them."""

    def __init__(self, meta: Mapping[str, Any], frame: pl.DataFrame) -> None:
        self.meta = {k: meta[k] for k in self.META if k in meta}
        self.network: Mapping[str, Any] | None = None
        self._columns = {c: frame[c].to_numpy().astype("<f8").tobytes() for c in frame.columns}
        for name, column in self._columns.items():
            if name in ("begin_h", "hours") or not any(column):
                self._columns[name] = self._alike.setdefault(column, column)

    @property
    def frame(self) -> pl.DataFrame:
        """The weeks, made anew at each call."""
        return pl.DataFrame({c: np.frombuffer(b, "<f8") for c, b in self._columns.items()})

    @property
    def warmup_h(self) -> float:
        """Time left out of the key figures at the beginning, hours."""
        return float(self.meta["warmup_h"])

    @property
    def horizon_h(self) -> float:
        """Length of the run, hours."""
        return float(self.meta["horizon_h"])

    @property
    def train_t(self) -> float:
        """Tonnes of exports on a full train of the largest service; 0 where that is not known."""
        return float(self.meta.get("train_t", 0.0))

    def told(self, network: Mapping[str, Any] | None) -> Weekly:
        """The same weeks, with ``meta["network"]`` of one of the runs that they are of."""
        self.network = network
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _weekly, (self.meta, self._columns)


def _weekly(meta: dict[str, Any], columns: dict[str, bytes]) -> Weekly:
    return Weekly(meta, pl.DataFrame({c: np.frombuffer(b, "<f8") for c, b in columns.items()}))


def weekly(results: Results) -> Weekly:
    """Exports offered, delivered, refused and rejected in each week of a run; part by part."""
    edges = np.asarray(periods(results, "week"))
    count = len(edges) - 1
    tonnes = {name: np.zeros(count) for name in _WEEKLY}
    columns = ["flow", "refused", "tonnes", *dict.fromkeys(m for m, _ in _WEEKLY.values())]
    heaviest = 0.0
    for part in results.parts("containers", columns):
        exports = part.filter(pl.Series(holding(part["flow"], "exports")))
        heaviest = max(heaviest, float(exports["tonnes"].max() or 0.0))  # type: ignore[arg-type]
        for name, (moment, refused) in _WEEKLY.items():
            rows = exports.filter("refused") if refused else exports
            rows = rows.filter(pl.col(moment) <= results.horizon_h)
            where = _within(edges, rows[moment])
            tonnes[name] += np.bincount(where, rows["tonnes"].to_numpy(), count)
    known = {"begin_h": edges[:-1], "hours": np.diff(edges), **tonnes}
    services = (results.meta.get("network") or {}).get("services", {}).values()
    train_t = heaviest * max((s["length"] for s in services), default=0)
    return Weekly({**results.meta, "train_t": train_t}, pl.DataFrame(known))


_WEEKLY = {
    "offered_t": ("ready_h", False),
    "delivered_t": ("delivered_h", False),
    "refused_t": ("ready_h", True),
    "rejected_t": ("rejected_h", False),
}
"""The moment that counts, and whether only what was refused does."""


def start_of(results: Results | Weekly) -> datetime:
    """Midnight UTC of the scenario's first day."""
    return datetime.fromisoformat(str(results.meta["start"])).replace(tzinfo=UTC)


def periods(results: Results, every: Every) -> list[float]:
    """Edges of the periods, hours; the last is the horizon, so the last period may be short.

    Days and weeks count from the start, months are the calendar's.

    Raises:
        ValueError: ``every`` is none of day, week, month.
    """
    end = results.horizon_h
    if every == "month":
        start = start_of(results)
        edges, year, month = [0.0], start.year, start.month
        while edges[-1] < end:
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
            hours = (datetime(year, month, 1, tzinfo=UTC) - start) / timedelta(hours=1)
            edges.append(min(hours, end))
        return edges
    if every not in ("day", "week"):
        raise ValueError(f"{every!r} is no period; expected day, week or month")
    step = 24.0 if every == "day" else 168.0
    return [*(float(t) for t in np.arange(0.0, end, step)), end]


def throughput(
    results: Results,
    every: Every = "week",
    by: By | None = None,
    flow: str | None = "exports",
    moment: str = "delivered_h",
    refused: bool | None = None,
) -> pl.DataFrame:
    """Tonnes and containers that reached a moment in each period, from the start of the run.

    Columns: ``period`` (its start, UTC), ``begin_h``, ``hours`` (its length; the last may be
    short), the column named by ``by`` if any, ``tonnes``, ``containers``.  Every period and group
    has a row, also one of nothing.  ``moment`` may be any time of the containers table: ready_h
    gives what is offered; ``refused`` takes only what was refused, or only what was not.

    Raises:
        ValueError: ``every``, ``by`` or ``moment`` is unknown.
    """
    if by is not None and by not in By.__args__:  # type: ignore[attr-defined]
        raise ValueError(f"{by!r} splits nothing; expected one of {', '.join(By.__args__)}")  # type: ignore[attr-defined]
    if moment not in TABLES["containers"].schema() or not moment.endswith("_h"):
        raise ValueError(f"{moment!r} is no time of containers; expected such as delivered_h")
    edges = np.asarray(periods(results, every))
    which = pl.lit(value=True)
    if flow is not None:
        which &= pl.col("flow") == flow
    if refused is not None:
        which &= pl.col("refused") == refused
    kept = [moment, "tonnes", *([by] if by else [])]
    rows = results.each(
        "containers",
        [*dict.fromkeys([*kept, "flow", "refused"])],
        lambda part: part.filter(which).select(kept),
    )
    groups = [] if by is None else sorted(rows[by].fill_null("none").unique().to_list())
    reached = rows.filter(pl.col(moment) <= results.horizon_h)
    where, count = _within(edges, reached[moment]), len(edges) - 1
    tonnes = reached["tonnes"].to_numpy()
    start = start_of(results)
    frames = []
    for group in groups if by is not None else [None]:
        mine = (
            np.full(len(where), True)
            if group is None
            else (reached[by or ""].fill_null("none") == group).to_numpy()
        )
        columns: dict[str, Any] = {
            "period": [start + timedelta(hours=float(t)) for t in edges[:-1]],
            "begin_h": edges[:-1],
            "hours": np.diff(edges),
            "tonnes": np.bincount(where[mine], tonnes[mine], count).astype(float),
            "containers": np.bincount(where[mine], minlength=count).astype(np.int64),
        }
        frames.append(pl.DataFrame(columns, schema_overrides=_PERIOD))
        if by is not None:
            frames[-1] = frames[-1].with_columns(pl.lit(group).alias(by))
    names = ["period", "begin_h", "hours", *([by] if by else []), "tonnes", "containers"]
    if not frames:
        return pl.DataFrame(schema={n: _ALL.get(n, pl.String) for n in names})
    return pl.concat(frames).select(names).sort("begin_h", maintain_order=True)


def _within(edges: NDArray[np.float64], times: pl.Series) -> NDArray[np.intp]:
    """The number of the period of each time; the horizon itself belongs to the last one."""
    return np.minimum(np.searchsorted(edges, times.to_numpy(), side="right"), len(edges) - 1) - 1


_PERIOD: dict[str, Any] = {"period": pl.Datetime("us", "UTC")}
_ALL: dict[str, Any] = {
    **_PERIOD,
    "begin_h": pl.Float64,
    "hours": pl.Float64,
    "tonnes": pl.Float64,
    "containers": pl.Int64,
}
