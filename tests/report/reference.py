"""Reference images: what every picture of the hand-written run looked like when last approved.

``python -m tests.report.reference`` says by how much each picture moved; with ``--approve`` the
new ones become the reference, after you have looked at them.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import polars as pl

from sim.report import PICTURES, picture_bytes
from tests.report import made

FOLDER = Path(__file__).parent / "reference"
DPI = 50
TOLERANCE = 2.0
"""Root of the mean square of the differences in grey levels: other builds of the font renderer
stay below a half, a bar that is an eighth lower is above."""


def drawn(what: str) -> bytes:
    """The picture of the hand-written run, or of the hand-written frame that it needs."""
    needs = PICTURES[what].needs
    data = made.run() if needs == "runs" else FRAMES[needs]
    return picture_bytes(what, data, "png", subtitle="drawn by hand", dpi=DPI)


def moved(what: str, image: bytes) -> float:
    """How far the image is from its reference; infinity if there is none or its size differs."""
    from matplotlib.testing.compare import compare_images
    from matplotlib.testing.exceptions import ImageComparisonFailure

    reference = FOLDER / f"{what}.png"
    if not reference.is_file():
        return float("inf")
    with tempfile.TemporaryDirectory() as folder:
        actual = Path(folder) / "actual.png"
        actual.write_bytes(image)
        try:
            found = compare_images(str(reference), str(actual), 0.0, in_decorator=True)
        except ImageComparisonFailure:
            return float("inf")
    return float(found["rms"]) if found else 0.0  # type: ignore[call-overload]


FRAMES = {
    "comparison": pl.DataFrame(
        {
            "variant": ["more trains", "night shift", "more trains", "night shift"],
            "kpi": ["delivered_t", "delivered_t", "lead_time_mean_h", "lead_time_mean_h"],
            "unit": ["t", "t", "h", "h"],
            "reference": [200.0, 200.0, 400.0, 400.0],
            "difference": [20.0, -10.0, -100.0, 20.0],
            "low": [10.0, -15.0, -120.0, -30.0],
            "high": [30.0, -5.0, -80.0, 70.0],
            "verdict": ["better", "worse", "better", "not told apart"],
            "n": [10] * 4,
        }
    ),
    "level": pl.DataFrame(
        {
            "time_h": [12.0 + 24.0 * i for i in range(20)],
            "level": [100.0 - 80.0 * 0.7**i + (3.0 if i % 2 else -3.0) for i in range(20)],
            "unit": ["t"] * 20,
            "warmup_h": [120.0] * 20,
            "statistic": [5.0 + (i - 5) ** 2 if i <= 10 else None for i in range(20)],
        }
    ),
    "response": pl.DataFrame(
        [
            {
                "x": x,
                "mean": y,
                "low": y - 4.0,
                "high": y + 4.0,
                "series": name,
                "bound": 60.0,
            }
            for name, level in (("today", 45.0), ("more trains", 58.0))
            for x, y in ((1.0, 25.0), (1.5, min(37.5, level)), (2.0, level), (2.5, level))
        ]
    ),
    "migration": pl.DataFrame(
        {
            "x": [1.0, 1.0, 1.5, 1.5, 2.0, 2.0],
            "cause": ["border: acceptance", "no empty container"] * 3,
            "share": [0.8, 0.2, 0.5, 0.5, 0.1, 0.9],
        }
    ),
    "costs": pl.DataFrame(
        {
            "part": ["line haul", "gauge change", "hire of boxes"],
            "usd_per_t": [42.0, 6.5, 9.0],
            "low": [41.0, None, 8.0],
            "high": [43.0, None, 10.0],
        }
    ),
    "backtest": pl.DataFrame(
        {
            "episode": ["jam", "jam", "storm", "storm"],
            "title": ["trains standing", "wagons standing", "trains a day", "days until recovered"],
            "unit": ["trains", "wagons", "trains/d", "d"],
            "observed_low": [120.0, 7000.0, 3.0, 7.0],
            "observed_high": [120.0, 7000.0, 3.0, 10.0],
            "mean": [110.0, 12000.0, 3.1, 0.2],
            "low": [90.0, 11000.0, 3.0, 0.1],
            "high": [130.0, 13000.0, 3.2, 0.3],
            "predicted_low": [50.0, 9000.0, 2.6, 0.0],
            "predicted_high": [170.0, 15000.0, 3.6, 0.5],
            "within": [True, False, True, False],
            "calibrated": [True, False, False, False],
        }
    ),
}


def main() -> None:
    """Say what moved; approve it if asked to."""
    approve = "--approve" in sys.argv[1:]
    FOLDER.mkdir(exist_ok=True)
    for what in PICTURES:
        image = drawn(what)
        far = moved(what, image)
        print(f"{what:16} {far:8.3f}{'  moved' if far > TOLERANCE else ''}")
        if approve and far > 0.0:
            (FOLDER / f"{what}.png").write_bytes(image)


if __name__ == "__main__":
    main()
