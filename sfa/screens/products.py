"""Products: the list and its filters, and one product in full."""

from __future__ import annotations

from sfa.errors import Msg, msg
from sfa.finding.costs import NOT_SEEN
from sfa.interchange.product_columns import COST
from sfa.screens.acting.products import ProductActions
from sfa.screens.filtering import QuickFilter
from sfa.screens.record import RecordScreen
from sfa.screens.records import RecordsScreen


class ProductsScreen(ProductActions, RecordsScreen):
    """The list of products."""

    PLACE = "products"
    NOUN = "product"
    EMPTY = msg("No products yet. n adds one; sfa import products FILE brings many.")
    TOGETHER = ("family", "unit", "status", "tags")
    FILTERS = (
        QuickFilter("active", msg("On sale"), "status=active"),
        QuickFilter("no-price", msg("Without a price"), "price is empty"),
    )


class ProductScreen(ProductActions, RecordScreen):
    """One product in full."""

    def refusal(self, action: str) -> Msg | None:
        """Say that the cost is not for everybody."""
        if (
            action == "cost"
            and self.shown is not None
            and all(field != COST for field, _ in self.shown.values)
        ):
            return NOT_SEEN
        return super().refusal(action)
