"""Series and tables derived from a run."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from sim.results import delay_by_cause, kpis, stage_use, throughput
from sim.results.series import weekly
from sim.results.waited import lead_time_by_stage
from tests.results import builder
from tests.results.builder import containers, stages


def test_weeks_count_from_the_start_and_the_last_may_be_short() -> None:
    run = builder.results(
        horizon_h=400.0,
        containers_=containers(
            [
                {"ready_h": 0.0, "delivered_h": 167.9, "tonnes": 1.0},
                {"ready_h": 0.0, "delivered_h": 168.0, "tonnes": 2.0},
                {"ready_h": 0.0, "delivered_h": 400.0, "tonnes": 4.0},
                {"ready_h": 0.0, "tonnes": 8.0},
            ]
        ),
    )
    weeks = throughput(run)
    assert weeks["tonnes"].to_list() == [1.0, 2.0, 4.0]
    assert weeks["containers"].to_list() == [1, 1, 1]
    assert weeks["hours"].to_list() == [168.0, 168.0, 64.0]
    assert weeks["period"][1] == datetime(2023, 9, 8, tzinfo=UTC)
    assert throughput(run, moment="ready_h")["tonnes"].to_list() == [15.0, 0.0, 0.0]


def test_weeks_of_many_replications_hold_what_each_run_has_in_them() -> None:
    run = builder.results(
        horizon_h=400.0,
        containers_=containers(
            [
                {"ready_h": 0.0, "delivered_h": 168.0, "tonnes": 1.0},
                {"ready_h": 168.0, "delivered_h": 400.0, "tonnes": 2.0},
                {"ready_h": 400.0, "tonnes": 4.0},
                {"ready_h": 170.0, "refused": True, "tonnes": 8.0},
                {"ready_h": 0.0, "delivered_h": 1.0, "flow": "imports", "tonnes": 16.0},
            ]
        ),
    )
    weeks = weekly(run).frame
    assert weeks["offered_t"].to_list() == [1.0, 10.0, 4.0]
    assert weeks["delivered_t"].to_list() == [0.0, 1.0, 2.0]  # the horizon is of the last week
    assert weeks["refused_t"].to_list() == [0.0, 8.0, 0.0]
    assert weeks["delivered_t"].to_list() == throughput(run)["tonnes"].to_list()
    assert weeks["offered_t"].to_list() == throughput(run, moment="ready_h")["tonnes"].to_list()


def test_months_are_the_calendars() -> None:
    months = throughput(builder.results(start="2023-11-15", horizon_h=60 * 24.0), "month")
    assert [p.date().isoformat() for p in months["period"]] == [
        "2023-11-15", "2023-12-01", "2024-01-01",
    ]  # fmt: skip
    assert months["hours"].to_list() == [16 * 24.0, 31 * 24.0, 13 * 24.0]


@pytest.mark.parametrize("every", ["day", "week", "month"])
@pytest.mark.parametrize("by", ["commodity", "crossing", "destination"])
def test_the_parts_of_a_split_add_up(every: str, by: str) -> None:
    run = builder.year(count=2000, warmup_h=0.0)
    whole = throughput(run, every)  # type: ignore[arg-type]
    parts = throughput(run, every, by=by)  # type: ignore[arg-type]
    assert parts.height == whole.height * parts[by].n_unique()
    added = parts.group_by("begin_h").agg(pl.col("tonnes", "containers").sum()).sort("begin_h")
    assert added["tonnes"].to_list() == pytest.approx(whole["tonnes"].to_list())
    assert added["containers"].to_list() == whole["containers"].to_list()
    assert whole["tonnes"].sum() == pytest.approx(kpis(run)["delivered_t"].value)


def test_a_container_without_crossing_is_not_lost_from_the_split() -> None:
    run = builder.results(
        containers_=containers([{"ready_h": 0.0, "delivered_h": 1.0, "crossing": None}])
    )
    assert throughput(run, by="crossing")["crossing"].unique().to_list() == ["none"]


def test_unknown_words_are_refused() -> None:
    run = builder.results()
    with pytest.raises(ValueError, match="'year' is no period"):
        throughput(run, "year")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'colour' splits nothing"):
        throughput(run, by="colour")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'tonnes' is no time"):
        throughput(run, moment="tonnes")


def test_delays_are_hours_of_exports_after_the_warm_up_by_cause() -> None:
    run = builder.results(
        warmup_h=100.0,
        containers_=containers(
            [
                {"ready_h": 50.0},
                {"ready_h": 150.0, "delivered_h": 300.0},
                {"ready_h": 150.0},
                {"ready_h": 150.0, "flow": "imports"},
            ]
        ),
        waits={
            "container": [0, 1, 1, 2, 3, 1],
            "stage": ["border", "border", "train", "border", "border", "border"],
            "cause": ["quota", "quota", "path", "quota", "quota", None],
            "hours": [1.0, 2.0, 4.0, 10.0, 100.0, 1000.0],
        },
    )
    delays = delay_by_cause(run)
    assert delays.select("stage", "cause", "hours", "containers").rows() == [
        ("border", "quota", 12.0, 2),
        ("train", "path", 4.0, 1),
    ]
    assert delays["share"].to_list() == [0.75, 0.25]
    assert delays["mean_h"].to_list() == [6.0, 2.0]
    assert delay_by_cause(run, delivered_only=True)["hours"].to_list() == [4.0, 2.0]


def test_lead_time_by_stage_adds_up_to_the_lead_time() -> None:
    run = builder.year(count=2000)
    stages_ = lead_time_by_stage(run)
    total = stages_["waiting_h"].sum() + stages_["working_h"].sum()
    assert total == pytest.approx(kpis(run)["lead_time_mean_h"].value)
    assert stages_["stage"].to_list()[0] == "stuffing"


def test_use_of_a_stage() -> None:
    run = builder.results(
        warmup_h=100.0,
        horizon_h=200.0,
        resources=[{"name": "a/customs", "place": "a", "activity": "customs", "busy": 0.5}],
        stages_=stages(
            [
                (0, "a", "customs", 80.0, 90.0, 110.0),  # asked before the window
                (1, "a", "customs", 100.0, 100.0, 130.0),
                (2, "a", "customs", 110.0, 130.0, None),  # at work to the horizon
                (3, "a", "customs", 150.0, None, None),
                (4, "b", "run", 150.0, 150.0, 160.0),
            ]
        ),
    )
    customs, line = stage_use(run).to_dicts()
    assert customs["trains"] == 3
    assert customs["waiting"] == 1
    assert customs["mean_wait_h"] == pytest.approx(10.0)
    assert customs["busy"] == 0.5
    assert line["busy"] is None
