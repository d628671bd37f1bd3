"""Quotes that wait for approval: what each comes to, why it needs a word, and a key for yes and no."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from sfa import clock
from sfa.errors import Msg, msg
from sfa.i18n import tr
from sfa.screens.acting.quotes import QuoteActions, why_not
from sfa.screens.keys import bind
from sfa.screens.place import Place
from sfa.screens.widgets.agenda import Agenda
from sfa.screens.widgets.record_view import RecordView

if TYPE_CHECKING:
    from sfa.finding.quote_inbox import Waiting
    from sfa.finding.showing import Shown


class _Line(NamedTuple):
    """A quote among the entries."""

    id: str
    noun: str = "quote"
    days: int | None = None


class ApprovalsScreen(QuoteActions, Place):
    """The quotes that wait, the longest first; those of others before one's own."""

    BINDINGS = [bind("escape", "back", "approvals.back", msg("Back"), msg("One level back"), footer=True)]

    def __init__(self, chosen: str = "") -> None:
        """Begin at a quote, if it waits."""
        super().__init__()
        self._begin_at = chosen
        self._waiting: dict[str, Waiting] = {}

    def again(self) -> ApprovalsScreen:
        """Return the same anew."""
        return ApprovalsScreen(self.target[1])

    def body(self) -> ComposeResult:
        """Lay out the quotes, beside them the chosen one where there is room, and why it needs a word."""
        with Horizontal(id="today"):
            yield Agenda(tr("No quote waits for approval."))
            yield RecordView(classes="beside")
        yield Static(id="why", markup=False)

    def on_mount(self) -> None:
        """Start in the quotes."""
        self.query_one(Agenda).focus()

    async def read_anew(self) -> None:
        """Ask which quotes wait."""
        from sfa.finding.quote_inbox import waiting
        from sfa.render.quote_inbox import waiting_line

        found, more = await self.gateway.read(lambda connection: waiting(connection, today=clock.today()))
        self._waiting = {each.quote.id: each for each in found}
        count = f"{len(found)}+" if more else str(len(found))
        lines = [(_Line(each.quote.id), *waiting_line(each)) for each in found]
        heading = tr("Quotes to approve ({count})", count=count)
        agenda = self.query_one(Agenda)
        agenda.fill([(heading, lines)] if lines else [])
        if self._begin_at:
            agenda.choose("quote", self._begin_at)
            self._begin_at = ""
        self.query_one(RecordView).read_anew()
        self._tell_why()
        self.refresh_bindings()

    @property
    def target(self) -> tuple[str, str]:
        """Return the chosen quote."""
        return self.query_one(Agenda).chosen

    @property
    def known_quote(self) -> Shown | None:
        """Return the chosen quote as it is shown beside."""
        shown = self.query_one(RecordView).shown
        return shown if shown is not None and shown.id == self.target[1] else None

    def refusal(self, action: str) -> Msg | None:
        """Say that there is no quote to decide on."""
        if action == "back":
            return None
        chosen = self._waiting.get(self.target[1])
        known = chosen and {"state": chosen.quote.state, "lines": len(chosen.quote.lines)}
        return (why_not(action, known) if known else None) or super().refusal(action)

    @on(Agenda.Chosen)
    def _chosen(self) -> None:
        self.query_one(RecordView).show_soon(*self.target)
        self._tell_why()
        self.refresh_bindings()

    def _tell_why(self) -> None:
        from sfa.render.quote_inbox import why_lines

        chosen = self._waiting.get(self.target[1])
        self.query_one("#why", Static).update("\n".join(why_lines(chosen)) if chosen is not None else "")

    @on(RecordView.Came)
    def _came(self) -> None:
        self.refresh_bindings()

    @on(Agenda.Opened)
    def _opened(self) -> None:
        if self.target[1]:
            self.sfa.show_record(*self.target)

    def action_back(self) -> None:
        """Go back to where one came from."""
        self.dismiss()
