"""Which tracks of a station a train stands on, where a gauge has tracks to itself."""

from __future__ import annotations

from typing import Any


def tracks_of(network: dict[str, Any], service: str, station: str) -> str:
    """The activity by which ``meta["resources"]`` names them: ``track``, or ``track of 1435 mm``.

    Args:
        network: ``meta["network"]`` of a run.
        service: service or background flow of the train.
    """
    apart = network.get("stations", {}).get(station, {}).get("gauge_tracks", ())
    way = network.get("routes", {}).get(service, [])
    if not apart or station not in way:
        return "track"
    at = way.index(station)
    gauges = [network["lines"][line]["gauge"] for line in way[1::2]]
    before = [gauge for gauge in gauges[: at // 2] if gauge is not None]
    after = [gauge for gauge in gauges[at // 2 :] if gauge is not None]
    gauge = str(before[-1] if before else after[0] if after else None)
    return f"track of {gauge} mm" if gauge in apart else "track"
