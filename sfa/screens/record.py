"""One record in full, above the place one came from; Esc goes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult

from sfa.errors import Msg, SfaError, msg
from sfa.i18n import tr
from sfa.screens.acting.target import Acting
from sfa.screens.keys import bind
from sfa.screens.place import Place
from sfa.screens.widgets.record_view import RecordView

if TYPE_CHECKING:
    from sfa.finding.showing import Shown
    from sfa.screens.app import SfaApp


class RecordScreen(Acting, Place):
    """Any record: its fields, and short lists of what hangs on it."""

    BINDINGS = [
        bind("e", "edit", "record.edit", msg("Edit"), msg("Change the record"), footer=True),
        bind(
            "x",
            "delete",
            "record.delete",
            msg("Delete"),
            msg("Delete the record; u brings it back"),
            footer=True,
        ),
        bind("h", "history", "record.history", msg("History"), msg("Who changed what, when"), footer=True),
        bind("escape", "back", "record.back", msg("Back"), msg("One level back"), footer=True),
    ]

    def __init__(self, noun: str, record_id: str) -> None:
        """Name the record."""
        super().__init__()
        self.noun = noun
        self.record_id = record_id

    def again(self) -> RecordScreen:
        """Return the same record anew."""
        return type(self)(self.noun, self.record_id)

    def body(self) -> ComposeResult:
        """Lay out the record."""
        yield RecordView()

    def on_mount(self) -> None:
        """Start in the text."""
        super().on_mount()
        self.query_one(RecordView).focus()

    async def read_anew(self) -> None:
        """Read the record."""
        self.query_one(RecordView).show_now(self.noun, self.record_id)

    @on(RecordView.Came)
    def _came(self) -> None:
        self.refresh_bindings()

    @property
    def shown(self) -> Shown | None:
        """Return what is on the screen; ``None`` until it was read, and when it is gone."""
        return self.query_one(RecordView).shown

    @property
    def target(self) -> tuple[str, str]:
        """Return the record, as long as it is there."""
        return ("", "") if self.shown is None else (self.noun, self.record_id)

    def refusal(self, action: str) -> Msg | None:
        """Say that the record is gone."""
        if action == "back":
            return None
        if self.shown is None:
            return msg("The record is not here any more.")
        return super().refusal(action)

    @work
    async def action_edit(self) -> None:
        """Change the record in a form."""
        from sfa.screens.forms.opening import edit_record

        await edit_record(self.sfa, self.noun, self.record_id)

    @work
    async def action_delete(self) -> None:
        """Delete the record with what hangs on it, and go back."""
        if await delete_record(self.sfa, self.noun, self.record_id):
            self.action_back()

    def action_history(self) -> None:
        """Show who changed what, when."""
        from sfa.screens.history import HistoryScreen

        self.sfa.push_screen(HistoryScreen(self.noun, self.record_id))

    def action_back(self) -> None:
        """Go back to where one came from."""
        self.dismiss()


async def delete_records(app: SfaApp, noun: str, ids: Sequence[str]) -> bool:
    """Ask and delete several records in one change; say whether it was done."""
    from sfa.fields import noun as noun_of
    from sfa.render.numbers import grouped
    from sfa.screens.dialogs.confirm import Confirm
    from sfa.screens.doing import records

    described = noun_of(noun)
    question = tr(
        "Delete {number} {nouns}? What hangs on them goes along; u brings them back.",
        number=grouped(len(ids)),
        nouns=described.label_plural,
    )
    if not ids or not await app.push_screen_wait(Confirm(question, yes=tr("Delete"))):
        return False
    name = msg("Delete {number} {noun}")
    try:
        work_ = records.delete_all(noun, ids)
        app.told(await app.gateway.perform(name, work_, number=len(ids), noun=described.plural))
    except SfaError as error:
        app.report(error)
        return False
    return True


async def delete_record(app: SfaApp, noun: str, record_id: str) -> bool:
    """Ask and delete; say whether it was done."""
    from sfa.finding.labels import labels
    from sfa.screens.dialogs.confirm import Confirm
    from sfa.screens.doing import records

    label = (await app.gateway.read(lambda connection: labels(connection, noun, [record_id]))).get(
        record_id, ""
    )
    question = tr("Delete {label}? What hangs on it goes along; u brings it back.", label=label)
    if not await app.push_screen_wait(Confirm(question, yes=tr("Delete"))):
        return False
    try:
        done = await app.gateway.perform(
            msg("Delete {noun} {label}"), records.delete(noun, record_id), noun=noun, label=label
        )
    except SfaError as error:
        app.report(error)
        return False
    app.told(done)
    return True
