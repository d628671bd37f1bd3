"""What a product costs us."""

from __future__ import annotations

from sfa.finding.costs import Cost
from sfa.i18n import tr
from sfa.interchange.product_columns import COST
from sfa.render.tables import Col, Grid, grid_text, json_text
from sfa.render.values import flat_currency, flat_value, plain_value, show_value


def cost_text(product: str, cost: Cost, fmt: str) -> str:
    """Return a product's cost in a format; empty while nobody knows it."""
    value = (cost.unit_cost_micros, cost.currency) if cost.unit_cost_micros is not None else None
    if fmt == "json":
        return json_text("sfa.product.cost/1", {"product": product, "cost": plain_value(COST, value)})
    if fmt in {"table", "md"}:
        columns = (Col("product", tr("Product")), Col("cost", tr("Cost"), right=True, rigid=True))
        return grid_text(Grid(columns, ((product, show_value(COST, value) or tr("not known")),)), fmt)
    names = ("product", "cost", "cost_currency")
    row = (product, flat_value(COST, value), flat_currency(value))
    return grid_text(Grid(tuple(Col(name, name) for name in names), (row,)), fmt)
