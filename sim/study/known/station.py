"""One station: queues of single servers and several."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.study import theory
from sim.study.known.case import BUSY, REFUSED, TIME, WAIT, WAITING, Figures, rate_of, servers_at
from sim.study.measures import at_stage, busy, counted, mean, share

if TYPE_CHECKING:
    from sim.results import Results
    from sim.scenario import Scenario


def mm1(scenario: Scenario) -> Figures:
    """M/M/1: time 1/(μ - λ), and λ/μ wait (Kleinrock, Queueing Systems I, sect. 3.2)."""
    arrivals, service = rate_of(scenario), servers_at(scenario, "depot/inspection").time.mean
    load = arrivals * service
    return {TIME: 1.0 / (1.0 / service - arrivals), WAITING: load, BUSY: load}


def mm1_measure(results: Results) -> Figures:
    rows = at_stage(results, "depot", "inspection")
    return {
        TIME: mean(rows, "time"),
        WAITING: share(rows, "wait"),
        BUSY: busy(results, "depot/inspection"),
    }


def mmc(scenario: Scenario) -> Figures:
    """M/M/c: Erlang's C, and the wait (Kleinrock, Queueing Systems I, eq. 3.40)."""
    arrivals, work = rate_of(scenario), servers_at(scenario, "depot/inspection")
    servers, service = int(work.servers.at(0.0)), work.time.mean
    return {
        TIME: theory.mmc_wait(servers, arrivals, service) + service,
        WAITING: theory.erlang_c(servers, arrivals * service),
        BUSY: arrivals * service / servers,
    }


def _wait_and_share(scenario: Scenario) -> Figures:
    work = servers_at(scenario, "depot/inspection").time
    arrivals = rate_of(scenario)
    wait = theory.pollaczek_khinchine(arrivals, work.mean, work.variance)
    return {WAIT: wait, WAITING: arrivals * work.mean}


def md1(scenario: Scenario) -> Figures:
    """M/D/1: wait ρ s / 2 (1 - ρ), Pollaczek and Khinchine without variance (Kleinrock I, 5.70)."""
    return _wait_and_share(scenario)


def mg1(scenario: Scenario) -> Figures:
    """M/G/1: Pollaczek and Khinchine (Kleinrock, Queueing Systems I, eq. 5.70)."""
    return _wait_and_share(scenario)


def gm1(scenario: Scenario) -> Figures:
    """D/M/1: the share x that waits solves x = exp(-(1 - x)/ρ) (Kleinrock I, sect. 6.4)."""
    gap = 1.0 / rate_of(scenario)
    service = servers_at(scenario, "depot/inspection").time.mean
    waiting, wait = theory.gm1_wait(lambda s: math.exp(-s * gap), service)
    return {TIME: wait + service, WAITING: waiting}


def gm1_measure(results: Results) -> Figures:
    rows = at_stage(results, "depot", "inspection")
    return {TIME: mean(rows, "time"), WAITING: share(rows, "wait")}


def wait_measure(results: Results) -> Figures:
    rows = at_stage(results, "depot", "inspection")
    return {WAIT: mean(rows, "wait"), WAITING: share(rows, "wait")}


def mmck(scenario: Scenario) -> Figures:
    """M/M/c/K: share lost p_K, wait of the others by Little (Gross and Harris, sect. 2.5)."""
    work = servers_at(scenario, "depot/inspection")
    assert work.room is not None
    servers, room = int(work.servers.at(0.0)), int(work.room)
    refused, wait = theory.mmck(servers, room, rate_of(scenario), work.time.mean)
    return {REFUSED: refused, WAIT: wait}


def mmck_measure(results: Results) -> Figures:
    trains = counted(results, results.trains, "formed_h", "ended_h")
    return {
        REFUSED: share(trains, "outcome", "refused"),
        WAIT: mean(at_stage(results, "depot", "inspection"), "wait"),
    }


def erlang_loss(scenario: Scenario) -> Figures:
    """M/G/c/c: Erlang's B, whatever the law of the time (Sevastyanov 1957; Cooper, sect. 3.3)."""
    work = servers_at(scenario, "depot/inspection")
    load = rate_of(scenario) * work.time.mean
    servers = int(work.servers.at(0.0))
    refused = theory.erlang_b(servers, load)
    return {REFUSED: refused, BUSY: load * (1.0 - refused) / servers}


def erlang_loss_measure(results: Results) -> Figures:
    trains = counted(results, results.trains, "formed_h", "ended_h")
    return {
        REFUSED: share(trains, "outcome", "refused"),
        BUSY: busy(results, "depot/inspection"),
    }


def priority(scenario: Scenario) -> Figures:
    """M/G/1 with classes that do not break in: Cobham 1954 (Kleinrock II, eq. 3.31)."""
    time = servers_at(scenario, "depot/inspection").time
    rates = [rate_of(scenario, name) for name in ("transit", "wagons")]
    square = time.variance + time.mean**2
    first, second = theory.cobham(rates, [time.mean] * 2, [square] * 2)
    return {f"{WAIT}, transit": first, f"{WAIT}, wagons": second}


def priority_measure(results: Results) -> Figures:
    rows = at_stage(results, "depot", "inspection").join(results.trains, on="train")
    return {
        f"{WAIT}, {name}": mean(rows.filter(rows["train_class"] == name), "wait")
        for name in ("transit", "wagons")
    }


def breakdowns(scenario: Scenario) -> Figures:
    """M/M/1 with breakdowns by calendar: White and Christie 1958; Avi-Itzhak and Naor 1963."""
    storm = scenario.tables.disruptions["storm"]
    assert storm.every is not None and storm.lasts is not None
    service = servers_at(scenario, "depot/inspection").time.mean
    time = theory.breakdowns(rate_of(scenario), service, storm.every.mean, storm.lasts.mean)
    return {TIME: time}


def breakdowns_measure(results: Results) -> Figures:
    return {TIME: mean(at_stage(results, "depot", "inspection"), "time")}


def headway(scenario: Scenario) -> Figures:
    """A gate with a headway is a server of that time: the wait of M/D/1 (Kleinrock I, eq. 5.70)."""
    paths = scenario.tables.lines["approach"].paths
    assert paths is not None
    return {WAIT: theory.pollaczek_khinchine(rate_of(scenario), 1.0 / float(paths.at(0.0)), 0.0)}


def headway_measure(results: Results) -> Figures:
    return {WAIT: mean(at_stage(results, "approach", "path"), "wait")}
