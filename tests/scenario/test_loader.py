"""What a person wrote becomes a scenario, or all that is wrong with it, each at its place."""

from __future__ import annotations

import json
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sim.scenario import Scenario, ScenarioError, load
from sim.scenario.documents import parse
from sim.scenario.evidence import figures, unsourced
from sim.scenario.journey import service_chains
from sim.scenario.merging import merge
from sim.scenario.schema import json_schema

HERE = Path(__file__).parent
CORRIDOR = HERE / "corridor.yaml"
TEXT = CORRIDOR.read_text(encoding="utf-8")
SMALL = """\
title: small
start: 2024-01-01
horizon: 30 d
stations:
  a:
    work:
      customs: {kind: servers, servers: 2, time: 3 h}
background:
  flow: {from: a, route: [a/customs], trains: 5 trains/d}
"""


def refused(path, sets=()) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load(path, sets)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    return str(caught.value).splitlines()


def write(tmp_path, text, name="s.yaml") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def changed(tmp_path, old, new) -> Path:
    assert TEXT.count(old) == 1, old
    (tmp_path / "facts.csv").write_bytes((HERE / "facts.csv").read_bytes())
    return write(tmp_path, TEXT.replace(old, new))


def test_the_corridor_loads_in_house_units():
    scenario = load(CORRIDOR)
    t = scenario.tables
    assert scenario.name == "corridor" and scenario.warnings == ()
    assert t.horizon == 1440
    assert t.lines["crossing"].acceptance.per_day.changes == ((744.0, 0.75),)
    assert t.stations["khorgos"].work["lift"].time.mean == 0.05
    assert t.services["east"].dispatch.rule == "when-full"
    assert t.services["on"].dispatch.parameters == {"every": "1 d"}
    assert t.supplies["barley"].to == {"jinan": 1.0}


def test_one_station_with_one_queue_is_a_scenario(tmp_path):
    scenario = load(write(tmp_path, SMALL))
    assert list(scenario.tables.stations) == ["a"]


def test_a_scenario_survives_pickle_and_its_manifest():
    scenario = load(CORRIDOR, ("seed=7",))
    again = pickle.loads(pickle.dumps(scenario))
    assert again.tables == scenario.tables and again.hash == scenario.hash
    manifest = json.loads(json.dumps(scenario.resolved))
    back = Scenario.from_resolved(manifest, "corridor")
    assert back.tables == scenario.tables and back.hash == scenario.hash


def test_the_hash_changes_with_numbers_and_not_with_prose(tmp_path):
    base = load(CORRIDOR).hash
    assert load(CORRIDOR, ("title=other", "stations.jinan.title=x")).hash == base
    assert load(changed(tmp_path, "source: [accepted]", "assumed: so")).hash == base
    assert load(changed(tmp_path, "{value: 26 t, source: [barley-load]}", "26 t")).hash == base
    assert load(CORRIDOR, ("seed=2",)).hash != base
    assert load(CORRIDOR, ("commodities.barley.load=27 t",)).hash != base


# Errors


@pytest.mark.parametrize(
    ("old", "new", "there", "said"),
    [
        (
            "speed: 20 km/h",
            "sped: 20 km/h",
            "sped: 20",
            "unknown key `sped`; did you mean `speed`?",
        ),
        (
            "speed: 20 km/h",
            "sped: 20 km/h",
            "crossing:",
            "`crossing` has no `speed`; expected commercial",
        ),
        ("speed: 20 km/h", "speed: 20 t", "20 t", "speed: `20 t` is a mass, not a speed"),
        ("horizon: 60 d", "horizon: 60", "60\n", "horizon: 60 has no unit; write `60 h` or `60 d`"),
        ("horizon: 60 d", "horizon: .nan", ".nan", "is not a finite number"),
        ("warmup: 5 d", "warmup: 60 d", "60 d", "warmup: 60 d leaves nothing of the horizon"),
        ("cranes: 3", "cranes: -2", "-2", "cranes: -2 is not a whole number, it is negative"),
        ("cranes: 3", "cranes: 0", "0\n", "cranes: is 0 at all times"),
        (
            "kind: cranes\n",
            "kind: crane\n",
            "crane\n",
            "unknown kind of work `crane`; did you mean `cranes`?",
        ),
        ("kind: cranes\n", "title: x\n", "lift:", "`lift` has no `kind`"),
        ("kind: cranes\n", "title: x\n", "lift:", "did you mean `kind: cranes`?"),
        (
            "  crossing:\n    from: border",
            "  crossing:\n    from: boder",
            "boder",
            "unknown station `boder`; did you mean `border`?",
        ),
        (
            "gauge: 1520, length: 870",
            "gauge: 1521, length: 870",
            "1521",
            "gauge: `1521` is not known; did you mean `1520`?",
        ),
        (
            "tracks: 4",
            "tracks: 4\n    tracks: 5",
            "tracks: 5",
            "`tracks` is given twice; first on line 21",
        ),
        (
            "        hours: day",
            "        hours: night",
            "night",
            "unknown calendar `night`; expected one of `day`",
        ),
        (
            "commodity: barley",
            "commodity: barly",
            "barly",
            "unknown commodity `barly`; did you mean `barley`?",
        ),
        ("terminal: almaty", "terminal: border", "border", "`border` has no stuffing"),
        (
            "to: {jinan: 100 %}",
            "to: {jinan: 90 %}",
            "to: {",
            "to: shares add up to 0.9; expected 1",
        ),
        (
            "to: {jinan: 100 %}",
            "to: {border: 100 %}",
            "border: 100",
            "`border` has neither delivery nor liners",
        ),
        (
            "[khorgos/lift, narrow-line]",
            "[khorgos/lft, narrow-line]",
            "khorgos/lft",
            "no work `lft` at `khorgos`; did you mean `lift`?",
        ),
        ("[khorgos/lift, narrow-line]", "[khorgos/lift]", "[khorgos/lift]", "ends where it begins"),
        (
            "[khorgos/lift, narrow-line]",
            "[khorgos/lift, wide-line]",
            "wide-line]",
            "does not touch `khorgos`",
        ),
        (
            "[wide-line, crossing, khorgos/customs, khorgos/laboratory]",
            "[khorgos/customs, wide-line, crossing]",
            "khorgos/customs, wide",
            "the train is at `almaty` and not at `khorgos`",
        ),
        (
            "wagons: narrow",
            "wagons: wide",
            "narrow-line]",
            "run on 1520 mm and line `narrow-line` is of 1435 mm",
        ),
        ("wagons: narrow", "wagons: boxes", "boxes", "fleet `boxes` is of containers"),
        ("source: [accepted]", "source: [acepted]", "acepted", "no fact `acepted`"),
        ("source: [accepted]", "source: [acepted]", "acepted", "did you mean `accepted`?"),
        ("evidence: facts.csv", "evidence: fact.csv", "fact.csv", "cannot be read"),
        ("toward: khorgos", "toward: jinan", "jinan", "is no end of the line"),
        ("on: [crossing]", "on: [crosing]", "crosing", "did you mean `crossing`?"),
        ("every: exponential(mean: 10 d), ", "", "wind:", "needs either `begin` and `days`"),
        (
            "position: [117.1, 36.7]",
            "position: [117.1, 136.7]",
            "136.7",
            "136.7 is no latitude; expected [longitude, latitude], longitude first",
        ),
        ("start: 2024-01-01", "start: 20240101", "20240101", "is not a date"),
        ("2024-02-01: 8", "2024-02-31: 8", "2024-02-31", "`2024-02-31` is not a date"),
        (
            "lognormal(mean: 3 h, cv: 0.4)",
            "lognormal(mean: 3, cv: 0.4)",
            "lognormal(",
            "mean: 3 has no unit",
        ),
        ("title: small corridor", "title: 5", "5\n", "`5` is not text"),
        ("  jinan:\n", "  Jinan:\n", "Jinan:", "`Jinan` is not a name; write `jinan`"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(tmp_path, old, new, there, said):
    path = changed(tmp_path, old, new)
    lines = refused(path)
    hits = [line for line in lines if said in line]
    assert hits, lines
    file, line, column, _ = hits[0].split(":", 3)
    assert file == str(path)
    rest = path.read_text(encoding="utf-8").splitlines(keepends=True)[int(line) - 1 :]
    assert "".join(rest)[int(column) - 1 :].startswith(there)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("# only a remark\n", "is empty"),
        ("- a\n- b\n", "is a list; expected keys"),
        ("just words\n", "is `just words`; expected keys"),
        (b"\xff\xfe\x00\x01binary", "is text in UTF-16"),
        (b"title: a\x00b\n", "control character"),
        ("title: a\n\tstart: b\n", "a tab; YAML is indented by spaces"),
        ("title: [a, b\n", "is not YAML"),
        ("title: a\n---\ntitle: b\n", "one scenario in a file"),
        ("a: &x [*x]\n", "repeats itself without end"),
        ("title: *nowhere\n", "undefined alias"),
        ("title: !!python/object:os.system x\n", "is not part of the language"),
        ("? [a, b]\n: c\n", "a key that is not a word"),
        ("[" * 5000, "is nested too deeply"),
        ("%YAML 9.9\n---\na: b\n", "YAML"),
    ],
)
def test_what_is_no_scenario_at_all_is_refused(tmp_path, text, said):
    path = write(tmp_path, text)
    lines = refused(path)
    assert any(said in line for line in lines), lines
    assert all(str(path) in line for line in lines)


def test_a_folder_and_a_missing_file_are_refused_with_near_names(tmp_path):
    write(tmp_path, SMALL, "baseline.yaml")
    assert "is a folder; expected a YAML file, such as baseline.yaml" in refused(tmp_path)[0]
    (line,) = refused(tmp_path / "basline.yaml")
    assert "no such file" in line and "did you mean" in line and "baseline.yaml?" in line


def test_all_errors_are_said_at_once(tmp_path):
    path = write(tmp_path, SMALL.replace("30 d", "30").replace("servers: 2", "servers: -2"))
    assert len(refused(path, ("seed=x", "tittle=y"))) == 4


def test_unknown_names_are_said_together_with_other_mistakes(tmp_path):
    (tmp_path / "facts.csv").write_bytes((HERE / "facts.csv").read_bytes())
    text = TEXT
    for old, new in (
        ("horizon: 60 d", "horizon: 60"),
        ("commodity: barley", "commodity: barly"),
        ("toward: khorgos", "toward: khorgos\n      towards: x"),
        (
            "[wide-line, crossing, khorgos/customs, khorgos/laboratory]",
            "[wide-lin, crossing, khorgs/customs]",
        ),
        ("at: {almaty: 200}", "at: {almata: 200}"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    said = [line.split(": ", 1)[1] for line in refused(write(tmp_path, text))]
    assert said == [
        "horizon: 60 has no unit; write `60 h` or `60 d`",
        "unknown station `almata`; did you mean `almaty`?",
        "unknown key `towards`; did you mean `toward`?",
        "unknown line `wide-lin`; did you mean `wide-line`?",
        "unknown station `khorgs`; did you mean `khorgos`?",
        "unknown commodity `barly`; did you mean `barley`?",
    ]


def test_an_empty_section_is_said_at_its_key(tmp_path):
    (line,) = refused(write(tmp_path, SMALL + "lines:\nseed: 3\n"))
    assert line.endswith("s.yaml:10:1: lines: is empty; expected keys in it, or remove it")


def test_a_billion_laughs_are_refused(tmp_path):
    text = "a0: &a0 [x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 9)
    )
    assert any("repeats itself" in line for line in refused(write(tmp_path, text)))


# Extends and sets


def test_extends_lays_one_file_on_another(tmp_path):
    write(tmp_path, SMALL, "base.yaml")
    path = write(
        tmp_path,
        "extends: base.yaml\nhorizon: 60 d\nstations: {a: {work: {customs: {servers: 3}}}}\n",
    )
    t = load(path).tables
    assert t.horizon == 1440 and t.title == "small"
    assert t.stations["a"].work["customs"].servers.initial == 3
    assert t.stations["a"].work["customs"].time.mean == 3


@pytest.mark.parametrize(
    ("says", "question", "look_at"),
    [
        ("", "how many?", "trains"),
        ("question: why?", "why?", None),
        ("title: mine", None, None),
        ("title: mine\nlook_at: waits", None, "waits"),
        ("title: mine\nquestion: why?\nlook_at: waits", "why?", "waits"),
        ("look_at: waits", "how many?", "waits"),
    ],
)
def test_a_variant_with_a_title_of_its_own_does_not_ask_what_its_base_asks(
    tmp_path, says, question, look_at
):
    write(tmp_path, f"question: how many?\nlook_at: trains\n{SMALL}", "base.yaml")
    path = write(tmp_path, f"extends: base.yaml\nhorizon: 60 d\n{says}\n", "variant.yaml")
    t = load(path).tables
    assert (t.question, t.look_at) == (question, look_at)
    # nor does a variant of the variant, which says nothing of itself
    t = load(write(tmp_path, "extends: variant.yaml\nhorizon: 70 d\n", "third.yaml")).tables
    assert (t.question, t.look_at) == (question, look_at)


def test_a_title_that_is_set_takes_the_question_of_the_file_away(tmp_path):
    path = write(tmp_path, f"question: how many?\nlook_at: trains\n{SMALL}")
    t = load(path, ["title=mine"]).tables
    assert (t.title, t.question, t.look_at) == ("mine", None, None)
    t = load(path, ["horizon=60 d"]).tables
    assert (t.question, t.look_at) == ("how many?", "trains")
    t = load(path, ["title=mine", "question=why?"]).tables
    assert (t.question, t.look_at) == ("why?", None)


def laid(base, over):
    problems = []
    merged = merge(parse(base, "base", problems), parse(over, "over", problems))
    assert not problems
    return merged.plain()


@pytest.mark.parametrize(
    ("base", "over", "merged"),
    [
        ("{a: {x: 1, y: 2}}", "{a: {y: 3, z: 4}}", {"a": {"x": 1, "y": 3, "z": 4}}),
        ("{a: [1, 2]}", "{a: [3]}", {"a": [3]}),
        ("{a: {x: 1}}", "{a: 3}", {"a": 3}),
        ("{a: 1, b: 2}", "{a: null}", {"b": 2}),
        ("{a: {value: 1 h, source: [s]}}", "{a: {value: 2 h}}", {"a": {"value": "2 h"}}),
        ("{a: {value: 1 h, source: [s]}}", "{a: 2 h}", {"a": "2 h"}),
        (
            "{a: {distribution: gamma, mean: 1 h, cv: 1, source: [s]}}",
            "{a: {distribution: exponential, mean: 2 h}}",
            {"a": {"distribution": "exponential", "mean": "2 h"}},
        ),
        (
            "{a: {rule: r, p: 1, q: 2}}",
            "{a: {rule: r, p: 3}}",
            {"a": {"rule": "r", "p": 3, "q": 2}},
        ),
        ("{a: {rule: r, p: 1, q: 2}}", "{a: {p: 3}}", {"a": {"rule": "r", "p": 3, "q": 2}}),
        ("{a: {rule: r, p: 1}}", "{a: {rule: other}}", {"a": {"rule": "other"}}),
    ],
)
def test_mappings_merge_and_figures_lists_and_other_rules_replace(base, over, merged):
    assert laid(base, over) == merged


def test_several_bases_and_places_in_each_file(tmp_path):
    write(tmp_path, SMALL.replace("servers: 2", "servers: -2"), "one.yaml")
    write(tmp_path, "horizon: 60\n", "two.yaml")
    path = write(tmp_path, "extends: [one.yaml, two.yaml]\nsed: 3\n")
    lines = refused(path)
    assert [re.sub(r".*/(\w+\.yaml:\d+:\d+): (\w+).*", r"\1 \2", line) for line in lines] == [
        "one.yaml:7:41 servers",
        "s.yaml:2:1 unknown",
        "two.yaml:1:10 horizon",
    ]


def test_a_cycle_of_extends_names_its_chain(tmp_path):
    write(tmp_path, "extends: b.yaml\n", "a.yaml")
    write(tmp_path, "extends: c.yaml\n", "b.yaml")
    write(tmp_path, "title: c\nextends: a.yaml\n", "c.yaml")
    (line,) = refused(tmp_path / "a.yaml")
    assert line.startswith(f"{tmp_path}/c.yaml:2:10: ")
    assert "a.yaml → b.yaml → c.yaml → a.yaml" in line


def test_a_missing_base_is_said_where_it_is_named(tmp_path):
    write(tmp_path, SMALL, "base.yaml")
    path = write(tmp_path, "title: x\nextends: [bse.yaml, 5]\n")
    lines = refused(path)
    assert f"{path}:2:11: extends: " in lines[0] and "base.yaml?" in lines[0]
    assert f"{path}:2:21: extends: expected a file name" in lines[1]


def test_sets_are_applied_last_and_in_order(tmp_path):
    path = write(tmp_path, SMALL)
    sets = (
        "horizon=10 d",
        "horizon=20 d",
        "stations.a.work.customs.time=lognormal(mean: 4 h, cv: 0.4)",
        "stations.a.tracks={value: 3, changes: {2024-01-05: 4}}",
        "background.flow.route.0=a/customs",
        "policies.crossing.rule=shortest-expected-wait",
    )
    t = load(path, sets).tables
    assert t.horizon == 480
    assert t.stations["a"].work["customs"].time.mean == 4
    assert t.stations["a"].tracks.at(96) == 4
    assert t.policies.crossing.rule == "shortest-expected-wait"


def test_a_set_reaches_into_a_figure():
    t = load(CORRIDOR, ("lines.crossing.acceptance.per_day.value=10 trains/d",)).tables
    assert t.lines["crossing"].acceptance.per_day.initial == pytest.approx(10 / 24)
    assert len(t.lines["crossing"].acceptance.per_day.changes) == 1
    t = load(CORRIDOR, ("stations.khorgos.work.lift.time.mean=6 min",)).tables
    assert t.stations["khorgos"].work["lift"].time.mean == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("statons.jinan.tracks=3", "no `statons`; did you mean `stations`?"),
        ("stations.jnan.tracks=3", "no `jnan` in `stations`; did you mean `jinan`?"),
        ("stations.jinan.trcks=3", "no `trcks` in `stations.jinan`; did you mean `tracks`?"),
        ("services.eastern={length: 3}", "no `eastern` in `services`; did you mean `east`?"),
        ("services.east.route.7=x", "no `7` in `services.east.route`"),
        ("services.east.length=0", "length: `0` is out of range; expected at least 1"),
        ("services.east.length.deep.er=4", "no `er` in `services.east.length.deep`"),
        ("horizon", "expected dotted.path=value"),
        ("=3", "expected dotted.path=value"),
        ("title=[a", "is not YAML"),
        ("title=", "there is no `title`"),
        ("seed=.inf", "not a finite number"),
    ],
)
def test_a_wrong_set_is_refused_as_such(text, said):
    lines = refused(CORRIDOR, ("warmup=4 d", text))
    assert any(said in line for line in lines), lines
    assert lines[0].startswith("--set 2: ") or "no `title`" in lines[0]


# Warnings, evidence, chains, schema


def test_what_is_doubtful_is_a_warning_and_no_error():
    scenario = load(
        CORRIDOR,
        (
            "stations.border.tracks={value: 3, changes: {2025-06-01: 4, 2023-01-01: 5}}",
            "lines.wide-line.variation=gamma(mean: 1.2, cv: 0.1)",
            "lines.crossing.acceptance.classes.grain=3 /d",
        ),
    )
    said = [w.message for w in scenario.warnings]
    assert len(said) == 4 and all(w.severity == "warning" for w in scenario.warnings)
    assert any("2025-06-01 lies after the end" in m for m in said)
    assert any("2023-01-01 lies before the start" in m for m in said)
    assert any("has mean 1.2" in m for m in said)
    assert any("no train is of class `grain`" in m for m in said)


def test_a_disruption_may_name_a_part_that_is_there():
    def on(target):
        return f"disruptions={{shut: {{on: [{target}], begin: 2024-01-10, days: 2 d}}}}"

    for target in ("wide-line", "crossing/acceptance", "almaty/stuffing", "jinan/trucks"):
        trucks = "stations.jinan.delivery.trucks=9"
        assert load(CORRIDOR, (trucks, on(target))).warnings == ()
    with pytest.raises(ScenarioError, match="did you mean `crossing/acceptance`"):
        load(CORRIDOR, (on("crossing/acceptence"),))


def test_a_work_is_not_called_as_a_stage_is():
    work = "stations.border={work: {track: {kind: servers, servers: 1, time: 1 h}}}"
    with pytest.raises(ScenarioError, match="`track` is what the tables call a stage"):
        load(CORRIDOR, (work,))


def test_every_figure_has_its_fact_or_assumption_or_is_unsourced():
    scenario = load(CORRIDOR)
    by_path = {f.path: f for f in figures(scenario)}
    assert by_path["commodities.barley.load"].source == ("barley-load",)
    assert by_path["commodities.barley.load"].text == "26 t"
    late = by_path["lines.crossing.acceptance.per_day.changes.2024-02-01"]
    assert late.text == "18 trains/d" and late.source == ("accepted",) and not late.unsourced
    assert by_path["stations.jinan.delivery.dwell"].assumed == "as in other provinces"
    assert by_path["stations.khorgos.work.lift.time"].text == "gamma(mean: 3 min, cv: 0.5)"
    loose = {f.path for f in unsourced(scenario)}
    assert "services.east.length" in loose and "stations.jinan.delivery.dwell" not in loose
    place = by_path["services.east.length"].place
    assert TEXT.splitlines()[place.line - 1][place.column - 1 :].startswith("40, wagons: wide")


def test_chains_of_services_are_all_found_shortest_first():
    tables = load(CORRIDOR).tables
    assert service_chains(tables, "almaty", "jinan") == [("east", "on")]
    assert service_chains(tables, "jinan", "almaty") == []
    through = tables.services["east"].model_copy(
        update={"route": ("wide-line", "crossing", "narrow-line")}
    )
    more = tables.model_copy(update={"services": {**tables.services, "through": through}})
    assert service_chains(more, "almaty", "jinan") == [("through",), ("east", "on")]


def test_a_supply_that_no_train_takes_is_refused(tmp_path):
    path = changed(
        tmp_path,
        "from: khorgos, route: [khorgos/lift, narrow-line]",
        "from: border, route: [crossing, narrow-line]",
    )
    assert any("no chain of services leads from `almaty` to `jinan`" in x for x in refused(path))


def test_the_schema_names_every_key_and_takes_text_with_units():
    schema = json_schema()
    assert schema["$schema"].endswith("2020-12/schema")
    assert {"extends", "stations", "services"} <= set(schema["properties"])
    text = json.dumps(schema)
    assert '"from"' in text and "800 km/d" in text
    for name, table in schema["$defs"].items():
        if "properties" in table:
            for key, entry in table["properties"].items():
                assert "description" in entry, (name, key)


def test_loading_imports_nothing_heavy():
    code = (
        "import sys; from sim.scenario import load; load(sys.argv[1]);"
        "print([m for m in ('numpy','pint','polars','scipy','matplotlib') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(CORRIDOR)],
        capture_output=True,
        text=True,
        check=True,
        cwd=HERE.parent.parent,
    )
    assert done.stdout.strip() == "[]"


# Whatever is written, load says it in its own words

LINES = TEXT.splitlines(keepends=True)
ODD = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "null",
            "~",
            "[]",
            "{}",
            "-1",
            ".nan",
            "1e999",
            "&a",
            "*a",
            "<<: *a",
            "!!set",
            "|",
            ">-",
            "value:",
            "{value: {value: 3}}",
            "{distribution: [x]}",
            "0x1F",
            "1_000",
            "2024-01-01",
            "lognormal(",
            "? ",
            "extends: s.yaml",
            "kind: {}",
            "rule: 3",
            "9" * 400,
            "a/b/c",
            "true",
        ]
    ),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(LINES) - 1),
            st.sampled_from(["drop", "double", "value", "insert", "cut"]),
            ODD,
        ),
        min_size=1,
        max_size=4,
    )
)
@example([(7, "value", "null")])
@example([(2, "value", "9999-12-31")])
@example([(3, "value", "1e300 h")])
def test_load_raises_nothing_but_scenario_error(tmp_path, mutations):
    lines = list(LINES)
    for index, how, odd in mutations:
        index %= max(1, len(lines))
        line = lines[index] if lines else ""
        if how == "drop":
            del lines[index : index + 1]
        elif how == "double":
            lines.insert(index, line)
        elif how == "value" and ":" in line:
            lines[index] = line.split(":")[0] + ": " + odd + "\n"
        elif how == "insert":
            lines.insert(index, odd + "\n")
        elif how == "cut":
            lines[index] = line[: len(line) // 2] + odd + line[len(line) // 2 :]
    path = write(tmp_path, "".join(lines).encode("utf-8", "surrogatepass"))
    (tmp_path / "facts.csv").write_bytes((HERE / "facts.csv").read_bytes())
    try:
        scenario = load(path)
    except ScenarioError as error:
        assert error.problems and str(error)
        assert all(p.severity == "error" and p.message for p in error.problems)
    else:
        json.dumps(scenario.resolved, allow_nan=False)
        assert len(scenario.hash) == 64
        figures(scenario)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stations.khorgos.work.laboratory.share.grain=2", "a share of 2 is above 1"),
        ("background.transit.arrivals=intervals", "`intervals` needs `interval`"),
        ("background.transit.interval=4 h", "used only with `arrivals: intervals`"),
        ("calendars.day.closed=[2023-12-01..2024-12-31]", "`day` never opens in the run"),
        ("fleets.boxes.at.nowhere=3", "unknown station `nowhere`"),
        ("stations.almaty.stuffing.fleet=wide", "`wide` is of wagons"),
        ("disruptions.wind.days=3 d", "either `begin` and `days`, or `every` and `lasts`"),
        ("lines.crossing.to=border", "begins and ends at `border`"),
        ("services.on.route=[khorgos]", "`khorgos` is a station"),
        ("services.east.formation=0", "a train of 0 wagons"),
        ("stations={}", "unknown station"),
        ("stations.khorgos.work.laboratory.reject=2", "reject: a share of 2 is above 1"),
        ("disruptions.wind.factor=20", "20 is what is left of the rate; expected 1 or less"),
        ("services.east.length=3000000000", "more than any corridor has"),
        ("services.east.length=26,5", "write a decimal point and no mark for thousands"),
        ("commodities.barley.load=8 000 t", "such as `8000 t`"),
        ("supplies.barley.volume=40000 tons/yr", "did you mean `t/yr`?"),
        ("stations.jinan=null", "unknown station `jinan`"),
        (
            "stations.khorgos.work.laboratory.share.grain=120 %",
            "a share of 120 % is above 1",
        ),
    ],
)
def test_what_does_not_fit_between_tables_is_refused(text, said):
    path = CORRIDOR
    if text == "stations={}":
        with pytest.raises(ScenarioError) as caught:
            resolved = load(path).resolved
            Scenario.from_resolved({**resolved, "stations": {}}, "bare")
        assert said in str(caught.value)
        return
    lines = refused(path, (text,))
    assert any(said in line for line in lines), lines


def test_boxes_all_sent_onward_need_no_delivery():
    liner = "{a: {every: 7 d, slots: 9, cranes: 1, time: 3 min, voyage: 9 d, share: SHARE}}"
    sets = ("stations.jinan.delivery=null", "stations.jinan.liners=" + liner)
    load(CORRIDOR, tuple(s.replace("SHARE", "1") for s in sets))
    lines = refused(CORRIDOR, tuple(s.replace("SHARE", "1.2") for s in sets))
    assert any("liners: shares add up to 1.2; expected 1 or less" in line for line in lines)
    lines = refused(CORRIDOR, tuple(s.replace("SHARE", "0.7") for s in sets))
    assert any("sends 0.7 of its boxes onward" in line for line in lines)


def test_variants_of_one_base_can_be_put_together(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(
        "title: base\nstart: 2023-01-01\nhorizon: 10 d\n"
        "stations: {a: {tracks: 1}, b: {tracks: 1}}\n"
    )
    for name in "ab":
        (tmp_path / f"{name}.yaml").write_text(
            f"extends: base.yaml\nstations: {{{name}: {{tracks: 7}}}}\n"
        )
    (tmp_path / "both.yaml").write_text("extends: [a.yaml, b.yaml]\n")
    stations = load(tmp_path / "both.yaml").tables.stations
    assert [stations[n].tracks.at(0.0) for n in "ab"] == [7.0, 7.0]


def test_a_misspelt_name_of_a_base_is_said_once_and_not_as_a_new_thing(tmp_path: Path) -> None:
    baseline = Path(__file__).parents[2] / "scenarios" / "baseline.yaml"
    path = tmp_path / "mine.yaml"
    path.write_text(
        f"extends: {baseline}\ntitle: mine\nlines:\n  dostik-alashankou: {{speed: 20 km/h}}\n"
    )
    with pytest.raises(ScenarioError) as caught:
        load(path)
    (problem,) = caught.value.problems
    assert (problem.place.line, problem.place.column) == (4, 3)
    assert problem.message.endswith("did you mean `dostyk-alashankou`?")


@pytest.mark.parametrize(
    ("parameters", "line", "said"),
    [
        (
            "frist: 2 h",
            "4:16",
            "no parameter 'frist'; it has every, first, minimum, last; did you mean",
        ),
        ("first: 2 t", "4:23", "first: '2 t' is not a duration"),
    ],
)
def test_a_wrong_parameter_over_a_base_is_said_where_it_was_written(
    tmp_path, parameters, line, said
):
    variant = f"extends: {CORRIDOR}\nservices:\n  on:\n    dispatch: {{{parameters}}}\n"
    path = write(tmp_path, variant)
    (found,) = refused(path)
    assert said in found
    assert f"{path.name}:{line}:" in found, found


def test_a_rule_takes_the_words_for_time_that_the_language_takes():
    for text in ("1 d", "24 hours", "1 day", "1440 minutes"):
        load(CORRIDOR, (f"services.on.dispatch.every={text}",))


def test_a_register_whose_name_is_too_long_is_refused_at_its_place(tmp_path):
    path = write(tmp_path, f"evidence: {'9' * 300}.csv\n{SMALL}")
    (said,) = refused(path)
    assert said.startswith(f"{path}:1:11: evidence: ")
    assert said.endswith("cannot be read: File name too long")
