"""Products, and what they cost us, which fewer people may see."""

from typing import ClassVar

from sqlalchemy import CheckConstraint

from sfa.errors import msg
from sfa.models.base import Common, NounInfo, Row, amount_check, live_index
from sfa.models.types import choice, integer, link, text
from sfa.terms import ProductStatus


class Product(Common, table=True):
    """Something we sell; the list price is in millionths of the currency's unit."""

    __table_args__ = (
        CheckConstraint(amount_check("unit_price_micros", "currency"), name="price_with_currency"),
        live_index("ix_product_by_name", "name COLLATE NOCASE"),
    )
    noun: ClassVar[NounInfo] = NounInfo(
        "product",
        "products",
        msg("product"),
        msg("products"),
        title=("name",),
        listed=("code", "name", "family", "unit", "price", "status"),
        order=("name",),
    )
    name: str = text(msg("Name"), required=True)
    code: str | None = text(msg("Code"), max_length=80, index=True)
    family: str | None = text(msg("Family"))
    unit: str | None = text(msg("Unit"), max_length=40)
    unit_price_micros: int | None = integer(
        msg("Price"), kind="price", minimum=0, group="price", name="price", currency="currency"
    )
    currency: str | None = text(None, max_length=3, group="price")
    tax_class_id: str | None = link(msg("Tax class"), "tax", name="tax", index=False)
    status: str = choice(msg("Status"), ProductStatus, default=ProductStatus.ACTIVE)
    description: str | None = text(msg("Description"), long=True)


class ProductCost(Row, table=True):
    """What a product costs us, apart from it because fewer people may see it."""

    __tablename__ = "product_cost"
    __table_args__ = (
        CheckConstraint(amount_check("unit_cost_micros", "currency"), name="cost_with_currency"),
    )
    product_id: str = link(None, "product", required=True)
    unit_cost_micros: int | None = integer(
        msg("Cost"), kind="price", minimum=0, group="cost", name="cost", currency="currency"
    )
    currency: str | None = text(None, max_length=3, group="cost")
