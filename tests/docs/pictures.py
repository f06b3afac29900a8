"""Make the pictures of README and guides by its own commands: python -m tests.docs.pictures."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from tests.browser.chromium import Browser

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
SCENARIOS = ROOT / "scenarios"
VARIANTS = ("round-the-clock-customs", "more-return-trains")
MEASURES = ("catch-up", "reserve", "ban", "detour")
STORM = datetime(2023, 12, 17)
"""Three days after the December storm, when most trains stand before Dostyk."""


def steppe(folder: Path, *words: object) -> None:
    """A command, in a folder that is thrown away."""
    subprocess.run([sys.executable, "-m", "sim", *map(str, words)], cwd=folder, check=True)


def shown(page: Path, profile: Path, to: Path) -> None:
    """The replay after the storm, as a browser shows it."""
    browser = Browser(profile)
    try:
        browser.open(page)
        browser.until("return document.documentElement.dataset.ready")
        minute = (STORM - datetime(2023, 9, 1)).total_seconds() / 60
        browser.run("steppeReplay.seek(arguments[0])", minute)
        day = STORM.date().isoformat()
        browser.until(
            "return document.getElementById('utc').dateTime.startsWith(arguments[0])", day
        )
        browser.driver.save_screenshot(str(to))
    finally:
        browser.driver.quit()


def main() -> None:
    """Write all of them."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        steppe(folder, "run", SCENARIOS / "baseline.yaml", "--out", "baseline")
        shutil.copy(folder / "baseline" / "throughput.png", PICTURES)
        steppe(folder, "replay", "baseline")
        shown(folder / "baseline" / "replay.html", folder / "profile", PICTURES / "replay.png")
        variants = [SCENARIOS / f"{variant}.yaml" for variant in VARIANTS]
        steppe(
            folder, "ramp", SCENARIOS / "baseline.yaml", "--variants", *variants, "--out", "ramp"
        )
        shutil.copy(folder / "ramp" / "ramp.png", PICTURES / "ramp.png")
        after = [SCENARIOS / f"{measure}-after-storm.yaml" for measure in MEASURES]
        storm = ("--event", "december-storm", "--out", "relief")
        steppe(folder, "recovery", SCENARIOS / "baseline.yaml", *after, *storm)
        shutil.copy(folder / "relief" / "relief.png", PICTURES / "relief.png")


if __name__ == "__main__":
    main()
