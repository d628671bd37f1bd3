"""Fields that the organisation declared, presented as fields like the built-in ones.

Their values lie as text in ``custom_value``: numbers as plain decimals, days as ISO
text, yes or no as 1 or 0. Lists give them as they are stored.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from sfa.errors import Msg
from sfa.fields import TABLES, Choice, Field, Kind, Noun
from sfa.fields import noun as noun_of
from sfa.finding.folding import fold


def custom_fields(connection: sqlite3.Connection, noun: str) -> tuple[Field, ...]:
    """Return the fields declared for a noun, in their order; a visit has its own and those of activities."""
    entity = noun_of(noun)
    if not takes_custom(entity):
        return ()
    rows = connection.execute(
        "SELECT id, name, label, kind, choices, is_required FROM custom_field"
        " WHERE on_noun IN (?, ?) AND deleted_at IS NULL ORDER BY position, name, id",
        (entity.name, entity.table),
    )
    return tuple(_field(entity, *row) for row in rows)


def declared_field(connection: sqlite3.Connection, field_id: str) -> Field | None:
    """Return a declared field by its id, a deleted one too, or ``None``."""
    row = connection.execute(
        "SELECT on_noun, id, name, label, kind, choices, is_required FROM custom_field WHERE id = ?",
        (field_id,),
    ).fetchone()
    return _field(noun_of(row[0]), *tuple(row)[1:]) if row is not None else None


def all_fields(connection: sqlite3.Connection, noun: str) -> tuple[Field, ...]:
    """Return a noun's built-in fields, then those declared for it."""
    return (*noun_of(noun).fields, *custom_fields(connection, noun))


def by_label(fields: Iterable[Field], typed: str) -> Field | None:
    """Return the field whose label, in English or the user's language, was typed in place of its name."""
    from sfa.i18n import tr  # only for what is no field's name

    sought = fold(typed).strip()
    return next((field for field in fields if sought in (fold(field.label), fold(tr(field.label)))), None)


def takes_custom(noun: Noun) -> bool:
    """Say whether fields can be declared for a noun."""
    return f"{noun.table}_id" in TABLES["custom_value"].column_names()


def _field(
    noun: Noun, field_id: str, name: str, label: str, kind: str, choices: str | None, required: int
) -> Field:
    words = (line.strip() for line in (choices or "").splitlines())
    return Field(
        name,
        _kind_of(kind),
        Msg(label),
        "custom_value",
        "value",
        owner_column=f"{noun.table}_id",
        choices=tuple(Choice(word, Msg(word)) for word in words if word),
        required=bool(required),
        custom_id=field_id,
    )


def _kind_of(declared: str) -> Kind:
    from sfa.terms import CustomKind  # a store without declared fields does without

    kinds: dict[str, Kind] = {
        CustomKind.TEXT: Kind.TEXT,
        CustomKind.NUMBER: Kind.QUANTITY,
        CustomKind.DAY: Kind.DAY,
        CustomKind.YES_NO: Kind.FLAG,
        CustomKind.CHOICE: Kind.CHOICE,
    }
    return kinds.get(declared, Kind.TEXT)
