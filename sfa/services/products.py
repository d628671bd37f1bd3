"""Products: what they cost us, kept apart from them because fewer people may see it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from sfa import clock, ids
from sfa.errors import msg
from sfa.fields import Field, Kind
from sfa.finding import organisation
from sfa.interchange.values import parse_value
from sfa.services import records
from sfa.services.rows import Row
from sfa.store import change

COST = Field(
    "cost",
    Kind.PRICE,
    msg("Cost"),
    "product_cost",
    "unit_cost_micros",
    currency_column="currency",
    minimum=0,
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a unit costs: millionths of the currency's unit; both ``None`` while nobody knows."""

    product_id: str
    unit_cost_micros: int | None
    currency: str | None


def cost_of(connection: sqlite3.Connection, product_id: str) -> Cost:
    """Return what a product costs us; of several live rows the last changed counts."""
    row = _row(connection, product_id)
    return Cost(product_id, row["unit_cost_micros"], row["currency"]) if row else Cost(product_id, None, None)


def _row(connection: sqlite3.Connection, product_id: str) -> sqlite3.Row | None:
    found: sqlite3.Row | None = connection.execute(
        "SELECT id, unit_cost_micros, currency FROM product_cost WHERE product_id = ? AND deleted_at IS NULL"
        " ORDER BY updated_at DESC, id LIMIT 1",
        (product_id,),
    ).fetchone()
    return found


def set_cost(session: Session, product_id: str, text: str, *, today: date) -> Row:
    """Write down what a unit costs us; an empty text forgets it.

    Raises:
        NotFound: no such product.
        InvalidInput: the text is no amount, or below zero.
    """
    product = records.load(session, "product", product_id)
    connection = records.raw(session)
    stored = parse_value(COST, text, today=today, currency=organisation.currency(connection))
    present = _row(connection, product_id)
    if present is not None:
        change.update(connection, "product_cost", present["id"], stored)
    elif stored[COST.column] is not None:
        new = {"id": ids.uuid7(clock.wall_ms()), "product_id": product_id, **stored}
        change.insert(connection, "product_cost", new)
    return records.answer(session, "product", product)
