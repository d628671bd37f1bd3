"""Quotes: what was offered to whom, what was said about it, and the revisions before the present one.

What a customer or approver reads merges as one, the lines among it: two people who change the
same quote at the same time have a conflict, never a sum that nobody saw. Source: docs/quotes.md.
"""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint

from sfa.errors import msg
from sfa.models.base import NounInfo, Owned, Row, live_index
from sfa.models.types import choice, day, instant, integer, link, text
from sfa.terms import QuoteState, QuoteVerdict, Rounding, TaxMode, TaxRounding

MOST_CHARACTERS = 400_000  # of the lines as JSON


class Quote(Owned, table=True):
    """An offer, at its present revision.

    ``lines`` is JSON as ``sfa.interchange.quote_lines`` writes it; what they come to is computed when
    they are written, in minor units. The approval is the centre's to write: it holds for the content
    whose digest it names, and for no other.
    """

    __table_args__ = (
        CheckConstraint("revision >= 1", name="revision_range"),
        CheckConstraint("discount_ppm BETWEEN 0 AND 1000000", name="discount_range"),
        CheckConstraint("discount_minor >= 0", name="discount_positive"),
        CheckConstraint("discount_ppm = 0 OR discount_minor = 0", name="discount_one"),
        CheckConstraint("cash_step_minor >= 0", name="cash_step_positive"),
        CheckConstraint(
            "line_count >= 0 AND list_minor >= 0 AND net_minor >= 0 AND tax_minor >= 0 AND total_minor >= 0",
            name="totals_positive",
        ),
        live_index("ix_quote_by_number", "number"),
        live_index("ix_quote_by_created", "created_at DESC", "id"),
        live_index("ix_quote_by_expiry", "state", "valid_until"),
    )
    noun: ClassVar[NounInfo] = NounInfo(
        "quote",
        "quotes",
        msg("quote"),
        msg("quotes"),
        title=("number",),
        listed=("number", "account", "state", "total", "valid_until", "owner"),
        order=("-created",),
    )
    number: str = text(msg("Quote number"), required=True, max_length=40, editable=False)
    revision: int = integer(msg("Revision"), default=1, group="content", editable=False)
    name: str | None = text(msg("Subject"), group="content", name="subject")
    account_id: str = link(msg("Account"), "account", required=True, group="content")
    deal_id: str | None = link(msg("Deal"), "deal")
    contact_id: str | None = link(msg("Contact"), "contact", index=False)
    pricebook_id: str | None = link(msg("Price book"), "pricebook", group="content")
    currency: str = text(msg("Currency"), required=True, max_length=3, group="content")
    tax_mode: str = choice(msg("Tax in prices"), TaxMode, default=TaxMode.ADDED, group="content")
    tax_rounding: str = choice(
        msg("Tax rounding"), TaxRounding, default=TaxRounding.PER_LINE, group="content"
    )
    rounding: str = choice(msg("Rounding"), Rounding, default=Rounding.HALF_UP, group="content")
    cash_step_minor: int = integer(None, default=0, minimum=0, group="content")
    cash_rounding: str = choice(None, Rounding, default=Rounding.HALF_UP, group="content")
    discount_ppm: int = integer(
        msg("Discount in per cent"),
        kind="ratio",
        default=0,
        minimum=0,
        maximum=1_000_000,
        group="content",
        name="discount",
        follows=True,
    )
    discount_minor: int = integer(
        msg("Discount as an amount"),
        kind="money",
        default=0,
        minimum=0,
        group="content",
        name="discount_amount",
        currency="currency",
        follows=True,
    )
    valid_until: date | None = day(msg("Valid until"), group="content")
    payment_terms: str | None = text(msg("Payment terms"), long=True, group="content")
    delivery_terms: str | None = text(msg("Delivery terms"), long=True, group="content")
    notes: str | None = text(msg("Remarks"), long=True, group="content")
    line_count: int = integer(msg("Lines"), default=0, group="content", name="lines", editable=False)
    list_minor: int = integer(
        msg("List amount"),
        kind="money",
        default=0,
        group="content",
        name="list_amount",
        currency="currency",
        editable=False,
    )
    net_minor: int = integer(
        msg("Without tax"),
        kind="money",
        default=0,
        group="content",
        name="net",
        currency="currency",
        editable=False,
    )
    tax_minor: int = integer(
        msg("Tax amount"),
        kind="money",
        default=0,
        group="content",
        name="tax",
        currency="currency",
        editable=False,
    )
    total_minor: int = integer(
        msg("Total"),
        kind="money",
        default=0,
        group="content",
        name="total",
        currency="currency",
        editable=False,
    )
    state: str = choice(msg("State"), QuoteState, default=QuoteState.DRAFT, group="state", editable=False)
    state_on: date | None = day(msg("In this state since"), group="state", name="since", editable=False)
    state_reason: str | None = text(msg("Reason"), group="state", name="reason", editable=False)
    approved_digest: str | None = text(None, max_length=64, group="approval", merge="guarded")
    approved_by_id: str | None = link(
        msg("Approved by"), "user", group="approval", merge="guarded", index=False, editable=False
    )
    approved_at: datetime | None = instant(
        msg("Approved at"), group="approval", merge="guarded", editable=False
    )
    # Last, so that what a list shows of a row lies on its first page.
    lines: str = text(None, default="[]", max_length=MOST_CHARACTERS, group="content")


class QuoteDecision(Row, table=True):
    """What somebody said about a quote, and the digest of what they saw. Append-only."""

    __tablename__ = "quote_decision"
    quote_id: str = link(None, "quote", required=True, merge="append")
    verdict: str = choice(None, QuoteVerdict, required=True, merge="append")
    revision: int = integer(None, required=True, merge="append")
    digest: str = text(None, required=True, max_length=64, merge="append")
    reason: str | None = text(None, long=True, merge="append")


class QuoteRevision(Row, table=True):
    """A quote as it was when another revision took its place. Append-only.

    ``content`` is JSON: the stored columns of the group ``content``, and the state.
    """

    __tablename__ = "quote_revision"
    quote_id: str = link(None, "quote", required=True, merge="append")
    revision: int = integer(None, required=True, merge="append")
    content: str = text(None, required=True, max_length=2 * MOST_CHARACTERS, merge="append")
