"""Tables keep their columns, are built once, and travel to other processes."""

from __future__ import annotations

import pickle

import numpy as np
import polars as pl
import pytest

from sim.results.run import Results
from sim.results.tables import CONTAINERS, STAGES, TABLES, TRAINS
from tests.results import builder


def test_a_frame_gets_the_fixed_columns_and_types() -> None:
    frame = CONTAINERS.cast(builder.containers([{"ready_h": 1}]))
    assert dict(frame.schema) == CONTAINERS.schema()


def test_times_never_reached_are_null() -> None:
    rows = [(0, "a", "track", 0.0, np.inf, np.nan)]
    frame = STAGES.cast(builder.stages(rows))
    assert frame["start_h"].to_list() == [None]
    assert frame["end_h"].to_list() == [None]


def test_categories_become_text_so_that_files_do_not_depend_on_what_was_seen_before() -> None:
    frame = STAGES.cast(builder.stages([(0, "a", "track", 0.0, 1.0, 2.0)]))
    again = STAGES.cast(frame.with_columns(pl.col("place").cast(pl.Categorical)))
    assert again.equals(frame)
    assert again.schema["place"] == pl.String


def test_a_missing_and_an_unknown_column_are_both_named() -> None:
    frame = STAGES.empty().drop("cause").with_columns(pl.lit(1).alias("why"))
    with pytest.raises(ValueError, match="lacks cause and has unknown why"):
        STAGES.cast(frame)


def test_what_a_column_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="table stages"):
        STAGES.cast(builder.stages([("first", "a", "track", 0.0, 1.0, 2.0)]))


def test_optional_columns_are_filled() -> None:
    frame = TRAINS.cast(TRAINS.empty().drop("slots"))
    assert frame.schema["slots"] == pl.Int32


def test_a_table_is_built_on_first_use_and_once() -> None:
    calls = []

    def build() -> pl.DataFrame:
        calls.append(1)
        return CONTAINERS.empty()

    run = builder.results(containers_=build)
    assert not calls
    assert run.containers is run.containers
    assert len(calls) == 1


def test_results_cannot_be_changed() -> None:
    with pytest.raises(AttributeError, match="cannot be changed"):
        builder.results().meta = {}


def test_results_with_functions_as_tables_can_be_pickled() -> None:
    run = builder.results(containers_=lambda: builder.containers([{"ready_h": 2.0}]))
    again = pickle.loads(pickle.dumps(run))
    assert isinstance(again, Results)
    assert again.meta == run.meta
    assert all(again.table(name).equals(run.table(name)) for name in TABLES)


def test_every_column_says_what_it_means() -> None:
    assert all(c.meaning for t in TABLES.values() for c in t.columns)
    hours = [c for t in TABLES.values() for c in t.columns if c.name.endswith("_h")]
    assert all(c.unit == "h" and c.kind == "f64" for c in hours)
