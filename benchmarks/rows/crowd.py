"""Many devices and one centre: sixteen that push at once, and a working day of a team."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from benchmarks import devices
from benchmarks.centre import PASSWORD, Centre, centre
from benchmarks.figures import Figure
from benchmarks.rows.plan import Plan
from benchmarks.rows.syncing import simple_updates
from benchmarks.timing import Sample, Spread, in_turns, spread, spread_of
from sfa.sync import running

DEVICES = 16
OPS_EACH = 500
REPS = 100
_SAMPLED = 10  # of the reps, with all their devices and the whole day
DEVICES_A_REP = 3
SYNCS = 32  # a quarter of an hour apart, eight hours
OPS_A_DAY = 60  # of a rep, on one device or another
_AT_ONCE = 4
_NOTE = (
    f"The day is a sample: {_SAMPLED} of {REPS} reps, {DEVICES_A_REP} devices each, {SYNCS} syncs a device,"
    f" {OPS_A_DAY} ops a rep, {_AT_ONCE} devices at once without a pause between syncs; the server shares its"
    f" two cores with them. The figures for {REPS} reps are the sample's times {REPS // _SAMPLED}."
)


def at_once(plan: Plan) -> Iterator[Figure]:
    """Let sixteen devices of sixteen people push at the same moment."""
    with centre(DEVICES, teams=4) as server, devices.homes() as folder:
        homes = [devices.signed_in(server, folder / f"rep{n}", f"rep{n}") for n in range(DEVICES)]
        ours, theirs = in_turns(
            min(plan.turns, 3), lambda: _all_push(server, homes), lambda: simple_updates(server, DEVICES)
        )
        yield Figure(
            f"push from {DEVICES} devices at once, for each 1,000 ops", DEVICES * OPS_EACH, spread(ours),
            f"1,000 of pgbench's simple updates, {DEVICES} clients", spread(theirs),
        )  # fmt: skip


def _all_push(server: Centre, homes: list[Path]) -> Sample:
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(len(homes) + 1)
    workers = [context.Process(target=_push_when_ready, args=(home, ready)) for home in homes]
    for worker in workers:
        worker.start()
    ready.wait()
    before, begun = server.cpu_s(), time.perf_counter()
    for worker in workers:
        worker.join()
    took = time.perf_counter() - begun
    if any(worker.exitcode for worker in workers):
        raise RuntimeError("a device could not push")
    ops = len(homes) * OPS_EACH
    return Sample(took * 1000 / ops, (server.cpu_s() - before) * 1000 / ops)


def _push_when_ready(home: Path, ready: multiprocessing.synchronize.Barrier) -> None:
    devices.work(home, OPS_EACH)
    ready.wait()
    running.sync(home, password=PASSWORD)


def day(_: Plan) -> Iterator[Figure]:
    """Let a part of a team of 100 work for a day."""
    with centre(_SAMPLED, teams=2) as server, devices.homes() as folder:
        names = [(f"rep{rep}", device) for rep in range(_SAMPLED) for device in range(DEVICES_A_REP)]
        homes = [devices.signed_in(server, folder / f"{login}-{device}", login) for login, device in names]
        size, cpu, begun = server.size_mb(), server.cpu_s(), time.perf_counter()
        with multiprocessing.get_context("spawn").Pool(_AT_ONCE) as pool:
            days = pool.map(_work_a_day, homes, chunksize=1)
        took = time.perf_counter() - begun
        yield from _figures(sorted(chain(*days)), took, server.cpu_s() - cpu, server.size_mb() - size)


def _work_a_day(home: Path) -> list[float]:
    took = []
    for turn in range(SYNCS):
        if turn % (SYNCS * DEVICES_A_REP * devices.OPS_A_CUSTOMER // OPS_A_DAY) == 0:
            devices.work(home, devices.OPS_A_CUSTOMER)
        begun = time.perf_counter()
        running.sync(home, password=PASSWORD)
        took.append((time.perf_counter() - begun) * 1000)
    return took


def _figures(syncs: list[float], took: float, cpu: float, size: float) -> Iterator[Figure]:
    p95 = syncs[int(len(syncs) * 0.95)]
    scale = REPS / _SAMPLED
    median = Spread(syncs[len(syncs) // 2], syncs[0], syncs[-1], 0.0, len(syncs))
    yield Figure("a working day: one sync, median (least–most)", REPS, median, "", None, note=_NOTE)
    yield Figure("a working day: one sync, 95th percentile", REPS, spread_of([p95]), "", None)
    for what, value, unit in (
        ("a working day: syncs a second at full load", len(syncs) / took, "/s"),
        ("a working day: processor's time of the server", cpu * scale, "s"),
        ("a working day: growth of the database", size * scale, "MB"),
    ):
        yield Figure(what, REPS, spread_of([value]), "", None, unit=unit)
