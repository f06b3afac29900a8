"""Rates of the accounts."""

from __future__ import annotations

from pydantic import Field

from sim.scenario.base import Thing
from sim.scenario.dated import DatedCost
from sim.scenario.quantities import (
    BoxIntensity,
    BoxRate,
    FreightRate,
    Intensity,
    Money,
    MoneyPerTime,
    MoneyPerTonneTime,
)


class Costs(Thing):
    """What moving, handling, standing and waiting cost, and what moving emits.

    Freight rates and emissions are named by gauge (``1520``, ``1435``) or by line, which comes
    first.  What has no rate is left out of the accounts.
    """

    haul: dict[str, FreightRate] = Field(
        {},
        description="line haul of goods in containers, wagon hire of the railway included; of a "
        "tariff per container its price over the tonnes in it and the kilometres, or an amount of "
        "`works` or `stuffing`",
        examples=[{"1520": "0.03 USD/t/km"}],
    )
    haul_wagonload: dict[str, FreightRate] = Field(
        {}, description="line haul of wagonloads; as in containers if absent"
    )
    haul_empty: dict[str, BoxRate] = Field(
        {},
        description="line haul of an empty container",
        examples=[{"1520": "0.4 USD/box/km"}],
    )
    works: dict[str, Money] = Field(
        {},
        description="by station/work: for each unit that cranes move, for each train that servers "
        "work on, for each sample of a laboratory",
        examples=[{"dostyk/papers": "200 USD"}],
    )
    stuffing: Money | None = Field(None, description="filling one unit")
    trucking: Money | None = Field(None, description="one unit to the consignee by truck")
    trucking_wagonload: Money | None = Field(
        None,
        description="one wagonload to the consignee, on as many trucks as it fills; as one unit "
        "if absent",
    )
    shipping: Money | None = Field(None, description="one unit onward by ship")
    storage: MoneyPerTime | None = Field(None, description="one unit standing in a yard")
    equipment: dict[str, MoneyPerTime] = Field(
        {},
        description="by fleet: one unit, working or idle",
        examples=[{"boxes": "3 USD/box/d"}],
    )
    fixed: dict[str, DatedCost] = Field(
        {},
        description="by a name of yours: what is paid whatever moves, such as the staff of a night "
        "shift or the yearly capital cost of cranes; spread over the exports delivered",
        examples=[{"night-shift": "1000000 USD/yr"}],
    )
    waiting: MoneyPerTonneTime | None = Field(
        None, description="goods that wait: capital tied up and value lost"
    )
    co2e: dict[str, Intensity] = Field({}, description="emissions of goods moved")
    co2e_empty: dict[str, BoxIntensity] = Field({}, description="emissions of empties moved")
