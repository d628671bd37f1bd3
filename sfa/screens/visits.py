"""Visits: the plan of a week with its free days, and one visit or other activity in full."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from sfa import clock
from sfa.errors import Msg, SfaError, msg
from sfa.i18n import tr
from sfa.reports.week import Week
from sfa.screens.acting.visits import CommentActions, VisitActions
from sfa.screens.keys import bind
from sfa.screens.place import Place
from sfa.screens.record import RecordScreen
from sfa.screens.widgets.agenda import Agenda
from sfa.screens.widgets.record_view import RecordView

_FREE = "day"  # what stands for a day without a visit among the entries
_OF_A_VISIT = frozenset({"edit"})


class _Line(NamedTuple):
    """An entry of the week: a visit, or a day that has none."""

    noun: str
    id: str
    days: int | None = None


class VisitsScreen(VisitActions, Place):
    """The visits of one week, day by day."""

    PLACE = "visits"
    BINDINGS = [
        bind("n", "plan", "visits.plan", msg("Plan"), msg("Plan a visit on the chosen day"), footer=True),
        bind(
            "e", "edit", "visits.edit", msg("Edit"), msg("Change the visit: day, time, purpose"), footer=True
        ),
        bind(
            "right_square_bracket",
            "turn(1)",
            "visits.next",
            msg("Next week"),
            msg("The week after"),
            footer=True,
        ),
        bind(
            "left_square_bracket", "turn(-1)", "visits.previous", msg("Week before"), msg("The week before")
        ),
        bind("full_stop", "this_week", "visits.now", msg("This week"), msg("Back to the present week")),
        bind(
            "E",
            "write",
            "visits.write",
            msg("Calendar"),
            msg("Write the planned visits for a calendar (.ics)"),
        ),
    ]

    def __init__(self) -> None:
        """Start in the present week."""
        super().__init__()
        self.day = clock.today()
        self._week: Week | None = None

    def body(self) -> ComposeResult:
        """Lay out the week, and beside it the visit where there is room."""
        yield Static(id="week", markup=False)
        with Horizontal(id="visits"):
            yield Agenda("")
            yield RecordView(classes="beside")

    def on_mount(self) -> None:
        """Start in the agenda."""
        super().on_mount()
        self.query_one(Agenda).focus()

    async def read_anew(self) -> None:
        """Ask for the week."""
        from sfa.render.week import week_title
        from sfa.reports.week import week_report

        wanted = self.day
        week = await self.gateway.read(
            lambda connection: week_report(connection, day=wanted, today=clock.today())
        )
        is_first = self._week is None or self._week.monday != week.monday
        self._week = week
        self.query_one("#week", Static).update(week_title(week))
        agenda = self.query_one(Agenda)
        agenda.fill(_questions(week))
        if is_first:
            agenda.choose(*_first(week, wanted))
        self.refresh_bindings()

    @property
    def target(self) -> tuple[str, str]:
        """Return the chosen visit, as long as there is one."""
        noun, record_id = self.query_one(Agenda).chosen
        return (noun, record_id) if noun == "visit" else ("", "")

    @property
    def chosen_day(self) -> date:
        """Return the day of the chosen entry, else the one the week was opened at."""
        noun, record_id = self.query_one(Agenda).chosen
        if noun == _FREE:
            return date.fromisoformat(record_id)
        visits = self._week.visits if self._week is not None else ()
        found = next((one for one in visits if one.id == record_id), None)
        return clock.local_day(found.at) if found is not None else self.day

    def refusal(self, action: str) -> Msg | None:
        """Say why nothing can be done on a day without a visit."""
        if action in _OF_A_VISIT and not self.target[0]:
            return msg("There is no visit to do this with.")
        return super().refusal(action)

    @on(Agenda.Chosen)
    def _chosen(self) -> None:
        self.query_one(RecordView).show_soon(*self.target)
        self.refresh_bindings()

    @on(Agenda.Opened)
    async def _opened(self) -> None:
        """Show the visit in full; on a free day, plan one."""
        noun, record_id = self.target
        if noun:
            self.sfa.show_record(noun, record_id)
        else:
            self.action_plan()

    @work
    async def action_plan(self) -> None:
        """Plan a visit on the chosen day."""
        from sfa.screens.forms.opening import add_record

        await add_record(self.sfa, "visit", {"at": f"{self.chosen_day.isoformat()} "})

    @work
    async def action_edit(self) -> None:
        """Change the visit in a form."""
        from sfa.screens.forms.opening import edit_record

        await edit_record(self.sfa, *self.target)

    def action_turn(self, weeks: int) -> None:
        """Go some weeks on, or back."""
        self.day += timedelta(weeks=weeks)
        self.read_soon()

    def action_this_week(self) -> None:
        """Go back to the present week."""
        self.day = clock.today()
        self.read_soon()

    @work
    async def action_write(self) -> None:
        """Ask for a file and write the planned visits into it."""
        from sfa.screens.dialogs.ask_line import AskLine

        week = self._week
        if week is None:
            return
        path = await self.sfa.push_screen_wait(
            AskLine(
                tr("Write the planned visits of this week where?"),
                hint=tr("A file that calendars of phones and offices read"),
                text=f"~/visits-{week.monday.isoformat()}.ics",
            )
        )
        if not path.strip():
            return
        try:
            _write_calendar(path.strip(), week)
        except SfaError as error:
            self.sfa.report(error)
        else:
            self.notify(tr("Written: {path}", path=path.strip()))


def _write_calendar(path: str, week: Week) -> None:
    from pathlib import Path

    from sfa.interchange.text_files import write_whole
    from sfa.render.week import week_calendar

    write_whole(Path(path).expanduser(), week_calendar(week, now=clock.utc_now()))


def _questions(week: Week) -> list[tuple[str, list[tuple[_Line, str, str, str]]]]:
    from sfa.render.cells import one_line
    from sfa.render.week import day_title, visit_line

    found = []
    for day in week.days:
        lines = [
            (_Line("visit", each.id), each.time, one_line(each.about), visit_line(each))
            for each in day.visits
        ]
        free = (_Line(_FREE, day.day.isoformat()), "", tr("n plans a visit"), "")
        found.append((day_title(day), lines or [free]))
    return found


def _first(week: Week, wanted: date) -> tuple[str, str]:
    """Return the entry to begin at: the first of the day that was asked for."""
    day = next(each for each in week.days if each.day == wanted)
    return ("visit", day.visits[0].id) if day.visits else (_FREE, day.day.isoformat())


class VisitScreen(VisitActions, RecordScreen):
    """One visit in full."""


class ActivityScreen(CommentActions, RecordScreen):
    """One activity in full that is no visit."""
