"""What the pictures of stocks, use, equipment, curves, bottlenecks and costs show."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from sim.report import style
from sim.report.bottleneck import migration, shifting, waiting_by_week
from sim.report.cost import cost, from_kpis
from sim.report.curves import from_ramp, response
from sim.report.equipment import equipment, whereabouts
from sim.report.gap import cumulative, gap
from sim.report.heat import utilisation, waiting, weekly_use, weekly_waiting
from sim.report.places import boxes_waiting, trains_held
from sim.results import Results
from sim.results.series import weekly
from tests.report import made
from tests.results import builder


@pytest.fixture(scope="module")
def run() -> Results:
    return made.run()


def axes() -> Axes:
    return Figure(figsize=(8, 4)).subplots()


def texts(ax: Axes) -> str:
    legend = ax.get_legend()
    parts = [*ax.texts, ax.title, ax.xaxis.label, ax.yaxis.label, *ax.get_yticklabels()]
    return "\n".join(t.get_text() for t in [*parts, *(legend.get_texts() if legend else [])])


def test_the_gap_is_between_what_was_offered_and_what_was_delivered(run: Results) -> None:
    ax = gap(run, axes())
    offered, delivered = (np.asarray(line.get_ydata()) for line in ax.lines[:2])
    assert offered[-1] == 5 * 26.0
    assert delivered[-1] == 4 * 26.0
    assert to_hex(str(ax.lines[0].get_color())) == style.REFERENCE.lower()
    shown = texts(ax)
    assert "not delivered\n26 t (20%)" in shown
    assert "of which refused\n26 t" in shown
    assert "tonnes" in ax.get_ylabel()


def test_the_gap_of_weekly_figures_is_that_of_the_tables_at_the_end_of_each_week() -> None:
    year = builder.year(count=400)
    ends = np.arange(1, 53) * 168.0
    for moment in ("ready_h", "delivered_h"):
        assert cumulative(weekly(year), moment, ends) == pytest.approx(
            cumulative(year, moment, ends), abs=26.0 + 1e-6
        )


def test_each_place_has_a_row_with_its_most_and_its_mean(run: Results) -> None:
    ax = trains_held(run, axes())
    shown = texts(ax)
    assert "gate" in shown and "far" in shown
    # 10 + 11 hours held at gate in 240 h; 2 + 4 + 6 before far
    assert "mean 0.1" in shown
    boxes = texts(boxes_waiting(run, axes()))
    assert "west:\ngoods waiting for empties" in boxes
    # three on days 2 and 3, one on the seven after: 13 container-days in ten
    assert "most 3\nmean 1.3" in boxes


def test_rows_left_out_are_counted(run: Results) -> None:
    assert "1 smaller ones not drawn" in texts(trains_held(run, axes(), most=1))


def test_use_by_week_is_over_what_there_was_in_that_week(run: Results) -> None:
    use = weekly_use(run)
    # four trains pass in the first week, in which four may: capacity is in the levels
    assert use["far/acceptance"] == pytest.approx([1.0, 0.0])
    # 16 hours worked in the first week of 168, by the same share of staff all the time
    assert use["gate/papers"] == pytest.approx([16 / 168, 0.0])


def test_the_heat_map_shows_the_most_used_on_top_with_its_mean(run: Results) -> None:
    figure = Figure(figsize=(8, 4))
    ax = utilisation(run, figure.subplots())
    assert [t.get_text() for t in ax.get_yticklabels()] == ["far/acceptance", "gate/papers"]
    mesh = next(c for c in ax.collections if isinstance(c, QuadMesh))
    assert np.asarray(mesh.get_array())[0].tolist() == [1.0, 0.0]
    assert mesh.get_clim() == (0.0, 1.0)
    assert "70%" in texts(ax)  # seven days of ten
    assert figure.axes[-1].get_ylabel() == "% used"


def test_waiting_by_week_counts_trains_and_hours(run: Results) -> None:
    rows = weekly_waiting(run)
    assert rows["far/acceptance"] == pytest.approx([12 / 168, 0.0])
    assert rows["gate/track"] == pytest.approx([21 / 168, 0.0])
    ax = waiting(run, Figure().subplots())
    assert [t.get_text() for t in ax.get_yticklabels()] == ["gate/track", "far/acceptance"]


def test_heat_maps_have_one_hue_that_only_darkens() -> None:
    from sim.report.heat import QUEUE, USE

    for colours in (USE, QUEUE):
        light = colours(np.linspace(0, 1, 50))[:, :3] @ [0.2126, 0.7152, 0.0722]
        assert (np.diff(light) < 0).all()


def test_equipment_is_where_its_spells_say(run: Results) -> None:
    edges = np.array([0.0, 120.0, 240.0])
    found = whereabouts(run, "boxes", edges)
    assert found["at west"].tolist() == [1.0, 0.0]
    assert found["laden"].tolist() == [0.0, 1.0]
    assert found["at east"].tolist() == [1.0, 1.0]
    ax = equipment(run, axes())
    assert "boxes" in ax.get_ylabel()
    assert {"at east 1", "at west 0", "laden 0"} <= set(texts(ax).split("\n"))
    assert "wagons" in equipment(run, axes(), fleet="wagons").get_ylabel()
    with pytest.raises(ValueError, match="did you mean boxes"):
        equipment(run, axes(), fleet="boxs")


def curve(**changes: Any) -> pl.DataFrame:
    rows = [
        {"x": x, "mean": 10.0 * x, "low": 9.0 * x, "high": 11.0 * x, "series": name, "bound": 25.0}
        for name in ("today", "more")
        for x in (1.0, 2.0, 3.0)
    ]
    return pl.DataFrame(rows).with_columns(**{k: pl.lit(v) for k, v in changes.items()})


def test_a_response_has_a_line_and_a_band_a_series_and_the_reference_in_grey() -> None:
    ax = response(curve(), axes(), reference="today", xlabel="volume, times", ylabel="delivered, t")
    solid = [line for line in ax.lines if line.get_linestyle() == "-"]
    assert [np.asarray(line.get_ydata()).tolist() for line in solid] == [[10.0, 20.0, 30.0]] * 2
    assert to_hex(str(solid[0].get_color())) == style.REFERENCE.lower()
    assert to_hex(str(solid[1].get_color())) == style.PALETTE[0].lower()
    assert len(ax.collections) == 2
    assert ax.get_xlabel() == "volume, times"
    assert ax.get_ylabel() == "delivered, t"
    assert {"today", "more"} <= set(texts(ax).split("\n"))
    assert ax.get_legend() is None
    assert "dashed: the most that could pass" in texts(ax)


def test_a_response_of_single_runs_has_no_band() -> None:
    ax = response(curve(low=None, high=None), axes())
    assert not ax.collections
    assert "95 %" not in texts(ax)


def test_a_ramps_table_is_a_curve() -> None:
    table = pl.DataFrame(
        {
            "variant": ["a", "a"],
            "volume": [1.0, 2.0],
            "kpi": ["delivered_t", "fulfilment"],
            "unit": ["t", "1"],
            "mean": [5.0, 0.5],
            "low": [4.0, None],
            "high": [6.0, None],
            "n": [3, 3],
            "bound_t": [7.0, None],
        }
    )
    assert from_ramp(table, "delivered_t").to_dicts() == [
        {"x": 1.0, "mean": 5.0, "low": 4.0, "high": 6.0, "series": "a", "bound": 7.0}
    ]
    with pytest.raises(ValueError, match="expected one of delivered_t, fulfilment"):
        from_ramp(table, "cost")


def test_the_bottleneck_by_week_is_what_containers_wait_for(run: Results) -> None:
    found = waiting_by_week(run)
    assert found["far: acceptance"] == pytest.approx([12 / 168, 0.0])
    assert found["west: no empty container"] == pytest.approx([10 / 168, 0.0])
    ax = shifting(run, axes())
    assert "west: no empty container" in texts(ax)
    assert "containers" in ax.get_ylabel()


def test_a_stretch_that_two_causes_share_counts_for_each_with_its_part() -> None:
    waits = {
        "container": [0, 0], "stage": ["a", "a"], "cause": ["queue", "closed"],
        "begin_h": [0.0, 0.0], "end_h": [100.0, 100.0], "hours": [75.0, 25.0],
    }  # fmt: skip
    box = builder.containers([{"ready_h": 0.0}])
    found = waiting_by_week(builder.results(containers_=box, waits=waits, horizon_h=168.0))
    assert found["queue"] == pytest.approx([75 / 168])
    assert found["closed"] == pytest.approx([25 / 168])


def test_migration_stacks_shares_and_names_causes() -> None:
    frame = pl.DataFrame(
        {
            "x": [1.0, 1.0, 2.0, 2.0],
            "cause": ["border", "empties", "border", "empties"],
            "share": [0.75, 0.25, 0.4, 0.6],
        }
    )
    ax = migration(frame, axes())
    heights = [[round(p.get_height(), 6) for p in bars] for bars in ax.containers]  # type: ignore[attr-defined]
    assert heights == [[75.0, 40.0], [25.0, 60.0]]
    assert "border" in texts(ax)
    assert [t.get_text() for t in ax.get_xticklabels()] == ["1", "2"]
    assert "%" in ax.get_ylabel()


def test_cost_is_by_part_largest_first_with_its_share() -> None:
    frame = pl.DataFrame({"part": ["hire", "line"], "usd_per_t": [10.0, 30.0]})
    ax = cost(frame, axes())
    assert [t.get_text() for t in ax.get_yticklabels()] == ["line", "hire"]
    assert "30.00  (75%)" in texts(ax)
    assert "40.00 USD per tonne in all" in texts(ax)
    assert "USD per tonne" in ax.get_xlabel()


def test_the_costs_of_a_run_are_its_key_figures_by_part() -> None:
    unit = {"unit": "USD/t", "meaning": ""}
    kpis: dict[str, dict[str, Any]] = {
        "cost_per_t": {"mean": 40.0, "half_width": 1.0, **unit},
        "cost_line_haul_per_t": {"mean": 30.0, "half_width": 2.0, **unit},
        "cost_storage_per_t": {"value": 10.0, **unit},
        "delivered_t": {"value": 1.0, "unit": "t", "meaning": ""},
    }
    assert from_kpis(kpis).rows() == [
        ("line haul", 30.0, 28.0, 32.0),
        ("storage", 10.0, None, None),
    ]


@pytest.mark.parametrize(
    ("panel", "frame", "says"),
    [
        (response, pl.DataFrame({"x": [1.0]}), "lacks mean, low, high, series"),
        (migration, pl.DataFrame({"x": [1.0]}), "lacks cause, share"),
        (cost, pl.DataFrame({"part": ["a"]}), "lacks usd_per_t"),
    ],
)
def test_a_frame_that_lacks_a_column_is_refused(panel: Any, frame: pl.DataFrame, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        panel(frame, axes())


def test_empty_frames_say_that_there_is_nothing() -> None:
    for panel, frame in (
        (response, curve().clear()),
        (
            migration,
            pl.DataFrame(schema={"x": pl.Float64, "cause": pl.String, "share": pl.Float64}),
        ),
        (cost, pl.DataFrame(schema={"part": pl.String, "usd_per_t": pl.Float64})),
    ):
        assert "Nothing to show" in texts(panel(frame, axes()))  # type: ignore[operator]
