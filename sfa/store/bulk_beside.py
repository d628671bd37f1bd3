"""A bulk insert by two processes: the second prepares, this one copies what it delivers.

Copying runs in SQLite alone, so both cores work. What is prepared lies in memory and in
pipes, never in a file: a process that is killed leaves nothing behind.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress

from sfa.store.ahead import ahead
from sfa.store.bulk_checks import Links
from sfa.store.bulk_making import Beginning, Delivery, Made
from sfa.store.bulk_ops import HASH, SALT
from sfa.store.bulk_sheets import Group, portions
from sfa.store.connection import StoreConnection
from sfa.store.early import written_early
from sfa.store.frames import receive_with, send
from sfa.store.search.index import mark_dirty
from sfa.store.version import SCHEMA_VERSION
from sfa.terms import OpKind

# With its children and their ops some five megabytes, which one process prepares while the other copies.
_RECORDS = 2_000
_SECOND = ("-P", "-m", "sfa.store.bulk_making")
_WAITING = 2  # portions that wait to be copied
_MADE = "made"  # the name under which a delivery's database is attached


Second = subprocess.Popen[bytes]


class BesideEnded(Exception):
    """The second process could not be started, or ended before its work did."""


def insert_beside(
    connection: StoreConnection,
    groups: Sequence[Group],
    beginning: Beginning,
    links: Links,
    on_rows: Callable[[int], None],
    started: Second | None = None,
) -> None:
    """Insert rows with their ops and documents as ``bulk.insert_rows`` says.

    ``started`` is a second process that waits for work; it is good for one call.

    Raises:
        BesideEnded: everything since the call has to be taken back; another way has to be found.
        sqlite3.IntegrityError: a value is none that its column allows.
    """
    # It cannot be detached before the transaction ends, which may insert more.
    if _MADE not in [row[1] for row in connection.execute("PRAGMA database_list")]:
        connection.execute(f"ATTACH ':memory:' AS {_MADE}")
    with (
        nullcontext(started) if started is not None else second_process() as second,
        written_early(connection),
    ):
        answers = ahead(_answers(second, groups, beginning, links), _WAITING)
        try:
            for answer in answers:
                if isinstance(answer, Delivery):
                    _copy(connection, answer)
                    on_rows(sum(each.size for each in answer.made))
                else:
                    connection.capture.go_on(beginning.tx_id, answer, beginning.offset_ms)
        finally:
            second.kill()  # it has ended by itself, or nobody waits for the rest
            answers.close()


@contextmanager
def second_process() -> Iterator[Second]:
    """Start the second process; it is gone afterwards.

    Raises:
        BesideEnded: it cannot be started.
    """
    try:
        second = subprocess.Popen(  # noqa: S603  our own module
            [sys.executable, *_SECOND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        raise BesideEnded(str(error)) from error
    try:
        yield second
    finally:
        second.kill()
        second.wait()
        for pipe in (second.stdin, second.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def _answers(
    second: Second, groups: Sequence[Group], beginning: Beginning, links: Links
) -> Iterator[Delivery | int]:
    """Yield what the second process delivers, at last the clock's reading, while a thread feeds it."""
    assert second.stdout is not None
    feeder = _Feeder(second, groups, beginning, links)
    feeder.start()
    try:
        while True:
            answer, database = receive_with(second.stdout)
            if isinstance(answer, str):
                raise sqlite3.IntegrityError(answer)
            if isinstance(answer, int):
                yield answer
                return
            made, documents, old = answer
            yield Delivery([Made(*each) for each in made], documents, old, database)
    except EOFError:
        feeder.join()
        raise (feeder.error or BesideEnded("the second process ended early")) from None


class _Feeder(threading.Thread):
    """Makes portions and sends them; ``error`` is what went wrong with making them."""

    def __init__(self, second: Second, groups: Sequence[Group], beginning: Beginning, links: Links) -> None:
        super().__init__(name="feeder", daemon=True)
        self.error: Exception | None = None
        self._second = second
        self._groups = groups
        self._beginning = beginning
        self._links = links

    def run(self) -> None:
        pipe = self._second.stdin
        assert pipe is not None
        # A pipe that breaks is told by the one the answers come through.
        with suppress(BrokenPipeError):
            try:
                send(pipe, tuple(self._beginning))
                for portion in portions(self._groups, _RECORDS):
                    for sheet in portion:
                        self._links.note(sheet)
                    send(pipe, [tuple(sheet) for sheet in portion])
                send(pipe, [])
            except BrokenPipeError:
                raise
            except Exception as error:  # noqa: BLE001  raised again where the answers are taken
                self.error = error
                pipe.close()


def _copy(connection: StoreConnection, delivery: Delivery) -> None:
    """Copy a portion's rows, ops and documents out of the database it came in."""
    connection.deserialize(delivery.database, name=_MADE)
    ends = {
        table: connection.execute(f"SELECT coalesce(max(rowid), 0) FROM {table}").fetchone()[0]
        for table, _ in delivery.documents
    }
    for made in delivery.made:
        _copy_rows(connection, made)
    for table, documents in delivery.documents:
        source = f"{_MADE}.{documents}"
        connection.execute(
            "INSERT INTO search_doc (doc, row, record_id, words)"
            f" SELECT doc, place + ?, record_id, words FROM {source}",
            (ends[table],),
        )
        connection.execute(f"INSERT INTO search (rowid, entries) SELECT doc, entries FROM {source}")
    for table, owners in delivery.old.items():
        mark_dirty(connection, table, owners)


def _copy_rows(connection: StoreConnection, made: Made) -> None:
    source = f"{_MADE}.{made.rows} ORDER BY rowid"
    names = ", ".join(f'"{name}"' for name in (*made.same, *made.varying))
    varying = ", ".join([*("?" * len(made.same)), *(f'"{name}"' for name in made.varying)])
    connection.execute(
        f"INSERT INTO {made.table} ({names}) SELECT {varying} FROM {source}", [*made.same.values()]
    )
    connection.execute(
        "INSERT INTO oplog (tx_id, inverts, kind, tbl, schema_version, hlc, salt, digest, chain, op_id,"
        " changes, row_id)"
        " SELECT ?, ?, ?, ?, ?, ? + rowid,"
        f" substr(?, (rowid - 1) * {SALT} + 1, {SALT}), substr(?, (rowid - 1) * {HASH} + 1, {HASH}),"
        f" substr(?, (rowid - 1) * {HASH} + 1, {HASH}), op_id, changes, id FROM {source}",
        (
            *(connection.capture.tx_id, connection.capture.inverts, OpKind.INSERT.value, made.table),
            *(SCHEMA_VERSION, made.reading - 1, made.salts, made.digests, made.links),
        ),
    )
