"""The cases of ``steppe verify``: the theory of each scenario in ``scenarios/verification``.

A case is named as its file.  Its theory reads the numbers from the scenario itself, so that a
number stands in one place; its measure takes the same figures, by the same names, from a run.
Adding a case is a scenario, both of these in `known`, and one entry here.
"""

from __future__ import annotations

from sim.study.known import batches, corridor, networks, station
from sim.study.known.case import Case, Figures, Judged, Pairs

__all__ = ["CASES", "Case", "Figures", "Judged", "Pairs"]

CASES: dict[str, Case] = {
    "mm1": Case("in the interval", station.mm1, station.mm1_measure),
    "mmc": Case("in the interval", station.mmc, station.mm1_measure),
    "md1": Case("in the interval", station.md1, station.wait_measure),
    "mg1": Case("in the interval", station.mg1, station.wait_measure),
    "gm1": Case("in the interval", station.gm1, station.gm1_measure),
    "mmck": Case("in the interval", station.mmck, station.mmck_measure),
    "erlang-loss": Case("in the interval", station.erlang_loss, station.erlang_loss_measure),
    "priority": Case("in the interval", station.priority, station.priority_measure),
    "breakdowns": Case("in the interval", station.breakdowns, station.breakdowns_measure),
    "headway": Case("in the interval", station.headway, station.headway_measure),
    "bulk": Case("in the interval", batches.bulk, batches.bulk_measure),
    "crane-track": Case("in the interval", batches.crane_track, batches.crane_track_measure),
    "stuffing": Case("in the interval", batches.stuffing, batches.stuffing_measure),
    "full-train": Case("in the interval", batches.full_train, batches.full_train_measure),
    "tandem-blocking": Case(
        "in the interval", networks.tandem_blocking, networks.tandem_blocking_measure
    ),
    "tandem-saturated": Case(
        "in the interval", networks.tandem_saturated, networks.per_day_measure
    ),
    "closed-loop": Case("in the interval", networks.closed_loop, networks.closed_loop_measure),
    "machine-repair": Case(
        "in the interval", networks.machine_repair, networks.machine_repair_measure
    ),
    "timetable": Case("equal", corridor.timetable, corridor.timetable_measure),
    "littles-law": Case("equal", pairs=corridor.littles_law),
    "flow-bound": Case(
        "at most", corridor.flow_bound, corridor.flow_bound_measure, with_variants=True
    ),
}
"""Every case by the name of its file, in the order in which they are shown."""
