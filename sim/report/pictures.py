"""The pictures by name, and how one is made into a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
import polars as pl
from matplotlib.figure import Figure

from sim.report import style
from sim.report.backlog import backlog
from sim.report.compare import compare, row_count
from sim.report.lead_time import lead_time, lead_time_stages
from sim.report.queues import queues
from sim.report.throughput import throughput
from sim.results.errors import ResultsError
from sim.results.tables import Results

Format = Literal["png", "svg", "pdf"]
FORMATS = ("png", "svg", "pdf")
# what a format would otherwise write about the moment and the program
_METADATA: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None, "ModDate": None},
}


@dataclass(frozen=True)
class Picture:
    """A picture that can be asked for by name.

    ``needs`` is runs (one run or its replications) or comparison (a frame of differences).
    ``panels`` draw side by side; a panel takes the data, an Axes and its own options.
    """

    name: str
    title: str
    needs: Literal["runs", "comparison"]
    panels: tuple[Callable[..., Any], ...]
    widths: tuple[float, ...] = (1.0,)


PICTURES: dict[str, Picture] = {
    p.name: p
    for p in (
        Picture("throughput", "Exports delivered, against what was offered", "runs", (throughput,)),
        Picture("backlog", "Exports ready and not delivered", "runs", (backlog,)),
        Picture("queues", "Trains waiting at each gate", "runs", (queues,)),
        Picture(
            "lead-time",
            "How long exports take from ready to delivered, and on what",
            "runs",
            (lead_time, lead_time_stages),
            (1.0, 1.0),
        ),
        Picture("compare", "What the variants change", "comparison", (compare,)),
    )
}


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

    ``data`` is what the picture needs: a run, replications of it, or a comparison.  ``format``
    is taken from the file's name when not given.  ``options`` go to the picture: ``by`` and
    ``every`` of throughput, ``most`` of queues.

    Returns:
        The file.

    Raises:
        ResultsError: no such picture, format or option; no run; or the file cannot be written.
    """
    picture = _find(what)
    target = Path(path)
    form = format or target.suffix.lstrip(".").lower() or "png"
    if form not in FORMATS:
        raise ResultsError(f"{form!r} is no format of a picture; expected {', '.join(FORMATS)}")
    if picture.needs == "runs":
        if isinstance(data, pl.DataFrame):
            raise ResultsError(f"the picture {what} is drawn of runs, not of a comparison")
        data = style.as_runs(data)
        if not data:
            raise ResultsError(f"the picture {what} needs a run, and there is none")
    elif not isinstance(data, pl.DataFrame):
        raise ResultsError(f"the picture {what} is drawn by `steppe compare`, not of a run")
    with mpl.rc_context():
        mpl.rcdefaults()  # a user's own settings must not change the bytes
        mpl.rcParams.update(style.RC)
        figure = _figure(picture, data, subtitle, options)
        try:
            figure.savefig(target, format=form, dpi=150, metadata=_METADATA[form])
        except OSError as error:
            raise ResultsError(f"{target}: cannot be written ({error.strerror})") from error
    return target


def _figure(picture: Picture, data: Any, subtitle: str | None, options: dict[str, Any]) -> Figure:
    width, height = 11.0, 5.6
    if isinstance(data, pl.DataFrame):
        height = max(3.2, 1.9 + 0.34 * row_count(data))
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
    axes = figure.subplots(1, len(picture.panels), width_ratios=picture.widths, squeeze=False)[0]
    for panel, ax in zip(picture.panels, axes, strict=True):
        try:
            panel(data, ax, **options)
        except (TypeError, ValueError) as error:
            if options:
                raise ResultsError(f"picture {picture.name}: {error}") from error
            raise
    return figure


def _subtitle(data: Any) -> str:
    if isinstance(data, pl.DataFrame):
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
    called = called if len(called) <= 80 else called[:79].rstrip() + "…"
    return f"{called} · {style.period_words(first)} · seed {seed} · {runs}"


def _find(what: str) -> Picture:
    if what in PICTURES:
        return PICTURES[what]
    near = get_close_matches(what, PICTURES, 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise ResultsError(f"{what!r} is no picture; expected one of {', '.join(PICTURES)}{hint}")
