"""The browser of these tests sees what it must see."""

from __future__ import annotations

from pathlib import Path

from tests.browser.chromium import PHONE, Browser


def page(folder: Path, body: str) -> Path:
    path = folder / "page.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><title>t</title>{body}")
    return path


def test_a_page_that_keeps_to_itself_asks_for_its_file_alone(
    browser: Browser, tmp_path: Path
) -> None:
    path = page(tmp_path, "<p>quiet</p>")
    browser.open(path)
    assert browser.text("p") == "quiet"
    assert browser.requests() == browser.requests() == [path.as_uri()]
    assert browser.complaints() == []


def test_errors_and_requests_to_a_network_are_seen(browser: Browser, tmp_path: Path) -> None:
    # nothing listens on port 9 of this machine
    browser.open(page(tmp_path, "<img src='http://127.0.0.1:9/x.png'><script>oops()</script>"))
    browser.until("return document.images[0].complete")
    assert browser.beyond() == ["http://127.0.0.1:9/x.png"]
    complaints = browser.complaints()
    assert any("oops is not defined" in text for text in complaints)


def test_the_log_starts_anew_with_each_page(browser: Browser, tmp_path: Path) -> None:
    browser.open(page(tmp_path, "<script>oops()</script>"))
    path = page(tmp_path, "<p>quiet</p>")
    browser.open(path)
    assert (browser.complaints(), browser.beyond()) == ([], [])


def test_the_window_has_the_size_of_a_phone_when_asked(browser: Browser, tmp_path: Path) -> None:
    browser.size(*PHONE, touch=True)
    browser.open(page(tmp_path, "<meta name=viewport content='width=device-width'>"))
    assert browser.run("return [innerWidth, innerHeight]") == list(PHONE)


def test_the_mouse_moves_and_clicks(browser: Browser, tmp_path: Path) -> None:
    script = "<script>onclick = e => document.body.append(`${e.clientX} ${e.clientY}`)</script>"
    browser.open(page(tmp_path, f"<body>{script}"))
    browser.click(30, 40)
    assert browser.until("return document.body.innerText.trim()") == "30 40"
