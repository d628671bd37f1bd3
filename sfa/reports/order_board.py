"""The board of orders: state by state what is still to be done, and what was closed this quarter.

At most five queries; a typed filter may ask for its names. An order that was delivered and paid has left
the board. Source: docs/orders.md, the board.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sfa.finding.order_money import COLUMNS, OrderMoney, monies
from sfa.finding.organisation import SETTING
from sfa.finding.periods import Period, quarter_of
from sfa.reports.pipeline.figures import UsedRate
from sfa.reports.pipeline.rates import Rates, rates_into
from sfa.terms import OrderState

# The columns in their order; what is paid stands in one as long as it is to be delivered.
OPEN = (
    OrderState.PLACED,
    OrderState.CONFIRMED,
    OrderState.IN_PRODUCTION,
    OrderState.SHIPPED,
    OrderState.DELIVERED,
    OrderState.INVOICED,
    OrderState.PAID,
)
CLOSED = (OrderState.PAID, OrderState.CANCELLED)
_KEYS = ("currency", "fiscal_year_start_month")
_RECEIVED = (
    "(SELECT coalesce(sum(r.amount_minor), 0) FROM order_receipt r"
    " WHERE r.sales_order_id = t.id AND r.deleted_at IS NULL)"
)
_DONE = f"(t.delivered_on IS NOT NULL AND {_RECEIVED} >= t.total_minor)"
_ORDER = "{0}.promised_on IS NULL, {0}.promised_on, {0}.number, {0}.id"
_WIDTH = len(COLUMNS.split(", "))


@dataclass(frozen=True, slots=True)
class Scope:
    """What was asked: the day and a filter as it is typed.

    ``limit`` is how many cards of a state are wanted, ``None`` for all; the order ``keep`` comes in any case.
    """

    today: date
    where: str = ""
    limit: int | None = None
    keep: str = ""


class Sum(NamedTuple):
    """What orders come to in one currency, and what of that is still to be paid, in minor units."""

    currency: str
    total: int
    open: int


@dataclass(frozen=True, slots=True)
class Card:
    """An order. Days are whole: ``late_days`` since the promised one went by, ``overdue_days`` a payment."""

    id: str
    ref: str
    number: str
    account: str
    owner: str
    state: str
    state_days: int | None
    promised: str | None
    late_days: int
    overdue_minor: int
    overdue_days: int
    money: OrderMoney

    @property
    def to_invoice_minor(self) -> int:
        """Return what is not invoiced yet."""
        return max(0, self.money.total_minor - self.money.invoiced_minor)


@dataclass(frozen=True, slots=True)
class Column:
    """A state with its orders, those promised first in front; ``cards`` may be the first only."""

    state: str
    count: int
    sums: tuple[Sum, ...]
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Closed:
    """The orders paid, or cancelled, in the quarter."""

    state: str
    count: int
    sums: tuple[Sum, ...]


@dataclass(frozen=True, slots=True)
class OrderBoard:
    """The open states in order, and what was closed in the fiscal quarter; ``rates`` are those used."""

    scope: Scope
    columns: tuple[Column, ...]
    closed: tuple[Closed, ...]
    quarter: Period
    currency: str
    rates: tuple[UsedRate, ...]

    @property
    def count(self) -> int:
        """Return how many orders stand in the columns."""
        return sum(column.count for column in self.columns)

    @property
    def sums(self) -> tuple[Sum, ...]:
        """Return what they come to, a sum a currency."""
        return _in_order((each for column in self.columns for each in column.sums), self.currency)


def order_board(connection: sqlite3.Connection, scope: Scope) -> OrderBoard:
    """Return the board of the orders that a filter selects.

    Raises:
        BadUsage, InvalidInput: a filter that cannot be read.
    """
    currency, quarter = _organisation(connection, scope.today)
    condition, values = _condition(connection, scope)
    counted = _counted(connection, condition, values, quarter)
    met = {cell[0] for cells in counted.values() for cell in cells}
    rates = Rates(currency, {})
    if met - {currency}:
        rates = rates_into(connection, currency, scope.today)
    cards = _cards(connection, condition, values, scope)
    return OrderBoard(
        scope=scope,
        columns=tuple(
            Column(state, *_told(counted[state, True], rates), tuple(cards[state]))
            for state in OPEN
            if state is not OrderState.PAID or counted[state, True]
        ),
        closed=tuple(Closed(state, *_told(counted[state, False], rates)) for state in CLOSED),
        quarter=quarter,
        currency=currency,
        rates=tuple(rate for code, rate in rates.by_currency.items() if code in met),
    )


def where_of(board: OrderBoard, state: str) -> str:
    """Return the filter of orders that selects what the board counts as closed."""
    parts = [f"state={state}", f"since={board.quarter.label}"]
    return " and ".join([*parts, f"({board.scope.where})"] if board.scope.where.strip() else parts)


def _organisation(connection: sqlite3.Connection, today: date) -> tuple[str, Period]:
    asked = ", ".join(f"({SETTING})" for _ in _KEYS)
    row = tuple(connection.execute(f"SELECT {asked}", _KEYS).fetchone())
    currency, month = (json.loads(text) if text else None for text in row)
    first = month if isinstance(month, int) and 1 <= month <= 12 else 1
    return str(currency or "USD"), quarter_of(today, first)


def _condition(connection: sqlite3.Connection, scope: Scope) -> tuple[str, tuple[Any, ...]]:
    if not scope.where.strip():
        return "", ()
    from sfa.fields import noun
    from sfa.finding.custom import all_fields
    from sfa.finding.listing import condition_of

    fields = all_fields(connection, "order")
    sql, values = condition_of(connection, noun("order"), fields, scope.where, scope.today)
    return f" AND ({sql})", values


# Totals ------------------------------------------------------------------------------------------

_Cell = tuple[str, int, int, int]  # currency, number, total, still to be paid
_Counted = Mapping[tuple[str, bool], list[_Cell]]  # by state, and whether it stands in a column


def _counted(
    connection: sqlite3.Connection, condition: str, values: tuple[Any, ...], quarter: Period
) -> _Counted:
    found: dict[tuple[str, bool], list[_Cell]] = defaultdict(list)
    select = (
        "SELECT t.state, {0}, t.currency, count(*), sum(t.total_minor),"
        f" sum(max(0, t.total_minor - {_RECEIVED})) FROM sales_order t WHERE t.deleted_at IS NULL"
    )
    sql = (
        f"{select.format(1)} AND t.state IN ({_marks(OPEN)}) AND NOT {_DONE}{condition} GROUP BY 1, 3"
        f" UNION ALL {select.format(0)} AND t.state IN ({_marks(CLOSED)})"
        f" AND t.state_on BETWEEN ? AND ?{condition} GROUP BY 1, 3"
    )
    span = (quarter.start.isoformat(), quarter.end.isoformat())
    cursor = connection.cursor()
    cursor.row_factory = None
    for state, is_open, *cell in cursor.execute(sql, (*OPEN, *values, *CLOSED, *span, *values)):
        found[state, bool(is_open)].append((cell[0], cell[1], cell[2], cell[3]))
    return found


def _marks(states: tuple[OrderState, ...]) -> str:
    return ", ".join("?" * len(states))


def _told(cells: Iterable[_Cell], rates: Rates) -> tuple[int, tuple[Sum, ...]]:
    cells = list(cells)
    sums = [
        Sum(rates.shown_in(code), rates.convert(total, code), rates.convert(rest, code))
        for code, _, total, rest in cells
    ]
    return sum(cell[1] for cell in cells), _in_order(sums, rates.currency)


def _in_order(sums: Iterable[Sum], currency: str) -> tuple[Sum, ...]:
    """Return a sum a currency, the organisation's first, the others by their codes."""
    found: dict[str, Sum] = {}
    for each in sums:
        before = found.get(each.currency, Sum(each.currency, 0, 0))
        found[each.currency] = Sum(each.currency, before.total + each.total, before.open + each.open)
    return tuple(sorted(found.values(), key=lambda each: (each.currency != currency, each.currency)))


# Cards -------------------------------------------------------------------------------------------


def _cards(
    connection: sqlite3.Connection, condition: str, values: tuple[Any, ...], scope: Scope
) -> Mapping[str, list[Card]]:
    """Return the first orders of each state, with the one that is to be kept wherever it stands."""
    one = (
        "SELECT key FROM (SELECT t.rowid AS key FROM sales_order t WHERE t.deleted_at IS NULL"
        f" AND t.state = ? AND NOT {_DONE}{condition} ORDER BY {_ORDER.format('t')} LIMIT ?)"
    )
    parts, bound = [one] * len(OPEN), []
    for state in OPEN:
        bound += [state, *values, -1 if scope.limit is None else scope.limit]
    if scope.keep and scope.limit is not None:
        parts.append(
            "SELECT t.rowid FROM sales_order t WHERE t.id = ? AND t.deleted_at IS NULL"
            f" AND +t.state <> '{OrderState.CANCELLED}' AND NOT {_DONE}{condition}"
        )
        bound += [scope.keep, *values]
    sql = (
        f"SELECT {COLUMNS}, o.ref, (SELECT a.name FROM account a WHERE a.id = o.account_id),"
        " (SELECT u.name FROM user u WHERE u.id = o.owner_id), o.state_on, o.promised_on"
        f" FROM ({' UNION '.join(parts)}) wanted CROSS JOIN sales_order o ON o.rowid = wanted.key"
        f" ORDER BY {_ORDER.format('o')}"
    )
    cursor = connection.cursor()
    cursor.row_factory = None
    rows = cursor.execute(sql, bound).fetchall()
    found: dict[str, list[Card]] = defaultdict(list)
    state_at = [name.strip() for name in COLUMNS.split(",")].index("o.state")
    amounts = monies(connection, [row[:_WIDTH] for row in rows]) if rows else []
    for row, money in zip(rows, amounts, strict=True):
        found[row[state_at]].append(_card(row[state_at], row[_WIDTH:], money, scope.today))
    return found


def _card(state: str, row: tuple[Any, ...], money: OrderMoney, today: date) -> Card:
    ref, account, owner, since, promised = row
    late = money.overdue(today)
    is_coming = money.delivered_on is None and promised is not None
    return Card(
        id=money.id,
        ref=ref,
        number=money.number,
        account=account or "",
        owner=owner or "",
        state=state,
        state_days=(today - date.fromisoformat(since)).days if since else None,
        promised=promised,
        late_days=max(0, (today - date.fromisoformat(promised)).days) if is_coming else 0,
        overdue_minor=sum(due.open_minor for due in late),
        overdue_days=(today - late[0].on).days if late and late[0].on is not None else 0,
        money=money,
    )
