"""A line of a quote as one line of text: ``PUMP-200 x 3 @ 99.50 -10%``, ``gift: Hat x 2``, ``text: Phase 1``.

``other: Crane hire x 2 @ 80`` is something that is in no list, whatever products are called.

The product's name comes first and may hold anything; quantity, price and discount follow it in any
order, each at most once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from sfa import money
from sfa.errors import InvalidInput, Msg, msg
from sfa.interchange.amounts import read_amount, read_decimal
from sfa.terms import LineKind

_KINDS = {
    "gift": LineKind.GIFT,
    "赠品": LineKind.GIFT,
    "text": LineKind.TEXT,
    "文字": LineKind.TEXT,
}
_OTHER = frozenset({"other", "其他"})
_NUMBER = r"[-+−]?\d[\d.,']*"
_TAIL = re.compile(
    rf"\s+(?:[x×*]\s*(?P<quantity>{_NUMBER})"
    r"|@\s*(?P<price>(?:[a-z]{3}\s)?[^\s@]+(?:\s[a-z]{3}|\s元)?)"
    rf"|(?P<discount>[-−]\s*(?:[a-z]{{3}}\s)?[^\s\d@-]?\d[\d.,']*\s?(?:[%％元]|[a-z]{{3}})?))\s*$",
    re.IGNORECASE,
)
_PPM = 1_000_000
_MOST_MILLI = 10**12


@dataclass(frozen=True, slots=True)
class LineText:
    """What a text says of a line; what it leaves out is ``None``.

    Quantities are thousandths, prices millionths, percentages ppm, amounts minor units. ``is_other``: it says
    that it is in no list.
    """

    name: str
    kind: LineKind = LineKind.PRODUCT
    quantity_milli: int | None = None
    unit_price_micros: int | None = None
    discount_ppm: int | None = None
    discount_minor: int | None = None
    is_other: bool = False


def read_line(text: str, currency: str) -> LineText:
    """Return what a text says.

    Raises:
        InvalidInput: nothing stands before the figures, a figure stands twice or is none, or an amount is
            in another currency.
    """
    kind, rest = _kind(" ".join(text.split()))
    is_other, rest = without_other(rest) if kind == LineKind.PRODUCT else (False, rest)
    if kind == LineKind.TEXT:
        return LineText(_named(rest, text), kind)
    said: dict[str, str] = {}
    while (tail := _TAIL.search(" " + rest)) is not None:
        name = str(tail.lastgroup)
        if name in said:
            raise InvalidInput(
                msg("Line"), msg("{value!r} says the {part} twice"), value=text, part=_PARTS[name]
            )
        said[name] = tail[name]
        rest = (" " + rest)[: tail.start()].strip()
    found: dict[str, int] = {}
    if "quantity" in said:
        found["quantity_milli"] = read_quantity(said["quantity"])
    if "price" in said:
        found["unit_price_micros"] = read_unit_price(said["price"], currency)
    if "discount" in said:
        ppm, minor = read_discount(said["discount"], currency)
        found.update(discount_ppm=ppm, discount_minor=minor)
    if is_other and "unit_price_micros" not in found:
        raise InvalidInput(
            msg("Line"),
            msg("{value!r} has no price"),
            hint=msg("What is in no list needs one: other: NAME x QUANTITY @ PRICE."),
            value=text,
        )
    return LineText(_named(rest, text), kind, is_other=is_other, **found)


_PARTS: dict[str, Msg] = {"quantity": msg("Quantity"), "price": msg("Price"), "discount": msg("Discount")}


def _kind(text: str) -> tuple[LineKind, str]:
    word, colon, rest = text.replace("：", ":", 1).partition(":")
    kind = _KINDS.get(word.strip().casefold())
    return (kind, rest.strip()) if colon and kind is not None else (LineKind.PRODUCT, text)


def without_other(name: str) -> tuple[bool, str]:
    """Say whether a name begins with the word for what is in no list, and return it without that."""
    word, colon, rest = name.replace("：", ":", 1).partition(":")
    is_other = bool(colon) and word.strip().casefold() in _OTHER
    return is_other, rest.strip() if is_other else name


def _named(name: str, text: str) -> str:
    if not name:
        raise InvalidInput(
            msg("Line"),
            msg("{value!r} names no product"),
            hint=msg("Write it as: NAME x QUANTITY @ PRICE -DISCOUNT%."),
            value=text,
        )
    return name


def read_quantity(text: str) -> int:
    """Return a quantity in thousandths.

    Raises:
        InvalidInput: no number above zero, or finer than a thousandth.
    """
    number = read_decimal(text.strip())
    if number is None:
        raise InvalidInput(msg("Quantity"), msg("{value!r} is no number."), value=text)
    if number <= 0:
        raise InvalidInput(msg("Quantity"), msg("it must be above zero"))
    milli = number * 1000
    if milli != int(milli):
        raise InvalidInput(msg("Quantity"), msg("{value} has more than three decimals"), value=text.strip())
    if milli > _MOST_MILLI:
        raise InvalidInput(msg("Quantity"), msg("{value} is too large"), value=text.strip())
    return int(milli)


def read_unit_price(text: str, currency: str) -> int:
    """Return a unit price in millionths of the quote's currency.

    Raises:
        InvalidInput: no amount, below zero, finer than a millionth, or in another currency.
    """
    number = _amount(msg("Price"), text, currency)
    micros = number * money.MICROS
    if micros != int(micros):
        raise InvalidInput(msg("Price"), msg("{value} has more than six decimals"), value=text.strip())
    return int(micros)


def read_discount(text: str, currency: str) -> tuple[int, int]:
    """Return a discount as (ppm, minor units), one of them 0; a minus in front is no matter.

    Raises:
        InvalidInput: no percentage from 0 to 100 and no amount, or an amount in another currency.
    """
    plain = text.strip().lstrip("-−").strip()
    if not plain:
        return 0, 0
    if plain.endswith(("%", "％")):
        number = read_decimal(plain[:-1].strip())
        if number is None:
            raise InvalidInput(msg("Discount"), msg("{value!r} is no number."), value=text)
        ppm = number * 10_000
        if not 0 <= ppm <= _PPM:
            raise InvalidInput(
                msg("Discount"),
                msg("it is between 0 % and {most} %, and {percent} % is not"),
                most="100",
                percent=f"{number:f}",
            )
        if ppm != int(ppm):
            raise InvalidInput(msg("Discount"), msg("{value} has more than four decimals"), value=plain)
        return int(ppm), 0
    number = _amount(msg("Discount"), plain, currency)
    minor = number * Decimal(10) ** money.exponent(currency)
    if minor != int(minor):
        raise InvalidInput(
            msg("Discount"),
            msg("{value} is finer than the smallest unit of {currency}"),
            value=plain,
            currency=currency,
        )
    return 0, int(minor)


def read_rate(text: str) -> int:
    """Return a rate of tax in ppm; an empty text is none.

    Raises:
        InvalidInput: no percentage from 0 to 1,000.
    """
    plain = text.strip().rstrip("%％").strip() or "0"
    number = read_decimal(plain)
    if number is None:
        raise InvalidInput(msg("Tax rate"), msg("{value!r} is no number."), value=text)
    ppm = number * 10_000
    if not 0 <= ppm <= 10 * _PPM or ppm != int(ppm):
        raise InvalidInput(
            msg("Tax rate"), msg("{value} is not between 0 and 1,000 with four decimals at most"), value=plain
        )
    return int(ppm)


def _amount(label: Msg, text: str, currency: str) -> Decimal:
    number, named = read_amount(text.strip(), currency)
    if number is None:
        raise InvalidInput(label, msg("{value!r} is no amount."), value=text.strip())
    if named != currency:
        raise InvalidInput(
            label,
            msg("{value!r} is in another currency; the quote's is {currency}"),
            hint=msg("Make a quote of its own for each currency."),
            value=text.strip(),
            currency=currency,
        )
    if number < 0:
        raise InvalidInput(label, msg("it must not be negative, and {value} is"), value=text.strip())
    if number > 1_000_000_000:
        raise InvalidInput(label, msg("{value} is too large"), value=text.strip())
    return number
