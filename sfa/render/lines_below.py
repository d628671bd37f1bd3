"""What stands below the lines of a quote while they are typed, and a line in a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfa.money import from_micros
from sfa.render.cells import cell_width, pad, wrap
from sfa.render.numbers import grouped, quantity
from sfa.render.quotes import discount_text, line_name, totals_lines
from sfa.terms import LineKind

if TYPE_CHECKING:
    from sfa.finding.quoting import Quote
    from sfa.interchange.quote_lines import QuoteLine

_BETWEEN = "  ·  "


def below(quote: Quote, width: int, *, is_tall: bool) -> str:
    """Return what a quote comes to: an amount a line, at the right; with little room one after the other."""
    lines = totals_lines(quote)
    room = max(20, width - 2)
    if not is_tall:
        return "\n".join(_flowing(lines, room))
    parts = [line.partition(": ") for line in lines]
    label = max(cell_width(each[0]) for each in parts)
    amount = max(cell_width(each[2]) for each in parts)
    return "\n".join(
        pad(f"{pad(each[0], label)}  {pad(each[2], amount, right=True)}", room, right=True) for each in parts
    )


def _flowing(lines: list[str], room: int) -> list[str]:
    found: list[str] = []
    for line in lines:
        joined = f"{found[-1]}{_BETWEEN}{line}" if found else line
        if found and cell_width(joined) <= room:
            found[-1] = joined
        else:
            found += wrap(line, room)
    return found


def line_words(line: QuoteLine, currency: str) -> str:
    """Return a line as one would type it: ``Pump × 3 @ 99.50 -10%``."""
    if line.kind == LineKind.TEXT:
        return line.name
    words = f"{line_name(line)} × {quantity(line.quantity_milli)}"
    if line.kind == LineKind.PRODUCT:
        words += f" @ {grouped(from_micros(line.unit_price_micros))}"
    discount = discount_text(line, currency)
    return f"{words} {discount}".strip()
