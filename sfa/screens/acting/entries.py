"""What one key does with an entry of the day: do it, put it off, open it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from textual import work

from sfa import clock
from sfa.errors import Msg, NotFound, SfaError, msg
from sfa.i18n import tr
from sfa.screens.acting.visits import CommentActions
from sfa.screens.keys import bind
from sfa.terms import ActivityKind

if TYPE_CHECKING:
    from sfa.reports.today import Entry

MORE = "more"  # an entry that stands for those there was no room for
DECISIONS = frozenset({"conflict", "proposal", "tx"})
# Whose day can be put off, and the field that holds it; a visit keeps its time of day.
_DAYS: Mapping[tuple[str, str], str] = {
    ("follow_ups", "account"): "next_follow_up",
    ("follow_ups", "lead"): "next_follow_up",
    ("follow_ups", "deal"): "next_step_on",
    ("follow_up", "account"): "next_follow_up",
    ("follow_up", "lead"): "next_follow_up",
    ("follow_up", "deal"): "next_step_on",
    ("close", "deal"): "close_date",
}
_OF_AN_ENTRY = frozenset({"done", "edit", "snooze", "put_off"})


class EntryActions(CommentActions):
    """A screen with an entry of the day in view."""

    BINDINGS = [
        bind(
            "d",
            "done",
            "today.done",
            msg("Do"),
            msg("Task done, visit made, next step, follow-up, decision: whatever the line asks for"),
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
        bind("z", "snooze", "today.snooze", msg("Later"), msg("Put it off until tomorrow"), footer=True),
        bind("Z", "put_off", "today.put_off", msg("To a day"), msg("Put it off to a day you type")),
        bind("V", "all_seen", "today.all_seen", msg("All seen"), msg("All that sync brought is seen")),
    ]

    @property
    def entry(self) -> Entry | None:
        """Return the entry in view."""
        return None

    @property
    def kind(self) -> str:
        """Return the section it stands in."""
        return ""

    @property
    def target(self) -> tuple[str, str]:
        """Return the entry's record; a decision is none."""
        entry = self.entry
        is_record = entry is not None and entry.noun not in DECISIONS and entry.noun != MORE
        return (entry.noun, entry.id) if entry is not None and is_record else ("", "")

    def refusal(self, action: str) -> Msg | None:
        """Say why nothing can be done: no entry, or one of another kind."""
        entry = self.entry
        if action in _OF_AN_ENTRY and entry is None:
            return msg("Nothing is chosen; choose an entry with the arrow keys.")
        if entry is not None and entry.noun == MORE and action in _OF_AN_ENTRY:
            return msg("Enter leads to all of them.")
        if entry is not None and action in {"snooze", "put_off"} and not self._is_put_off(entry):
            return msg("This cannot be put off; d does it, Enter shows it.")
        if entry is not None and action == "edit" and entry.noun in DECISIONS:
            return msg("Enter leads to where this is decided.")
        if entry is not None and action == "done" and self.kind == "team_deals":
            return msg("This is done; Enter shows it.")
        return super().refusal(action)

    def only_looks(self, action: str) -> bool:
        """Say whether an action changes nothing here: to go where something is decided, to have seen news."""
        entry = self.entry
        looks = entry is not None and (entry.noun in DECISIONS | {"quote"} or self.kind == "brought")
        return action == "done" and looks

    def _is_put_off(self, entry: Entry) -> bool:
        if self.kind in {"team_visits", "team_deals", "brought", "approvals", "quotes"}:
            return False
        return entry.noun in {"task", "visit"} or self._day_field(entry) != ""

    def _day_field(self, entry: Entry) -> str:
        return _DAYS.get((entry.mark or self.kind, entry.noun), "")

    # Doing --------------------------------------------------------------------------------

    @work
    async def action_done(self) -> None:
        """Do what the entry asks for."""
        entry = self.entry
        if entry is None:
            return
        if entry.noun in DECISIONS:
            await self.decide(entry)
        elif self.kind == "brought":
            await self._seen([entry.id])
        elif self.kind == "team_visits":
            self.action_comment()
        elif entry.noun == "quote":
            self._see_to(entry)
        elif entry.noun in {"task", "visit"}:
            await self._complete(entry)
        elif entry.noun == "deal":
            await self._next_step(entry)
        else:
            await self._touch(entry)

    def _see_to(self, entry: Entry) -> None:
        """Show a quote: among those to approve, or in full with the keys that say what becomes of it."""
        from sfa.screens.approvals import ApprovalsScreen

        if self.kind == "approvals":
            self.sfa.push_screen(ApprovalsScreen(entry.id))
        else:
            self.sfa.show_record("quote", entry.id)

    async def decide(self, entry: Entry) -> None:
        """Go where a decision is made, with it in view."""
        from sfa.screens.sync import SyncScreen

        await self.sfa.switch_mode("sync")
        screen = self.sfa.screen
        if isinstance(screen, SyncScreen):
            screen.choose(entry.noun, entry.id)

    async def _complete(self, entry: Entry) -> None:
        from sfa.screens.doing import tasks
        from sfa.screens.forms.opening import report_visit

        if entry.noun == "visit":
            await report_visit(self.sfa, entry.id)
        else:
            await self.act(msg("Complete a task"), tasks.complete([entry.id]))

    async def _next_step(self, entry: Entry) -> None:
        """Ask what comes next in a deal, with its day, and write it."""
        from sfa.screens.forms.lines import next_step

        try:
            if await next_step(self.sfa, entry.id):
                self.acted()
        except SfaError as error:
            self.sfa.report(error)

    async def _touch(self, entry: Entry) -> None:
        """Open the form of an activity about a lead or an account, then ask for the next follow-up."""
        from sfa.screens.dialogs.ask_day import ask_day
        from sfa.screens.forms.about import preset
        from sfa.screens.forms.opening import add_record

        noun = "visit" if self.kind == "silent" else "activity"
        begins = await self.gateway.read(lambda connection: preset(connection, noun, entry.noun, entry.id))
        if noun == "activity":
            begins = {**begins, "kind": ActivityKind.CALL.value}  # what a follow-up mostly is
        if await add_record(self.sfa, noun, begins) is None or not self._day_field(entry):
            return
        if await self._is_due(entry):
            day = await ask_day(self.sfa, tr("When does {name} hear of you next?", name=entry.text))
            if day is not None:
                await self._write(entry, {self._day_field(entry): day.isoformat()}, entry.text)

    async def _is_due(self, entry: Entry) -> bool:
        """Say whether the follow-up is still due: the activity may have brought a later one."""
        from sfa.fields import noun as noun_of
        from sfa.finding.showing import show_fields

        field = noun_of(entry.noun).field(self._day_field(entry))
        assert field is not None
        try:
            _, _, values = await self.gateway.read(
                lambda connection: show_fields(connection, entry.noun, entry.id, [field])
            )
        except NotFound:
            return False
        return bool(values[field.name]) and values[field.name] <= clock.today().isoformat()

    async def _write(self, entry: Entry, texts: Mapping[str, str], name: str) -> None:
        from sfa.screens.doing import records

        work_ = records.edit(entry.noun, entry.id, texts)
        await self.act(msg("Edit {noun} {label}"), work_, noun=entry.noun, label=name)

    # Putting off --------------------------------------------------------------------------

    @work
    async def action_snooze(self) -> None:
        """Put the entry off until tomorrow, or from a later day to the one after it."""
        entry = self.entry
        if entry is not None:
            first = max(clock.today(), date.fromisoformat(entry.on)) if entry.on else clock.today()
            await self._put_off(entry, first + timedelta(days=1))

    @work
    async def action_put_off(self) -> None:
        """Ask for the day, then put the entry off to it."""
        from sfa.screens.dialogs.ask_day import ask_day

        entry = self.entry
        day = await ask_day(self.sfa, tr("Put off to which day?"))
        if entry is not None and day is not None:
            await self._put_off(entry, day)

    async def _put_off(self, entry: Entry, to: date) -> None:
        from sfa.screens.doing import tasks

        if entry.noun == "task":
            await self.act(msg("Put off a task"), tasks.snooze([entry.id], to))
        elif entry.noun == "visit":
            await self._write(entry, {"at": f"{to.isoformat()} {entry.time}"}, entry.about)
        else:
            name = entry.about if entry.noun == "deal" and entry.mark != "close" else entry.text
            await self._write(entry, {self._day_field(entry): to.isoformat()}, name)

    # What sync brought --------------------------------------------------------------------

    @work
    async def action_all_seen(self) -> None:
        """Take all that sync brought away: it was seen."""
        await self._seen(None)

    async def _seen(self, records: list[str] | None) -> None:
        try:
            await self.gateway.mark_news_seen(records)
        except SfaError as error:
            self.sfa.report(error)
        self.sfa.refresh_places()
