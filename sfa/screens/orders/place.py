"""Orders: the list and its filters, the orders of one record, and one order in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfa import config
from sfa.errors import Msg, SfaError, msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr
from sfa.screens.acting.orders import OrderActions
from sfa.screens.filtering import QuickFilter
from sfa.screens.keys import bind
from sfa.screens.orders.filters import FILTERS
from sfa.screens.record import RecordScreen
from sfa.screens.records import RecordsScreen

if TYPE_CHECKING:
    from sfa.finding.views import View
    from sfa.screens.app import SfaApp

FORM = "orders_form"


class OrdersScreen(OrderActions, RecordsScreen):
    """The list of orders."""

    PLACE = "orders"
    NOUN = "order"
    EMPTY = msg("No orders yet. n makes one of an accepted quote; O on a quote does too.")
    TOGETHER = ("promised", "owner")
    FILTERS = FILTERS
    BINDINGS = [bind("b", "turn", "orders.form", msg("Board"), msg("The same as a board, state by state"))]
    # Whether the form that was left last is kept for the next time.
    KEEPS_FORM = True

    def on_mount(self) -> None:
        """Start in the form that was left last."""
        super().on_mount()
        if self.KEEPS_FORM and self._kept_form() == "board":
            self._show_board()

    def action_turn(self) -> None:
        """Show the same as a board."""
        self._keep_form("board")
        self._show_board()

    def _show_board(self) -> None:
        from sfa.screens.orders.board import OrderBoardScreen

        self.sfa.push_screen(OrderBoardScreen(self.chosen_filter, self.view), self._turned_back)

    def _turned_back(self, left: tuple[QuickFilter, View | None] | None) -> None:
        """Take over the filter or view that the board was left with."""
        self._keep_form("list")
        chosen, view = left or (self.chosen_filter, self.view)
        if view is not None and view != self.view:
            self.show_view(view)
        elif chosen != self.chosen_filter:
            self.put_filter(chosen)

    def _kept_form(self) -> str:
        try:
            return config.get(FORM, self.sfa.gateway.home).value
        except SfaError as error:
            self.sfa.report(error)
            return config.KNOWN[FORM].default

    def _keep_form(self, form: str) -> None:
        if not self.KEEPS_FORM:
            return
        try:
            config.put(FORM, form, self.sfa.gateway.home)
        except SfaError as error:
            self.sfa.report(error)


class OrdersOfScreen(OrdersScreen):
    """The orders of one account, deal or quote; Esc goes back to it."""

    KEEPS_FORM = False
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
