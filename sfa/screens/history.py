"""Who changed what of a record, when; one's own changes are taken back from here."""

from __future__ import annotations

from typing import NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Static

from sfa.errors import Msg, msg
from sfa.i18n import tr
from sfa.screens.keys import bind
from sfa.screens.place import Place
from sfa.screens.widgets.agenda import Agenda

_CHANGE = "change"
_SHOWN = 200  # moments


class _Line(NamedTuple):
    """A moment among the entries; ``id`` is its transaction's."""

    noun: str
    id: str
    days: int | None = None


class HistoryScreen(Place):
    """The moments of one record, newest first, day by day."""

    BINDINGS = [
        bind(
            "t",
            "take_back",
            "history.take_back",
            msg("Take back"),
            msg("Undo the chosen change, if it is yours"),
            footer=True,
        ),
        bind("escape", "back", "history.back", msg("Back"), msg("One level back"), footer=True),
    ]

    def __init__(self, noun: str, record_id: str) -> None:
        """Name the record."""
        super().__init__()
        self.noun = noun
        self.record_id = record_id

    def again(self) -> HistoryScreen:
        """Return the same history anew."""
        return HistoryScreen(self.noun, self.record_id)

    def body(self) -> ComposeResult:
        """Lay out the record's name and its moments."""
        yield Static(id="history", markup=False)
        yield Agenda(tr("Nothing was changed yet."))

    def on_mount(self) -> None:
        """Start in the moments."""
        super().on_mount()
        self.query_one(Agenda).focus()

    async def read_anew(self) -> None:
        """Ask for the moments."""
        from sfa.finding.labels import labels
        from sfa.render.timeline import moments_by_day
        from sfa.reports.timeline import timeline

        noun, record_id = self.noun, self.record_id
        moments = await self.gateway.read(lambda connection: timeline(connection, noun, record_id)[:_SHOWN])
        found = await self.gateway.read(lambda connection: labels(connection, noun, [record_id]))
        self.query_one("#history", Static).update(tr("History: {label}", label=found.get(record_id, "")))
        self.query_one(Agenda).fill(
            [
                (day, [(_Line(_CHANGE, tx_id), at, what, who) for tx_id, at, what, who in lines])
                for day, lines in moments_by_day(moments)
            ]
        )
        self.refresh_bindings()

    def refusal(self, action: str) -> Msg | None:
        """Say why nothing can be taken back."""
        if action == "take_back" and not self.query_one(Agenda).chosen[0]:
            return msg("There is no change to take back.")
        return super().refusal(action)

    @on(Agenda.Opened)
    def _opened(self) -> None:
        """Say in full what the chosen moment changed: its line may be cut."""
        agenda = self.query_one(Agenda)
        entry = next(
            (
                what
                for _, lines in agenda.questions
                for line, _, what, _ in lines
                if line.id == agenda.chosen[1]
            ),
            "",
        )
        if entry:
            self.notify(entry, timeout=15)

    @work
    async def action_take_back(self) -> None:
        """Undo the chosen change."""
        from sfa.screens.taking_back import take_back

        await take_back(self.sfa, tx_id=self.query_one(Agenda).chosen[1])

    def action_back(self) -> None:
        """Go back to where one came from."""
        self.dismiss()
