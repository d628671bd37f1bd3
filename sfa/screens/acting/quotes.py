"""What can be done with quotes: their lines, approval, sent, the customer's answer, the next revision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual import work

from sfa import clock
from sfa.errors import Msg, msg
from sfa.i18n import tr
from sfa.screens.acting.orders import WithOrders
from sfa.screens.keys import bind
from sfa.terms import ApprovalStanding, QuoteState

if TYPE_CHECKING:
    from sfa.finding.showing import Shown

_ACTIONS = frozenset(
    {f"{verb}_quote" for verb in ("submit", "recall", "approve", "reject", "send", "accept", "decline")}
    | {"expire_quote", "revise_quote", "lines", "compare", "print_quote", "order_quote"}
)
# From which states an action leads on; what is not here has reasons of its own.
_FROM = {
    "send_quote": frozenset({QuoteState.DRAFT, QuoteState.APPROVED}),
    "accept_quote": frozenset({QuoteState.DRAFT, QuoteState.APPROVED, QuoteState.SENT}),
    "decline_quote": frozenset({QuoteState.APPROVED, QuoteState.SENT, QuoteState.EXPIRED}),
    "expire_quote": frozenset({QuoteState.APPROVED, QuoteState.SENT}),
    "recall_quote": frozenset({QuoteState.SUBMITTED}),
    "approve_quote": frozenset({QuoteState.SUBMITTED}),
    "reject_quote": frozenset({QuoteState.SUBMITTED}),
}
_OF_APPROVAL = frozenset({"recall_quote", "approve_quote", "reject_quote"})
_IN_STATE: Mapping[str, Msg] = {
    QuoteState.DRAFT: msg("The customer has not got it."),
    QuoteState.SUBMITTED: msg("It waits for approval."),
    QuoteState.APPROVED: msg("It is approved."),
    QuoteState.SENT: msg("The customer has it."),
    QuoteState.ACCEPTED: msg("The customer accepted it."),
    QuoteState.REJECTED: msg("The customer rejected it."),
    QuoteState.EXPIRED: msg("It expired."),
}
_TO_THE_CENTRE = frozenset({"submit", "approve", "reject"})


class QuoteActions(WithOrders):
    """A screen with a quote in view."""

    BINDINGS = [
        bind("L", "lines", "quote.lines", msg("Lines"), msg("The lines, to type into"), footer=True),
        bind(
            "S",
            "submit_quote",
            "quote.submit",
            msg("Submit"),
            msg("Ask for approval of the quote"),
            footer=True,
        ),
        bind(
            "B",
            "recall_quote",
            "quote.recall",
            msg("Take back"),
            msg("Take back what waits for approval; it is a draft again"),
        ),
        bind(
            "A",
            "approve_quote",
            "quote.approve",
            msg("Approve"),
            msg("Say yes to a quote that waits for approval"),
            footer=True,
        ),
        bind(
            "N",
            "reject_quote",
            "quote.reject",
            msg("Send back"),
            msg("Say no to a quote that waits for approval, and why"),
            footer=True,
        ),
        bind("M", "send_quote", "quote.send", msg("Sent"), msg("Note that the customer has it"), footer=True),
        bind(
            "W",
            "accept_quote",
            "quote.accept",
            msg("Accepted"),
            msg("Note that the customer accepted"),
            footer=True,
        ),
        bind(
            "X",
            "decline_quote",
            "quote.decline",
            msg("Declined"),
            msg("Note that the customer declined, and why"),
        ),
        bind("E", "expire_quote", "quote.expire", msg("Expired"), msg("Close it: nobody answered in time")),
        bind(
            "R",
            "revise_quote",
            "quote.revise",
            msg("Revise"),
            msg("Begin the next revision; the one before is kept"),
        ),
        bind(
            "O",
            "order_quote",
            "quote.order",
            msg("Make order"),
            msg("Make an order of what the customer accepted, of all of it or a part"),
            footer=True,
        ),
        bind("C", "compare", "quote.compare", msg("Compare"), msg("Compare two revisions of the quote")),
        bind(
            "P",
            "print_quote",
            "quote.print",
            msg("Print"),
            msg("Print it into a file: for whom, as what, in which language"),
        ),
    ]

    @property
    def known_quote(self) -> Shown | None:
        """Return the quote in view as far as the screen has read it."""
        return None

    def refusal(self, action: str) -> Msg | None:
        """Say why nothing can be done with what is no quote, or not in this state."""
        if action not in _ACTIONS:
            return super().refusal(action)
        known = self.known_quote
        return self.refusal_for("quote", msg("This is no quote.")) or (
            None if known is None else why_not(action, {field.name: value for field, value in known.values})
        )

    @work
    async def action_lines(self) -> None:
        """Show the lines, to type into."""
        from sfa.screens.quote_lines.screen import open_lines

        await open_lines(self.sfa, self.target[1])

    @work
    async def action_submit_quote(self) -> None:
        """Ask for approval."""
        await self._become("submit")

    @work
    async def action_recall_quote(self) -> None:
        """Take back what waits for approval."""
        await self._become("recall")

    @work
    async def action_approve_quote(self) -> None:
        """Say yes."""
        await self._become("approve")

    @work
    async def action_reject_quote(self) -> None:
        """Ask why, and say no."""
        await self._say_why("reject")

    @work
    async def action_send_quote(self) -> None:
        """Note that the customer has it."""
        await self._become("send")

    @work
    async def action_accept_quote(self) -> None:
        """Note that the customer said yes."""
        await self._become("accept")

    @work
    async def action_decline_quote(self) -> None:
        """Ask why, and note that the customer said no."""
        await self._say_why("decline")

    @work
    async def action_expire_quote(self) -> None:
        """Close what nobody answered."""
        await self._become("expire")

    @work
    async def action_revise_quote(self) -> None:
        """Begin the next revision."""
        await self._become("revise")

    @work
    async def action_order_quote(self) -> None:
        """Ask what of it is ordered, make the order, and show it."""
        from sfa.screens.orders.making import order_quote

        made = await order_quote(self.sfa, self.target[1])
        if made is not None:
            self.acted()
            self.sfa.show_record("order", made)

    def action_compare(self) -> None:
        """Show what differs between two revisions."""
        from sfa.screens.quote_compare import CompareScreen

        self.sfa.push_screen(CompareScreen(self.target[1]))

    @work
    async def action_print_quote(self) -> None:
        """Ask how and where to, and print."""
        from sfa.screens.printing import print_paper

        await print_paper(self.sfa, *self.target)

    async def _become(self, verb: str) -> None:
        from sfa.screens.doing import quotes

        done = await self.act(quotes.NAMES[verb].one, quotes.become(verb, await self.targets()), label="")
        if done and verb in _TO_THE_CENTRE:
            self.sfa.notify(tr("It goes to the centre with the next sync; in the place Sync, s syncs now."))

    async def _say_why(self, verb: str) -> None:
        from sfa.screens.forms.lines import answer_quote

        if await answer_quote(self.sfa, await self.targets(), verb):
            self.acted()


def why_not(action: str, values: Mapping[str, Any]) -> Msg | None:
    """Return why an action is not possible for a quote with these values, ``None`` where it seems to be.

    ``values`` are those that a quote shows, by field; what needs more than these the service says.
    """
    state, approval = values.get("state"), values.get("approval")
    if action in _FROM and state not in _FROM[action]:
        unasked = msg("It does not wait for approval.")
        return unasked if action in _OF_APPROVAL else _IN_STATE.get(str(state), msg("It is closed."))
    if action == "submit_quote":
        return _why_not_submitted(str(state), approval, values)
    if action in {"send_quote", "accept_quote"}:
        if not values.get("lines"):
            return msg("It has no lines yet; L adds them.")
        if state != QuoteState.SENT and approval in {ApprovalStanding.NEEDED, ApprovalStanding.WAITING}:
            return msg("It needs an approval first; S asks for one.")
    if action == "order_quote" and state != QuoteState.ACCEPTED:
        return msg("The customer has not accepted it; W notes that they did.")
    if action == "print_quote" and not values.get("lines"):
        return msg("It has no lines yet; L adds them.")
    if action == "compare" and values.get("revision") == 1:
        return msg("It has one revision alone; R begins the next one.")
    if action == "expire_quote" and str(values.get("valid_until") or "9") >= clock.today().isoformat():
        return msg("It still holds.")
    if action == "revise_quote":
        if state in {QuoteState.DRAFT, QuoteState.SUBMITTED}:
            return msg("It can be changed as it is; L shows its lines.")
        if state == QuoteState.ACCEPTED:
            return msg("The customer accepted it; another offer is another quote.")
    return None


def _why_not_submitted(state: str, approval: object, values: Mapping[str, Any]) -> Msg | None:
    if state != QuoteState.DRAFT:
        return msg("Only a draft is submitted.")
    if not values.get("lines"):
        return msg("It has no lines yet; L adds them.")
    if approval == ApprovalStanding.NOT_NEEDED:
        return msg("Its discounts and margin are within your limits.")
    return None
