"""A form: the fields of one record to type into, saved in one change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Checkbox, Input, Select, Static, TextArea

from sfa.errors import ChangedByBoth, InvalidInput, SfaError, msg
from sfa.fields import Field
from sfa.i18n import tr
from sfa.screens.forms.checking import NAMING, Judge, fault_of, warning_of
from sfa.screens.forms.inputs import hint_of, input_of, put_text, text_of, widget_id
from sfa.screens.forms.keeping import Keeper, KeptScreen, Texts
from sfa.screens.forms.picking import Picker
from sfa.screens.keys import bind

if TYPE_CHECKING:
    from sfa.screens.doing.late import Origin
    from sfa.store.drafts import Draft

# Saves the texts that were changed; gives the id of the record, ``None`` when the form stays open.
Save = Callable[[Texts], Awaitable[str | None]]
_LOOK_AFTER_S = 0.3
_CHECK_AFTER_S = 0.5


class RecordForm(KeptScreen, ModalScreen[str | None]):
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
        judge: Judge,
        draft: Draft,
        preset: Mapping[str, str] | None = None,
        first: str = "",
        new: str = "",
        origin: Origin | None = None,
        customer: str = "",
    ) -> None:
        """Show fields with their present texts; ``preset`` is typed in beforehand and saved too.

        The ``judge`` looks at what is typed while one types; ``new`` is the noun of a new record, whose name
        is looked for among those that are there. ``origin`` is the record that the texts are of,
        ``customer`` the account it is about where no field says so.
        """
        super().__init__(classes="dialog")
        self._heading = title
        self._fields = {field.name: field for field in fields}
        self._present = {name: present.get(name, "") for name in self._fields}
        self._save = save
        self._origin = origin
        self.keeper = Keeper(self, draft, origin)
        self._preset = {**(preset or {})}
        # What is known of a new record beforehand needs no typing.
        unknown = (name for name in self._fields if name not in self._preset)
        self._first = first or next(unknown, next(iter(self._fields), ""))
        self._judge = judge
        self._refused: tuple[str, Texts] = "", {}  # the field that saving complained of, and of which texts
        self._about_customer = customer
        self._new = new
        self._naming = tuple(name for name in NAMING.get(new, ()) if name in self._fields)
        # Kept here, as they are asked while the form is closed and loses them one by one too.
        self._inputs: dict[str, Widget] = {}
        self._seen: dict[str, str] = {}  # what was typed last; that with which a form begins is not
        self._warning = Static(id="form-warning", markup=False)
        self._saving = False

    def compose(self) -> ComposeResult:
        """Lay out title, fields, the line of hints, the buttons."""
        with Vertical(id="form"):
            yield Static(self._heading, classes="dialog-title", markup=False)
            with VerticalScroll(id="form-fields", can_focus=False):
                for field in self._fields.values():
                    yield from self._row(field)
            yield self._warning
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
                self._inputs[field.name] = input_of(field, text, self.sfa.gateway, self._customer)
                self._seen[field.name] = text_of(self._inputs[field.name])
                yield self._inputs[field.name]
            yield Static(id=f"{widget_id(field)}-error", classes="field-error", markup=False)

    def on_mount(self) -> None:
        """Bring unsaved text back, and start in the first field."""
        kept = self.keeper.begin()
        for name, text in kept.items():
            if name in self._fields:
                put_text(self._input(name), text)
        if kept:
            self.notify(tr("Text that was not saved before is here again."))
        if self._first in self._fields:
            self._input(self._first).focus()
        self.sfa.gateway.warm()

    def _input(self, name: str) -> Widget:
        return self._inputs[name]

    def _texts(self) -> Texts:
        return {name: text_of(self._input(name)) for name in self._fields}

    def changed(self) -> Texts:
        """Return the texts that differ from what the record holds."""
        return {name: text for name, text in self._texts().items() if text != self._blank(name)}

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
    def _typed(self, event: Input.Changed | TextArea.Changed | Select.Changed | Checkbox.Changed) -> None:
        self.keeper.soon()
        if self._naming:
            self._look_for_others()
        name = self._name_of(event.control)
        # Of a record one is looking for, the choices say whether it is there.
        if not name or isinstance(self._input(name), Picker):
            return
        before, self._seen[name] = self._seen[name], text_of(self._input(name))
        if self._seen[name] != before:
            self._check_soon(name)

    @work(exclusive=True, group="check")
    async def _check_soon(self, name: str) -> None:
        """Say what is wrong with a field once nobody has typed for a moment."""
        await asyncio.sleep(_CHECK_AFTER_S)
        await self._check(name)

    @work(exclusive=True, group="others")
    async def _look_for_others(self) -> None:
        """Say which records have the name already, once nobody has typed for a moment."""
        await asyncio.sleep(_LOOK_AFTER_S)
        if not self.keeper.is_open():
            return
        names = tuple(text_of(self._input(name)) for name in self._naming)
        noun = self._new
        try:
            text = await self.gateway.read(lambda connection: warning_of(connection, noun, names))
        except SfaError:  # saving says what is wrong with the store
            return
        if not self.keeper.is_open():
            return
        self._warning.update(text)
        self._warning.display = bool(text)

    def _customer(self) -> str:
        """Return what is typed as the customer: its people and deals are offered first."""
        for name in ("account", "accounts"):
            if name in self._fields:
                return text_of(self._input(name))
        return self._about_customer

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
        if name:
            self.run_worker(self._check(name), group="left")

    async def _check(self, name: str) -> None:
        if not self.keeper.is_open():
            return
        # What saving refused stays said until something else is typed, also in another field.
        refused, texts = self._refused
        if refused and texts != self._texts():
            self._refused = "", {}
            if refused != name:
                await self._check(refused)
        elif refused == name:
            return
        field, text = self._fields[name], text_of(self._input(name))
        try:
            fault = await self.gateway.read(lambda connection: fault_of(connection, self._judge, field, text))
        except SfaError:  # saving says what is wrong with the store
            return
        if self.keeper.is_open() and text == text_of(self._input(name)):
            self._say_fault(name, fault)

    def _say_fault(self, name: str, fault: SfaError | None) -> None:
        from sfa.render.failures import failure_lines

        if isinstance(fault, InvalidInput):
            fault.field = self._fields[name].label
        # A form that is being closed may have lost its lines already.
        for place in self.query(f"#{widget_id(self._fields[name])}-error").results(Static):
            place.update("\n".join(failure_lines(fault)) if fault is not None else "")
            place.display = fault is not None

    def _name_of(self, widget: Widget) -> str:
        """Return the field that a widget, or a part of one, is typed into; empty for none."""
        ids = {widget.id, widget.parent.id if isinstance(widget.parent, Widget) else None}
        return next((name for name, field in self._fields.items() if widget_id(field) in ids), "")

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
        self._refused = "", {}
        for error in self.query(".field-error"):
            error.display = False
        try:
            record_id = await self._saved_id()
        except InvalidInput as error:
            self._complain(error)
        except SfaError as error:
            self.sfa.report(error)
        else:
            if record_id is not None:
                self.keeper.forget()
                self.dismiss(record_id)
        finally:
            self._saving = False

    async def _saved_id(self) -> str | None:
        """Save, after asking about what others changed too; ``None`` when that was not settled."""
        from sfa.screens.forms.both import settle

        while True:
            try:
                return await self._save(self.changed())
            except ChangedByBoth as error:
                sides = await settle(self.sfa, error, self._fields, self._texts(), self._present)
                if sides is None:
                    return None
                self._rebase(error.now, sides)

    def _rebase(self, now: Mapping[str, Any], sides: Mapping[str, bool]) -> None:
        """Go on from what the record holds now; ``sides`` says field by field whether mine stands."""
        from sfa.render.values import typed_value

        assert self._origin is not None
        texts = self._texts()
        for name, value in now.items():
            if name not in self._fields:
                continue
            text = typed_value(self._fields[name], value)
            is_mine = sides.get(name, texts[name] != self._blank(name))
            self._present[name] = text
            if not is_mine and texts[name] != text:
                put_text(self._input(name), text)
                self._origin.taken |= {name} - set(sides)
        self._origin.base.update(now)
        self.keeper.now()

    def _complain(self, error: InvalidInput) -> None:
        """Say what is wrong below the field it is wrong with."""
        # Services call a field by its name or by its label.
        named = next((name for name, each in self._fields.items() if error.field in {name, each.label}), "")
        if not named:
            self.sfa.report(error)
            return
        self._refused = named, self._texts()
        self._say_fault(named, error)
        wrong = self._input(named)
        wrong.focus()
        if isinstance(wrong, Picker):
            wrong.hush()

    @on(Button.Pressed, "#leave")
    @work
    async def action_leave(self) -> None:
        """Leave, after asking when something was typed."""
        if await self.may_leave():
            self.dismiss(None)

    def to_keep(self) -> Texts:
        """Return what was changed, nothing while that is only what the form began with."""
        texts = self.changed()
        return {} if texts == self._preset else texts

    def typed_words(self) -> list[str]:
        """Return the labels of what was typed beyond what the form began with."""
        texts = self.changed()
        return [] if texts == self._preset else [tr(self._fields[name].label) for name in texts]
