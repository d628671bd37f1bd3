"""Orders: what a customer bought, what happened to it since, what was invoiced and what was paid.

What was ordered is settled when the order is made and is one unit of merging, as a quote's content is;
events, invoices and receipts are facts that are only added. Source: docs/orders.md.
"""

from datetime import date
from typing import ClassVar

from sqlalchemy import CheckConstraint

from sfa.errors import msg
from sfa.models.base import NounInfo, Owned, Row, live_index
from sfa.models.quote import MOST_CHARACTERS
from sfa.models.types import choice, day, flag, integer, link, text
from sfa.terms import OrderState, Rounding, TaxMode, TaxRounding


class Order(Owned, table=True):
    """What a customer bought, of an accepted quote or brought by an import.

    ``lines`` is JSON as ``sfa.interchange.quote_lines`` writes it, each with the key of its quote's line and
    the quantity ordered here; ``payment_plan`` is JSON as ``sfa.interchange.payment_plans`` writes it.
    Totals are in minor units. ``state`` is that of the last of its events.
    """

    __tablename__ = "sales_order"
    __table_args__ = (
        CheckConstraint("quote_revision IS NULL OR quote_revision >= 1", name="revision_range"),
        CheckConstraint("discount_ppm BETWEEN 0 AND 1000000", name="discount_range"),
        CheckConstraint("discount_minor >= 0", name="discount_positive"),
        CheckConstraint("discount_ppm = 0 OR discount_minor = 0", name="discount_one"),
        CheckConstraint("cash_step_minor >= 0", name="cash_step_positive"),
        CheckConstraint(
            "line_count >= 0 AND list_minor >= 0 AND net_minor >= 0 AND tax_minor >= 0 AND total_minor >= 0",
            name="totals_positive",
        ),
        live_index("ix_sales_order_by_number", "number"),
        live_index("ix_sales_order_by_created", "created_at DESC", "id"),
        live_index("ix_sales_order_by_promise", "state", "promised_on"),
    )
    noun: ClassVar[NounInfo] = NounInfo(
        "order",
        "orders",
        msg("order"),
        msg("orders"),
        title=("number",),
        listed=("number", "account", "state", "total", "promised", "owner"),
        order=("-created",),
    )
    number: str = text(msg("Order number"), required=True, max_length=40, editable=False)
    name: str | None = text(msg("Subject"), name="subject")
    account_id: str = link(msg("Account"), "account", required=True, group="content", editable=False)
    deal_id: str | None = link(msg("Deal"), "deal", editable=False)
    contact_id: str | None = link(msg("Contact"), "contact", index=False)
    quote_id: str | None = link(msg("Quote"), "quote", group="content", editable=False)
    quote_revision: int | None = integer(
        msg("Revision of the quote"), group="content", minimum=1, editable=False
    )
    is_imported: bool = flag(msg("Imported"), group="content", name="imported", editable=False)
    ordered_on: date | None = day(msg("Ordered on"), name="ordered")
    promised_on: date | None = day(msg("Promised for"), name="promised")
    currency: str = text(msg("Currency"), required=True, max_length=3, group="content", editable=False)
    tax_mode: str = choice(
        msg("Tax in prices"), TaxMode, default=TaxMode.ADDED, group="content", editable=False
    )
    tax_rounding: str = choice(None, TaxRounding, default=TaxRounding.PER_LINE, group="content")
    rounding: str = choice(None, Rounding, default=Rounding.HALF_UP, group="content")
    cash_step_minor: int = integer(None, default=0, minimum=0, group="content")
    cash_rounding: str = choice(None, Rounding, default=Rounding.HALF_UP, group="content")
    discount_ppm: int = integer(None, default=0, minimum=0, maximum=1_000_000, group="content")
    discount_minor: int = integer(None, default=0, minimum=0, group="content")
    payment_terms: str | None = text(msg("Payment terms"), long=True)
    delivery_terms: str | None = text(msg("Delivery terms"), long=True)
    notes: str | None = text(msg("Remarks"), long=True)
    contract_number: str | None = text(msg("Contract number"), max_length=100)
    contract_parties: str | None = text(msg("Contract parties"), long=True)
    contract_on: date | None = day(msg("Contract signed on"), name="contract_signed")
    contract_from: date | None = day(msg("Contract from"), group="contract_term")
    contract_until: date | None = day(msg("Contract until"), group="contract_term")
    contract_renewal: str | None = text(msg("Contract renewal"))
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
    state: str = choice(msg("State"), OrderState, default=OrderState.PLACED, group="state", editable=False)
    state_on: date | None = day(msg("In this state since"), group="state", name="since", editable=False)
    delivered_on: date | None = day(msg("Delivered on"), group="state", name="delivered", editable=False)
    payment_plan: str = text(None, default="[]", max_length=20_000)
    # Last, so that what a list shows of a row lies on its first page.
    lines: str = text(None, default="[]", max_length=MOST_CHARACTERS, group="content")


class OrderEvent(Row, table=True):
    """What happened to an order, and on which day. Append-only."""

    __tablename__ = "order_event"
    sales_order_id: str = link(None, "sales_order", required=True, merge="append")
    state: str = choice(None, OrderState, required=True, merge="append")
    happened_on: date = day(None, required=True, merge="append")
    note: str | None = text(None, long=True, merge="append")


class OrderInvoice(Row, table=True):
    """An amount invoiced; one below zero takes another one back. Append-only."""

    __tablename__ = "order_invoice"
    __table_args__ = (CheckConstraint("amount_minor <> 0", name="amount_given"),)
    sales_order_id: str = link(None, "sales_order", required=True, merge="append")
    number: str | None = text(None, max_length=100, merge="append")
    invoiced_on: date = day(None, required=True, merge="append")
    amount_minor: int = integer(None, required=True, merge="append")
    note: str | None = text(None, long=True, merge="append")


class OrderReceipt(Row, table=True):
    """An amount that the customer paid; one below zero was paid back. Append-only."""

    __tablename__ = "order_receipt"
    __table_args__ = (CheckConstraint("amount_minor <> 0", name="amount_given"),)
    sales_order_id: str = link(None, "sales_order", required=True, merge="append")
    number: str | None = text(None, max_length=100, merge="append")
    received_on: date = day(None, required=True, merge="append")
    amount_minor: int = integer(None, required=True, merge="append")
    note: str | None = text(None, long=True, merge="append")
