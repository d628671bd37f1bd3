"""The columns a paper may have, who may see them, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from sfa.money import exponent, from_micros
from sfa.render import numbers
from sfa.render.paper.document import Line, Variant


class Column(NamedTuple):
    """A column: whether it holds figures, which variants may show it, what it says of a line."""

    is_figure: bool
    variants: tuple[Variant, ...]
    text: Callable[[Line, str], str]


_ALL = tuple(Variant)
_PRICED = (Variant.CUSTOMER, Variant.INTERNAL)
_OWN = (Variant.INTERNAL,)


def price_text(micros: int, currency: str) -> str:
    """Return a unit price, with no decimals where the currency has none and the price needs none."""
    price = from_micros(micros)
    if not exponent(currency) and price == price.to_integral_value():
        price = price.quantize(Decimal(1))
    return numbers.grouped(price)


def percent_text(ppm: int | None) -> str:
    """Return parts per million as a percentage: ``13%``, ``8.25%``; empty where there is none."""
    return "" if ppm is None else f"{numbers.short(Decimal(ppm).scaleb(-4)):f}%"


def share_text(ppm: int | None) -> str:
    """Return a share of an amount, which never comes out even, to a tenth of a percent: ``34.7%``."""
    if ppm is None:
        return ""
    return f"{Decimal(ppm).scaleb(-4).quantize(Decimal('0.1'), rounding=ROUND_HALF_UP)}%"


def amount_text(minor: int | None, currency: str) -> str:
    """Return an amount without its currency; empty where it is unknown."""
    return "" if minor is None else numbers.amount(minor, currency)


def _amount(name: str) -> Callable[[Line, str], str]:
    return lambda line, currency: amount_text(getattr(line, name), currency)


# The description, the unit and the discounts speak the paper's language: the sheet writes them.
COLUMNS: dict[str, Column] = {
    "position": Column(False, _ALL, lambda line, _: line.position),
    "code": Column(False, _ALL, lambda line, _: line.code),
    "name": Column(False, _ALL, lambda line, _: line.name.text),
    "quantity": Column(True, _ALL, lambda line, _: numbers.quantity(line.quantity_milli)),
    "unit": Column(False, _ALL, lambda line, _: line.unit.text),
    "unit_price": Column(True, _PRICED, lambda line, currency: price_text(line.unit_price_micros, currency)),
    "discount": Column(True, _PRICED, lambda _line, _: ""),
    "tax_rate": Column(True, _PRICED, lambda line, _: percent_text(line.tax_rate_ppm)),
    "net": Column(True, _PRICED, _amount("net_minor")),
    "tax": Column(True, _PRICED, _amount("tax_minor")),
    "gross": Column(True, _PRICED, _amount("gross_minor")),
    "cost": Column(True, _OWN, _amount("cost_minor")),
    "margin": Column(True, _OWN, _amount("margin_minor")),
    "margin_pct": Column(True, _OWN, lambda line, _: share_text(line.margin_ppm)),
    "picked": Column(False, _ALL, lambda _line, _: ""),
}


def allowed(variant: Variant) -> tuple[str, ...]:
    """Return the columns a variant may show."""
    return tuple(name for name, column in COLUMNS.items() if variant in column.variants)
