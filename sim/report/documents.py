"""``steppe report``: the folder of a run, a comparison or a study as one HTML file."""

from __future__ import annotations

from pathlib import Path

from sim.report.brief import comparison_brief, run_brief
from sim.report.comparison_report import comparison_page
from sim.report.page import render
from sim.report.run_report import run_page
from sim.report.study_report import study_page
from sim.results.errors import ResultsError
from sim.results.store import is_run


def report(folder: str | Path, brief: bool = False) -> str:
    """The report of a folder as HTML that needs no network; the same folder gives the same text.

    A brief is one printed page, of a run or a comparison.

    Raises:
        ResultsError: the folder is none of ours, or a file in it is missing or damaged.
    """
    path = Path(folder)
    if not path.is_dir():
        raise ResultsError(f"{path}: there is no such folder; expected what `steppe run` wrote")
    if is_run(path):
        return render(run_brief(path) if brief else run_page(path))
    if (path / "comparison.parquet").is_file():
        return render(comparison_brief(path) if brief else comparison_page(path))
    page = study_page(path)
    if brief:
        raise ResultsError(
            f"{path}: is the folder of a study; a brief is of a run or a comparison. Its report: "
            f"steppe report {path}"
        )
    return render(page)


def write_report(folder: str | Path, out: str | Path | None = None, brief: bool = False) -> Path:
    """Write the report into a file, whole or not at all; beside the tables if none is named.

    Raises:
        ResultsError: as ``report``, or the file cannot be written or is to be no page.
    """
    usual = Path(folder) / ("brief.html" if brief else "report.html")
    target = Path(out) if out is not None else usual
    if target.suffix.lower() not in (".html", ".htm"):
        raise ResultsError(
            f"{target}: a report is a page in HTML; expected a name that ends in .html (a browser "
            "prints it into a PDF)"
        )
    text = report(folder, brief)
    fresh = target.with_name(f".{target.name}.writing")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(target)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise ResultsError(f"{target}: cannot be written ({error.strerror})") from error
    return target
