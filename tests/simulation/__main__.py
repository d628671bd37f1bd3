"""Runs schedules: ``python -m tests.simulation --seed 7 --trace`` or ``--count 1000 --first 0``."""

from __future__ import annotations

import argparse
import gc
import hashlib
import multiprocessing
import os
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tests.simulation.invariants import violations
from tests.simulation.world import World, drawn_steps, template


def run_seed(seed: int, *, aloud: bool = False, steps: int = 0) -> tuple[list[str], str]:
    """Run one schedule, as long as its seed says or so many steps.

    Returns:
        What is wrong, and the fingerprint of all that happened.
    """
    with _garbage_at_the_end():
        world = World(seed, aloud=aloud, steps=steps or drawn_steps(seed))
        try:
            world.run()
            wrong = violations(world)
        except Exception as error:  # noqa: BLE001  whatever a schedule stumbles over is a finding
            wrong = [traceback.format_exc()]
            # A query that was on its way would hold its store locked for the schedules after this one.
            traceback.clear_frames(error.__traceback__)
        finally:
            world.close()
        fingerprint = hashlib.sha256("\n".join(world.trace.lines).encode()).hexdigest()
        world.dissolve()
    return wrong, fingerprint


@contextmanager
def _garbage_at_the_end() -> Iterator[None]:
    """Look for cycles once, when a world of objects is let go, and among them alone."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.collect(0)
        if was_on:
            gc.enable()


def report(seed: int, wrong: list[str]) -> str:
    """Return what is wrong with a schedule, and how anyone runs it again."""
    again = f"python -m tests.simulation --seed {seed} --trace"
    return "\n".join([f"seed {seed}:", *wrong, f"Run it again: {again}"])


def run_seeds(first: int, count: int, jobs: int) -> Iterator[tuple[int, list[str]]]:
    """Run many schedules on several cores; yield what is wrong with each that fails."""
    if jobs == 1:
        for seed in range(first, first + count):
            yield seed, run_seed(seed)[0]
        return
    template()  # made here, once: the workers inherit it, and leave it to us to take it away
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap_unordered(_one, range(first, first + count), chunksize=20)


def _one(seed: int) -> tuple[int, list[str]]:
    return seed, run_seed(seed)[0]


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seed", type=int, help="one schedule")
    parser.add_argument("--trace", action="store_true", help="say what happens, step by step")
    parser.add_argument("--steps", type=int, default=0, help="how long the one is, else as its seed says")
    parser.add_argument("--first", type=int, default=0, help="the first seed of many")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    if given.seed is not None:
        wrong, fingerprint = run_seed(given.seed, aloud=given.trace, steps=given.steps)
        sys.stdout.write("\n".join([*wrong, f"seed {given.seed} fingerprint {fingerprint}", ""]))
        return int(bool(wrong))
    return _many(given.first, given.count, given.jobs)


def _many(first: int, count: int, jobs: int) -> int:
    started, failed, kinds = time.monotonic(), 0, Counter[str]()
    for seed, wrong in run_seeds(first, count, jobs):
        if wrong:
            failed += 1
            kinds.update({text.split(":")[0] for text in wrong})
            sys.stdout.write(
                f"seed {seed}: {wrong[0].strip().splitlines()[-1][:200]} (and {len(wrong) - 1})\n"
            )
    took = time.monotonic() - started
    sys.stdout.write(
        f"{count} schedules, {failed} failed {dict(kinds)}, {took:.0f} s,"
        f" {1000 * took * jobs / count:.0f} ms of a core each\n"
    )
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
