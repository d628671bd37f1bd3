"""What products cost us: read apart from them, because fewer people may see it."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from sfa.errors import msg
from sfa.fields import Field, Kind

COST = Field(
    "cost",
    Kind.PRICE,
    msg("Cost"),
    "product_cost",
    "unit_cost_micros",
    currency_column="currency",
    minimum=0,
)


class Cost(NamedTuple):
    """What a unit costs: millionths of the currency's unit; all ``None`` while nobody knows."""

    row_id: str | None
    unit_cost_micros: int | None
    currency: str | None


def cost_of(connection: sqlite3.Connection, product_id: str) -> Cost:
    """Return what a product costs us; of several live rows the last changed counts."""
    row = connection.execute(
        "SELECT id, unit_cost_micros, currency FROM product_cost WHERE product_id = ? AND deleted_at IS NULL"
        " ORDER BY updated_at DESC, id LIMIT 1",
        (product_id,),
    ).fetchone()
    return Cost(*row) if row else Cost(None, None, None)
