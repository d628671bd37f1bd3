"""Converting a lead: which account, contact and deal, and field by field what would happen."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Checkbox, Input, Select, Static

from sfa import clock
from sfa.errors import SfaError, msg
from sfa.i18n import tr
from sfa.screens.doing import leads
from sfa.screens.inside import Inside
from sfa.screens.keys import bind
from sfa.screens.widgets.choices import OneOf

if TYPE_CHECKING:
    from sfa.services.conversions import Conversion

_NEW = "new"
_DEAL = ("name", "amount", "close_date")


class ConvertScreen(Inside, ModalScreen[bool]):
    """A preview that follows what is chosen and typed; Ctrl+S converts. Gives whether it was done."""

    BINDINGS = [
        bind("ctrl+s", "convert", "convert.convert", msg("Convert"), msg("Do what is shown"), footer=True),
        bind("escape", "leave", "convert.leave", msg("Back"), msg("Change nothing"), footer=True),
    ]

    def __init__(self, lead_id: str) -> None:
        """Name the lead."""
        super().__init__(classes="dialog")
        self._lead_id = lead_id
        self._plan: Conversion | None = None
        self._offered: list[tuple[str, str]] = []
        self._converting = False

    def compose(self) -> ComposeResult:
        """Lay out the choices, the preview below them, the buttons."""
        with Vertical(id="convert"):
            yield Static(tr("Convert lead"), id="convert-title", classes="dialog-title", markup=False)
            for name, label in (("account", tr("Account")), ("contact", tr("Contact"))):
                with Horizontal(classes="field-line"):
                    yield Static(label, classes="field-label")
                    yield OneOf(
                        [(tr("(new)"), _NEW)],
                        value=_NEW,
                        id=f"convert-{name}",
                        allow_blank=False,
                        compact=True,
                    )
            with Horizontal(classes="field-line"):
                yield Static(tr("Deal"), classes="field-label")
                yield Checkbox(tr("make one"), value=True, id="convert-with-deal", compact=True)
            labels = (tr("Name of the deal"), tr("Amount"), tr("Close date"))
            for name, label in zip(_DEAL, labels, strict=True):
                with Horizontal(classes="field-line deal-line"):
                    yield Static(label, classes="field-label")
                    yield Input(id=f"convert-{name}", compact=True)
            with VerticalScroll(id="convert-plan"):
                yield Static(id="convert-preview", markup=False)
            with Horizontal(id="form-buttons"):
                yield Button(tr("Convert (Ctrl+S)"), id="do", variant="primary", compact=True)
                yield Button(tr("Back (Esc)"), id="leave", compact=True)

    def on_mount(self) -> None:
        """Find what is there already, then show the plan."""
        self.query_one("#convert-account").focus()
        self.sfa.gateway.warm()
        self._start()

    @work
    async def _start(self) -> None:
        from sfa.services.conversion_choices import choices

        try:
            found = await self.sfa.gateway.read(lambda connection: choices(connection, self._lead_id))
        except SfaError as error:
            self.sfa.report(error)
            self.dismiss(False)
            return
        self.query_one("#convert-title", Static).update(tr("Convert lead {label}", label=found.label))
        for name, offered in (("account", found.accounts), ("contact", found.contacts)):
            select = self.query_one(f"#convert-{name}", Select)
            options = [(f"{label} ({ref})", record_id) for record_id, ref, label in offered]
            select.set_options([*options, (tr("(new)"), _NEW)])
            select.value = offered[0][0] if offered and offered[0][0] in found.same else _NEW
        self._preview()

    @on(Select.Changed)
    @on(Input.Changed)
    @on(Checkbox.Changed)
    def _changed(self) -> None:
        with_deal = self.query_one("#convert-with-deal", Checkbox).value
        for line in self.query(".deal-line"):
            line.display = with_deal
        self._preview()

    def _given(self) -> tuple[str, str, dict[str, str] | None]:
        account = str(self.query_one("#convert-account", Select).value)
        contact = str(self.query_one("#convert-contact", Select).value)
        if not self.query_one("#convert-with-deal", Checkbox).value:
            return account, contact, None
        typed = {name: self.query_one(f"#convert-{name}", Input).value for name in _DEAL}
        return account, contact, {name: text for name, text in typed.items() if text.strip()}

    @work(exclusive=True, group="preview")
    async def _preview(self) -> None:
        from sfa.render.conversions import conversion_text
        from sfa.render.failures import failure_lines

        account, contact, deal = self._given()
        try:
            self._plan = await self.sfa.gateway.read(
                lambda connection: _plan(connection, self._lead_id, account, contact, deal)
            )
        except SfaError as error:
            self._plan = None
            text = "\n".join(failure_lines(error))
        else:
            width = max(40, self.query_one("#convert-plan").size.width - 2)
            text = conversion_text(self._plan, "table", width=width)
        self.query_one("#convert-preview", Static).update(text)

    @on(Button.Pressed, "#do")
    def action_convert(self) -> None:
        """Do what is shown, once."""
        if not self._converting:
            self._converting = True
            self._convert()

    @work
    async def _convert(self) -> None:
        account, contact, deal = self._given()
        try:
            plan = self._plan
            if plan is None:
                plan = await self.sfa.gateway.read(
                    lambda connection: _plan(connection, self._lead_id, account, contact, deal)
                )
            # What was shown is what is done, even when another record of that name has come meanwhile.
            work_ = leads.convert(
                self._lead_id,
                account=plan.account.record_id or _NEW,
                contact=plan.contact.record_id or _NEW,
                deal=deal,
            )
            self.sfa.told(
                await self.sfa.gateway.perform(msg("Convert lead {label}"), work_, label=plan.label)
            )
        except SfaError as error:
            self.sfa.report(error)
        else:
            self.dismiss(True)
        finally:
            self._converting = False

    @on(Button.Pressed, "#leave")
    def action_leave(self) -> None:
        """Go back without a change."""
        self.dismiss(False)


def _plan(
    connection: sqlite3.Connection, lead_id: str, account: str, contact: str, deal: dict[str, str] | None
) -> Conversion:
    from sfa.fields import noun as noun_of
    from sfa.services.conversions import preview_conversion
    from sfa.services.entry import entered

    today = clock.today()
    given = None if deal is None else entered(connection, noun_of("deal"), deal, today=today)
    return preview_conversion(connection, lead_id, account=account, contact=contact, deal=given, today=today)
