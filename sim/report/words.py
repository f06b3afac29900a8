"""Figures and findings as plain sentences, by rules."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any


def figure(value: float | None, unit: str = "", step: float | None = None) -> str:
    """A figure as people read it: thousands apart, no false precision, a share in per cent.

    Args:
        step: of ``step_of``, the place of the last digit that an interval supports.
    """
    if value is None or not math.isfinite(value):
        return "–"
    if unit == "1":
        return f"{_digits(100 * value, 1, None if step is None else 100 * step)} %"
    return number(value, "", step)


def number(value: float | None, unit: str = "", step: float | None = None) -> str:
    """The same for a column of figures: a share as it is, to three decimals."""
    if value is None or not math.isfinite(value):
        return "–"
    size = abs(value)
    places = 0 if size >= 1000 or value == int(value) else 1 if size >= 10 else 2
    return _digits(value, 3 if unit == "1" else places, step)


def step_of(low: float | None, high: float | None) -> float | None:
    """The place of the last digit that an interval supports; None where there is none.

    Two digits of its half width count, as is usual of uncertainties (JCGM 100:2008, 7.2.6): a cost
    of 12,221,792 ± 611,003 is 12,220,000 ± 610,000.
    """
    if low is None or high is None or not math.isfinite(high - low) or high <= low:
        return None
    return 10.0 ** (math.floor(math.log10((high - low) / 2.0)) - 1)


def between(low: float | None, high: float | None, unit: str = "") -> str:
    """An interval, as many digits as it supports."""
    step = step_of(low, high)
    return f"{figure(low, unit, step)} … {figure(high, unit, step)}"


def with_ends(
    value: float | None, low: float | None, high: float | None, unit: str = "", sign: str = ""
) -> str:
    """A figure and the ends of its interval in brackets, where there are any."""
    said = sign + figure(value, unit, step_of(low, high))
    return said if low is None or high is None else f"{said} ({between(low, high, unit)})"


def days_between(low: float, middle: float, high: float | None) -> tuple[str, str]:
    """The median of recovery times (h) and between which eight in ten lie, in days."""
    step = step_of(low / 24.0, None if high is None else high / 24.0)
    median, first = (figure(t / 24.0, "", step) for t in (middle, low))
    far = "beyond the horizon" if high is None else figure(high / 24.0, "", step)
    return median, f"{first} … {far}"


def finer(step: float | None) -> float | None:
    """One digit more, for figures that stand beside their difference."""
    return None if step is None else step / 10.0


def row_of(
    values: Sequence[float | None], low: float | None, high: float | None, unit: str = ""
) -> tuple[str, ...]:
    """Cells of a table: figures and an interval, with the digits that this supports.

    Several figures have one digit more, so that their difference is seen to be one.
    """
    step = step_of(low, high)
    ends = (number(low, unit, step), number(high, unit, step))
    known = low is not None or high is not None
    of_each = finer(step) if len(values) > 1 else step
    return (*(number(v, unit, of_each) for v in values), " … ".join(ends) if known else "–")


def with_half(value: float | None, half: float | None, unit: str = "") -> tuple[str, str]:
    """Cells of a table: a figure and half of its interval, with the digits that this supports."""
    if half is None:
        return number(value, unit), "–"
    step = step_of(-half, half)
    return number(value, unit, step), f"± {number(half, unit, step)}"


def plus_minus(value: float | None, half: float | None, unit: str = "") -> str:
    """Both in one cell."""
    said, wide = with_half(value, half, unit)
    return said if half is None else f"{said} {wide}"


def _digits(value: float, places: int, step: float | None) -> str:
    """A figure of so many decimals, or of fewer where the step is wider than these.

    What is less than the step keeps one digit, so that it is not told as nought.
    """
    if step is not None and value != 0.0:
        if abs(value) < step / 2.0:
            step = 10.0 ** math.floor(math.log10(abs(value)))
        value = round(value / step) * step
        places = min(places, max(0, -round(math.log10(step))))
    return f"{value:,.{places}f}"


def kpi_words(name: str) -> str:
    """A KPI's name without its unit, as words: lead_time_p95_h is lead time P95."""
    words = name.split("_")
    if words[-2:] == ["per", "t"]:
        words[-1] = "tonne"
    elif len(words) > 1 and words[-1] in ("t", "h", "usd", "tkm"):
        words = words[:-1]
    return " ".join(w.upper() if w[0] == "p" and w[1:].isdigit() else w for w in words)


def share(value: float) -> str:
    """A share as whole per cent."""
    return f"{100 * value:.0f} %"


def listed(names: Sequence[str]) -> str:
    """Names as a list in a sentence."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def mean_of(kpi: Mapping[str, Any] | None) -> float | None:
    """The value of a run's key figure, or the mean of several runs'."""
    if kpi is None:
        return None
    value = kpi.get("mean", kpi.get("value"))
    return None if value is None else float(value)


def with_interval(kpi: Mapping[str, Any], unit: str | None = None, scale: float = 1.0) -> str:
    """The figure with the half width of its 95 % interval where there is one."""
    unit = str(kpi["unit"]) if unit is None else unit
    value = mean_of(kpi)
    if value is None:
        return "–"
    half = kpi.get("half_width")
    wide = None if half is None else float(half) * scale
    step = None if wide is None else step_of(-wide, wide)
    text = figure(value * scale, unit, step)
    if wide is not None:
        text = text.removesuffix(" %") + f" ± {figure(wide, unit, step)}"
    return text if unit in ("1", "") else f"{text} {unit}"


def run_answer(
    kpis: Mapping[str, Mapping[str, Any]],
    overload: Mapping[str, Any] | None,
    causes: list[tuple[str, float, float]],
    resources: list[tuple[str, float]],
    where: str = "",
    bound: tuple[str, ...] = (),
    sides: str = "",
    not_priced: str = "",
    disrupted: tuple[str, ...] = (),
    weeks: tuple[str, ...] = (),
) -> tuple[str, ...]:
    """What a run found, most important first.

    Args:
        kpis: the key figures as written.
        overload: ``overloaded``, ``growth_t_per_week``, ``share``, ``doubt``; None where not known.
        causes: (cause, hours per container, share of all waiting), most first.
        resources: (name, share used), most first.
        where: "In replication 0 ", if resources and bound are of one run of several.
        bound: what trains could still have carried, as sentences.
        sides: where exports waited, as a sentence.
        not_priced: parts of the cost without a rate, in words.
        disrupted: what disruptions did, as sentences.
        weeks: which weeks were worst, as sentences.
    """
    said = []
    offered, delivered = mean_of(kpis.get("offered_t")), mean_of(kpis.get("delivered_t"))
    if not offered:
        return ("No exports became ready, so there is nothing to answer.",)
    if delivered is not None:
        said.append(
            f"{with_interval(kpis['delivered_t'])} were delivered of "
            f"{with_interval(kpis['offered_t'])} of exports offered: "
            f"{with_interval(kpis['fulfilment'])}."
        )
    refused = mean_of(kpis.get("refused_t"))
    if refused:
        said.append(
            f"{with_interval(kpis['refused_t'])} were refused, because the elevators were full."
        )
    if mean_of(kpis.get("rejected_t")):
        said.append(f"{with_interval(kpis['rejected_t'])} were turned back by laboratories.")
    if mean_of(kpis.get("lead_time_mean_h")) is not None:
        said.append(_lead_time(kpis))
    said.extend(_overload(overload))
    if causes:
        first, *others = causes[:3]
        named = ", then ".join(
            (
                f"{first[0]} ({figure(first[1])} h for each container taken, {share(first[2])} of "
                "all waiting)",
                *(f"{c} ({figure(h)} h, {share(s)})" for c, h, s in others),
            )
        )
        said.append(f"Containers waited longest for: {named}.")
    if bound:
        # Empty boxes may be what is waited for while trains are what is short: said in one breath,
        # so that whoever shortens the answer cannot tell the first without the second.
        told = (f"{where.strip()}: {bound[0]}" if where else bound[0], *bound[1:])
        said.append(" ".join((said.pop(), *told) if causes else told))
    if sides:
        said.append(sides)
    said.extend(weeks)
    if resources:
        used = ", ".join(f"{name} ({share(busy)})" for name, busy in resources[:3])
        said.append(_sentence(f"{where}most used of what there was: {used}."))
    held = mean_of(kpis.get("trains_held_mean"))
    if held:
        said.append(
            f"On average {with_interval(kpis['trains_held_mean'])} were held, and at most "
            f"{with_interval(kpis['trains_held_max'], '')} at once, other trains included."
        )
    said.extend(disrupted)
    if mean_of(kpis.get("cost_per_t")) is not None:
        out = f"; not priced, so left out: {not_priced}" if not_priced else ""
        said.append(f"Delivering cost {with_interval(kpis['cost_per_t'])}{out}.")
    return tuple(said)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lead_time(kpis: Mapping[str, Mapping[str, Any]]) -> str:
    def days(name: str) -> str:
        return with_interval(kpis[name], "", 1 / 24)

    return (
        f"From ready to delivered took {days('lead_time_mean_h')} days on average, of which "
        f"{days('waiting_mean_h')} waiting; half took less than {days('lead_time_p50_h')}, one in "
        f"twenty more than {days('lead_time_p95_h')}."
    )


def _overload(overload: Mapping[str, Any] | None) -> list[str]:
    if overload is None:
        return []
    growth, part = overload["growth_t_per_week"], share(overload["share"])
    half = overload.get("half_width")
    sure = plus_minus(growth, half)
    if overload["overloaded"]:
        return [
            f"The corridor was overloaded: in the second half {sure} t a week more "
            f"were offered than delivered ({part} of what was offered). The lead times are "
            "those of a queue without end."
        ]
    if overload.get("doubt"):
        return [
            f"In the second half {sure} t a week more were offered than delivered "
            f"({part} of what was offered). That is not called overload: {overload['doubt']}."
        ]
    return [
        "The corridor was not overloaded: what was offered and not delivered did not pile up in "
        f"the second half ({sure} t a week)."
    ]
