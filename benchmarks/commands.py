"""Time the hot commands against bare Python in the same run; write ``RESULTS.md``.

Run it with ``make bench``. Every command runs in a process of its own, output into a
pipe, in turns with ``python -c pass``, so that a busy machine slows both. The figure
that counts is the ratio of the medians. No test asserts a time; the goals are printed
beside the ratios.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
SFA = Path(sys.executable).with_name("sfa")
BARE = [sys.executable, "-c", "pass"]
SIZES = (1_000, 100_000)


@dataclass(frozen=True, slots=True)
class Case:
    """A command to time, and how many times bare Python it may take."""

    name: str
    arguments: tuple[str, ...]
    goal: float


CASES = (
    Case("sfa --version", ("--version",), 3),
    Case("sfa --help", ("--help",), 8),
    Case("sfa lead list --limit 20", ("lead", "list", "--limit", "20"), 8),
    Case("sfa find 上海", ("find", "上海"), 9),
    Case("sfa visit add", ("visit", "add", "--account", "客户 7", "--notes", "benchmark"), 60),
)


@dataclass(frozen=True, slots=True)
class Timing:
    """What one case took, in milliseconds, beside bare Python in the same turns."""

    case: Case
    leads: int
    command_ms: float
    bare_ms: float

    @property
    def ratio(self) -> float:
        """Return how many times bare Python the command took."""
        return self.command_ms / self.bare_ms


def main() -> int:
    """Time every case on stores of two sizes and write the results."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--turns", type=int, default=15, help="runs of each command (default 15)")
    turns: int = options.parse_args().turns
    timings: list[Timing] = []
    for leads in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "SFA_HOME": folder, "LANG": "C.UTF-8"}
            fill(environment, leads)
            timings += [measured(case, leads, turns, environment) for case in CASES]
    text = report(timings, turns)
    RESULTS.write_text(text, "utf-8")
    print(text)
    return 0


def fill(environment: dict[str, str], leads: int) -> None:
    """Import so many leads and a few accounts through the command line itself."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "leads.csv")
        cities = ("上海", "北京", "Lyon", "Osaka", "深圳", "Leeds")
        rows = (
            f"{number},Person {number},{cities[number % 6]} Trading {number},p{number}@example.com\n"
            for number in range(leads)
        )
        file.write_text("Id,Name,Company,Email\n" + "".join(rows), "utf-8")
        mapping = Path(folder, "leads.toml")
        mapping.write_text(MAPPING, "utf-8")
        run(["import", "leads", str(file), "--mapping", str(mapping), "--yes"], environment)
    run(["account", "add", "客户 7"], environment)


MAPPING = """noun = "lead"
source = "benchmark"
key = "Id"

[columns]
Name = "name"
Company = "company"
Email = "emails"
"""


def run(arguments: list[str], environment: dict[str, str]) -> None:
    """Run a command of sfa that must succeed."""
    done = subprocess.run(
        [str(SFA), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"sfa {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")


def measured(case: Case, leads: int, turns: int, environment: dict[str, str]) -> Timing:
    """Return the medians of a command and of bare Python, run in turns."""
    command, bare = [str(SFA), *case.arguments], BARE
    run(list(case.arguments), environment)
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(turns):
        for times, each in zip(took, (command, bare), strict=True):
            begun = time.perf_counter()
            subprocess.run(each, env=environment, capture_output=True, check=True)
            times.append((time.perf_counter() - begun) * 1000)
    return Timing(case, leads, statistics.median(took[0]), statistics.median(took[1]))


def report(timings: list[Timing], turns: int) -> str:
    """Return the results as a page."""
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    machine = f"{system}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}."
    lines = [
        "# How fast the commands are",
        "",
        f"Written by `make bench`. Medians of {turns} runs in turns with `python -c pass`, each in a process",
        "of its own and into a pipe; the ratio is what counts, the milliseconds are this machine's.",
        "",
        machine,
        "",
        "| Command | Leads | ms | bare Python, ms | Ratio | Goal |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| `{each.case.name}` | {each.leads:,} | {each.command_ms:.0f} | {each.bare_ms:.0f} "
        f"| {each.ratio:.1f} | {each.case.goal:.0f} |"
        for each in timings
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
