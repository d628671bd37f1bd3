"""What products cost us: read apart from them, because fewer people may see it."""

from __future__ import annotations

import sqlite3
from typing import Any, NamedTuple

from sfa.errors import Refused, msg
from sfa.fields import Field
from sfa.interchange.product_columns import COST
from sfa.terms import Role

SEE_COSTS = frozenset({Role.MANAGER, Role.ADMIN})
NOT_SEEN = msg("What products cost is for managers and administrators.")


class Cost(NamedTuple):
    """What a unit costs: millionths of the currency's unit; all ``None`` while nobody knows."""

    row_id: str | None
    unit_cost_micros: int | None
    currency: str | None

    @property
    def value(self) -> tuple[int, str] | None:
        """Return it as the value of a price; ``None`` while nobody knows."""
        return None if self.unit_cost_micros is None else (self.unit_cost_micros, self.currency or "")


def cost_of(connection: sqlite3.Connection, product_id: str) -> Cost:
    """Return what a product costs us; of several live rows the last changed counts."""
    row = connection.execute(
        "SELECT id, unit_cost_micros, currency FROM product_cost WHERE product_id = ? AND deleted_at IS NULL"
        " ORDER BY updated_at DESC, id LIMIT 1",
        (product_id,),
    ).fetchone()
    return Cost(*row) if row else Cost(None, None, None)


def may_see_costs(connection: sqlite3.Connection) -> bool:
    """Say whether the user may see costs: the owner of a store that never signed in may, else the role says.

    Source: docs/sync-protocol.md, "Sight".
    """
    row = connection.execute("SELECT value FROM local_state WHERE key = 'sync_role'").fetchone()
    return row is None or row[0] in SEE_COSTS


def seen_cost(connection: sqlite3.Connection, product_id: str) -> Cost:
    """Return what a product costs us, to whoever may see it.

    Raises:
        Refused: the role does not allow it.
    """
    if not may_see_costs(connection):
        raise Refused(NOT_SEEN, why=msg("The centre sends it to nobody else."), hint=msg("Ask one of them."))
    return cost_of(connection, product_id)


def cost_shown(connection: sqlite3.Connection, noun: str, record_id: str) -> list[tuple[Field, Any]]:
    """Return the cost as a field with its value where the record is a product and the user may see it."""
    if noun != "product" or not may_see_costs(connection):
        return []
    return [(COST, cost_of(connection, record_id).value)]
