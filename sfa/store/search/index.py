"""Keeping the index: working off the queue, writing new documents, building it anew.

The index is an FTS5 table without content of its own. ``search_doc`` keeps for each
document its record and the words it was made of, from which the same entries follow
again when they have to be taken out.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from sfa.store.bulk_sheets import Sheet
from sfa.store.bulk_statements import insertions
from sfa.store.search.documents import Document, Entered, entered, indexed, restored, stored
from sfa.store.search.loading import load
from sfa.store.search.searched import SEARCHED, key_of, keys_of, read_key
from sfa.store.search.state import is_current, lacking, put_current
from sfa.store.search.triggers import search_triggers

_Item = TypeVar("_Item")
_AT_ONCE = 2_000
# What FTS5 gathers before it writes. Measured on 100,000 documents: a quarter less time than with 1 MiB.
HASH_BYTES = 4 << 20
_REMOVE = "INSERT INTO search (search, rowid, entries) VALUES ('delete', ?, ?)"


def mark_dirty(connection: sqlite3.Connection, table: str, record_ids: Iterable[str]) -> None:
    """Put records of a searched table into the queue, as the triggers do."""
    connection.executemany(
        "INSERT OR IGNORE INTO search_dirty (tbl, record_id) VALUES (?, ?)",
        ((table, record_id) for record_id in record_ids),
    )


def work_off(connection: sqlite3.Connection) -> None:
    """Work the queue off, in the order of the rows."""
    if not is_current(connection):
        late = lacking(connection)
        _renew_triggers(connection)
        if not late:
            rebuild(connection)
            return
        _take_in(connection, late)
    dirty = {row[0] for row in connection.execute("SELECT DISTINCT tbl FROM search_dirty")}
    for table in filter(dirty.__contains__, _in_order()):
        rows = connection.execute(
            f"SELECT d.record_id FROM search_dirty d LEFT JOIN {table} t ON t.id = d.record_id"
            " WHERE d.tbl = ? ORDER BY t.rowid",
            (table,),
        )
        for some in portions([row[0] for row in rows]):
            _write_anew(connection, table, some)
    connection.execute("DELETE FROM search_dirty")


def _renew_triggers(connection: sqlite3.Connection) -> None:
    for name, statement in search_triggers().items():
        connection.execute(f"DROP TRIGGER IF EXISTS {name}")
        connection.execute(statement)


def _take_in(connection: sqlite3.Connection, tables: Iterable[str]) -> None:
    """Index the records of tables that are searched from now on; some may be in the index already."""
    for table in tables:
        ids = connection.execute(f"SELECT id FROM {table} ORDER BY rowid")
        for some in portions([row[0] for row in ids]):
            _write_anew(connection, table, some)
    put_current(connection)


def write_documents(connection: sqlite3.Connection, table: str, documents: Iterable[Entered]) -> None:
    """Index records that have no document yet, in the order given: what a bulk import has written."""
    running = last_running(connection, table)
    for some in portions(documents):
        keyed = []
        for document in some:
            running += 1
            keyed.append((key_of(table, running, is_deleted=document.is_deleted), document))
        keyed.sort(key=_by_key)
        _insert(connection, keyed)


def rebuild(connection: sqlite3.Connection) -> None:
    """Build the whole index from the records, inside the open transaction."""
    connection.execute("INSERT INTO search (search) VALUES ('delete-all')")
    connection.execute("DELETE FROM search_doc")
    for table in _in_order():
        ids = connection.execute(f"SELECT id FROM {table} ORDER BY rowid")
        loaded = _loaded(connection, table, [row[0] for row in ids])
        write_documents(connection, table, (entered(table, each) for each in loaded))
    connection.execute("DELETE FROM search_dirty")
    put_current(connection)


def forget_deleted_words(connection: sqlite3.Connection) -> None:
    """Write the index without what was taken out of it, which FTS5 otherwise keeps for a while."""
    connection.execute("INSERT INTO search (search) VALUES ('optimize')")


def renumber(connection: sqlite3.Connection) -> None:
    """Note the records' rowids anew; VACUUM may change them."""
    for table in SEARCHED:
        for is_deleted in (False, True):
            connection.execute(
                f"UPDATE search_doc SET row = t.rowid FROM {table} t WHERE t.id = search_doc.record_id"
                " AND search_doc.doc BETWEEN ? AND ? AND search_doc.row <> t.rowid",
                keys_of(table, is_deleted=is_deleted),
            )


def _in_order() -> list[str]:
    # FTS5 writes quickest when keys only rise.
    return sorted(SEARCHED, key=lambda table: SEARCHED[table].number)


def portions(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    """Yield items some at a time."""
    source = iter(items)
    while some := list(islice(source, _AT_ONCE)):
        yield some


def _loaded(connection: sqlite3.Connection, table: str, record_ids: Sequence[str]) -> Iterator[Document]:
    for some in portions(record_ids):
        found = load(connection, table, some)
        yield from (found[record_id] for record_id in some if record_id in found)


def _write_anew(connection: sqlite3.Connection, table: str, record_ids: Sequence[str]) -> None:
    found = load(connection, table, record_ids)
    present = connection.execute(
        "SELECT d.record_id, d.doc, d.row, d.words"
        " FROM json_each(?) j JOIN search_doc d ON d.record_id = j.value",
        (json.dumps(record_ids),),
    )
    old = {record_id: (doc, row, words) for record_id, doc, row, words in map(tuple, present)}
    new = [found[record_id] for record_id in record_ids if record_id in found and record_id not in old]
    removed, kept = [], []
    for record_id, (doc, row, words) in old.items():
        document = found.get(record_id)
        key = None if document is None else key_of(table, read_key(doc)[1], is_deleted=document.is_deleted)
        if document is not None and (key, document.row, stored(document.words)) == (doc, row, words):
            continue
        removed.append((doc, words))
        if document is not None and key is not None:
            kept.append((key, entered(table, document)))
    _remove(connection, removed)
    _insert(connection, sorted(kept, key=_by_key))
    write_documents(connection, table, (entered(table, each) for each in new))


def _remove(connection: sqlite3.Connection, documents: list[tuple[int, str]]) -> None:
    documents.sort()
    connection.executemany(
        _REMOVE, ((doc, indexed(read_key(doc)[0], restored(words))) for doc, words in documents)
    )
    connection.executemany("DELETE FROM search_doc WHERE doc = ?", ((doc,) for doc, _ in documents))


def _insert(connection: sqlite3.Connection, keyed: Sequence[tuple[int, Entered]]) -> None:
    if not keyed:
        return
    docs, documents = zip(*keyed, strict=True)
    rows, record_ids, words, entries, _ = zip(*documents, strict=True)
    kept = {"doc": docs, "row": rows, "record_id": record_ids, "words": words}
    for table, columns in (("search", {"rowid": docs, "entries": entries}), ("search_doc", kept)):
        for statement, values, _ in insertions(Sheet(table, len(docs), {}, columns)):
            connection.execute(statement, values)


def _by_key(keyed: tuple[int, Entered]) -> int:
    return keyed[0]


def last_running(connection: sqlite3.Connection, table: str) -> int:
    """Return the highest running number that a document of a table has, 0 when there is none."""
    last = 0
    for is_deleted in (False, True):
        row = connection.execute(
            "SELECT max(doc) FROM search_doc WHERE doc BETWEEN ? AND ?", keys_of(table, is_deleted=is_deleted)
        ).fetchone()
        if row[0] is not None:
            last = max(last, read_key(row[0])[1])
    return last
