"""Multi-valued fields and custom values: one child row a value, changed value by value."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from sfa import clock, ids
from sfa.errors import InvalidInput, msg
from sfa.fields import Field, Noun
from sfa.finding.custom import custom_fields
from sfa.store import change
from sfa.store.connection import StoreConnection


def set_many(
    connection: StoreConnection,
    each: Field,
    noun: Noun,
    record_id: str,
    wanted: Sequence[Mapping[str, object]],
) -> None:
    """Make the child rows hold exactly the wanted values; unchanged ones stay as they are."""
    left = _present(connection, each, _owner(each, noun, record_id))
    for position, values in enumerate(wanted):
        same = next((row for row in left if _holds(row, values)), None)
        if same is not None:
            left.remove(same)
            continue
        row = {"id": ids.uuid7(clock.wall_ms()), **_owner(each, noun, record_id), **values}
        if each.table == "deal_line":
            row.setdefault("position", position + 1)
        change.insert(connection, each.table, row)
    for gone in left:
        change.update(connection, each.table, gone["id"], {"deleted_at": connection.capture.stamp})


def holds_exactly(
    connection: sqlite3.Connection,
    each: Field,
    noun: Noun,
    record_id: str,
    wanted: Sequence[Mapping[str, object]],
) -> bool:
    """Say whether ``set_many`` would change nothing."""
    left = _present(connection, each, _owner(each, noun, record_id))
    for values in wanted:
        same = next((row for row in left if _holds(row, values)), None)
        if same is None:
            return False
        left.remove(same)
    return not left


def _owner(each: Field, noun: Noun, record_id: str) -> dict[str, str]:
    """Return the columns that tie a child row to its record."""
    owner = {each.owner_column: record_id}
    return {**owner, "noun": noun.table} if each.owner_column == "record_id" else owner


def _present(connection: sqlite3.Connection, each: Field, owner: Mapping[str, object]) -> list[sqlite3.Row]:
    where = " AND ".join(f"{name} = ?" for name in owner)
    return connection.execute(
        f"SELECT * FROM {each.table} WHERE {where} AND deleted_at IS NULL ORDER BY id", tuple(owner.values())
    ).fetchall()


def _holds(row: sqlite3.Row, values: Mapping[str, object]) -> bool:
    return all(row[name] == value for name, value in values.items())


def set_custom(
    connection: StoreConnection, noun: Noun, record_id: str, values: Mapping[str, str | None]
) -> None:
    """Set declared fields of a record; ``None`` empties one."""
    owner = f"{noun.table}_id"
    for field_id, value in values.items():
        row = connection.execute(
            f"SELECT id, value FROM custom_value WHERE field_id = ? AND {owner} = ? AND deleted_at IS NULL",
            (field_id, record_id),
        ).fetchone()
        if row is None and value is not None:
            new = {"id": ids.uuid7(clock.wall_ms()), "field_id": field_id, owner: record_id, "value": value}
            change.insert(connection, "custom_value", new)
        elif row is not None and value is None:
            change.update(connection, "custom_value", row["id"], {"deleted_at": connection.capture.stamp})
        elif row is not None and row["value"] != value:
            change.update(connection, "custom_value", row["id"], {"value": value})


def require_custom(connection: StoreConnection, noun: Noun, record_id: str) -> None:
    """Raise InvalidInput when a declared field that must be given is not."""
    for each in custom_fields(connection, noun.name):
        if not each.required:
            continue
        row = connection.execute(
            f"SELECT 1 FROM custom_value WHERE field_id = ? AND {noun.table}_id = ? AND deleted_at IS NULL",
            (each.custom_id, record_id),
        ).fetchone()
        if row is None:
            raise InvalidInput(each.name, msg("it must be given"))
