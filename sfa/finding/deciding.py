"""What a conflict or a proposal says, read from its row: sides, whose they are, whether it still holds.

Reports show by these what services settle by.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sfa.fields import NOUNS, TABLES
from sfa.fields.sight import BUSINESS_KEYS, is_of_two, parent_of
from sfa.finding.labels import label_columns, label_of
from sfa.finding.row_names import RecordName, noun_of_table, record_of
from sfa.terms import ConflictKind, OpKind, Role

TOMBSTONE = "deleted_at"
KEPT, LOST = "kept", "lost"
# What says whom a conflict concerns.
CONCERN = ("kind", "on_table", "on_id", "unit", "lost", "base", "kept_author_id", "lost_author_id")

Values = dict[str, Any]


def _read(stored: str) -> Values:
    try:
        found = json.loads(stored)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def side(table: str, stored: str) -> Values:
    """Return the values of one side, those of columns this program knows; none when they were erased."""
    found = _read(stored)
    if table not in TABLES:
        return {}
    known = TABLES[table].column_names()
    return {name: value for name, value in found.items() if name in known}


def ops_in(stored: str) -> list[dict[str, Any]]:
    """Return the ops of a proposal; none when they were erased."""
    try:
        found = json.loads(stored)
    except ValueError:
        return []
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def present(connection: sqlite3.Connection, table: str, row_id: str) -> Values | None:
    """Return a row as it is stored now, deleted or not; ``None`` when it is not here."""
    if table not in TABLES:
        return None
    names = TABLES[table].column_names()
    quoted = ", ".join(f'"{name}"' for name in names)
    row = connection.execute(f"SELECT {quoted} FROM {table} WHERE id = ?", (row_id,)).fetchone()
    return dict(zip(names, tuple(row), strict=True)) if row is not None else None


def record_about(
    connection: sqlite3.Connection, table: str, row_id: str, ops: Iterable[Mapping[str, Any]] = ()
) -> RecordName:
    """Return the record that a row is or belongs to; of a row that ops would only make, by what they say."""
    if table not in TABLES:
        return RecordName("", row_id, row_id)  # of a newer version
    made = next((op for op in ops if (op["table"], op["id"]) == (table, row_id)), None)
    if made is None or not is_readable(made) or present(connection, table, row_id) is not None:
        return record_of(connection, table, row_id)
    values = {**dict.fromkeys(TABLES[table].column_names()), "id": row_id}
    values |= {name: entry[0] for name, entry in made["changes"].items()}
    parent = parent_of(table, values)
    if parent is not None and present(connection, *parent) is not None:
        return record_of(connection, *parent)
    noun = noun_of_table(table)
    if not noun:
        return RecordName("", row_id, row_id)
    return RecordName(
        noun, row_id, label_of(NOUNS[noun], [values[name] for name in label_columns(NOUNS[noun])])
    )


def mine(kept_author: str | None, lost_author: str | None, user: str | None) -> str:
    """Return which side is the user's, ``kept`` or ``lost``; nothing when both are, or neither."""
    sides = [name for name, author in ((KEPT, kept_author), (LOST, lost_author)) if author == user]
    return sides[0] if len(sides) == 1 else ""


def changed_since(
    kind: str, now: Mapping[str, Any] | None, kept: Mapping[str, Any], lost: Mapping[str, Any], base: Values
) -> list[str]:
    """Return the columns in which a row is no longer what the conflict says it is."""
    if now is None:
        return []
    if kind == ConflictKind.EDITED_WHILE_DELETED:
        if now[TOMBSTONE] is None or now[TOMBSTONE] != kept.get(TOMBSTONE, now[TOMBSTONE]):
            return [TOMBSTONE]
        return [name for name, value in lost.items() if now[name] not in (value, base.get(name))]
    return [name for name, value in kept.items() if now[name] != value]


def unit_of(table: str, column: str) -> str:
    """Return the unit that a column merges in: its group, or itself."""
    found = next((each for each in TABLES[table].columns if each.name == column), None)
    return found.group or column if found is not None else column


def clashing(table: str, now: Mapping[str, Any], changes: Mapping[str, Sequence[Any]]) -> set[str]:
    """Return the columns of an update that cannot be made as it was meant: their unit is another one now.

    A column that has the new value already is no obstacle.
    """
    other = {
        name
        for name, (new, *before) in changes.items()
        if now.get(name) != new and before and now.get(name) != before[0]
    }
    units = {unit_of(table, name) for name in other}
    return {name for name in changes if unit_of(table, name) in units}


def role_of(connection: sqlite3.Connection, user: str | None) -> str:
    """Return a user's role; nothing for nobody."""
    row = connection.execute("SELECT role FROM user WHERE id = ?", (user,)).fetchone()
    return str(row[0]) if row is not None else ""


def above(connection: sqlite3.Connection, user: str | None) -> set[str]:
    """Return everybody a user reports to, directly or through others."""
    found: set[str] = set()
    while user is not None:
        row = connection.execute("SELECT manager_id FROM user WHERE id = ?", (user,)).fetchone()
        user = row[0] if row is not None and row[0] not in found else None
        if user is not None:
            found.add(user)
    return found


def may_decide(connection: sqlite3.Connection, user: str | None, recipient: str | None) -> bool:
    """Say whether a proposal is a user's to decide: they got it, or stand above who did, or are an admin."""
    if user is None:
        return False
    return role_of(connection, user) == Role.ADMIN or is_addressed(connection, user, recipient)


def is_addressed(connection: sqlite3.Connection, user: str, recipient: str | None) -> bool:
    """Say whether a proposal went to a user or to somebody below, and waits for them."""
    if role_of(connection, user) == Role.READ_ONLY:
        return False
    return user == recipient or user in above(connection, recipient)


def rows_of(ops: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], None]:
    """Return the (table, id) that ops are about, each once, in their order."""
    return dict.fromkeys((str(each["table"]), str(each["id"])) for each in ops if each["table"] in TABLES)


def is_readable(op: Mapping[str, Any]) -> bool:
    """Say whether an op can be made here: of a table and of columns that are known, with its values."""
    changes = op.get("changes")
    if op.get("table") not in TABLES or not isinstance(changes, dict) or op.get("kind") == OpKind.ERASE:
        return False
    return set(changes) <= set(TABLES[op["table"]].column_names())


def waiting_conflicts(connection: sqlite3.Connection, me: str) -> int:
    """Return how many open conflicts concern a user."""
    rows = connection.execute(
        f"SELECT {', '.join(CONCERN)} FROM conflict WHERE state = 'open' AND deleted_at IS NULL"
    ).fetchall()
    return sum(me in concerned(connection, dict(zip(CONCERN, row, strict=True))) for row in rows)


def waiting_proposals(connection: sqlite3.Connection, me: str) -> int:
    """Return how many open proposals went to a user or to somebody below."""
    rows = connection.execute(
        "SELECT recipient_id, count(*) FROM proposal WHERE state = 'open' AND deleted_at IS NULL GROUP BY 1"
    ).fetchall()
    return sum(row[1] for row in rows if is_addressed(connection, me, row[0]))


def concerned(connection: sqlite3.Connection, conflict: Mapping[str, Any]) -> set[str]:
    """Return the users whom a conflict, by the columns of ``CONCERN``, concerns.

    Its authors and the owner of its record; of two records with one key both owners, and whom
    the centre put it before because an owner does not see the other's record.
    """
    table, rows = conflict["on_table"], [conflict["on_id"]]
    found = {conflict["kept_author_id"], conflict["lost_author_id"]}
    if is_of_two(conflict):
        rows.append(other_of(conflict))
        found.add(_read(conflict["base"]).get("told"))
    for row_id in rows:
        record = record_about(connection, table, row_id)
        now = present(connection, NOUNS[record.noun].table, record.id) if record.noun else None
        found.add((now or {}).get("owner_id"))
    return {str(each) for each in found if each}


def other_of(conflict: Mapping[str, Any]) -> str:
    """Return the id of the second of two rows with one key."""
    return str(_read(conflict["lost"]).get("id", ""))


def key_of(connection: sqlite3.Connection, table: str, row_id: str) -> Values:
    """Return what a row's business key is by now, column to value; nothing when it is not here."""
    now = present(connection, table, row_id)
    names = [name for name in BUSINESS_KEYS[table] if name != "noun"]
    return {name: now[name] for name in names} if now is not None else {}
