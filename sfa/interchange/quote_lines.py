"""The lines of a quote as JSON, and the document that quote and lines make.

What is usual is left out of the text, so that two hundred lines are about 20 kB; the same lines give
the same text on every device, since a digest is taken of it. Source: docs/quotes.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sfa.errors import InvalidInput, msg
from sfa.fields import TABLES
from sfa.pricing.document import Document, Line
from sfa.pricing.results import Priced
from sfa.terms import LineKind, Rounding, TaxMode, TaxRounding

MOST_LINES = 500
# What an approval is bound to: all that merges as one in a quote, and whose number it is.
BOUND = ("number", *(column.name for column in TABLES["quote"].columns if column.group == "content"))


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """A line as it is kept. Prices are millionths, quantities thousandths, rates and percentages ppm.

    ``key`` is unique in the quote and stays through its revisions. ``list_price_micros`` is what a price
    book or the product said when the line was written, in the quote's currency (converted at that day's
    rate where it was in another); ``None`` for a free text, and where nothing says a price.
    ``service_days`` promises a service so many days after the order.
    """

    key: str
    kind: str = LineKind.PRODUCT
    product: str | None = None
    code: str | None = None
    name: str = ""
    note: str | None = None
    unit: str | None = None
    quantity_milli: int = 1000
    unit_price_micros: int = 0
    list_price_micros: int | None = None
    book: str | None = None
    discount_ppm: int = 0
    discount_minor: int = 0
    tax_rate_ppm: int = 0
    is_optional: bool = False
    alternative_of: str | None = None
    is_taken: bool = False
    group: str | None = None
    service_days: int | None = None

    def priced(self, unit_cost_micros: int | None = None, least_micros: int | None = None) -> Line:
        """Return the line as pricing takes it; its list price is at least what price books ask for it."""
        known = [each for each in (self.list_price_micros, least_micros) if each is not None]
        return Line(
            key=self.key,
            kind=LineKind(self.kind),
            quantity_milli=self.quantity_milli,
            unit_price_micros=self.unit_price_micros,
            discount_ppm=self.discount_ppm,
            discount_minor=self.discount_minor,
            tax_rate_ppm=self.tax_rate_ppm,
            list_price_micros=max(known, default=None),
            unit_cost_micros=unit_cost_micros,
            is_optional=self.is_optional,
            alternative_of=self.alternative_of,
            is_taken=self.is_taken,
            group=self.group,
        )


_DEFAULTS = {each.name: each.default for each in fields(QuoteLine)}
_TYPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("key", "kind", "name"), (str,)),
    **dict.fromkeys(
        ("product", "code", "note", "unit", "book", "alternative_of", "group"), (str, type(None))
    ),
    **dict.fromkeys(
        ("quantity_milli", "unit_price_micros", "discount_ppm", "discount_minor", "tax_rate_ppm"), (int,)
    ),
    **dict.fromkeys(("list_price_micros", "service_days"), (int, type(None))),
    **dict.fromkeys(("is_optional", "is_taken"), (bool,)),
}


def lines_text(lines: Iterable[QuoteLine]) -> str:
    """Return lines as JSON: names in order, what is usual left out, every letter as it is."""
    rows = [
        {name: value for name in _DEFAULTS if (value := getattr(line, name)) != _DEFAULTS[name]}
        for line in lines
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def lines_of(text: str) -> tuple[QuoteLine, ...]:
    """Return the lines of a stored text; what a later version added to them is left out.

    Raises:
        InvalidInput: the text is no list of lines.
    """
    try:
        rows = json.loads(text)
    except ValueError:
        raise _broken() from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "key" in row for row in rows):
        raise _broken()
    for row in rows:
        if any(type(value) not in _TYPES[name] for name, value in row.items() if name in _TYPES):
            raise _broken()
    return tuple(QuoteLine(**{name: value for name, value in row.items() if name in _TYPES}) for row in rows)


def _broken() -> InvalidInput:
    return InvalidInput(
        msg("Lines"),
        msg("they cannot be read"),
        hint=msg("Examine the store: sfa doctor. Nothing was changed."),
    )


def next_key(lines: Sequence[QuoteLine]) -> str:
    """Return a key that no line has, and none that was the last one had."""
    return str(1 + max((int(line.key) for line in lines if line.key.isdecimal()), default=0))


def document_of(
    quote: Mapping[str, Any],
    lines: Sequence[QuoteLine],
    costs: Mapping[str, int] | None = None,
    least: Mapping[str, int] | None = None,
) -> Document:
    """Return what a quote's stored columns and its lines make.

    ``costs`` are millionths by product, ``least`` by line's key: the least that any price book asks.

    Raises:
        InvalidInput: a word that this version does not know.
    """
    known, books = costs or {}, least or {}
    try:
        return Document(
            currency=quote["currency"],
            lines=tuple(line.priced(known.get(line.product or ""), books.get(line.key)) for line in lines),
            discount_ppm=quote["discount_ppm"],
            discount_minor=quote["discount_minor"],
            tax_mode=TaxMode(quote["tax_mode"]),
            tax_rounding=TaxRounding(quote["tax_rounding"]),
            rounding=Rounding(quote["rounding"]),
            cash_step_minor=quote["cash_step_minor"],
            cash_rounding=Rounding(quote["cash_rounding"]),
        )
    except ValueError:
        raise InvalidInput(
            msg("Quote"),
            msg("it has a word that this version of sfa does not know"),
            hint=msg("Update sfa, then look again."),
        ) from None


def total_columns(priced: Priced) -> dict[str, int]:
    """Return the stored columns that say what a quote comes to, in minor units."""
    totals = priced.totals
    return {
        "line_count": len(priced.lines),
        "list_minor": totals.list_minor,
        "net_minor": totals.base_minor,
        "tax_minor": totals.tax_minor,
        "total_minor": totals.payable_minor,
    }


def digest_of(quote: Mapping[str, Any]) -> str:
    """Return what an approval names: the SHA-256 of a quote's number and content, in hexadecimal.

    Each stored value of ``BOUND`` in turn: ``-`` for none, else its length in characters, a colon and
    the text. Source: docs/sync-protocol.md, "Quotes".
    """
    text = "".join(_measured(quote[name]) for name in BOUND)
    return hashlib.sha256(text.encode()).hexdigest()


def _measured(value: object) -> str:
    if value is None:
        return "-"
    text = str(value)
    return f"{len(text)}:{text}"


def moved(lines: Sequence[QuoteLine], key: str, to: int) -> tuple[QuoteLine, ...]:
    """Return the lines with one at another place, counted from 0."""
    rest = [line for line in lines if line.key != key]
    rest[to:to] = [line for line in lines if line.key == key]
    return tuple(rest)


def changed(lines: Sequence[QuoteLine], key: str, **values: Any) -> tuple[QuoteLine, ...]:
    """Return the lines with other values in one of them."""
    return tuple(replace(line, **values) if line.key == key else line for line in lines)
