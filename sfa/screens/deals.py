"""Deals: the list and its filters, and one deal in full."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal

from sfa.errors import NotFound, SfaError, msg
from sfa.screens.acting.deals import DealActions
from sfa.screens.filtering import QuickFilter
from sfa.screens.guided import Guided
from sfa.screens.keys import bind
from sfa.screens.record import RecordScreen
from sfa.screens.records import RecordsScreen
from sfa.screens.widgets.guide import StageGuide
from sfa.screens.widgets.record_view import RecordView

# What open deals lack; the board offers these filters too.
FLAWS = (
    QuickFilter("no-step", msg("Without a next step"), "state=open and next_step is empty"),
    QuickFilter("late", msg("Close date gone by"), "state=open and close_date<today"),
    QuickFilter("no-amount", msg("Without an amount"), "state=open and amount is empty"),
)


class DealsScreen(DealActions, RecordsScreen):
    """The list of deals, the open ones at first."""

    PLACE = "deals"
    NOUN = "deal"
    EMPTY = msg("No deals yet. n adds one; converting a lead makes one too.")
    TOGETHER = ("close_date", "category", "next_step", "next_step_on", "owner", "source", "tags")
    FILTERS = (
        QuickFilter("open", msg("Open deals"), "state=open"),
        QuickFilter("mine", msg("My open deals"), "state=open and owner=me"),
        *FLAWS,
        QuickFilter("won", msg("Won deals"), "state=won"),
        QuickFilter("lost", msg("Lost deals"), "state=lost"),
    )
    FIRST = "open"


class ClosedDealsScreen(DealsScreen):
    """The deals that a board counts as won or lost; Esc goes back to it."""

    BINDINGS = [bind("escape", "widen", "closed_deals.back", msg("Back"), msg("End finding, then go back"))]

    def __init__(self, kind: str, where: str) -> None:
        """Name the kind, ``won`` or ``lost``, and the filter that selects them."""
        super().__init__()
        label = msg("Won this quarter") if kind == "won" else msg("Lost this quarter")
        self.chosen_filter = QuickFilter(kind, label, where)

    async def action_widen(self) -> None:
        """Forget what is sought; then go back to the board."""
        if self.records.query_shown.text:
            await super().action_widen()
        else:
            self.dismiss()


class DealScreen(DealActions, Guided, RecordScreen):
    """One deal in full, with what its stage asks for."""

    def body(self) -> ComposeResult:
        """Lay out the deal and beside it its stage."""
        with Horizontal(classes="guided"):
            yield RecordView()
            yield StageGuide(classes="guide")

    @on(RecordView.Came)
    async def _guide_it(self) -> None:
        """Say what the stage asks for, which may be another one by now."""
        from sfa.finding.stages import guide_of_deal
        from sfa.render.board import guide_lines

        try:
            found = await self.gateway.read(lambda connection: guide_of_deal(connection, self.record_id))
        except NotFound:
            self.guide.show(None)
        except SfaError as error:
            self.sfa.report(error)
        else:
            self.guide.show(lambda room: guide_lines(*found, room))
