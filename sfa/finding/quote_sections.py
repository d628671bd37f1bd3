"""What a quote shows besides its fields: its lines with what they come to, and what its approval is at."""

from __future__ import annotations

import sqlite3
from typing import Any

from sfa import clock
from sfa.errors import InvalidInput, Msg, msg
from sfa.fields import Choice, Field, Kind
from sfa.finding import quoting
from sfa.finding.quoting import Quote
from sfa.finding.sections import Section
from sfa.interchange.quote_lines import QuoteLine
from sfa.pricing.results import PricedLine
from sfa.terms import ApprovalStanding, LineKind

_KIND_LABELS: dict[str, Msg] = {
    LineKind.PRODUCT: msg("Product"),
    LineKind.GIFT: msg("Gift"),
    LineKind.TEXT: msg("Text"),
}
_APPROVAL_LABELS: dict[str, Msg] = {
    ApprovalStanding.NOT_NEEDED: msg("Not needed"),
    ApprovalStanding.NEEDED: msg("Needed, not asked for"),
    ApprovalStanding.WAITING: msg("Waits for approval"),
    ApprovalStanding.APPROVED: msg("Approved, confirmed by the centre"),
}
STATE = Field(
    "approval",
    Kind.CHOICE,
    msg("Approval"),
    "quote",
    "approval",
    editable=False,
    choices=tuple(Choice(value, label) for value, label in _APPROVAL_LABELS.items()),
)


def _line(name: str, kind: Kind, label: Msg, currency: str = "") -> Field:
    return Field(name, kind, label, "quote", name, currency_column=currency, editable=False)


KIND = Field(
    "kind",
    Kind.CHOICE,
    msg("Kind"),
    "quote",
    "kind",
    editable=False,
    choices=tuple(Choice(value, label) for value, label in _KIND_LABELS.items()),
)
COUNTS = Field(
    "counts",
    Kind.CHOICE,
    msg("In the total"),
    "quote",
    "counts",
    editable=False,
    choices=(
        Choice("optional", msg("Optional")),
        Choice("optional-chosen", msg("Optional, chosen")),
        Choice("alternative", msg("Alternative")),
        Choice("alternative-chosen", msg("Alternative, chosen")),
    ),
)
LINES = (
    _line("no", Kind.INTEGER, msg("No.")),
    KIND,
    _line("code", Kind.TEXT, msg("Code")),
    _line("name", Kind.TEXT, msg("Product or text")),
    _line("group", Kind.TEXT, msg("Group")),
    _line("quantity", Kind.QUANTITY, msg("Quantity")),
    _line("unit", Kind.TEXT, msg("Unit")),
    _line("price", Kind.PRICE, msg("Price"), "currency"),
    _line("discount", Kind.MONEY, msg("Discount"), "currency"),
    _line("tax_rate", Kind.RATIO, msg("Tax rate")),
    _line("net", Kind.MONEY, msg("Net"), "currency"),
    COUNTS,
    _line("alternative_of", Kind.TEXT, msg("Alternative for")),
)


NARROW = ("no", "name", "quantity", "price", "discount", "net", "counts")


def quote_shown(
    connection: sqlite3.Connection, record_id: str
) -> tuple[list[tuple[Field, Any]], tuple[Section, ...]]:
    """Return what a quote's approval is at, and its lines, if it has any that can be read."""
    try:
        quote = quoting.load_quote(connection, record_id, today=clock.today())
    except InvalidInput:
        return [], ()  # of a newer version of sfa, or damaged: the record itself can still be seen
    approval = [(STATE, quoting.standing(connection, quote).approval.value)]
    lines = Section("lines", msg("Lines"), LINES, cells_of(quote), more=False, narrow=NARROW)
    return approval, (lines,) if quote.lines else ()


def cells_of(quote: Quote) -> list[tuple[Any, ...]]:
    """Return the values of ``LINES`` of every line."""
    return [
        _cells(number, line, priced, quote.currency)
        for number, (line, priced) in enumerate(zip(quote.lines, quote.priced.lines, strict=True), 1)
    ]


def _cells(number: int, line: QuoteLine, priced: PricedLine, currency: str) -> tuple[Any, ...]:
    is_text = line.kind == LineKind.TEXT

    def money(minor: int) -> tuple[int, str] | None:
        return None if is_text else (minor, currency)

    return (
        number,
        line.kind,
        line.code,
        line.name,
        line.group,
        None if is_text else line.quantity_milli,
        line.unit,
        money(line.unit_price_micros),
        money(priced.discount_minor) if priced.discount_minor else None,
        None if is_text else line.tax_rate_ppm,
        money(priced.net_minor),
        counting(line),
        line.alternative_of,
    )


def counting(line: QuoteLine) -> str | None:
    """Return why a line may not be in the total, and whether it was chosen; ``None`` for a usual one."""
    word = "alternative" if line.alternative_of is not None else "optional" if line.is_optional else None
    return f"{word}-chosen" if word and line.is_taken else word
