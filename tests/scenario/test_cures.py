"""What is wrong by a slip of the hand is said with what was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load
from sim.scenario import shape as shapes
from sim.scenario.synonyms import SYNONYMS
from sim.study.language import Design, OptimiseTables, SweepTables

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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("supplies: {barley: {season: {february: 2}}}",
         "unknown key `february`; did you mean `feb`?"),
        ("supplies: {barley: {terminal: almаty}}",
         "unknown station `almаty`; `а` in it is Cyrillic, and `almaty` is written in Latin "
         "letters"),
        ("stations: {алматы: {tracks: 2}}",
         "`алматы` is not a name; expected lower-case Latin letters, digits and - . +; a `title` "
         "may be in any script"),
        ("supplies: {barley: {volume: 60 тыс. т/год}}", "unknown unit `тыс. т/год`; write `kt/yr`"),
        ("lines: {wide-line: {speed: 35 км/ч}}", "unknown unit `км/ч`; write `km/h`"),
        ("stations: {jinan: {delivery: {dwell: 2 Tage}}}", "unknown unit `Tage`; write `d`"),
        ("stations: {jinan: {delivery: {dwell: '6:30'}}}",
         "`6:30` is hours and minutes by the clock; write `6.5 h`"),
        ("export_volume: +20 %",
         "`+20 %` may be a share or a growth; write `20 %` for that share, or `120 %` for so much "
         "more"),
        ("export_volume: {value: 1, changes: {2024-02-01: '+0.5'}}",
         "`+0.5` may be a share or a growth; write `50 %` for that share, or `150 %`"),
        ("calendars: {day: {open: 09:00–19:00}}", "a long dash or curved quotes; write "
         "`\"09:00-19:00\"`"),
        ("calendars: {day: {open: [“09:00-19:00”]}}", "write `\"09:00-19:00\"`"),
        ("policies: {crossing: {almaty: 1}}",
         "`crossing` has no `rule`; expected `crossing: {rule: …}` with one of `by-commodity`, "
         "`divert-on-closure`, `fixed-shares`"),
        ("services: {on: {dispatch: {every: 2 /wk}}}",
         "every: '2 /wk' is not a duration; write the time from one to the next, 3.5 d"),
        ("services: {on: {dispatch: {every: weekly}}}", "the time from one to the next, 7 d"),
    ],
)  # fmt: skip
def test_what_was_meant_is_said(tmp_path: Path, text: str, said: str) -> None:
    assert any(said in line for line in refused(tmp_path, text)), refused(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fixed: {crew: 3 USD/box/d}",
         "crew: `3 USD/box/d` is for each box, and this is paid whatever moves; multiply it by "
         "the number of them; expected money per time such as `2700 USD/d`"),
        ("fixed: {crew: {value: 3 USD/d, changes: {2024-02-01: 3 USD/wagons/d}}}",
         "`3 USD/wagons/d` is for each wagon"),
        ("haul: 0.03 USD/t/km", "expected `haul: {1520: 0.03 USD/t/km}`"),
        ("haul: {1520: 250 USD/box}",
         "`250 USD/box` is money, not a freight rate; divide the price of a box by its tonnes and "
         "the kilometres, such as `0.03 USD/t/km`"),
        ("haul: {1520: 1 USD/box/km}", "divide it by the tonnes in a box"),
        ("stuffing: 2.5 USD/t", "is money per tonne, not money; multiply it by the tonnes in one"),
    ],
)  # fmt: skip
def test_rates_of_another_kind_are_sent_on(tmp_path: Path, text: str, said: str) -> None:
    assert any(said in line for line in refused(tmp_path, f"costs: {{{text}}}"))


def test_what_is_paid_whatever_moves_may_be_in_any_unit_of_time(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"extends: {CORRIDOR}\ncosts: {{fixed: {{crew: 3650 USD/yr}}}}\n")
    assert load(path).tables.costs.fixed["crew"].at(0.0) == pytest.approx(10 / 24)
    # what stands for each unit may be said with the unit
    path.write_text(f"extends: {CORRIDOR}\ncosts: {{equipment: {{boxes: 3 USD/box/d}}}}\n")
    assert load(path).tables.costs.equipment["boxes"] == pytest.approx(3 / 24)


def test_a_route_in_one_text_is_said_to_be_beside_other_mistakes(tmp_path: Path) -> None:
    """Where figures are wrong too it was an unknown station by the name of the whole text."""
    found = refused(
        tmp_path,
        "stations: {khorgos: {tracks: -2}}\nservices: {on: {route: 'narrow-line, khorgos/lift'}}",
    )
    assert len(found) == 2 and "it is negative" in found[0]
    assert found[1] == (
        ":3:24: route: `narrow-line, khorgos/lift` is one name; write a list: "
        "`[narrow-line, khorgos/lift]`"
    )


@pytest.mark.parametrize(
    ("route", "said"),
    [
        ("narrow-line, khorgos/lift",
         ":2:24: route: `narrow-line, khorgos/lift` is one name; write a list: "
         "`[narrow-line, khorgos/lift]`"),
        ("[khorgos, jinan]",
         ":2:25: route: `khorgos` is a station; expected a line or a work; such as `crossing`, "
         "`narrow-line`, `khorgos/customs`, `khorgos/lift`, `khorgos/laboratory`"),
        ("[jinan]",
         ":2:25: route: `jinan` is a station; expected a line or a work; such as `narrow-line`"),
    ],
)  # fmt: skip
def test_a_wrong_route_is_said_once(tmp_path: Path, route: str, said: str) -> None:
    """That no services lead on to the consignee comes of it."""
    assert refused(tmp_path, f'services: {{on: {{route: {route}}}}}'.replace(
        "narrow-line, khorgos/lift", '"narrow-line, khorgos/lift"'
    )) == [said]  # fmt: skip


def test_a_consignee_out_of_reach_is_said_with_what_is_reached(tmp_path: Path) -> None:
    text = "supplies: {barley: {to: {jinan: 0, border: 1}}}\nstations: {border: {delivery: " \
        "{dwell: 1 d, time: 1 h, stripping: 1 d, fleet: boxes}}}"  # fmt: skip
    assert refused(tmp_path, text) == [
        ":2:36: no chain of services leads from `almaty` to `border`; expected services from "
        "there, at most 4 in a chain; they lead to `khorgos`, `jinan`"
    ]


def test_wagons_over_a_change_of_gauge_are_refused_with_a_cure(tmp_path: Path) -> None:
    (said,) = refused(tmp_path, "services: {on: {wagons: wide}}")
    assert said.endswith(
        "wagons `wide` run on 1520 mm and line `narrow-line` is of 1435 mm; such as `narrow`; end "
        "the service where the gauge changes and start another there, or leave `wagons` out"
    )


def test_files_in_one_name_are_written_as_a_list(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("extends: a.yaml, b.yaml\ntitle: both\n")
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert [str(p).removeprefix(str(path)) for p in caught.value.problems] == [
        ":1:10: extends: `a.yaml, b.yaml` is one name; write a list: `[a.yaml, b.yaml]`"
    ]


UNITLESS = "; a rule's numbers have no unit, write"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("policies: {empties: {rule: hire, lead: 5 d, price: 450 USD}}",
         f"price: '450 USD' is not a number; expected such as 0.5{UNITLESS} 450"),
        ("policies: {empties: {rule: hire, lead: 5 d, most: 60 boxes}}",
         f"most: '60 boxes' is not a number of boxes{UNITLESS} 60"),
        ("policies: {empties: {rule: safety-stock, stock: {almaty: 100 boxes}}}",
         f"stock: almaty: '100 boxes' is not a number of boxes{UNITLESS} 100"),
        ("policies: {admission: {rule: metering, per_day: 2 trains/d}}",
         f"per_day: '2 trains/d' is not a number of trains; expected 0 or more{UNITLESS} 2"),
        ("policies: {empties: {rule: hire, lead: 5 d, price: -3}}",
         "price: -3 USD is negative; expected 0 or more"),
        ("policies: {empties: {rule: hire, lead: 5 d, at: almaty}}",
         "at: expected a list of stations; write [almaty]"),
        ("services: {on: {dispatch: {first: 2024-09-05}}}",
         "first: '2024-09-05' is not a duration; write how long after the start of the run, such "
         "as 36 h or 2 d"),
        ("services: {on: {dispatch: {first: Monday}}}", "write how long after the start of the"),
        ("services: {on: {dispatch: {every: 5 days each}}}", "write one such as 36 h or 2 d"),
    ],
)  # fmt: skip
def test_parameters_of_rules_are_met_with_what_to_write(
    tmp_path: Path, text: str, said: str
) -> None:
    (line,) = refused(tmp_path, text)
    assert line.endswith(said) or said in line.partition("'")[2]
    assert ("have no unit" in line) == ("have no unit" in said)


def test_what_is_neither_yes_nor_no_is_said(tmp_path: Path) -> None:
    (said,) = refused(tmp_path, "lines: {wide-line: {shared_paths: both}}")
    assert said.endswith("shared_paths: `both` is neither yes nor no; expected `true` or `false`")


def test_a_ban_of_no_class_is_refused(tmp_path: Path) -> None:
    ban = "disruptions: {ban: {on: crossing/loading, begin: 2024-01-09, days: 3 d, classes: []}}"
    assert refused(tmp_path, ban) == [
        ":2:82: classes: names no class; leave `classes` out to ban the trains of all classes"
    ]


def test_a_latitude_that_is_none_says_which_stands_first(tmp_path: Path) -> None:
    assert refused(tmp_path, "stations: {jinan: {position: [36.7, 117.1]}}") == [
        ":2:37: position.1: 117.1 is no latitude; expected [longitude, latitude], longitude first"
    ]


DATED = "disruptions: {{wind: {{begin: {}, days: 3 d, every: null, lasts: null}}}}"
MONEY = "costs: {{{}}}"
DAY = "calendars: {{day: {{{}}}}}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("supplies: {barley: {season: {янв: 2}}}", "unknown key `янв`; did you mean `jan`?"),
        ("supplies: {barley: {season: {1: 2}}}", "unknown key `1`; did you mean `jan`?"),
        ("supplies: {barley: {season: {01: 2}}}", "unknown key `01`; did you mean `jan`?"),
        ("supplies: {barley: {season: {12: 2}}}", "unknown key `12`; did you mean `dec`?"),
        ("supplies: {barley: {season: {September: 2}}}", "did you mean `sep`?"),
        ("supplies: {barley: {season: {сентябрь: 2}}}", "did you mean `sep`?"),
        ("supplies: {barley: {season: {sep-nov: 2}}}",
         "unknown key `sep-nov`; write `sep: …, oct: …, nov: …`"),
        (DATED.format("10 December"), "begin: `10 December` has no year; write `2024-12-10`"),
        (DATED.format("10 декабря"), "begin: `10 декабря` has no year; write `2024-12-10`"),
        (DATED.format("Dec 10"), "begin: `Dec 10` has no year; write `2024-12-10`"),
        (DATED.format("10.12"), "begin: `10.12` has no year; write `2024-12-10`"),
        (DATED.format("10 декабря 2023 г."), "is not a date; write `2023-12-10`"),
        (DATED.format("2024"), "`2024` is a year, not a date; write `2024-01-01`"),
        ("start: 10 декабря", "start: `10 декабря` has no year; write such as `2024-12-10`"),
        ("stations: {border: {tracks: {value: 6, changes: {1 Feb: 8}}}}",
         ":2:50: `1 Feb` has no year; write `2024-02-01`"),
        (DAY.format("closed: [2024-02-10 - 2024-02-17]"), "write `2024-02-10..2024-02-17`"),
        (DAY.format("closed: [10.02.2024 по 17.02.2024]"), "write `2024-02-10..2024-02-17`"),
        (DAY.format("closed: 2024-02-10/2024-02-17"), "write `2024-02-10..2024-02-17`"),
        (DAY.format("closed: [10 February]"), "`10 February` has no year; write `2024-02-10`"),
        (DAY.format("utc_offset: UTC+5"), "utc_offset: `UTC+5` is a time zone; write `5 h`"),
        (DAY.format("utc_offset: UTC-5:30"), "is a time zone; write `-5.5 h`"),
        (DAY.format("utc_offset: Asia/Almaty"), "`Asia/Almaty` is a time zone; write its hours"),
        (DAY.format("timezone: UTC+5"), "local time is `utc_offset`, such as `5 h`"),
        (DAY.format("weekdays: пн-пт"), "`пн-пт` is not weekdays here; write `mon-fri`"),
        (DAY.format("weekdays: 1-5"), "write `mon-fri`"),
        (DAY.format("weekdays: Monday to Friday"), "write `mon-fri`"),
        (DAY.format("open: 9am-6pm"), "is not opening hours; write `\"09:00-18:00\"`"),
        (DAY.format("open: 8.30–17.00"), "write `\"08:30-17:00\"`"),
        (DAY.format("open: 24/7"), "write `\"00:00-24:00\"`"),
        (MONEY.format("stuffing: $60"), "`$60` is not a number with a unit; write `60 USD`"),
        (MONEY.format("stuffing: USD 60"), "write `60 USD`"),
        (MONEY.format("stuffing: 60 dollars"), "unknown unit `dollars`; write `60 USD`"),
        (MONEY.format("stuffing: €60"), "money is counted in USD, so write what it is in `USD`"),
        (MONEY.format("stuffing: '$2,50'"), "write `2.5 USD`"),
        (MONEY.format("stuffing: '$1,250.50'"), "write `1250.5 USD`"),
        (MONEY.format("fixed: {crew: '$1,5 mln/yr'}"), "write `1500000 USD/yr`"),
        (MONEY.format("storage: $3/box/d"), "write `3 USD/box/d`"),
        (MONEY.format("storage: 60 USD"),
         "`60 USD` is money, not money per time; divide it by the time that it is paid for, such "
         "as `3 USD/d`"),
        (MONEY.format("fixed: {crew: $2.5m/yr}"), "write `2500000 USD/yr`"),
        (MONEY.format("waiting: 1 USD/d"), "divide it by the tonnes in a box, such as"),
    ],
)  # fmt: skip
def test_what_is_written_elsewhere_is_said_as_it_is_here(
    tmp_path: Path, text: str, said: str
) -> None:
    lines = refused(tmp_path, text)
    assert [line for line in lines if said in line] and lines[0].startswith(":2:"), lines


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("disruptions: {wind: {begin: 2024-02-10, end: 2024-02-14}}",
         ":2:41: unknown key `end`; how long it lasts is `days`: `days: 5 d` with 2024-02-14, "
         "`days: 4 d` without it"),
        ("disruptions: {wind: {until: spring}}", "how long it lasts is `days`, such as"),
        ("disruptions: {wind: {start: 2024-02-10}}", "key `start`; the first day is `begin`"),
        ("disruptions: {wind: {station: border}}", "what is reduced is `on`, such as"),
        ("supplies: {barley: {amount: 50 kt/yr}}", "goods in a time are `volume`"),
        ("services: {east: {departures: [mon]}}", "when trains leave is `dispatch`; on one"),
        ("lines: {wide-line: {distance: 3 km}}", "the distance is `length`, such as `870 km`"),
        ("costs: {tariff: 2500 USD}", "railway tariffs are `haul` by gauge or line"),
    ],
)  # fmt: skip
def test_keys_that_people_use_for_others_are_known(tmp_path: Path, text: str, said: str) -> None:
    assert [line for line in refused(tmp_path, text) if said in line]


def test_cures_for_keys_name_tables_and_keys_that_are_there() -> None:
    """A cure must not send anybody to a key that the language does not have, or from one it has."""
    tables = {t.__name__: shapes.fields(t) for t in _tables(shapes.ROOT)}
    for study in (SweepTables, OptimiseTables, Design):
        tables[study.__name__] = shapes.fields(study)
    assert set(SYNONYMS) <= set(tables)
    for table, cures in SYNONYMS.items():
        assert not set(cures) & set(tables[table]), table
        for cure in cures.values():
            named = re.findall(r"`([a-z_]+)(?::| |`)", cure)
            known = {*tables[table], *tables["Stuffing"], *tables["SweepTables"], "steppe"}
            assert any(n in known for n in named) or "steppe" in cure or "said" in cure, cure


def _tables(shape: shapes.Shape) -> Iterator[type]:
    if shape.kind == "table":
        yield shape.type
        for annotation in shapes.fields(shape.type).values():
            yield from _tables(shapes.shape_of(annotation))
    elif shape.kind == "choice":
        for member in shape.below:
            yield from _tables(shapes.Shape("table", member))
    elif shape.kind in ("names", "list"):
        yield from _tables(shapes.shape_of(shape.below))


@pytest.mark.parametrize(
    "border",
    ["{<<: *x, title: Dostyk}", "\n    <<: *x\n    title: Dostyk", "{title: Dostyk, <<: [*x]}"],
)
def test_a_merge_key_lays_an_anchor_beneath_a_mapping(tmp_path: Path, border: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        f"extends: {CORRIDOR}\nstations:\n  almaty: &x {{tracks: 3, title: Almaty}}\n"
        f"  border: {border}\n"
    )
    border_station = load(path).tables.stations["border"]
    assert (border_station.title, border_station.tracks) == (
        "Dostyk", load(path).tables.stations["almaty"].tracks,
    )  # fmt: skip


def test_a_merge_key_without_an_anchor_has_a_cure(tmp_path: Path) -> None:
    said = "`<<` takes the keys of an anchor, such as `<<: *base` of `base: &base {…}`"
    assert f":2:21: {said}" in refused(tmp_path, "stations: {border: {<<: x}}")
    twice = "stations:\n  almaty: &x {tracks: 4}\n  border: {<<: *x, <<: *x}"
    assert refused(tmp_path, twice) == [":4:20: `<<` is given twice; write `<<: [*one, *other]`"]
