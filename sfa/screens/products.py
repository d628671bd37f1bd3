"""Products: the list and its filters."""

from __future__ import annotations

from sfa.errors import msg
from sfa.screens.records import QuickFilter, RecordsScreen


class ProductsScreen(RecordsScreen):
    """The list of products."""

    PLACE = "products"
    NOUN = "product"
    EMPTY = msg("No products yet. n adds one; sfa import products FILE brings many.")
    TOGETHER = ("family", "unit", "status", "tags")
    FILTERS = (
        QuickFilter("active", msg("On sale"), "status=active"),
        QuickFilter("no-price", msg("Without a price"), "price is empty"),
    )
