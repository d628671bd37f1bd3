"""The rows of an order history as an import takes them: a line each, with what it says of its order.

Rows with the same number are one order. What concerns the whole of it may stand in every row or in one.
"""

from __future__ import annotations

from sfa.errors import msg
from sfa.fields import Field, Kind, Noun, noun

TABLE = "sales_order"
# Lines are no table: they are one value of their order.
LINE_TABLE = "order_line"

_ORDER = noun("order")


def _own(name: str, **changes: object) -> Field:
    field = _ORDER.field(name)
    assert field is not None
    return field._replace(editable=True, **changes)  # type: ignore[arg-type]


NUMBER = _own("number")
ACCOUNT = _own("account")
ORDERED = _own("ordered", required=True)
STATE = _own("state", required=False)
SINCE = _own("since")
DELIVERED = _own("delivered")
TAX_MODE = _own("tax_mode", required=False)
ORDER_DISCOUNT = Field("order_discount", Kind.TEXT, msg("Discount"), TABLE, "discount", max_length=60)

LINE = Field("line", Kind.INTEGER, msg("Line"), LINE_TABLE, "line", minimum=0, maximum=1_000_000_000)
PRODUCT = Field("product", Kind.LINK, msg("Product"), LINE_TABLE, "product_id", target="product")
DESCRIPTION = Field("description", Kind.TEXT, msg("Description"), LINE_TABLE, "description", max_length=500)
NOTE = Field("line_note", Kind.TEXT, msg("Note of the line"), LINE_TABLE, "line_note", max_length=500)
UNIT = Field("unit", Kind.TEXT, msg("Unit"), LINE_TABLE, "unit", max_length=40)
QUANTITY = Field("quantity", Kind.QUANTITY, msg("Quantity"), LINE_TABLE, "quantity_milli", minimum=1)
PRICE = Field(
    "price",
    Kind.PRICE,
    msg("Price"),
    LINE_TABLE,
    "unit_price_micros",
    currency_column="price_currency",
    minimum=0,
)
AMOUNT = Field(
    "amount",
    Kind.PRICE,
    msg("Amount"),
    LINE_TABLE,
    "amount_micros",
    currency_column="amount_currency",
    minimum=0,
)
DISCOUNT = Field("discount", Kind.TEXT, msg("Discount"), LINE_TABLE, "discount", max_length=60)
TAX = Field("tax", Kind.TEXT, msg("Tax rate"), LINE_TABLE, "tax", max_length=80)

LINE_FIELDS = (LINE, PRODUCT, DESCRIPTION, NOTE, UNIT, QUANTITY, PRICE, AMOUNT, DISCOUNT, TAX)
_OF_THE_WHOLE = (
    *("subject", "deal", "contact", "owner", "promised", "payment_terms", "delivery_terms", "notes"),
    *("contract_number", "contract_parties", "contract_signed", "contract_from", "contract_until"),
    *("contract_renewal", "created", "created_by", "tags"),
)
ORDER_FIELDS = (
    *(NUMBER, ACCOUNT, ORDERED, STATE, SINCE, DELIVERED, TAX_MODE, ORDER_DISCOUNT),
    *(_own(name, required=False) for name in _OF_THE_WHOLE),
)


def _noun(fields: tuple[Field, ...], table: str) -> Noun:
    return Noun(
        _ORDER.name,
        _ORDER.plural,
        _ORDER.label,
        _ORDER.label_plural,
        table,
        _ORDER.title,
        (),
        fields,
        owned=table == TABLE,
    )


ORDERS = _noun((*ORDER_FIELDS, *LINE_FIELDS), TABLE)
HEADS = _noun(ORDER_FIELDS, TABLE)
LINES = _noun(LINE_FIELDS, LINE_TABLE)
