"""Erasing a person for good: rows, history, attached files, and the bytes in the store's file.

It cannot be undone. What other records say of the person in their own words is not
changed; the places that hold the name are listed, for somebody to read and edit.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from sfa import ids
from sfa.errors import NotFound, Refused, msg
from sfa.fields import TABLES
from sfa.fields import noun as noun_of
from sfa.services.records import change_of, raw
from sfa.store import erasure
from sfa.store.backup import backups
from sfa.store.change import local_state
from sfa.store.personal import ERASED
from sfa.terms import ChangeKind

_SHORTEST = 2  # a single letter is no name worth looking for


@dataclass(frozen=True, slots=True)
class Mention:
    """A live row outside the erasure whose text holds the person's name."""

    table: str
    ref: str
    column: str


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure blanked, by table, and where the name still stands."""

    noun: str
    id: str
    ref: str
    rows: dict[str, int]
    mentions: tuple[Mention, ...]


def erase(session: Session, noun: str, record_id: str) -> Erased:
    """Blank a person's data in their rows and in all history; deleted people can be erased too.

    ``finish`` must follow when the transaction is committed.

    Raises:
        NotFound: there is no such record.
        Refused: it is no person, or the one who works here.
    """
    connection = raw(session)
    table = noun_of(noun).table
    _refuse_others(connection, noun, record_id)
    rows = erasure.person_rows(connection, table, record_id)
    names = _names(connection, rows)
    done = erasure.erase_rows(connection, rows)
    session.expire_all()
    ref = ids.ref_of(record_id)
    open_change = change_of(session)
    # Not offered by undo: it would stand in the way of undoing what came before.
    open_change.kind = ChangeKind.SYSTEM
    open_change.call(msg("Erase {noun} {ref}"), noun=noun, ref=ref[: ids.REF_SHOWN])
    return Erased(noun, record_id, ref, dict(Counter(each[0] for each in done)), _mentions(connection, names))


def finish(home: Path) -> list[Path]:
    """Wipe the last bytes from the store's file and content folder; return the backups that still hold them.

    Raises:
        StoreUnusable: the file cannot be written anew; ``sfa doctor --repair`` does it later.
    """
    erasure.sweep(home)
    return backups(home)


def _refuse_others(connection: sqlite3.Connection, noun: str, record_id: str) -> None:
    table = noun_of(noun).table
    if table not in erasure.PEOPLE:
        raise Refused(
            msg("A {noun} is no person."),
            hint=msg(
                "Leads, contacts, accounts and users can be erased; delete others with: sfa {word} delete."
            ),
            noun=noun_of(noun).label,
            word=noun,
        )
    if connection.execute(f"SELECT 1 FROM {table} WHERE id = ?", (record_id,)).fetchone() is None:
        raise NotFound(msg("There is no {noun} {id}."), noun=noun_of(noun).label, id=record_id)
    if noun == "user" and record_id == local_state(connection, "user_id"):
        raise Refused(
            msg("This is the user who works here."),
            hint=msg("Another user can erase you, from their own store."),
        )


def _names(connection: sqlite3.Connection, rows: list[erasure.RowKey]) -> set[str]:
    found = set()
    for table, row_id in rows:
        if table in erasure.PEOPLE:
            found.add(connection.execute(f"SELECT name FROM {table} WHERE id = ?", (row_id,)).fetchone()[0])
    return {name for name in found if len(name) >= _SHORTEST and name != ERASED}


def _mentions(connection: sqlite3.Connection, names: set[str]) -> tuple[Mention, ...]:
    found = []
    for table in TABLES.values():
        for column in table.captured():
            if column.type != "text" or column.references or column.choices:
                continue
            for name in sorted(names):
                rows = connection.execute(
                    f'SELECT id FROM {table.name} WHERE instr("{column.name}", ?) AND deleted_at IS NULL',
                    (name,),
                )
                found += [Mention(table.name, ids.ref_of(row[0]), column.name) for row in rows]
    return tuple(found)
