"""``steppe export``: the folder of a run, a comparison or a study as a workbook for Excel."""

from __future__ import annotations

import re
from datetime import datetime
from importlib import import_module
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any

import polars as pl

from sim.report.comparison_report import comparison_page
from sim.report.page import Page
from sim.report.run_report import run_page
from sim.report.sheets import (
    Chart,
    LeftOut,
    Sheet,
    evidence_of,
    meanings,
    of_page,
    of_study,
    rows_of,
    weeks_of,
)
from sim.report.study_report import study_page, tables_of
from sim.results.errors import ResultsError
from sim.results.store import is_run

MADE = datetime(2000, 1, 1)
"""When a workbook says that it was made: always then, so that the same folder gives the same."""
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
"""What begins with = is a title that somebody wrote, and no formula."""
LONGEST = 31
"""Letters in the name of a sheet, as Excel has it."""
COLOURS = ("#2a6f97", "#c1121f", "#7f7f7f", "#e09f3e", "#5f0f40", "#6a994e")
AXES: dict[str, dict[str, Any]] = {
    "dates": {"num_format": "d mmm yy", "interval_unit": 4},
    "factors": {"num_format": "0.0##"},
}
HIGH = 340
"""Pixels of a chart, of which a row of cells has 20."""
ROOM = 2_000
"""Rows that are looked at for the width of a column."""


def write_workbook(folder: str | Path, out: str | Path | None = None) -> tuple[Path, list[LeftOut]]:
    """Write the workbook, whole or not at all; ``<folder>/workbook.xlsx`` if no file is named.

    Returns:
        The file, and the tables that have too many rows for it.

    Raises:
        ResultsError: the folder is none of ours or damaged, the file cannot be written or is to
            be no workbook, or XlsxWriter is not installed.
    """
    path = Path(folder)
    target = Path(out) if out is not None else path / "workbook.xlsx"
    if target.suffix.lower() != ".xlsx":
        raise ResultsError(f"{target}: a workbook is written as .xlsx; expected such a name")
    if not path.is_dir():
        raise ResultsError(f"{path}: there is no such folder; expected what `steppe run` wrote")
    writer = _writer()
    page, made = _content(path)
    sheets = [sheet for sheet in made if isinstance(sheet, Sheet)]
    left_out = [sheet for sheet in made if isinstance(sheet, LeftOut)]
    stream = BytesIO()
    with writer.Workbook(stream, OPTIONS) as book:
        book.set_properties({"title": page.title, "created": MADE})
        _write(book, page, sheets, left_out)
    fresh = target.with_name(f".{target.name}.writing")
    try:
        fresh.write_bytes(stream.getvalue())
        fresh.replace(target)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise ResultsError(f"{target}: cannot be written ({error.strerror})") from error
    return target, left_out


def _writer() -> Any:
    try:
        return import_module("xlsxwriter")
    except ModuleNotFoundError:
        raise ResultsError(
            "XlsxWriter is not installed; install it with `pip install 'steppe[excel]'`"
        ) from None


def _content(folder: Path) -> tuple[Page, list[Sheet | LeftOut]]:
    if is_run(folder):
        page = run_page(folder, pictures=False)
        figures, *tables = of_page(page)
        rows = list(rows_of(folder))
        said = meanings([sheet.name for sheet in rows])
        return page, [figures, *weeks_of(folder), *tables, *rows, said, *evidence_of(page)]
    compared = (folder / "comparison.parquet").is_file()
    page = comparison_page(folder) if compared else study_page(folder)
    return page, [*of_study(tables_of(folder)), *evidence_of(page)]


def _write(book: Any, page: Page, sheets: list[Sheet], left_out: list[LeftOut]) -> None:
    names = _names([sheet.name for sheet in sheets])
    _summary(book, page, list(zip(names, sheets, strict=True)), left_out)
    for name, sheet in zip(names, sheets, strict=True):
        _table(book, name, sheet)


def _names(wanted: list[str]) -> list[str]:
    """Names as Excel allows them, each once."""
    made: list[str] = []
    known = {"summary"}
    for text in wanted:
        plain = re.sub(r"[\[\]:*?/\\']", " ", text).strip()[:LONGEST].strip() or "Table"
        name, number = plain, 2
        while name.lower() in known:
            end = f" {number}"
            name, number = plain[: LONGEST - len(end)] + end, number + 1
        known.add(name.lower())
        made.append(name)
    return made


def _summary(
    book: Any, page: Page, sheets: list[tuple[str, Sheet]], left_out: list[LeftOut]
) -> None:
    """What was asked, what is answered, how it was made, and what the other sheets hold."""
    sheet = book.add_worksheet("Summary")
    title = book.add_format({"bold": True, "font_size": 15})
    head = book.add_format({"bold": True})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    link = book.get_default_url_format()
    sheet.hide_gridlines(2)
    _printed(sheet)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 110)
    row = 0

    def line(left: str, right: str, left_format: Any = head) -> None:
        nonlocal row
        sheet.write_string(row, 0, left, left_format)
        sheet.write_string(row, 1, right, text)
        # Excel does not make rows higher by itself where a program wrote them.
        sheet.set_row(row, 15 * max(-(-len(right) // 115), 1))
        row += 1

    sheet.write_string(0, 0, page.title, title)
    row = 1
    line("", page.kind)
    for left, right in (("question", page.question), ("made by", page.command)):
        if right:
            line(left, right)
    row += 1
    for number, answer in enumerate(page.answer):
        line("" if number else "answer", answer.replace("`", ""))
    for warning in page.warnings:
        line("warning", warning)
    row += 1
    for name, value in page.facts[:-1]:
        line(name, value)
    row += 1
    for number, (name, one) in enumerate(sheets):
        line("" if number else "sheets", "")
        row -= 1
        sheet.write_url(row, 1, f"internal:'{name}'!A1", link, _said(name, one))
        row += 1
    for table in left_out:
        line(
            "not here",
            f"{table.name}: {table.rows:,} rows are more than a sheet of Excel takes; "
            f"they are in {table.name}.parquet",
        )
    sheet.activate()


def _said(name: str, sheet: Sheet) -> str:
    return f"{name}: {sheet.about}" if sheet.about else name


def _table(book: Any, name: str, sheet: Sheet) -> None:
    """A table that Excel can sort and filter, its chart beside it."""
    frame = _as_excel_has_it(sheet.frame)
    formats: Any = {
        pl.Float64: "#,##0.###",
        pl.Float32: "#,##0.###",
        pl.Datetime: "yyyy-mm-dd hh:mm",
        pl.Date: "yyyy-mm-dd",
    }
    if not frame.height:
        book.add_worksheet(name).write_row(0, 0, frame.columns)
        return
    frame.write_excel(
        book,
        name,
        dtype_formats=formats,
        table_style="Table Style Light 1",
        column_widths={column: _width(frame[column]) for column in frame.columns},
        freeze_panes=(1, 1),
    )
    _printed(book.get_worksheet_by_name(name))
    for number, chart in enumerate(sheet.charts):
        made = _chart(book, name, frame, chart)
        place = 1 + number * (HIGH // 20 + 2)
        book.get_worksheet_by_name(name).insert_chart(place, len(frame.columns) + 1, made)


def _as_excel_has_it(frame: pl.DataFrame) -> pl.DataFrame:
    """Without zones, and with nothing where a figure is not finite."""
    return frame.with_columns(
        pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name)
        if kind.is_float()
        else pl.col(name).dt.replace_time_zone(None)
        for name, kind in frame.schema.items()
        if kind.is_float() or isinstance(kind, pl.Datetime)
    )


def _printed(sheet: Any) -> None:
    """As wide as a page across, with the head on each."""
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _width(column: pl.Series) -> int:
    """Pixels for the longest of the first texts, or for a date or the largest figure."""
    longest = len(column.name) + 3
    if column.dtype == pl.String:
        longest = max(longest, int(column.head(ROOM).str.len_chars().max() or 0))  # type: ignore[arg-type]
    elif column.dtype.is_temporal():
        longest = max(longest, 16)
    elif column.dtype.is_float() and column.count():
        longest = max(longest, len(f"{float(column.abs().max()):,.3f}"))  # type: ignore[arg-type]
    return 7 * min(max(longest, 9), 70) + 6


def _chart(book: Any, name: str, frame: pl.DataFrame, chart: Chart) -> Any:
    """Drawn by Excel itself, from the cells of the sheet."""
    kinds = [("column", "fill", chart.bars), ("line", "line", chart.lines)]
    made, colours = [], cycle(COLOURS)
    for kind, look, columns in kinds:
        if not columns:
            continue
        one = book.add_chart({"type": kind})
        for column in columns:
            place = frame.columns.index(column)
            one.add_series(
                {
                    "name": [name, 0, place],
                    "categories": [name, 1, 0, chart.rows, 0],
                    "values": [name, 1, place, chart.rows, place],
                    look: {"color": next(colours)},
                }
            )
        made.append(one)
    first = made[0]
    for other in made[1:]:
        first.combine(other)
    first.set_title({"name": chart.title, "name_font": {"size": 11}})
    # Words, as bars on an axis of dates are a day wide.
    first.set_x_axis({"text_axis": True, **AXES[chart.over]})
    first.set_y_axis({"name": chart.unit, "num_format": "#,##0"})
    several = len(chart.bars) + len(chart.lines) > 1
    first.set_legend({"position": "top"} if several else {"none": True})
    first.set_size({"width": 900, "height": HIGH})
    return first
