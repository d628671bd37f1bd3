"""The board of orders: state by state, above the list it shows the orders of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Static

from sfa import clock
from sfa.errors import Msg, SfaError, msg
from sfa.i18n import tr
from sfa.reports.order_board import OrderBoard as Figures
from sfa.reports.order_board import Scope
from sfa.screens.acting.orders import OrderActions
from sfa.screens.filtering import ALL, Filtered, QuickFilter
from sfa.screens.keys import bind
from sfa.screens.orders.filters import FILTERS
from sfa.screens.place import Place
from sfa.screens.views import Views
from sfa.screens.widgets.board.orders import OrderBoard
from sfa.terms import OrderState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sfa.finding.views import View
    from sfa.render.copied import Copied

_CARDS = 300  # of a state, at first; four times as many whenever the cursor comes to the last
_OF_A_RECORD = frozenset({"edit", "delete", "copy"})


class OrderBoardScreen(OrderActions, Filtered, Views, Place):
    """The orders that a filter selects, state by state; gives the filter and view it was left with."""

    PLACE = "orders"
    NOUN = "order"
    KEPT = msg("the filter; the views of the list of orders are the same")
    FILTERS = FILTERS
    BINDINGS = [
        bind(
            "n", "new", "orders_board.new", msg("New"), msg("Make an order of an accepted quote"), footer=True
        ),
        bind("e", "edit", "orders_board.edit", msg("Edit"), msg("Change the order")),
        bind(
            "f",
            "filter",
            "orders_board.filter",
            msg("Filter"),
            msg("Choose a filter or type one"),
            footer=True,
        ),
        bind("x", "delete", "orders_board.delete", msg("Delete"), msg("Delete the order; u brings it back")),
        bind("b,escape", "turn", "orders_board.form", msg("List"), msg("The same as a list"), footer=True),
    ]

    def __init__(self, chosen: QuickFilter = ALL, view: View | None = None) -> None:
        """Start with the filter and view of a list."""
        super().__init__()
        self.chosen_filter = chosen
        self.view = view
        self.scope = Scope(clock.today(), where=chosen.where, limit=_CARDS)
        self.board: Figures | None = None
        self._wanted = ""

    def again(self) -> OrderBoardScreen:
        """Return the same board anew."""
        return OrderBoardScreen(self.chosen_filter, self.view)

    def body(self) -> ComposeResult:
        """Lay out the board, and the line that says what is shown."""
        yield OrderBoard(id="board")
        yield Static(id="list-state", markup=False)

    @property
    def cards(self) -> OrderBoard:
        """Return the board."""
        return self.query_one(OrderBoard)

    def on_mount(self) -> None:
        """Start in the board."""
        super().on_mount()
        self.cards.focus()

    async def read_anew(self) -> None:
        """Read the orders; the cursor stays on its own, wherever that stands now."""
        from sfa.reports.order_board import order_board

        wanted = self._wanted or self.cards.deck.card_id
        scope = self.scope = replace(self.scope, today=clock.today(), keep=wanted)
        self.board = await self.gateway.read(lambda connection: order_board(connection, scope))
        self.cards.empty_text = tr("No open orders here. n makes one of an accepted quote.")
        if self.chosen_filter.where:
            self.cards.empty_text = tr("No open orders here; f takes the filter away.")
        self.cards.fill(self.board, self._wanted)
        self._wanted = ""
        self._say_state()

    def _say_state(self) -> None:
        from sfa.render.order_board import state_text

        if self.board is not None:
            label = tr(self.chosen_filter.label) if self.chosen_filter.where else ""
            text = state_text(self.board, max(20, self.app.size.width - 2), label=label)
            self.query_one("#list-state", Static).update(text, layout=False)

    def on_resize(self) -> None:
        """Say as much as the new width holds."""
        self._say_state()

    # What is in view -------------------------------------------------------------------------

    @property
    def target(self) -> tuple[str, str]:
        """Return the order under the cursor."""
        card = self.cards.card
        return ("order", card.id) if card else ("", "")

    def refusal(self, action: str) -> Msg | None:
        """Say why nothing can be done: no order is in view."""
        if action in _OF_A_RECORD and not self.target[0]:
            return msg("There is no record to do this with.")
        return super().refusal(action)

    def more_to_copy(self) -> Sequence[Copied]:
        """Return the card as a line of text."""
        from sfa.render.copied import Copied
        from sfa.render.order_board import card_text

        card = self.cards.card
        return (Copied("l", tr("As a line"), card_text(card)),) if card is not None else ()

    @on(OrderBoard.Highlighted)
    def _highlighted(self) -> None:
        self.refresh_bindings()

    @on(OrderBoard.MoreWanted)
    def _read_more(self) -> None:
        limit = self.scope.limit
        if limit is not None and any(limit <= len(lane.cards) < lane.count for lane in self.cards.deck.lanes):
            self.scope = replace(self.scope, limit=limit * 4)
            self.read_soon()

    @on(OrderBoard.Opened)
    def _opened(self, event: OrderBoard.Opened) -> None:
        self.sfa.show_record("order", event.card_id)

    @on(OrderBoard.ClosedOpened)
    def _closed_opened(self, event: OrderBoard.ClosedOpened) -> None:
        from sfa.render.orders import state_word
        from sfa.reports.order_board import where_of
        from sfa.screens.orders.place import OrdersOfScreen

        if self.board is not None:
            label = f"{state_word(event.kind)} {self.board.quarter.label}"
            self.app.push_screen(OrdersOfScreen(label, where_of(self.board, event.kind)))

    @on(OrderBoard.Dropped)
    def _dropped(self, event: OrderBoard.Dropped) -> None:
        self._put(event.card_id, event.key if event.kind == "open" else event.kind)

    @work
    async def _put(self, order_id: str, state: str) -> None:
        """Note what the column that an order was dragged to says; an amount or a reason is asked for."""
        from sfa.screens.doing import orders
        from sfa.screens.orders.events import note_event
        from sfa.screens.orders.money import note_amount

        if state == OrderState.CANCELLED:
            await note_event(self.sfa, [order_id], state)
        elif state == OrderState.INVOICED:
            await note_amount(self.sfa, order_id, orders.INVOICE)
        elif state == OrderState.PAID:
            await note_amount(self.sfa, order_id, orders.RECEIPT)
        elif state in orders.HAPPENED:
            await self.act(orders.SEVERAL, orders.note([order_id], OrderState(state)), number=1)
        else:
            self.notify(tr("An order is placed once; u takes the last step back."), severity="warning")

    # What is shown ---------------------------------------------------------------------------

    def action_turn(self) -> None:
        """Show the same as a list."""
        self.dismiss((self.chosen_filter, self.view))

    def put_filter(self, chosen: QuickFilter) -> None:
        """Show what a filter selects."""
        self.chosen_filter, self.view = chosen, None
        self._ask(chosen.where)

    def _ask(self, where: str) -> None:
        self.scope = replace(self.scope, where=where, limit=_CARDS)
        self.read_soon()

    def show_view(self, view: View) -> None:
        """Show the orders that a view selects; its order and columns are for the list."""
        self._show_view(view)

    @work(exclusive=True, group="view")
    async def _show_view(self, view: View) -> None:
        from sfa.reports.order_board import order_board

        tried = replace(self.scope, where=view.where, limit=0, keep="")
        try:
            await self.gateway.read(lambda connection: order_board(connection, tried))
        except SfaError as error:
            self.sfa.report(error)
            return
        self.view = view
        self.chosen_filter = QuickFilter(f"view:{view.name}", Msg(view.name), view.where)
        self._ask(view.where)

    def present_view(self, name: str) -> View:
        """Return the filter under a name, with order and columns of the view it came from."""
        from sfa.finding.views import View

        before = self.view or View(self.NOUN, name)
        return before._replace(name=name, where=self.scope.where)

    def leave_view(self) -> None:
        """Take the filter away."""
        self.put_filter(ALL)

    # Acting ----------------------------------------------------------------------------------

    @work
    async def action_new(self) -> None:
        """Make an order of an accepted quote."""
        from sfa.screens.forms.opening import add_record

        added = await add_record(self.sfa, "order")
        if added:
            self._wanted = added
            self.read_soon()

    @work
    async def action_edit(self) -> None:
        """Change the order in a form."""
        from sfa.screens.forms.opening import edit_record

        await edit_record(self.sfa, *self.target)

    @work
    async def action_delete(self) -> None:
        """Ask, and delete the order."""
        from sfa.screens.record import delete_record

        await delete_record(self.sfa, *self.target)
