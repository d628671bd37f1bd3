"""The fields of a price in a book, and the rows of a price list as an import takes them.

A price is no record of its own: it has no reference, and hangs on its book.
"""

from __future__ import annotations

from sfa.errors import msg
from sfa.fields import Field, Kind, Noun

TABLE = "price_entry"
PRODUCT = Field("product", Kind.LINK, msg("Product"), TABLE, "product_id", target="product")
BOOK = Field("pricebook", Kind.LINK, msg("Price book"), TABLE, "pricebook_id", target="pricebook")
FROM_QUANTITY = Field("from_qty", Kind.QUANTITY, msg("From quantity"), TABLE, "min_quantity_milli", minimum=0)
PRICE = Field("price", Kind.PRICE, msg("Price"), TABLE, "unit_price_micros", minimum=0)
VALID_FROM = Field("valid_from", Kind.DAY, msg("Valid from"), TABLE, "valid_from")
VALID_UNTIL = Field("valid_until", Kind.DAY, msg("Valid until"), TABLE, "valid_until")

IMPORTED = Noun(
    "price",
    "prices",
    msg("price"),
    msg("prices"),
    TABLE,
    ("product_id",),
    (),
    (
        PRODUCT._replace(required=True),
        BOOK._replace(required=True),
        FROM_QUANTITY,
        PRICE._replace(required=True),
        VALID_FROM,
        VALID_UNTIL,
    ),
    owned=False,
)
