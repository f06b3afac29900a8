"""What is wrong by a slip of the hand is said with what was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load

CORRIDOR = Path(__file__).parent / "corridor.yaml"
COMMA = "has a comma in the number; write a decimal point and no mark for thousands, such as"


def refused(folder: Path, text: str) -> list[str]:
    path = folder / "mine.yaml"
    path.write_text(f"extends: {CORRIDOR}\n{text}\n")
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return [str(problem).removeprefix(str(path)) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stations: {almaty: {stuffing: {time: 2,5 h}}}", f":2:38: `2,5 h` {COMMA} `2.5 h`"),
        ("supplies: {barley: {to: {jinan: 0,6}}}", f":2:33: `0,6` {COMMA} `0.6`"),
        ("supplies: {barley: {volume: 3,000 t/month}}",
         f":2:29: `3,000 t/month` {COMMA} `3000 t/month`"),
    ],
)  # fmt: skip
def test_a_comma_in_a_number_within_braces_is_said(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(tmp_path, text)
    assert not [line for line in refused(tmp_path, text) if "has no unit" in line]


def test_a_list_without_blanks_is_no_decimal_comma(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"extends: {CORRIDOR}\nstations: {{jinan: {{position: [117,36]}}}}\n")
    assert load(path).tables.stations["jinan"].position == (117.0, 36.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("extend: other.yaml", ":2:1: unknown key `extend`; did you mean `extends`?"),
        ("stations: {almaty: {storage: 9 kt}}",
         ":2:21: `storage` does not belong here; it belongs in `stations.*.stuffing` or `costs`"),
        ("speed: 35 km/h", ":2:1: `speed` does not belong here; it belongs in `lines.*`"),
    ],
)  # fmt: skip
def test_a_key_that_is_known_elsewhere_is_sent_there(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(tmp_path, text)


def test_a_distribution_that_is_not_there_is_named_as_one(tmp_path: Path) -> None:
    text = "stations: {khorgos: {work: {customs: {time: normal(mean: 3 h, sd: 1 h)}}}}"
    (said,) = refused(tmp_path, text)
    assert said == ":2:45: time: unknown distribution `normal`; did you mean `lognormal`?"
