"""``steppe explain``: a key of the language on the terminal."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.command import good, steppe
from tests.cli.test_light import DRAWS_AND_COMPUTES, loaded
from tests.scenario.test_keys import CORRIDOR


def test_a_key_is_said_with_what_a_scenario_gives_it(tmp_path: Path) -> None:
    out = good(tmp_path, "explain", "stations.*.work.cranes", str(CORRIDOR)).out
    assert out.splitlines()[:6] == [
        "stations.<name>.work.<name>.cranes  (kind: cranes)",
        "  takes    a whole number (3, 40 boxes); may change on dates",
        "  default  required",
        "  means    cranes that work side by side",
        "",
        "key                                in corridor  from  written at",
    ]
    last = out.splitlines()[-1].split()
    assert last[:2] == ["stations.khorgos.work.lift.cranes", "3"]
    assert last[-1].startswith(f"{CORRIDOR}:")


def test_rules_and_tables_are_listed(tmp_path: Path) -> None:
    out = good(tmp_path, "explain", "services.dispatch").out
    assert "timetable     every (required), first = 0 h, minimum = 1, last  At fixed" in out
    assert "export_volume" in good(tmp_path, "explain").out
    out = good(tmp_path, "explain", "lines", str(CORRIDOR)).out
    assert "corridor: a table; name a key of the table to see what" in out


def test_json_has_it_all(tmp_path: Path) -> None:
    found = json.loads(good(tmp_path, "explain", "seed", str(CORRIDOR), "--json").out)
    assert found["keys"][0]["default"] == "`1`"
    assert found["given"] == [
        {"path": "seed", "text": None, "source": [], "assumed": None, "place": ""}
    ]


def test_a_mistake_ends_with_status_2(tmp_path: Path) -> None:
    done = steppe(tmp_path, "explain", "statons")
    assert (done.status, done.out) == (2, "")
    assert done.err == "statons: there is no `statons`; did you mean `stations`?\n"


def test_it_loads_nothing_that_draws_or_computes(tmp_path: Path) -> None:
    args = ("explain", "stations.work.cranes", str(CORRIDOR))
    assert loaded(tmp_path, *args) & DRAWS_AND_COMPUTES == set()
