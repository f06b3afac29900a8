"""What costs leave out is said, and is no bar of zero."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.corridor import simulate
from sim.report.cost import cost_subtitle, from_kpis
from sim.results import kpis
from sim.results.unpriced import unpriced, unpriced_words
from tests.cli.command import good
from tests.corridor import small
from tests.corridor.test_accounts import TWO_TRIPS

WORKS = "  works: {border/lift: 300 USD/box, border/bogies: 12 USD}\n"
BOTH = "repositioning (border/bogies, border/lift)"


def without(*lines: str) -> str:
    text = TWO_TRIPS
    for line in lines:
        assert line in text
        text = text.replace(line, "")
    return text


def test_what_is_all_priced_leaves_nothing_out(tmp_path: Path) -> None:
    assert unpriced(simulate(small.scenario(tmp_path, TWO_TRIPS))) == {}


def test_a_part_without_any_rate_has_no_figure_and_is_named(tmp_path: Path) -> None:
    text = without(WORKS, "  storage: 24 USD/d\n")
    run = simulate(small.scenario(tmp_path, text))
    assert unpriced(run) == {
        "gauge change": (True, ("border/lift",)),
        "storage": (True, ("storage",)),
        "repositioning": (False, ("border/bogies", "border/lift")),
    }
    figures = kpis(run)
    assert figures["cost_gauge_change_per_t"].value is None
    assert figures["cost_storage_per_t"].value is None
    assert figures["cost_checks_per_t"].value == 0.0  # nothing is checked on this way
    whole = kpis(simulate(small.scenario(tmp_path, TWO_TRIPS)))
    parts = ("cost_per_t", "cost_gauge_change_per_t", "cost_storage_per_t")
    total, gauge, storage = (whole[n].value or 0.0 for n in parts)
    # two empties came home, lifted and with a share of what the train paid
    lifts = 2 * (300.0 + 12 / 2) / 80
    assert figures["cost_per_t"].value == pytest.approx(total - gauge - storage - lifts)
    frame = from_kpis({n: {"value": k.value} for n, k in figures.items()})
    assert dict(frame.select("part", "usd_per_t").rows())["gauge change"] is None


def test_haul_on_some_lines_only_names_the_others(tmp_path: Path) -> None:
    text = TWO_TRIPS.replace("1435: 0.02 USD/t/km}\n  haul_empty", "}\n  haul_empty")
    text = text.replace("haul: {1520: 0.1 USD/t/km, }", "haul: {1520: 0.1 USD/t/km}")
    run = simulate(small.scenario(tmp_path, text))
    assert unpriced(run) == {"line haul": (False, ("slim",))}
    assert unpriced_words(unpriced(run)) == "line haul (slim)"
    assert kpis(run)["cost_line_haul_per_t"].value == pytest.approx(100 * 0.1)


def test_a_line_that_exports_do_not_take_is_not_asked_for(tmp_path: Path) -> None:
    text = TWO_TRIPS.replace(
        "  slim: {from",
        "  aside: {from: border, to: west, gauge: 1520, length: 1 km, speed: 10 km/h}\n"
        "  slim: {from",
    ).replace("haul: {1520: 0.1", "haul: {wide: 0.1")
    assert unpriced(simulate(small.scenario(tmp_path, text))) == {}


def test_without_costs_there_is_no_total_and_nothing_to_leave_out(tmp_path: Path) -> None:
    run = simulate(small.scenario(tmp_path, TWO_TRIPS[: TWO_TRIPS.index("costs:")]))
    assert unpriced(run) == {}
    assert kpis(run)["cost_per_t"].value is None


def test_a_picture_names_parts_alone_so_that_they_fit_its_line() -> None:
    found = {"gauge change": (True, ("border/lift",)), "line haul": (False, ("a-b", "c-d"))}
    assert cost_subtitle("run", found) == "run · not priced: gauge change; some of line haul"
    assert cost_subtitle("run", {}) == "run"


def test_run_report_and_json_say_what_is_left_out(tmp_path: Path) -> None:
    text = without(WORKS)
    (tmp_path / "partly.yaml").write_text(text)
    shown = good(tmp_path, "run", "partly.yaml", "--out", "run")
    assert f"not priced, so in no cost above: gauge change, {BOTH}\n" in shown.out
    told = json.loads(good(tmp_path, "run", "partly.yaml", "--out", "run", "--json").out)
    assert told["not_priced"] == {
        "gauge change": ["border/lift"],
        "repositioning": ["border/bogies", "border/lift"],
    }
    good(tmp_path, "report", "run")
    page = (tmp_path / "run/report.html").read_text()
    assert f"not priced, so left out: gauge change, {BOTH}." in page
    good(tmp_path, "plot", "run", "--what", "cost", "--format", "svg")
