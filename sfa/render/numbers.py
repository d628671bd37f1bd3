"""Numbers as people and machines read them. Grouping is the same in English and Chinese.

Babel would give the same digits for both languages (a test compares them), at 60 ms
for its import; so the formatting is done here.
"""

from __future__ import annotations

from decimal import Decimal

from sfa.money import from_micros, from_minor

_STEP = 1024  # of sizes of files


def grouped(number: Decimal | int) -> str:
    """Return a number with its thousands set apart: ``12,000.50``."""
    return f"{number:,f}" if isinstance(number, Decimal) else f"{number:,d}"


def amount(minor: int, currency: str) -> str:
    """Return an amount for people without its currency: ``12,000.50``."""
    return grouped(from_minor(minor, currency))


def money(minor: int, currency: str) -> str:
    """Return an amount for people with its currency: ``12,000.50 USD``."""
    return f"{amount(minor, currency)} {currency}"


def whole(minor: int, currency: str) -> str:
    """Return an amount in whole units of the currency, rounded half to even, as reports print it."""
    return grouped(int(from_minor(minor, currency).quantize(Decimal(1))))


def price(micros: int, currency: str) -> str:
    """Return a unit price for people: ``0.0125 USD``."""
    return f"{grouped(from_micros(micros))} {currency}".rstrip()


def quantity(milli: int) -> str:
    """Return a quantity from thousandths, without zeros at the end: ``1.5``."""
    return grouped(short(Decimal(milli).scaleb(-3)))


def percent(value: int) -> str:
    """Return a whole percentage: ``60%``."""
    return f"{value}%"


def ratio(millionths: int) -> str:
    """Return a ratio in per cent, without zeros at the end: ``8.875%``."""
    return f"{plain_ratio(millionths)}%"


def plain_ratio(millionths: int) -> str:
    """Return a ratio's per cent as a plain decimal: ``8.875``."""
    return f"{short(Decimal(millionths).scaleb(-4)):f}"


def signed(text: str, value: int) -> str:
    """Return a figure's text with a plus in front when it grew."""
    return f"+{text}" if value > 0 else text


def short(number: Decimal) -> Decimal:
    """Return a number without zeros at its end, never in exponent notation."""
    kept = number.normalize()
    return kept.quantize(Decimal(1)) if kept.as_tuple().exponent > 0 else kept  # type: ignore[operator]


def plain_amount(minor: int, currency: str) -> str:
    """Return an amount for machines: ``12000.50``."""
    return f"{from_minor(minor, currency):f}"


def plain_price(micros: int) -> str:
    """Return a unit price for machines: ``0.0125``."""
    return f"{from_micros(micros):f}"


def plain_quantity(milli: int) -> str:
    """Return a quantity for machines: ``1.5``."""
    return f"{short(Decimal(milli).scaleb(-3)):f}"


def file_size(count: int) -> str:
    """Return a count of bytes in the largest unit that leaves a number above one."""
    size, units = float(count), ["B", "KiB", "MiB", "GiB"]
    while size >= _STEP and len(units) > 1:
        size /= _STEP
        units.pop(0)
    return f"{count} B" if units[0] == "B" else f"{size:.1f} {units[0]}"
