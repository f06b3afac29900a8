"""Pictures show what the tables say, say so when there is nothing, and are the same each time."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch

from sim.report import PICTURES, draw, picture_bytes, style
from sim.report.backlog import backlog, backlog_split
from sim.report.compare import COLUMNS, compare, row_count, titled
from sim.report.gap import gap
from sim.report.lead_time import lead_time, lead_time_stages
from sim.report.queues import queues
from sim.report.throughput import throughput
from sim.report.words import kpi_words
from sim.results import Results, ResultsError, kpis
from sim.results.levels import backlog as backlog_series
from tests.report import made
from tests.results import builder

RUN_PICTURES = [p.name for p in PICTURES.values() if p.needs == "runs"]


@pytest.fixture(scope="module")
def run() -> Results:
    return builder.year(count=1500)


@pytest.fixture(scope="module")
def runs() -> list[Results]:
    return [builder.year(count=800, replication=i) for i in range(3)]


def axes() -> Axes:
    return Figure(figsize=(8, 4)).subplots()


def texts(ax: Axes) -> str:
    legend = ax.get_legend()
    parts = [*ax.texts, ax.title, *(legend.get_texts() if legend else [])]
    parts += ax.get_yticklabels()
    return "\n".join(t.get_text() for t in parts)


def differences(**changes: Any) -> pl.DataFrame:
    row = {
        "variant": "more-trains", "kpi": "delivered_t", "unit": "t", "reference": 200.0,
        "difference": 20.0, "low": 10.0, "high": 30.0, "verdict": "better", "n": 10,
    }  # fmt: skip
    return pl.DataFrame([{**row, **changes}])


@pytest.mark.parametrize("format", ["png", "svg", "pdf"])
@pytest.mark.parametrize("what", RUN_PICTURES)
def test_the_same_run_gives_the_same_bytes(what: str, format: Any) -> None:
    one, two = (picture_bytes(what, made.run(), format, dpi=50) for _ in range(2))
    assert one == two
    magic = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
    assert one.startswith(magic[format])


@pytest.mark.parametrize("what", RUN_PICTURES)
def test_replications_are_drawn_too(what: str, runs: list[Results], tmp_path: Path) -> None:
    assert draw(what, runs, tmp_path / "p.png").stat().st_size > 10_000


@pytest.mark.parametrize("panel", [throughput, backlog, queues, lead_time, lead_time_stages])
def test_an_empty_run_says_that_there_is_nothing(panel: Any) -> None:
    empty = builder.results()
    for data in (empty, [empty, empty]):
        assert "Nothing to show" in texts(panel(data, axes()))
    assert "Nothing to show" in texts(compare(differences().clear(), axes()))


@pytest.mark.parametrize("what", RUN_PICTURES)
def test_a_run_of_no_length_and_one_of_an_hour_can_be_drawn(what: str, tmp_path: Path) -> None:
    stages = builder.stages([(0, "a", "track", 0.0, 0.5, 1.0, "a: no track free")])
    boxes = builder.containers([{"ready_h": 0.0, "delivered_h": 0.7}, {"ready_h": 0.2}])
    hour = builder.results(horizon_h=1.0, containers_=boxes, stages_=stages)
    draw(what, hour, tmp_path / "hour.png")
    draw(what, builder.results(horizon_h=0.0), tmp_path / "none.png")


def test_the_bars_of_throughput_are_the_tonnes_delivered(run: Results) -> None:
    for by in ("destination", "crossing", "commodity"):
        ax = throughput(run, axes(), by=by)
        bars = (
            sum(
                float(p.get_height())
                for p in ax.patches
                if hasattr(p, "get_height") and not isinstance(p, StepPatch)
            )
            - 1.0
        )  # the shaded warm-up is of height 1
        weeks = run.containers.filter(
            pl.col("flow") == "exports", pl.col("delivered_h") < 52 * 168.0
        )
        assert bars == pytest.approx(weeks["tonnes"].sum())
        assert set(weeks[by].unique()) <= set(texts(ax).split("\n"))
        assert "offered" in texts(ax)


def test_the_band_is_students_interval() -> None:
    mean, half = style.band(np.array([[1.0], [2.0], [3.0]]))
    assert mean[0] == 2.0
    assert half is not None
    assert half[0] == pytest.approx(4.302653 / np.sqrt(3), rel=1e-6)
    assert style.band(np.array([[1.0]]))[1] is None


def test_what_a_laboratory_turns_back_is_no_backlog_from_then_on() -> None:
    rows = [
        {"ready_h": 0.0, "departed_h": 5.0, "border_in_h": 10.0},
        {"ready_h": 0.0},
    ]
    run = builder.results(
        containers_={**builder.containers(rows), "rejected_h": [50.0, None]}, horizon_h=100.0
    )
    hours = np.array([20.0, 60.0])
    assert backlog_split(run, hours).sum(axis=0) == pytest.approx([52.0, 26.0])
    assert backlog_series(run).at(hours) == pytest.approx([52.0, 26.0])
    assert kpis(run)["end_backlog_t"].value == 26.0
    ax = axes()
    gap(run, ax)
    assert "of which turned back\n26 t" in texts(ax)


def test_without_a_border_goods_are_on_the_way(run: Results) -> None:
    rows = [{"ready_h": 0.0, "departed_h": 5.0, "arrived_h": 50.0, "delivered_h": 60.0}]
    ax = axes()
    backlog(builder.results(containers_=builder.containers(rows), crossings=[]), ax)
    assert "on the way" in texts(ax).splitlines()
    assert "border" not in texts(ax)


def test_the_backlogs_parts_are_nowhere_negative_and_add_up(run: Results) -> None:
    hours = np.linspace(0, run.horizon_h, 97)
    parts = backlog_split(run, hours)
    assert (parts >= 0).all()
    assert parts.sum(axis=0) == pytest.approx(backlog_series(run).at(hours))


def test_a_container_without_a_border_is_on_its_way_until_it_arrives() -> None:
    row = {"ready_h": 0.0, "stuffed_h": 1.0, "departed_h": 2.0, "arrived_h": 10.0}
    parts = backlog_split(builder.results(containers_=builder.containers([row])), np.array([5.0]))
    assert parts[:, 0].tolist() == [0, 0, 26.0, 0, 0, 0]


def test_queues_shows_the_largest_gates_and_names_them(run: Results) -> None:
    ax = queues(run, axes(), most=3)
    assert len(ax.lines) == 3
    assert "dostyk-alashankou" in texts(ax)
    assert "3 gates where most wait, of 8" in texts(ax)


def test_a_queues_line_is_the_daily_mean() -> None:
    stages = builder.stages([(0, "a", "track", 12.0, 36.0, 40.0, "a: no track free")])
    ax = queues(builder.results(horizon_h=72.0, stages_=stages), axes())
    assert np.asarray(ax.lines[0].get_ydata()).tolist() == [0.5, 0.5, 0.0]


def test_lead_time_marks_the_percentiles_of_the_kpis(run: Results) -> None:
    ax = lead_time(run, axes())
    k = kpis(run)
    marks = sorted(float(np.asarray(line.get_xdata())[0]) for line in ax.lines)
    p50, p95 = k["lead_time_p50_h"].value, k["lead_time_p95_h"].value
    assert p50 is not None and p95 is not None
    assert marks == pytest.approx([p50 / 24, p95 / 24])


def test_compare_is_in_per_cent_of_the_reference_and_writes_the_unit() -> None:
    ax = compare(differences(), axes())
    assert "+10.0 % [+5.0, +15.0]  (+20 t)" in texts(ax)
    interval = next(
        line
        for line in ax.lines
        if len(np.asarray(line.get_xdata())) == 2 and np.asarray(line.get_xdata())[0] == 5.0
    )
    assert np.asarray(interval.get_xdata()).tolist() == [5.0, 15.0]
    assert to_hex(str(interval.get_color())) == style.BETTER.lower()


@pytest.mark.parametrize(
    ("verdict", "name"),
    [("better", style.BETTER), ("worse", style.WORSE), ("not told apart", style.UNCLEAR)],
)
def test_compare_colours_by_the_verdict(verdict: str, name: str) -> None:
    ax = compare(differences(verdict=verdict), axes())
    marker = next(x for x in ax.lines if x.get_marker() in ("o", "s") and len(x.get_xdata()))  # type: ignore[arg-type]
    assert marker.get_color() == name
    assert verdict in texts(ax)


def test_compare_does_not_leave_to_chance_what_every_run_shows() -> None:
    nothing = {"difference": 0.0, "low": 0.0, "high": 0.0, "verdict": "not told apart"}
    shown = texts(compare(differences(**nothing), axes()))
    assert "the same in every run" in shown
    assert "not told apart" not in shown


def test_compare_without_a_reference_to_divide_by_still_says_the_difference() -> None:
    assert "+20 t (reference is 0)" in texts(compare(differences(reference=0.0), axes()))
    assert "no figure" in texts(compare(differences(difference=None), axes()))
    one = differences(low=None, high=None, n=1)
    assert "no interval" in texts(compare(one, axes()))


def test_compare_far_beyond_the_axis_is_an_arrow_and_its_number() -> None:
    ax = compare(differences(difference=2000.0, low=1900.0, high=2100.0), axes())
    assert any(line.get_marker() == ">" for line in ax.lines)
    assert "+1,000.0 %" in texts(ax)


def test_compare_names_a_missing_column() -> None:
    with pytest.raises(ValueError, match="lacks verdict"):
        compare(differences().drop("verdict"), axes())
    assert set(differences().columns) == set(COLUMNS)


def test_names_of_kpis_as_words() -> None:
    assert kpi_words("lead_time_p95_h") == "lead time P95"
    assert kpi_words("delivered_t") == "delivered"
    assert kpi_words("cost_per_t") == "cost per tonne"


def test_labels_are_moved_apart_and_no_more_than_need_be() -> None:
    placed = style.spread(np.array([0.0, 0.01, 0.5]), 0.1)
    assert np.diff(placed).min() >= 0.1 - 1e-12
    assert placed[2] == pytest.approx(0.5)
    crowded = style.spread(np.array([0.99, 1.0, 1.0]), 0.1)
    assert crowded.max() <= 1.0 + 1e-12


def test_mistakes_of_the_user_are_named(run: Results, tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="did you mean throughput"):
        draw("troughput", run, tmp_path / "p.png")
    with pytest.raises(
        ResultsError, match=r"'foo' is no picture\. Of a run there are throughput, "
    ) as no:
        draw("foo", run, tmp_path / "p.png")
    assert "queues" in str(no.value) and "`steppe plot --list`" in str(no.value)
    with pytest.raises(ResultsError, match="'gif' is no format"):
        draw("queues", run, tmp_path / "p.gif")
    with pytest.raises(ResultsError, match="'colour' splits nothing"):
        draw("throughput", run, tmp_path / "p.png", by="colour")
    with pytest.raises(ResultsError, match="has no option 'by'; it takes most"):
        draw("queues", run, tmp_path / "p.png", by="crossing")
    with pytest.raises(ResultsError, match="needs a run"):
        draw("queues", [], tmp_path / "p.png")
    with pytest.raises(ResultsError, match="steppe compare"):
        draw("compare", run, tmp_path / "p.png")
    with pytest.raises(ResultsError, match="cannot be written"):
        draw("queues", run, tmp_path / "nowhere" / "p.png")
    assert not list(tmp_path.iterdir())


def test_the_users_own_settings_do_not_change_a_picture(run: Results, tmp_path: Path) -> None:
    import matplotlib as mpl

    plain = draw("queues", run, tmp_path / "plain.png").read_bytes()
    with mpl.rc_context({"font.size": 30.0, "axes.facecolor": "black"}):
        assert draw("queues", run, tmp_path / "own.png").read_bytes() == plain
        assert mpl.rcParams["font.size"] == 30.0


def test_the_parts_of_the_chain_add_up_to_the_lead_time_also_when_some_are_put_together() -> None:
    stages = [f"part {i}" for i in range(30)]
    box = builder.containers([{"ready_h": 0.0, "delivered_h": 465.0}])
    waits = {
        "container": [0] * 30,
        "stage": stages,
        "cause": [None, "quota"] * 15,
        "hours": [float(i + 1) for i in range(30)],
    }
    ax = lead_time_stages(builder.results(containers_=box, waits=waits), axes())
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names[0] == "part 29"
    assert names[-1] == "17 others"
    assert sum(p.get_width() for p in ax.patches) == pytest.approx(465.0 / 24)  # type: ignore[attr-defined]


def test_a_comparison_shows_titles_and_what_is_refused() -> None:
    rows = [
        {**differences().row(0, named=True), "variant": variant, "kpi": kpi}
        for variant in ("trains", "nights")
        for kpi in ("delivered_t", "lead_time_mean_h")
    ]
    frame = pl.DataFrame(rows).with_columns(against=pl.lit("today"))
    refused = frame.filter(pl.col("kpi") == "delivered_t").with_columns(kpi=pl.lit("refused_t"))
    titles = {
        "today": "Exports doubled",
        "trains": "Exports doubled, one more train a week, and so on to beyond the end of a line",
        "nights": "Exports doubled, nights",
    }
    ax = compare(titled(frame, refused, titles, "today"), axes())
    names = [t.get_text() for t in ax.get_yticklabels()]
    assert names[:6] == [
        "delivered",
        "One more train a week, and so on to\nbeyond the end of a line",
        "Nights",
        "refused",
        *("One more train a week, and so on to\nbeyond the end of a line", "Nights"),
    ]
    # a variant that has its base's title goes by its name
    same = titled(frame, refused.clear(), {**titles, "nights": "Exports doubled"}, "today")
    assert set(same["variant"]) == {titles["trains"], "nights"}
    assert "refused_t" not in same["kpi"]
    pair = frame.with_columns(against=pl.lit("nights"))
    both = titled(pair.filter(pl.col("variant") == "trains"), refused.clear(), titles, "today")
    assert both["variant"][0].endswith("of a line against Nights")
    # of all pairs the picture has what decides; the table has the other figures
    whole = pl.concat([frame, pair.filter(pl.col("variant") == "trains")])
    drawn = titled(whole, refused.clear(), titles, "today")
    assert drawn.filter(pl.col("against") == "nights")["kpi"].to_list() == ["delivered_t"]
    assert drawn.filter(pl.col("against") == "today").height == frame.height


def test_titles_of_several_lines_do_not_come_close_to_each_other() -> None:
    """Two lines of one title are nearer to each other than to the next title, and all is told."""
    long = "Twice the return trains and customs round the clock, held against {} more train"
    names = [long.format(n) for n in ("one", "two", "three", "four")]
    row = differences().row(0, named=True)
    kpis = ("delivered_t", "lead_time_mean_h")
    frame = pl.DataFrame([{**row, "variant": n, "kpi": k} for k in kpis for n in names])
    figure = Figure(figsize=(11.0, 1.9 + 0.34 * row_count(frame)), layout="constrained")
    ax = compare(frame, figure.subplots())
    FigureCanvasAgg(figure).draw()
    boxes = [t.get_window_extent() for t in ax.get_yticklabels()]
    texts_ = [t.get_text() for t in ax.get_yticklabels()]
    assert not any(text.endswith("…") for text in texts_)
    line = min(box.height for box in boxes)  # a heading has one
    apart = [above.y0 - below.y1 for above, below in pairwise(boxes)]
    assert max(text.count("\n") for text in texts_) == 2
    assert min(apart) > 0.4 * line
