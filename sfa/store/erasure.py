"""Blanking a person in rows, op log and transaction names, and in the file's own bytes.

Which rows are a person's, and how a row is blanked, is settled here for the service
and for a restored backup alike. What another record says of the person in its own
words (a deal named after them) cannot be found by machine.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from sfa.fields import TABLES, Column, Table
from sfa.store.capture import CAPTURE, ERASE
from sfa.store.connection import StoreConnection, open_writing
from sfa.store.contents import drop_contents
from sfa.store.drafts import drop_all_of
from sfa.store.home import store_path
from sfa.store.personal import ERASED, VALUES, personal_columns, placeholder, without_words
from sfa.store.search import flush
from sfa.store.search.index import forget_deleted_words, renumber

PEOPLE = ("lead", "contact", "account", "user")
SWEEP_DUE = "sweep_due"  # local_state: contents to remove and bytes to wipe after an erasure
REMOVAL_DUE = "removal_due"  # local_state: drafts and contents to remove of rows that left
ERASED_ELSEWHERE = "erased_rows"  # local_state: rows erased once that this store does not hold

RowKey = tuple[str, str]


def person_rows(connection: sqlite3.Connection, table: str, row_id: str) -> list[RowKey]:
    """Return every row that holds a person's words, the person's own row first; tombstones too.

    A lead and the contact it became are one person.
    """
    people = _same_person(connection, table, row_id)
    found: dict[RowKey, None] = dict.fromkeys(people)
    for kind, one in people:
        found.update(dict.fromkeys(_hanging(connection, kind, one)))
        found.update(dict.fromkeys(_personal_keys(connection, kind, one)))
    activities = [one for kind, one in found if kind == "activity"]
    for one in activities:
        found.update(dict.fromkeys(_hanging(connection, "activity", one)))
    found.update(dict.fromkeys(_attendances(connection, people)))
    found.update(dict.fromkeys(_decisions(connection, list(found))))
    return list(found)


def _decisions(connection: sqlite3.Connection, rows: list[RowKey]) -> Iterator[RowKey]:
    """Yield the conflicts about some rows, and the proposals that would change one of them."""
    for table, row_id in rows:
        query = "SELECT id FROM conflict WHERE on_table = ? AND on_id = ?"
        yield from (("conflict", row[0]) for row in connection.execute(query, (table, row_id)))
    wanted = {row_id for _, row_id in rows}
    for proposal, about, ops in connection.execute("SELECT id, on_id, ops FROM proposal"):
        if about in wanted or any(row_id in ops for row_id in wanted):
            yield "proposal", proposal


def _same_person(connection: sqlite3.Connection, table: str, row_id: str) -> list[RowKey]:
    if table == "lead":
        query = "SELECT 'contact', converted_contact_id FROM lead WHERE id = ? AND converted_contact_id <> ''"
    elif table == "contact":
        query = "SELECT 'lead', id FROM lead WHERE converted_contact_id = ?"
    else:
        return [(table, row_id)]
    return [(table, row_id), *(tuple(row) for row in connection.execute(query, (row_id,)))]


def _hanging(connection: sqlite3.Connection, parent: str, row_id: str) -> Iterator[RowKey]:
    column = f"{parent}_id"
    for table in TABLES.values():
        if table.name != parent and column in table.column_names() and _personal(table):
            for row in connection.execute(f"SELECT id FROM {table.name} WHERE {column} = ?", (row_id,)):
                yield table.name, row[0]


def _personal_keys(connection: sqlite3.Connection, table: str, row_id: str) -> Iterator[RowKey]:
    texts = {
        text.casefold()
        for text in texts_of(connection, [(table, row_id), *_hanging(connection, table, row_id)])
    }
    rows = connection.execute('SELECT id, "key" FROM external_id WHERE record_id = ?', (row_id,)).fetchall()
    for key_id, key in rows:
        # A key that is an address, or one of the person's own texts; a plain number stays.
        if "@" in key or key.casefold() in texts:
            yield "external_id", key_id


def _attendances(connection: sqlite3.Connection, people: list[RowKey]) -> Iterator[RowKey]:
    for table, row_id in people:
        for (name,) in connection.execute(f"SELECT name FROM {table} WHERE id = ?", (row_id,)).fetchall():
            rows = connection.execute("SELECT id FROM activity_attendee WHERE name = ?", (name,)).fetchall()
            yield from (("activity_attendee", row[0]) for row in rows)


def _personal(table: Table) -> list[Column]:
    return [column for column in table.columns if column.personal]


def erase_rows(connection: StoreConnection, rows: Iterable[RowKey]) -> list[RowKey]:
    """Blank rows, their ops and what transactions were called after them; return the rows there were.

    Runs inside an open transaction. The hash chain stays whole: the digests are kept.
    """
    there = [key for key in rows if _exists(connection, key)]
    connection.execute("PRAGMA secure_delete = ON")
    texts = texts_of(connection, there)
    contents = [row for key in there if key[0] == "attachment" for row in _content_of(connection, key[1])]
    connection.capture.mode = ERASE
    try:
        for table, row_id in there:
            _blank_row(connection, table, row_id)
            blank_log(connection, table, row_id)
            blank_heard(connection, table, row_id)
    finally:
        connection.capture.mode = CAPTURE
    blank_names(connection, there, texts)
    if there:
        # The index keeps the words it took out until it is written anew; a backup must not hold them.
        flush(connection)
        forget_deleted_words(connection)
        owe_sweep(connection, contents)
    return there


def _exists(connection: sqlite3.Connection, key: RowKey) -> bool:
    table, row_id = key
    if table not in TABLES:
        return False
    return connection.execute(f"SELECT 1 FROM {table} WHERE id = ?", (row_id,)).fetchone() is not None


def _content_of(connection: sqlite3.Connection, row_id: str) -> list[str]:
    rows = connection.execute("SELECT sha256 FROM attachment WHERE id = ? AND sha256 <> ?", (row_id, ERASED))
    found = [row[0] for row in rows]
    for column, _, payload in _payloads(connection, "attachment", row_id):
        if column == "sha256" and payload != ERASED:
            found.append(payload)
    return found


def _blank_row(connection: StoreConnection, table: str, row_id: str) -> None:
    words = {name: placeholder(table, name) for name in personal_columns(table)}
    parts = [
        f"{name} = NULL" if word is None else f"{name} = CASE WHEN {name} IS NULL THEN NULL ELSE '{word}' END"
        for name, word in words.items()
    ]
    if table in VALUES:
        parts.append("deleted_at = coalesce(deleted_at, sfa_stamp())")
    connection.execute(f"UPDATE {table} SET {', '.join(parts)} WHERE id = ?", (row_id,))


def blank_log(connection: sqlite3.Connection, table: str, row_id: str) -> None:
    """Take the words out of a row's own ops, and the salts; what else they say stays, for whoever gets them.

    Of one's own erasure only what came before it: later ops know of it.
    """
    rows = connection.execute(
        "SELECT seq, changes FROM oplog WHERE row_id = ?2 AND tbl = ?1 AND salt IS NOT NULL"
        " AND kind <> 'erase' AND changes IS NOT NULL AND seq < coalesce("
        "(SELECT max(seq) FROM oplog WHERE row_id = ?2 AND tbl = ?1 AND kind = 'erase'), seq + 1)",
        (table, row_id),
    ).fetchall()
    connection.executemany(
        "UPDATE oplog SET changes = ?, salt = NULL WHERE seq = ?",
        [(without_words(table, row[1]), row[0]) for row in rows],
    )


def blank_heard(connection: sqlite3.Connection, table: str, row_id: str) -> None:
    """Take the words out of what was heard of a row, and the salts; its digests stay."""
    rows = connection.execute(
        "SELECT no, changes FROM history WHERE row_id = ?2 AND tbl = ?1 AND changes IS NOT NULL",
        (table, row_id),
    ).fetchall()
    connection.executemany(
        "UPDATE history SET changes = ?, salt = NULL WHERE no = ?",
        [(without_words(table, row[1]), row[0]) for row in rows],
    )
    connection.executemany(
        "DELETE FROM confirmed WHERE tbl = ? AND row_id = ? AND col = ?",
        [(table, row_id, name) for name in personal_columns(table)],
    )


def texts_of(
    connection: sqlite3.Connection,
    rows: Iterable[RowKey],
    names_of: Callable[[str], Sequence[str]] = personal_columns,
) -> set[str]:
    """Return what the personal columns of some rows, or others, hold and ever held."""
    found: set[str] = set()
    for table, row_id in rows:
        names = names_of(table)
        if not names:
            continue
        for row in connection.execute(f"SELECT {', '.join(names)} FROM {table} WHERE id = ?", (row_id,)):
            found.update(value for value in row if isinstance(value, str))
        for column, _, value in _payloads(connection, table, row_id):
            if column in names:
                found.add(value)
    return {text for text in found if text.strip() and text != ERASED}


def _payloads(connection: sqlite3.Connection, table: str, row_id: str) -> Iterator[tuple[str, int, str]]:
    rows = connection.execute(
        "SELECT changes FROM oplog WHERE tbl = ?1 AND row_id = ?2 AND changes IS NOT NULL"
        " UNION ALL SELECT changes FROM history WHERE tbl = ?1 AND row_id = ?2 AND changes IS NOT NULL",
        (table, row_id),
    ).fetchall()
    for (payload,) in rows:
        for column, entry in json.loads(payload).items():
            for place, value in enumerate(entry[:2]):
                if isinstance(value, str):
                    yield column, place, value


def blank_names(connection: sqlite3.Connection, rows: list[RowKey], texts: set[str]) -> None:
    """Blank the arguments of transaction names that hold the person's words."""
    touched = {
        row[0]
        for table, row_id in rows
        for row in connection.execute(
            "SELECT tx_id FROM oplog WHERE tbl = ?1 AND row_id = ?2"
            " UNION SELECT tx_id FROM history WHERE tbl = ?1 AND row_id = ?2",
            (table, row_id),
        )
    }
    for names in ("tx", "heard_tx"):
        named = connection.execute(
            f"SELECT tx_id, arguments FROM {names} WHERE arguments <> '{{}}'"
        ).fetchall()
        for tx_id, stored in named:
            blanked = blanked_name(stored, texts, is_about=tx_id in touched)
            if blanked is not None:
                connection.execute(f"UPDATE {names} SET arguments = ? WHERE tx_id = ?", (blanked, tx_id))


def blanked_name(stored: str, texts: set[str], *, is_about: bool) -> str | None:
    """Return a name's arguments without the words, ``None`` when none of them is in it."""
    arguments = json.loads(stored)
    blanked = {key: _blanked(value, texts, is_about) for key, value in arguments.items()}
    return json.dumps(blanked, ensure_ascii=False) if blanked != arguments else None


def _blanked(value: object, texts: set[str], is_about: bool) -> object:
    if isinstance(value, list):
        return [_blanked(each, texts, is_about) for each in value]
    if not isinstance(value, str):
        return value
    return ERASED if value in texts or (is_about and any(text in value for text in texts)) else value


def owe_sweep(connection: sqlite3.Connection, contents: list[str]) -> None:
    """Note the contents to remove, and that bytes are to be wiped, for when nobody waits."""
    owed = {*contents, *swept_later(connection)}
    connection.execute(
        "INSERT OR REPLACE INTO local_state (key, value) VALUES (?, ?)", (SWEEP_DUE, json.dumps(sorted(owed)))
    )


def swept_later(connection: sqlite3.Connection) -> list[str]:
    """Return the contents that a sweep still has to remove."""
    row = connection.execute("SELECT value FROM local_state WHERE key = ?", (SWEEP_DUE,)).fetchone()
    return list(json.loads(row[0])) if row else []


def owe_removal(connection: sqlite3.Connection, rows: Iterable[str], contents: Iterable[str]) -> None:
    """Note the ids of rows that left and the contents they named, to be removed beside the store."""
    owed = _owed(connection)
    owed["rows"] = sorted({*owed["rows"], *rows})
    owed["contents"] = sorted({*owed["contents"], *contents})
    connection.execute(
        "INSERT OR REPLACE INTO local_state (key, value) VALUES (?, ?)", (REMOVAL_DUE, json.dumps(owed))
    )


def _owed(connection: sqlite3.Connection) -> dict[str, list[str]]:
    row = connection.execute("SELECT value FROM local_state WHERE key = ?", (REMOVAL_DUE,)).fetchone()
    return dict(json.loads(row[0])) if row else {"rows": [], "contents": []}


def remove_left(home: Path, connection: sqlite3.Connection) -> None:
    """Remove what lies beside the store of rows that left it: attached bytes and drafts. Safe to repeat."""
    owed = _owed(connection)
    if any(owed.values()):
        drop_contents(home, connection, owed["contents"])
        drop_all_of(home, set(owed["rows"]))
        connection.execute("DELETE FROM local_state WHERE key = ?", (REMOVAL_DUE,))


def sweep(home: Path) -> None:
    """Remove erased contents, and write the file anew so that no byte of the person is left in it.

    Safe to repeat; a sweep that was cut off is owed until it is done. Readers that hold
    an old snapshot are waited for, for a minute.
    """
    connection = open_writing(store_path(home))
    try:
        connection.execute("PRAGMA busy_timeout = 60000")
        connection.execute("PRAGMA secure_delete = ON")
        drop_contents(home, connection, swept_later(connection))
        drop_all_of(home, {row_id for _, row_id in erasures(connection)})
        connection.execute("VACUUM")
        renumber(connection)
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if not busy:
            connection.execute("DELETE FROM local_state WHERE key = ?", (SWEEP_DUE,))
    finally:
        connection.close()


def is_sweep_due(connection: sqlite3.Connection) -> bool:
    """Say whether an erasure left bytes to wipe."""
    return connection.execute("SELECT 1 FROM local_state WHERE key = ?", (SWEEP_DUE,)).fetchone() is not None


def erasures(connection: sqlite3.Connection) -> dict[RowKey, str]:
    """Return every row that was ever erased, also ones not held here, and its last op of erasure."""
    known = connection.execute("SELECT value FROM local_state WHERE key = ?", (ERASED_ELSEWHERE,)).fetchone()
    found = {(table, row_id): op_id for table, row_id, op_id in json.loads(known[0])} if known else {}
    for table, row_id, op_id in connection.execute(
        "SELECT tbl, row_id, op_id FROM oplog WHERE kind = 'erase'"
        " UNION ALL SELECT tbl, row_id, op_id FROM history WHERE kind = 'erase'"
    ):
        found[(table, row_id)] = op_id
    return found


def still_readable(connection: sqlite3.Connection, erased: dict[RowKey, str]) -> list[RowKey]:
    """Return the rows that a store holds unblanked although another one erased them.

    A person's own row brings what hangs on it, also rows the erasing store never saw.
    """
    found: dict[RowKey, None] = {}
    for key, op_id in erased.items():
        if connection.execute(
            "SELECT 1 FROM oplog WHERE op_id = ?1 UNION ALL SELECT 1 FROM history WHERE op_id = ?1", (op_id,)
        ).fetchone():
            continue
        found[key] = None
        if key[0] in PEOPLE:
            rows = person_rows(connection, *key)
            found.update(dict.fromkeys(each for each in rows if not _was_erased(connection, each)))
    return [key for key in found if _exists(connection, key)]


def _was_erased(connection: sqlite3.Connection, key: RowKey) -> bool:
    query = "SELECT 1 FROM {} WHERE tbl = ? AND row_id = ? AND kind = 'erase'"
    return any(connection.execute(query.format(log), key).fetchone() for log in ("oplog", "history"))


def remember_erasures(connection: sqlite3.Connection, erased: dict[RowKey, str]) -> None:
    """Keep the list of erased rows in a store that does not hold them all."""
    connection.execute(
        "INSERT OR REPLACE INTO local_state (key, value) VALUES (?, ?)",
        (ERASED_ELSEWHERE, json.dumps([[*key, op_id] for key, op_id in erased.items()])),
    )
