"""Fields by the names people type: in a filter, a sort order or a choice of columns."""

from __future__ import annotations

import sqlite3

from sfa.errors import BadUsage, msg
from sfa.fields import Field, Kind, Noun
from sfa.finding import folding
from sfa.finding.custom import all_fields, custom_fields


def named(connection: sqlite3.Connection, noun: Noun, typed: str) -> Field:
    """Return the field of a name: built-in, declared, or one of ``id``, ``ref`` and ``version``.

    Also by the label that the user sees, in English or their language.

    Raises:
        BadUsage: no such field; the hint has names that come near.
    """
    found = noun.field(typed) or own(noun).get(typed)
    if found:
        return found
    plain = _plain(typed)
    found = noun.field(plain) or own(noun).get(plain)
    if found:
        return found
    declared = custom_fields(connection, noun.name)
    for field in declared:
        if _plain(field.name) == plain:
            return field
    return _by_label((*noun.fields, *declared), plain) or _refuse(connection, noun, typed)


def own(noun: Noun) -> dict[str, Field]:
    """Return the fields that every record has for machines: its id, short reference and version."""
    table = noun.table
    return {
        "ref": Field("ref", Kind.TEXT, msg("Ref"), table, "ref", editable=False),
        "id": Field("id", Kind.TEXT, msg("Id"), table, "id", editable=False),
        "version": Field("version", Kind.INTEGER, msg("Version"), table, "version", editable=False),
    }


def _plain(typed: str) -> str:
    return folding.fold(typed).strip().replace("-", "_").replace(" ", "_")


def _by_label(fields: tuple[Field, ...], plain: str) -> Field | None:
    from sfa.i18n import tr  # only for names that are no field's own

    for field in fields:
        if plain in (_plain(field.label), _plain(tr(field.label))):
            return field
    return None


def _refuse(connection: sqlite3.Connection, noun: Noun, typed: str) -> Field:
    from difflib import get_close_matches  # on the way to an error only

    names = [field.name for field in all_fields(connection, noun.name)] + list(own(noun))
    near = get_close_matches(_plain(typed), names, n=3, cutoff=0.5)
    near_hint = msg("Did you mean {near}? The fields are: {names}.")
    raise BadUsage(
        msg("A {noun} has no field {typed!r}."),
        hint=near_hint if near else msg("The fields are: {names}."),
        noun=noun.label,
        typed=typed,
        near=", ".join(near),
        names=", ".join(names),
    )
