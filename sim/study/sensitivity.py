"""Which factors matter: Morris' elementary effects and Sobol indices of a sweep, by SALib.

An index has two kinds of doubt.  How far the design's own sampling may mislead is SALib's interval
(bootstrap).  How far luck in the runs may is the half width over replications: the indices are
taken of each replication as well, all with the same design, and Student's t holds for their mean.

Sources: Morris 1991, Technometrics 33; Campolongo et al. 2007 (mu*); Saltelli et al. 2010,
Computer Physics Communications 181; Herman and Usher 2017 (SALib).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.study.design import problem_of, unit_points
from sim.study.extras import needed
from sim.study.statistics import interval
from sim.study.sweep import Sweep

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

INDICES: dict[str, dict[str, str | None]] = {
    "morris": {"mu_star": "mu_star_conf", "mu": None, "sigma": None},
    "saltelli": {"S1": "S1_conf", "ST": "ST_conf"},
}
"""Indices of each design that has any, and SALib's name of their half width."""


def sensitivity(sweep: Sweep) -> pl.DataFrame:
    """Indices of every factor, one row an index, key figure and variant.

    Columns: variant, kpi, factor, index (``mu_star``: mean size of the effect of the whole range,
    in the figure's unit; ``mu``; ``sigma``: how unlike the effects are; ``S1``: share of the
    variance by the factor alone; ``ST``: with all that it does together with others), value,
    low, high (95 % of the design's sampling), noise (half width over replications), n.
    No rows for other designs; ``value`` is null where a run is missing or nothing varies.
    """
    import polars as pl

    kind = sweep.study.tables.design.kind
    schema = {
        **dict.fromkeys(("variant", "kpi", "factor", "index"), pl.String),
        **dict.fromkeys(("value", "low", "high", "noise"), pl.Float64),
        "n": pl.Int64,
    }
    rows: list[dict[str, Any]] = []
    for variant in sweep.variants if kind in INDICES else ():
        for kpi in sweep.study.tables.kpis:
            rows += _of(sweep, variant, kpi, kind)
    return pl.DataFrame(rows, schema=schema)


def _of(sweep: Sweep, variant: str, kpi: str, kind: str) -> list[dict[str, Any]]:
    import numpy as np

    by_point = sweep.by_replication(variant, kpi)
    whole = [r for r in range(sweep.replications) if all(r in values for values in by_point)]
    matrix = np.array([[values[r] for r in whole] for values in by_point])
    mean = _indices(sweep, matrix.mean(axis=1)) if whole else None
    each = [_indices(sweep, matrix[:, i]) for i in range(len(whole))] if len(whole) > 1 else []
    rows = []
    for f, factor in enumerate(sweep.factors):
        for index, spread in INDICES[kind].items():
            row: dict[str, Any] = {"variant": variant, "kpi": kpi, "factor": factor, "index": index}
            row["n"] = len(whole)
            if mean is not None:
                row["value"] = value = float(mean[index][f])
                if spread is not None:
                    half = float(mean[spread][f])
                    row["low"], row["high"] = value - half, value + half
                values = [float(one[index][f]) for one in each if one is not None]
                if len(values) == len(each) and len(values) > 1:
                    row["noise"] = interval(values).half_width
            rows.append(row)
    return rows


def _indices(sweep: Sweep, y: NDArray[Any]) -> Any:
    """SALib's answer for one response; None if it does not vary, of which no share can be taken."""
    tables = sweep.study.tables
    problem, seed = problem_of(tables), tables.design.seed
    if tables.design.kind == "morris":
        analyze = needed("SALib.analyze.morris").analyze
        return analyze(problem, unit_points(tables), y, num_levels=tables.design.levels, seed=seed)
    if float(y.std()) == 0.0:
        return None
    return needed("SALib.analyze.sobol").analyze(problem, y, calc_second_order=False, seed=seed)
