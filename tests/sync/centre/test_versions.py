"""The versions of central transactions: none is skipped, whoever writes and reads at the same time."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from tests.sync.centre.conftest import Connect
from tests.sync.servers import Connection

WRITERS = 16
SECONDS = 60.0 if os.environ.get("SFA_PROVE") else 5.0


def _write(connection: Connection, until: float, number: int) -> None:
    count = 0
    while time.monotonic() < until:
        with connection.transaction():
            connection.execute("INSERT INTO sfa.team (id, name) VALUES (%s, 'x')", [f"{number}-{count}"])
            if count % 7 == number % 7:
                connection.execute("SELECT pg_sleep(0.002)")
        count += 1


def test_a_reader_who_goes_by_versions_skips_nothing_that_others_write_at_the_time(
    connect: Connect, record_property: Callable[[str, object], None]
) -> None:
    until = time.monotonic() + SECONDS
    threads = [threading.Thread(target=_write, args=(connect(), until, each)) for each in range(WRITERS)]
    reader = connect()
    for thread in threads:
        thread.start()
    version, read, polls = 0, [], 0
    while True:
        polls += 1
        is_last = not any(thread.is_alive() for thread in threads)
        rows = reader.execute(
            "SELECT b.version, f.row_id FROM hub.batch AS b JOIN hub.feed AS f ON f.batch = b.id "
            "WHERE b.version > %s ORDER BY b.version",
            [version],
        ).fetchall()
        read += rows
        version = rows[-1][0] if rows else version
        if is_last:
            break
    for thread in threads:
        thread.join()
    written = reader.execute("SELECT id FROM sfa.team ORDER BY id").fetchall()
    for name, count in (("written", len(written)), ("read", len(read)), ("polls", polls)):
        record_property(name, count)
    assert len(written) > WRITERS
    assert sorted(row[1] for row in read) == sorted(row[0] for row in written)
    assert [row[0] for row in read] == list(range(1, len(read) + 1))


def test_a_transaction_that_was_taken_back_uses_no_version(centre: Connection) -> None:
    for name in ("one", "two"):
        with centre.transaction(force_rollback=name == "one"):
            centre.execute("INSERT INTO sfa.team (name) VALUES (%s)", [name])
    assert centre.execute("SELECT version FROM hub.counter").fetchone() == (1,)


def test_the_counter_is_raised_after_the_references_were_checked(
    centre: Connection, connect: Connect
) -> None:
    # Whoever holds the counter holds up everybody's commit: SET CONSTRAINTS runs the checks by name.
    other = connect()
    other.execute("SET lock_timeout = '2s'")
    with centre.transaction():
        centre.execute("INSERT INTO sfa.team (name) VALUES ('slow')")
        other.execute("INSERT INTO sfa.team (name) VALUES ('quick')")
    versions = centre.execute(
        "SELECT t.name, b.version FROM sfa.team AS t JOIN hub.feed AS f ON f.row_id = t.id "
        "JOIN hub.batch AS b ON b.id = f.batch ORDER BY b.version"
    ).fetchall()
    assert versions == [("quick", 1), ("slow", 2)]


def test_what_follows_an_early_check_of_the_constraints_is_fed_too(centre: Connection) -> None:
    with centre.transaction():
        centre.execute("INSERT INTO sfa.team (name) VALUES ('before')")
        centre.execute("SET CONSTRAINTS ALL IMMEDIATE")
        centre.execute("SET CONSTRAINTS ALL DEFERRED")
        centre.execute("INSERT INTO sfa.team (name) VALUES ('after')")
    rows = centre.execute("SELECT version FROM hub.batch ORDER BY version").fetchall()
    assert rows == [(1,), (2,)]
