"""The short lists of what hangs on a record: all of them in one statement. Read-only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from sfa.errors import Msg, msg
from sfa.fields import Choice, Field, Kind, Noun
from sfa.fields import noun as noun_of
from sfa.finding.custom import takes_custom
from sfa.finding.labels import alive
from sfa.finding.listing import columns_of
from sfa.finding.ordering import order_by
from sfa.finding.price_list import (
    BY_BOOK,
    BY_PRODUCT,
    IN_A_BOOK,
    IN_LIVE_BOOK,
    OF_A_PRODUCT,
    OF_LIVE_PRODUCT,
)
from sfa.finding.selecting import Cells, rows_of, select
from sfa.terms import BuyingRole, QuoteVerdict, Stance

MOST_ROWS = 10
MOST_PRICES = 200


class Section(NamedTuple):
    """A short list of what hangs on a record; its rows need not be records of their own.

    ``narrow`` names the columns that people need where there is no room for all of them.
    """

    name: str
    label: Msg
    columns: tuple[Field, ...]
    rows: list[Cells]
    more: bool
    narrow: tuple[str, ...] = ()


class _List(NamedTuple):
    """What a section asks: which rows of a table hang on the record ``?``, in which order.

    ``most`` rows are shown, all of them without.
    """

    name: str
    label: Msg
    table: str
    columns: tuple[Field, ...]
    about: str
    order: str
    most: int | None = None


_CONTACTS_OF = (
    "t.id IN (SELECT c.contact_id FROM contact_account c WHERE c.account_id = ? AND c.deleted_at IS NULL)"
)
_QUOTES = ("ref", "number", "revision", "state", "total", "valid_until")
_ORDERS = ("ref", "number", "state", "total", "ordered", "promised")
# noun -> (section, heading, noun listed, condition with ? for the id, sort, fields)
_RELATED: dict[str, tuple[tuple[str, Msg, str, str, str, tuple[str, ...]], ...]] = {
    "account": (
        (
            "contacts",
            msg("Contacts"),
            "contact",
            _CONTACTS_OF,
            "name",
            ("ref", "name", "title", "phones"),
        ),
        (
            "deals",
            msg("Deals"),
            "deal",
            "t.account_id = ?",
            "close_date",
            ("ref", "name", "stage", "amount", "close_date", "next_step"),
        ),
        ("quotes", msg("Quotes"), "quote", "t.account_id = ?", "-created", _QUOTES),
        ("orders", msg("Orders"), "order", "t.account_id = ?", "-created", _ORDERS),
    ),
    "deal": (
        ("quotes", msg("Quotes"), "quote", "t.deal_id = ?", "-created", _QUOTES),
        ("orders", msg("Orders"), "order", "t.deal_id = ?", "-created", _ORDERS),
    ),
    "quote": (("orders", msg("Orders"), "order", "t.quote_id = ?", "-created", _ORDERS),),
    "pipeline": (
        (
            "stages",
            msg("Stages"),
            "stage",
            "t.pipeline_id = ?",
            "position",
            ("ref", "name", "kind", "probability", "category"),
        ),
    ),
    "user": (
        (
            "reports",
            msg("Reports to this user"),
            "user",
            "t.manager_id = ?",
            "name",
            ("ref", "name", "role", "team"),
        ),
    ),
    "team": (
        ("members", msg("Members"), "user", "t.team_id = ?", "name", ("ref", "name", "role", "manager")),
    ),
}
_TIMED = frozenset({"lead", "account", "contact", "deal"})
_TASKS = ("ref", "due", "subject", "priority", "state")
_ACTIVITIES = ("ref", "at", "kind", "outcome", "next_step", "attendees")

_CONTACT = Field("contact", Kind.LINK, msg("Contact"), "deal_role", "contact_id", target="contact")


_LABELS: dict[str, Msg] = {
    BuyingRole.ECONOMIC_BUYER: msg("Economic buyer"),
    BuyingRole.DECISION_MAKER: msg("Decision maker"),
    BuyingRole.EVALUATOR: msg("Evaluator"),
    BuyingRole.INFLUENCER: msg("Influencer"),
    BuyingRole.USER: msg("End user"),
    BuyingRole.GATEKEEPER: msg("Gatekeeper"),
    BuyingRole.COACH: msg("Coach"),
    Stance.SUPPORTER: msg("Supporter"),
    Stance.NEUTRAL: msg("Neutral"),
    Stance.OPPONENT: msg("Opponent"),
    Stance.UNKNOWN: msg("Stance unknown"),
}


def _words(name: str, label: Msg, words: type[BuyingRole | Stance]) -> Field:
    choices = tuple(Choice(word.value, _LABELS[word]) for word in words)
    return Field(name, Kind.CHOICE, label, "deal_role", name, choices=choices)


ROLE = _words("role", msg("Buying role"), BuyingRole)
STANCE = _words("stance", msg("Stance"), Stance)
ROLE_COLUMNS = (
    _CONTACT,
    ROLE,
    STANCE,
    Field("strength", Kind.INTEGER, msg("Strength"), "deal_role", "strength"),
    Field("target_strength", Kind.INTEGER, msg("Target strength"), "deal_role", "target_strength"),
    Field("note", Kind.TEXT, msg("Note"), "deal_role", "note"),
)
LINE_COLUMNS = (
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
    Field("name", Kind.TEXT, msg("File"), "attachment", "name"),
    Field("size_bytes", Kind.INTEGER, msg("File size"), "attachment", "size_bytes"),
    Field("media_type", Kind.TEXT, msg("Type"), "attachment", "media_type"),
    Field("added_by", Kind.LINK, msg("By"), "attachment", "created_by", target="user"),
    Field("added_at", Kind.INSTANT, msg("Added"), "attachment", "created_at"),
)


_VERDICTS: dict[str, Msg] = {
    QuoteVerdict.SUBMIT: msg("Submitted it"),
    QuoteVerdict.APPROVE: msg("Approved it"),
    QuoteVerdict.REJECT: msg("Rejected it"),
    QuoteVerdict.RECALL: msg("Took it back"),
}
_VERDICT_COLUMNS = (
    Field("at", Kind.INSTANT, msg("When"), "quote_decision", "created_at"),
    Field("by", Kind.LINK, msg("By"), "quote_decision", "created_by", target="user"),
    Field(
        "verdict",
        Kind.CHOICE,
        msg("What"),
        "quote_decision",
        "verdict",
        choices=tuple(Choice(word, label) for word, label in _VERDICTS.items()),
    ),
    Field("revision", Kind.INTEGER, msg("Revision"), "quote_decision", "revision"),
    Field("reason", Kind.LONG, msg("Reason"), "quote_decision", "reason"),
)


def sections_of(connection: sqlite3.Connection, noun: Noun, record_id: str) -> tuple[Section, ...]:
    """Return the lists of a record that are not empty."""
    lists = (*_listed(noun), *_children(noun))
    if not lists:
        return ()
    selected = [select(each.table, each.columns) for each in lists]
    width = max(len(each.columns) for each in selected)
    arms = []
    for number, (each, wanted) in enumerate(zip(lists, selected, strict=True)):
        padding = ("NULL",) * (width - len(wanted.columns))
        arms.append(rows_of((str(number), *wanted.columns, *padding), each.table, _keys(each)))
    rows = connection.execute(" UNION ALL ".join(arms), (record_id,) * len(lists))
    rows.row_factory = None
    readers = [each.reader(1) for each in selected]
    found: list[list[Cells]] = [[] for _ in lists]
    for row in rows:
        found[row[0]].append(readers[row[0]](row))
    return tuple(_section(each, rows) for each, rows in zip(lists, found, strict=True) if rows)


def _keys(each: _List) -> str:
    limit = -1 if each.most is None else each.most + 1
    return (
        f"SELECT t.rowid AS key FROM {each.table} t WHERE {each.about} AND {alive(False)}"
        f" ORDER BY {each.order} LIMIT {limit}"
    )


def _section(each: _List, rows: list[Cells]) -> Section:
    more = each.most is not None and len(rows) > each.most
    return Section(each.name, each.label, each.columns, rows[: each.most], more)


def _listed(noun: Noun) -> Iterator[_List]:
    """Give the lists of records that stand for themselves."""
    wanted = list(_RELATED.get(noun.name, ()))
    if noun.name in _TIMED:
        about = f"t.{noun.table}_id = ?"
        # The plus keeps to the index of the record: the open tasks of everybody are many.
        wanted.append(("tasks", msg("Open tasks"), "task", f"{about} AND +t.state = 'open'", "due", _TASKS))
        wanted.append(("activities", msg("Last activities"), "activity", about, "-at", _ACTIVITIES))
    for name, label, listed, where, sort, names in wanted:
        entity = noun_of(listed)
        columns = columns_of(entity, entity.fields, names)
        order = order_by(entity, entity.fields, sort)
        yield _List(name, label, entity.table, columns, where, order, MOST_ROWS)


def _children(noun: Noun) -> Iterator[_List]:
    """Give the lists of what is a part of the record."""
    own = f"t.{noun.table}_id = ?"
    if noun.name == "deal":
        yield _List("lines", msg("Product lines"), "deal_line", LINE_COLUMNS, own, "t.position, t.id")
        yield _List("roles", msg("Buying roles"), "deal_role", ROLE_COLUMNS, own, "t.id")
        order = "t.effective_on, t.recorded_at, t.id"
        yield _List("events", msg("Stage history"), "deal_event", _EVENT_COLUMNS, own, order)
    if noun.name == "quote":
        order = "t.created_at, t.id"
        yield _List("decisions", msg("Said about it"), "quote_decision", _VERDICT_COLUMNS, own, order)
    if noun.name == "pricebook":
        about = f"{own} AND {OF_LIVE_PRODUCT}"
        yield _List("prices", msg("Prices"), "price_entry", IN_A_BOOK, about, BY_PRODUCT, MOST_PRICES)
    if noun.name == "product":
        about = f"{own} AND {IN_LIVE_BOOK}"
        yield _List("prices", msg("Prices by book"), "price_entry", OF_A_PRODUCT, about, BY_BOOK, MOST_PRICES)
    if noun.table == "activity":
        yield _List("comments", msg("Comments"), "comment", _COMMENT_COLUMNS, own, "t.created_at, t.id")
    if takes_custom(noun):
        yield _List("files", msg("Files"), "attachment", _FILE_COLUMNS, own, "t.id")
