"""Reports say what the files say, in plain sentences; nothing is fetched, everything escaped."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import sim
from sim.report import report, words, write_report
from sim.report.comparison_report import comparison_page
from sim.report.page import Page, Table, render, said
from sim.report.verdicts import comparison_answer, more_first
from sim.results import ResultsError, read_kpis
from sim.study.manifest import command
from tests.corridor.small import SMALL

EVIL = "<script>alert('x')</script> & \"more\""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two replications of a small corridor whose title would be a script."""
    here = tmp_path_factory.mktemp("report")
    path = here / "small.yaml"
    text = SMALL.replace("title: a corridor of four stations", "title: |-\n  " + EVIL)
    path.write_text(text + "\nquestion: does it arrive?\n")
    again = command("run", ["small.yaml"], 1, 2, ["horizon=30 d"])
    sim.run(path, 2, 1, sets=["horizon=30 d"], jobs=1).save(here / "run", None, again)
    return here / "run"


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return report(folder)


class Seen(HTMLParser):
    """Tags with their attributes, and the text of each table cell by its name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_has_no_script_and_fetches_nothing(page: str) -> None:
    seen = Seen(page)
    assert not [t for t, _ in seen.tags if t in ("script", "iframe", "object", "embed")]
    for tag, attributes in seen.tags:
        for name in ("src", "href"):
            assert (attributes.get(name) or "data:").startswith("data:"), (tag, attributes)
    assert "url(" not in page and "@import" not in page


def test_what_comes_from_a_scenario_is_escaped(page: str) -> None:
    assert "<script>" not in page
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &#34;more&#34;" in page


def test_the_figures_are_those_of_the_key_figures(page: str, folder: Path) -> None:
    shown = {
        str(a["data-name"]): float(a["data-value"] or "nan")
        for t, a in Seen(page).tags
        if t == "td" and "data-name" in a and "data-value" in a
    }
    known = {n: k["mean"] for n, k in read_kpis(folder).items() if k["mean"] is not None}
    assert shown == known


def test_waiting_is_told_by_side_and_by_cause_as_means_of_all_replications(
    page: str, folder: Path
) -> None:
    from sim.results import read_manifest

    waiting = read_manifest(folder)["waiting"]
    for of in ("causes", "sides"):
        first = max(waiting[of], key=lambda r: r["hours"])
        for shown in words.with_half(first["hours"], first["half_width"]):
            assert f"{shown}</td>" in page
    assert "Waiting by side, for each container taken: origin " in page
    assert "In replication 0: Trains were full: 100.0 % of the slots" in page
    assert "in replication 0 most used" in page.lower()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (1000, "about 1,000 more replications would tell"),
        (1001, "more than 1,000 more replications would tell"),
    ],
)
def test_a_difference_that_takes_a_thousand_runs_more_is_told_to_take_as_many(
    more: int, said: str
) -> None:
    row = {"variant": "b", "kpi": "delivered_t", "unit": "t", "difference": 0.1, "low": -1.0,
           "high": 1.2, "verdict": "not told apart", "n": 10, "more_runs": more}  # fmt: skip
    assert said in " ".join(comparison_answer([row], "a", {}))


def test_figures_with_neither_source_nor_reason_are_counted_as_such(page: str) -> None:
    found = re.search(r"(\d+) figures: (\d+) cite a source, (\d+) are assumed", page)
    assert found is not None
    count, sourced, assumed = map(int, found.groups())
    assert (sourced, assumed) == (0, 0)
    assert f"{count} say neither where they come from nor why" in page


def test_every_picture_says_in_words_what_it_shows(page: str) -> None:
    images = [a for t, a in Seen(page).tags if t == "img"]
    assert len(images) >= 9
    assert all(len(a["alt"] or "") > 30 for a in images)


def test_the_question_stands_first_then_the_answer_then_pictures_and_sources(page: str) -> None:
    order = [
        "does it arrive?",
        ">Answer<",
        ">Pictures<",
        ">Tables<",
        ">Assumptions",
        ">How to make",
    ]
    places = [page.index(text) for text in order]
    assert places == sorted(places)


def test_the_command_and_the_versions_are_there(page: str) -> None:
    assert "steppe run small.yaml --seed 1 --replications 2 --set &#39;horizon=30 d&#39;" in page
    assert re.search(r"python 3\.\d+", page)


def test_the_same_folder_gives_the_same_bytes(page: str, folder: Path, tmp_path: Path) -> None:
    written = write_report(folder, tmp_path / "r.html")
    assert written.read_text(encoding="utf-8") == page
    assert [p.name for p in tmp_path.iterdir()] == ["r.html"]


def test_it_can_be_read_on_a_phone_and_printed(page: str) -> None:
    assert 'name="viewport" content="width=device-width' in page
    assert "@media print" in page and "break-inside: avoid" in page


def test_a_run_with_a_report_beside_it_may_be_replaced(folder: Path) -> None:
    from sim.results.store import check_replaceable

    write_report(folder)
    assert check_replaceable(folder) == folder


def test_the_weeks_of_all_replications_are_kept_and_drawn_with_their_interval(
    folder: Path,
) -> None:
    from matplotlib.figure import Figure

    from sim.report.throughput import throughput
    from sim.results.series import weekly
    from sim.results.store import read_run, read_weekly

    first, second = read_weekly(folder)
    assert first.frame.equals(weekly(read_run(folder)).frame)
    assert not first.frame.equals(second.frame)
    assert (first.meta["replication"], second.meta["replication"]) == (0, 1)
    legend = throughput([first, second], Figure().subplots()).get_legend()
    assert legend is not None
    assert "95 % interval" in [t.get_text() for t in legend.get_texts()]


def test_weeks_that_are_damaged_are_named(folder: Path, tmp_path: Path) -> None:
    from shutil import copytree

    from sim.results.store import read_weekly

    copytree(folder, tmp_path / "run")
    (tmp_path / "run/weekly.parquet").write_bytes(b"no parquet")
    with pytest.raises(ResultsError, match=r"weekly\.parquet: is damaged"):
        read_weekly(tmp_path / "run")


def kpi(value: float | None, unit: str, half: float | None = None) -> dict[str, Any]:
    return {"mean": value, "half_width": half, "n": 3, "unit": unit, "meaning": ""}


KPIS: dict[str, dict[str, Any]] = {
    "offered_t": kpi(1000.0, "t", 10.0),
    "delivered_t": kpi(750.0, "t", 20.0),
    "fulfilment": kpi(0.75, "1", 0.02),
    "refused_t": kpi(0.0, "t", 0.0),
    "lead_time_mean_h": kpi(240.0, "h", 24.0),
    "lead_time_p50_h": kpi(200.0, "h", 24.0),
    "lead_time_p95_h": kpi(480.0, "h", 48.0),
    "waiting_mean_h": kpi(120.0, "h", 12.0),
    "trains_held_mean": kpi(3.0, "trains", 1.0),
    "trains_held_max": kpi(7.0, "trains", 2.0),
}


def test_the_answer_says_figures_with_intervals_and_what_choked() -> None:
    full = {"overloaded": True, "growth_t_per_week": 50.0, "half_width": 5.0, "share": 0.2}
    said = words.run_answer(KPIS, full, [("gate: closed", 12.0, 0.6)], [("gate/papers", 0.99)])
    assert said[0] == "750 ± 20 t were delivered of 1,000 ± 10 t of exports offered: 75.0 ± 2.0 %."
    assert "10 ± 1 days on average, of which 5 ± 0.50 waiting" in said[1]
    assert said[2].startswith(
        "The corridor was overloaded: in the second half 50 ± 5 t a week more"
    )
    assert "gate: closed (12 h for each container taken, 60 % of all waiting)" in said[3]
    assert "gate/papers (99 %)" in said[4]
    assert "On average 3 ± 1 trains were held" in said[5]
    assert not any("refused" in s for s in said)


def test_a_corridor_that_holds_is_not_called_overloaded() -> None:
    fine = {"overloaded": False, "growth_t_per_week": -2.0, "half_width": None, "share": 0.0}
    said = " ".join(words.run_answer(KPIS, fine, [], []))
    assert "was not overloaded" in said
    assert "overloaded" not in " ".join(words.run_answer(KPIS, None, [], []))


def test_boxes_waited_for_are_never_told_without_the_trains_that_lack() -> None:
    """A brief is cut after some sentences, and must not tell a reader to buy boxes in vain."""
    full = {"overloaded": True, "growth_t_per_week": 50.0, "half_width": 5.0, "share": 0.2}
    causes = [("steppe: no empty container", 12.0, 0.6)]
    bound = ("Trains were full.", "The boxes missing stand laden.")
    said = words.run_answer(KPIS, full, causes, [], "In replication 0 ", bound, "By side.")
    (told,) = [s for s in said if "no empty container" in s]
    assert told.endswith(". In replication 0: Trains were full. The boxes missing stand laden.")
    assert said.index(told) < said.index("By side.")
    assert bound[0] in words.run_answer(KPIS, full, [], [], "", bound[:1])


def test_a_run_without_exports_says_so() -> None:
    none = {"offered_t": kpi(0.0, "t")}
    assert words.run_answer(none, None, [], []) == (
        "No exports became ready, so there is nothing to answer.",
    )


def difference(name: str, value: float, verdict: str, **more: Any) -> dict[str, Any]:
    row = {
        "variant": name, "kpi": "delivered_t", "unit": "t", "reference": 100.0, "value": 0.0,
        "difference": value, "low": value - 5.0, "high": value + 5.0, "verdict": verdict, "n": 4,
        "more_runs": None,
    }  # fmt: skip
    return {**row, **more}


def test_a_comparison_says_what_helped_most_and_how_sure() -> None:
    rows = [
        difference("nights", 10.0, "better"),
        difference("trains", 40.0, "better"),
        difference("nothing", 1.0, "not told apart", more_runs=9),
    ]
    titles = {"today": "As it is", "trains": "Twice the trains"}
    said = comparison_answer(rows, "today", {"today": True, "nights": False}, titles)
    assert said[:4] == (
        "Held against today (As it is), in tonnes delivered:",
        "Surely better: trains (Twice the trains), +40 (35 … 45) t, surely more than all others "
        "here.",
        "Surely better: nights, +10 (5 … 15) t.",
        "Cannot be told apart from it: nothing, +1 (-4 … 6) t, about 9 more replications would "
        "tell.",
    )
    assert said[-1].endswith("is refused: today.")
    close = comparison_answer([*rows[:1], difference("trains", 12.0, "better")], "today", {})
    assert not any("all others" in sentence for sentence in close)


def test_variants_are_held_against_each_other_where_intervals_do_not_meet() -> None:
    rows = [
        difference("nights", 10.0, "better"),
        difference("both", 60.0, "better"),
        difference("trains", 30.0, "better"),
        difference("wagons", 12.0, "better"),
    ]
    said = comparison_answer(rows, "today", {})
    assert said[1:] == (
        "Surely better: both, +60 (55 … 65) t, surely more than all others here.",
        "Surely better: trains, +30 (25 … 35) t, surely more than wagons and nights.",
        "Surely better: wagons, +12 (7 … 17) t.",  # may be less than nights, 5 … 15
        "Surely better: nights, +10 (5 … 15) t.",
    )


def test_a_further_tonnes_cost_is_told_and_a_page_is_short() -> None:
    rows = [
        difference("trains", 40.0, "better"),
        difference("trains", -30.0, "better", kpi="lead_time_mean_h", unit="h"),
        difference("trains", 30.0, "worse", kpi="cost_per_t", unit="USD/t"),
        difference("trains", 3.0, "not told apart", kpi="lead_time_p95_h", unit="h"),
    ]
    cost = {
        "variant": "trains",
        "against": "today",
        "tonnes": 40.0,
        "usd": 12_000.0,
        "usd_per_t": 300.0,
        "low": 280.0,
        "high": 320.0,
    }
    known = "trains besides: each further tonne costs 300 (280 … 320) USD; "
    whole, page = (
        comparison_answer(rows, "today", {}, further=[cost], short=short)[2:]
        for short in (False, True)
    )
    assert whole[0] == known + (
        "surely better in mean lead time -30 (-35 … -25) h; surely worse in cost of a tonne "
        "+30 (25 … 35) USD/t; not told apart in lead time P95."
    )
    assert page[0] == known + "surely worse in cost of a tonne +30 (25 … 35) USD/t."
    assert whole[1] == page[1] and whole[1].startswith("A further tonne is reckoned by the costs")
    unknown = {**cost, "usd_per_t": None, "low": None, "high": None}
    assert "further" not in " ".join(comparison_answer(rows, "today", {}, further=[unknown]))


def test_a_tonne_fewer_is_no_further_tonne() -> None:
    """The cost of a further tonne is that of the side that delivers more."""
    rows = [
        difference("trains", 40.0, "better", against="today"),
        difference("nights", -10.0, "worse", against="today"),
        difference("nights", -50.0, "worse", against="trains"),
    ]
    costs = [
        {"variant": v, "against": a, "tonnes": t, "usd": 300.0 * t, "usd_per_t": 300.0,
         "low": 280.0, "high": 320.0}
        for v, a, t in (("trains", "today", 40.0), ("nights", "today", -10.0),
                        ("nights", "trains", -50.0))
    ]  # fmt: skip
    said = comparison_answer(rows, "today", {}, further=costs)
    assert "trains besides: each further tonne costs 300 (280 … 320) USD." in said
    assert "nights besides: each tonne fewer saves 300 (280 … 320) USD." in said
    assert (
        "nights against trains: surely worse in tonnes delivered, -50 (-55 … -45) t; each tonne "
        "that trains delivers beyond the other costs 300 (280 … 320) USD."
    ) in said
    turned = [(r["variant"], r["against"], r["tonnes"], r["usd"]) for r in more_first(costs)]
    assert turned[2] == ("trains", "nights", 50.0, 15_000.0)


def test_a_handful_of_further_replications_is_not_counted() -> None:
    rows = [difference("nights", 1.0, "not told apart", more_runs=1)]
    assert "+1 (-4 … 6) t, a few more replications would tell." in " ".join(
        comparison_answer(rows, "today", {})
    )


def test_what_else_a_variant_changes_names_what_is_worse_and_what_is_not_told() -> None:
    rows = [
        difference("trains", 40.0, "better"),
        difference("trains", 30.0, "better", kpi="fulfilment", unit="1"),
        difference("trains", 30.0, "worse", kpi="cost_per_t", unit="USD/t"),
        difference("trains", 3.0, "not told apart", kpi="lead_time_p95_h", unit="h"),
    ]
    refused = [difference("trains", -38.0, "better", kpi="refused_t")]
    full = [{"variant": "trains", "line": "steppe", "hours": 96.0, "low": 0.0, "high": 99.0}]
    said = comparison_answer(rows, "today", {}, {}, refused, full)
    assert said[2:] == (
        "trains besides: surely refused less, by 38 (33 … 43) t; surely worse in cost of a tonne "
        "+30 (25 … 35) USD/t; not told apart in lead time P95.",
        "The intervals of tonnes refused hold together among themselves, not with the others.",
        "In doubt, since a line stood full, at which a railway would have stopped loading: trains "
        "(steppe for 4 days). What is delivered there rests on its not doing so.",
    )
    unsure = difference("trains", -2.0, "not told apart", kpi="refused_t")
    assert "not told apart in tonnes refused (2 less, -3 … 7)" in " ".join(
        comparison_answer(rows, "today", {}, {}, [unsure])
    )


def test_what_no_run_shows_is_the_same_and_not_in_doubt() -> None:
    """Wagons that were never short cost money and change nothing else, in any run."""
    equal = {"low": 0.0, "high": 0.0, "reference": 400.0, "negligible": 4.0, "more_runs": None}
    names = ("delivered_t", "lead_time_mean_h")
    rows = [difference("wagons", 0.0, "not told apart", kpi=k, unit="t", **equal) for k in names]
    rows.append(difference("wagons", 30.0, "worse", kpi="cost_per_t", unit="USD/t"))
    other = {**rows[0], "against": "cranes"}
    refused = [difference("wagons", 0.0, "not told apart", kpi="refused_t", **equal)]
    said = comparison_answer([*rows, other], "today", {}, {}, refused)
    assert said[1:4] == (
        "The same in every run: wagons.",
        "wagons besides: as many tonnes refused in every run; surely worse in cost of a tonne "
        "+30 (25 … 35) USD/t; the same in every run in mean lead time.",
        "wagons against cranes: the same tonnes delivered in every run.",
    )


def test_pairs_held_against_each_other_are_no_variants_of_the_reference() -> None:
    rows = [
        difference("trains", 40.0, "better", against="today"),
        difference("nights", 10.0, "better", against="today"),
        difference("nights", -30.0, "worse", against="trains"),
    ]
    said = comparison_answer(rows, "today", {})
    assert said[1:] == (
        "Surely better: trains, +40 (35 … 45) t, surely more than all others here.",
        "Surely better: nights, +10 (5 … 15) t.",
        "nights against trains: surely worse in tonnes delivered, -30 (-35 … -25) t.",
    )


def test_a_comparison_of_files_is_a_report(folder: Path, tmp_path: Path) -> None:
    from sim.results.store import write_json
    from sim.study.api import compare
    from sim.study.compare import MAIN

    path = tmp_path / "a.yaml"
    path.write_text(SMALL)
    other = tmp_path / "b.yaml"
    other.write_text("extends: a.yaml\nlines: {west: {speed: 400 km/d}}\n")
    made = compare(path, other, replications=2, sets=["horizon=20 d"], jobs=1)
    target = tmp_path / "compare"
    target.mkdir()
    both = [("b", "a"), ("a", "b")]  # pairs beside those with the reference are no variants
    made.differences(MAIN, pairs=both).write_parquet(target / "comparison.parquet")
    write_json(target / "manifest.json", made.manifest())
    text = report(target)
    assert "<h1>b against a</h1>" in text
    assert "lines.west.speed" in text and "400 km/d" in text


def test_a_brief_of_a_comparison_calls_scenarios_by_their_titles(tmp_path: Path) -> None:
    """Who reads one page knows no files; the report beside it has their names too."""
    from sim.results.store import write_json
    from sim.study.api import compare
    from sim.study.compare import MAIN

    (tmp_path / "base.yaml").write_text(
        re.sub(r"(?m)^title:.*$", "title: The steppe as it is", SMALL)
    )
    for name, speed in (("slow", 400), ("quick", 1200)):
        (tmp_path / f"{name}.yaml").write_text(
            f"extends: base.yaml\ntitle: Other trains, {name} ones\nquestion: What do {name} "
            f"ones bring?\nlines: {{west: {{speed: {speed} km/d}}}}\n"
        )
    paths = (tmp_path / f"{name}.yaml" for name in ("base", "slow", "quick"))
    made = compare(*paths, replications=2, sets=["horizon=20 d"], jobs=1)
    made.differences(MAIN, pairs=made.all_pairs()).write_parquet(tmp_path / "comparison.parquet")
    write_json(tmp_path / "manifest.json", made.manifest())
    page = comparison_page(tmp_path, short=True)
    text = " ".join((page.title, *page.answer))
    assert page.title == "2 variants against The steppe as it is"
    assert page.question == "What do slow ones bring?"
    assert "Quick ones against Slow ones:" in text
    assert not re.search(r"\b(base|slow|quick)\b", text)
    whole = " ".join(comparison_page(tmp_path).answer)
    assert "quick (Other trains, quick ones)" in whole


@pytest.mark.parametrize("count", [1, 2])
def test_a_comparison_whose_variants_ask_nothing_does_not_ask_what_the_reference_asks(
    tmp_path: Path, count: int
) -> None:
    from sim.results.store import write_json
    from sim.study.api import compare

    asking = re.sub(r"(?m)^title:.*$", "title: The steppe\nquestion: how many?", SMALL)
    (tmp_path / "base.yaml").write_text(asking)
    for name in ("slow", "late")[:count]:
        (tmp_path / f"{name}.yaml").write_text(
            f"extends: base.yaml\ntitle: A {name} one\nlines: {{west: {{speed: 400 km/d}}}}\n"
        )
    paths = (tmp_path / f"{name}.yaml" for name in ("base", "slow", "late")[: count + 1])
    made = compare(*paths, replications=2, sets=["horizon=20 d"], jobs=1)
    made.differences().write_parquet(tmp_path / "comparison.parquet")
    write_json(tmp_path / "manifest.json", made.manifest())
    asked = "A slow one" if count == 1 else "each variant"
    page = comparison_page(tmp_path, short=True)
    assert page.question == f"What does {asked} change against The steppe?"


def test_a_study_shows_its_tables_and_pictures(tmp_path: Path) -> None:
    study = tmp_path / "ramp"
    study.mkdir()
    points = {
        "variant": ["today", "both"], "breakpoint": [1.5, 2.0], "low": [1.4, 1.9],
        "high": [1.6, None], "n": [3, 3], "censored": [0, 3],
    }  # fmt: skip
    moves = {
        "variant": ["today"] * 3, "volume": [1.0, 1.5, 2.0],
        "cause": ["border", "border", "empties"], "moved": [False, False, True],
    }  # fmt: skip
    gains = {
        "resource": ["crane", "track"], "step": ["+1", "+1"], "gain": [50.0, 60.0],
        "gain_low": [40.0, -5.0], "gain_high": [60.0, 125.0],
    }  # fmt: skip
    pl.DataFrame(moves).write_csv(study / "migration.csv")
    pl.DataFrame(gains).write_parquet(study / "bottleneck.parquet")
    pl.DataFrame(points).write_csv(study / "breakpoints.csv")
    pl.DataFrame({"variant": ["today"], "volume": [2.0], "mean": [0.25]}).write_parquet(
        study / "ramp.parquet"
    )
    (study / "ramp.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    text = report(study)
    assert "today carries up to 1.50 (1.40 … 1.60) times today&#39;s volume before" in text
    assert "both carried all volumes tried, up to 2 times today&#39;s." in text
    assert "at 1 times the volume the bottleneck is border." in text
    assert "at 2 times the volume the bottleneck moves to empties." in text
    assert "at 1.50 times" not in text
    assert "crane, +1: 50 (40 … 60) t a year more." in text
    assert "track, +1" not in text
    assert 'data-value="0.25"' in text
    assert "<h3>breakpoints</h3>" in text


def test_what_is_no_folder_of_ours_is_refused(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(ResultsError, match="there is no such folder"):
        report(tmp_path / "nowhere")
    with pytest.raises(ResultsError, match="neither a run, a comparison nor a study"):
        report(tmp_path)
    (tmp_path / "comparison.parquet").write_bytes(b"no parquet")
    with pytest.raises(ResultsError, match=r"comparison\.parquet: cannot be read"):
        report(tmp_path)
    with pytest.raises(ResultsError, match="cannot be written"):
        write_report(folder, tmp_path / "no" / "r.html")


def test_a_page_escapes_every_text() -> None:
    table = Table(EVIL, (EVIL,), ((EVIL,),), note=EVIL)
    facts = ((EVIL, EVIL),)
    made = Page(EVIL, EVIL, EVIL, (EVIL,), (), (table,), (table,), EVIL, facts, EVIL, (EVIL,))
    assert "<script>" not in render(made)


def test_a_command_in_a_sentence_is_code_and_still_escaped() -> None:
    shown = said("What it cost: `steppe recovery a&b.yaml`, and <b>one ` alone")
    assert shown == (
        "What it cost: <code>steppe recovery a&amp;b.yaml</code>, and &lt;b&gt;one ` alone"
    )


def test_a_brief_is_one_page_with_four_figures_and_what_to_doubt(
    folder: Path, tmp_path: Path
) -> None:
    made = write_report(folder, brief=True)
    assert made == folder / "brief.html"
    seen = Seen(made.read_text())
    tags = [t for t, _ in seen.tags]
    assert tags.count("dd") == 4 and tags.count("img") == 2
    assert "table" not in tags and "script" not in tags
    text = made.read_text()
    delivered = words.with_interval(read_kpis(folder)["delivered_t"])
    assert f"<dt>delivered</dt><dd>{delivered}</dd>" in text and "±" in delivered
    assert "<h2>What to doubt</h2>" in text
    made.unlink()
    with pytest.raises(ResultsError, match="neither a run, a comparison nor a study"):
        report(tmp_path, brief=True)


def test_a_variant_that_changes_nothing_is_said_to(tmp_path: Path) -> None:
    """Every figure the same in every replication is no lack of replications."""
    (tmp_path / "small.yaml").write_text(SMALL)
    for name, change in (
        ("idle", "services: {eastward: {from: burundai, route: [west], length: 10, "
         "dispatch: {rule: timetable, every: 7 d, minimum: 5}}}"),
        ("fewer", "export_volume: 0.8"),
    ):  # fmt: skip
        text = f"extends: small.yaml\ntitle: {name}\nhorizon: 30 d\n{change}\n"
        (tmp_path / f"{name}.yaml").write_text(text)
    files = [tmp_path / f"{name}.yaml" for name in ("small", "idle", "fewer")]
    found = sim.compare(*files, replications=2, jobs=1, sets=["horizon=30 d"])
    rows = found.differences().to_dicts()
    said = [line for line in comparison_answer(rows, "small", {}) if "idle" in line]
    assert said == [
        "Changes nothing: idle; each figure is that of small in every replication. "
        "What it changes was never short, or `steppe check` says why it has no effect."
    ]
    assert not any("Changes nothing: fewer" in x for x in comparison_answer(rows, "small", {}))
