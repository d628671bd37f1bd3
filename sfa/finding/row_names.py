"""What any row of the store is called by people: the record it belongs to, and the field its column is.

The op log, undo and history speak of tables, rows and columns; people of records and fields.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from sfa.errors import Msg, msg
from sfa.fields import NOUNS, TABLES, Field, Kind
from sfa.finding.custom import declared_field
from sfa.finding.labels import labels
from sfa.interchange.product_columns import COST

# The column of a child table that points to the record people would look it up under.
_OWNERS = {
    "product_cost": ("product_id",),
    "price_entry": ("pricebook_id",),
    "account_collaborator": ("account_id",),
    "contact_account": ("contact_id",),
    "deal_line": ("deal_id",),
    "deal_role": ("deal_id",),
    "deal_event": ("deal_id",),
    "activity_attendee": ("activity_id",),
    "comment": ("activity_id",),
}
_REACH = (
    *("lead_id", "account_id", "contact_id", "deal_id", "activity_id", "task_id"),
    *("product_id", "user_id", "quote_id", "sales_order_id"),
)


def _pseudo(
    name: str, label: Msg, table: str, column: str, kind: Kind = Kind.TEXT, target: str = ""
) -> Field:
    return Field(name, kind, label, table, column, editable=False, target=target)


# Children that are no multi-valued field of their record, as fields.
CHILD_FIELDS = {
    "deal_role": _pseudo("buying_role", msg("Buying role"), "deal_role", "contact_id", Kind.LINK, "contact"),
    "deal_event": _pseudo("stage_event", msg("Stage event"), "deal_event", "stage_id", Kind.LINK, "stage"),
    "comment": _pseudo("comment", msg("Comment"), "comment", "body", Kind.LONG),
    "attachment": _pseudo("file", msg("File"), "attachment", "name"),
    "product_cost": COST,
    "price_entry": _pseudo("price", msg("Price"), "price_entry", "unit_price_micros", Kind.PRICE),
    "setting": _pseudo("value", msg("Setting"), "setting", "value"),
}

# (noun, child table) -> the field that a link is when it is seen from its other end.
_OTHER_END = {
    ("account", "contact_account"): _pseudo(
        "contacts", msg("Contacts"), "contact_account", "contact_id", Kind.LINK, "contact"
    ),
    ("contact", "deal_role"): _pseudo("deals", msg("Deals"), "deal_role", "deal_id", Kind.LINK, "deal"),
    ("contact", "activity_attendee"): _pseudo(
        "attended", msg("Attended"), "activity_attendee", "activity_id", Kind.LINK, "activity"
    ),
    ("user", "activity_attendee"): _pseudo(
        "attended", msg("Attended"), "activity_attendee", "activity_id", Kind.LINK, "activity"
    ),
    ("user", "account_collaborator"): _pseudo(
        "accounts", msg("Accounts"), "account_collaborator", "account_id", Kind.LINK, "account"
    ),
    ("product", "deal_line"): _pseudo("deals", msg("Deals"), "deal_line", "deal_id", Kind.LINK, "deal"),
}


class RecordName(NamedTuple):
    """The record that a row belongs to; ``noun`` is empty for rows of no record, such as settings."""

    noun: str
    id: str
    label: str

    @property
    def noun_label(self) -> Msg:
        """The noun as people say it."""
        return NOUNS[self.noun].label if self.noun else msg("setting")


def owner_columns(table: str) -> tuple[str, ...]:
    """Return the columns of a child table by which its rows may point to their record, in order."""
    return _OWNERS.get(table, _REACH)


def noun_of_table(table: str) -> str:
    """Return the noun whose records a table holds, or nothing for a child table."""
    return next((each.name for each in NOUNS.values() if each.table == table and each.only is None), "")


def record_of(connection: sqlite3.Connection, table: str, row_id: str) -> RecordName:
    """Return the record that a row is or belongs to, deleted ones too."""
    own = noun_of_table(table)
    if own:
        return RecordName(own, row_id, labels(connection, own, [row_id]).get(row_id, row_id))
    row = connection.execute(f"SELECT * FROM {table} WHERE id = ?", (row_id,)).fetchone()
    if row is None:
        return RecordName("", row_id, row_id)
    if "record_id" in row.keys():  # noqa: SIM118  a row of SQLite is no mapping
        owner, owner_id = str(row["noun"]), str(row["record_id"])
    else:
        columns = _OWNERS.get(table) or tuple(name for name in _REACH if name in row.keys())  # noqa: SIM118
        column = next((name for name in columns if row[name] is not None), "")
        owner, owner_id = column.removesuffix("_id"), str(row[column]) if column else row_id
    owner = owner if owner in NOUNS else noun_of_table(owner)
    if not owner:
        return RecordName("", row_id, str(row["key"]) if table == "setting" else row_id)
    return RecordName(owner, owner_id, labels(connection, owner, [owner_id]).get(owner_id, owner_id))


def field_of(connection: sqlite3.Connection, noun: str, table: str, column: str, row_id: str) -> Field | None:
    """Return the field that a column of a row is to people; ``None`` for what the store keeps for itself."""
    if table == "custom_value":
        return _declared(connection, row_id)
    entity = NOUNS.get(noun)
    fields = entity.fields if entity is not None else ()
    many = next((each for each in fields if each.kind is Kind.MANY and each.table == table), None)
    if many is not None:
        return many
    if (noun, table) in _OTHER_END or table in CHILD_FIELDS:
        return _OTHER_END.get((noun, table)) or CHILD_FIELDS[table]
    own = (each for each in fields if each.table == table and not each.through and each.kind is not Kind.MANY)
    return next((each for each in own if column in {each.column, each.currency_column}), None)


def _declared(connection: sqlite3.Connection, row_id: str) -> Field | None:
    row = connection.execute("SELECT field_id FROM custom_value WHERE id = ?", (row_id,)).fetchone()
    return declared_field(connection, row[0]) if row is not None else None


def column_label(connection: sqlite3.Connection, table: str, column: str, row_id: str) -> Msg:
    """Return the label of a column, or of the table a reference comes from ("task.deal_id")."""
    where, _, name = column.partition(".")
    if name or (where in TABLES and where != table):
        return _table_label(where)
    record = record_of(connection, table, row_id)
    each = field_of(connection, record.noun, table, column, row_id)
    return each.label if each is not None else Msg(column.replace("_", " "))


def _table_label(table: str) -> Msg:
    noun = noun_of_table(table)
    if noun:
        return NOUNS[noun].label_plural
    if table in CHILD_FIELDS:
        return CHILD_FIELDS[table].label
    many = (each for entity in NOUNS.values() for each in entity.fields if each.table == table)
    return next((each.label for each in many), Msg(table.replace("_", " ")))


def named_places(
    connection: sqlite3.Connection, places: Iterable[tuple[str, str, str]]
) -> list[tuple[Msg, str, Msg]]:
    """Return (noun, record, field) of each (table, row id, column), each once, in their order."""
    found = []
    for table, row_id, column in places:
        record = record_of(connection, table, row_id)
        found.append((record.noun_label, record.label, column_label(connection, table, column, row_id)))
    return list(dict.fromkeys(found))
