"""Converting a lead: which account, contact and deal, and field by field what would happen."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Checkbox, Input, Select, Static

from sfa import clock
from sfa.errors import SfaError, msg
from sfa.i18n import tr
from sfa.screens.doing import leads
from sfa.screens.forms.keeping import Keeper, KeptScreen, Texts
from sfa.screens.keys import bind
from sfa.screens.offers import refuses_reader
from sfa.screens.widgets.choices import OneOf
from sfa.store.drafts import Draft

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp
    from sfa.services.conversion_choices import Choices, Offered
    from sfa.services.conversions import Conversion

CONVERT = "convert"  # what drafts call it
_NEW = "new"
_WITH_NONE = "without_deal"
_DEAL = ("name", "amount", "close_date")


class _Given(NamedTuple):
    """What is chosen and typed; ``deal`` is ``None`` for none."""

    account: str
    contact: str
    deal: dict[str, str] | None


class ConvertScreen(KeptScreen, ModalScreen[bool]):
    """A preview that follows what is chosen and typed; Ctrl+S converts. Gives whether it was done."""

    BINDINGS = [
        bind("ctrl+s", "convert", "convert.convert", msg("Convert"), msg("Do what is shown"), footer=True),
        bind(
            "escape",
            "leave",
            "convert.leave",
            msg("Back"),
            msg("Leave; unsaved text asks first"),
            footer=True,
        ),
    ]

    def __init__(self, lead_id: str, found: Choices, draft: Draft) -> None:
        """Name the lead, and what it may become."""
        super().__init__(classes="dialog")
        self._lead_id = lead_id
        self._found = found
        self._shown: tuple[_Given, Conversion] | None = None
        self._converting = False
        self.keeper = Keeper(self, draft)
        # Kept here, as they are asked while the screen is closed and loses them one by one too.
        self._choices: dict[str, Select[str]] = {
            name: OneOf(
                _options(offered),
                value=_likeliest(offered, found.same),
                id=f"convert-{name}",
                allow_blank=False,
                compact=True,
            )
            for name, offered in (("account", found.accounts), ("contact", found.contacts))
        }
        self._with_deal = Checkbox(tr("make one"), value=True, id="convert-with-deal", compact=True)
        self._lines = {name: Input(id=f"convert-{name}", compact=True) for name in _DEAL}

    def compose(self) -> ComposeResult:
        """Lay out the choices, the preview below them, the buttons."""
        with Vertical(id="convert"):
            title = tr("Convert lead {label}", label=self._found.label)
            yield Static(title, id="convert-title", classes="dialog-title", markup=False)
            for choice, label in zip(self._choices.values(), (tr("Account"), tr("Contact")), strict=True):
                with Horizontal(classes="field-line"):
                    yield Static(label, classes="field-label")
                    yield choice
            with Horizontal(classes="field-line"):
                yield Static(tr("Deal"), classes="field-label")
                yield self._with_deal
            labels = (tr("Name of the deal"), tr("Amount"), tr("Close date"))
            for line, label in zip(self._lines.values(), labels, strict=True):
                with Horizontal(classes="field-line deal-line"):
                    yield Static(label, classes="field-label")
                    yield line
            with VerticalScroll(id="convert-plan"):
                yield Static(id="convert-preview", markup=False)
            with Horizontal(id="form-buttons"):
                yield Button(tr("Convert (Ctrl+S)"), id="do", variant="primary", compact=True)
                yield Button(tr("Back (Esc)"), id="leave", compact=True)

    def on_mount(self) -> None:
        """Bring unsaved text back, and follow what others change."""
        kept = self.keeper.begin()
        if kept:
            self._put(kept)
            self.notify(tr("Text that was not saved before is here again."))
        self._choices["account"].focus()
        self.sfa.store_changed.subscribe(self, lambda _: self._preview())
        self._preview()
        self.gateway.warm()

    def _put(self, texts: Texts) -> None:
        for name, offered in (("account", self._found.accounts), ("contact", self._found.contacts)):
            if texts.get(name) in {_NEW, *(each[0] for each in offered)}:
                self._choices[name].value = texts[name]
        self._with_deal.value = _WITH_NONE not in texts
        for name in _DEAL:
            self._lines[name].value = texts.get(name, "")

    def changed(self) -> Texts:
        """Return what was typed, with what was chosen; nothing while nothing was typed."""
        if not self.typed_words():
            return {}
        given = self._given()
        typed = {name: line.value for name, line in self._lines.items() if line.value.strip()}
        without = {} if given.deal is not None else {_WITH_NONE: "yes"}
        return {"account": given.account, "contact": given.contact, **without, **typed}

    def typed_words(self) -> list[str]:
        """Return what was typed for the deal."""
        return [line.value.strip() for line in self._lines.values() if line.value.strip()]

    @on(Select.Changed)
    @on(Input.Changed)
    @on(Checkbox.Changed)
    def _changed(self) -> None:
        for line in self.query(".deal-line"):
            line.display = self._with_deal.value
        self.keeper.soon()
        self._preview()

    def _given(self) -> _Given:
        account, contact = (str(self._choices[name].value) for name in ("account", "contact"))
        if not self._with_deal.value:
            return _Given(account, contact, None)
        typed = {name: line.value for name, line in self._lines.items()}
        return _Given(account, contact, {name: text for name, text in typed.items() if text.strip()})

    @work(exclusive=True, group="preview")
    async def _preview(self) -> None:
        from sfa.render.conversions import conversion_text
        from sfa.render.failures import failure_lines

        if not self.keeper.is_open():
            return
        given, before = self._given(), self._shown
        plan: Conversion | None = None
        try:
            plan = await self.gateway.read(lambda connection: _plan(connection, self._lead_id, given))
        except SfaError as error:
            text = "\n".join(failure_lines(error))
        if not self.keeper.is_open():  # it was converted meanwhile, or left
            return
        self._shown = (given, plan) if plan is not None else None
        if plan is not None:
            if before is not None and before[0] == given and not plan.writes_as(before[1]):
                self.notify(
                    tr("Changed by others meanwhile: this is what would happen now."), severity="warning"
                )
            width = max(40, *(each.size.width - 2 for each in self.query("#convert-plan")), 0)
            text = conversion_text(plan, "table", width=width)
        for place in self.query("#convert-preview").results(Static):
            place.update(text)

    @on(Button.Pressed, "#do")
    def action_convert(self) -> None:
        """Do what is shown, once."""
        if not self._converting:
            self._converting = True
            self._convert()

    @work
    async def _convert(self) -> None:
        given = self._given()
        try:
            if self._shown is not None and self._shown[0] == given:
                plan = self._shown[1]
            else:
                plan = await self.gateway.read(lambda connection: _plan(connection, self._lead_id, given))
            # What was shown is what is done, even when another record of that name has come meanwhile.
            work_ = leads.convert(
                self._lead_id,
                account=plan.account.record_id or _NEW,
                contact=plan.contact.record_id or _NEW,
                deal=given.deal,
                shown=plan,
            )
            done = await self.gateway.perform(msg("Convert lead {label}"), work_, label=plan.label)
        except SfaError as error:
            self.sfa.report(error)
            self._preview()
        else:
            self.keeper.forget()
            self.sfa.told(done)
            self.dismiss(True)
        finally:
            self._converting = False

    @on(Button.Pressed, "#leave")
    @work
    async def action_leave(self) -> None:
        """Go back without a change, after asking when something was typed."""
        if await self.may_leave():
            self.dismiss(False)


def _options(offered: list[Offered]) -> list[tuple[str, str]]:
    return [*((f"{label} ({ref})", record_id) for record_id, ref, label in offered), (tr("(new)"), _NEW)]


def _likeliest(offered: list[Offered], same: frozenset[str]) -> str:
    return offered[0][0] if offered and offered[0][0] in same else _NEW


def _plan(connection: sqlite3.Connection, lead_id: str, given: _Given) -> Conversion:
    from sfa.fields import noun as noun_of
    from sfa.services.conversions import preview_conversion
    from sfa.services.entry import entered

    today = clock.today()
    deal = None if given.deal is None else entered(connection, noun_of("deal"), given.deal, today=today)
    return preview_conversion(
        connection, lead_id, account=given.account, contact=given.contact, deal=deal, today=today
    )


async def convert_lead(app: SfaApp, lead_id: str, *, draft: str = "") -> bool:
    """Show what converting a lead would do, and do it when it is wanted; say whether it was done.

    ``draft`` names the file of unsaved text that is taken up.
    """
    from sfa.services.conversion_choices import choices

    if refuses_reader(app):
        return False
    try:
        found = await app.gateway.read(lambda connection: choices(connection, lead_id))
    except SfaError as error:
        app.report(error)
        return False
    kept = Draft(app.gateway.home, "lead", lead_id, form=CONVERT, label=found.label, file=draft)
    return await app.push_screen_wait(ConvertScreen(lead_id, found, kept))
