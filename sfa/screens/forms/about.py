"""What a new record begins with when it is added to another: a task to its deal, a visit to its account."""

from __future__ import annotations

import sqlite3

from sfa.fields import Field
from sfa.fields import noun as noun_of
from sfa.finding.custom import all_fields
from sfa.finding.labels import labels
from sfa.finding.references import matching_ids

# What can be added to a record of a noun, in the order people do it.
_TO = {
    "lead": ("task", "visit", "activity"),
    "account": ("task", "visit", "activity", "contact", "deal", "quote", "order"),
    "contact": ("task", "visit", "activity"),
    "deal": ("task", "visit", "activity", "quote", "order"),
}
_ABOUT = ("lead", "account", "contact", "deal")
_SOLD = ("deal", "account")  # what a quote or an order is of


def added_to(noun: str) -> tuple[str, ...]:
    """Return the nouns of what can be added to a record of a noun."""
    return _TO.get(noun, ())


def holder(connection: sqlite3.Connection, noun: str, record_id: str) -> tuple[str, str]:
    """Return the record that new ones belong to: a task's is what it is about, an order's its deal."""
    if noun in _TO or not record_id:
        return noun, record_id
    about = _SOLD if noun in {"quote", "order"} else _ABOUT if noun in {"task", "visit", "activity"} else ()
    if about:
        row = connection.execute(
            f"SELECT {', '.join(f'{each}_id' for each in about)} FROM {noun_of(noun).table} WHERE id = ?",
            (record_id,),
        ).fetchone()
        for name, found in zip(about, row or (), strict=False):
            if found:
                return name, str(found)
    return "", ""


def preset(connection: sqlite3.Connection, new: str, noun: str, record_id: str) -> dict[str, str]:
    """Return what the form of a new record holds so that it belongs to a record.

    An order is made of a quote: of one of the record, which is named by its id.
    """
    if new == "order":
        return {noun: record_id}
    text = typed_of(connection, noun, record_id)
    wanted = next((field for field in all_fields(connection, new) if _links(field, noun)), None)
    return {wanted.name: text} if wanted is not None and text else {}


def _links(field: Field, noun: str) -> bool:
    return field.editable and field.target == noun and field.name in {noun, f"{noun}s"}


def typed_of(connection: sqlite3.Connection, noun: str, record_id: str) -> str:
    """Return what names a record in a form: its name where it has that for itself, else its reference."""
    label = labels(connection, noun, [record_id]).get(record_id, "")
    if label and ";" not in label and matching_ids(connection, noun, label) == [record_id]:
        return label
    row = connection.execute(f"SELECT ref FROM {noun_of(noun).table} WHERE id = ?", (record_id,)).fetchone()
    return str(row[0]) if row else ""
