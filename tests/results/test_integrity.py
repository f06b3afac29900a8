"""Each impossible thing is found, and a run that is in order has none."""

from __future__ import annotations

from typing import Any

import pytest

from sim.results.integrity import impossible
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
