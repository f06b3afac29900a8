"""Pictures look as they did when somebody last looked at them."""

from __future__ import annotations

import polars as pl
import pytest

from sim.report import PICTURES, picture_bytes
from sim.results import Results
from tests.report import made
from tests.report.reference import DPI, FOLDER, TOLERANCE, drawn, moved


@pytest.mark.parametrize("what", list(PICTURES))
def test_a_picture_is_as_its_reference(what: str) -> None:
    far = moved(what, drawn(what))
    assert far <= TOLERANCE, (
        f"{what} moved by {far:.2f}: look at it, then `python -m tests.report.reference --approve`"
    )


def test_there_is_no_reference_of_a_picture_that_is_gone() -> None:
    assert {p.stem for p in FOLDER.glob("*.png")} == set(PICTURES)


def test_a_picture_that_shows_another_figure_is_told_from_its_reference() -> None:
    run = made.run()
    rows = run.containers.with_columns(
        pl.col("tonnes") * pl.when(pl.col("container") == 1).then(0.875).otherwise(1.0)
    )
    tables = {n: run.table(n) for n in ("trains", "stages", "waits", "levels", "equipment")}
    other = Results(containers=rows, **tables, meta=run.meta)
    image = picture_bytes("throughput", other, "png", subtitle="drawn by hand", dpi=DPI)
    assert moved("throughput", image) > TOLERANCE
