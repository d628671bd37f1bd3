"""What things are sold for: price books with their entries, and classes of tax."""

from datetime import date
from typing import ClassVar

from sqlalchemy import CheckConstraint, Index

from sfa.errors import msg
from sfa.models.base import Common, NounInfo, Row, live_index
from sfa.models.types import choice, day, flag, integer, link, text
from sfa.terms import Tier


class TaxClass(Common, table=True):
    """A class of tax and its rate, in millionths: 130000 is 13 %."""

    __tablename__ = "tax"
    __table_args__ = (CheckConstraint("rate_ppm BETWEEN 0 AND 1000000", name="rate_range"),)
    noun: ClassVar[NounInfo] = NounInfo(
        "tax",
        "taxes",
        msg("tax class"),
        msg("tax classes"),
        title=("name",),
        listed=("name", "rate", "default"),
        order=("name",),
    )
    name: str = text(msg("Name"), required=True, max_length=80, merge="guarded")
    rate_ppm: int = integer(
        msg("Rate"), kind="ratio", required=True, minimum=0, maximum=1_000_000, merge="guarded", name="rate"
    )
    is_default: bool = flag(msg("Default"), merge="guarded", name="default")


class PriceBook(Common, table=True):
    """Prices in one currency for a while, for everybody, a tier, or the accounts that name it.

    What it does not price, its parent may. The last day is still valid.
    """

    __tablename__ = "pricebook"
    __table_args__ = (
        CheckConstraint(
            "valid_from IS NULL OR valid_until IS NULL OR valid_from <= valid_until", name="validity"
        ),
        live_index("ix_pricebook_by_name", "name COLLATE NOCASE"),
    )
    noun: ClassVar[NounInfo] = NounInfo(
        "pricebook",
        "pricebooks",
        msg("price book"),
        msg("price books"),
        title=("name",),
        listed=("name", "currency", "valid_from", "valid_until", "tier", "parent", "default"),
        order=("name",),
    )
    name: str = text(msg("Name"), required=True)
    currency: str = text(msg("Currency"), required=True, max_length=3)
    valid_from: date | None = day(msg("Valid from"), group="validity")
    valid_until: date | None = day(msg("Valid until"), group="validity")
    parent_id: str | None = link(msg("Parent price book"), "pricebook", name="parent")
    tier: str | None = choice(msg("Tier"), Tier)
    is_default: bool = flag(msg("Default"), name="default")
    description: str | None = text(msg("Description"), long=True)


class PriceEntry(Row, table=True):
    """A product's price in a book from a quantity on, in thousandths of its unit.

    Dates narrow the book's own; the last day is still valid. The price is in millionths
    of the book's currency's unit.
    """

    __tablename__ = "price_entry"
    __table_args__ = (
        CheckConstraint("unit_price_micros >= 0", name="price_range"),
        CheckConstraint("min_quantity_milli >= 0", name="quantity_range"),
        CheckConstraint(
            "valid_from IS NULL OR valid_until IS NULL OR valid_from <= valid_until", name="validity"
        ),
        Index("ix_price_entry_lookup", "product_id", "pricebook_id", "min_quantity_milli"),
    )
    pricebook_id: str = link(None, "pricebook", required=True)
    product_id: str = link(None, "product", required=True, index=False)
    min_quantity_milli: int = integer(None, kind="quantity", default=0, minimum=0)
    unit_price_micros: int = integer(None, kind="price", required=True, minimum=0)
    valid_from: date | None = day(None, group="validity")
    valid_until: date | None = day(None, group="validity")
