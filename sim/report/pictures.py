"""The pictures by name, and how one is made into a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from inspect import signature
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
import polars as pl
from matplotlib.figure import Figure

from sim.report import style
from sim.report.backlog import backlog
from sim.report.backtest import backtest, lines
from sim.report.bottleneck import migration, shifting
from sim.report.compare import compare, row_count
from sim.report.cost import cost
from sim.report.curves import response
from sim.report.equipment import equipment
from sim.report.gap import gap
from sim.report.heat import utilisation, waiting
from sim.report.lead_time import lead_time, lead_time_stages
from sim.report.places import boxes_waiting, trains_held
from sim.report.queues import any_sampled, laboratories, queues
from sim.report.throughput import throughput
from sim.report.time_distance import time_distance
from sim.report.warmup import level, statistic
from sim.results.errors import ResultsError
from sim.results.run import Results

LOWER = 3.2
"""Inches of a panel below the others."""
LINE = 140
"""Letters that fit in a subtitle."""
Format = Literal["png", "svg", "pdf"]
FORMATS = ("png", "svg", "pdf")
# what a format would otherwise write about the moment and the program
_METADATA: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None, "ModDate": None},
}


Needs = Literal["runs", "level", "comparison", "response", "migration", "costs", "backtest"]
FRAMES: dict[str, str] = {
    "level": "the level of pilot runs, by `steppe run --steady`",
    "comparison": "the differences of a comparison, by `steppe compare`",
    "response": "a figure against what was varied, by `steppe ramp` or `steppe sweep`",
    "migration": "waiting by cause against volume, by `steppe ramp`",
    "costs": "costs by part",
    "backtest": "observations beside what is simulated, by `steppe backtest`",
}
"""What pictures that are not made of runs need, in words."""


@dataclass(frozen=True)
class Picture:
    """A picture that can be asked for by name.

    ``needs`` is runs (one run or its replications) or the kind of frame in ``FRAMES``.
    ``panels`` draw side by side, or one below the other when ``stacked``; a panel takes the data,
    an Axes and options of its own by name.  ``height`` is in inches.  ``below`` is a panel more,
    beneath the others, of data for which the function before it says so.
    """

    name: str
    title: str
    needs: Needs
    panels: tuple[Callable[..., Any], ...]
    stacked: bool = False
    height: float = 5.6
    below: tuple[Callable[[Any], bool], Callable[..., Any]] | None = None

    @property
    def options(self) -> tuple[str, ...]:
        """Names of the options that its panels take."""
        return tuple(dict.fromkeys(o for p in self.panels for o in options_of(p)))

    def of(self, data: Any) -> Picture:
        """The picture as it is drawn of some data: with the panel below, if it has one there."""
        if self.below is None or not self.below[0](data):
            return self
        panels = (*self.panels, self.below[1])
        return replace(self, panels=panels, stacked=True, height=self.height + LOWER, below=None)


def options_of(panel: Callable[..., Any]) -> tuple[str, ...]:
    """Names of a panel's options: what it takes by name alone."""
    parameters = signature(panel).parameters.values()
    return tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)


PICTURES: dict[str, Picture] = {
    p.name: p
    for p in (
        Picture("throughput", "Exports delivered, against what was offered", "runs", (throughput,)),
        Picture("gap", "Exports offered and delivered, and the gap between", "runs", (gap,)),
        Picture("backlog", "Exports ready and not delivered", "runs", (backlog,)),
        Picture("warm-up", "Where the warm-up ends", "level", (level, statistic), stacked=True),
        Picture(
            "queues",
            "Trains waiting at each gate",
            "runs",
            (queues,),
            below=(any_sampled, laboratories),
        ),
        Picture("places", "What waits at every place", "runs", (trains_held, boxes_waiting)),
        Picture(
            "time-distance", "Trains over distance and time", "runs", (time_distance,), height=7.6
        ),
        Picture(
            "lead-time",
            "How long exports take from ready to delivered, and on what",
            "runs",
            (lead_time, lead_time_stages),
        ),
        Picture(
            "use",
            "How hard everything worked, and how many trains waited for it",
            "runs",
            (utilisation, waiting),
            stacked=True,
            height=8.4,
        ),
        Picture("bottleneck", "What export containers wait for, week by week", "runs", (shifting,)),
        Picture("equipment", "Where the units of a fleet are", "runs", (equipment,)),
        Picture("compare", "What the variants change", "comparison", (compare,)),
        Picture("backtest", "What was observed, and what is simulated", "backtest", (backtest,)),
        Picture("response", "How the corridor responds", "response", (response,)),
        Picture("migration", "What exports wait for as volumes rise", "migration", (migration,)),
        Picture("cost", "What a tonne costs", "costs", (cost,), height=4.2),
    )
}

OF_RUNS = ("runs", "costs")
"""What pictures need that can be drawn of a run's folder."""
OF_WEEKS = ("throughput", "gap")
"""Pictures that can be drawn of the weeks of replications alone (`Weekly`)."""


def draw(
    what: str,
    data: Results | Sequence[Results] | pl.DataFrame,
    path: str | Path,
    format: Format | None = None,
    *,
    subtitle: str | None = None,
    **options: Any,
) -> Path:
    """Draw a picture into a file; the same data give the same bytes.

    ``data`` is what the picture needs: a run, replications of it, or a frame.  ``format`` is taken
    from the file's name when not given.  ``options`` go to the panels that take them, such as
    ``by`` and ``every`` of throughput: see the functions of ``PICTURES[what].panels``.

    Returns:
        The file.

    Raises:
        ResultsError: no such picture, format or option; no run; or the file cannot be written.
    """
    target = Path(path)
    form = format or target.suffix.lstrip(".").lower() or "png"
    try:
        target.write_bytes(picture_bytes(what, data, form, subtitle=subtitle, **options))
    except OSError as error:
        raise ResultsError(f"{target}: cannot be written ({error.strerror})") from error
    return target


def picture_bytes(
    what: str,
    data: Results | Sequence[Results] | pl.DataFrame,
    format: str = "png",
    *,
    subtitle: str | None = None,
    dpi: int = 150,
    **options: Any,
) -> bytes:
    """A picture as the bytes of a file; see ``draw``.

    Raises:
        ResultsError: no such picture, format or option, or no run.
    """
    picture = find(what)
    if format not in FORMATS:
        raise ResultsError(f"{format!r} is no format of a picture; expected {', '.join(FORMATS)}")
    for name in options:
        if name not in picture.options:
            known = ", ".join(picture.options) or "none"
            raise ResultsError(f"the picture {what} has no option {name!r}; it takes {known}")
    with mpl.rc_context():
        mpl.rcdefaults()  # a user's own settings must not change the bytes
        mpl.rcParams.update(style.RC)
        figure = _figure(picture, _checked(picture, data), subtitle, options)
        stream = BytesIO()
        figure.savefig(stream, format=format, dpi=dpi, metadata=_METADATA[format])
    return stream.getvalue()


def _checked(picture: Picture, data: Any) -> Any:
    if picture.needs == "runs":
        if isinstance(data, pl.DataFrame):
            raise ResultsError(f"the picture {picture.name} is drawn of runs, not of a table")
        runs = style.as_runs(data)
        if not runs:
            raise ResultsError(f"the picture {picture.name} needs a run, and there is none")
        return runs
    if not isinstance(data, pl.DataFrame):
        raise ResultsError(
            f"the picture {picture.name} is not drawn of a run but of {FRAMES[picture.needs]}"
        )
    return data


def _figure(picture: Picture, data: Any, subtitle: str | None, options: dict[str, Any]) -> Figure:
    picture = picture.of(data)
    width, height = 11.0, picture.height
    if picture.needs == "comparison":
        height = max(3.2, 1.9 + 0.34 * row_count(data))
    if picture.needs == "backtest":
        width, height = 13.0, 2.2 + 0.25 * lines(data)
    figure = Figure(figsize=(width, height))
    head = 0.78 / height
    figure.set_layout_engine("constrained", rect=(0, 0, 1, 1 - head), w_pad=0.12, h_pad=0.08)
    figure.text(0.012, 1 - 0.30 / height, picture.title, size=14, weight="bold", va="center")
    figure.text(
        0.012,
        1 - 0.57 / height,
        subtitle if subtitle is not None else _subtitle(data),
        size=9.5,
        color=style.FAINT,
        va="center",
    )
    count = len(picture.panels)
    shape = (count, 1) if picture.stacked else (1, count)
    axes = figure.subplots(*shape, squeeze=False).ravel()
    for panel, ax in zip(picture.panels, axes, strict=True):
        mine = {k: v for k, v in options.items() if k in options_of(panel)}
        try:
            panel(data, ax, **mine)
        except ValueError as error:
            if mine or picture.needs != "runs":
                raise ResultsError(f"picture {picture.name}: {error}") from error
            raise
    return figure


def _subtitle(data: Any) -> str:
    if isinstance(data, pl.DataFrame):
        if "variant" not in data.columns or "n" not in data.columns:
            return ""
        variants = ", ".join(data["variant"].unique(maintain_order=True).to_list())
        counts = sorted(set(data["n"].to_list()))
        runs = f"{counts[0]:,}" if len(counts) == 1 else "several"
        return f"{variants} · {runs} paired replications" if variants else ""
    first = data[0]
    meta = first.meta
    name, title = str(meta.get("scenario", "")), str(meta.get("title") or "")
    seed = meta.get("seed", "?")
    runs = (
        f"{len(data)} replications, mean and 95 % interval"
        if len(data) > 1
        else f"replication {meta.get('replication', 0)}"
    )
    called = f"{name}: {title}" if title and title != name else name
    rest = f" · {style.period_words(first)} · seed {seed} · {runs}"
    room = LINE - len(rest)
    return (called if len(called) <= room else called[: room - 1].rstrip() + "…") + rest


def find(what: str) -> Picture:
    """The picture of that name; ResultsError if there is none."""
    if what in PICTURES:
        return PICTURES[what]
    near = get_close_matches(what, PICTURES, 1)
    hint = f"; did you mean {near[0]}?" if near else "."
    of_runs = [p.name for p in PICTURES.values() if p.needs in OF_RUNS]
    others = [n for n in PICTURES if n not in of_runs]
    raise ResultsError(
        f"{what!r} is no picture{hint} Of a run there are {', '.join(of_runs)} (`steppe plot "
        f"--list` says what each shows); studies draw {', '.join(others)} themselves"
    )
