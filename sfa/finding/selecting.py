"""What a SELECT asks for to have the values of fields, and how its cells become those values.

Everything outside the row (labels of links, lists of children, a reference's neighbours) is a
subquery on the row, so that one statement is enough for a page of rows. Each is two or three
probes of an index, which SQLite makes in less time than a statement of its own takes to start.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sfa.errors import msg
from sfa.fields import Field, Kind, Noun
from sfa.fields import noun as noun_of
from sfa.finding.labels import label_columns, label_of, shortened

REF = Field("ref", Kind.TEXT, msg("Ref"), "", "ref", editable=False)
ID = Field("id", Kind.TEXT, msg("Id"), "", "id", editable=False)
VERSION = Field("version", Kind.INTEGER, msg("Version"), "", "version", editable=False)
ALWAYS = (REF, ID, VERSION)
LABEL = Field(":label", Kind.TEXT, msg("Label"), "", "", editable=False)  # what the record itself is called

Cells = tuple[Any, ...]

_decode = json.JSONDecoder().raw_decode


class Part(NamedTuple):
    """The columns that a field needs (the table's alias is ``t``), and what makes a value of their cells."""

    columns: tuple[str, ...]
    read: Callable[[Cells], Any] | None = None  # none: the one cell is the value


class Selected(NamedTuple):
    """The parts of several fields, the cells of which stand behind one another in a row."""

    parts: tuple[Part, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of all parts in order."""
        return tuple(column for part in self.parts for column in part.columns)

    def reader(self, start: int) -> Callable[[Cells], Cells]:
        """Return what makes the fields' values of a row in which their cells begin at ``start``."""
        steps: list[tuple[int, int, Callable[[Cells], Any] | None]] = []
        for part in self.parts:
            steps.append((start, start + len(part.columns), part.read))
            start += len(part.columns)

        def read(row: Cells) -> Cells:
            return tuple([row[at] if make is None else make(row[at:end]) for at, end, make in steps])

        return read


def select(table: str, fields: Sequence[Field], noun: Noun | None = None) -> Selected:
    """Return what fields of a table need; the noun, where its label is among them.

    A link's value is ``(id, label)``, money and prices ``(number, currency)``, a multi-valued
    field a tuple, all else as it is stored.
    """
    return Selected(
        tuple(_own_label(noun) if field is LABEL and noun else _part(table, field) for field in fields)
    )


def rows_of(columns: Sequence[str], table: str, keys: str, *, by: str = "rowid") -> str:
    """Return the statement that gives columns of each row in the order of its key ``k.key``.

    ``keys`` is a SELECT of rowids, or of what ``by`` says, in a column ``key``. One that is in
    order has a LIMIT (-1 is none): without it SQLite may leave its ORDER BY out.
    """
    # CROSS JOIN: the keys are the outer loop, so that their order is that of the answer.
    return f"SELECT {', '.join(columns)} FROM ({keys}) k CROSS JOIN {table} t ON t.{by} = k.key"


def _own_label(noun: Noun) -> Part:
    return Part(tuple(f"t.{column}" for column in label_columns(noun)), lambda cells: label_of(noun, cells))


def _part(table: str, field: Field) -> Part:
    if field.custom_id:
        return _custom(field)
    if field.kind is Kind.MANY:
        return _many(table, field)
    if field is REF:
        return _ref(table)
    columns = tuple(_column(field, name) for name in (field.column, field.currency_column) if name)
    if field.kind is Kind.LINK:
        return _link(field, columns[0])
    return Part(columns, tuple if field.currency_column else None)


def _column(field: Field, name: str) -> str:
    if field.through:
        return f"(SELECT x.{name} FROM {field.table} x WHERE x.id = t.{field.through})"
    return f"t.{name}"


def _ref(table: str) -> Part:
    """Return the reference with its neighbours in order: only they can share its front."""
    before = f"(SELECT max(x.ref) FROM {table} x WHERE x.ref < t.ref)"
    after = f"(SELECT min(x.ref) FROM {table} x WHERE x.ref > t.ref)"
    return Part(("t.ref", before, after), lambda cells: shortened(cells[0], cells[1] or "", cells[2] or ""))


def _link(field: Field, column: str) -> Part:
    target = noun_of(field.target)
    return Part((column, *_labels(target, column)), _link_reader(target))


def _labels(target: Noun, column: str) -> tuple[str, ...]:
    return tuple(
        f"(SELECT x.{label} FROM {target.table} x WHERE x.id = {column})" for label in label_columns(target)
    )


def _link_reader(target: Noun) -> Callable[[Sequence[Any]], Any]:
    if len(label_columns(target)) == 1:
        return _named

    def read(cells: Sequence[Any]) -> tuple[str, str] | None:
        # Every label has a column that is always given: without any there is no such record.
        known = any(cell is not None for cell in cells[1:])
        return (cells[0], label_of(target, cells[1:]) if known else cells[0]) if cells[0] else None

    return read


def _named(cells: Sequence[Any]) -> tuple[str, str] | None:
    """Return an id with its label, or with itself when there is no such record."""
    record_id, name = cells
    return (record_id, record_id if name is None else name) if record_id else None


def _many(table: str, field: Field) -> Part:
    columns, read = _children(field)
    named = "c.contact_id, c.user_id, c.name" if field.table == "activity_attendee" else f"c.{field.column}"
    kind = f"c.noun = '{table}' AND " if field.owner_column == "record_id" else ""
    found = (
        f"(SELECT json_group_array({columns}) FROM (SELECT {named} FROM {field.table} c"
        f" WHERE {kind}c.{field.owner_column} = t.id AND c.deleted_at IS NULL ORDER BY c.rowid) child)"
    )
    return Part((found,), lambda cells: _values(cells[0], read))


def _values(array: str, read: Callable[[Any], Any] | None) -> tuple[Any, ...]:
    if array == "[]":
        return ()
    found = _decode(array)[0]
    return tuple(found if read is None else map(read, found))


def _children(field: Field) -> tuple[str, Callable[[Any], Any] | None]:
    """Return what is asked of a child, and what makes a value of it."""
    column = f"child.{field.column}"
    if field.table == "activity_attendee":
        contact, user = noun_of("contact"), noun_of("user")
        asked = (
            column,
            *_labels(contact, column),
            "child.user_id",
            *_labels(user, "child.user_id"),
            "child.name",
        )
        return f"json_array({', '.join(asked)})", _attendee
    if field.target:
        target = noun_of(field.target)
        asked = (column, *_labels(target, column))
        return f"json_array({', '.join(asked)})", _link_reader(target)
    return column, None


def _attendee(cells: Sequence[Any]) -> Any:
    """Return a contact or a colleague with the name, or a name that we have no record of."""
    return _named(cells[:2]) or _named(cells[2:4]) or cells[4]


def _custom(field: Field) -> Part:
    # The plus keeps to the index of the record: those that have the field may be many.
    stored = (
        f"(SELECT c.value FROM custom_value c WHERE c.{field.owner_column} = t.id"
        f" AND +c.field_id = '{field.custom_id}' AND c.deleted_at IS NULL ORDER BY c.rowid DESC LIMIT 1)"
    )
    return Part((stored,))
