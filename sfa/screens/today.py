"""Today: what the day asks for, in the order a day is planned, and what to do about it."""

from __future__ import annotations

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal

from sfa import clock
from sfa.errors import Msg, msg
from sfa.i18n import tr
from sfa.reports.today import Entry, Section, TodayReport
from sfa.screens.acting.entries import DECISIONS, MORE, EntryActions
from sfa.screens.keys import bind
from sfa.screens.place import Place
from sfa.screens.widgets.agenda import Agenda
from sfa.screens.widgets.record_view import RecordView

_SHOWN = 20  # entries a question
# Where all entries of a section are, and the filter there; of some no list has exactly these.
ALL_OF = {
    "tasks": ("tasks", "due"),
    "visits": ("visits", ""),
    "decisions": ("sync", ""),
    "approvals": ("quotes", "waiting"),
    "brought": ("deals", ""),
    "no_next_step": ("deals", "no-step"),
    "silent": ("accounts", "key"),
    "follow_ups": ("leads", "due"),
    "quotes": ("quotes", "mine"),
    "orders": ("quotes", "mine"),
    "team_visits": ("visits", ""),
    "team_deals": ("pipeline", ""),
    "week": ("visits", ""),
}


class TodayScreen(EntryActions, Place):
    """The day: tasks, visits, decisions, news, deals, accounts, follow-ups, the team, the week ahead."""

    PLACE = "today"
    BINDINGS = [
        bind(
            "n", "new", "today.new", msg("New"), msg("Add a task, visit, lead or another record"), footer=True
        ),
    ]

    def __init__(self) -> None:
        """Start with nothing read."""
        super().__init__()
        self._report: TodayReport | None = None

    def body(self) -> ComposeResult:
        """Lay out the agenda, and beside it the record where there is room."""
        with Horizontal(id="today"):
            yield Agenda(tr("Nothing is due today. n adds a task, a visit or a lead; g l shows the leads."))
            yield RecordView(classes="beside")

    def on_mount(self) -> None:
        """Start in the agenda."""
        super().on_mount()
        self.query_one(Agenda).focus()

    async def read_anew(self) -> None:
        """Ask what today asks for."""
        from sfa.render.today import agenda
        from sfa.reports.today import today_report

        self._report = await self.gateway.read(
            lambda connection: today_report(connection, today=clock.today(), limit=_SHOWN)
        )
        self.query_one(Agenda).fill(agenda(self._report))
        self.refresh_bindings()

    @property
    def _section(self) -> Section | None:
        """Return the section of the chosen entry."""
        chosen = self.query_one(Agenda).chosen_entry
        sections = self._report.sections if self._report is not None else ()
        return next((each for each in sections for entry in each.entries if entry is chosen), None)

    @property
    def entry(self) -> Entry | None:
        """Return the chosen entry."""
        chosen = self.query_one(Agenda).chosen_entry
        return chosen if isinstance(chosen, Entry) else None

    @property
    def kind(self) -> str:
        """Return the section of the chosen entry."""
        section = self._section
        return section.kind if section is not None else ""

    def refusal(self, action: str) -> Msg | None:
        """Say that nothing came, when all of it is to be seen."""
        news = (each for each in self._report.sections if each.kind == "brought") if self._report else ()
        if action == "all_seen" and not any(each.total for each in news):
            return msg("Sync brought nothing that you have not seen.")
        return super().refusal(action)

    @on(Agenda.Chosen)
    def _chosen(self) -> None:
        self.query_one(RecordView).show_soon(*self.target)
        self.refresh_bindings()

    @on(Agenda.Opened)
    async def _opened(self) -> None:
        """Show the chosen record in full, or go where a decision is made."""
        entry = self.entry
        if entry is not None and entry.noun == MORE:
            await self._show_all(entry.id)
        elif entry is not None and entry.noun in DECISIONS:
            await self.decide(entry)
        elif entry is not None:
            self.sfa.show_record(entry.noun, entry.id)

    async def _show_all(self, kind: str) -> None:
        """Go to the place that lists all entries of a section, by the filter that shows them."""
        from sfa.screens.records import RecordsScreen

        place, name = ALL_OF[kind]
        await self.sfa.switch_mode(place)
        screen = self.sfa.screen
        if name and isinstance(screen, RecordsScreen):
            screen.show_filter(name)

    @work
    async def action_edit(self) -> None:
        """Change the chosen record in a form."""
        from sfa.screens.forms.opening import edit_record

        await edit_record(self.sfa, *self.target)

    @work
    async def action_new(self) -> None:
        """Ask what is new, and add it."""
        from sfa.screens.forms.adding import add_any

        await add_any(self.sfa)
