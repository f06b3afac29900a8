"""The kinds of measures by name, and the field in which any of them may stand."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from sim.scenario.spelling import near
from sim.scenario.units import Refusal, shown
from sim.study.episodes.goods import ContainerHours, GoodsPassing, KeyFigure, StockLevel
from sim.study.episodes.measurement import Measurement
from sim.study.episodes.trains import RecoveryTime, TrainHours, TrainsPassing, TrainsStanding

KINDS: dict[str, type[Measurement]] = {
    "kpi": KeyFigure,
    "trains-standing": TrainsStanding,
    "trains-passing": TrainsPassing,
    "train-hours": TrainHours,
    "recovery": RecoveryTime,
    "container-hours": ContainerHours,
    "goods-passing": GoodsPassing,
    "level": StockLevel,
}


def _by_kind(raw: Any) -> Any:
    """A key figure may stand as its name alone; kinds that there are not are refused here."""
    from sim.results import KPIS

    if isinstance(raw, str) and raw in KPIS:
        return {"kind": "kpi", "name": raw}
    if isinstance(raw, str):
        if raw in KINDS:
            raise Refusal(f"`{raw}` needs parameters; expected `{{kind: {raw}, …}}`")
        raise Refusal(f"unknown measure `{shown(raw)}`{near(raw, [*KINDS, *KPIS])}")
    if not isinstance(raw, dict):
        raise Refusal(f"`{shown(raw)}` is not a measure; expected such as `{{kind: level, …}}`")
    if "kind" not in raw:
        listed = ", ".join(f"`{kind}`" for kind in KINDS)
        raise Refusal(f"has no `kind`; expected one of {listed}")
    kind = str(raw["kind"])
    if kind in KPIS:
        raise Refusal(f"`{kind}` is a key figure; write `measure: {kind}`", ("kind",))
    if kind not in KINDS:
        hint = near(kind, [*KINDS, *KPIS])
        raise Refusal(f"unknown measure `{shown(kind)}`{hint}", ("kind",))
    return raw


AnyMeasure = Annotated[
    Annotated[
        KeyFigure
        | TrainsStanding
        | TrainsPassing
        | TrainHours
        | RecoveryTime
        | ContainerHours
        | GoodsPassing
        | StockLevel,
        Field(discriminator="kind"),
    ],
    BeforeValidator(_by_kind),
]
