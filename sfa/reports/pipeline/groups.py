"""Who or what a deal counts for: the rep's manager, the team, the products, the sector."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from sfa.money import Money, line_minor
from sfa.reports.pipeline.cube import SPLIT, Cell
from sfa.reports.pipeline.figures import Scope

_CHUNK = 500
_NAMED_BY = {"owner": "user", "manager": "user", "team": "team", "product": "product"}


def regrouped(connection: sqlite3.Connection, cells: list[Cell], scope: Scope) -> list[Cell]:
    """Return the cells by the scope's grouping: managers for owners, deals split over products."""
    if scope.by == "manager":
        managers = dict(connection.execute("SELECT id, coalesce(manager_id, '') FROM user").fetchall())
        return [replace(cell, group=managers.get(cell.group, "")) for cell in cells]
    if scope.by == "product":
        return list(_by_product(connection, cells))
    return cells


def names(connection: sqlite3.Connection, scope: Scope) -> dict[str, str]:
    """Return the names of the groups by id; a sector is its own name."""
    table = _NAMED_BY.get(scope.by)
    return dict(connection.execute(f"SELECT id, name FROM {table}").fetchall()) if table else {}


def shared(cells: list[Cell]) -> int:
    """Return how many deals count under several products."""
    return sum(cell.count for cell in cells if cell.group.startswith(SPLIT))


def _by_product(connection: sqlite3.Connection, cells: list[Cell]) -> Iterator[Cell]:
    values = _line_values(connection, [cell.group[1:] for cell in cells if cell.group.startswith(SPLIT)])
    for cell in cells:
        if cell.group.startswith(SPLIT):
            yield from split(cell, values[cell.group[1:]])
        else:
            yield cell


def split(cell: Cell, values: dict[str, int]) -> Iterator[Cell]:
    """Share a deal out over its products by their lines' value; the parts sum to the whole.

    The units left over go as in ``Money.allocate``. Without any price the shares are equal.
    """
    products = sorted(values)
    weights = [values[each] for each in products] if any(values.values()) else [1] * len(products)
    amounts = Money(cell.amount, cell.currency).allocate(weights)
    weighted = Money(cell.weighted, cell.currency).allocate(weights)
    for product, amount, weight in zip(products, amounts, weighted, strict=True):
        yield replace(cell, group=product, amount=amount.minor, weighted=weight.minor)


def _line_values(connection: sqlite3.Connection, deals: list[str]) -> dict[str, dict[str, int]]:
    """Return deal -> product -> value of its lines; nothing counts when the lines mix currencies."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    currencies: dict[str, set[str]] = defaultdict(set)
    for start in range(0, len(deals), _CHUNK):
        chunk = deals[start : start + _CHUNK]
        rows = connection.execute(
            "SELECT deal_id, product_id, unit_price_micros, quantity_milli, currency FROM deal_line"
            f" WHERE deleted_at IS NULL AND deal_id IN ({', '.join('?' * len(chunk))})",
            chunk,
        )
        for deal, product, price, quantity, currency in rows:
            value = line_minor(price, quantity, currency) if price is not None else 0
            found[deal][product] += value
            currencies[deal].update({currency} if currency else ())
    for deal, seen in currencies.items():
        if len(seen) > 1:
            found[deal] = dict.fromkeys(found[deal], 0)
    return found
