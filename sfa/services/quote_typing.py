"""Values of a line as they are typed, and what the price books say of it besides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from sfa.errors import InvalidInput, NotFound, msg
from sfa.finding.quote_pricing import price_of
from sfa.interchange.quote_line_text import read_discount, read_quantity, read_unit_price
from sfa.interchange.quote_lines import lines_of
from sfa.models.quote import Quote
from sfa.money import from_micros
from sfa.services import records
from sfa.services.quote_lines import terms_of


def typed_values(session: Session, quote_id: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of ``QuoteLine`` that texts mean: quantity, price, discount, name.

    Raises:
        NotFound: no such quote.
        InvalidInput: a text is none of it, or an amount in another currency.
    """
    quote: Quote = records.load(session, "quote", quote_id)
    return values_of(texts, quote.currency)


def values_of(texts: Mapping[str, str], currency: str) -> dict[str, Any]:
    """Return the values of a line that texts mean, in a currency.

    Raises:
        InvalidInput: as ``typed_values``.
    """
    found: dict[str, Any] = {}
    if "quantity" in texts:
        found["quantity_milli"] = read_quantity(texts["quantity"])
    if "price" in texts:
        found["unit_price_micros"] = read_unit_price(texts["price"], currency)
    if "discount" in texts:
        found["discount_ppm"], found["discount_minor"] = read_discount(texts["discount"], currency)
    if "name" in texts:
        if not texts["name"].strip():
            raise InvalidInput(msg("Line"), msg("it must not be empty"))
        found["name"] = texts["name"].strip()
    return found


def offered(session: Session, quote_id: str, key: str, *, today: date) -> str | None:
    """Return what the price books say of a line where that is not its price, as an amount; else ``None``."""
    quote: Quote = records.load(session, "quote", quote_id)
    line = lines_of(quote.lines)[int(key) - 1]
    if not line.product or line.kind != "product":
        return None
    try:
        micros = price_of(records.raw(session), terms_of(quote), line.product, line.quantity_milli, today)[0]
    except (InvalidInput, NotFound):
        return None
    if micros in {line.unit_price_micros, line.list_price_micros}:
        return None
    return f"{from_micros(micros):,f} {quote.currency}"
