"""Saving what was typed over a record that others may have changed since it was read, field by field.

Forms of the app come through here. What only the others changed stays as they left it, what both
changed alike is no matter, and what both changed differently is for whoever saves to settle: until
then nothing is written. The columns of a group (the stage of a deal with its probability, what a
task is about) were decided together, so they are settled together.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sfa.errors import ChangedByBoth, NotFound, SeveralChanged, SfaError, msg
from sfa.fields import Field, Kind, Noun
from sfa.finding.custom import all_fields
from sfa.finding.deciding import present, unit_of
from sfa.finding.showing import show_fields
from sfa.services.children import holds_exactly
from sfa.services.entry import entered

Values = Mapping[str, Any]  # field name -> value, as ``finding.gathering`` gives it


class Clash(NamedTuple):
    """Fields that were decided together, here and by others; ``names`` are in the record's order."""

    names: tuple[str, ...]


class CaughtUp(NamedTuple):
    """What is left to write, and the fields that only others changed."""

    texts: dict[str, str]
    taken: tuple[str, ...]


def caught_up(
    connection: sqlite3.Connection,
    noun: Noun,
    record_id: str,
    texts: Mapping[str, str],
    base: Values,
    *,
    today: date,
) -> CaughtUp:
    """Return what of some typed texts is to be written; ``base`` is what the record held when it was read.

    Raises:
        NotFound: the record is not there any more.
        ChangedByBoth: somebody else changed the same fields, or others of their groups.
    """
    fields = {each.name: each for each in all_fields(connection, noun.name) if each.name in base}
    label, _, now = show_fields(connection, noun.name, record_id, list(fields.values()))
    changed = {name for name, each in fields.items() if meaning(each, now[name]) != meaning(each, base[name])}
    same = {
        name
        for name in changed & set(texts)
        if _says(connection, noun, record_id, fields[name], texts[name], today)
    }
    theirs = changed - same
    clashes = _clashes(noun, fields, set(texts) - same, theirs)
    if clashes:
        by, at = _last_hand(connection, noun, record_id)
        raise ChangedByBoth(
            msg("The {noun} {label} was changed meanwhile, by {who}, in what you changed too."),
            hint=msg("Look at both and choose, then save again."),
            clashes=clashes,
            now={name: now[name] for name in fields},
            noun=noun.label,
            label=label,
            who=by,
            at=at,
        )
    left = {name: text for name, text in texts.items() if name not in same}
    return CaughtUp(left, tuple(name for name in fields if name in theirs))


def caught_up_each(
    connection: sqlite3.Connection,
    noun: Noun,
    texts: Mapping[str, Mapping[str, str]],
    bases: Mapping[str, Values],
    *,
    today: date,
) -> dict[str, dict[str, str]]:
    """Return what is to be written of several records, by id; ``texts`` and ``bases`` are by id too.

    Records that were deleted meanwhile are left out.

    Raises:
        NotFound: all of them were.
        SeveralChanged: somebody else changed the same fields of some, or others of their groups.
    """
    left: dict[str, dict[str, str]] = {}
    clashing: list[tuple[str, ChangedByBoth]] = []
    gone: NotFound | None = None
    for record_id, base in bases.items():
        try:
            left[record_id] = caught_up(
                connection, noun, record_id, texts[record_id], base, today=today
            ).texts
        except NotFound as error:
            gone = error
        except ChangedByBoth as error:
            clashing.append((record_id, error))
    if clashing:
        raise SeveralChanged(
            msg("Some of the {nouns} were changed meanwhile in what you change too; nothing was saved."),
            hint=msg("Look at both and choose, then save again."),
            records=clashing,
            nouns=noun.label_plural,
        )
    if gone is not None and not left:
        raise gone
    return left


def decided_with(noun: Noun, fields: Sequence[Field], names: Sequence[str]) -> list[Field]:
    """Return the fields of a noun that are decided together with some of its fields, and these."""
    units = {_unit(noun, field) for field in fields if field.name in names}
    return [field for field in fields if _unit(noun, field) in units]


def meaning(field: Field, value: Any) -> Any:
    """Return what of a value counts: of a link which record and not its name, of several no order."""
    if value is None or value == () or value == []:
        return None
    if field.kind is Kind.LINK:
        return value[0]
    if field.kind is Kind.MANY:
        return sorted(str(each[0] if isinstance(each, tuple | list) else each) for each in value)
    if isinstance(value, tuple | list):
        return None if value[0] is None else list(value)
    return value


def _clashes(noun: Noun, fields: Mapping[str, Field], mine: set[str], theirs: set[str]) -> list[Clash]:
    units: dict[str, list[str]] = {}
    for name, each in fields.items():
        if name in mine or name in theirs:
            units.setdefault(_unit(noun, each), []).append(name)
    return [Clash(tuple(names)) for names in units.values() if mine & set(names) and theirs & set(names)]


def _unit(noun: Noun, field: Field) -> str:
    if field.table != noun.table or field.custom_id:
        return f"field {field.name}"
    return unit_of(field.table, field.column)


def _says(
    connection: sqlite3.Connection, noun: Noun, record_id: str, field: Field, text: str, today: date
) -> bool:
    """Say whether a text means what the record holds by now."""
    try:
        given = entered(connection, noun, {field.name: text}, today=today, record_id=record_id)
    except SfaError:
        return False  # what is wrong with it is said when it is written
    if field.name in given.many:
        return holds_exactly(connection, field, noun, record_id, given.many[field.name])
    if given.custom:
        return bool(_custom(connection, noun, record_id, field) == given.custom[field.custom_id])
    row = present(connection, noun.table, record_id) or {}
    return all(row.get(name) == value for name, value in given.columns.items())


def _custom(connection: sqlite3.Connection, noun: Noun, record_id: str, field: Field) -> Any:
    row = connection.execute(
        f"SELECT value FROM custom_value WHERE field_id = ? AND {noun.table}_id = ? AND deleted_at IS NULL",
        (field.custom_id, record_id),
    ).fetchone()
    return row[0] if row is not None else None


def _last_hand(connection: sqlite3.Connection, noun: Noun, record_id: str) -> Sequence[str]:
    """Return who changed a record last, and when, as stored."""
    row = connection.execute(
        f"SELECT coalesce(u.name, '?'), t.updated_at FROM {noun.table} t"
        " LEFT JOIN user u ON u.id = t.updated_by WHERE t.id = ?",
        (record_id,),
    ).fetchone()
    return str(row[0]), str(row[1])
