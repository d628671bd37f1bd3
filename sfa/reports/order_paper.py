"""Everything that an order's paper says: confirmation, margin, the list for the warehouse. Read-only.

How it is said is ``render.order_paper``. Money is computed in ``pricing``.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date

from sfa import clock
from sfa.errors import NotFound, Refused, msg
from sfa.fields import TABLES
from sfa.fields import noun as noun_of
from sfa.finding.order_money import Due, load_money
from sfa.finding.quoting import Quote, costs_of
from sfa.interchange.quote_lines import document_of, lines_of
from sfa.pricing.totals import price_document
from sfa.reports.paper_sides import Issued, around, priced_beside, refuse_unseen_costs

_COLUMNS = TABLES["sales_order"].column_names()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought(Issued):
    """An order as its paper needs it. ``quote_number`` is empty where it came of none that is seen here."""

    quote_number: str
    promised_on: date | None
    dues: tuple[Due, ...]


def bought_of(
    connection: sqlite3.Connection, order_id: str, *, today: date, with_costs: bool = False
) -> Bought:
    """Return an order as its paper needs it; costs only where they are asked for.

    Raises:
        NotFound: no such order.
        Refused: costs are asked for by somebody who may not see them, or the order has no lines.
        InvalidInput: its lines cannot be read, or priced, by this version.
    """
    if with_costs:
        refuse_unseen_costs(connection)
    row = connection.execute(
        f"SELECT {', '.join(_COLUMNS)} FROM sales_order WHERE id = ?", (order_id,)
    ).fetchone()
    if row is None:
        raise NotFound(msg("There is no {noun} {id}."), noun=noun_of("order").label, id=order_id)
    values = dict(zip(_COLUMNS, tuple(row), strict=True))
    lines = lines_of(values["lines"])
    if not lines:
        raise Refused(
            msg("The order {number} has no lines to print."),
            why=msg("There is nothing in it to confirm."),
            number=values["number"],
        )
    costs = costs_of(connection, lines, values["currency"], today=today) if with_costs else {}
    document = Quote(values, lines, price_document(document_of(values, lines, costs)))
    named = connection.execute("SELECT number FROM quote WHERE id = ?", (values["quote_id"],)).fetchone()
    return Bought(
        **around(connection, values),
        document=document,
        beside=priced_beside(document, costs),
        quote_number=named[0] if named is not None else "",
        promised_on=_day(values["promised_on"]),
        dues=load_money(connection, order_id).dues,
        made_at=clock.from_text(values["updated_at"]),
        issued_on=_day(values["ordered_on"]) or today,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
