"""Everything about one record: its fields, and short lists of what hangs on it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

from sfa.errors import NotFound, msg
from sfa.fields import Field, Kind
from sfa.fields import noun as noun_of
from sfa.finding.costs import cost_shown
from sfa.finding.custom import all_fields
from sfa.finding.gathering import gather
from sfa.finding.sections import Section, sections_of
from sfa.finding.selecting import ALWAYS, LABEL

_DELETED = Field(":deleted", Kind.INSTANT, msg("Deleted"), "", "deleted_at", editable=False)


class Shown(NamedTuple):
    """One record in full: fields with their values in order, then the sections that are not empty."""

    noun: str
    id: str
    ref: str
    version: int
    label: str
    values: tuple[tuple[Field, Any], ...]
    sections: tuple[Section, ...]


def show(connection: sqlite3.Connection, noun: str, record_id: str) -> Shown:
    """Return everything about a record, deleted or not, in at most six statements, those of most in three.

    Raises:
        KeyError: it is not there.
    """
    entity = noun_of(noun)
    fields = all_fields(connection, noun)
    values = gather(connection, entity, (*ALWAYS, LABEL, *fields), [record_id])[record_id]
    computed, parts = _of_a_document(connection, noun, record_id)
    shown = (
        *((field, values[field.name]) for field in fields),
        *cost_shown(connection, noun, record_id),
        *computed,
    )
    sections = (*parts, *sections_of(connection, entity, record_id))
    return Shown(noun, record_id, values["ref"], values["version"], values[LABEL.name], shown, sections)


def _of_a_document(
    connection: sqlite3.Connection, noun: str, record_id: str
) -> tuple[list[tuple[Field, Any]], tuple[Section, ...]]:
    """Return what is computed of a quote or an order, and its parts; pricing is loaded for these alone."""
    if noun == "order":
        from sfa.finding.order_sections import order_shown

        return order_shown(connection, record_id)
    if noun == "quote":
        from sfa.finding.quote_sections import quote_shown

        return quote_shown(connection, record_id)
    return [], ()


def show_fields(
    connection: sqlite3.Connection, noun: str, record_id: str, fields: Sequence[Field]
) -> tuple[str, int, dict[str, Any]]:
    """Return label, version and the values of some fields of a live record.

    Raises:
        NotFound: it is not there, or deleted.
    """
    entity = noun_of(noun)
    found = gather(connection, entity, (*ALWAYS, LABEL, _DELETED, *fields), [record_id])
    values = found.get(record_id)
    if values is None or values[_DELETED.name]:
        raise NotFound(msg("There is no {noun} {id}."), noun=entity.label, id=record_id)
    return values[LABEL.name], values["version"], values


def values_of(
    connection: sqlite3.Connection, noun: str, record_ids: Sequence[str], fields: Sequence[Field]
) -> dict[str, dict[str, Any]]:
    """Return id -> field name -> value of some fields of several records, those that are live."""
    found = gather(connection, noun_of(noun), (_DELETED, *fields), record_ids)
    return {
        record_id: {field.name: found[record_id][field.name] for field in fields}
        for record_id in record_ids
        if record_id in found and not found[record_id][_DELETED.name]
    }
