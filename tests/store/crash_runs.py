"""Writers that are killed at random moments: run as ``python -m tests.store.crash_runs HOME SEED COUNT``.

Each run forks a process that writes single changes and imports of many rows, kills it
with SIGKILL after a random while, and examines what is left. Prints a summary as JSON.
A process of its own: forking a test runner with threads could hang.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from sfa.errors import msg
from sfa.ids import ref_of
from sfa.store import change
from sfa.store.bulk import insert_rows
from sfa.store.bulk_checks import Links
from sfa.store.bulk_sheets import NewRows
from sfa.store.connection import StoreConnection, open_writing
from sfa.store.doctor import examine
from sfa.store.home import store_path
from tests.store.rows import new_id

ROWS_AN_IMPORT = 200
LONGEST_S = 0.09


def write_until_killed(home: Path, told: int, first: int) -> None:
    """Write numbered changes for ever: each names its rows after itself, and tells when it is committed."""
    for number in range(first, first + 1_000_000):
        with closing(open_writing(store_path(home))) as connection:
            one_change(connection, number)
        os.write(told, b"%d\n" % number)


def one_change(connection: StoreConnection, number: int) -> None:
    """Make the change of a number: even ones are single writes, odd ones imports, half of these in bulk."""
    change.begin(connection)
    if number % 4 == 1:
        in_bulk(connection, number)
        connection.execute("UPDATE team SET name = ?", (f"import {number}",))
    elif number % 2:
        rows = [
            (new_id(), connection.capture.stamp, connection.capture.stamp, f"import {number}", "x" * 100)
            for _ in range(ROWS_AN_IMPORT)
        ]
        connection.executemany(
            "INSERT INTO lead (id, created_at, updated_at, name, notes) VALUES (?, ?, ?, ?, ?)", rows
        )
        connection.execute("UPDATE team SET name = ?", (f"import {number}",))
    else:
        change.insert(connection, "lead", {"id": new_id(), "name": f"single {number}"})
        connection.execute("UPDATE team SET name = ?", (f"single {number}",))
    change.commit(connection, name=msg("Change {number}"), arguments={"number": number})


def in_bulk(connection: StoreConnection, number: int) -> None:
    """Insert rows while the triggers stand aside."""
    stamp = connection.capture.stamp
    row_ids = [new_id() for _ in range(ROWS_AN_IMPORT)]
    rows = [(row_id, ref_of(row_id), stamp, stamp, f"import {number}") for row_id in row_ids]
    insert_rows(
        connection, [NewRows("lead", ("id", "ref", "created_at", "updated_at", "name"), rows)], Links()
    )


def run_once(home: Path, rng: random.Random, first: int) -> tuple[int, list[str]]:
    """Kill one writer; return the last number it told, and everything that is wrong afterwards."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            write_until_killed(home, writer, first)
        finally:
            os._exit(1)  # never on into the parent's loop
    os.close(writer)
    if rng.random() < 0.5:
        # Half of the writers have committed something first, however slow the machine is.
        select.select([reader], [], [], 10)
    time.sleep(rng.uniform(0.0, LONGEST_S))
    os.kill(child, signal.SIGKILL)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with os.fdopen(reader) as file:
        told = [int(line) for line in file.read().split()]
    wrong = [finding.code for finding in examine(home)]
    if ended != -signal.SIGKILL:
        wrong.append("the writer failed by itself")
    return (told[-1] if told else first - 1), [*wrong, *not_whole(home, first, told)]


def not_whole(home: Path, first: int, told: list[int]) -> list[str]:
    """Return the changes that are there in part, or were told to be there and are not."""
    with closing(sqlite3.connect(store_path(home))) as connection:
        found = {
            int(name.split()[1]): count
            for name, count in connection.execute("SELECT name, count(*) FROM lead GROUP BY name")
        }
        named = {
            json.loads(row[0])["number"]
            for row in connection.execute("SELECT arguments FROM tx WHERE name = 'Change {number}'")
        }
        ops = connection.execute("SELECT count(*) FROM oplog WHERE tbl = 'lead'").fetchone()[0]
    wrong = [f"in part {number}" for number, count in found.items() if count != rows_of(number)]
    wrong += [f"lost {number}" for number in told if number not in found]
    if found.keys() != named:
        wrong.append("changes without a name, or names without a change")
    if ops != sum(found.values()):
        wrong.append("ops without rows, or rows without ops")
    if len([number for number in found if number >= first]) > len(told) + 1:
        wrong.append("more changes than were made")
    return wrong


def rows_of(number: int) -> int:
    return ROWS_AN_IMPORT if number % 2 else 1


def main() -> None:
    home, seed, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(seed)  # noqa: S311  the same seed kills at the same moments, as far as a machine can
    fresh = store_path(home).read_bytes()
    wrong: list[list[str]] = []
    changes, last = 0, -1
    for number in range(count):
        if number % 5 == 0:
            # A small store keeps the examination short.
            for path in home.glob("sfa.db*"):
                path.unlink()
            store_path(home).write_bytes(fresh)
            store_path(home).chmod(0o600)
            last = -1
        before = last
        last, found = run_once(home, rng, last + 2)
        changes += max(last - before - 1, 0)
        if found:
            wrong.append([f"run {number}", *found])
    sys.stdout.write(json.dumps({"runs": count, "changes": changes, "wrong": wrong}))


if __name__ == "__main__":
    main()
