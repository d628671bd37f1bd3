"""What can be done with orders: what happened, their money, what their customers are told."""

from __future__ import annotations

from textual import work

from sfa.errors import Msg, msg
from sfa.screens.acting.target import Acting
from sfa.screens.keys import bind

_ACTIONS = frozenset(
    "next_step event settle_plan note_invoice note_receipt promise track_order tell_customer"
    " print_order".split()
)


class OrderActions(Acting):
    """A screen with an order in view."""

    BINDINGS = [
        bind(
            "right_square_bracket",
            "next_step",
            "order.next",
            msg("Next step"),
            msg("Note that the next step happened today; for the money ask the amount"),
            footer=True,
        ),
        bind(
            "E",
            "event",
            "order.event",
            msg("Event"),
            msg("Confirmed, in production, shipped, delivered or cancelled, and on which day"),
            footer=True,
        ),
        bind(
            "I", "note_invoice", "order.invoice", msg("Invoice"), msg("Note an amount invoiced"), footer=True
        ),
        bind(
            "R", "note_receipt", "order.receipt", msg("Receipt"), msg("Note an amount received"), footer=True
        ),
        bind("P", "settle_plan", "order.plan", msg("Payments"), msg("Settle when it is to be paid")),
        bind("D", "promise", "order.promise", msg("Promise"), msg("Change the day it is promised for")),
        bind(
            "M",
            "tell_customer",
            "order.message",
            msg("Tell customer"),
            msg("What to write to the customer about the day of delivery, in either language"),
        ),
        bind(
            "p",
            "print_order",
            "order.print",
            msg("Print"),
            msg("Print it into a file: for whom, as what, in which language"),
        ),
        bind("T", "track_order", "order.track", msg("Track"), msg("How it stands, on one line to copy")),
    ]

    def refusal(self, action: str) -> Msg | None:
        """Say why nothing can be done with what is no order."""
        if action in _ACTIONS:
            return self.refusal_for("order", msg("This is no order."))
        return super().refusal(action)

    @work
    async def action_next_step(self) -> None:
        """Note the next step, today."""
        from sfa.screens.orders.events import advance

        if await advance(self.sfa, await self.targets()):
            self.acted()

    @work
    async def action_event(self) -> None:
        """Ask what happened and when, and note it."""
        from sfa.screens.orders.events import ask_event

        if await ask_event(self.sfa, await self.targets()):
            self.acted()

    @work
    async def action_note_invoice(self) -> None:
        """Ask for an amount invoiced, and note it."""
        await self._amount("invoice")

    @work
    async def action_note_receipt(self) -> None:
        """Ask for an amount received, and note it."""
        await self._amount("receipt")

    async def _amount(self, kind: str) -> None:
        from sfa.screens.orders.money import note_amount

        await note_amount(self.sfa, self.target[1], kind)

    @work
    async def action_settle_plan(self) -> None:
        """Ask when it is to be paid, and write it."""
        from sfa.screens.orders.money import settle_plan

        await settle_plan(self.sfa, self.target[1])

    @work
    async def action_promise(self) -> None:
        """Change the order in a form, beginning with the promised day."""
        from sfa.screens.forms.opening import edit_record

        await edit_record(self.sfa, "order", self.target[1], first="promised")

    @work
    async def action_tell_customer(self) -> None:
        """Show what to write to the customer."""
        from sfa.screens.orders.telling import show_message

        await show_message(self.sfa, self.target[1])

    @work
    async def action_print_order(self) -> None:
        """Ask how and where to, and print."""
        from sfa.screens.printing import print_paper

        await print_paper(self.sfa, *self.target)

    @work
    async def action_track_order(self) -> None:
        """Show how the order stands."""
        from sfa.screens.orders.telling import show_track

        await show_track(self.sfa, self.target[1])


class WithOrders(Acting):
    """A screen with a record in view that orders may be of: an account, a deal or a quote."""

    BINDINGS = [
        bind("o", "show_orders", "record.orders", msg("Orders"), msg("The orders of the record in view")),
    ]

    def refusal(self, action: str) -> Msg | None:
        """Say why there are no orders of what is in view."""
        if action == "show_orders" and self.target[0] not in {"account", "deal", "quote"}:
            return msg("Only an account, a deal or a quote has orders.")
        return super().refusal(action)

    @work
    async def action_show_orders(self) -> None:
        """List the orders of the record in view."""
        from sfa.screens.orders.place import show_orders_of

        await show_orders_of(self.sfa, *self.target)
