"""What an order shows besides its fields: its lines, what happened, what was invoiced, paid and is due."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from sfa import clock
from sfa.errors import InvalidInput, Msg, msg
from sfa.fields import Choice, Field, Kind
from sfa.fields import noun as noun_of
from sfa.finding import quoting
from sfa.finding.order_money import COLUMNS, OrderMoney, money_of
from sfa.finding.quote_sections import LINES, NARROW, cells_of
from sfa.finding.quoting import Quote
from sfa.finding.sections import Section
from sfa.interchange.quote_lines import document_of, lines_of
from sfa.pricing.ageing import bucket_of
from sfa.pricing.totals import price_document
from sfa.terms import AgeBucket

_STORED = (
    *("id", "number", "currency", "lines", "tax_mode", "tax_rounding", "rounding", "cash_step_minor"),
    *("cash_rounding", "discount_ppm", "discount_minor", "state"),
)
_OF_MONEY = tuple(name.removeprefix("o.") for name in COLUMNS.split(", "))
BUCKETS: dict[str, Msg] = {
    AgeBucket.NOT_DUE: msg("Not due"),
    AgeBucket.UP_TO_30: msg("1 to 30 days overdue"),
    AgeBucket.UP_TO_60: msg("31 to 60 days overdue"),
    AgeBucket.UP_TO_90: msg("61 to 90 days overdue"),
    AgeBucket.OVER_90: msg("More than 90 days overdue"),
}


def _field(name: str, kind: Kind, label: Msg, currency: str = "") -> Field:
    return Field(name, kind, label, "sales_order", name, currency_column=currency, editable=False)


def _money(name: str, label: Msg) -> Field:
    return _field(name, Kind.MONEY, label, "currency")


def _state() -> Field:
    found = noun_of("order").field("state")
    assert found is not None
    return found


_EVENTS = (
    _field("on", Kind.DAY, msg("Day")),
    _state(),
    _field("by", Kind.TEXT, msg("By")),
    _field("note", Kind.LONG, msg("Note")),
)
_AMOUNTS = (
    _field("on", Kind.DAY, msg("Day")),
    _money("amount", msg("Amount")),
    _field("number", Kind.TEXT, msg("Reference number")),
    _field("by", Kind.TEXT, msg("By")),
    _field("note", Kind.LONG, msg("Note")),
)
DUES = (
    _field("due", Kind.DAY, msg("Due on")),
    _money("amount", msg("Amount")),
    _money("open", msg("Still open")),
    Field(
        "overdue",
        Kind.CHOICE,
        msg("Overdue"),
        "sales_order",
        "overdue",
        editable=False,
        choices=tuple(Choice(value, label) for value, label in BUCKETS.items()),
    ),
)
_SUMS: tuple[tuple[Field, Callable[[OrderMoney], int]], ...] = (
    (_money("invoiced", msg("Invoiced amount")), lambda money: money.invoiced_minor),
    (_money("received", msg("Received amount")), lambda money: money.received_minor),
    (_money("open", msg("Still open")), lambda money: money.open_minor),
    (_money("overdue", msg("Overdue")), lambda money: money.ageing(clock.today()).overdue_minor),
)


def order_shown(
    connection: sqlite3.Connection, record_id: str
) -> tuple[list[tuple[Field, Any]], tuple[Section, ...]]:
    """Return what was invoiced, received, is open and overdue of an order, and what hangs on it.

    Of the sections those without a row are left out.
    """
    row = _stored(connection, record_id)
    events, invoices, receipts = _happened(connection, record_id, row["currency"])
    amounts = ([(each[0], each[1][0]) for each in kind] for kind in (invoices, receipts))
    money = money_of(tuple(row[name] for name in _OF_MONEY), *amounts)
    found = [
        Section("events", msg("Course of the order"), _EVENTS, events, more=False),
        Section("payments", msg("Payment plan"), DUES, dues_cells(money), more=False),
        Section("invoices", msg("Invoices"), _AMOUNTS, invoices, more=False),
        Section("receipts", msg("Receipts"), _AMOUNTS, receipts, more=False),
    ]
    try:
        cells = cells_of(_order(row))
    except InvalidInput:
        pass  # of a newer version of sfa, or damaged: the record itself can still be seen
    else:
        found.insert(0, Section("lines", msg("Lines"), LINES, cells, more=False, narrow=NARROW))
    sums = [(field, (value(money), money.currency)) for field, value in _SUMS]
    return sums, tuple(each for each in found if each.rows)


def load_order(connection: sqlite3.Connection, order_id: str) -> Quote:
    """Return an order as a document with its lines and what they come to; the order is there.

    Raises:
        InvalidInput: its lines cannot be read, or priced, by this version.
    """
    row = _stored(connection, order_id)
    costs = quoting.costs_of(connection, lines_of(row["lines"]), row["currency"], today=clock.today())
    return _order(row, costs)


def _stored(connection: sqlite3.Connection, order_id: str) -> Mapping[str, Any]:
    names = (*_STORED, *(each for each in _OF_MONEY if each not in _STORED))
    row = connection.execute(
        f"SELECT {', '.join(names)} FROM sales_order WHERE id = ?", (order_id,)
    ).fetchone()
    return dict(zip(names, tuple(row), strict=True))


def _order(values: Mapping[str, Any], costs: Mapping[str, int] | None = None) -> Quote:
    """Return an order as a document, priced; costs matter only to who sees its margin."""
    lines = lines_of(values["lines"])
    return Quote(values, lines, price_document(document_of(values, lines, dict(costs or {}))))


def dues_cells(money: OrderMoney) -> list[tuple[Any, ...]]:
    """Return the values of ``DUES`` of every instalment."""
    today = clock.today()
    return [
        (
            due.on.isoformat() if due.on else None,
            (due.minor, money.currency),
            (due.open_minor, money.currency),
            bucket_of(due.on, today).value if due.open_minor else None,
        )
        for due in money.dues
    ]


# What happened to an order and its amounts, in the order of their days, each kind by a number.
_BY = "(SELECT u.name FROM user u WHERE u.id = t.created_by)"
_HAPPENED = " UNION ALL ".join(
    f"SELECT {kind} AS kind, t.{day} AS day, {what}, {_BY}, t.note, t.created_at AS at, t.id AS id"
    f" FROM {table} t WHERE t.sales_order_id = ?1 AND t.deleted_at IS NULL"
    for kind, (table, day, what) in enumerate(
        (
            ("order_event", "happened_on", "t.state, NULL"),
            ("order_invoice", "invoiced_on", "t.amount_minor, t.number"),
            ("order_receipt", "received_on", "t.amount_minor, t.number"),
        )
    )
)


def _happened(
    connection: sqlite3.Connection, record_id: str, currency: str
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Return the events of an order, its invoices and its receipts, as values of their columns."""
    found: tuple[list[tuple[Any, ...]], ...] = ([], [], [])
    rows = connection.execute(f"{_HAPPENED} ORDER BY kind, day, at, id", (record_id,))
    for kind, day, what, number, by, note, _, _ in map(tuple, rows):
        found[kind].append((day, what, by, note) if kind == 0 else (day, (what, currency), number, by, note))
    return found[0], found[1], found[2]
