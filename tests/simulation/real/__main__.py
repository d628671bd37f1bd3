"""Runs schedules on a real server: ``python -m tests.simulation.real --seed 7 --trace``, or ``--count 2000``.

What is drawn follows from the seed; which of two processes is first does not, so a failure
may need several runs: ``--again 20``.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
import traceback
from contextlib import closing
from multiprocessing.queues import SimpleQueue

from tests.simulation.real.running import ground_of, report, run_seed


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.real")
    parser.add_argument("--seed", type=int, help="one schedule")
    parser.add_argument("--again", type=int, default=1, help="how often")
    parser.add_argument("--trace", action="store_true", help="say what happens, step by step")
    parser.add_argument("--first", type=int, default=0, help="the first seed of many")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--server", default="", help="the major version of the server, of those installed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    if given.seed is not None:
        return _one(given.seed, given.again, given.server, aloud=given.trace)
    return _many(given.first, given.count, given.server, given.jobs)


def _one(seed: int, times: int, version: str, *, aloud: bool) -> int:
    with closing(ground_of(version)) as ground:
        for _ in range(times):
            wrong, _ = run_seed(seed, ground, aloud=aloud)
            sys.stdout.write("\n".join([*wrong, f"seed {seed}: {len(wrong)} broken promises", ""]))
            if wrong:
                return 1
    return 0


def _many(first: int, count: int, version: str, jobs: int) -> int:
    started, failed = time.monotonic(), 0
    context = multiprocessing.get_context("fork")
    told: SimpleQueue[str | None] = context.SimpleQueue()
    seeds = range(first, first + count)
    workers = [context.Process(target=_part, args=(seeds[job::jobs], version, told)) for job in range(jobs)]
    for each in workers:
        each.start()
    for _ in workers:
        while (found := told.get()) is not None:
            failed += 1
            sys.stdout.write(f"{found}\n\n")
            sys.stdout.flush()
    for each in workers:
        each.join()
    took = time.monotonic() - started
    sys.stdout.write(
        f"{count} schedules on PostgreSQL, {failed} failed, {took:.0f} s, {took * jobs / count:.2f} s each\n"
    )
    return int(bool(failed))


def _part(seeds: range, version: str, told: SimpleQueue[str | None]) -> None:
    """Tell of each schedule that failed, at once; then of the end."""
    try:
        with closing(ground_of(version)) as ground:
            for seed in seeds:
                wrong, trace = run_seed(seed, ground)
                if wrong:
                    told.put(report(seed, version, wrong, trace))
    except BaseException:
        told.put(f"seeds {seeds}: {traceback.format_exc()}")
        raise
    finally:
        told.put(None)


if __name__ == "__main__":
    sys.exit(main())
