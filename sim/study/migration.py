"""Where the bottleneck is at each volume, and where it moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.study.paired import Paired
from sim.study.statistics import interval

if TYPE_CHECKING:
    import polars as pl

    from sim.study.ramp import Ramp


def causes(ramp: Ramp, most: int = 8) -> pl.DataFrame:
    """Hours waited by cause at each volume of each policy.

    The ``most`` causes with the largest share at any volume stand alone, the others together.
    Columns: variant, volume, cause, hours (a container of exports that became ready, mean), low,
    high (95 %; null below two runs), share (of all hours waited).
    """
    import polars as pl

    from sim.study.look import REST

    rows = []
    for p, name in enumerate(ramp.names):
        found = []
        for v in range(len(ramp.volumes)):
            looks = [one for one in ramp.looks(p, v) if one is not None]
            found.append(
                {
                    c: [one.causes.get(c, 0.0) for one in looks]
                    for c in dict.fromkeys(c for one in looks for c in one.causes)
                }
            )
        peaks: dict[str, float] = {}
        for hours in found:
            total = sum(sum(h) for h in hours.values())
            for c, h in hours.items():
                peaks[c] = max(peaks.get(c, 0.0), sum(h) / total if total else 0.0)
        alone = sorted((c for c in peaks if c != REST), key=lambda c: (-peaks[c], c))[:most]
        for volume, hours in zip(ramp.volumes, found, strict=True):
            total = sum(sum(h) for h in hours.values())
            others = [h for c, h in hours.items() if c not in alone]
            kept = {c: hours[c] for c in alone if c in hours}
            if others:
                kept[REST] = [sum(part) for part in zip(*others, strict=True)]
            for cause, h in kept.items():
                taken = interval(h)
                share = sum(h) / total if total else 0.0
                rows.append((name, volume, cause, taken.mean, taken.low, taken.high, share))
    kinds = {"variant": pl.String, "volume": pl.Float64, "cause": pl.String}
    numbers = dict.fromkeys(("hours", "low", "high", "share"), pl.Float64)
    return pl.DataFrame(rows, schema={**kinds, **numbers}, orient="row")


def migration(ramp: Ramp) -> pl.DataFrame:
    """The bottleneck at each volume of each policy, and whether it moved.

    Columns: variant, volume, cause (with most hours waited), share (of them), clear (its hours
    surely exceed those of the second, paired within replications; null below two runs), second,
    resource (most used), busy (share of what there was of it, mean), laden (share of the slots of
    trains that took exports that carried goods, mean), more (what more boxes alone could add at
    most, as a share of what they carried; null where trains have room or leave when boxes are
    there), short (empties are waited for longest), moved (the cause is another than before).
    """
    import polars as pl

    from sim.results.causes import cause_of
    from sim.results.room import FULL

    rows = []
    for p, name in enumerate(ramp.names):
        before = None
        for v, volume in enumerate(ramp.volumes):
            looks = [one for one in ramp.looks(p, v) if one is not None]
            hours = {
                c: [one.causes.get(c, 0.0) for one in looks]
                for c in dict.fromkeys(c for one in looks for c in one.causes)
            }
            order = sorted(hours, key=lambda c: (-sum(hours[c]), c))
            first = order[0] if order else None
            second = order[1] if len(order) > 1 else None
            clear = None
            if first and second and len(looks) > 1:
                both = Paired(tuple(hours[second]), tuple(hours[first]))
                clear = both.interval().above(0.0)
            total = sum(sum(h) for h in hours.values())
            used = {
                n: sum(one.busy.get(n, 0.0) for one in looks) / len(looks)
                for n in dict.fromkeys(n for one in looks for n in one.busy)
            }
            known = [one for one in looks if one.laden]
            laden = sum(one.laden or 0.0 for one in known) / len(known) if known else None
            bound = laden and laden >= FULL and all(one.by_clock for one in known)
            top = min(used, key=lambda n: (-used[n], n), default=None)
            rows.append(
                {
                    "variant": name,
                    "volume": volume,
                    "cause": first,
                    "share": sum(hours[first]) / total if first and total else None,
                    "clear": clear,
                    "second": second,
                    "resource": top,
                    "busy": used[top] if top else None,
                    "laden": laden,
                    "more": 1.0 / laden - 1.0 if bound and laden else None,
                    "short": first is not None and cause_of(first).key == "empties",
                    "moved": before is not None and first != before,
                }
            )
            before = first
    kinds = {
        "variant": pl.String,
        "volume": pl.Float64,
        "cause": pl.String,
        "share": pl.Float64,
        "clear": pl.Boolean,
        "second": pl.String,
        "resource": pl.String,
        "busy": pl.Float64,
        "laden": pl.Float64,
        "more": pl.Float64,
        "short": pl.Boolean,
        "moved": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=kinds)
