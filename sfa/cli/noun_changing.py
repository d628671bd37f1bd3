"""add, edit, delete and restore of any noun."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sfa import clock
from sfa.cli.additions import Add, Remove, merged
from sfa.cli.exits import say
from sfa.cli.gateway import performing, reading
from sfa.cli.options import (
    Expect,
    Function,
    IdempotencyKey,
    Parameter,
    field_parameters,
    reference_of,
    texts_of,
    with_parameters,
)
from sfa.cli.output import Format, emit, format_of
from sfa.errors import BadUsage, msg
from sfa.fields import Noun
from sfa.i18n import tr


def _nothing(given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001  a noun without options of its own
    return {}


@dataclass(frozen=True, slots=True)
class More:
    """Options of one noun that are no fields, and the keywords its service gets for them."""

    parameters: list[Parameter] = field(default_factory=list)
    keywords: Callable[[Mapping[str, Any]], dict[str, Any]] = _nothing


def make_add(noun: Noun, own: More | None = None) -> Function:
    """Return the command that adds a record of a noun."""
    own = own or More()

    def add(**given: Any) -> None:
        from sfa.services import nouns

        fmt = format_of(given["format_"])
        today = clock.today()
        texts = texts_of(noun, given)
        with performing(msg("Add {noun}"), noun=noun.name) as session:
            key = given["idempotency_key"]
            row = nouns.add_typed(
                session, noun.name, texts, today=today, idempotency_key=key, **own.keywords(given)
            )
        print_row(row, fmt, tr("Added") if row.created else tr("Unchanged"))

    more: list[Parameter] = [
        *own.parameters,
        ("idempotency_key", IdempotencyKey, None),
        ("format_", Format, ""),
    ]
    return with_parameters(add, [*field_parameters(noun, adding=True), *more])


def make_edit(noun: Noun, own: More | None = None) -> Function:
    """Return the command that changes fields of a record."""
    own = own or More()

    def edit(**given: Any) -> None:
        from sfa.services import nouns
        from sfa.services.records import raw

        fmt = format_of(given["format_"])
        today = clock.today()
        texts = texts_of(noun, given)
        more = own.keywords(given)
        added, removed = given["add_"] or (), given["remove"] or ()
        if not (texts or added or removed or any(more.values())):
            raise BadUsage(
                msg("Nothing to change was given."),
                hint=msg("Give at least one field; see: sfa {noun} edit --help."),
                noun=noun.name,
            )
        found = find(noun, given["ref"])
        with performing(msg("Edit {noun} {label}"), noun=noun.name, label=found.label) as session:
            texts.update(merged(raw(session), noun, found.id, added, removed))
            row = nouns.edit_typed(
                session, noun.name, found.id, texts, today=today, expected_version=given["expect"], **more
            )
        print_row(row, fmt, tr("Changed") if row.changed else tr("Unchanged"))

    return with_parameters(
        edit,
        [
            reference_of(noun),
            *field_parameters(noun, adding=False),
            *own.parameters,
            ("add_", Add, None),
            ("remove", Remove, None),
            ("expect", Expect, None),
            ("format_", Format, ""),
        ],
    )


def find(noun: Noun, ref: str, *, deleted: bool | None = False) -> Any:
    """Return what a reference names."""
    from sfa.finding.references import resolve

    with reading() as connection:
        return resolve(connection, noun.name, ref, deleted=deleted)


def make_delete(noun: Noun) -> Function:
    """Return the command that deletes a record."""

    def delete(**given: Any) -> None:
        from sfa.services import nouns

        fmt = format_of(given["format_"])
        found = find(noun, given["ref"])
        with performing(msg("Delete {noun} {label}"), noun=noun.name, label=found.label) as session:
            row = nouns.delete(session, noun.name, found.id, expected_version=given["expect"])
        print_row(row, fmt, tr("Deleted"))

    parameters = [reference_of(noun), ("expect", Expect, None), ("format_", Format, "")]
    return with_parameters(delete, parameters)


def make_restore(noun: Noun) -> Function:
    """Return the command that brings a deleted record back."""

    def restore(**given: Any) -> None:
        from sfa.services import nouns

        fmt = format_of(given["format_"])
        found = find(noun, given["ref"], deleted=True)
        with performing(msg("Restore {noun} {label}"), noun=noun.name, label=found.label) as session:
            row = nouns.restore(session, noun.name, found.id)
        print_row(row, fmt, tr("Restored"))

    return with_parameters(restore, [reference_of(noun), ("format_", Format, "")])


def print_row(row: Any, fmt: str, what: str) -> None:
    """Print a changed record: its reference as data, what happened as a remark."""
    from sfa.fields import noun as noun_of
    from sfa.render.records import row_text

    label = tr(noun_of(row.noun).label)
    if fmt == "table" and sys.stdout.isatty():
        emit(tr("{what}: {noun} {ref}  {label}", what=what, noun=label, ref=row.ref[:6], label=row.label))
        return
    emit(row_text(row, fmt))
    say(tr("{what}: {noun} {label}", what=what, noun=label, label=row.label))
