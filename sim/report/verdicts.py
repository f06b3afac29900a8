"""What a comparison found, as sentences by rules: surely better, surely worse, or not told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.report.telling import UNSURE, Row, always, more_words, unchanged
from sim.report.words import (
    between,
    figure,
    kpi_words,
    listed,
    row_of,
    step_of,
    with_ends,
    with_half,
)

MAIN = "delivered_t"
"""The key figure that is answered first, where it was compared."""
DAYS_FULL = 3
"""Mean days without a free place on a line from which it is told."""
_ECHOES = {"fulfilment": "delivered_t", "waiting_mean_h": "lead_time_mean_h"}
"""Key figures that say over again what another says, left out of sentences beside it."""
_PLAIN = {
    MAIN: "tonnes delivered",
    "lead_time_mean_h": "mean lead time",
    "waiting_mean_h": "mean waiting",
    "trains_held_max": "most trains held at once",
    "peak_backlog_t": "largest backlog",
    "end_backlog_t": "backlog at the end",
    "cost_per_t": "cost of a tonne",
}
"""Key figures as a sentence calls them, where their names are no plain words."""
_SAYS = (
    ("better", "surely better"),
    ("worse", "surely worse"),
    ("differs", "surely different"),
    ("same", "the same as far as it matters"),
)


def comparison_answer(
    rows: Sequence[Row],
    reference: str,
    overloaded: Mapping[str, bool | None],
    titles: Mapping[str, str] | None = None,
    refused: Sequence[Row] = (),
    full_lines: Sequence[Row] = (),
    further: Sequence[Row] = (),
    short: bool = False,
) -> tuple[str, ...]:
    """What the variants change against the reference, and how sure that is.

    First what is surely better, surely worse and not told apart in the main key figure, with each
    interval; then a sentence a variant about the others; then variants held against each other.

    Args:
        rows: differences, columns as ``sim.study.contrast.COLUMNS``.
        reference: name of the scenario that variants are held against.
        overloaded: by name, whether what is not delivered piles up; None where not known.
        titles: of scenarios, by name.
        refused: rows of refused tonnes, whose intervals are not among those that hold together.
        full_lines: rows of ``Comparison.full_lines``, the longest of each variant first.
        further: rows of ``Comparison.further``, what each further tonne costs.
        short: of the other key figures only what is surely worse, beside a picture of them.
    """
    names = _Names(titles or {})
    mine = [r for r in rows if r.get("against", reference) == reference]
    kpi = MAIN if any(r["kpi"] == MAIN for r in rows) else rows[0]["kpi"]
    main = [r for r in mine if r["kpi"] == kpi]
    said = [f"Held against {names(reference)}, in {_figure_words(kpi)}:"] if main else []
    idle = [r["variant"] for r in main if _changes_nothing(r["variant"], mine)]
    main = [r for r in main if r["variant"] not in idle]
    said += _by_verdict(main, names)
    said += [
        f"Changes nothing: {names(name)}; each figure is that of {reference} in every replication. "
        "What it changes was never short, or `steppe check` says why it has no effect."
        for name in idle
    ]
    less = {r["variant"]: r for r in refused if r.get("against", reference) == reference}
    each = {r["variant"]: r for r in further if r.get("against", reference) == reference}
    for row in main:
        name = row["variant"]
        others = [r for r in mine if r["variant"] == name and r["kpi"] != kpi]
        said += _of_variant(name, others, less.get(name), each.get(name), short)
    between = [r for r in rows if r.get("against", reference) != reference and r["kpi"] == kpi]
    pairs = {(r["variant"], r["against"]): r for r in more_first(further) if r.get("against")}
    said += [_between(r, pairs) for r in between]
    if any(r["low"] is not None for r in less.values()):
        said.append(
            "The intervals of tonnes refused hold together among themselves, not with the others."
        )
    if any(r["usd_per_t"] is not None for r in each.values()):
        said.append(
            "A further tonne is reckoned by the costs of the scenarios, its carriage with them; "
            "what a measure itself costs, such as night shifts, is in it where the scenario has it "
            "under costs.fixed."
        )
    said += _jammed(full_lines)
    full = [name for name, over in overloaded.items() if over]
    if full:
        said.append(
            f"Overloaded, so that what is not delivered piles up or is refused: {', '.join(full)}."
        )
    return tuple(said)


def _changes_nothing(variant: str, rows: Sequence[Row]) -> bool:
    """Whether all figures of a variant are those of the reference, replication by replication."""
    found = [r for r in rows if r["variant"] == variant and r["difference"] is not None]
    return bool(found) and all(unchanged(r) for r in found)


class _Names:
    """Scenarios by name, with their titles where they have any."""

    def __init__(self, titles: Mapping[str, str]) -> None:
        self._titles = titles

    def __call__(self, name: str) -> str:
        title = self._titles.get(name)
        return f"{name} ({title})" if title and title != name else name


def _figure_words(kpi: str) -> str:
    return _PLAIN.get(kpi) or kpi_words(kpi)


def _by_verdict(rows: Sequence[Row], names: _Names) -> list[str]:
    """A sentence a variant, what is sure first and the largest difference first within that."""
    order = [verdict for verdict, _ in _SAYS]
    known = [r for r in rows if r["difference"] is not None]
    known.sort(key=lambda r: -abs(r["difference"]))
    sure = [r for r in known if r["verdict"] in order]
    sure.sort(key=lambda r: order.index(r["verdict"]))
    said = [
        f"{dict(_SAYS)[r['verdict']].capitalize()}: {names(r['variant'])}, {difference(r)}"
        f"{_more_than(r, known)}."
        for r in sure
    ]
    unsure = [r for r in rows if r["verdict"] == UNSURE]
    said += [f"The same in every run: {names(r['variant'])}." for r in unsure if always(r)]
    return said + [
        f"Cannot be told apart from it: {names(r['variant'])}, {difference(r)}{more_words(r)}."
        for r in unsure
        if not always(r)
    ]


def _more_than(row: Row, rows: Sequence[Row]) -> str:
    """Which others it surely surpasses: those whose intervals lie wholly beyond its own.

    Intervals that hold together and are of differences from one reference allow this.
    """
    others = [r for r in rows if r is not row]
    if not others or any(r["low"] is None for r in rows):
        return ""
    up = row["difference"] > 0.0
    passed = [r for r in others if (row["low"] > r["high"] if up else row["high"] < r["low"])]
    if not passed:
        return ""
    more = "more" if up else "less"
    if len(passed) == len(others):
        return f", surely {more} than all others here"
    return f", surely {more} than {listed([str(r['variant']) for r in passed])}"


def _of_variant(
    name: str, rows: Sequence[Row], refused: Row | None, further: Row | None, short: bool
) -> list[str]:
    """What else a variant changes: with intervals what is sure, by name what is not."""
    kpis = {r["kpi"] for r in rows} | {MAIN}
    rows = [r for r in rows if _ECHOES.get(r["kpi"]) not in kpis]
    parts = []
    if further is not None and further["usd_per_t"] is not None:
        fewer = further["tonnes"] < 0.0
        what = "each tonne fewer saves" if fewer else "each further tonne costs"
        parts.append(f"{what} {_each(further)}")
    if refused is not None and refused["difference"] is not None:
        parts.append(_refused(refused))
    for verdict, words in _SAYS:
        if short and verdict in ("better", "same"):
            continue
        found = [r for r in rows if r["verdict"] == verdict]
        if found:
            listed = ", ".join(f"{_figure_words(r['kpi'])} {difference(r)}" for r in found)
            parts.append(f"{words} in {listed}")
    unsure = [r for r in rows if r["verdict"] == UNSURE and not short]
    for words, found in (
        ("not told apart in", [r for r in unsure if not always(r)]),
        ("the same in every run in", [r for r in unsure if always(r)]),
    ):
        if found:
            parts.append(f"{words} {', '.join(_figure_words(r['kpi']) for r in found)}")
    return [f"{name} besides: {'; '.join(parts)}."] if parts else []


def _refused(row: Row) -> str:
    """How much less a variant refuses: what it delivers more may be no more than that."""
    less = row["difference"] < 0.0
    how = "less" if less else "more"
    if row["low"] is None:
        return f"refused {figure(abs(row['difference']))} t {how}, no interval"
    ends = (-row["high"], -row["low"]) if less else (row["low"], row["high"])
    if row["verdict"] in ("better", "worse"):
        return f"surely refused {how}, by {with_ends(abs(row['difference']), *ends)} t"
    if always(row):
        return "as many tonnes refused in every run"
    size = figure(abs(row["difference"]), "", step_of(*ends))
    return f"not told apart in tonnes refused ({size} {how}, {between(*ends)})"


def _jammed(rows: Sequence[Row]) -> list[str]:
    """Scenarios in which a line stood full for days, so that what they deliver is in doubt."""
    longest: dict[str, Row] = {}
    for row in rows:
        if row["hours"] >= 24.0 * DAYS_FULL:
            longest.setdefault(row["variant"], row)
    if not longest:
        return []
    named = ", ".join(
        f"{name} ({row['line']} for {figure(row['hours'] / 24.0)} days)"
        for name, row in longest.items()
    )
    return [
        "In doubt, since a line stood full, at which a railway would have stopped loading: "
        f"{named}. What is delivered there rests on its not doing so."
    ]


def _between(row: Row, further: Mapping[tuple[str, str], Row]) -> str:
    """Two variants held against each other, and what a tonne more of the better one costs."""
    pair, what = f"{row['variant']} against {row['against']}", _figure_words(row["kpi"])
    words = dict(_SAYS).get(row["verdict"], "cannot be told apart")
    if row["verdict"] == UNSURE and always(row):
        return f"{pair}: the same {what} in every run."
    more = more_words(row) if row["verdict"] == UNSURE else ""
    two = row["variant"], row["against"]
    cost = further.get(two) or further.get(two[::-1])
    each = ""
    if cost is not None and cost["usd_per_t"] is not None:
        each = f"; each tonne that {cost['variant']} delivers beyond the other costs {_each(cost)}"
    return f"{pair}: {words} in {what}, {difference(row)}{more}{each}."


def more_first(rows: Sequence[Row]) -> list[Row]:
    """Rows of what each further tonne costs, turned so that the side that delivers more is first.

    A tonne fewer that saves 300 USD is a further tonne that costs 300, of the other side.
    """
    found = []
    for row in rows:
        if row["tonnes"] < 0.0:
            other = {"variant": row["against"], "against": row["variant"]}
            row = {**row, **other, "tonnes": -row["tonnes"], "usd": -row["usd"]}
        found.append(row)
    return found


def _each(further: Row) -> str:
    """What a further tonne costs with its interval, USD."""
    return f"{with_ends(further['usd_per_t'], further['low'], further['high'])} USD"


def further_cells(row: Row) -> tuple[str, ...]:
    """Cells of a table: tonnes, USD, and USD a further tonne with its interval.

    Tonnes and USD have as many digits as this, since each is known no better than their ratio.
    """
    low, high, each = row["low"], row["high"], row["usd_per_t"]
    if each is None:  # the tonnes are not told apart from nothing, and what they cost no better
        return ("–", "–", "–", "–")
    part = None if low is None else (high - low) / 2.0 / abs(each)
    halves = {n: None if part is None else part * abs(row[n]) for n in ("tonnes", "usd")}
    return (*(with_half(row[n], half)[0] for n, half in halves.items()), *row_of([each], low, high))


def difference(row: Row) -> str:
    """One difference of a comparison with its interval, or that there is none."""
    if row["difference"] is None:
        return "no figure"
    unit = str(row["unit"])
    sign = "+" if row["difference"] > 0 else ""
    text = with_ends(row["difference"], row["low"], row["high"], unit, sign)
    return text if unit in ("1", "") else f"{text} {unit}"
