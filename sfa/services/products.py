"""Products: what they cost us, kept apart from them."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from sfa import clock, ids
from sfa.finding import organisation
from sfa.finding.costs import COST, cost_of
from sfa.interchange.values import parse_value
from sfa.services import records
from sfa.services.rows import Row
from sfa.store import change


def set_cost(session: Session, product_id: str, text: str, *, today: date) -> Row:
    """Write down what a unit costs us; an empty text forgets it.

    Raises:
        NotFound: no such product.
        InvalidInput: the text is no amount, or below zero.
    """
    product = records.load(session, "product", product_id)
    connection = records.raw(session)
    stored = parse_value(COST, text, today=today, currency=organisation.currency(connection))
    present = cost_of(connection, product_id)
    if present.row_id is not None:
        change.update(connection, "product_cost", present.row_id, stored)
    elif stored[COST.column] is not None:
        new = {"id": ids.uuid7(clock.wall_ms()), "product_id": product_id, **stored}
        change.insert(connection, "product_cost", new)
    return records.answer(session, "product", product)
