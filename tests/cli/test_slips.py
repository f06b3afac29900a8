"""Slips of a first scenario, as the command prints them: the place, and what to write instead.

Each is one change of a good file, looked at by `steppe check` in a process of its own.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import place, steppe
from tests.corridor.small import SMALL

STORAGE = 'stuffing: {lines: 4, time: "lognormal(mean: 1 h, cv: 0.3)", fleet: boxes}'


def said(folder: Path, old: str, new: str) -> tuple[str, str]:
    """What is printed of the small corridor with `new` for `old`, and the text of the file."""
    assert SMALL.count(old) == 1, old
    text = SMALL.replace(old, new)
    (folder / "my.yaml").write_text(text)
    done = steppe(folder, "check", "my.yaml")
    assert (done.status, done.out) == (2, ""), done.out + done.err
    return done.err, text


def at(text: str, mark: str, message: str) -> str:
    return f"my.yaml:{place(text, mark)}: {message}\n"


@pytest.mark.parametrize(
    ("old", "new", "mark", "message"),
    [
        (
            "  jinan:\n    work: {cranes",
            "  jinan:\n\twork: {cranes",
            "\twork",
            "a tab; YAML is indented by spaces, so write spaces in its place",
        ),
        (
            "  dostyk:\n    tracks: 4\n    work",
            "  dostyk:\n    tracks: 4\n   work",
            "work: {kz",
            "`work` is indented by 3 spaces, as nothing above it is; expected 0 (as line 16), "
            "2 (as line 18) or 4 (as line 19)",
        ),
        (
            "  dostyk:\n    tracks: 4\n    work",
            "  dostyk:\n    tracks: 4\n      work",
            "work: {kz",
            "`work` is indented by 6 spaces, beneath `tracks: 4` with a value of its own; expected "
            "4 spaces, as in line 19",
        ),
        (
            "  alashankou:\n    tracks",
            "alashankou:\n    tracks",
            "jinan:\n    work",
            "`jinan` is indented by 2 spaces, as nothing above it is; expected 0 (as line 21), 4 "
            "(as line 23) or 6 (as line 26); or is line 21, `alashankou:`, to have 2?",
        ),
        (
            "    tracks: 6\n",
            "    tracks:6\n",
            "tracks:6",
            "`tracks:6` has no colon with a blank after it; write `tracks: 6`",
        ),
        (
            "  dostyk:\n    tracks",
            "  dostyk\n    tracks",
            "dostyk\n    tracks",
            "`dostyk` has no colon with a blank after it; write `dostyk:`",
        ),
        (
            "fleet: boxes}}\n  dostyk:",
            "fleet: boxes}\n  dostyk:",
            "dostyk:\n    tracks: 4",
            "the `{` of 17:13 is not closed before this; expected `,` or `}`",
        ),
        (
            "  west: {from: burundai, to: dostyk",
            "  - west: {from: burundai, to: dostyk",
            "border:\n",
            "`border:` and `- west: {from: burundai, to: dostyk, le…` (line 38) are a key and an "
            "item of a list side by side; expected keys alone, or items alone",
        ),
        (
            "title: a corridor of four stations",
            "title: grain: four stations",
            ": four",
            "a second `: ` in this value; put the value in quotes",
        ),
    ],
)
def test_what_is_not_yaml_is_said_where_it_was_written(
    tmp_path: Path, old: str, new: str, mark: str, message: str
) -> None:
    printed, text = said(tmp_path, old, new)
    assert printed == at(text, mark, f"is not YAML: {message}")


def test_lines_beside_an_empty_name_are_said_once(tmp_path: Path) -> None:
    printed, text = said(tmp_path, f"  burundai: {{{STORAGE}}}", f"  burundai:\n  {STORAGE}")
    assert printed == at(
        text,
        "burundai:\n",
        "`burundai` is empty, and `stuffing` stands beside it, not in it; indent that line, and "
        "what belongs to it, by two more spaces",
    )


RANGES = {
    "2-4 h": "uniform(low: 2 h, high: 4 h)",
    "2..4 h": "uniform(low: 2 h, high: 4 h)",
    "2 h – 4 h": "uniform(low: 2 h, high: 4 h)",
    "90 min to 4 h": "uniform(low: 90 min, high: 4 h)",
    "4 h ± 1 h": "gamma(mean: 4 h, cv: 0.25)",
}


@pytest.mark.parametrize("written", RANGES)
def test_a_range_is_a_distribution(tmp_path: Path, written: str) -> None:
    printed, text = said(tmp_path, "time: 2 h, hours: day", f"time: {written}, hours: day")
    assert printed == at(text, written, f"time: `{written}` is a range; write `{RANGES[written]}`")
    (tmp_path / "my.yaml").write_text(text.replace(written, f'"{RANGES[written]}"'))
    assert steppe(tmp_path, "check", "my.yaml").status == 0  # the cure heals it


def test_a_list_of_two_is_a_range(tmp_path: Path) -> None:
    printed, _ = said(tmp_path, "time: 2 h, hours: day", "time: [2 h, 4 h], hours: day")
    assert "write `uniform(low: 2 h, high: 4 h)`" in printed


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("horizon: 60 d", "horizon: 50-60 d",
         "horizon: `50-60 d` is a range; expected one figure, such as `36 h` or `36 d`"),
        ("tracks: 4", "tracks: 2-4",
         "tracks: `2-4` is a range; expected one figure, such as `3` or `40 boxes`"),
        ("horizon: 60 d", "horizon: 2023-03-01",
         "horizon: `2023-03-01` is a date, not a time; expected a time such as `36 h` or `36 d`"),
        ("horizon: 60 d", "end: 2023-03-01\nhorizon: 60 d",
         "unknown key `end`; the length of the run is `horizon`, such as `365 d`"),
        ("start: 2023-01-01", "start: 01.02.2023",
         "start: `01.02.2023` is not a date; write `2023-02-01`"),
        ("start: 2023-01-01", "start: 2023-1-1",
         "start: `2023-1-1` is not a date; write `2023-01-01`"),
        ("start: 2023-01-01", "start: 02/03/2023",
         "start: `02/03/2023` is not a date; write `2023-03-02`, or `2023-02-03` if the month "
         "stands first in it"),
        ("start: 2023-01-01", "start: 1 January 2023",
         "start: `1 January 2023` is not a date; write `2023-01-01`"),
        ("start: 2023-01-01", "start: 2023-01-01 08:00",
         "start: `2023-01-01 08:00` has a time of day, and a day is expected; write `2023-01-01`"),
        ("start: 2023-01-01", "start: 2023-02-30",
         "start: `2023-02-30` is not a date: 2023-02 has 28 days; expected 1 to 28"),
        ("tracks: 4", "tracks: {value: 4, changes: {1.2.2023: 5}}",
         "`1.2.2023` is not a date; write `2023-02-01`"),
        ("tracks: 4", "tracks: {2023-01-01: 4, 2023-02-01: 5}",
         "tracks: dates stand in `changes`; write `{value: 4, changes: {2023-02-01: 5}}`"),
        ("volume: 900 t/d", "volume: {2023-01-01: 9 t/d, 2023-02-01: 5 t/d}",
         "volume: does not change on dates; expected one figure (goods by date are `series`)"),
        ("utc_offset: 8 h}", "utc_offset: 8 h, closed: [1.1.2023..2.1.2023]}",
         "closed: `1.1.2023..2.1.2023` is not a date; write `2023-01-01..2023-01-02`"),
        ("share: {grain: 0.1}", "share: {grain: 30}",
         "grain: a share of 30 is above 1; expected 1 or less; write `30 %` for 0.3"),
        ("share: {grain: 0.1}", "share: 30 %",
         "share: `30 %` stands where keys are expected; expected `share: {grain: 30 %}`"),
        ("share: {grain: 0.1}", "share: {grain: 10 procent}",
         "grain: unknown unit `procent`; write `%`; expected a factor or share such as `0.12` or "
         "`12 %`"),
        ("to: {jinan: 1}", "to: {jinan: 100}",
         "to: shares add up to 100; expected 1; write `100 %` for 1"),
        ("to: {jinan: 1}", "to: {jinan: 50}",
         "to: shares add up to 50; expected 1; write `50 %` for 0.5"),
        ("volume: 900 t/d", "contracts: 9000 t/month",
         "contracts: `9000 t/month` stands where keys are expected; a mass per time is a `volume`; "
         "expected `contracts: {2024-09-01: 3000 t, 2024-10-01: 3000 t}`"),
        ("volume: 900 t/d", "volume: 300 thousand t/yr",
         "volume: unknown unit `thousand t/yr`; write `kt/yr`; expected a mass per time such as "
         "`50 kt/yr` or `1040 t/d`"),
        ("length: 870 km, speed: 800 km/d", "length: 870 km, speed: 33 kmh",
         "speed: unknown unit `kmh`; write `km/h`; expected a speed such as `35 km/h` or "
         "`800 km/d`"),
        ("disruptions:", "costs: {haul: {west: 15 KZT/t/km}}\ndisruptions:",
         "west: unknown unit `KZT/t/km`; money is counted in USD, so write what it is in "
         "`USD/t/km`; expected a freight rate such as `0.03 USD/t/km`"),
        ("time: 2 h, hours: day", 'time: "uniform(2 h, 4 h)", hours: day',
         "time: `2 h` has no name; write `uniform(low: 2 h, high: 4 h)`"),
        ("time: 2 h, hours: day", 'time: "normal(2 h, 1 h)", hours: day',
         "time: unknown distribution `normal`; did you mean `lognormal`?"),
        ("time: 2 h, hours: day", 'time: "uniform(min: 2 h, max: 4 h)", hours: day',
         "time: uniform has no `min`; did you mean `low`?"),
        ("time: 2 h, hours: day", 'time: "gamma(mean: 2 h, sd: 1 h)", hours: day',
         "time: gamma has no `sd`; write `cv`, the standard deviation over the mean: 0.3 is 30 %"),
        ("time: 2 h, hours: day", "time: {gamma: {mean: 2 h, cv: 0.3}}, hours: day",
         "time: write `gamma(mean: 2 h, cv: 0.3)` in place of a mapping"),
    ],
)  # fmt: skip
def test_what_was_meant_is_said(tmp_path: Path, old: str, new: str, message: str) -> None:
    printed, _ = said(tmp_path, old, new)
    (line,) = printed.splitlines()
    assert line.split(": ", 1)[1] == message
    assert line.startswith("my.yaml:")


def test_a_factor_of_hundreds_is_doubted(tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(f"export_volume: 200{SMALL}")
    done = steppe(tmp_path, "check", "my.yaml")
    assert "my.yaml:1:16: warning: export_volume: 200 is hardly meant: it is a factor: 2 is " in (
        done.err
    )


HEAD = "date,tonnes\n"
EXPECTED = "expected a line `date,tonnes` and then such as `2023-09-01,12000`"
SAVE = "save the sheet as CSV in UTF-8, with commas between columns"
FILES = {
    "semicolons and decimal commas": (
        "date;tonnes\n2023-01-01;1000,5\n",
        "1:1: the first line has date;tonnes, set apart by `;`; write commas between columns and a "
        "point in a number: `date,tonnes`",
    ),
    "a sheet's own first line": (
        "sep=;\ndate;tonnes\n2023-01-01;1000\n",
        "1:1: the first line has sep=;, set apart by `;`; write commas between columns: "
        "`date,tonnes`",
    ),
    "tabs": (
        "date\ttonnes\n2023-01-01\t1000\n",
        "1:1: the first line has date tonnes, set apart by tabs; write commas between columns: "
        "`date,tonnes`",
    ),
    "decimal comma": (
        HEAD + "2023-01-01,900\n2023-02-01,1000,5\n",
        "3:1: `2023-02-01,1000,5` has 3 columns and the first line 2: a comma in a number begins a "
        "new column; write a decimal point and no mark for thousands, such as `2023-02-01,1000.5`",
    ),
    "comma for thousands": (
        HEAD + "2023-01-01,1,300\n",
        "2:1: `2023-01-01,1,300` has 3 columns and the first line 2: a comma in a number begins a "
        "new column; write a decimal point and no mark for thousands, such as `2023-01-01,1300`",
    ),
    "one column": (
        HEAD + "2023-01-01\n",
        f"2:1: `2023-01-01` has 1 columns and the first line 2; {EXPECTED}",
    ),
    "capitals": (
        "Date,Tonnes\n2023-01-01,1000\n",
        "1:1: the first line has Date, Tonnes; write them in small letters: `date,tonnes`",
    ),
    "no header": (
        "2023-01-01,1000\n",
        "1:1: the first line has 2023-01-01, 1000, which are figures; write a line `date,tonnes` "
        "above them",
    ),
    "other header": (
        "дата,тонн\n2023-01-01,1000\n",
        f"1:1: the first line has дата, тонн; {EXPECTED}",
    ),
    "nothing": ("", f"1:1: the first line has nothing; {EXPECTED}"),
    "header alone": (HEAD, f"1:1: has no figures; {EXPECTED}"),
    "dates of a sheet": (
        HEAD + "44927,1000\n44958,1000\n",
        "2:1: `44927` is not a date; write `2023-01-01`; 1 more line likewise",
    ),
    "dates with points": (
        HEAD + "".join(f"01.{month:02}.2023,1000\n" for month in range(1, 13)),
        "2:1: `01.01.2023` is not a date; write `2023-01-01`; 11 more lines likewise",
    ),
    "less than nothing": (
        HEAD + "2023-01-01,-5\n",
        "2:1: 2023-01-01: -5 t is not a mass, it is negative; expected 0 or more",
    ),
    "a blank": (HEAD + "2023-01-01,\n", "2:1: 2023-01-01 has no tonnes; write 0 for none"),
    "twice": (
        HEAD + "2023-01-01,1\n2023-01-01,1\n",
        f"3:1: 2023-01-01 is there twice; {EXPECTED}, each date once",
    ),
    "workbook": (b"PK\x03\x04\x14\x00\xff", f"1:1: is a workbook (Excel), not a CSV file; {SAVE}"),
    "UTF-16": ((HEAD + "2023-01-01,5\n").encode("utf-16"), f"1:1: is text in UTF-16; {SAVE}"),
    "Windows-1251": (
        "date,tonnes,note\n2023-01-01,5,да\n".encode("cp1251"),
        f"2:1: byte 0xe4 is not UTF-8; {SAVE}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_series_that_cannot_be_read_is_said_in_its_file(tmp_path: Path, name: str) -> None:
    content, message = FILES[name]
    raw = content if isinstance(content, bytes) else content.encode()
    (tmp_path / "grain.csv").write_bytes(raw)
    printed, _ = said(tmp_path, "volume: 900 t/d", "series: grain.csv")
    assert printed == f"grain.csv:{message}\n"


def test_a_series_that_is_not_there_is_looked_for_beside_the_scenario(tmp_path: Path) -> None:
    printed, text = said(tmp_path, "volume: 900 t/d", "series: data/corn.csv")
    assert printed == at(
        text,
        "data/corn.csv",
        "series: data/corn.csv: No such file or directory; expected a file beside my.yaml, of a "
        "line `date,tonnes` and figures",
    )
    (tmp_path / "grain.csv").write_text(HEAD)
    printed, text = said(tmp_path, "volume: 900 t/d", "series: grain.xlsx")
    assert printed == at(
        text,
        "grain.xlsx",
        "series: grain.xlsx: No such file or directory; did you mean grain.csv?",
    )


@pytest.mark.parametrize("first", [b"\xef\xbb\xbf", b""])
def test_a_byte_order_mark_and_line_ends_of_windows_are_no_mistake(
    tmp_path: Path, first: bytes
) -> None:
    (tmp_path / "grain.csv").write_bytes(first + b"date,tonnes\r\n2023-01-01,5000\r\n")
    (tmp_path / "my.yaml").write_text(SMALL.replace("volume: 900 t/d", "series: grain.csv"))
    assert steppe(tmp_path, "check", "my.yaml").status == 0


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            ", alashankou/cranes, alashankou/lab]",
            ", alashankou/cranes]",
            "no service's route names the laboratory `alashankou/lab`: nothing is sampled there; "
            "expected it after the last line of a route, such as `[…, alashankou/lab]`",
        ),
        (
            "checked_as: grain}",
            "checked_as: grains}",
            "checked_as: no laboratory samples `grains`; did you mean `grain`?",
        ),
        (
            "toward: alashankou",
            "toward: dostyk",
            "toward: no train runs over `border` to `dostyk`, so that the limit holds nobody; "
            "expected `alashankou`",
        ),
    ],
)
def test_what_changes_nothing_by_a_slip_is_doubted(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert SMALL.count(old) == 1
    (tmp_path / "my.yaml").write_text(SMALL.replace(old, new))
    done = steppe(tmp_path, "check", "my.yaml")
    assert done.status == 0
    assert f": warning: {message}\n" in done.err
