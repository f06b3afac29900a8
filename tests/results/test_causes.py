"""What causes of waiting mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.corridor import simulate
from sim.results.causes import KINDS, cause_of
from tests.corridor.small import scenario


@pytest.mark.parametrize(
    ("text", "place", "key"),
    [
        ("dostyk-alashankou: acceptance", "dostyk-alashankou", "acceptance"),
        ("alashankou/quarantine: closed", "alashankou/quarantine", "closed"),
        ("burundai: no empty container", "burundai", "empties"),
        ("east: earlier trains full", "east", "room"),
        ("east: no room on the train before", "east", "room"),  # of runs written before
        ("a/lab: no slot free", "a/lab", "slot"),
        ("jinan: unload: boxes before it", "jinan: unload", "before"),
        ("port/coast: no ship to load", "port/coast", "ship"),
        ("burundai: no empty hoppers", "burundai", "empties"),
        ("dostyk: strike", "dostyk", "other"),
    ],
)
def test_a_cause_has_a_place_and_a_kind(text: str, place: str, key: str) -> None:
    cause = cause_of(text)
    assert (cause.place, cause.key) == (place, key)


def test_another_cause_is_a_kind_of_its_own() -> None:
    assert cause_of("dostyk: strike").kind == "strike"


def test_every_cause_of_a_run_is_of_a_kind_that_is_known(tmp_path: Path) -> None:
    results = simulate(scenario(tmp_path))
    known = {key for key, _, _ in KINDS}
    texts = [*results.waits["cause"].drop_nulls().unique(), *results.stages["cause"].drop_nulls()]
    assert texts
    assert {t for t in texts if cause_of(t).key not in known} == set()
