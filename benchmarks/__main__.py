"""Measure rows beside their peers and write ``RESULTS.md``: ``python -m benchmarks``, or ``make bench``."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from datetime import date
from pathlib import Path

from benchmarks import peers
from benchmarks.figures import Figure, Measured, keep, kept
from benchmarks.machine import machine, versions
from benchmarks.places import CACHE, FIGURES, PAGE, ROOT, shown
from benchmarks.report import page
from benchmarks.rows import ROWS, Plan


def main() -> int:
    """Measure the rows that are asked for; exit 1 when one could not be measured."""
    options = _options()
    names = [name for name in options.rows.split(",") if name] or list(ROWS)
    unknown = [name for name in names if name not in ROWS]
    if unknown:
        sys.exit(f"There is no row {', '.join(unknown)}. There are: {', '.join(ROWS)}")
    CACHE.mkdir(exist_ok=True)
    plan = Plan(options.turns, tuple(int(size) for size in options.sizes.split(",")))
    all_measured = kept(options.to / FIGURES)
    for name in names:
        all_measured[name] = _measure(name, plan)
        _write(options.to, {name: all_measured[name] for name in ROWS if name in all_measured})
    return int(any(all_measured[name].failed for name in names))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", default="", help=f"some of: {','.join(ROWS)} (default: all)")
    parser.add_argument("--turns", type=int, default=15, help="runs of each side (default 15)")
    parser.add_argument("--sizes", default="1000,100000,1000000", help="records in the stores")
    parser.add_argument(
        "--to", type=Path, default=ROOT / "benchmarks", metavar="DIR", help="where the page goes"
    )
    return parser.parse_args()


def _measure(name: str, plan: Plan) -> Measured:
    """Measure one row; what fails is told and ends this row alone."""
    print(f"{name} ...", flush=True)
    begun = time.perf_counter()
    figures: list[Figure] = []
    failed = ""
    try:
        for each in ROWS[name].measure(plan):
            figures.append(each)
            print(f"  {each.what}, {each.size or ''}: {each.ours.median:.1f} {each.unit}", flush=True)
    except Exception as error:  # noqa: BLE001 - each row fails alone, and the page says so
        traceback.print_exc()
        failed = shown(f"{type(error).__name__}: {error}").replace("\n", " ")
    print(f"  {time.perf_counter() - begun:.0f} s", flush=True)
    return Measured(name, date.today().isoformat(), machine(), figures, failed)


def _write(folder: Path, all_measured: dict[str, Measured]) -> None:
    found = list(all_measured.values())
    keep(folder / FIGURES, found)
    text = page(found, machine=machine(), versions=versions(), peers=peers.versions())
    (folder / PAGE).write_text(text, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
