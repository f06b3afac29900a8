"""``steppe verify`` as a user meets it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import sim
from tests.cli.command import MODULE, good, steppe

FEW = ("tandem-saturated", "timetable", "--replications", "4")


def test_cases_are_shown_with_theory_interval_and_verdict(tmp_path: Path) -> None:
    out = good(tmp_path, "verify", *FEW).out.splitlines()
    assert out[0].split() == ["case", "what", "theory", "simulated", "interval", "verdict"]
    rows = [line.split() for line in out[1:4]]
    assert rows[0][:5] == ["tandem-saturated", "trains", "a", "day", "18.0000"]
    assert [r[0] for r in rows] == ["tandem-saturated", "timetable", "timetable"]
    assert {r[-1] for r in rows} == {"ok"}
    assert "(Bonferroni)" in "\n".join(out)
    assert out[-1] == "all 3 agree"
    assert not list(tmp_path.iterdir())


def test_json_has_the_same(tmp_path: Path) -> None:
    made = json.loads(good(tmp_path, "verify", *FEW, "--json", "--jobs", "1").out)
    assert made["ok"] is True
    assert made["confidence"] == 0.95
    first = made["findings"][0]
    assert first["low"] < first["theory"] == 18.0 < first["high"]
    assert first["n"] == 4
    assert first["sharpness"] == pytest.approx((first["high"] - first["low"]) / 2 / 18.0)
    assert made["findings"][1]["low"] is None


def test_wide_intervals_are_owned_to(tmp_path: Path) -> None:
    out = good(tmp_path, "verify", "full-train", "--replications", "2").out
    assert "1 of these intervals are wider than ±3 % of the theory" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("machine-repar",), "'machine-repar' is no case; did you mean machine-repair?\n"),
        (("bulk", "--replications", "1"), "--replications"),
        (("bulk", "--seed", "-1"), "--seed"),
        (("bulk", "--jobs", "0"), "--jobs"),
    ],
)
def test_what_cannot_be_used_is_the_users(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    done = steppe(tmp_path, "verify", *words)
    assert (done.status, done.out) == (2, "")
    assert said in done.err


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the program and its scenarios, to break."""
    root = Path(sim.__file__).parents[1]
    shutil.copytree(root / "sim", tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    cases = Path("scenarios", "verification")
    shutil.copytree(root / cases, tmp_path / cases, ignore=shutil.ignore_patterns("l*", "fl*"))
    return tmp_path


def broken(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert text.count(before) == 1
    file.write_text(text.replace(before, after))


def test_a_wrong_theory_ends_with_status_one(checkout: Path) -> None:
    broken(checkout / "sim/study/theory.py", "shares[0]) / second", "shares[0]) / second * 1.03")
    done = steppe(checkout, "verify", "tandem-saturated", program=MODULE)
    assert (done.status, done.err) == (1, "")
    assert done.out.splitlines()[1].endswith("misses")
    assert "misses: tandem-saturated, trains a day" in done.out
    assert "1 of 1 miss" in done.out


def test_a_wrong_simulator_ends_with_status_one(checkout: Path) -> None:
    # each box takes a tenth longer
    ahead = checkout / "sim/corridor/ahead.py"
    broken(ahead, "reshape(number, self._stride)", "reshape(number, self._stride) * 1.1")
    done = steppe(checkout, "verify", "bulk", "timetable", "--json", program=MODULE)
    assert (done.status, done.err) == (1, "")
    found = {(f["case"], f["what"]): f["verdict"] for f in json.loads(done.out)["findings"]}
    assert found["bulk", "mean time in all, h"] == "misses"
    assert found["bulk", "share of time busy"] == "misses"


def test_without_the_scenarios_it_says_where_to_go(checkout: Path) -> None:
    shutil.rmtree(checkout / "scenarios")
    done = steppe(checkout, "verify", program=MODULE)
    assert done.status == 2
    assert "run this in a checkout" in done.err
