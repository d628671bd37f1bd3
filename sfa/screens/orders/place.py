"""Orders: the list and its filters, the orders of one record, and one order in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfa.errors import Msg, SfaError, msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr
from sfa.screens.acting.orders import OrderActions
from sfa.screens.keys import bind
from sfa.screens.record import RecordScreen
from sfa.screens.records import QuickFilter, RecordsScreen

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp

# What a list of orders is narrowed to; the board offers the same.
FILTERS = (
    QuickFilter("open", msg("Open orders"), "not state in (paid, cancelled)"),
    QuickFilter("mine", msg("My open orders"), "owner=me and not state in (paid, cancelled)"),
    QuickFilter(
        "late",
        msg("Promised day gone by"),
        "promised<today and delivered is empty and state!=cancelled",
    ),
    QuickFilter(
        "undated",
        msg("Without a promised day"),
        "promised is empty and delivered is empty and state!=cancelled",
    ),
    QuickFilter("shipped", msg("On the way"), "state=shipped"),
    QuickFilter("unpaid", msg("Delivered or invoiced, not paid"), "state in (delivered, invoiced)"),
    QuickFilter("paid", msg("Paid"), "state=paid"),
    QuickFilter("cancelled", msg("Cancelled"), "state=cancelled"),
)


class OrdersScreen(OrderActions, RecordsScreen):
    """The list of orders."""

    PLACE = "orders"
    NOUN = "order"
    EMPTY = msg("No orders yet. n makes one of an accepted quote; O on a quote does too.")
    TOGETHER = ("promised", "owner")
    FILTERS = FILTERS


class OrdersOfScreen(OrdersScreen):
    """The orders of one account, deal or quote; Esc goes back to it."""

    BINDINGS = [bind("escape", "widen", "orders_of.back", msg("Back"), msg("End finding, then go back"))]

    def __init__(self, label: str, where: str) -> None:
        """Say whose orders they are, and the filter that selects them."""
        super().__init__()
        self.chosen_filter = QuickFilter("of", Msg(label), where)

    async def action_widen(self) -> None:
        """Forget what is sought; then go back."""
        if self.records.query_shown.text:
            await super().action_widen()
        else:
            self.dismiss()


class OrderScreen(OrderActions, RecordScreen):
    """One order in full: its lines, what happened, when it is to be paid, what was invoiced and received."""


async def show_orders_of(app: SfaApp, noun: str, record_id: str) -> None:
    """List the orders of an account, a deal or a quote; say so when there are none."""
    from sfa.finding.labels import labels
    from sfa.finding.order_rest import count_of

    try:
        label = (await app.gateway.read(lambda connection: labels(connection, noun, [record_id]))).get(
            record_id, ""
        )
        count = await app.gateway.read(lambda connection: count_of(connection, noun, record_id))
    except SfaError as error:
        app.report(error)
        return
    if not count:
        named = f"{tr(noun_of(noun).label)} {label}"
        app.notify(tr("There is no order of {label} yet.", label=named))
        return
    app.push_screen(OrdersOfScreen(tr("Orders of {label}", label=label), f'{noun}="{record_id}"'))
