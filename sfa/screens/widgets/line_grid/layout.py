"""The columns of a grid of lines: what stands in each cell, how wide it is, what one types there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sfa.errors import Msg, msg
from sfa.i18n import tr
from sfa.interchange.quote_lines import QuoteLine
from sfa.money import from_micros
from sfa.pricing.results import PricedLine
from sfa.render.cells import one_line
from sfa.render.numbers import (
    amount,
    grouped,
    plain_amount,
    plain_price,
    plain_quantity,
    plain_ratio,
    quantity,
    ratio,
)
from sfa.render.quotes import discount_text, line_name
from sfa.screens.widgets.big_list.texts import width_of
from sfa.terms import LineKind

GUTTER = 2
_WIDE = 100  # cells from which columns stand further apart
_NAME_LEAST = 18
_WIDEST = 16  # of a column of figures; what is longer is cut, and seen in full while it is edited
UNKNOWN = "…"


class Column(NamedTuple):
    """A column: its name, label, whether figures stand in it, and whether one types into it."""

    name: str
    label: Msg
    is_right: bool = True
    is_typed: bool = True


COLUMNS = (
    Column("no", msg("No."), is_typed=False),
    Column("name", msg("Product or text"), is_right=False),
    Column("quantity", msg("Quantity")),
    Column("unit", msg("Unit"), is_right=False),
    Column("price", msg("Price")),
    Column("discount", msg("Discount")),
    Column("tax", msg("Tax %")),
    Column("net", msg("Net"), is_typed=False),
)
TYPED = tuple(column.name for column in COLUMNS if column.is_typed)
# Left out, in this order, where there is no room.
_LEFT_OUT = ("unit", "tax", "discount")
# What one types of a line that is a heading, or a gift.
_OF_KIND = {LineKind.TEXT: ("name",), LineKind.GIFT: ("name", "quantity", "unit")}


def typed_columns(line: QuoteLine | None) -> tuple[str, ...]:
    """Return the columns that one types of a line; of the empty row the first one."""
    if line is None:
        return ("name",)
    return _OF_KIND.get(LineKind(line.kind), TYPED)


def texts_of(
    number: int, line: QuoteLine, priced: PricedLine, currency: str, *, is_priced: bool
) -> tuple[str, ...]:
    """Return what stands in the cells of a line."""
    if line.kind == LineKind.TEXT:
        return (str(number), one_line(line.name), "", "", "", "", "", "")
    net = amount(priced.net_minor, currency)
    return (
        str(number),
        line_name(line),
        quantity(line.quantity_milli),
        one_line(line.unit or ""),
        grouped(from_micros(line.unit_price_micros)) if is_priced else UNKNOWN,
        discount_text(line, currency),
        ratio(line.tax_rate_ppm) if line.tax_rate_ppm else "",
        (net if priced.counts else f"({net})") if is_priced else UNKNOWN,
    )


def typed_text(line: QuoteLine, column: str, currency: str, *, is_priced: bool) -> str:
    """Return a cell as one types it."""
    if column == "name":
        return line.name
    if column == "quantity":
        return plain_quantity(line.quantity_milli)
    if column == "unit":
        return line.unit or ""
    if column == "price":
        return plain_price(line.unit_price_micros) if is_priced else ""
    if column == "tax":
        return plain_ratio(line.tax_rate_ppm)
    if line.discount_ppm:
        return f"{plain_ratio(line.discount_ppm)}%"
    return plain_amount(line.discount_minor, currency) if line.discount_minor else ""


class Layout:
    """How wide each column is on a screen of so many cells."""

    def __init__(self) -> None:
        """Start without room."""
        self.widths: dict[str, int] = {}
        self.starts: dict[str, int] = {}
        self.width = 0
        self.gap = 1  # cells between two columns
        self._known: dict[tuple[str, ...], tuple[int, ...]] = {}  # how wide the cells of each row are

    def fit(self, rows: Sequence[tuple[str, ...]], width: int) -> bool:
        """Fit the columns to what stands in them; say whether any is another one than before."""
        known = self._known
        self._known = {cells: known.get(cells) or tuple(map(width_of, cells)) for cells in rows}
        names = [width_of(tr(column.label)) for column in COLUMNS]
        widest = map(max, zip(names, *self._known.values(), strict=True)) if rows else names
        wanted = {column.name: min(_WIDEST, cells) for column, cells in zip(COLUMNS, widest, strict=True)}
        self.gap = 2 if width >= _WIDE else 1
        widths = dict(wanted)
        for left_out in ("", *_LEFT_OUT):
            widths.pop(left_out, None)
            rest = width - GUTTER - sum(widths.values()) + widths["name"] - self.gap * (len(widths) - 1)
            if rest >= _NAME_LEAST:
                break
        widths["name"] = max(rest, 4)
        before = (self.widths, self.width)
        self.widths, self.width = widths, width
        start = GUTTER
        self.starts = {}
        for name, cells in widths.items():
            self.starts[name] = start
            start += cells + self.gap
        return before != (widths, width)

    @property
    def shown(self) -> tuple[Column, ...]:
        """Return the columns there is room for."""
        return tuple(column for column in COLUMNS if column.name in self.widths)

    def at(self, x: int) -> str:
        """Return the column under a cell of the screen."""
        found = next((name for name, start in reversed(self.starts.items()) if x >= start), "no")
        return found if found in TYPED else "name"
