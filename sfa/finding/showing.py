"""Everything about one record: its fields, and short lists of what hangs on it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sfa.errors import Msg, NotFound, msg
from sfa.fields import Choice, Field, Kind
from sfa.fields import noun as noun_of
from sfa.finding.custom import all_fields, takes_custom
from sfa.finding.gathering import ALWAYS, gather
from sfa.finding.labels import labels
from sfa.finding.listing import list_rows
from sfa.terms import BuyingRole, Stance

MOST_ROWS = 10


class Section(NamedTuple):
    """A short list of what hangs on a record; ``noun`` is empty where rows are no records of their own."""

    name: str
    label: Msg
    columns: tuple[Field, ...]
    rows: list[tuple[Any, ...]]
    more: bool


class Shown(NamedTuple):
    """One record in full: fields with their values in order, then the sections that are not empty."""

    noun: str
    id: str
    ref: str
    version: int
    label: str
    values: tuple[tuple[Field, Any], ...]
    sections: tuple[Section, ...]


# noun -> (section, heading, noun listed, filter with {id}, sort, fields)
_RELATED: dict[str, tuple[tuple[str, Msg, str, str, str, tuple[str, ...]], ...]] = {
    "account": (
        ("contacts", msg("Contacts"), "contact", "accounts={id}", "name", ("ref", "name", "title", "phones")),
        (
            "deals",
            msg("Deals"),
            "deal",
            "account={id}",
            "close_date",
            ("ref", "name", "stage", "amount", "close_date", "next_step"),
        ),
    ),
    "pipeline": (
        (
            "stages",
            msg("Stages"),
            "stage",
            "pipeline={id}",
            "position",
            ("ref", "name", "kind", "probability", "category"),
        ),
    ),
    "user": (
        (
            "reports",
            msg("Reports to this user"),
            "user",
            "manager={id}",
            "name",
            ("ref", "name", "role", "team"),
        ),
    ),
    "team": (("members", msg("Members"), "user", "team={id}", "name", ("ref", "name", "role", "manager")),),
}
_TIMED = frozenset({"lead", "account", "contact", "deal"})
_TASKS = ("ref", "due", "subject", "priority", "state")
_ACTIVITIES = ("ref", "at", "kind", "outcome", "next_step", "attendees")

_TEXT = Kind.TEXT
_CONTACT = Field("contact", Kind.LINK, msg("Contact"), "deal_role", "contact_id", target="contact")


def _words(name: str, label: Msg, words: type[BuyingRole | Stance]) -> Field:
    choices = tuple(Choice(word.value, Msg(word.value.replace("-", " ").capitalize())) for word in words)
    return Field(name, Kind.CHOICE, label, "deal_role", name, choices=choices)


_ROLE_COLUMNS = (
    _CONTACT,
    _words("role", msg("Buying role"), BuyingRole),
    _words("stance", msg("Stance"), Stance),
    Field("strength", Kind.INTEGER, msg("Strength"), "deal_role", "strength"),
    Field("target_strength", Kind.INTEGER, msg("Target strength"), "deal_role", "target_strength"),
    Field("note", _TEXT, msg("Note"), "deal_role", "note"),
)
_LINE_COLUMNS = (
    Field("product", Kind.LINK, msg("Product"), "deal_line", "product_id", target="product"),
    Field("quantity", Kind.QUANTITY, msg("Quantity"), "deal_line", "quantity_milli"),
    Field("price", Kind.PRICE, msg("Price"), "deal_line", "unit_price_micros", currency_column="currency"),
)
_EVENT_COLUMNS = (
    Field("effective_on", Kind.DAY, msg("Since"), "deal_event", "effective_on"),
    Field("stage", Kind.LINK, msg("Stage"), "deal_event", "stage_id", target="stage"),
    Field("amount", Kind.MONEY, msg("Amount"), "deal_event", "amount_minor", currency_column="currency"),
    Field("probability", Kind.PERCENT, msg("Probability"), "deal_event", "probability_pct"),
    Field("close_date", Kind.DAY, msg("Close date"), "deal_event", "close_on"),
    Field("owner", Kind.LINK, msg("Owner"), "deal_event", "owner_id", target="user"),
)
_COMMENT_COLUMNS = (
    Field("created", Kind.INSTANT, msg("When"), "comment", "created_at"),
    Field("by", Kind.LINK, msg("By"), "comment", "created_by", target="user"),
    Field("comment", Kind.LONG, msg("Comment"), "comment", "body"),
)
_FILE_COLUMNS = (
    Field("name", _TEXT, msg("File"), "attachment", "name"),
    Field("media_type", _TEXT, msg("Type"), "attachment", "media_type"),
    Field("size_bytes", Kind.INTEGER, msg("Bytes"), "attachment", "size_bytes"),
)


def show(connection: sqlite3.Connection, noun: str, record_id: str, *, today: date) -> Shown:
    """Return everything about a record that is there, deleted or not."""
    entity = noun_of(noun)
    fields = (*ALWAYS, *all_fields(connection, noun))
    values = gather(connection, entity, fields, [record_id])[record_id]
    label = labels(connection, noun, [record_id])[record_id]
    shown = tuple((field, values[field.name]) for field in fields if field not in ALWAYS)
    found = [*_lists(connection, noun, record_id, today), *_children(connection, noun, record_id)]
    sections = tuple(section for section in found if section.rows)
    return Shown(noun, record_id, values["ref"], values["version"], label, shown, sections)


def show_fields(
    connection: sqlite3.Connection, noun: str, record_id: str, fields: Sequence[Field]
) -> tuple[str, int, dict[str, Any]]:
    """Return label, version and the values of some fields of a live record.

    Raises:
        NotFound: it is not there, or deleted.
    """
    entity = noun_of(noun)
    alive = connection.execute(
        f"SELECT 1 FROM {entity.table} WHERE id = ? AND deleted_at IS NULL", (record_id,)
    ).fetchone()
    if alive is None:
        raise NotFound(msg("There is no {noun} {id}."), noun=entity.label, id=record_id)
    values = gather(connection, entity, (*ALWAYS, *fields), [record_id])[record_id]
    return labels(connection, noun, [record_id])[record_id], values["version"], values


def _lists(connection: sqlite3.Connection, noun: str, record_id: str, today: date) -> list[Section]:
    wanted = list(_RELATED.get(noun, ()))
    if noun in _TIMED:
        about = f"{noun}={{id}}"
        wanted.append(("tasks", msg("Open tasks"), "task", f"{about} and state=open", "due", _TASKS))
        wanted.append(("activities", msg("Last activities"), "activity", about, "-at", _ACTIVITIES))
    found = []
    for name, label, listed, where, sort, fields in wanted:
        page = list_rows(
            connection,
            listed,
            where=where.format(id=record_id),
            sort=sort,
            fields=fields,
            limit=MOST_ROWS,
            today=today,
        )
        found.append(Section(name, label, page.columns, page.rows, page.more))
    return found


def _children(connection: sqlite3.Connection, noun: str, record_id: str) -> list[Section]:
    found = []
    if noun == "deal":
        lines, roles, events = msg("Product lines"), msg("Buying roles"), msg("Stage history")
        found.append(_rows(connection, "lines", lines, _LINE_COLUMNS, "deal_id", record_id, "position, id"))
        found.append(_rows(connection, "roles", roles, _ROLE_COLUMNS, "deal_id", record_id, "id"))
        order = "effective_on, recorded_at, id"
        found.append(_rows(connection, "events", events, _EVENT_COLUMNS, "deal_id", record_id, order))
    if noun in {"activity", "visit"}:
        comments = msg("Comments")
        found.append(
            _rows(
                connection, "comments", comments, _COMMENT_COLUMNS, "activity_id", record_id, "created_at, id"
            )
        )
    if takes_custom(noun_of(noun)):
        owner = f"{noun_of(noun).table}_id"
        found.append(_rows(connection, "files", msg("Files"), _FILE_COLUMNS, owner, record_id, "id"))
    return found


def _rows(
    connection: sqlite3.Connection,
    name: str,
    label: Msg,
    columns: tuple[Field, ...],
    owner: str,
    record_id: str,
    order: str,
) -> Section:
    wanted = [name for field in columns for name in (field.column, field.currency_column) if name]
    rows = connection.execute(
        f"SELECT {', '.join(wanted)} FROM {columns[0].table}"
        f" WHERE {owner} = ? AND deleted_at IS NULL ORDER BY {order}",
        (record_id,),
    ).fetchall()
    found = [_cells(tuple(row), columns) for row in rows]
    for index, field in enumerate(columns):
        if field.kind is Kind.LINK:
            known = labels(connection, field.target, (row[index] for row in found))
            for row in found:
                row[index] = (row[index], known.get(row[index], row[index])) if row[index] else None
    return Section(name, label, columns, [tuple(row) for row in found], more=False)


def _cells(row: tuple[Any, ...], columns: tuple[Field, ...]) -> list[Any]:
    cells = iter(row)
    return [(next(cells), next(cells)) if field.currency_column else next(cells) for field in columns]
