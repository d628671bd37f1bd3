"""Every row there is, in the order of the page. A new one is a module with ``measure`` and a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.figures import Figure
from benchmarks.rows import (
    crowd,
    finding,
    importing,
    keys,
    lists,
    memory,
    paint,
    pipeline,
    printing,
    quote_lines,
    starting,
    syncing,
    writing,
)
from benchmarks.rows.plan import Plan


@dataclass(frozen=True, slots=True)
class Row:
    """What measures one row, and what it measures."""

    measure: Callable[[Plan], Iterator[Figure]]
    about: str


ROWS = {
    "start": Row(starting.measure, "--version and --help beside bare Python"),
    "list": Row(lists.measure, "lead list into a pipe and on a terminal"),
    "taskwarrior": Row(lists.beside_taskwarrior, "lead list beside Taskwarrior's list"),
    "find": Row(finding.measure, "find in leads of each size"),
    "visit": Row(writing.measure, "one write in stores of each size"),
    "paper": Row(printing.measure, "a quote of two pages as PDF"),
    "import": Row(importing.measure, "100,000 leads beside sqlite-utils and sqlite3"),
    "pipeline": Row(pipeline.measure, "the printed pipeline of 1,000,000 deals"),
    "paint": Row(paint.measure, "the app's first paint"),
    "quotes": Row(paint.of_quotes, "the app's first paint of 10,000 quotes"),
    "keys": Row(keys.measure, "key to repaint in the big list"),
    "lines": Row(quote_lines.measure, "key to repaint in the grid of a quote of 200 lines"),
    "memory": Row(memory.measure, "resident memory of the app"),
    "push": Row(syncing.pushing, "10,000 ops to the centre beside pgbench"),
    "idle": Row(syncing.idle, "a sync with nothing to do beside SELECT 1"),
    "first": Row(syncing.first, "the first sync beside COPY into SQLite"),
    "crowd": Row(crowd.at_once, "16 devices that push at once"),
    "day": Row(crowd.day, "a working day of 100 reps"),
}

__all__ = ["ROWS", "Plan", "Row"]
