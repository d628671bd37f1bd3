"""Quotes: the list and its filters, and one quote in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from sfa.errors import msg
from sfa.screens.acting.quotes import QuoteActions
from sfa.screens.filtering import QuickFilter
from sfa.screens.keys import bind
from sfa.screens.record import RecordScreen
from sfa.screens.records import RecordsScreen
from sfa.screens.widgets.record_view import RecordView

if TYPE_CHECKING:
    from sfa.finding.showing import Shown


class QuotesScreen(QuoteActions, RecordsScreen):
    """The list of quotes."""

    PLACE = "quotes"
    NOUN = "quote"
    EMPTY = msg("No quotes yet. n adds one; a on an account or a deal does too.")
    TOGETHER = ("valid_until", "owner", "tags")
    FILTERS = (
        QuickFilter(
            "mine", msg("My open quotes"), "owner=me and state in (draft, submitted, approved, sent)"
        ),
        QuickFilter("waiting", msg("Wait for approval"), "state=submitted"),
        QuickFilter("draft", msg("Drafts"), "state=draft"),
        QuickFilter("sent", msg("With the customer"), "state=sent"),
        QuickFilter("late", msg("Sent, day gone by"), "state=sent and valid_until<today"),
        QuickFilter("accepted", msg("Accepted"), "state=accepted"),
    )

    BINDINGS = [
        bind(
            "I",
            "approvals",
            "quotes.approvals",
            msg("Approvals"),
            msg("The quotes that wait for approval, each with why"),
        ),
    ]

    def action_approvals(self) -> None:
        """Show the quotes that wait for approval."""
        from sfa.screens.approvals import ApprovalsScreen

        self.sfa.push_screen(ApprovalsScreen())

    @property
    def known_quote(self) -> Shown | None:
        """Return the quote beside the list, while it is the one under the cursor and nothing is marked."""
        shown = self.query_one(RecordView).shown
        is_it = shown is not None and shown.id == self.target[1] and not self.records.marks
        return shown if is_it else None

    @on(RecordView.Came)
    def _came(self) -> None:
        self.refresh_bindings()


class QuoteScreen(QuoteActions, RecordScreen):
    """One quote in full: its fields, lines, what they come to, and what was said about it."""

    BINDINGS = [bind("l", "lines", "quote.lines", msg("Lines"), msg("The lines, to type into"))]

    @property
    def known_quote(self) -> Shown | None:
        """Return the quote as it is shown."""
        return self.shown
