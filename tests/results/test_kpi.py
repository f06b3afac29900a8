"""Each key figure against hand-made tables whose answer is plain."""

from __future__ import annotations

import polars as pl
import pytest

from sim.results import KPIS, kpis
from sim.results.run import Results
from tests.results import builder
from tests.results.builder import containers, stages


def value(run: Results, name: str) -> float | None:
    return kpis(run)[name].value


def small() -> Results:
    """Warm-up to 100 h, horizon 1000 h; one container of each fate."""
    return builder.results(
        warmup_h=100.0,
        horizon_h=1000.0,
        containers_=containers(
            [
                # ready in the warm-up, delivered after it: throughput, no lead time
                {"ready_h": 50.0, "departed_h": 90.0, "delivered_h": 150.0, "tonnes": 1.0},
                {"ready_h": 200.0, "departed_h": 250.0, "delivered_h": 300.0, "tonnes": 2.0},
                {"ready_h": 300.0, "departed_h": 400.0, "delivered_h": 700.0, "tonnes": 4.0},
                {"ready_h": 900.0, "departed_h": 950.0, "tonnes": 8.0},
                {"ready_h": 400.0, "refused": True, "tonnes": 16.0},
                {"ready_h": 400.0, "flow": "imports", "delivered_h": 500.0, "tonnes": 32.0},
                # ready, departed and delivered in the warm-up
                {"ready_h": 10.0, "departed_h": 20.0, "delivered_h": 30.0, "tonnes": 64.0},
            ]
        ),
        waits={
            "container": [0, 1, 1, 2, 2, 3, 5],
            "stage": ["train"] * 7,
            "cause": [None, None, "no path", None, "no path", "no path", "no path"],
            "hours": [100.0, 40.0, 60.0, 100.0, 300.0, 50.0, 100.0],
        },
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("offered_t", 30.0),
        ("offered_containers", 4.0),
        ("shipped_t", 14.0),
        ("delivered_t", 7.0),
        ("delivered_containers", 3.0),
        ("refused_t", 16.0),
        ("fulfilment", 7.0 / 30.0),
        ("lead_time_mean_h", 250.0),
        ("lead_time_p50_h", 250.0),
        ("lead_time_p95_h", 385.0),
        ("undelivered_containers", 1.0),
        ("waiting_mean_h", 180.0),
        ("working_mean_h", 70.0),
        ("start_backlog_t", 1.0),
        ("peak_backlog_t", 8.0),
        ("end_backlog_t", 8.0),
    ],
)
def test_figure_of_the_small_run(name: str, expected: float) -> None:
    assert value(small(), name) == pytest.approx(expected)


def test_goods_are_conserved_between_the_backlogs() -> None:
    for run in (small(), builder.year(count=2000)):
        k = {name: kpi.value or 0.0 for name, kpi in kpis(run).items()}
        gone = k["delivered_t"] + k["refused_t"]
        assert k["start_backlog_t"] + k["offered_t"] - gone == pytest.approx(k["end_backlog_t"])


def test_waiting_and_working_make_up_the_lead_time() -> None:
    k = kpis(builder.year(count=2000))
    parts = (k["waiting_mean_h"].value or 0.0) + (k["working_mean_h"].value or 0.0)
    assert parts == pytest.approx(k["lead_time_mean_h"].value)


def test_trains_held_are_counted_after_the_warm_up_only() -> None:
    run = builder.results(
        warmup_h=100.0,
        horizon_h=200.0,
        stages_=stages(
            [
                (0, "a", "track", 10.0, 90.0, 95.0),
                (1, "a", "track", 10.0, 90.0, 95.0),
                (2, "a", "track", 50.0, 150.0, 160.0),
                (3, "b", "acceptance", 150.0, None, None),
                (4, "b", "customs", 100.0, 200.0, None),
            ]
        ),
    )
    assert value(run, "trains_held_max") == 1.0
    assert value(run, "trains_held_mean") == pytest.approx(1.0)


def test_trains_are_those_of_the_services_that_take_exports() -> None:
    def train(number: int, service: str, departed: float | None, boxes: int) -> dict[str, object]:
        return {
            "train": number, "name": f"{service}/{number}", "service": service,
            "kind": "background" if service == "ore" else "service", "train_class": "container",
            "boxes": boxes, "slots": 50, "formed_h": 0.0, "departed_h": departed,
            "ended_h": None, "outcome": "running",
        }  # fmt: skip

    run = builder.results(
        warmup_h=100.0,
        containers_=containers([{"ready_h": 110.0, "first_train": 1}]),
        trains=pl.DataFrame(
            [
                train(0, "east", 50.0, 50),  # in the warm-up
                train(1, "east", 150.0, 40),
                train(2, "east", 200.0, 0),  # left empty, and counts
                train(3, "east", None, 10),  # not left
                train(4, "west", 150.0, 50),
                train(5, "ore", 150.0, 50),
            ]
        ),
    )
    assert value(run, "trains_departed") == 2.0
    assert value(run, "slot_fill") == pytest.approx(0.4)


def test_an_empty_run_has_every_figure_and_no_invented_one() -> None:
    k = kpis(builder.results())
    assert list(k) == list(KPIS)
    assert k["delivered_t"].value == 0.0
    assert k["trains_held_max"].value == 0.0
    for name in ("lead_time_mean_h", "lead_time_p95_h", "fulfilment", "slot_fill"):
        assert k[name].value is None


def test_every_figure_has_unit_and_meaning() -> None:
    assert all(d.unit and d.meaning and d.better in ("up", "down", "") for d in KPIS.values())
