"""Rows that the user may no longer see: everything of them goes, at once or after their ops were sent."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from functools import lru_cache

from sfa import clock
from sfa.fields import NOUNS, TABLES
from sfa.fields.sight import NAMED_PARENTS, ORGANISATION, OTHER_ENDS, PARENTS, nouns_of, parent_of
from sfa.store.erasure import blanked_name, owe_removal, texts_of
from sfa.store.heard import Entry, Heard, Values, writer_of
from sfa.store.personal import ERASED, personal_columns
from sfa.store.search import flush
from sfa.store.search.index import forget_deleted_words
from sfa.sync.device.hearing import NOBODY, Hearing, note, settled
from sfa.sync.device.links import references, remember, required
from sfa.sync.device.pending import Pending
from sfa.sync.device.rows import Key, delete_row, is_here, read_values, read_writers
from sfa.terms import ChangeKind, OpKind

# Own work that never was at the centre: its ops are all that is left of it.
_REFUSED = " AND tx_id NOT IN (SELECT tx_id FROM outcome UNION SELECT tx_id FROM tx WHERE kind = 'system')"


class Purge:
    """Taking rows away in one transaction, with every trace of them; ``settle`` ends it."""

    def __init__(self, connection: sqlite3.Connection, pending: Pending) -> None:
        """Start with nothing taken away."""
        self._connection = connection
        self._pending = pending
        self._texts: set[str] = set()
        self._gone: list[Key] = []
        self._kept: set[Key] = set()
        self._contents: list[str] = []
        self._transactions: set[str] = set()

    def take(self, key: Key) -> None:
        """Take a row away with all that hangs on it."""
        if key[0] in ORGANISATION and is_needed(self._connection, key):
            return
        rows = hanging(self._connection, key)
        if not self._gone:
            self._connection.execute("PRAGMA secure_delete = ON")
        self._texts |= texts_of(self._connection, rows, _names)
        for each in reversed(rows):
            self._take_one(each)

    def take_all_but_refused(self, key: Key) -> None:
        """Take a row away that others had made as well: of own ops those that were refused stay."""
        self._connection.execute("PRAGMA secure_delete = ON")
        self._texts |= texts_of(self._connection, [key], _names)
        self._kept.add(key)
        self._take_one(key)

    def _take_one(self, key: Key) -> None:
        connection = self._connection
        if key[0] == "attachment":
            found = connection.execute("SELECT sha256 FROM attachment WHERE id = ?", (key[1],)).fetchone()
            self._contents += [found[0]] if found and found[0] != ERASED else []
        empty_references(connection, key)
        delete_row(connection, key)
        heard = connection.execute(
            "SELECT DISTINCT tx_id FROM history WHERE row_id = ? AND tbl = ?", (key[1], key[0])
        )
        self._transactions.update(row[0] for row in heard if row[0] is not None)
        for table in ("history", "confirmed", "missing_ref", "leaving"):
            connection.execute(f"DELETE FROM {table} WHERE row_id = ? AND tbl = ?", (key[1], key[0]))
        but = _REFUSED if key in self._kept else ""
        blanked = connection.execute(
            f"UPDATE oplog SET changes = NULL, salt = NULL WHERE row_id = ? AND tbl = ?{but}",
            (key[1], key[0]),
        ).rowcount
        if blanked or but:
            note(connection, Heard(Entry.EXIT, *key), NOBODY, self._pending.head)
        self._gone.append(key)

    def forget(self, key: Key, first: int) -> None:
        """Take away what was heard, from an entry on, of a row that did not come.

        It was seen when a page was asked for and may be out of sight before the next; no exit would
        name it then. Should it come yet, it comes whole.
        """
        self._connection.execute("PRAGMA secure_delete = ON")
        heard = "FROM history WHERE row_id = ? AND tbl = ? AND no >= ?"
        found = self._connection.execute(f"SELECT DISTINCT tx_id {heard}", (key[1], key[0], first))
        self._transactions.update(row[0] for row in found if row[0] is not None)
        self._connection.execute(f"DELETE {heard}", (key[1], key[0], first))

    def take_words(self, key: Key) -> None:
        """Take away what the log still holds of a row that is not here."""
        self._connection.execute("PRAGMA secure_delete = ON")
        self._texts |= texts_of(self._connection, [key], _names)
        self._take_one(key)

    def settle(self) -> None:
        """Wipe what the index and the names of transactions still say of the rows that went."""
        if not self._gone:
            self._forget_transactions()
            return
        self._take_removed()
        self._blank_names()
        self._forget_transactions()
        flush(self._connection)
        forget_deleted_words(self._connection)
        owe_removal(self._connection, (row_id for _, row_id in self._gone), self._contents)

    def _take_removed(self) -> None:
        """Take away what the log still holds of rows that hung on those that went and were removed before."""
        gone = set(self._gone)
        removed = [key for key in removed_below(self._connection, gone) if not self._pending.written(key)]
        for key in removed:
            self.take_words(key)

    def _blank_names(self) -> None:
        for table, row_id in self._gone:
            but = _REFUSED if (table, row_id) in self._kept else ""
            named = self._connection.execute(
                "SELECT tx_id, arguments FROM tx WHERE arguments <> '{}' AND tx_id IN"
                f" (SELECT tx_id FROM oplog WHERE row_id = ? AND tbl = ?{but})",
                (row_id, table),
            ).fetchall()
            for tx_id, stored in named:
                blanked = blanked_name(stored, self._texts, is_about=True)
                if blanked is not None:
                    self._connection.execute("UPDATE tx SET arguments = ? WHERE tx_id = ?", (blanked, tx_id))

    def _forget_transactions(self) -> None:
        if not self._transactions:
            return
        left = {row[0] for row in self._connection.execute("SELECT DISTINCT tx_id FROM history")}
        self._connection.executemany(
            "DELETE FROM heard_tx WHERE tx_id = ?", [(each,) for each in self._transactions - left]
        )


def leave(hearing: Hearing, purge: Purge, key: Key) -> None:
    """Take a lost row away, or hide it while something of it waits to be sent."""
    if key[0] not in TABLES:
        hearing.connection.execute("DELETE FROM history WHERE row_id = ? AND tbl = ?", (key[1], key[0]))
        return
    rows = hanging(hearing.connection, key)
    if not any(hearing.pending.written(each) for each in rows):
        purge.take(key)
        hearing.links.look_again()
        return
    hearing.connection.execute("INSERT OR IGNORE INTO leaving (tbl, row_id) VALUES (?, ?)", key)
    hidden_at = clock.to_text(clock.utc_now())
    for each in rows:
        values = read_values(hearing.connection, each)
        if values is not None and values["deleted_at"] is None:
            writer = writer_of(read_writers(hearing.connection, each), "deleted_at")
            hearing.hear(settled(each, {"deleted_at": hidden_at}, {"deleted_at": writer}))


def stays(connection: sqlite3.Connection, key: Key) -> None:
    """Forget that a row was to leave: the user sees it again."""
    connection.execute("DELETE FROM leaving WHERE tbl = ? AND row_id = ?", key)


def ready_to_leave(connection: sqlite3.Connection, pending: Pending) -> list[Key]:
    """Return what was only kept until its ops were answered, and now may go."""
    keys = [(row[0], row[1]) for row in connection.execute("SELECT tbl, row_id FROM leaving").fetchall()]
    return [key for key in keys if not any(pending.written(each) for each in hanging(connection, key))]


def hanging(connection: sqlite3.Connection, key: Key) -> list[Key]:
    """Return a row and all that is anchored to it, and the links it is the other end of; parents first."""
    found: dict[Key, None] = {key: None}
    waiting = [key]
    while waiting:
        for child in _children(connection, waiting.pop()):
            if child not in found:
                found[child] = None
                waiting.append(child)
    return list(found)


def forget_unshown(connection: sqlite3.Connection) -> None:
    """Take away, once all is compared, what the log says of rows that are not here and that nobody refused.

    No exit named them: a centre that was set back took at another time what it had refused, and by
    the time this store heard of that the user no longer saw the row.
    """
    pending = Pending(connection)
    purge = Purge(connection, pending)
    for key in _unshown(connection, pending.settled):
        if not pending.written(key):
            purge.take_words(key)
    purge.settle()


def _unshown(connection: sqlite3.Connection, settled_seq: int) -> list[Key]:
    """Return the rows of settled ops that are neither here nor own work, refused or removed here."""
    rows = connection.execute(
        "SELECT o.tbl, json_group_array(DISTINCT o.row_id) FROM oplog o WHERE o.row_id IN"
        " (SELECT i.row_id FROM oplog i LEFT JOIN tx USING (tx_id) LEFT JOIN outcome USING (tx_id)"
        " WHERE i.seq <= ? GROUP BY i.tbl, i.row_id HAVING count(i.changes) > 0 AND NOT max(i.kind = ?)"
        " AND NOT max(i.kind = ? AND (tx.kind = ? OR outcome.tx_id IS NOT NULL))) GROUP BY o.tbl",
        (settled_seq, OpKind.DELETE, OpKind.INSERT, ChangeKind.SYSTEM),
    ).fetchall()
    found: list[Key] = []
    for table, row_ids in rows:
        if table in TABLES:
            absent = f"SELECT value FROM json_each(?) EXCEPT SELECT id FROM {table}"
            found += [(table, row[0]) for row in connection.execute(absent, (row_ids,))]
    return found


def removed_below(connection: sqlite3.Connection, gone: set[Key]) -> list[Key]:
    """Return the rows that were removed past the services and hung on some rows, whatever the depth."""
    rows = connection.execute(
        "SELECT tbl, row_id, changes FROM oplog WHERE kind = ? AND changes IS NOT NULL",
        (OpKind.DELETE.value,),
    )
    values = {
        (table, row_id): {name: entry[1] for name, entry in json.loads(changes).items()}
        for table, row_id, changes in map(tuple, rows)
    }
    left = {key: held for key, held in values.items() if not is_here(connection, key)}
    found: list[Key] = []
    while more := [key for key, held in left.items() if _hung_on(key[0], held, gone.union(found))]:
        found += more
        left = {key: held for key, held in left.items() if key not in found}
    return found


def _hung_on(table: str, values: Values, gone: set[Key]) -> bool:
    ends = [OTHER_ENDS[table]] if table in OTHER_ENDS else []
    return parent_of(table, values) in gone or any((to, values[name]) in gone for name, to in ends)


def _children(connection: sqlite3.Connection, key: Key) -> Iterator[Key]:
    for table, column in _links_to(key[0]):
        for row in connection.execute(f"SELECT id FROM {table} WHERE {column} = ?", (key[1],)).fetchall():
            child = (table, row[0])
            values = read_values(connection, child) or {}
            if column in required(table) or parent_of(table, values) == key or _is_end(table, column):
                yield child
    for table, (noun, record) in NAMED_PARENTS.items():
        words = nouns_of(key[0])
        rows = connection.execute(
            f"SELECT id FROM {table} WHERE {record} = ? AND {noun} IN ({', '.join('?' * len(words))})",
            (key[1], *words),
        )
        yield from ((table, row[0]) for row in rows.fetchall())


@lru_cache(maxsize=64)
def _links_to(parent: str) -> tuple[tuple[str, str], ...]:
    anchored = [(table, name) for table, pairs in PARENTS.items() for name, to in pairs if to == parent]
    ends = [(table, name) for table, (name, to) in OTHER_ENDS.items() if to == parent]
    needing = [(table, name) for table, name in _referring(parent) if name in required(table)]
    return tuple(dict.fromkeys([*anchored, *ends, *needing]))


def _is_end(table: str, column: str) -> bool:
    return table in OTHER_ENDS and OTHER_ENDS[table][0] == column


def is_needed(connection: sqlite3.Connection, key: Key) -> bool:
    """Say whether rows that stay cannot do without a row of the organisation, such as a stage."""
    return any(
        connection.execute(f'SELECT 1 FROM {table} WHERE "{name}" = ? LIMIT 1', (key[1],)).fetchone()
        for table, name in _referring(key[0])
        if name in required(table)
    )


@lru_cache(maxsize=64)
def _names(table: str) -> tuple[str, ...]:
    titles = [name for noun in NOUNS.values() if noun.table == table for name in noun.title]
    known = TABLES[table].column_names()
    return tuple(name for name in dict.fromkeys([*titles, *personal_columns(table)]) if name in known)


@lru_cache(maxsize=64)
def _referring(table: str) -> tuple[tuple[str, str], ...]:
    return tuple((each, name) for each in TABLES for name, to in references(each).items() if to == table)


def empty_references(connection: sqlite3.Connection, key: Key) -> None:
    """Set what refers to a row to null, and remember it for when the row comes back."""
    for table, column in _referring(key[0]):
        rows = connection.execute(f'SELECT id FROM {table} WHERE "{column}" = ?', (key[1],)).fetchall()
        for row in rows:
            other = (table, row[0])
            if other != key and is_here(connection, other):
                connection.execute(f'UPDATE {table} SET "{column}" = NULL WHERE id = ?', (row[0],))
                remember(connection, other, column, key[1])
