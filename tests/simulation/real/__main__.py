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
from collections.abc import Iterator
from contextlib import closing

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
    with context.Pool(jobs) as pool:
        parts = [(first + job, first + count, jobs, version) for job in range(jobs)]
        for reports in pool.imap_unordered(_part, parts):
            for each in reports:
                failed += 1
                sys.stdout.write(f"{each}\n\n")
    took = time.monotonic() - started
    sys.stdout.write(
        f"{count} schedules on PostgreSQL, {failed} failed, {took:.0f} s, {took * jobs / count:.2f} s each\n"
    )
    return int(bool(failed))


def _part(part: tuple[int, int, int, str]) -> list[str]:
    start, stop, step, version = part
    return list(_failures(range(start, stop, step), version))


def _failures(seeds: range, version: str) -> Iterator[str]:
    with closing(ground_of(version)) as ground:
        for seed in seeds:
            wrong, trace = run_seed(seed, ground)
            if wrong:
                yield report(seed, version, wrong, trace)


if __name__ == "__main__":
    sys.exit(main())
