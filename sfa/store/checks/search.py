"""The search index: whole, and exactly what follows from the records. It is built anew where it is not."""

from __future__ import annotations

import re
import sqlite3
from itertools import islice

from sfa.errors import msg
from sfa.store.checks import Finding, repairable
from sfa.store.checks.schema import expected, of_search
from sfa.store.connection import StoreConnection
from sfa.store.search.documents import indexed, restored, stored
from sfa.store.search.index import HASH_BYTES, rebuild
from sfa.store.search.loading import load
from sfa.store.search.searched import SEARCHED, read_key
from sfa.store.search.state import is_current, lacking

_AT_ONCE = 2_000
_OURS = ("search", "search_doc", "search_dirty")  # FTS5 makes the others
_REBUILD = msg("The index is built anew.")
# What FTS5's tokenizer "ascii" takes for one entry.
_ENTRY = re.compile("[0-9A-Za-z\u0080-\U0010ffff]+")


def check_search(connection: sqlite3.Connection) -> list[Finding]:
    """Return what is wrong with the search index."""
    if _tables_wrong(connection):
        return [_damaged()]
    try:
        return [*_waiting(connection), *_documents(connection), *_entries(connection)]
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorname", "").split("_")[1:2] not in (["CORRUPT"], ["ERROR"]):
            raise
        return [_damaged()]


def _damaged() -> Finding:
    return repairable("search_damaged", msg("The search index is damaged."), _REBUILD)


def _statements() -> dict[str, str]:
    return {name: sql for (kind, name), sql in expected().items() if kind == "table" and of_search(name)}


def _tables_wrong(connection: sqlite3.Connection) -> bool:
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    present = {name: " ".join(sql.split()) for name, sql in map(tuple, rows) if of_search(name)}
    return present != _statements()


def _waiting(connection: sqlite3.Connection) -> list[Finding]:
    found = []
    count = connection.execute("SELECT count(*) FROM search_dirty").fetchone()[0]
    if count:
        what = msg("{count} changed records were not taken into the search index.")
        found.append(repairable("search_waiting", what, _REBUILD, count=count))
    if not is_current(connection) and not lacking(connection):
        what = msg("The search index was built by another version.")
        found.append(repairable("search_older", what, _REBUILD))
    return found


def _documents(connection: sqlite3.Connection) -> list[Finding]:
    """Compare the words that are kept with those of the records."""
    missing = stale = matched = 0
    late = lacking(connection)  # the next change takes them in
    for table in SEARCHED:
        if table in late:
            continue
        source = connection.execute(f"SELECT id FROM {table}")
        while ids := [row[0] for row in islice(source, _AT_ONCE)]:
            kept = _kept(connection, ids)
            for record_id, document in load(connection, table, ids).items():
                if record_id not in kept:
                    missing += 1
                    continue
                matched += 1
                wanted = (table, document.is_deleted, document.row, stored(document.words))
                stale += kept[record_id] != wanted
    superfluous = connection.execute("SELECT count(*) FROM search_doc").fetchone()[0] - matched
    kinds = (
        ("search_missing", missing, msg("{count} records are missing from the search index.")),
        ("search_stale", stale, msg("{count} records stand in the search index as they were before.")),
        ("search_superfluous", superfluous, msg("{count} entries of the search index belong to no record.")),
    )
    return [repairable(code, what, _REBUILD, count=count) for code, count, what in kinds if count]


def _kept(connection: sqlite3.Connection, ids: list[str]) -> dict[str, tuple[str, bool, int, str]]:
    places = ", ".join("?" * len(ids))
    rows = connection.execute(
        f"SELECT record_id, doc, row, words FROM search_doc WHERE record_id IN ({places})", ids
    )
    found = {}
    for record_id, doc, row, words in map(tuple, rows):
        try:
            table, _, is_deleted = read_key(doc)
        except KeyError:
            table, is_deleted = "", False
        found[record_id] = (table, is_deleted, row, words)
    return found


def _entries(connection: sqlite3.Connection) -> list[Finding]:
    """Compare the entries with those that follow from the words, place by place."""
    connection.execute("CREATE VIRTUAL TABLE temp.search_entries USING fts5vocab(main, search, instance)")
    try:
        present = 0
        for entry in connection.execute("SELECT term, doc, offset FROM temp.search_entries"):
            present ^= hash(tuple(entry))
    finally:
        connection.execute("DROP TABLE temp.search_entries")
    wanted = 0
    for doc, words in map(tuple, connection.execute("SELECT doc, words FROM search_doc")):
        wanted ^= _hash_of(doc, words)
    if present == wanted:
        return []
    return [repairable("search_entries", msg("The search index does not agree with its words."), _REBUILD)]


def _hash_of(doc: int, words: str) -> int:
    try:
        entries = indexed(read_key(doc)[0], restored(words))
    except (KeyError, ValueError, TypeError):
        return 0  # told already: such words belong to no record
    found = 0
    for offset, entry in enumerate(_ENTRY.findall(entries)):
        found ^= hash((entry, doc, offset))
    return found


def repair_search_tables(connection: StoreConnection) -> None:
    """Make the index's tables anew and empty, before triggers and other repairs write to them.

    They are dropped through the schema: FTS5 itself refuses every statement on a damaged one.
    """
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("DELETE FROM sqlite_master WHERE type = 'table' AND name = 'search'")
    connection.execute("PRAGMA writable_schema = RESET")
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for name in [row[0] for row in rows if of_search(row[0])]:
        connection.execute(f'DROP TABLE "{name}"')
    statements = _statements()
    for name in _OURS:
        connection.execute(statements[name])
    connection.execute("INSERT INTO search (search, rank) VALUES ('hashsize', ?)", (HASH_BYTES,))


def repair_search(connection: StoreConnection) -> None:
    """Build the index anew from the mended records."""
    rebuild(connection)
