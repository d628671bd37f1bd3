"""Which of one's own orders ask for something: payments overdue, promised days gone by, too much ordered."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import Any

from sfa.errors import InvalidInput
from sfa.finding.order_money import COLUMNS, OrderMoney, monies
from sfa.finding.order_rest import exceeded
from sfa.reports.today.asking import Ask, days_since
from sfa.reports.today.figures import Entry, Section
from sfa.terms import OrderState

# The columns of a row besides those of the amounts.
_MORE = "o.ref, o.promised_on, o.quote_id, (SELECT a.name FROM account a WHERE a.id = o.account_id)"
# What may ask for something: an instalment or a promised day that may have gone by, or two orders of a quote.
_ROWS = (
    f"SELECT {COLUMNS}, {_MORE} FROM sales_order o WHERE o.deleted_at IS NULL AND o.owner_id = ?1"
    f" AND o.state NOT IN ('{OrderState.CANCELLED}', '{OrderState.PAID}') AND (o.payment_plan <> '[]'"
    " OR (o.promised_on < ?2 AND o.delivered_on IS NULL)"
    " OR EXISTS (SELECT 1 FROM sales_order s WHERE s.quote_id = o.quote_id AND s.id <> o.id"
    f" AND s.deleted_at IS NULL AND s.state <> '{OrderState.CANCELLED}'))"
)


def order_section(ask: Ask) -> Section:
    """Return the orders that ask for something, the longest late first; one may ask for several things."""
    cursor = ask.connection.cursor()
    cursor.row_factory = None
    rows = cursor.execute(_ROWS, (ask.user, ask.today.isoformat())).fetchall()
    width = len(COLUMNS.split(", "))
    found: list[Entry] = []
    if rows:
        amounts = monies(ask.connection, [row[:width] for row in rows])
        over = _over(ask.connection, {row[width + 2] for row in rows if row[width + 2]})
        for row, money in zip(rows, amounts, strict=True):
            found += _entries(row[width:], money, ask.today, over)
    found.sort(key=lambda entry: (-(entry.days or 0), entry.on or "", entry.text, entry.mark))
    shown = found if ask.limit < 0 else found[: ask.limit]
    return Section("orders", tuple(shown), len(found))


def _over(connection: sqlite3.Connection, quotes: set[str]) -> set[str]:
    """Return the quotes of which more was ordered than accepted."""
    found = set()
    for quote in quotes:
        try:
            if exceeded(connection, quote):
                found.add(quote)
        except InvalidInput:
            continue  # lines of a newer version of sfa
    return found


def _entries(row: tuple[Any, ...], money: OrderMoney, today: date, over: set[str]) -> Iterator[Entry]:
    ref, promised, quote, account = row

    def entry(mark: str, on: str | None, minor: int | None = None) -> Entry:
        return Entry(
            "order",
            money.id,
            ref,
            money.number,
            account or "",
            on,
            days=days_since(on, today) if on else None,
            mark=mark,
            amount=minor,
            currency=money.currency if minor is not None else None,
        )

    late = money.overdue(today)
    if late and late[0].on is not None:
        yield entry("overdue", late[0].on.isoformat(), sum(due.open_minor for due in late))
    if promised and promised < today.isoformat() and money.delivered_on is None:
        yield entry("late", promised)
    if quote in over:
        yield entry("over", None)
