"""What an order shows besides its fields: its lines, what happened, what was invoiced, paid and is due."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sfa import clock
from sfa.errors import InvalidInput, Msg, msg
from sfa.fields import Choice, Field, Kind
from sfa.fields import noun as noun_of
from sfa.finding import quoting
from sfa.finding.order_money import OrderMoney, load_money
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


def money_shown(connection: sqlite3.Connection, record_id: str) -> list[tuple[Field, Any]]:
    """Return what was invoiced and received of an order, what is open, and how much of that is overdue."""
    money = load_money(connection, record_id)
    return [(field, (value(money), money.currency)) for field, value in _SUMS]


def sections_shown(connection: sqlite3.Connection, record_id: str) -> tuple[Section, ...]:
    """Return what hangs on an order as sections; those without a row are left out."""
    money = load_money(connection, record_id)
    found = [
        Section("events", msg("Course of the order"), _EVENTS, _events(connection, record_id), more=False),
        Section("payments", msg("Payment plan"), DUES, dues_cells(money), more=False),
        *(
            Section(
                name, label, _AMOUNTS, _amounts(connection, record_id, table, day, money.currency), more=False
            )
            for name, label, table, day in (
                ("invoices", msg("Invoices"), "order_invoice", "invoiced_on"),
                ("receipts", msg("Receipts"), "order_receipt", "received_on"),
            )
        ),
    ]
    try:
        order = load_order(connection, record_id)
    except InvalidInput:
        pass  # of a newer version of sfa, or damaged: the record itself can still be seen
    else:
        found.insert(0, Section("lines", msg("Lines"), LINES, cells_of(order), more=False, narrow=NARROW))
    return tuple(each for each in found if each.rows)


def load_order(connection: sqlite3.Connection, order_id: str) -> Quote:
    """Return an order as a document with its lines and what they come to; the order is there.

    Raises:
        InvalidInput: its lines cannot be read, or priced, by this version.
    """
    row = connection.execute(
        f"SELECT {', '.join(_STORED)} FROM sales_order WHERE id = ?", (order_id,)
    ).fetchone()
    values: Mapping[str, Any] = dict(zip(_STORED, tuple(row), strict=True))
    lines = lines_of(values["lines"])
    costs = quoting.costs_of(connection, lines, values["currency"], today=clock.today())
    return Quote(values, lines, price_document(document_of(values, lines, costs)))


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


_BY = "(SELECT u.name FROM user u WHERE u.id = t.created_by)"


def _events(connection: sqlite3.Connection, record_id: str) -> list[tuple[Any, ...]]:
    return _rows(
        connection.execute(
            f"SELECT t.happened_on, t.state, {_BY}, t.note FROM order_event t WHERE t.sales_order_id = ?"
            " AND t.deleted_at IS NULL ORDER BY t.happened_on, t.created_at, t.id",
            (record_id,),
        )
    )


def _amounts(
    connection: sqlite3.Connection, record_id: str, table: str, day: str, currency: str
) -> list[tuple[Any, ...]]:
    rows = connection.execute(
        f"SELECT t.{day}, t.amount_minor, t.number, {_BY}, t.note FROM {table} t WHERE t.sales_order_id = ?"
        f" AND t.deleted_at IS NULL ORDER BY t.{day}, t.created_at, t.id",
        (record_id,),
    )
    return [(on, (minor, currency), *rest) for on, minor, *rest in _rows(rows)]


def _rows(rows: Iterable[Any]) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in rows]
