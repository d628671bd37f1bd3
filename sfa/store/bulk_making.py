"""The second process of a bulk insert: it makes rows, ops and search documents out of sheets.

Runs as ``python -m sfa.store.bulk_making``. It gets portions of sheets through a pipe and
answers each with a database in memory, which the first process copies from without Python.
No file is made; when the first process ends, in whatever way, the pipe does too, and so does this.
"""

from __future__ import annotations

import gc
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import count
from operator import itemgetter
from typing import Any, NamedTuple

from sfa.store.bulk_checks import check_values
from sfa.store.bulk_ops import Ops, OpWriter
from sfa.store.bulk_sheets import Sheet
from sfa.store.capture import Capture, Value
from sfa.store.frames import receive, send_with
from sfa.store.search.documents import Entered
from sfa.store.search.newcomers import Newcomers
from sfa.store.search.searched import key_of

_PAGE = 32768  # few pages to copy, and few to look up
DOCUMENT = ("doc", "place", "record_id", "words", "entries")


class Beginning(NamedTuple):
    """Where the log and the keys of the documents go on, and what columns that are not given hold."""

    tx_id: str
    reading: int
    offset_ms: int
    link: bytes | None
    fixed: dict[str, dict[str, Value]]
    running: dict[str, int]


class Made(NamedTuple):
    """A sheet whose rows are a table of the database, their ops' ids and payloads among them.

    ``varying`` are the row's own columns there, ``same`` what all rows share.
    """

    table: str
    size: int
    rows: str
    same: dict[str, Value]
    varying: tuple[str, ...]
    reading: int
    salts: bytes
    digests: bytes
    links: bytes


class Delivery(NamedTuple):
    """A portion in a database.

    ``documents`` are (searched table, table of the database), in which the new rows' places
    count from 1; ``old`` are records that were there before and got children, by table.
    """

    made: list[Made]
    documents: list[tuple[str, str]]
    old: dict[str, list[str]]
    database: bytes


def main() -> None:
    """Answer portions until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started us decides
    gc.disable()  # nothing here outlives its portion, and nothing goes in circles
    given, answers = sys.stdin.buffer, sys.stdout.buffer
    maker = Maker(Beginning(*receive(given)))
    while portion := receive(given):
        try:
            found = maker.deliver([Sheet(*each) for each in portion])
        except sqlite3.IntegrityError as refusal:
            send_with(answers, str(refusal), b"")
            return
        send_with(answers, ([tuple(each) for each in found.made], *found[1:-1]), found.database)
    send_with(answers, maker.reading, b"")


class Maker:
    """Makes deliveries, one after the other: log and documents go on from each other."""

    def __init__(self, begun: Beginning) -> None:
        """Go on where the store ends."""
        self._capture = Capture()
        self._capture.go_on(begun.tx_id, begun.reading, begun.offset_ms)
        self._writer = OpWriter(self._capture, begun.link)
        self._fixed = begun.fixed
        self._running = Counter(begun.running)
        self._number = 0

    @property
    def reading(self) -> int:
        """Return the clock's last reading."""
        return self._capture.reading

    def deliver(self, portion: Sequence[Sheet]) -> Delivery:
        """Return a portion's rows, ops and documents.

        Raises:
            sqlite3.IntegrityError: a value is none that its column allows.
        """
        # Tables are never called as in another delivery: who copies keeps statements, and would
        # look for their pages where they were then.
        self._number += 1
        newcomers = Newcomers()
        with closing(_database()) as database:
            made = []
            for place, sheet in enumerate(portion):
                check_values(sheet)
                newcomers.note(sheet)
                ops = self._writer.ops(sheet, self._fixed[sheet.table])
                made.append(_made(database, f"rows_{self._number}_{place}", sheet, ops))
            documents = newcomers.documents(lambda _table: count(1))
            named = [(table, f"{table}_{self._number}") for table in documents.tables()]
            for table, name in named:
                _fill(database, name, DOCUMENT, _entries(table, documents.of(table), self._running))
            database.execute("COMMIT")
            return Delivery(made, named, documents.left(), database.serialize())


def _database() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.execute(f"PRAGMA page_size = {_PAGE}")
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("BEGIN")
    return database


def _made(database: sqlite3.Connection, rows: str, sheet: Sheet, ops: Ops) -> Made:
    names = (*sheet.varying, "op_id", "changes")
    _fill(database, rows, names, zip(*sheet.varying.values(), ops.op_ids, ops.payloads, strict=True))
    varying = tuple(sheet.varying)
    return Made(
        sheet.table, sheet.size, rows, sheet.same, varying, ops.reading, ops.salts, ops.digests, ops.links
    )


def _fill(
    database: sqlite3.Connection, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    listed = ", ".join(f'"{name}"' for name in names)
    database.execute(f"CREATE TABLE {table} ({listed})")
    database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", rows)


def _entries(
    table: str, documents: Iterable[Entered], running: Counter[str]
) -> Iterator[tuple[int | str, ...]]:
    """Yield documents as ``DOCUMENT`` names their parts, by key."""
    first = running[table] + 1
    keyed = [
        (key_of(table, number, is_deleted=each.is_deleted), each)
        for number, each in enumerate(documents, first)
    ]
    running[table] += len(keyed)
    keyed.sort(key=itemgetter(0))
    for key, (place, record_id, words, entries, _) in keyed:
        yield (key, place, record_id, words, entries)


if __name__ == "__main__":
    main()
