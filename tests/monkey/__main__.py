"""``python -m tests.monkey --seed 7 --keys 20000``: one seed again, or many one after the other."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from tests.monkey.run import Broken, furnish, let_loose


def main() -> int:
    """Let monkeys loose; return 1 when one broke something."""
    parser = argparse.ArgumentParser(prog="python -m tests.monkey")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds from there on")
    parser.add_argument("--keys", type=int, default=20_000, help="keys of each seed")
    parser.add_argument("--jobs", type=int, default=1, help="how many at once")
    wanted = parser.parse_args()
    broken = 0
    with tempfile.TemporaryDirectory() as place, ProcessPoolExecutor(wanted.jobs) as pool:
        furnished = furnish(Path(place) / "home")
        begun = time.monotonic()
        running = {
            pool.submit(_one, seed, wanted.keys, furnished): seed
            for seed in range(wanted.seed, wanted.seed + wanted.seeds)
        }
        for each in as_completed(running):
            fault = each.result()
            took = time.monotonic() - begun
            say(f"seed {running[each]}: {wanted.keys:,} keys, {took:.0f} s, {'BROKEN' if fault else 'held'}")
            if fault:
                broken += 1
                say(f"{fault}\nagain: python -m tests.monkey --seed {running[each]} --keys {wanted.keys}")
    return 1 if broken else 0


def say(text: str) -> None:
    """Print at once, also into a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _one(seed: int, keys: int, furnished: Path) -> str:
    try:
        let_loose(seed, keys, furnished)
    except (Broken, AssertionError) as fault:
        return str(fault)
    return ""


if __name__ == "__main__":
    sys.exit(main())
