"""Column types and the declarations models are written with.

Each declaration returns a SQLModel field whose column carries, in ``info``, what
``sfa.fields`` and the capture triggers are generated from.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Dialect, Integer, Text, TypeDecorator
from sqlmodel import Field

from sfa import clock
from sfa.errors import Msg

REDACTED = "[erased]"


class UtcInstant(TypeDecorator[datetime]):
    """An aware instant, kept as UTC text of fixed width; naive values are refused."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write the instant as stored text."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return clock.to_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Read the instant back, aware."""
        return None if value is None else clock.from_text(value)


class Day(TypeDecorator[date]):
    """A business day, kept as ISO text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write the day as ISO text."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:  # noqa: ARG002
        """Read the day back."""
        return None if value is None else date.fromisoformat(value)


class Flag(TypeDecorator[bool]):
    """Yes or no, kept as 1 or 0."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Write 1 or 0."""
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> bool | None:  # noqa: ARG002
        """Read it back as a truth value."""
        return None if value is None else bool(value)


def _declare(
    kind: str,
    label: Msg | None,
    *,
    default: Any = None,
    required: bool = False,
    field: dict[str, Any] | None = None,
    column: dict[str, Any] | None = None,
    **options: Any,
) -> Any:
    info = {"kind": kind, "label": label, "required": required, **(field or {}), **(column or {})}
    if required and default is None:
        return Field(nullable=False, sa_column_kwargs={"info": info}, **options)
    return Field(default=default, nullable=default is None, sa_column_kwargs={"info": info}, **options)


def text(
    label: Msg | None,
    *,
    required: bool = False,
    default: str | None = None,
    max_length: int = 200,
    long: bool = False,
    personal: bool = False,
    group: str = "",
    merge: str = "lww",
    index: bool = False,
    name: str = "",
    editable: bool = True,
    kind: str = "text",
) -> Any:
    """Declare a text, or what is kept as one (a time of day); ``personal`` text is blanked by erase."""
    length = 100_000 if long else max_length
    return _declare(
        "long" if long else kind,
        label,
        default=default,
        required=required,
        field={"name": name, "editable": editable, "max_length": length},
        column={"personal": personal, "group": group, "merge": merge},
        max_length=length,
        min_length=1 if required else 0,
        index=index,
        sa_type=Text,
    )


def choice(
    label: Msg | None,
    words: type[StrEnum],
    *,
    default: StrEnum | None = None,
    required: bool = False,
    group: str = "",
    merge: str = "lww",
    name: str = "",
    editable: bool = True,
    index: bool = False,
    follows: bool = False,
) -> Any:
    """Declare one of the trade's words; unknown values are refused on writing, shown on reading.

    One that ``follows`` is taken from elsewhere where it is left empty.
    """
    return _declare(
        "choice",
        label,
        default=default,
        required=required or (default is not None and not follows),
        field={"name": name, "words": words, "editable": editable},
        column={"choices": tuple(word.value for word in words), "group": group, "merge": merge},
        sa_type=Text,
        index=index,
    )


def integer(
    label: Msg | None,
    *,
    kind: str = "integer",
    required: bool = False,
    default: int | None = None,
    minimum: int | None = None,
    maximum: int | None = None,
    group: str = "",
    merge: str = "lww",
    name: str = "",
    currency: str = "",
    editable: bool = True,
    follows: bool = False,
) -> Any:
    """Declare a whole number; money, prices and quantities are whole numbers of a ``kind``.

    One that ``follows`` is taken from elsewhere where it is left empty.
    """
    return _declare(
        kind,
        label,
        default=default,
        required=required or (default is not None and not follows),
        field={
            "name": name,
            "currency_column": currency,
            "editable": editable,
            "minimum": minimum,
            "maximum": maximum,
        },
        column={"group": group, "merge": merge},
        ge=minimum,
        le=maximum,
    )


def flag(
    label: Msg | None,
    *,
    default: bool = False,
    group: str = "",
    merge: str = "lww",
    name: str = "",
    editable: bool = True,
) -> Any:
    """Declare a yes or no, stored as 1 or 0."""
    return _declare(
        "flag",
        label,
        default=default,
        required=False,
        field={"name": name, "editable": editable},
        column={"group": group, "merge": merge},
        sa_type=Flag,
    )


def day(
    label: Msg | None,
    *,
    required: bool = False,
    default: date | None = None,
    group: str = "",
    merge: str = "lww",
    index: bool = False,
    derived: bool = False,
    name: str = "",
    editable: bool = True,
) -> Any:
    """Declare a business day."""
    return _declare(
        "day",
        label,
        default=default,
        required=required,
        field={"name": name, "editable": editable},
        column={"group": group, "merge": merge, "derived": derived},
        index=index,
        sa_type=Day,
    )


def instant(
    label: Msg | None,
    *,
    required: bool = False,
    group: str = "",
    merge: str = "lww",
    index: bool = False,
    derived: bool = False,
    name: str = "",
    editable: bool = True,
) -> Any:
    """Declare an instant in UTC."""
    return _declare(
        "instant",
        label,
        required=required,
        field={"name": name, "editable": editable},
        column={"group": group, "merge": merge, "derived": derived},
        sa_type=UtcInstant,
        index=index,
    )


def link(
    label: Msg | None,
    table: str,
    *,
    required: bool = False,
    group: str = "",
    merge: str = "lww",
    name: str = "",
    editable: bool = True,
    index: bool = True,
) -> Any:
    """Declare a reference to a row of another table; the field's name drops ``_id``."""
    return _declare(
        "link",
        label,
        required=required,
        field={"name": name, "target": table, "editable": editable},
        column={"group": group, "merge": merge, "references": table},
        index=index,
        sa_type=Text,
    )
