"""A run whose tables are written while it goes on, against the same run kept in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from sim.corridor import simulate, stream
from sim.corridor.boxes import Boxes
from sim.corridor.lots import Lot
from sim.results import kpis
from sim.results.accounts import CHARGED
from sim.results.parts import read_whole
from sim.results.tables import TABLES
from tests.corridor.small import SMALL, scenario

REFUSED = SMALL.replace("slots: 50", "slots: 50, reject: 40 %").replace("grain: 0.1", "grain: 0.5")
SCENARIOS = {
    "ships and a laboratory": SMALL,
    "lots that are turned back": REFUSED,
    "a loading ban to the end": SMALL.replace(
        "disruptions:",
        "disruptions:\n  ban: {on: [border/loading], begin: 2023-02-15, days: 300 d}",
    ),
    "units that are hired": SMALL.replace("volume: 900 t/d", "volume: 2500 t/d"),
}


@pytest.mark.parametrize("text", SCENARIOS.values(), ids=SCENARIOS)
@pytest.mark.parametrize("block", [37, 400, 100_000])
def test_tables_written_in_parts_are_those_of_a_run_in_memory(
    tmp_path: Path, text: str, block: int
) -> None:
    given = scenario(tmp_path, text)
    folder = tmp_path / "tables"
    folder.mkdir()
    whole, parts = simulate(given, 2), stream(given, folder, 2, block=block)
    assert whole.containers.height > 400
    for name in TABLES:
        assert parts.table(name).equals(whole.table(name)), name
    kept = {key: value for key, value in whole.meta.items() if key != "wall_s"}
    assert kept == {key: value for key, value in parts.meta.items() if key != "wall_s"}
    assert not list(folder.glob("spells*"))


def test_what_is_over_is_on_disk_before_the_run_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = scenario(tmp_path, SMALL)
    seen: list[tuple[int, int]] = []
    add = Boxes.add

    def watched(boxes: Boxes, *known: Any) -> Lot:
        over = np.count_nonzero(boxes.column("delivered") < seen_at(boxes))
        parts = sorted((tmp_path / "containers.parquet").glob("*"))
        seen.append((int(over), sum(pl.read_parquet(part).height for part in parts)))
        return add(boxes, *known)

    def seen_at(boxes: Boxes) -> float:
        return float(boxes.column("ready").max(initial=0.0))

    monkeypatch.setattr(Boxes, "add", watched)
    results = stream(given, tmp_path, block=20)
    assert seen[-1][0] > 200
    assert all(over - written < 50 for over, written in seen)
    assert pl.read_parquet(tmp_path / "waits.parquet").height == results.waits.height


def test_parts_hold_all_pieces_of_a_container_and_all_spells_of_a_unit(tmp_path: Path) -> None:
    results = stream(scenario(tmp_path, SMALL), tmp_path, block=100)
    for name, owner in (("waits", "container"), ("equipment", "unit")):
        owners = [set(part[owner]) for part in results.parts(name, [owner])]
        assert sum(map(len, owners)) == len(set.union(*owners))


COSTS = """
costs:
  haul: {west: 0.09 USD/t/km, china: 0.03 USD/t/km}
  haul_empty: {west: 0.5 USD/box/km, china: 0.25 USD/box/km}
  works:
    alashankou/cranes: 300 USD/box
    alashankou/customs: 500 USD
    alashankou/lab: 900 USD
  stuffing: 10 USD
  trucking: 20 USD
  shipping: 40 USD
  storage: 24 USD/d
  equipment: {boxes: 24 USD/d, w1520: 48 USD/d}
  waiting: 0.24 USD/t/d
  co2e: {west: 20 g/t/km, china: 10 g/t/km}
  co2e_empty: {west: 100 g/box/km, china: 50 g/box/km}
"""
HOME = """\
  home:
    from: jinan
    route: [china, border, west]
    length: 40
    dispatch: {rule: timetable, every: 48 h, first: 48 h, minimum: 0}
"""
HIRE = "policies: {empties: {rule: hire, lead: 1 h, price: 700}}\n"


@pytest.mark.parametrize("text", SCENARIOS.values(), ids=SCENARIOS)
def test_key_figures_taken_part_by_part_are_those_of_whole_tables(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    empties = HIRE if "2500" in text else "policies: {empties: fill-slots}\n"
    text = text.replace("burundai: 2000", "burundai: 600") + COSTS + empties
    text = text.replace("supplies:\n", f"{HOME}supplies:\n")
    given = scenario(tmp_path, text + "warmup: 20 d\n")
    folder = tmp_path / "tables"
    folder.mkdir()
    whole = kpis(simulate(given, 2))
    # Sums of parts differ from one sum by rounding alone.
    monkeypatch.setattr("sim.results.exports.MANY", 64)
    streamed = stream(given, folder, 2, block=100)
    monkeypatch.setattr("sim.results.parts.read_whole", _refuses_what_grows(read_whole))
    parts = kpis(streamed)
    assert whole["delivered_t"].value
    assert all(
        whole[f"cost_{part.replace(' ', '_')}_per_t"].value
        for part in CHARGED
        if part != "handling"
    )
    assert whole["co2e_per_t"].value
    values = {name: figure.value for name, figure in whole.items() if figure.value is not None}
    found = {name: figure.value for name, figure in parts.items() if figure.value is not None}
    assert found == pytest.approx(values, rel=1e-12, abs=1e-9)


def _refuses_what_grows(reads: Callable[[Path, str], pl.DataFrame]) -> Any:
    """Reads whole tables of trains alone, not those that grow with containers."""

    def read(folder: Path, name: str) -> pl.DataFrame:
        assert name in ("trains", "stages"), f"{name} was read whole"
        return reads(folder, name)

    return read
