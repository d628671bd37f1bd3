"""The fields of a product as an import takes them: its cost among them, which is kept apart from it."""

from __future__ import annotations

from sfa.errors import msg
from sfa.fields import Field, Kind, noun

COST = Field(
    "cost",
    Kind.PRICE,
    msg("Cost"),
    "product_cost",
    "unit_cost_micros",
    currency_column="currency",
    minimum=0,
)
_PRODUCT = noun("product")
PRODUCTS = _PRODUCT._replace(fields=(*_PRODUCT.fields, COST))
