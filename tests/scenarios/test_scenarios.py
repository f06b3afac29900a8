"""The scenarios that come with the house: sound, sourced, and right about the corridor."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from ruamel.yaml import YAML

from sim.corridor import simulate
from sim.results import Results, kpis
from sim.results.integrity import impossible, unaccounted
from sim.scenario import load
from sim.scenario.agreement import evidence
from sim.scenario.evidence import figures
from sim.scenario.library import entries, markdown, shortened, write_index
from sim.study.implied import implied

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "scenarios"
FILES = sorted(FOLDER.glob("*.yaml"))
NAMES = [path.stem for path in FILES]
ONE_RETURN_TRAIN_A_DAY = 366
WHOLE_YEAR = [
    *sorted(name for name in NAMES if name.startswith("exports-double")),
    "more-return-trains",
    "one-more-return-train",
    "round-the-clock-customs",
]
WITH_NEW_PLACES = {"third-crossing-2028", "second-assembly-centre-north", "covered-wagons"}


@cache
def run(name: str) -> Results:
    return simulate(load(FOLDER / f"{name}.yaml"))


def kpi(name: str, figure: str) -> float:
    value = kpis(run(name))[figure].value
    assert value is not None
    return value


def hours_by_cause(name: str) -> pl.DataFrame:
    """Hours that exports waited by cause, most first."""
    exports = run(name).containers.filter(pl.col("flow") == "exports").select("container")
    return (
        run(name)
        .waits.filter(pl.col("cause").is_not_null())
        .join(exports, on="container", how="semi")
        .group_by("cause")
        .agg(pl.col("hours").sum())
        .sort("hours", descending=True)
    )


def held_hours(name: str, place: str) -> float:
    """Hours exports waited for a cause that begins so."""
    return float(hours_by_cause(name).filter(pl.col("cause").str.starts_with(place))["hours"].sum())


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_a_source_or_an_assumption(name: str) -> None:
    scenario = load(FOLDER / f"{name}.yaml")
    assert scenario.warnings == ()
    found = evidence(scenario)
    assert [str(problem) for problem in found.gaps] == []
    assert [row.figure.path for row in found.of("conflict", "not comparable")] == []


@pytest.mark.parametrize("path", [*FILES, *ROOT.glob("benchmarks/*.yaml")], ids=lambda p: p.stem)
def test_files_are_plain_yaml(path: Path) -> None:
    # Our loader forgives an unquoted `lognormal(mean: 2 d, cv: 0.3)` in braces; editors do not.
    assert YAML(typ="safe", pure=True).load(path.read_text())["title"]


def test_the_register_is_the_evidence_given() -> None:
    with (ROOT / "seeds/facts.csv").open(newline="", encoding="utf-8") as file:
        ids = {row["id"] for row in csv.DictReader(file)}
    cited = {s for f in figures(load(FOLDER / "baseline.yaml")) for s in f.source}
    assert cited <= ids
    assert len(cited) >= 15


def test_variants_say_only_what_differs() -> None:
    for path in FILES:
        if path.stem != "baseline":
            assert path.read_text().startswith("extends:")
            lines = len(path.read_text().splitlines())
            assert lines < (150 if path.stem in WITH_NEW_PLACES else 60), path.name


@pytest.mark.parametrize(
    "pair",
    [
        ("exports-double", "more-return-trains"),
        ("exports-double", "one-more-return-train"),
        ("exports-double", "round-the-clock-customs"),
        ("more-return-trains", "round-the-clock-customs"),
    ],
)
def test_variants_can_be_put_together(tmp_path: Path, pair: tuple[str, str]) -> None:
    both = [str(FOLDER / f"{name}.yaml") for name in pair]
    path = tmp_path / "both.yaml"
    path.write_text(f"extends: {both}\ntitle: both\n")
    resolved = load(path).resolved
    base = load(FOLDER / "baseline.yaml").resolved
    for name in pair:
        variant = load(FOLDER / f"{name}.yaml").resolved
        for key in set(variant) - {"title", "question", "look_at"}:
            if variant[key] != base.get(key):
                assert resolved[key] == variant[key], (name, key)


def test_baseline_has_what_the_season_had() -> None:
    tables = load(FOLDER / "baseline.yaml").tables
    exports = [s for s in tables.supplies.values() if s.flow == "exports"]
    assert len({s.region for s in exports}) >= 3
    assert len({s.terminal for s in exports}) >= 2
    assert {s.crossing for s in tables.services.values() if s.crossing} == {"dostyk", "altynkol"}
    assert sum(1 for s in tables.stations.values() if s.liners) >= 2
    assert kpi("baseline", "trains_departed") == pytest.approx(ONE_RETURN_TRAIN_A_DAY, rel=0.05)


@pytest.mark.parametrize("name", ["baseline", "exports-double", "exports-double-both"])
def test_no_run_shows_what_cannot_be(name: str) -> None:
    assert impossible(run(name)) == unaccounted(run(name)) == []


@pytest.mark.parametrize("name", ["baseline", "exports-double", "exports-double-both"])
def test_every_container_ready_is_delivered_refused_or_somewhere(name: str) -> None:
    boxes = run(name).containers
    exports = boxes.filter(pl.col("flow") == "exports")
    delivered = exports["delivered_h"].is_not_null().sum()
    refused = exports["refused"].sum()
    pending = exports.filter(~pl.col("refused") & pl.col("delivered_h").is_null())
    assert delivered + refused + pending.height == exports.height
    # Whoever is not delivered is on record as spending its hours somewhere until the horizon.
    spent = run(name).waits.group_by("container").agg(pl.col("hours").sum())
    found = pending.join(spent, on="container", how="left")
    since = run(name).horizon_h - found["ready_h"]
    assert (found["hours"].fill_null(0.0) - since).abs().max() < 1e-6


@pytest.mark.parametrize("name", ["baseline", *WHOLE_YEAR])
def test_no_run_delivers_more_than_the_bound(name: str) -> None:
    bound = implied(load(FOLDER / f"{name}.yaml")).bound_t
    assert bound is not None
    assert kpi(name, "delivered_t") <= bound


def test_an_unhindered_train_takes_about_a_week() -> None:
    # [first-return-train-days]: 7 days Almaty-Jinan; the fastest of the year are unhindered.
    boxes = run("baseline").containers.filter(
        (pl.col("origin") == "burundai") & (pl.col("destination") == "jinan")
    )
    days = (boxes["arrived_h"] - boxes["departed_h"]).drop_nulls() / 24.0
    assert days.quantile(0.05) == pytest.approx(7.0, abs=0.7)
    assert 8.0 < days.quantile(0.5) < 15.0


def test_doubled_exports_choke_where_the_inputs_say() -> None:
    # Trains and the empties that come with them are short: what waits, waits at the terminals.
    more = kpi("exports-double", "offered_t") / kpi("baseline", "offered_t")
    assert more == pytest.approx(2.0, rel=0.05)
    assert kpi("exports-double", "peak_backlog_t") > 2 * kpi("baseline", "peak_backlog_t")
    assert kpi("exports-double", "refused_t") > 100_000  # elevators are full
    by = hours_by_cause("exports-double")
    first = by["cause"][0]
    assert first.startswith(("burundai", "sorokovaya"))
    at_source = by.filter(pl.col("cause").str.contains("^(burundai|sorokovaya)"))["hours"].sum()
    assert at_source > 0.5 * by["hours"].sum()


def test_more_trains_move_the_choke_to_the_border() -> None:
    border = "alashankou/quarantine", "khorgos/quarantine", "dostyk-alashankou", "altynkol-khorgos"
    few = sum(held_hours("exports-double", place) for place in border)
    many = sum(held_hours("exports-double-more-trains", place) for place in border)
    assert many > 3 * few
    assert kpi("exports-double-more-trains", "trains_held_max") > 500
    assert kpi("exports-double-both", "delivered_t") > kpi(
        "exports-double-more-trains", "delivered_t"
    )


def test_the_check_names_the_choke_that_the_run_finds() -> None:
    found = implied(load(FOLDER / "exports-double.yaml"))
    assert found.chokes[0].stage == "burundai: empties"
    by = hours_by_cause("exports-double")
    assert by["cause"][0] == "burundai: no empty container"


def test_westbound_trains_of_others_are_more_than_dostyk_says_it_can_lift() -> None:
    # [gauge-dostyk-teu]: 380 boxes a day; 60 % of 7,681 trains are 12.6 a day of 50 boxes
    shares = {}
    for name in ("baseline", "westbound-trains", "westbound-all-at-dostyk"):
        stages = {s.name: s.shares[0] for s in implied(load(FOLDER / f"{name}.yaml")).stages}
        shares[name] = stages["dostyk/unload"]
    assert shares["baseline"] == pytest.approx(21.5 / 380, abs=0.01)
    assert shares["westbound-trains"] == pytest.approx((315 + 21.5) / 380, abs=0.01)
    assert shares["westbound-all-at-dostyk"] == pytest.approx((630 + 21.5) / 380, abs=0.01)


def test_westbound_trains_that_are_lifted_take_little_from_exports() -> None:
    assert kpi("westbound-trains", "delivered_t") > 0.97 * kpi("baseline", "delivered_t")
    assert kpi("westbound-all-at-dostyk", "delivered_t") < 0.2 * kpi("baseline", "delivered_t")


# The library ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_books_of_a_short_run_balance(name: str) -> None:
    # a run whose books do not balance at its end is none
    results = simulate(load(FOLDER / f"{name}.yaml", ("horizon=20 d",)))
    assert results.meta["status"] == "done"
    assert impossible(results) == unaccounted(results) == []
    assert results.trains.height > 100


def test_the_index_is_that_of_the_files() -> None:
    written = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert written == markdown(FOLDER), "run `make index`"


def test_each_scenario_says_its_own_title_question_and_what_to_look_at() -> None:
    found = entries(FOLDER)
    assert [entry.name for entry in found if not entry.extends] == ["baseline"]
    for texts in ([e.title for e in found], [e.question for e in found]):
        assert all(texts) and len(set(texts)) == len(texts)
    assert all(entry.look_at for entry in found)
    for entry in found:
        assert entry.question.endswith("?"), entry.name
        for other in re.findall(r"[\w.-]+\.yaml", entry.question + entry.look_at):
            assert (FOLDER / other).exists(), (entry.name, other)


def test_each_variant_with_a_title_of_its_own_has_a_question_of_its_own() -> None:
    """It inherits none, and a report without one does not say what the run was made for."""
    for path in sorted(FOLDER.rglob("*.yaml")):
        said = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        if "extends" in said and "title" in said:
            assert str(said.get("question")).endswith("?"), path


def test_the_index_says_what_a_file_changes(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(
        "title: b\nquestion: q?\nlook_at: l\nstart: 2024-01-01\nhorizon: 9 d\n"
        "stations:\n  a: {tracks: 3}\n  b: {tracks: 3}\n"
    )
    (tmp_path / "more.yaml").write_text(
        "extends: base.yaml\ntitle: m\nquestion: r?\nlook_at: k\n"
        "stations:\n  a: {tracks: {value: 4, assumed: x}}\n  b: {tracks: 5}\n"
        "policies: {empties: {rule: fill-slots, keep: {a: 1}}}\n"
    )
    page = write_index(tmp_path).read_text()
    assert "- Changes: `stations.*.tracks`, `policies.empties`\n" in page
    assert "- Extends: [base.yaml](base.yaml)\n" in page
    assert "| [more](#more) | r? |" in page
    many = [f"services.s{i}.{what}" for i in range(5) for what in "abcdefg"]
    assert shortened([*many, "lines.x.paths"]) == ["services: 5 of them", "lines: x"]
