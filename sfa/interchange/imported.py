"""What can be imported: the nouns, and rows that are no records of their own or more than one."""

from __future__ import annotations

from sfa.fields import Noun, noun_or_none


def imported_noun(word: str) -> Noun | None:
    """Return what a singular or plural word names of what can be imported, or ``None``."""
    if word in {"price", "prices"}:
        from sfa.interchange.price_columns import IMPORTED

        return IMPORTED
    if word in {"order", "orders"}:
        from sfa.interchange.order_columns import ORDERS

        return ORDERS
    if word in {"product", "products"}:
        from sfa.interchange.product_columns import PRODUCTS

        return PRODUCTS
    return noun_or_none(word)
