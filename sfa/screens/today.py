"""Today: what the day asks for, in the order a day is planned, and what to do about it."""

from __future__ import annotations

from datetime import timedelta

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal

from sfa import clock
from sfa.errors import Msg, msg
from sfa.i18n import tr
from sfa.screens.acting.target import Acting
from sfa.screens.keys import bind
from sfa.screens.place import Place
from sfa.screens.widgets.agenda import Agenda
from sfa.screens.widgets.record_view import RecordView

_SHOWN = 20  # entries a question


class TodayScreen(Acting, Place):
    """Tasks due, visits planned, deals without a next step, silent key accounts, follow-ups."""

    PLACE = "today"
    BINDINGS = [
        bind(
            "d",
            "done",
            "today.done",
            msg("Complete"),
            msg("Task done, or visit made: say what came of it"),
            footer=True,
        ),
        bind(
            "e",
            "edit",
            "today.edit",
            msg("Edit"),
            msg("Change the record: next step, day, text"),
            footer=True,
        ),
        bind(
            "n", "new", "today.new", msg("New"), msg("Add a task, visit, lead or another record"), footer=True
        ),
        bind("z", "snooze", "today.snooze", msg("Later"), msg("Put a task off until tomorrow"), footer=True),
    ]

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

        report = await self.gateway.read(
            lambda connection: today_report(connection, today=clock.today(), limit=_SHOWN)
        )
        self.query_one(Agenda).fill(agenda(report))
        self.refresh_bindings()

    @property
    def target(self) -> tuple[str, str]:
        """Return the chosen entry's record."""
        return self.query_one(Agenda).chosen

    def refusal(self, action: str) -> Msg | None:
        """Say why nothing can be done: no entry, or one of another kind."""
        if action in {"new", ""}:
            return None
        noun = self.query_one(Agenda).chosen[0]
        if not noun:
            return msg("Nothing is chosen; choose an entry with the arrow keys.")
        if action == "snooze" and noun != "task":
            return msg("Only a task can be put off.")
        if action == "done" and noun not in {"task", "visit"}:
            return msg("Only a task or a visit can be done; e changes the next step.")
        return super().refusal(action)

    @on(Agenda.Chosen)
    def _chosen(self, event: Agenda.Chosen) -> None:
        self.query_one(RecordView).show_soon(event.noun, event.record_id)
        self.refresh_bindings()

    @on(Agenda.Opened)
    def _opened(self) -> None:
        """Show the chosen record in full."""
        noun, record_id = self.query_one(Agenda).chosen
        if noun:
            self.sfa.show_record(noun, record_id)

    @work
    async def action_edit(self) -> None:
        """Change the chosen record in a form."""
        from sfa.screens.forms.opening import edit_record

        await edit_record(self.sfa, *self.query_one(Agenda).chosen)

    @work
    async def action_new(self) -> None:
        """Ask what is new, and add it."""
        from sfa.screens.forms.adding import add_any

        await add_any(self.sfa)

    @work
    async def action_done(self) -> None:
        """Complete the chosen task, or tell what came of the visit."""
        from sfa.screens.doing import tasks
        from sfa.screens.forms.opening import report_visit

        noun, record_id = self.target
        if noun == "visit":
            await report_visit(self.sfa, record_id)
        else:
            await self.act(msg("Complete a task"), tasks.complete([record_id]))

    @work
    async def action_snooze(self) -> None:
        """Put the chosen task off until tomorrow."""
        from sfa.screens.doing import tasks

        tomorrow = clock.today() + timedelta(days=1)
        await self.act(msg("Put off a task"), tasks.snooze([self.target[1]], tomorrow))
