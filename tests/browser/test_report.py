"""A report as a reader opens it: from a file, on a phone, on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim
from sim.report import write_report
from sim.results import read_kpis
from tests.browser.chromium import PHONE, Browser
from tests.cli.command import good
from tests.corridor.small import SMALL

FIGURES = """
return Object.fromEntries([...document.querySelectorAll("td[data-name][data-value]")]
  .map(cell => [cell.dataset.name, Number(cell.dataset.value)]))
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = tmp_path_factory.mktemp("report")
    (here / "small.yaml").write_text(SMALL)
    sim.run(here / "small.yaml", sets=["horizon=30 d"]).save(here / "run")
    return write_report(here / "run")


def test_it_opens_without_a_complaint_and_asks_for_nothing(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.until("return [...document.images].every(i => i.complete && i.naturalWidth > 0)")
    assert browser.complaints() == []
    assert browser.beyond() == []


def test_its_figures_are_those_of_the_run(browser: Browser, page: Path) -> None:
    browser.open(page)
    known = {n: k["value"] for n, k in read_kpis(page.parent).items() if k["value"] is not None}
    assert browser.run(FIGURES) == pytest.approx(known, rel=1e-12)


def test_a_phone_need_not_scroll_sideways(browser: Browser, page: Path) -> None:
    browser.size(*PHONE, touch=True)
    browser.open(page)
    assert browser.run("return document.documentElement.scrollWidth") == PHONE[0]
    size = "return parseFloat(getComputedStyle(document.querySelector('li')).fontSize)"
    assert browser.run(size) >= 14


def test_it_prints_with_every_picture_within_the_paper(browser: Browser, page: Path) -> None:
    browser.open(page)
    cdp = browser.driver.execute_cdp_cmd
    cdp("Emulation.setEmulatedMedia", {"media": "print"})
    browser.size(680, 1000)  # A4 less its margins
    try:
        widths = browser.run(
            "return [...document.images].map(i => i.getBoundingClientRect().right)"
        )
        assert widths and max(widths) <= 680
        assert browser.run("return document.documentElement.scrollWidth") <= 680
    finally:
        cdp("Emulation.setEmulatedMedia", {"media": ""})
    assert browser.pdf().startswith(b"%PDF-")


def test_the_brief_of_a_long_comparison_is_one_sheet_with_a_picture_that_can_be_read(
    browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "a.yaml").write_text(SMALL)
    names = [f"trains-of-the-{way}-line-run-at-{speed}" for way in "ab" for speed in (400, 500)]
    for name in names:
        speed = name[-3:]
        (tmp_path / f"{name}.yaml").write_text(
            f"extends: a.yaml\ntitle: As it is, with the {name.replace('-', ' ')} km a day\n"
            f"lines: {{west: {{speed: {speed} km/d}}}}\n"
        )
    files = [f"{name}.yaml" for name in ("a", *names)]
    good(tmp_path, "compare", *files, "--replications", "2", "--set", "horizon=20 d", "--out", "c")
    browser.open(write_report(tmp_path / "c", brief=True))
    cdp = browser.driver.execute_cdp_cmd
    assert re.findall(rb"/Count (\d+)", browser.pdf()) == [b"1"]
    cdp("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        height = "return document.querySelector('img').getBoundingClientRect().height"
        assert browser.run(height) > 250  # of a sheet of 1,030
    finally:
        cdp("Emulation.setEmulatedMedia", {"media": ""})
