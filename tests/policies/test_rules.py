"""Each rule alone, against answers worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from sim.policies import (
    ADMISSION,
    CROSSING,
    CUSTOMS,
    DISPATCH,
    EMPTIES,
    ORDER,
    PORT,
    Registry,
    UnknownRuleError,
)
from sim.policies.durations import hours
from sim.scenario.units import ATOMS, TIME, read


@dataclass(frozen=True)
class Train:
    number: int = 1
    train_class: str = "container"
    origin: str = "burundai"
    formed: float = 0.0


@dataclass
class Approach:
    line: str = "border"
    trains: int = 0

    def held(self) -> int:
        return self.trains


def test_embargo_has_two_thresholds() -> None:
    rule = ADMISSION.make("embargo", {"above": 50, "below": 20, "review": "12 h"})
    way = Approach(trains=49)
    assert rule.admit(Train(), way, 1.0) == 1.0
    way.trains = 50
    assert rule.admit(Train(), way, 2.0) == 12.0
    way.trains = 21  # below the upper threshold, and still closed
    assert rule.admit(Train(), way, 12.0) == 24.0
    way.trains = 20
    assert rule.admit(Train(), way, 24.0) == 24.0
    way.trains = 49
    assert rule.admit(Train(), way, 25.0) == 25.0
    assert rule.admit(Train(), Approach("other", 60), 25.0) == 36.0


def test_embargo_spares_classes_not_named() -> None:
    rule = ADMISSION.make("embargo", {"above": 5, "below": 1, "classes": ["wagons"]})
    assert rule.admit(Train(train_class="wagons"), Approach(trains=9), 1.0) == 24.0
    assert rule.admit(Train(train_class="transit"), Approach(trains=9), 1.0) == 1.0


def test_metering_counts_days_and_regions() -> None:
    rule = ADMISSION.make("metering", {"per_day": 2, "regions": {"sorokovaya": 1}})
    way = Approach()
    assert [rule.admit(Train(n), way, 5.0) for n in range(3)] == [5.0, 5.0, 24.0]
    assert rule.admit(Train(4, origin="sorokovaya"), way, 5.0) == 5.0
    assert rule.admit(Train(5, origin="sorokovaya"), way, 6.0) == 24.0
    assert rule.admit(Train(2), way, 24.0) == 24.0
    assert rule.admit(Train(6), Approach("other"), 5.0 + 24.0) == 29.0


def test_booking_gives_each_train_a_slot_of_its_own() -> None:
    rule = ADMISSION.make("booking", {"every": "6 h", "notice": "10 h"})
    way = Approach()
    assert rule.admit(Train(1), way, 1.0) == 12.0
    assert rule.admit(Train(2), way, 1.0) == 18.0
    assert rule.admit(Train(1), way, 12.0) == 12.0
    assert rule.admit(Train(2), way, 18.0) == 18.0
    assert rule.admit(Train(3), way, 30.0) == 42.0


def test_no_admission_admits() -> None:
    assert ADMISSION.make("none", {}).admit(Train(), Approach(trains=999), 3.0) == 3.0


@pytest.mark.parametrize(
    ("rule", "luck", "share", "beside"),
    [
        ("pre-clearance", 0.29, 0.2, False),
        ("pre-clearance", 0.3, 1.0, False),
        ("green-lane", 0.29, 0.2, True),
        ("green-lane", 0.3, 1.0, False),
    ],
)
def test_customs_by_luck(rule: str, luck: float, share: float, beside: bool) -> None:
    made = CUSTOMS.make(rule, {"share": "30 %", "left": 0.2, "checks": ["documents"]})
    treatment = made.treat("documents", Train(), luck)
    assert (treatment.share, treatment.beside) == (share, beside)
    assert made.treat("quarantine", Train(), luck).share == 1.0


@dataclass
class View:
    name: str = "jinan"
    stock: int = 0
    free_slots: int = 0
    beyond: dict[str, int] = field(default_factory=dict)


def test_shares_may_be_written_in_percent() -> None:
    rule = CROSSING.make("fixed-shares", {"shares": {"dostyk": "100 %", "altynkol": 0}})
    lot = Lot(luck=0.99)
    assert rule.choose(["altynkol", "dostyk"], lot, Border()) == "dostyk"
    for wrong in ({"dostyk": "half"}, ["dostyk"]):
        with pytest.raises(UnknownRuleError, match="expected"):
            CROSSING.make("fixed-shares", {"shares": wrong})


def test_fill_slots_keeps_what_it_is_told() -> None:
    rule = EMPTIES.make("fill-slots", {"keep": {"jinan": 30}})
    assert rule.take(View(stock=50, free_slots=50)) == 20
    assert rule.take(View(stock=50, free_slots=7)) == 7
    assert rule.take(View(stock=10, free_slots=7)) == 0
    assert rule.take(View("qingdao", stock=10, free_slots=7)) == 7


def test_safety_stock_sends_what_lacks_and_no_more() -> None:
    rule = EMPTIES.make("safety-stock", {"stock": {"burundai": 100, "jinan": 20}})
    assert rule.take(View(stock=90, free_slots=50, beyond={"burundai": 60})) == 40
    assert rule.take(View(stock=90, free_slots=30, beyond={"burundai": 60})) == 30
    assert rule.take(View(stock=45, free_slots=50, beyond={"burundai": 60})) == 25
    assert rule.take(View(stock=90, free_slots=50, beyond={"burundai": 100})) == 0
    assert rule.take(View(stock=90, free_slots=50)) == 0


def test_hire_is_for_what_is_short() -> None:
    rule = EMPTIES.make("hire", {"lead": "3 d", "most": 40, "at": ["burundai"]})
    assert (rule.hire("burundai", 30), rule.hire("burundai", 60)) == (30, 40)
    assert rule.hire("jinan", 30) == 0
    assert rule.lead == 72.0
    assert EMPTIES.make("none", {}).hire("burundai", 30) == 0


@dataclass(frozen=True)
class Lot:
    commodity: str = "barley"
    destination: str = "qingdao"
    luck: float = 0.0


class Ports:
    def load(self, port: str) -> float:
        return {"qingdao": 0.5, "rizhao": 0.2, "yantai": 0.2}[port]

    def next_sailing(self, port: str) -> float:
        return {"qingdao": 10.0, "rizhao": 5.0, "yantai": 5.0}[port]


@pytest.mark.parametrize(
    ("rule", "drawn", "chosen"),
    [
        ("fixed", "qingdao", "qingdao"),
        ("least-loaded", "qingdao", "rizhao"),
        ("least-loaded", "yantai", "yantai"),
        ("onward-liner", "qingdao", "rizhao"),
    ],
)
def test_ports(rule: str, drawn: str, chosen: str) -> None:
    ports = ["qingdao", "rizhao", "yantai"]
    assert PORT.make(rule, {}).choose(drawn, ports, Lot(), Ports()) == chosen


class Border:
    def expected_wait(self, crossing: str) -> float:
        return {"dostyk": 30.0, "altynkol": 20.0}[crossing]

    def is_open(self, crossing: str) -> bool:
        return crossing == "altynkol"


@pytest.mark.parametrize(
    ("rule", "parameters", "luck", "chosen"),
    [
        ("fixed-shares", {"shares": {"dostyk": 0.7, "altynkol": 0.3}}, 0.69, "dostyk"),
        ("fixed-shares", {"shares": {"dostyk": 0.7, "altynkol": 0.3}}, 0.71, "altynkol"),
        ("shortest-expected-wait", {}, 0.0, "altynkol"),
        ("by-commodity", {"crossings": {"barley": "altynkol"}}, 0.0, "altynkol"),
        ("divert-on-closure", {"shares": {"dostyk": 1.0}}, 0.0, "altynkol"),
    ],
)
def test_crossings(rule: str, parameters: dict[str, Any], luck: float, chosen: str) -> None:
    made = CROSSING.make(rule, parameters)
    assert made.choose(["dostyk", "altynkol"], Lot(luck=luck), Border()) == chosen


@dataclass
class Yard:
    ready: list[float]
    length: int = 10
    last_departure: float = float("-inf")
    spare: int = 0

    def count(self, t: float) -> int:
        return sum(1 for r in self.ready if r <= t)

    def ready_at(self, boxes: int) -> float | None:
        return self.ready[boxes - 1] if 0 < boxes <= len(self.ready) else None

    def empties(self) -> int:
        return self.spare


def test_dispatch_rules() -> None:
    ten = [float(i) for i in range(10)]
    assert DISPATCH.make("when-full", {}).next_departure(Yard(ten), 2.0) == 9.0
    assert DISPATCH.make("when-full", {}).next_departure(Yard(ten[:9]), 2.0) is None
    hold = DISPATCH.make("threshold", {"boxes": 8, "longest_hold": "5 h"})
    assert hold.next_departure(Yard(ten), 2.0) == 5.0
    assert hold.next_departure(Yard([3.0] * 8), 2.0) == 3.0
    table = DISPATCH.make("timetable", {"every": "12 h", "first": "6 h", "minimum": 4})
    assert table.next_departure(Yard(ten), 2.0) == 6.0
    assert table.next_departure(Yard(ten, last_departure=6.0), 6.0) == 18.0
    assert table.next_departure(Yard([7.0] * 4), 2.0) == 18.0
    assert table.next_departure(Yard([7.0] * 3), 2.0) is None
    season = DISPATCH.make("timetable", {"every": "12 h", "first": "6 h", "last": "30 h"})
    assert season.next_departure(Yard(ten), 2.0) == 6.0
    assert season.next_departure(Yard(ten), 30.0) == 30.0
    assert season.next_departure(Yard(ten, last_departure=30.0), 30.0) is None
    assert season.next_departure(Yard(ten), 30.5) is None
    assert season.next_departure(Yard([31.0]), 2.0) is None


def test_trains_that_reposition_look_at_times_of_their_own() -> None:
    rule = DISPATCH.make("with-empties", {"boxes": 8, "every": "24 h"})
    assert rule.next_departure(Yard([], spare=9), 3.0) == 24.0
    assert rule.next_departure(Yard([], spare=9), 24.0) == 24.0
    assert rule.next_departure(Yard([], spare=9, last_departure=24.0), 24.0) == 48.0
    assert rule.next_departure(Yard([], spare=7), 24.0) == 48.0
    assert rule.next_departure(Yard([1.0, 2.0], spare=6), 24.0) == 24.0


def test_orders() -> None:
    first = ORDER.make("class-priority", {"classes": ["transit", "container"]})
    keys = [first.key(Train(train_class=c)) for c in ("transit", "container", "ore")]
    assert keys == sorted(keys) and len(set(keys)) == 3
    longest = ORDER.make("longest-waiting", {})
    assert longest.key(Train(formed=1.0)) < longest.key(Train(formed=2.0))
    assert ORDER.make("first-come", {}).key(Train()) == ORDER.make("first-come", {}).key(
        Train(formed=9.0)
    )


@pytest.mark.parametrize(
    ("registry", "rule", "parameters", "said"),
    [
        (ADMISSION, "embargo", {"above": 5, "below": 9}, "below: 9 is more than above: 5"),
        (ADMISSION, "embargo", {"above": 5, "below": 1, "review": "0 h"}, "must be more than 0 h"),
        (ADMISSION, "embargo", {"above": 5}, "needs the parameter 'below'"),
        (ADMISSION, "metering", {"per_day": -1}, "per_day: -1 is not a number of trains"),
        (ADMISSION, "metering", {"per_day": 1.5}, "not a whole number of trains"),
        (ADMISSION, "booking", {"every": "0 h"}, "must be more than 0 h"),
        (ADMISSION, "embrago", {}, "did you mean 'embargo'"),
        (CUSTOMS, "green-lane", {"share": 1.2}, "1.2 is not a share"),
        (CUSTOMS, "pre-clearance", {"share": 0.5, "checks": "documents"}, "expected a list"),
        (EMPTIES, "hire", {"lead": "3"}, "is not a duration"),
        (EMPTIES, "safety-stock", {"stock": {}}, "expected a number of boxes"),
        (EMPTIES, "fill-slots", {"keep": {"a": 1.5}}, "not a whole number"),
        (EMPTIES, "fill-slots", {"kep": {}}, "did you mean 'keep'"),
        (DISPATCH, "with-empties", {"boxes": 0}, "0 is not a number of boxes"),
        (
            DISPATCH,
            "timetable",
            {"every": "1 d", "first": "9 d", "last": "8 d"},
            "last: '8 d' is before the first train; expected 216 h or later",
        ),
        (PORT, "least-laden", {}, "did you mean 'least-loaded'"),
    ],
)
def test_wrong_parameters_are_refused_with_a_cure(
    registry: Registry[Any], rule: str, parameters: dict[str, Any], said: str
) -> None:
    with pytest.raises(UnknownRuleError) as caught:
        registry.make(rule, parameters)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("registry", "rule", "parameters", "at", "said"),
    [
        (DISPATCH, "timetable", {"every": "1 d", "minimum": "abc"}, "minimum",
         "minimum: 'abc' is not a whole number; expected such as 3"),
        (DISPATCH, "threshold", {"boxes": [3], "longest_hold": "1 d"}, "boxes",
         "boxes: [3] is not a whole number; expected such as 3"),
        (DISPATCH, "with-empties", {"boxes": None}, "boxes",
         "boxes: nothing is not a whole number; expected such as 3"),
        (ADMISSION, "metering", {"per_day": 3, "regions": 4}, "regions",
         "regions: 4 is not a mapping; expected such as {name: 3}"),
        (ADMISSION, "metering", {"per_day": 3, "classes": 4}, "classes",
         "classes: 4 is not a list; expected such as [name, other]"),
        (CROSSING, "by-commodity", {"crossings": 5}, "crossings",
         "crossings: 5 is not a mapping; expected such as {name: 3}"),
        (EMPTIES, "hire", {"lead": "1 d", "price": "dear"}, "price",
         "price: 'dear' is not a number; expected such as 0.5"),
    ],
)  # fmt: skip
def test_a_parameter_of_another_kind_is_said_in_plain_words(
    registry: Registry[Any], rule: str, parameters: dict[str, Any], at: str, said: str
) -> None:
    with pytest.raises(UnknownRuleError) as caught:
        registry.make(rule, parameters)
    assert (str(caught.value), caught.value.parameter) == (f"rule {rule!r}: {said}", at)


def test_a_duration_is_read_as_everywhere_in_a_scenario() -> None:
    times = {name: factor for name, (factor, kind) in ATOMS.items() if kind == TIME}
    assert {"hours", "days", "week", "month", "s"} < set(times)
    for name in times:
        for text in (f"2 {name}", f"1.5{name}", f"+.5 {name}", f"1e1 {name}"):
            assert hours(text, "every") == read(text)[0], text


@pytest.mark.parametrize("text", ["2", "2 t", "-1 h", "1.2.3 h", "1e999 h", "2 hrs", "h", ""])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"every: .* is not a duration"):
        hours(text, "every")
