"""A headless Chromium that asks no network for anything, and what it was seen to do."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

CHROMIUM = Path("/usr/bin/chromium")
DRIVER = Path("/usr/bin/chromedriver")
FLAGS = (
    "--headless=new",
    "--no-sandbox",  # CI is root
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
DESKTOP = (1400, 900)
PHONE = (390, 844)
WAIT_S = 20.0
"""Longest that a condition may take; a machine that is slow does not fail a test sooner."""


def missing() -> list[str]:
    """The programs that the tests in a browser need and that are not there."""
    return [str(p) for p in (CHROMIUM, DRIVER) if not p.exists()]


class Browser:
    """One window; pages are files, and everything the page asks for is written down."""

    def __init__(self, profile: Path) -> None:
        from selenium import webdriver

        os.environ.update(SE_OFFLINE="true", SE_AVOID_STATS="true")
        options = webdriver.ChromeOptions()
        options.binary_location = str(CHROMIUM)
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        service = webdriver.ChromeService(executable_path=str(DRIVER))
        self.driver = webdriver.Chrome(options=options, service=service)
        self._logs: dict[str, list[dict[str, Any]]] = {"browser": [], "performance": []}
        self._opened = 0
        self.size(*DESKTOP)

    def size(self, width: int, height: int, *, touch: bool = False) -> None:
        """Give the page a screen of so many CSS pixels; with ``touch`` that of a phone."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": touch},
        )
        self.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": touch})

    def reduced_motion(self, wanted: bool) -> None:
        """Whether the reader asked for less motion."""
        value = "reduce" if wanted else ""
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia",
            {"features": [{"name": "prefers-reduced-motion", "value": value}]},
        )

    def open(self, page: Path) -> None:
        """Open a file; the logs of what came before are dropped, however late they come.

        Entries come in order, so that all of the page before are there once a word of ours is.
        """
        self._opened += 1
        word = f"page {self._opened} begins"
        self.driver.get("about:blank")
        self.run("console.error(arguments[0])", word)
        self.wait(lambda: any(word in e["message"] for e in self._logged("browser")), word)
        for log in self._logs:
            self.driver.get_log(log)
            self._logs[log] = []
        self.driver.get(page.absolute().as_uri())
        # On a busy machine the driver now and then comes back while the blank page still stands.
        self.until("return location.href !== 'about:blank' && document.readyState === 'complete'")

    def pdf(self) -> bytes:
        """The page on paper.

        Chromium prints by a process of its own, which now and then fails on a busy machine; it is
        asked again then.

        Raises:
            TimeoutException: it fails for WAIT_S.
        """
        return bytes(self.wait(self._printed, "print"))

    def _printed(self) -> bytes | None:
        from selenium.common.exceptions import WebDriverException

        asked = {"preferCSSPageSize": True, "printBackground": True}
        try:
            return base64.b64decode(self.driver.execute_cdp_cmd("Page.printToPDF", asked)["data"])
        except WebDriverException as error:
            if "Printing failed" in str(error):
                return None
            raise

    def run(self, script: str, *args: Any) -> Any:
        """The value of a script's ``return``."""
        return self.driver.execute_script(script, *args)

    def until(self, script: str, *args: Any) -> Any:
        """Wait until a script returns something true, and return it.

        Raises:
            TimeoutException: it does not within WAIT_S.
        """
        return self.wait(lambda: self.run(script, *args), script)

    def wait(self, condition: Callable[[], Any], what: str) -> Any:
        """Wait until a condition is true."""
        from selenium.webdriver.support.ui import WebDriverWait

        return WebDriverWait(self.driver, WAIT_S, 0.05).until(lambda _: condition(), what)

    def text(self, selector: str) -> str:
        """What an element says, as a reader sees it."""
        return str(self.run("return document.querySelector(arguments[0]).innerText", selector))

    def press(self, key: str) -> None:
        """Press a key on the page."""
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.driver).send_keys(key).perform()

    def point(self, x: float, y: float) -> None:
        """Move the mouse to a place in the window."""
        self._mouse("mouseMoved", x, y, "none", 0)

    def click(self, x: float, y: float) -> None:
        """Click at a place in the window."""
        self.point(x, y)
        self._mouse("mousePressed", x, y, "left", 1)
        self._mouse("mouseReleased", x, y, "left", 1)

    def tap(self, x: float, y: float) -> None:
        """Touch a place in the window and let go."""
        for kind, points in (("touchStart", [{"x": x, "y": y}]), ("touchEnd", [])):
            self.driver.execute_cdp_cmd(
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": points}
            )

    def _mouse(self, kind: str, x: float, y: float, button: str, count: int) -> None:
        self.driver.execute_cdp_cmd(
            "Input.dispatchMouseEvent",
            {"type": kind, "x": x, "y": y, "button": button, "clickCount": count},
        )

    def complaints(self) -> list[str]:
        """Errors and warnings in the console since the page was opened."""
        return [
            entry["message"]
            for entry in self._logged("browser")
            if entry["level"] in ("SEVERE", "WARNING")
        ]

    def requests(self) -> list[str]:
        """Addresses that the page asked for since it was opened, files and data too."""
        messages = [json.loads(e["message"])["message"] for e in self._logged("performance")]
        return [
            m["params"]["request"]["url"]
            for m in messages
            if m["method"] == "Network.requestWillBeSent"
        ]

    def _logged(self, log: str) -> list[dict[str, Any]]:
        """All entries since the page was opened; the driver itself gives each entry once."""
        self._logs[log] += self.driver.get_log(log)
        return self._logs[log]

    def beyond(self) -> list[str]:
        """Those of the requests that would leave the file."""
        return [u for u in self.requests() if not u.startswith(("file:", "data:", "blob:"))]

    def screenshot(self, path: Path) -> Path:
        """What is seen, as a PNG."""
        self.driver.save_screenshot(str(path))
        return path

    def close(self) -> None:
        """End the browser that was started here."""
        with suppress(OSError):
            self.driver.quit()
