"""Why a run, a container or a train was late, put together from the tables of a run."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.results import Results
    from sim.results.blame import Chain
    from sim.results.why import Account

OTHERS = "smaller waits, not traced"
TOLERANCE = 1e-6


def why(
    run: Results | str | Path,
    *,
    container: int | None = None,
    train: int | str | None = None,
    flow: str = "exports",
) -> dict[str, Any]:
    """Why a run, or one of its containers or trains, was late.

    Args:
        run: the tables of a run, or the folder that one was written into.
        container: a container, by its number.
        train: a train, by its number or name (``service/serial``).
        flow: whose delays are counted when neither is given.

    Returns:
        of a run: ``causes`` and ``kinds`` of delay (hours, shares), ``sides`` of the border on
        which exports waited (hours for each container), ``room`` that trains still had
        (``sim.results.room.summary``) and ``recovery`` of each disruption.  Of a container or
        train: its ``account`` (begin, end, total, typical and unaccounted hours, ``stretches``),
        its ``chains`` (a wait, its ``links`` back and the ``root`` they end in) and the ``blame``,
        hours and share of all waiting by root.  Times are hours since the start.

    Raises:
        ResultsError: the folder is no run, or there is no such container or train.
        ValueError: both a container and a train are asked for.
    """
    from sim.results.blame import chains
    from sim.results.recovery import recoveries
    from sim.results.room import summary
    from sim.results.scene import Scene
    from sim.results.sides import waiting_by_side
    from sim.results.store import read_run
    from sim.results.why import by_kind, container_account, pareto, train_account, train_number

    if container is not None and train is not None:
        raise ValueError("why: a container and a train; expected one of the two")
    results = read_run(run) if isinstance(run, str | Path) else run
    if container is None and train is None:
        causes = pareto(results, flow=flow)
        return {
            "causes": causes.to_dicts(),
            "kinds": by_kind(causes).to_dicts(),
            "sides": waiting_by_side(results, flow=flow),
            "room": summary(results),
            "recovery": recoveries(results).to_dicts(),
        }
    if container is not None:
        account = container_account(results, container)
    else:
        account = train_account(results, train_number(results, str(train)))
    traced = chains(Scene(results), account)
    return {
        "account": _account(account),
        "chains": [{**asdict(chain), "root": chain.root} for chain in traced],
        "blame": _blame(account, traced),
    }


def _blame(account: Account, traced: Sequence[Chain]) -> list[dict[str, Any]]:
    hours: dict[str, float] = {}
    for chain in traced:
        hours[chain.root] = hours.get(chain.root, 0.0) + chain.wait.hours
    rest = account.waiting_h - sum(hours.values())
    ranked = sorted(hours.items(), key=lambda item: (-item[1], item[0]))
    if rest > TOLERANCE:
        ranked.append((OTHERS, rest))
    return [{"root": root, "hours": h, "share": h / account.waiting_h} for root, h in ranked]


def _account(account: Account) -> dict[str, Any]:
    derived = ("total_h", "waiting_h", "working_h", "unaccounted_h", "adds_up")
    return {**asdict(account), **{name: getattr(account, name) for name in derived}}
