"""A run as a folder of files, written whole or not at all."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.results.errors import ResultsError
from sim.results.folders import taking_the_place_of
from sim.results.run import Results
from sim.results.tables import TABLES

if TYPE_CHECKING:
    from sim.results.kpi import Kpi, KpiSummary
    from sim.results.series import Weekly

FORMAT = 1
MARK = "steppe_run"
"""Key of the manifest by which a folder is known as one of ours."""
PICTURES = (".png", ".svg", ".pdf", ".html", ".xlsx")
"""What is made of a run and may be replaced with it: pictures, reports, replays, workbooks."""
WEEKLY = "weekly.parquet"
"""Weeks of all replications, where there were several; the tables are those of one."""


def write_run(
    results: Results,
    kpis: Mapping[str, Kpi | KpiSummary | Mapping[str, Any]],
    out_dir: str | Path,
    manifest: Mapping[str, Any],
    also: Callable[[Path], object] | None = None,
) -> Path:
    """Write a run into a folder, which is there afterwards as a whole or as it was before.

    Everything is written under a temporary name beside the target, then renamed.  A run that is
    already there is replaced, its pictures with it.  ``also`` is called with the folder before
    that, to add files such as pictures.  The same results give the same bytes in every file but
    for ``wall_s`` in manifest.json, which is taken from the manifest or from ``results.meta``.

    Returns:
        The folder.

    Raises:
        ResultsError: the target is a file, or a folder that is not ours to replace, or cannot be
            written.
    """
    from sim.results import parts

    with being_written(out_dir) as fresh:
        for name in TABLES:
            parts.write_table(results.coded(name), fresh / f"{name}.parquet")
        write_figures(results.meta, kpis, fresh, manifest)
        if also is not None:
            also(fresh)
    return check_replaceable(out_dir)


@contextmanager
def being_written(out_dir: str | Path) -> Iterator[Path]:
    """An empty folder, which takes the place of the target if all goes well, and else goes.

    Raises:
        ResultsError: the target is a file, or a folder that is not ours to replace, or cannot be
            written.
    """
    target = check_replaceable(out_dir)
    try:
        with taking_the_place_of(target) as fresh:
            yield fresh
    except OSError as error:
        raise ResultsError(
            f"{target}: cannot write a run here ({error.strerror}); choose another folder"
        ) from error


def read_run(directory: str | Path) -> Results:
    """The tables of a run that was written; those in parts are read when they are asked for.

    Raises:
        ResultsError: the folder is not a run, or a file is missing or damaged.
    """
    from sim.results import parts

    folder = Path(directory)
    manifest = read_manifest(folder)
    streamed = manifest.get("streamed")
    if streamed is not None:
        parts.check(folder, streamed.get("parts"))
        return Results.stored(folder, manifest["run"])
    tables = {}
    for name, table in TABLES.items():
        whole = parts.read_whole(folder, name)
        try:
            tables[name] = table.cast(whole)
        except ValueError as error:
            raise ResultsError(
                f"{folder / name}.parquet: is damaged ({_first_line(error)}); "
                "run the scenario again"
            ) from error
    return Results(**tables, meta=manifest["run"])


def read_manifest(directory: str | Path) -> dict[str, Any]:
    """The manifest of a run; ``run`` holds the results' meta.

    Raises:
        ResultsError: the folder is not a run, or its manifest is damaged.
    """
    folder = Path(directory)
    if not folder.is_dir():
        raise ResultsError(f"{folder}: there is no such folder; expected the folder of a run")
    path = folder / "manifest.json"
    if not path.is_file():
        raise ResultsError(
            f"{folder}: is not the folder of a run, it has no manifest.json; "
            "expected what `steppe run --out` wrote"
        )
    manifest = _read_json(path)
    if MARK not in manifest and (folder / "comparison.parquet").is_file():
        raise ResultsError(
            f"{folder}: is the folder of a comparison, which keeps no tables of its runs; run one "
            "of its scenarios alone, or ask for its report: steppe report " + str(folder)
        )
    if MARK not in manifest or not isinstance(manifest.get("run"), dict):
        raise ResultsError(f"{path}: is not the manifest of a run; run the scenario again")
    if manifest[MARK] != FORMAT:
        raise ResultsError(f"{path}: is of format {manifest[MARK]}, this version reads {FORMAT}")
    if "horizon_h" not in manifest["run"]:
        raise ResultsError(f"{path}: is damaged, run.horizon_h is missing; run the scenario again")
    return manifest


def read_kpis(directory: str | Path) -> dict[str, dict[str, Any]]:
    """The key figures of a run by name: value (or mean, half_width, n), unit, meaning.

    Raises:
        ResultsError: the folder is not a run, or the file is missing or damaged.
    """
    read_manifest(directory)
    return _read_json(Path(directory) / "kpis.json")


def is_run(directory: str | Path) -> bool:
    """Whether a folder says of itself that it holds a run."""
    return f'"{MARK}"' in _text(Path(directory) / "manifest.json")


def write_weekly(folder: Path, weekly: Sequence[Weekly]) -> None:
    """Add the weeks of all replications to the folder of a run."""
    import polars as pl

    frames = [
        one.frame.select(pl.lit(int(one.meta["replication"])).alias("replication"), pl.all())
        for one in weekly
    ]
    pl.concat(frames).write_parquet(folder / WEEKLY, compression="zstd")


def read_weekly(directory: str | Path) -> list[Weekly]:
    """The weeks of all replications; none where there was one run alone.

    Raises:
        ResultsError: the folder is not a run, or the file is damaged.
    """
    import polars as pl

    from sim.results.series import Weekly

    path = Path(directory) / WEEKLY
    meta = read_manifest(directory)["run"]
    if not path.is_file():
        return []
    try:
        frame = pl.read_parquet(path)
        return [
            Weekly({**meta, "replication": number}, rows.drop("replication")).told(
                meta.get("network")
            )
            for (number,), rows in frame.group_by("replication", maintain_order=True)
        ]
    except (OSError, KeyError, pl.exceptions.PolarsError) as error:
        raise ResultsError(
            f"{path}: is damaged ({_first_line(error)}); run the scenario again"
        ) from error


def write_figures(
    meta: Mapping[str, Any],
    kpis: Mapping[str, Kpi | KpiSummary | Mapping[str, Any]],
    folder: Path,
    manifest: Mapping[str, Any],
) -> None:
    """Write what goes with the tables of a run: key figures, and the manifest with its meta."""
    write_json(
        folder / "kpis.json",
        {n: asdict(k) if is_dataclass(k) else dict(k) for n, k in kpis.items()},
    )
    meta = dict(meta)
    wall = meta.pop("wall_s", None)
    write_json(
        folder / "manifest.json",
        {MARK: FORMAT, "wall_s": wall, **manifest, "run": meta},
    )


def check_replaceable(out_dir: str | Path) -> Path:
    """The absolute folder that a run may be written into, asked before the run as well.

    Raises:
        ResultsError: it is a file, or a folder that is not ours to replace.
    """
    target = Path(out_dir).absolute()
    if target.is_symlink():
        target = target.resolve()
    if not target.exists():
        return target
    if not target.is_dir():
        raise ResultsError(f"{target}: is a file; choose a folder to write the run into")
    inside = sorted(target.iterdir())
    if not inside:
        return target
    try:
        read_manifest(target)
    except ResultsError as error:
        if f'"{MARK}"' not in _text(target / "manifest.json"):
            raise ResultsError(
                f"{target}: is a folder with files in it that is not a run; "
                "choose another folder, or empty this one"
            ) from error
    ours = {"manifest.json", "kpis.json", WEEKLY, *(f"{name}.parquet" for name in TABLES)}
    others = [p.name for p in inside if p.name not in ours and p.suffix not in PICTURES]
    if others:
        raise ResultsError(
            f"{target}: holds a run and files that are not of it ({', '.join(others[:3])}); "
            "move these away, or choose another folder"
        )
    return target


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ResultsError(f"{path}: is missing; run the scenario again") from error
    except (OSError, ValueError) as error:
        raise ResultsError(
            f"{path}: is damaged ({_first_line(error)}); run the scenario again"
        ) from error
    if not isinstance(value, dict):
        raise ResultsError(f"{path}: is damaged (not a mapping); run the scenario again")
    return value


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a mapping as JSON, the same bytes for the same values."""
    text = json.dumps(_plain(value), indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _plain(value: Any) -> Any:
    """The value as JSON knows it: numpy's numbers as Python's, paths as text, no NaN."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return str(value)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
