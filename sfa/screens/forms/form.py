"""A form: the fields of one record to type into, saved in one change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Checkbox, Input, Select, Static, TextArea

from sfa.errors import InvalidInput, SfaError, msg
from sfa.fields import Field
from sfa.i18n import tr
from sfa.screens.forms.checking import NAMING, fault_of, warning_of
from sfa.screens.forms.inputs import hint_of, input_of, put_text, text_of, widget_id
from sfa.screens.forms.picking import Picker
from sfa.screens.inside import Inside
from sfa.screens.keys import bind

if TYPE_CHECKING:
    from sfa.store.drafts import Draft

Texts = dict[str, str]
# Saves the texts that were changed; gives the id of the record.
Save = Callable[[Texts], Awaitable[str]]
_DRAFT_AFTER_S = 0.6
_LOOK_AFTER_S = 0.3


class RecordForm(Inside, ModalScreen[str | None]):
    """Gives the id of the saved record, ``None`` when left without saving."""

    BINDINGS = [
        bind("ctrl+s", "save", "form.save", msg("Save"), msg("Save the record"), footer=True),
        bind(
            "down", "app.focus_next", "form.next", msg("Next field"), msg("Also Tab and Enter"), footer=True
        ),
        bind("up", "app.focus_previous", "form.previous", msg("Field before"), msg("Also Shift+Tab")),
        bind(
            "escape", "leave", "form.leave", msg("Back"), msg("Leave; unsaved text asks first"), footer=True
        ),
    ]

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        present: Mapping[str, str],
        save: Save,
        *,
        draft: Draft,
        preset: Mapping[str, str] | None = None,
        first: str = "",
        noun: str = "",
        is_new: bool = False,
    ) -> None:
        """Show fields with their present texts; ``preset`` is typed in beforehand and saved too.

        With a ``noun`` what is typed is looked at while one types; a new record's name also for others
        that have it.
        """
        super().__init__(classes="dialog")
        self._heading = title
        self._fields = {field.name: field for field in fields}
        self._present = {name: present.get(name, "") for name in self._fields}
        self._save = save
        self._draft = draft
        self._preset = {**(preset or {})}
        # What is known of a new record beforehand needs no typing.
        unknown = (name for name in self._fields if name not in self._preset)
        self._first = first or next(unknown, next(iter(self._fields), ""))
        self._noun = noun
        self._naming = tuple(name for name in NAMING.get(noun, ()) if name in self._fields) if is_new else ()
        self._saving = False
        self._saved = False

    def compose(self) -> ComposeResult:
        """Lay out title, fields, the line of hints, the buttons."""
        with Vertical(id="form"):
            yield Static(self._heading, classes="dialog-title", markup=False)
            with VerticalScroll(id="form-fields", can_focus=False):
                for field in self._fields.values():
                    yield from self._row(field)
            yield Static(id="form-warning", markup=False)
            yield Static(id="form-hint", markup=False)
            with Horizontal(id="form-buttons"):
                yield Button(tr("Save (Ctrl+S)"), id="save", variant="primary", compact=True)
                yield Button(tr("Back (Esc)"), id="leave", compact=True)

    def _row(self, field: Field) -> ComposeResult:
        text = self._preset.get(field.name, self._present[field.name])
        label = tr(field.label) + (" *" if field.required else "")
        with Vertical(classes="field"):
            with Horizontal(classes="field-line"):
                yield Static(label, classes="field-label", markup=False)
                yield input_of(field, text, self.sfa.gateway, self._customer)
            yield Static(id=f"{widget_id(field)}-error", classes="field-error", markup=False)

    def on_mount(self) -> None:
        """Bring unsaved text back, and start in the first field."""
        kept = self._draft.load()
        if kept:
            for name, text in kept.items():
                if name in self._fields:
                    put_text(self._input(name), text)
            self.notify(tr("Text that was not saved before is here again."))
        if self._first in self._fields:
            self._input(self._first).focus()
        self.sfa.gateway.warm()

    def _input(self, name: str) -> Widget:
        return self.query_one(f"#{widget_id(self._fields[name])}")

    def changed(self) -> Texts:
        """Return the texts that differ from what the record holds."""
        found = {name: text_of(self._input(name)) for name in self._fields}
        return {name: text for name, text in found.items() if text != self._blank(name)}

    def _blank(self, name: str) -> str:
        """Return what an untouched input gives back for the present text."""
        text = self._present[name]
        if isinstance(self._input(name), Checkbox):
            return "yes" if text in {"yes", "true", "1"} else "no"
        return text

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Select.Changed)
    @on(Checkbox.Changed)
    def _typed(self) -> None:
        self.set_timer(_DRAFT_AFTER_S, self._keep_draft, name="draft")
        if self._naming:
            self._look_for_others()

    @work(exclusive=True, group="others")
    async def _look_for_others(self) -> None:
        """Say which records have the name already, once nobody has typed for a moment."""
        await asyncio.sleep(_LOOK_AFTER_S)
        names = tuple(text_of(self._input(name)) for name in self._naming)
        noun = self._noun
        try:
            text = await self.gateway.read(lambda connection: warning_of(connection, noun, names))
        except SfaError:  # saving says what is wrong with the store
            return
        warning = self.query_one("#form-warning", Static)
        warning.update(text)
        warning.display = bool(text)

    def _customer(self) -> str:
        """Return what is typed as the customer: its people and deals are offered first."""
        for name in ("account", "accounts"):
            if name in self._fields:
                return text_of(self._input(name))
        return ""

    @on(Picker.Wanted)
    @work
    async def _add_on_the_spot(self, event: Picker.Wanted) -> None:
        """Add the record that was typed and is not there yet, and put it in its place."""
        from sfa.screens.forms.adding import add_beside

        typed = await add_beside(self.sfa, event.picker.field.target, event.name, self._customer())
        if typed:
            event.picker.put(typed)
        event.picker.focus()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Look at what was typed into the field that is left."""
        name = self._name_of(event.widget)
        if self._noun and name:
            self._check(name)

    @work(group="check")
    async def _check(self, name: str) -> None:
        field, noun, text = self._fields[name], self._noun, text_of(self._input(name))
        try:
            fault = await self.gateway.read(lambda connection: fault_of(connection, noun, field, text))
        except SfaError:  # saving says what is wrong with the store
            return
        if self.is_attached and text == text_of(self._input(name)):
            self._say_fault(name, fault)

    def _say_fault(self, name: str, fault: SfaError | None) -> None:
        from sfa.render.failures import failure_lines

        place = self.query_one(f"#{widget_id(self._fields[name])}-error", Static)
        place.update("\n".join(failure_lines(fault)) if fault is not None else "")
        place.display = fault is not None

    def _name_of(self, widget: Widget) -> str:
        """Return the field that a widget, or a part of one, is typed into; empty for none."""
        ids = {widget.id, widget.parent.id if isinstance(widget.parent, Widget) else None}
        return next((name for name, field in self._fields.items() if widget_id(field) in ids), "")

    def _keep_draft(self) -> None:
        if not self._saved and self.is_attached:
            self._draft.keep(self.changed())

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Say how the field with the focus can be typed."""
        name = self._name_of(event.widget)
        self.query_one("#form-hint", Static).update(hint_of(self._fields[name]) if name else "")

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.focus_next()

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Save what was typed, once."""
        if not self._saving:
            self._saving = True
            self._save_now()

    @work
    async def _save_now(self) -> None:
        for error in self.query(".field-error"):
            error.display = False
        try:
            record_id = await self._save(self.changed())
        except InvalidInput as error:
            self._complain(error)
        except SfaError as error:
            self.sfa.report(error)
        else:
            self._saved = True
            self._draft.drop()
            self.dismiss(record_id)
        finally:
            self._saving = False

    def _complain(self, error: InvalidInput) -> None:
        """Say what is wrong below the field it is wrong with."""
        named = error.field
        if named not in self._fields:
            self.sfa.report(error)
            return
        self._say_fault(named, error)
        self._input(named).focus()

    @on(Button.Pressed, "#leave")
    @work
    async def action_leave(self) -> None:
        """Leave, after asking when something was typed."""
        if await self.may_leave():
            self.dismiss(None)

    async def may_leave(self) -> bool:
        """Ask whether unsaved text may go; say yes when there is none."""
        from sfa.screens.dialogs.confirm import Confirm

        texts = self.changed()
        if texts == self._preset or not texts:
            self._forget()
            return True
        labels = ", ".join(tr(self._fields[name].label) for name in texts)
        question = tr("Leave without saving? Typed so far: {fields}.", fields=labels)
        if await self.app.push_screen_wait(Confirm(question, yes=tr("Leave without saving"))):
            self._forget()
            return True
        return False

    def _forget(self) -> None:
        self._saved = True
        self._draft.drop()
