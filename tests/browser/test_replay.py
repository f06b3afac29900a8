"""The replay as a reader meets it: in a browser, by mouse, keys and thumb."""

from __future__ import annotations

import json
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from selenium.webdriver.common.keys import Keys

import sim
from sim.report.replay import replay
from sim.results import read_run
from tests.browser.chromium import PHONE, Browser
from tests.corridor.small import SMALL, scenario
from tests.corridor.test_gridlock import LOOP

STORM = 21 * 1440
"""A minute in the storm of the small corridor, when trains stand before the border."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The small corridor, and the same with more trains through it."""
    here = tmp_path_factory.mktemp("runs")
    more = scenario(here, SMALL, "background.transit.trains=14 /d")
    return [
        sim.run(scenario(here)).save(here / "few"),
        sim.run(more).save(here / "more"),
    ]


@pytest.fixture(scope="module")
def page(runs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return replay(runs[:1], tmp_path_factory.mktemp("page") / "replay.html")


@pytest.fixture(scope="module")
def both(runs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return replay(runs, tmp_path_factory.mktemp("both") / "replay.html")


def open_ready(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.until("return document.documentElement.dataset.ready")
    settle(browser)


def settle(browser: Browser) -> None:
    """Wait until what was asked for is drawn."""
    browser.driver.set_script_timeout(20)
    browser.driver.execute_async_script(
        "requestAnimationFrame(() => requestAnimationFrame(arguments[0]))"
    )


def seek(browser: Browser, minute: int, i: int = 0) -> list[dict[str, Any]]:
    """Go to a minute; what is drawn there: trains by number, stations, with their places."""
    browser.run("steppeReplay.seek(arguments[0])", minute)
    settle(browser)
    return list(browser.run("return steppeReplay.shown(arguments[0])", i))


def clock(browser: Browser) -> datetime:
    return datetime.fromisoformat(browser.run("return document.getElementById('utc').dateTime"))


def middle(browser: Browser, selector: str) -> tuple[float, float]:
    x, y = browser.run(
        "const b = document.querySelector(arguments[0]).getBoundingClientRect();"
        "return [b.x + b.width / 2, b.y + b.height / 2]",
        selector,
    )
    return x, y


def test_the_page_opens_without_an_error_and_asks_no_network(browser: Browser, page: Path) -> None:
    open_ready(browser, page)
    browser.click(*middle(browser, "#play"))
    browser.until("return steppeReplay.minute() > 2000")
    assert browser.complaints() == []
    assert browser.beyond() == []
    assert page.as_uri() in browser.requests()
    assert browser.run("return document.getElementById('fault').hidden")


def test_play_moves_the_clock_and_pause_stops_it(browser: Browser, page: Path) -> None:
    open_ready(browser, page)
    assert clock(browser).isoformat() == "2023-01-01T00:00:00+00:00"
    browser.click(*middle(browser, "#play"))
    assert browser.text("#play") == "Pause"
    browser.until("return steppeReplay.minute() > 600")
    browser.press(Keys.SPACE)
    settle(browser)
    stopped = clock(browser)
    assert stopped > datetime.fromisoformat("2023-01-01T10:00:00+00:00")
    settle(browser)
    assert clock(browser) == stopped
    assert browser.text("#play") == "Play"


def test_playing_stops_at_the_end(browser: Browser, page: Path) -> None:
    open_ready(browser, page)
    browser.run("document.getElementById('speed').value = '240'")
    browser.press(Keys.SPACE)
    browser.until("return steppeReplay.minute() === 60 * 1440")
    settle(browser)
    assert browser.text("#play") == "Play"
    assert clock(browser).isoformat() == "2023-03-02T00:00:00+00:00"


def test_the_slider_seeks(browser: Browser, page: Path) -> None:
    open_ready(browser, page)
    browser.click(*middle(browser, "#slider"))
    settle(browser)
    assert abs((clock(browser) - datetime.fromisoformat("2023-01-31T00:00:00+00:00")).days) <= 1
    assert "Jan 2023" in browser.text("#clock")
    words = browser.run("return document.getElementById('slider').getAttribute('aria-valuetext')")
    assert words == browser.text("#utc")


@pytest.mark.parametrize(
    ("keys", "minute"),
    [
        ([Keys.ARROW_RIGHT], STORM + 60),
        ([Keys.ARROW_LEFT, Keys.ARROW_LEFT], STORM - 120),
        ([Keys.PAGE_UP], STORM + 7 * 1440),
        ([Keys.HOME], 0),
        ([Keys.END], 60 * 1440),
    ],
)
def test_keys_move_the_clock(browser: Browser, page: Path, keys: list[str], minute: int) -> None:
    open_ready(browser, page)
    seek(browser, STORM)
    for key in keys:
        browser.press(key)
    settle(browser)
    assert browser.run("return steppeReplay.minute()") == minute


@pytest.mark.parametrize("minute", [0, 5 * 1440 + 7, STORM, 40 * 1440 + 1, 60 * 1440 - 1])
def test_every_train_in_the_corridor_is_drawn_and_no_other(
    browser: Browser, page: Path, runs: list[Path], minute: int
) -> None:
    open_ready(browser, page)
    drawn = sorted(h["train"] for h in seek(browser, minute) if "train" in h)
    trains = read_run(runs[0]).trains.with_columns(
        pl.col("formed_h", "ended_h").mul(60).round().fill_null(float("inf"))
    )
    there = trains.filter((pl.col("formed_h") <= minute) & (pl.col("ended_h") > minute))
    assert drawn == there["train"].to_list()


@pytest.fixture(scope="module")
def jam(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A border that takes three trains a day of twelve, and room for all of them before it."""
    here = tmp_path_factory.mktemp("jam")
    jammed = scenario(here, SMALL, "lines.border.acceptance.per_day=3 /d", "lines.west.places=400")
    return replay([sim.run(jammed).save(here / "run")])


def test_a_long_queue_stays_on_the_canvas(browser: Browser, jam: Path) -> None:
    for size, touch in (((1400, 900), False), (PHONE, True)):
        browser.size(*size, touch=touch)
        open_ready(browser, jam)
        box = browser.run(
            "const b = document.querySelector('canvas').getBoundingClientRect();"
            "return [b.left, b.top, b.right, b.bottom]"
        )
        hits = seek(browser, 60 * 1440)
        held = int(browser.text("[data-now=held]").replace(",", ""))
        assert 60 < len(hits) < held > 300  # a mark for several
        for hit in hits:
            assert box[0] < hit["x"] < box[2] and box[1] < hit["y"] < box[3]


def test_hovering_shows_a_train_with_its_stages_and_what_it_waits_for(
    browser: Browser, page: Path, runs: list[Path]
) -> None:
    results = read_run(runs[0])
    now = STORM / 60
    waiting = results.stages.filter(
        (pl.col("activity") == "acceptance")
        & (pl.col("in_h") < now - 1)
        & (pl.col("start_h").fill_null(float("inf")) > now + 1)
    )
    train, since = waiting.select("train", "in_h").row(0)
    name = results.trains.filter(pl.col("train") == train)["name"].item()
    open_ready(browser, page)
    (hit,) = [h for h in seek(browser, STORM) if h.get("train") == train]
    assert browser.run("return document.getElementById('card').hidden")
    browser.point(hit["x"], hit["y"])
    browser.until("return !document.getElementById('card').hidden")
    assert browser.text("#card h2") == name
    last = browser.text("#card tr.now")
    assert "waited: border: acceptance" in last
    assert f"{now - since:.1f} h" in last
    browser.point(5, 5)
    browser.until("return document.getElementById('card').hidden")


def test_a_click_keeps_a_station_s_figures_and_escape_lets_them_go(
    browser: Browser, page: Path, runs: list[Path]
) -> None:
    open_ready(browser, page)
    hits = seek(browser, STORM)
    jinan = next(h for h in hits if h.get("station") == 3)
    browser.click(jinan["x"], jinan["y"])
    browser.point(5, 5)
    settle(browser)
    levels = read_run(runs[0]).levels.filter(
        (pl.col("series") == "jinan: empty boxes") & (pl.col("time_h") <= STORM / 60)
    )
    wanted = f"{int(levels['level'].to_list()[-1]):,} containers"
    assert browser.text("#card h2") == "jinan"
    assert ["empty boxes", wanted] == browser.text("#card tr").split("\t")[:2]
    browser.press(Keys.ESCAPE)
    browser.until("return document.getElementById('card').hidden")


def test_the_key_figures_are_those_of_the_file(
    browser: Browser, page: Path, runs: list[Path]
) -> None:
    open_ready(browser, page)
    rows = browser.run(
        "return [...document.querySelectorAll('data[data-kpi]')]"
        ".map(d => [d.dataset.kpi, d.value, d.innerText])"
    )
    shown = {name: (value, text) for name, value, text in rows}
    wanted = json.loads((runs[0] / "kpis.json").read_text())
    assert list(shown) == list(wanted)
    for name, kpi in wanted.items():
        value, text = shown[name]
        if kpi["value"] is None:
            assert (value, text) == ("null", "–")
            continue
        assert float(value) == kpi["value"]
        digits = len(text.partition(".")[2])
        assert float(text.replace(",", "")) == pytest.approx(kpi["value"], abs=0.51 * 10**-digits)


def test_key_figures_of_replications_have_their_intervals(browser: Browser, tmp_path: Path) -> None:
    folder = sim.run(scenario(tmp_path), replications=2, jobs=1).save(tmp_path / "two")
    open_ready(browser, replay([folder]))
    wanted = json.loads((folder / "kpis.json").read_text())
    for kind, key in (("data-kpi", "mean"), ("data-half-width", "half_width")):
        value = browser.run(f"return document.querySelector('data[{kind}=delivered_t]').value")
        assert float(value) == wanted["delivered_t"][key]
    assert "2 replications; what is played back is replication 0 alone" in browser.text("#figures")


def test_trains_that_wait_for_ever_are_seen_to_wait(browser: Browser, tmp_path: Path) -> None:
    folder = sim.run(scenario(tmp_path, LOOP.format(tracks=1))).save(tmp_path / "stuck")
    open_ready(browser, replay([folder]))
    assert "deadlock at hour 3.00: 4 trains wait for each other" in browser.text("#about")
    assert len([h for h in seek(browser, 180) if "train" in h]) == 4
    browser.run(
        "const s = document.getElementById('place'); s.value = '0 0';"
        "s.dispatchEvent(new Event('change'))"
    )
    settle(browser)
    assert browser.text("#card tr").split("\t") == ["enter", "0 in work", "1 wait"]


def test_dated_changes_are_moments_to_go_to(browser: Browser, tmp_path: Path) -> None:
    dated = "lines.border.acceptance.per_day={value: 15 /d, changes: {2023-02-01: 12 /d}}"
    folder = sim.run(scenario(tmp_path, SMALL, dated)).save(tmp_path / "dated")
    open_ready(browser, replay([folder]))
    words = browser.run("return [...document.getElementById('moment').options].map(o => o.text)")
    (mine,) = [w for w in words if "per_day" in w]
    assert mine == "1 Feb 2023 00:00 · lines.border.acceptance.per_day down to 80 %"
    browser.run(
        "const s = document.getElementById('moment');"
        "s.selectedIndex = arguments[0]; s.dispatchEvent(new Event('change'))",
        words.index(mine),
    )
    settle(browser)
    assert clock(browser).isoformat() == "2023-02-01T00:00:00+00:00"


def test_the_running_figures_end_at_the_key_figures(
    browser: Browser, page: Path, runs: list[Path]
) -> None:
    open_ready(browser, page)
    seek(browser, 60 * 1440)
    kpis = json.loads((runs[0] / "kpis.json").read_text())
    assert browser.text("[data-now=delivered]") == f"{kpis['delivered_t']['value']:,.0f}"
    assert browser.text("[data-now=backlog]") == f"{kpis['end_backlog_t']['value']:,.0f}"


def test_a_disruption_is_said_while_it_lasts(browser: Browser, page: Path) -> None:
    open_ready(browser, page)
    seek(browser, 19 * 1440 - 1)
    assert browser.text(".trouble") == ""
    seek(browser, 19 * 1440)
    assert "storm (20 %)" in browser.text(".trouble")
    seek(browser, 22 * 1440)
    assert browser.text(".trouble") == ""


def test_two_runs_share_one_clock(browser: Browser, both: Path, runs: list[Path]) -> None:
    open_ready(browser, both)
    assert browser.complaints() == [] and browser.beyond() == []
    assert browser.run("return document.querySelectorAll('canvas').length") == 2
    for i, folder in enumerate(runs):
        drawn = {h["train"] for h in seek(browser, STORM, i) if "train" in h}
        trains = read_run(folder).trains
        now = (
            (pl.col("formed_h") * 60).round() <= STORM,
            ((pl.col("ended_h") * 60).round().fill_null(float("inf")) > STORM),
        )
        assert drawn == set(trains.filter(*now)["train"].to_list())
    heads = browser.run("return [...document.querySelectorAll('thead th')].map(h => h.innerText)")
    assert heads[1:3] == ["A: small", "B: small"]
    for name in ("delivered_t", "trains_held_max"):
        values = browser.run(
            "return [...document.querySelectorAll(`data[data-kpi=${arguments[0]}]`)]"
            ".map(d => Number(d.value))",
            name,
        )
        wanted = [json.loads((r / "kpis.json").read_text())[name]["value"] for r in runs]
        assert values == wanted


def test_a_phone_shows_it_without_scrolling_sideways(browser: Browser, both: Path) -> None:
    browser.size(*PHONE, touch=True)
    open_ready(browser, both)
    seek(browser, STORM)
    width, inner = browser.run("return [document.documentElement.scrollWidth, innerWidth]")
    assert (width, inner) == (PHONE[0], PHONE[0])
    right = browser.run("return document.getElementById('moment').getBoundingClientRect().right")
    assert right <= PHONE[0]


def test_a_tap_on_a_phone_shows_a_train_within_the_screen(browser: Browser, page: Path) -> None:
    browser.size(*PHONE, touch=True)
    open_ready(browser, page)
    train = next(h for h in seek(browser, STORM) if "train" in h and 100 < h["y"] < 600)
    browser.tap(train["x"], train["y"])
    browser.until("return !document.getElementById('card').hidden")
    left, right, top = browser.run(
        "const b = document.getElementById('card').getBoundingClientRect();"
        "return [b.left, b.right, b.top]"
    )
    assert 0 <= left < right <= PHONE[0] and top >= 0
    assert "ready to leave" in browser.text("#card")


def test_with_less_motion_trains_step_and_do_not_glide(browser: Browser, page: Path) -> None:
    browser.reduced_motion(True)
    open_ready(browser, page)
    assert browser.run("return document.getElementById('play').innerText") == "Play"
    browser.press(Keys.SPACE)
    browser.driver.set_script_timeout(20)
    steps = browser.driver.execute_async_script("""
        const seen = [], done = arguments[0];
        (function look() {
          const minute = steppeReplay.minute();
          if (!seen.length || seen[seen.length - 1][1] !== minute)
            seen.push([performance.now(), minute]);
          if (seen.length < 4) requestAnimationFrame(look); else done(seen.map(s => s[0]));
        })();
    """)
    between = [b - a for a, b in pairwise(steps[1:])]
    assert min(between) > 400


def test_every_control_has_a_name(browser: Browser, page: Path) -> None:
    open_ready(browser, page)
    tree = browser.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    named = {
        (n["role"]["value"], n["name"]["value"].strip())
        for n in tree
        if n.get("role", {}).get("value") in ("button", "combobox", "slider", "image", "img")
        and not n["ignored"]
    }
    assert {name for role, name in named if role == "button"} == {"Play"}
    assert {name for role, name in named if role == "slider"} == {"Time"}
    assert {name for role, name in named if role == "combobox"} == {"Speed", "Go to", "Look at"}
    assert all(name for _, name in named)
