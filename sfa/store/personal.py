"""Which columns of a row are a person's own: what an erasure blanks, here and on every device."""

from __future__ import annotations

from sfa.fields import TABLES

# Rows that are nothing but a value of the person: blanked, and gone from every list.
VALUES = frozenset({"phone", "email", "address", "custom_value", "attachment", "external_id"})

# Columns of JSON: what they hold when the words are out, as the centre writes it too.
NOTHING = {
    "conflict": {"kept": "{}", "lost": "{}", "base": "{}"},
    "proposal": {"arguments": "{}", "ops": "[]"},
}


def personal_columns(table: str) -> list[str]:
    """Return the columns of a table that an erasure blanks."""
    if table == "external_id":
        return ["key"]
    return [column.name for column in TABLES[table].columns if column.personal]


def erased_columns(table: str) -> list[str]:
    """Return the columns that an op of erasure sets wherever it comes."""
    return [*personal_columns(table), *(["deleted_at"] if table in VALUES else [])]
