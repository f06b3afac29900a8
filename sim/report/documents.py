"""``steppe report``: the folder of a run, a comparison or a study as one HTML file."""

from __future__ import annotations

from pathlib import Path

from sim.report.comparison_report import comparison_page
from sim.report.page import render
from sim.report.run_report import run_page
from sim.report.study_report import study_page
from sim.results.errors import ResultsError
from sim.results.store import is_run


def report(folder: str | Path) -> str:
    """The report of a folder as HTML that needs no network; the same folder gives the same text.

    Raises:
        ResultsError: the folder is none of ours, or a file in it is missing or damaged.
    """
    path = Path(folder)
    if not path.is_dir():
        raise ResultsError(f"{path}: there is no such folder; expected what `steppe run` wrote")
    if is_run(path):
        return render(run_page(path))
    if (path / "comparison.parquet").is_file():
        return render(comparison_page(path))
    return render(study_page(path))


def write_report(folder: str | Path, out: str | Path | None = None) -> Path:
    """Write the report into a file, whole or not at all; beside the tables if none is named.

    Raises:
        ResultsError: as ``report``, or the file cannot be written.
    """
    text = report(folder)
    target = Path(out) if out is not None else Path(folder) / "report.html"
    fresh = target.with_name(f".{target.name}.writing")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(target)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise ResultsError(f"{target}: cannot be written ({error.strerror})") from error
    return target
