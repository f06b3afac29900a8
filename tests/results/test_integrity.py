"""Each impossible thing is found, and a run that is in order has none."""

from __future__ import annotations

from typing import Any

import pytest

from sim.results.integrity import impossible, unaccounted
from tests.results import builder

WHOLE: dict[str, Any] = {
    "ready_h": 1.0,
    "stuffed_h": 2.0,
    "departed_h": 3.0,
    "border_in_h": 4.0,
    "border_out_h": 5.0,
    "arrived_h": 6.0,
    "delivered_h": 7.0,
}


def found(hours: float = 6.0, **changes: Any) -> list[str]:
    boxes = builder.containers([{**WHOLE, **changes}])
    waits = {"container": [0], "stage": ["all"], "cause": [None], "hours": [hours]}
    return impossible(builder.results(horizon_h=100.0, containers_=boxes, waits=waits))


def test_runs_in_order_have_nothing() -> None:
    assert found() == []
    assert found(border_in_h=None, border_out_h=None) == []
    assert impossible(builder.results()) == []
    assert impossible(builder.year(count=500)) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"arrived_h": 8.0}, "container 0: delivered_h is before what comes first"),
        ({"border_out_h": 3.5}, "container 0: border_out_h is before what comes first"),
        ({"arrived_h": None}, "container 0: delivered_h without arrived_h"),
        ({"border_in_h": None}, "container 0: border_out_h without border_in_h"),
        ({"refused": True}, "container 0: is refused and moved"),
        ({"ready_h": None}, "container 0: was never ready"),
        ({"delivered_h": 101.0, "hours": 100.0}, "container 0: has a time beyond the horizon"),
        ({"hours": 5.9}, "container 0: its hours do not add up to its lead time"),
        ({"hours": -6.0}, "container 0: has a negative number of hours"),
    ],
)
def test_an_impossible_container_is_found(changes: dict[str, Any], sentence: str) -> None:
    assert sentence in found(**changes)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ((3, "a", "track", 2.0, 1.0, 4.0), "train 3: was served before it asked"),
        ((3, "a", "track", 1.0, 3.0, 2.0, "a: full"), "train 3: ended before it started"),
        ((3, "a", "track", 1.0, 2.0, 2.0), "train 3: waited without a cause"),
        ((3, "a", "track", 1.0, 1.0, 101.0), "train 3: has a time beyond the horizon"),
    ],
)
def test_an_impossible_stage_is_found(row: tuple[Any, ...], sentence: str) -> None:
    run = builder.results(horizon_h=100.0, stages_=builder.stages([row]))
    assert impossible(run) == [sentence]


def test_a_container_twice_is_found() -> None:
    boxes = builder.containers([{"ready_h": 1.0}, {"ready_h": 1.0}])
    boxes["container"] = [4, 4]
    found = impossible(builder.results(containers_=boxes))
    assert found == ["container 4 and 1 more: is there twice"]


def account(
    *pieces: tuple[float, float, float], stages: Any = (), trains: Any = None, **box: Any
) -> list[str]:
    waits = {
        "container": [0] * len(pieces),
        "stage": ["yard"] * len(pieces),
        "cause": ["no train"] * len(pieces),
        "begin_h": [p[0] for p in pieces],
        "end_h": [p[1] for p in pieces],
        "hours": [p[2] for p in pieces],
    }
    boxes = builder.containers([{"ready_h": 1.0, **box}])
    run = builder.results(
        horizon_h=100.0,
        containers_=boxes,
        waits=waits,
        stages_=builder.stages(list(stages)),
        trains=trains,
    )
    return unaccounted(run)


def test_an_account_without_gaps_has_nothing() -> None:
    assert account((1.0, 4.0, 3.0), (4.0, 100.0, 96.0)) == []
    assert account((1.0, 4.0, 1.0), (1.0, 4.0, 2.0), (4.0, 7.0, 3.0), delivered_h=7.0) == []
    assert account(refused=True) == []
    assert account(ready_h=100.0) == []


@pytest.mark.parametrize(
    ("pieces", "sentence"),
    [
        (((1.0, 4.0, 2.0), (4.0, 100.0, 96.0)), "the hours of a stretch are not its length"),
        (((1.0, 4.0, 3.0), (5.0, 100.0, 95.0)), "has a gap or an overlap in its account"),
        (((1.0, 4.0, 3.0), (3.0, 100.0, 97.0)), "has a gap or an overlap in its account"),
        (((2.0, 100.0, 98.0),), "its account does not begin when it did"),
        (((1.0, 99.0, 98.0),), "its account does not end when it did"),
    ],
)
def test_an_hour_put_down_to_nothing_is_found(pieces: Any, sentence: str) -> None:
    assert account(*pieces) == [f"container 0: {sentence}"]


def test_an_hour_of_a_train_put_down_to_nothing_is_found() -> None:
    whole = ((1.0, 100.0, 99.0),)
    times = {"formed_h": [2.0], "departed_h": [2.0], "ended_h": [9.0]}
    trains = {
        "train": [0],
        "name": ["east/0"],
        "service": ["east"],
        "kind": ["service"],
        "train_class": ["container"],
        "boxes": [1],
        "outcome": ["done"],
        **times,
    }
    good = [(0, "line", "run", 2.0, 2.0, 5.0), (0, "b", "track", 5.0, 9.0, 9.0, "b: full")]
    assert account(*whole, stages=good, trains=trains) == []
    late = [good[0], (0, "b", "track", 6.0, 9.0, 9.0, "b: full")]
    sentence = "train 0: has a gap or an overlap in its account"
    assert account(*whole, stages=late, trains=trains) == [sentence]
    assert account(*whole, trains=trains) == [
        "train 0: its account does not begin when it did",
        "train 0: its account does not end when it did",
    ]
