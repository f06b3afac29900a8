"""All programs side by side, interleaved, several times: medians, ratios, targets.

``make bench`` or ``python benchmarks/bench.py [--rounds N] [--large]``.  Each program runs in a
process of its own and times itself after its imports, in processor seconds; peak memory is the
process's.  Ciw and salabim run for a tenth of the year; costs are compared per container.
``--large`` adds the micro-corridor with a hundred times the volume, five million containers.
Ours is measured twice: compiled (``make compiled``), by which targets are judged, and as it is.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

from measure import HERE, OURS, ROOT, Run, compiled, middle, others, ours, rounds, run

MICRO = HERE / "micro.yaml"
BASELINE = ROOT / "scenarios" / "baseline.yaml"
TENTH = 876
STEPPE = str(Path(OURS).parent / "steppe")
SIDE_BY_SIDE: dict[str, Callable[[], Run]] = {
    "ours": lambda: compiled("ours.py", MICRO),
    "ours, tables made": lambda: compiled("ours.py", MICRO, "--until", "tables"),
    "ours, tables written": lambda: compiled("ours.py", MICRO, "--until", "written"),
    "ours, not compiled": lambda: ours("ours.py", MICRO),
    "ours, not compiled, tables made": lambda: ours("ours.py", MICRO, "--until", "tables"),
    "ours, not compiled, tables written": lambda: ours("ours.py", MICRO, "--until", "written"),
    "tables written that are ready": lambda: compiled("floors.py", "files", MICRO),
    "plain SimPy": lambda: others("in_simpy.py"),
    "plain SimPy, files written": lambda: ours("in_simpy_files.py"),
    "SimPy, trains only": lambda: others("in_simpy_trains.py"),
    "cimba": lambda: others("in_cimba.py"),
    "Ciw": lambda: others("in_ciw.py", TENTH),
    "salabim": lambda: others("in_salabim.py", TENTH),
    "baseline": lambda: compiled("ours.py", BASELINE),
    "baseline, not compiled": lambda: ours("ours.py", BASELINE),
    "baseline, a process a crane move": lambda: ours("per_container.py"),
    "bare interpreter": lambda: run([OURS, "-c", "pass"]),
    "steppe --help": lambda: run([STEPPE, "--help"]),
    "steppe check": lambda: run([STEPPE, "check", str(BASELINE)]),
}
HELD = {
    f"{held} held{', SimPy' if simpy else ''}": (held, simpy)
    for held in (3, 300, 3000)
    for simpy in (False, True)
}
REPLICATIONS = 24
Runs = dict[str, list[Run]]


def each(runs: list[Run], key: str = "cpu_s") -> float:
    """Microseconds a container."""
    return 1e6 * middle(runs, key) / runs[0]["containers"]


def table(runs: Runs) -> None:
    """One line a program."""
    print(
        f"{'program':36}{'containers':>11}{'mean h':>9}{'events':>9}"
        f"{'cpu s':>9}{'µs each':>9}{'MB':>6}"
    )
    for name, made in runs.items():
        first = made[0]
        mean, events = first.get("mean_h"), first.get("events")
        cpu = middle(made, "cpu_s" if "cpu_s" in first else "process_s")
        print(
            f"{name:36}{first.get('containers', ''):>11}{f'{mean:.2f}' if mean else '':>9}"
            f"{events or '':>9}{cpu:>9.3f}"
            f"{f'{each(made):.2f}' if 'containers' in first else '':>9}"
            f"{middle(made, 'memory_mb'):>6.0f}"
        )


def same_mean(runs: Runs) -> None:
    """Whether all programs of the micro-corridor give the same mean within its error."""
    names = (
        "ours",
        "plain SimPy",
        "plain SimPy, files written",
        "SimPy, trains only",
        "cimba",
        "Ciw",
        "salabim",
    )
    found = {name: runs[name][0] for name in names if name in runs}
    # cimba tells no error of its own; a year is as long as SimPy's.
    known = found["plain SimPy"]
    for what in ("mean", "sailed"):
        told = {name: run for name, run in found.items() if f"{what}_h" in run}
        for (one, a), (two, b) in combinations(told.items(), 2):
            key = f"{what}_error_h"
            error = (a.get(key, known[key]) ** 2 + b.get(key, known[key]) ** 2) ** 0.5
            apart = abs(a[f"{what}_h"] - b[f"{what}_h"]) / error
            if apart > 4.0:
                raise SystemExit(f"{one} and {two} differ by {apart:.1f} standard errors in {what}")
    print(
        "\nmean hours to the port (all) and until the vessel sails (where there is one): the same "
        "within four standard errors, pair by pair"
    )


def target(
    what: str, value: float, bound: float, least: bool = True, plain: float | None = None
) -> None:
    """One line of what was to be reached; ``plain`` is what is reached without a compiler."""
    reached = value >= bound if least else value <= bound
    sign = "at least" if least else "at most"
    aside = "" if plain is None else f" (not compiled {plain:.2f})"
    verdict = "reached" if reached else "NOT reached"
    print(f"  {what:76}{value:>9.2f}  {sign} {bound:g}: {verdict}{aside}")


def ratios(runs: Runs) -> None:
    """The targets that are ratios in one run."""
    micro, plain = runs["ours"], runs["ours, not compiled"]
    simpy, mine, python = each(runs["plain SimPy"]), each(micro), each(plain)
    print("\nthe micro-corridor, per container and processor second")
    target("x plain SimPy, all records kept", simpy / mine, 40, plain=simpy / python)
    target(
        "x plain SimPy, and all tables made",
        simpy / each(runs["ours, tables made"], "tables_s"),
        40,
        plain=simpy / each(runs["ours, not compiled, tables made"], "tables_s"),
    )
    target(
        "x plain SimPy, and all files written, with key figures",
        simpy / each(micro, "files_s"),
        25,
        plain=simpy / each(plain, "files_s"),
    )
    theirs = each(runs["plain SimPy, files written"], "files_s")
    target(
        "... x plain SimPy that keeps and writes the same tables, but no key figures",
        theirs / each(micro, "files_s"),
        25,
        plain=theirs / each(plain, "files_s"),
    )
    target(
        "... both tables written, and no key figures",
        theirs / each(runs["ours, tables written"], "written_s"),
        25,
        plain=theirs / each(runs["ours, not compiled, tables written"], "written_s"),
    )
    for name, bound in (("cimba", 4), ("Ciw", 500), ("salabim", 800), ("SimPy, trains only", 1)):
        if name in runs:
            theirs = each(runs[name])
            target(f"x {name}", theirs / mine, bound, plain=theirs / python)
    for what, of in (
        ("x the bare heap loop for its events", "ours"),
        ("... for the events of trains alone in SimPy", "SimPy, trains only"),
    ):
        heap = middle(runs[f"bare heap, events of {of}"], "cpu_s")
        cost, cost_plain = middle(micro, "cpu_s") / heap, middle(plain, "cpu_s") / heap
        target(what, cost, 20, least=False, plain=cost_plain)
    baseline(runs, simpy)
    floors(runs)
    print("start-up, processor seconds beyond a bare interpreter")
    bare = middle(runs["bare interpreter"], "process_s")
    target("steppe --help", middle(runs["steppe --help"], "process_s") - bare, 0.25, least=False)
    target("steppe check", middle(runs["steppe check"], "process_s") - bare, 1.0, least=False)


def baseline(runs: Runs, simpy: float) -> None:
    """The full year; ``simpy`` is what a container costs in plain SimPy, microseconds."""
    base, plain = runs["baseline"], runs["baseline, not compiled"]
    print("the baseline year")
    events = base[0]["events"] / base[0]["containers"]
    target("events a container", events, 1, least=False)
    target(
        "plain SimPy's time a container / ours", simpy / each(base), 15, plain=simpy / each(plain)
    )
    carried = base[0]["carried"] / base[0]["containers"]
    target(
        "... of all that trains carry, those of others too",
        simpy / each(base) * carried,
        15,
        plain=simpy / each(plain) * carried,
    )
    crane = middle(runs["baseline, a process a crane move"], "cpu_s")
    target(
        "with a process a crane move / ours",
        crane / middle(base, "cpu_s"),
        15,
        plain=crane / middle(plain, "cpu_s"),
    )


def floors(runs: Runs) -> None:
    """What stays where nothing of the corridor is done, beside what a target leaves for all."""
    left = 1e3 * middle(runs["plain SimPy"], "cpu_s") * _as_many(runs) / 25
    written = 1e3 * middle(runs["tables written that are ready"], "cpu_s")
    run = 1e3 * middle(runs["ours"], "cpu_s")
    print("what stays where nothing of the corridor is done")
    print(
        f"  tables that are ready written as Parquet: {written:.0f} ms, with the run "
        f"{written + run:.0f} ms, of {left:.0f} ms that 25 x plain SimPy leaves"
    )
    for name in ("ours", "baseline"):
        simpy, heap = (
            1e3 * middle(runs[f"{what}, events of {name}"], "cpu_s")
            for what in ("SimPy alone", "bare heap")
        )
        print(
            f"  events of {name} in SimPy, with nothing done: {simpy:.1f} ms, "
            f"{simpy / heap:.1f} x the bare heap loop"
        )


def _as_many(runs: Runs) -> float:
    """Containers of ours for one of plain SimPy's."""
    return float(runs["ours"][0]["containers"] / runs["plain SimPy"][0]["containers"])


def congestion(number: int) -> None:
    """Time in proportion to events, however many trains are held."""
    runs: Runs = {name: [] for name in HELD}
    programs = {
        name: (lambda h=held, s=simpy: ours("held.py", h, *(["--simpy"] if s else [])))
        for name, (held, simpy) in HELD.items()
    }
    for name, made in rounds(programs, number):
        runs[name].append(made)
    print("congestion: microseconds an event while so many trains are held")
    for name, made in runs.items():
        print(f"  {name:20}{1e6 * middle(made, 'cpu_s') / made[0]['events']:>8.2f}")
    few, many = runs["3 held"], runs["300 held"]
    cost = [middle(m, "cpu_s") / m[0]["events"] for m in (few, many)]
    target("an event with 300 held / with 3", cost[1] / cost[0], 1.3, least=False)


def workers(number: int) -> None:
    """Replications of the baseline on one processor and on two."""
    runs: Runs = {}
    programs = {n: lambda n=n: compiled("workers.py", n, REPLICATIONS) for n in ("1", "2")}
    for name, made in rounds(programs, min(number, 3)):
        runs.setdefault(name, []).append(made)
    wall, cpu = ({n: middle(r, key) for n, r in runs.items()} for key in ("wall_s", "cpu_s"))
    start = middle(runs["2"], "start_s")
    print(f"two workers, {REPLICATIONS} replications; to start and end them {start:.2f} s")
    target("x one, wall clock", wall["1"] / wall["2"], 1.85)
    target("x one, if nothing else ran (processor seconds)", 2 * cpu["1"] / cpu["2"], 1.85)


def large(number: int) -> None:
    """The micro-corridor a hundred times as large, by turns with itself as it is."""
    runs: Runs = {}
    programs = {
        f"{name} x {times}": lambda run=run, times=times: run(
            "ours.py", MICRO, "--times", times, "--until", "run"
        )
        for name, run in (("compiled", compiled), ("not compiled", ours))
        for times in (1, 100)
    }
    for name, made in rounds(programs, min(number, 3)):
        runs.setdefault(name, []).append(made)
    many = runs["compiled x 100"]
    seconds = middle(many, "cpu_s")
    print(f"a hundred times the volume: {many[0]['offered']} containers, {seconds:.1f} s")
    more, more_plain = (
        middle(runs[f"{name} x 100"], "cpu_s") / middle(runs[f"{name} x 1"], "cpu_s")
        for name in ("compiled", "not compiled")
    )
    target("x the time", more, 130, least=False, plain=more_plain)
    written = compiled("ours.py", MICRO, "--times", 100, "--stream")
    print(
        f"the same with all tables written while it runs ({written['disk_mb']:.0f} MB) and key "
        f"figures: {written['files_s']:.1f} s"
    )
    target("GB of peak memory", written["memory_mb"] / 1024, 1, least=False)


def main(number: int, with_large: bool) -> None:
    """Run everything and print what was found."""
    runs: Runs = {}
    for name, made in rounds(SIDE_BY_SIDE, number):
        runs.setdefault(name, []).append(made)
    for name in ("ours", "SimPy, trains only", "baseline"):
        events = runs[name][0]["events"]
        for what, program in (("bare heap", ["heap.py"]), ("SimPy alone", ["floors.py", "events"])):
            runs[f"{what}, events of {name}"] = [ours(*program, events) for _ in range(number)]
    table(runs)
    same_mean(runs)
    ratios(runs)
    congestion(number)
    workers(number)
    if with_large:
        large(number)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", action="store_true")
    arguments = parser.parse_args()
    main(arguments.rounds, arguments.large)
