"""What every row has: id, bookkeeping, tombstone; and what a record has besides."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from sfa.errors import Msg, msg
from sfa.models.types import instant, link


@dataclass(frozen=True, slots=True)
class Many:
    """A multi-valued field: rows of a child table that point back to the record."""

    name: str
    label: Msg
    table: str
    owner: str
    value: str
    target: str = ""
    editable: bool = True


@dataclass(frozen=True, slots=True)
class Through:
    """A read-only field that lives in a linked row."""

    name: str
    label: Msg
    link: str
    table: str
    column: str


@dataclass(frozen=True, slots=True)
class NounInfo:
    """How people name and list a kind of record."""

    name: str
    plural: str
    label: Msg
    label_plural: Msg
    title: tuple[str, ...]
    listed: tuple[str, ...]
    order: tuple[str, ...] = ()
    many: tuple[Many, ...] = ()
    through: tuple[Through, ...] = ()
    only: tuple[str, str] | None = None
    hidden: tuple[str, ...] = field(default=())


class Row(SQLModel):
    """Base of every captured table: children and links too."""

    id: str = Field(
        primary_key=True,
        min_length=36,
        max_length=36,
        sa_type=Text,
        sa_column_kwargs={"info": {"kind": "id"}},
    )
    version: int = Field(default=1, sa_column_kwargs={"info": {"kind": "version", "derived": True}})
    created_at: datetime = instant(msg("Created"), required=True, name="created", editable=False)
    created_by: str | None = link(msg("Created by"), "user", editable=False, index=False)
    updated_at: datetime = instant(
        msg("Updated"), required=True, name="updated", derived=True, editable=False
    )
    updated_by: str | None = Field(
        default=None, max_length=36, sa_type=Text, sa_column_kwargs={"info": {"derived": True}}
    )
    deleted_at: datetime | None = instant(msg("Deleted"), name="deleted", editable=False)


class Common(Row):
    """A record that belongs to the whole organisation; people refer to it."""

    noun: ClassVar[NounInfo]
    ref: str = Field(
        default="",
        max_length=16,
        index=True,
        sa_type=Text,
        sa_column_kwargs={"info": {"kind": "ref", "derived": True}},
    )


class Owned(Common):
    """A record with an owner and, from the owner when written, a team."""

    owner_id: str | None = link(msg("Owner"), "user", merge="guarded")
    team_id: str | None = link(msg("Team"), "team", merge="guarded", editable=False)


def exactly_one(*columns: str) -> str:
    """Return the CHECK that exactly one of the columns is set."""
    return f"{_count_of(columns)} = 1"


def at_most_one(*columns: str) -> str:
    """Return the CHECK that at most one of the columns is set."""
    return f"{_count_of(columns)} <= 1"


def _count_of(columns: tuple[str, ...]) -> str:
    return " + ".join(f"({column} IS NOT NULL)" for column in columns)


def live_index(name: str, *terms: str) -> Index:
    """Return an index over live rows alone, so that a list's first page costs the same in any store."""
    return Index(name, *(text(term) for term in terms), sqlite_where=text("deleted_at IS NULL"))


def amount_check(amount: str, currency: str) -> str:
    """Return the CHECK that an amount and its currency come together and are not negative."""
    return f"({amount} IS NULL) = ({currency} IS NULL) AND ({amount} IS NULL OR {amount} >= 0)"
