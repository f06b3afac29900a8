"""What ``why`` prints: causes of delay, a journey line by line, and chains of blame."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.show import as_json, table

if TYPE_CHECKING:
    from sim.results import Results

WIDTH = 110
SHOWN = 20


def show_why(run_dir: Path, container: int | None, train: str | None, json: bool) -> None:
    """Read the run, ask why, print the answer."""
    from sim.results import read_manifest, read_run
    from sim.study.explain import why

    results = read_run(run_dir)
    answer = why(results, container=container, train=train)
    if json:
        as_json(answer)
    elif container is None and train is None:
        _print_causes(results, answer, int(read_manifest(run_dir).get("replications", 1)))
        _print_weeks(run_dir, results)
    else:
        _print_journey(results, answer)


def _print_causes(results: Results, answer: dict[str, Any], replications: int) -> None:
    from sim.cli.happened import one_of, print_recovery, print_room, print_sides
    from sim.study.replications import waiting

    one = one_of(results, replications)
    if one:
        print(f"{one}: the tables are of this one; kpis.json has the means of all\n")
    print("why exports waited (containers ready after the warm-up, to delivery or the horizon)\n")
    table(
        ["cause", "kind", "hours", "thousand t·h", "share", "so far", "containers"],
        [
            [
                c["cause"],
                c["kind"],
                f"{c['hours']:,.0f}",
                f"{c['tonne_hours'] / 1000:,.0f}",
                f"{c['share']:.1%}",
                f"{c['cumulative']:.0%}",
                f"{c['containers']:,}",
            ]
            for c in answer["causes"][:SHOWN]
        ],
        left=2,
    )
    if len(answer["causes"]) > SHOWN:
        print(f"and {len(answer['causes']) - SHOWN} causes more (--json has them all)")
    print("\nby kind")
    table(
        ["kind", "hours", "share"],
        [[k["kind"], f"{k['hours']:,.0f}", f"{k['share']:.1%}"] for k in answer["kinds"]],
    )
    print_sides(waiting([answer["sides"]], "sides"))
    print_room(results, one)
    print_recovery(results, answer["recovery"], one)


def _print_weeks(run_dir: Path, results: Results) -> None:
    """Which weeks were worst, of all replications where there are several."""
    from sim.report.weeks import week_words
    from sim.results.store import read_weekly

    weeks = read_weekly(run_dir)
    one = f"In replication {results.meta.get('replication', 0)}" if weeks else ""
    said = " ".join(week_words(results, weeks, one))
    if said:
        print(f"\n{textwrap.fill(said, WIDTH, break_on_hyphens=False)}")


def _print_journey(results: Results, answer: dict[str, Any]) -> None:
    from sim.results.why import when

    account = answer["account"]
    names = dict(results.trains.select("train", "name").iter_rows())
    print(f"{account['what']} {account['number']}: {account['title']}\n")
    table(
        ["from (UTC)", "h", "where", "what", "train"],
        [
            [
                when(results, s["begin_h"]),
                f"{s['hours']:.1f}",
                s["stage"],
                "at work" if s["cause"] is None else f"WAITED  {s['cause']}",
                names.get(s["train"], "") if account["what"] == "container" else "",
            ]
            for s in account["stretches"]
        ],
        left=5,
    )
    print(f"\n{when(results, account['end_h'])}  {account['ended']}")
    total = account["total_h"]
    sums = "they add up to the minute" if account["adds_up"] else "THEY DO NOT ADD UP"
    print(
        f"{total:,.1f} h ({total / 24:.1f} d) in all: {account['waiting_h']:,.1f} h waiting, "
        f"{account['working_h']:,.1f} h at work; {sums}"
    )
    if account["typical_h"] is not None:
        late = total - account["typical_h"]
        print(
            f"half of the {account['typical_of']} took less than "
            f"{account['typical_h'] / 24:.1f} d; "
            f"this one {abs(late) / 24:.1f} d {'more' if late >= 0 else 'less'}"
        )
    if not answer["chains"]:
        print("it never waited")
    for chain in answer["chains"]:
        wait = chain["wait"]
        print(f"\n{wait['hours']:,.1f} h  {wait['cause']}  (from {when(results, wait['begin_h'])})")
        for link in chain["links"]:
            print(_hang(link["text"], "  <- "))
        print(f"  => {chain['root']}")
    if len(answer["blame"]) > 1:
        print("\nwhat began it")
        table(
            ["", "h", "share of its waiting"],
            [[b["root"], f"{b['hours']:,.1f}", f"{b['share']:.0%}"] for b in answer["blame"]],
        )


def _hang(text: str, lead: str) -> str:
    return textwrap.fill(
        text, WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False
    )
