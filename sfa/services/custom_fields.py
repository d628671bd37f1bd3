"""Fields that the organisation declares: their names, kinds and choices."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from sfa.errors import InvalidInput, Msg, Refused, msg
from sfa.fields import NOUNS, Choice, Field, Kind, Noun, noun_or_none
from sfa.finding import organisation
from sfa.finding.custom import custom_fields, takes_custom
from sfa.interchange.values import parse_value
from sfa.models.attached import CustomField
from sfa.services import records
from sfa.services.entry import Entered
from sfa.services.rows import Row
from sfa.store import change
from sfa.terms import CustomKind

_NAME = re.compile(r"[^\W\d]\w{0,39}")
_PARTING = re.compile(r"[;；\n]+")
_COMMAS = re.compile("[,，、]+")  # part the choices only when nothing above does
_KINDS = {
    CustomKind.TEXT: Kind.TEXT,
    CustomKind.NUMBER: Kind.QUANTITY,
    CustomKind.DAY: Kind.DAY,
    CustomKind.YES_NO: Kind.FLAG,
    CustomKind.CHOICE: Kind.CHOICE,
}
# Words that filters and options understand besides the fields.
_RESERVED = frozenset(
    "and or not in is null empty like between me today id ref set where sort fields limit".split()
)
_SHOWN = 3


def create(
    session: Session,
    given: Entered,
    *,
    today: date,  # noqa: ARG001  every noun's create takes the business day
    idempotency_key: str | None = None,
) -> Row:
    """Declare a field; its label is its name unless given.

    Raises:
        InvalidInput: a name that is none or taken, a noun that takes none, a choice without choices.
    """
    again = records.earlier(session, "field", idempotency_key)
    if again is not None:
        return again
    columns = dict(given.columns)
    entity = _noun(columns.get("on_noun"))
    columns["on_noun"] = entity.name
    typed = str(columns.get("name") or columns.get("label") or "")
    columns["name"] = _name(typed)
    columns["label"] = columns.get("label") or " ".join(typed.replace("_", " ").split())
    columns["choices"] = _choices(columns.get("kind"), columns.get("choices"))
    connection = records.raw(session)
    _refuse_taken(connection, entity, str(columns["name"]))
    last = connection.execute(
        "SELECT coalesce(max(position), 0) FROM custom_field WHERE on_noun = ? AND deleted_at IS NULL",
        (entity.name,),
    ).fetchone()
    columns.setdefault("position", int(last[0]) + 1)
    return records.create(
        session, "field", Entered(columns, given.many, given.custom), idempotency_key=idempotency_key
    )


def _noun(word: object) -> Noun:
    entity = noun_or_none(str(word or "").strip().lower())
    if entity is None or not takes_custom(entity):
        raise InvalidInput(
            "on",
            msg("say which records have the field"),
            hint=msg("Allowed: {allowed}."),
            allowed=", ".join(each.name for each in NOUNS.values() if takes_custom(each)),
        )
    return entity


def _name(text: str) -> str:
    plain = re.sub(r"[\s-]+", "_", text.strip()).lower()
    if not _NAME.fullmatch(plain):
        raise InvalidInput(
            "name",
            msg("{value!r} cannot be typed in a filter"),
            hint=msg("Use letters, digits and underscores, a letter first, such as renewal_day."),
            value=text,
        )
    return plain


def _choices(kind: object, text: object) -> str | None:
    typed = str(text or "")
    parting = _PARTING if _PARTING.search(typed) else _COMMAS
    words = list(dict.fromkeys(each.strip() for each in parting.split(typed) if each.strip()))
    if kind != CustomKind.CHOICE:
        if words:
            raise InvalidInput("choices", msg("only a field of kind choice has choices"))
        return None
    if not words:
        raise InvalidInput(
            "choices",
            msg("a field of kind choice needs its choices"),
            hint=msg('Give them with --choices "north; south".'),
        )
    return "\n".join(words)


def _refuse_taken(connection: sqlite3.Connection, entity: Noun, name: str) -> None:
    kin = [each for each in NOUNS.values() if each.table == entity.table]
    built_in = {word for each in kin for field in each.fields for word in (field.name, field.column)}
    if name in built_in or name in _RESERVED:
        raise InvalidInput(
            "name",
            msg("{noun} has a field {name} already"),
            hint=msg("Choose another name."),
            noun=entity.label,
            name=name,
        )
    taken = {field.name for each in kin for field in custom_fields(connection, each.name)}
    if name in taken:
        raise InvalidInput(
            "name",
            msg("{noun} has a field {name} already"),
            hint=msg("See: sfa field list."),
            noun=entity.label,
            name=name,
        )


def edit(
    session: Session,
    field_id: str,
    given: Entered,
    *,
    today: date,
    expected_version: int | None = None,
) -> Row:
    """Change a declared field: label, choices and kind, as long as the stored values fit.

    Raises:
        NotFound, StaleVersion, InvalidInput: as every edit.
        Refused: values that are there do not fit the new kind or choices, or it would move to another noun.
    """
    row: CustomField = records.load(session, "field", field_id, expected_version)
    columns = dict(given.columns)
    connection = records.raw(session)
    if columns.get("on_noun") is not None:
        entity = _noun(columns["on_noun"])
        columns["on_noun"] = entity.name
        if entity.name != row.on_noun:
            raise Refused(
                msg("A field stays where it was declared."),
                hint=msg("Declare it again: sfa field add {name} --on {noun}."),
                name=row.name,
                noun=entity.name,
            )
    if columns.get("name") is not None and _name(str(columns["name"])) != row.name:
        columns["name"] = _name(str(columns["name"]))
        _refuse_taken(connection, _noun(row.on_noun), str(columns["name"]))
    kind = columns.get("kind") or row.kind
    if kind != CustomKind.CHOICE and "choices" not in columns:
        columns["choices"] = None
    elif "choices" in columns or "kind" in columns:
        columns["choices"] = _choices(kind, columns.get("choices", row.choices))
    _refit(session, row, {"kind": kind, "choices": columns.get("choices", row.choices)}, today)
    return records.edit(session, "field", field_id, Entered(columns, given.many, given.custom))


def _refit(session: Session, row: CustomField, wanted: Mapping[str, Any], today: date) -> None:
    """Write the stored values as the new kind writes them, or refuse when one does not fit."""
    if wanted["kind"] == row.kind and wanted["choices"] == row.choices:
        return
    connection = records.raw(session)
    words = str(wanted["choices"] or "").splitlines()
    choices = tuple(Choice(word, Msg(word)) for word in words)
    field = Field(
        row.name,
        _KINDS[CustomKind(wanted["kind"])],
        Msg(row.label),
        "custom_value",
        "value",
        choices=choices,
        custom_id=row.id,
    )
    values = connection.execute(
        "SELECT id, value FROM custom_value WHERE field_id = ? AND deleted_at IS NULL", (row.id,)
    ).fetchall()
    unfit: list[str] = []
    for each in values:
        try:
            stored = parse_value(
                field, each["value"], today=today, currency=organisation.currency(connection)
            )
        except InvalidInput:
            unfit.append(each["value"])
            continue
        if stored["value"] != each["value"]:
            change.update(connection, "custom_value", each["id"], {"value": stored["value"]})
    if unfit:
        raise Refused(
            msg("{count} values of the field {name} would not fit, such as {values}."),
            hint=msg("Change them first: sfa {noun} list --where '{name}=…'."),
            count=len(unfit),
            name=row.name,
            values=", ".join(dict.fromkeys(unfit[:_SHOWN])),
            noun=row.on_noun,
        )
