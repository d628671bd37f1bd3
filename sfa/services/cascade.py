"""Soft delete takes along what hangs on a record, and restore brings the same rows back."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from sfa.errors import Msg, Refused, msg
from sfa.fields import NOUNS, TABLES
from sfa.store import change
from sfa.store.connection import StoreConnection
from sfa.store.dependents import REFERENCES

# References by which a record merely mentions another: deleting that other leaves it alone.
_MENTIONS = {
    ("account", "parent_id"),
    ("user", "delegate_id"),
    ("lead", "converted_account_id"),
    ("lead", "converted_contact_id"),
    ("lead", "converted_deal_id"),
    ("task", "activity_id"),
    ("task", "follows_id"),
    ("deal", "reached_stage_id"),
    ("deal_event", "stage_id"),
    ("deal_event", "owner_id"),
    ("deal_event", "team_id"),
    ("activity_attendee", "user_id"),
    ("activity_attendee", "contact_id"),
    ("deal_line", "product_id"),
    ("quote", "contact_id"),
    ("quote", "pricebook_id"),
    ("quote", "approved_by_id"),
    ("sales_order", "contact_id"),
    ("sales_order", "quote_id"),
}
# References by which a record needs another: that other cannot be deleted while they live.
_NEEDS = {
    (table.name, column.name)
    for table in TABLES.values()
    for column in table.columns
    if column.references in {"user", "team", "stage", "pipeline", "tax", "pricebook"}
    and (table.name, column.name) not in _MENTIONS
    and column.name != "created_by"
    and (table.name, column.name)
    not in {
        ("phone", "user_id"),
        ("email", "user_id"),
        ("stage", "pipeline_id"),
        ("price_entry", "pricebook_id"),
    }
    and not (
        table.name in {"custom_value", "attachment", "account_collaborator"} and column.name == "user_id"
    )
}
_PAIRED = ("tag", "external_id")


@dataclass(frozen=True, slots=True)
class Taken:
    """A row that a delete takes along."""

    table: str
    row_id: str


def taken_along(connection: sqlite3.Connection, table: str, record_id: str) -> list[Taken]:
    """Return the record and every live row that hangs on it, the record last.

    Raises:
        Refused: a live record outside needs one of them.
    """
    found: dict[Taken, None] = {}
    _collect(connection, table, record_id, found)
    _refuse_needed(connection, list(found))
    return list(found)


def _collect(connection: sqlite3.Connection, table: str, row_id: str, found: dict[Taken, None]) -> None:
    for child, column in REFERENCES.get(table, []):
        if (child, column) in _MENTIONS or (child, column) in _NEEDS:
            continue
        for row in connection.execute(
            f"SELECT id FROM {child} WHERE {column} = ? AND deleted_at IS NULL", (row_id,)
        ).fetchall():
            if Taken(child, row[0]) not in found:
                _collect(connection, child, row[0], found)
    for child in _PAIRED:
        for row in connection.execute(
            f"SELECT id FROM {child} WHERE noun = ? AND record_id = ? AND deleted_at IS NULL", (table, row_id)
        ).fetchall():
            found[Taken(child, row[0])] = None
    found[Taken(table, row_id)] = None


def _refuse_needed(connection: sqlite3.Connection, taken: list[Taken]) -> None:
    gone = set(taken)
    for each in taken:
        for child, column in REFERENCES.get(each.table, []):
            if (child, column) not in _NEEDS:
                continue
            rows = connection.execute(
                f"SELECT id FROM {child} WHERE {column} = ? AND deleted_at IS NULL LIMIT 1000", (each.row_id,)
            ).fetchall()
            left = [row[0] for row in rows if Taken(child, row[0]) not in gone]
            if left:
                raise Refused(
                    msg("It cannot be deleted, because these need it: {noun} ({count})."),
                    hint=msg("Give them to somebody or something else first (edit their {column})."),
                    count=f"{len(left)}+" if len(rows) == 1000 else len(left),
                    noun=_label(child),
                    column=column.removesuffix("_id"),
                )


def _label(table: str) -> Msg:
    found = next((noun for noun in NOUNS.values() if noun.table == table), None)
    return found.label_plural if found else Msg(table)


def delete_with_children(connection: StoreConnection, table: str, record_id: str) -> list[Taken]:
    """Tombstone a record and what hangs on it, all with the transaction's instant."""
    taken = taken_along(connection, table, record_id)
    for each in taken:
        change.update(connection, each.table, each.row_id, {"deleted_at": connection.capture.stamp})
    return taken


def restore_with_children(connection: StoreConnection, table: str, record_id: str, deleted_at: str) -> None:
    """Bring back a record and the rows deleted at the same instant that hang on it.

    Raises:
        Refused: a record it hangs on is deleted.
    """
    _refuse_orphan(connection, table, record_id)
    change.update(connection, table, record_id, {"deleted_at": None})
    for child, column in REFERENCES.get(table, []):
        if (child, column) in _MENTIONS or (child, column) in _NEEDS:
            continue
        _restore_all(connection, child, f"{column} = ?", (record_id,), deleted_at)
    for child in _PAIRED:
        _restore_all(connection, child, "noun = ? AND record_id = ?", (table, record_id), deleted_at)
    if table == "deal":
        _restore_past(connection, record_id)


def _restore_past(connection: StoreConnection, deal_id: str) -> None:
    """Bring a deal's events back where none is live: of two who deleted it, they went with the other."""
    rows = connection.execute(
        "SELECT id FROM deal_event WHERE deal_id = ?1"
        " AND deleted_at = (SELECT max(deleted_at) FROM deal_event WHERE deal_id = ?1)"
        " AND NOT EXISTS (SELECT 1 FROM deal_event WHERE deal_id = ?1 AND deleted_at IS NULL)",
        (deal_id,),
    ).fetchall()
    for row in rows:
        change.update(connection, "deal_event", row[0], {"deleted_at": None})


def _restore_all(
    connection: StoreConnection, table: str, where: str, values: tuple[str, ...], deleted_at: str
) -> None:
    rows = connection.execute(
        f"SELECT id FROM {table} WHERE {where} AND deleted_at = ?", (*values, deleted_at)
    ).fetchall()
    for row in rows:
        restore_with_children(connection, table, row[0], deleted_at)


def _refuse_orphan(connection: sqlite3.Connection, table: str, record_id: str) -> None:
    for column in TABLES[table].columns:
        if not column.references or column.name in {"created_by", "updated_by"}:
            continue
        row = connection.execute(
            f"SELECT p.id FROM {table} c JOIN {column.references} p ON p.id = c.{column.name}"
            " WHERE c.id = ? AND p.deleted_at IS NOT NULL",
            (record_id,),
        ).fetchone()
        if row is not None and (table, column.name) not in _MENTIONS:
            raise Refused(
                msg("It cannot be restored: its {field} is deleted too."),
                hint=msg("Restore that one first."),
                field=Msg(column.references),
            )
