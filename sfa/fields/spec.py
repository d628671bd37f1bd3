"""What readers need to know of a field, a noun and a table. Plain data, no lookups.

Named tuples and not dataclasses: 600 of them are made by every command, in a third of the time.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from sfa.errors import Msg


class Kind(StrEnum):
    """How a field's value is typed, stored and shown."""

    TEXT = "text"
    LONG = "long"
    INTEGER = "integer"
    PERCENT = "percent"
    RATIO = "ratio"  # millionths, written and shown in per cent: 130000 is 13 %
    MONEY = "money"  # minor units in `column`, ISO 4217 code in `currency_column`
    PRICE = "price"  # millionths in `column`, ISO 4217 code in `currency_column`
    QUANTITY = "quantity"  # thousandths
    DAY = "day"
    TIME = "time"  # HH:MM, local
    INSTANT = "instant"
    FLAG = "flag"
    CHOICE = "choice"
    LINK = "link"  # the id of a record of noun `target`
    MANY = "many"  # rows of a child table, one a value


class Choice(NamedTuple):
    """An allowed value and its label."""

    value: str
    label: Msg


class Field(NamedTuple):
    """A field of a noun as people see it.

    ``through`` names a link column of the noun's own table when the value lives
    in the linked row (read only). For ``MANY`` fields ``table`` is the child
    table, ``owner_column`` its column that points back, ``column`` the one that
    holds the value; with a ``target`` the values are records of that noun.
    A child table that serves every noun has ``owner_column`` ``record_id`` and
    a column ``noun``. ``default`` is the word a new record has when none is given.
    """

    name: str
    kind: Kind
    label: Msg
    table: str
    column: str
    currency_column: str = ""
    owner_column: str = ""
    target: str = ""
    through: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = False
    editable: bool = True
    merge: str = "lww"
    group: str = ""
    max_length: int = 0
    minimum: int | None = None
    maximum: int | None = None
    custom_id: str = ""
    default: str = ""


class Noun(NamedTuple):
    """A kind of record that commands and screens name.

    ``only`` is (column, value) when the noun is a part of its table (a visit is
    an activity of kind visit). ``title`` lists the columns that make its label,
    ``listed`` the fields a list shows when nobody chose.
    """

    name: str
    plural: str
    label: Msg
    label_plural: Msg
    table: str
    title: tuple[str, ...]
    listed: tuple[str, ...]
    fields: tuple[Field, ...]
    owned: bool
    order: tuple[str, ...] = ()
    only: tuple[str, str] | None = None

    def field(self, name: str) -> Field | None:
        """Return the field of that name, or ``None``."""
        return next((field for field in self.fields if field.name == name), None)


class Column(NamedTuple):
    """A column of a table, as capture, undo, hash and archive need it.

    ``derived`` columns (version, updated, ref) are the store's own: neither
    captured nor hashed. ``personal`` ones are blanked by erase. ``choices`` are
    the allowed values, empty for any.
    """

    name: str
    type: str
    nullable: bool
    references: str = ""
    group: str = ""
    merge: str = "lww"
    derived: bool = False
    personal: bool = False
    choices: tuple[str, ...] = ()


class Table(NamedTuple):
    """A captured table, parents before children in ``fields.TABLES``."""

    name: str
    columns: tuple[Column, ...]
    append_only: bool = False

    def column_names(self) -> tuple[str, ...]:
        """Return all column names in order."""
        return tuple(column.name for column in self.columns)

    def captured(self) -> tuple[Column, ...]:
        """Return the columns whose changes are ops, in order."""
        return tuple(column for column in self.columns if not column.derived and column.name != "id")
