"""The lines of a quote, typed into a grid: kept while one types, saved in one change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container
from textual.reactive import Reactive
from textual.widget import Widget
from textual.widgets import Input, Static

from sfa.errors import InvalidInput, Msg, NotFound, SfaError, msg
from sfa.i18n import tr
from sfa.screens.forms.picking import Picker
from sfa.screens.keys import bind
from sfa.screens.place import Place
from sfa.screens.quote_lines.cell import CellLine, ProductCell
from sfa.screens.quote_lines.loading import OPEN, Loaded, kept_sheet, load
from sfa.screens.quote_lines.saving import Saving
from sfa.screens.widgets.line_grid import LineGrid
from sfa.screens.widgets.line_grid.sheet import Sheet, State
from sfa.terms import QuoteState

if TYPE_CHECKING:
    from sfa.finding.quote_pricing import Terms
    from sfa.screens.app import SfaApp

_TALL = 34  # lines of a screen from which what it comes to stands line by line


async def open_lines(app: SfaApp, quote_id: str, *, draft: str = "") -> None:
    """Show the lines of a quote; ``draft`` names the file of unsaved text that is taken up."""
    try:
        loaded = await app.gateway.read(lambda connection: load(connection, quote_id))
    except SfaError as error:
        app.report(error)
        return
    app.push_screen(LinesScreen(quote_id, loaded, draft=draft))


class LinesScreen(Saving, Place):
    """A quote's lines, and below them what they come to."""

    BINDINGS = [
        bind("ctrl+s", "save", "lines.save", msg("Save"), msg("Save all lines in one change"), footer=True),
        bind(
            "escape",
            "back",
            "lines.back",
            msg("Back"),
            msg("Leave the cell as it was; else save the lines and go back"),
            footer=True,
        ),
    ]

    # Who takes the keys draws itself: the whole screen is not drawn anew for each cell that is typed into.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def __init__(self, quote_id: str, loaded: Loaded, *, draft: str = "") -> None:
        """Show a quote as it is stored."""
        super().__init__()
        self.quote_id = quote_id
        self._loaded = loaded
        self._draft = draft

    def again(self) -> LinesScreen:
        """Return the same lines anew."""
        return LinesScreen(self.quote_id, self._loaded)

    def body(self) -> ComposeResult:
        """Lay out the quote's name, the grid with what is typed into, and what it comes to."""
        yield Static(id="quote", classes="above", markup=False)
        with Container(id="lines"):
            grid = LineGrid()
            yield CellLine(grid)
            yield grid
            yield ProductCell(self.gateway)
        yield Static(id="totals", markup=False)
        yield Static(id="lines-hint", markup=False)

    def on_mount(self) -> None:
        """Show the quote, and bring back what was typed and not saved."""
        self.begin_keeping(self._draft)
        self.take_up(self._loaded)
        kept = self.keeper.begin()
        self.set_focus(self.grid)
        if self.sheet is not None and self.sheet.lines:
            self.grid.go_to(0, "quantity")
        if kept:
            self._bring_back(kept)
        self.gateway.warm()

    # What is shown ------------------------------------------------------------------------

    @property
    def terms(self) -> Terms:
        """Return what lines are priced for."""
        from sfa.finding.quote_pricing import Terms

        values = self._loaded.values
        return Terms(values["account_id"], values["pricebook_id"], values["currency"])

    @property
    def is_editable(self) -> bool:
        """Say whether the quote's lines may be changed."""
        return self._loaded.values["state"] in OPEN and not self.sfa.reads_only

    @property
    def quote_state(self) -> str:
        """Return the quote's state as it is stored."""
        return str(self._loaded.values["state"])

    def take_up(self, loaded: Loaded) -> None:
        """Show a quote as it is stored now."""
        self._loaded = loaded
        self.sheet = Sheet(loaded.values, loaded.state, loaded.costs)
        self.show_title()
        self.grid.show(self.sheet, is_open=self.is_editable)
        self.show_totals()
        self.say(self._standing())
        self.refresh_bindings()

    def show_title(self) -> None:
        """Say which quote it is, and how far."""
        from sfa.fields import noun as noun_of
        from sfa.render.values import show_value

        values = self._loaded.values
        state = noun_of("quote").field("state")
        assert state is not None
        title = tr(
            "Lines of {number}, revision {revision} · {account} · {state} · {currency}",
            number=values["number"],
            revision=values["revision"],
            account=self._loaded.account,
            state=show_value(state, values["state"]),
            currency=values["currency"],
        )
        self.query_one("#quote", Static).update(title)

    def _standing(self) -> str:
        """Return what is to be known before one types."""
        state = self._loaded.values["state"]
        if state not in OPEN:
            return tr(
                "The customer has this one, or it is closed: R begins the next revision, to be changed."
            )
        if state in {QuoteState.SUBMITTED, QuoteState.APPROVED}:
            return tr("A change makes the quote a draft again; it is submitted anew then.")
        return ""

    def show_totals(self, state: State | None = None) -> None:
        """Show what the lines come to, or would with another state."""
        from sfa.finding.quoting import Quote
        from sfa.render.lines_below import below

        if self.sheet is None:
            return
        shown = state or self.sheet.state
        try:
            priced = self.sheet.price(shown) if state is not None else self.sheet.priced
        except InvalidInput:
            return
        quote = Quote(self.sheet.values, shown.lines, priced)
        text = below(quote, self.size.width or self.app.size.width, is_tall=self.app.size.height >= _TALL)
        if text != self._below:
            same = text.count("\n") == self._below.count("\n")
            self._below = text
            self.query_one("#totals", Static).update(text, layout=not same)

    _below = ""
    _said = ""

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Say something in the line above the keys."""
        if text == self._said:
            return
        self._said = text
        hint = self.query_one("#lines-hint", Static)
        hint.set_class(wrong, "-wrong")
        hint.update(text)

    def on_resize(self) -> None:
        """Fit what is shown to the new room."""
        self.show_totals()

    async def read_anew(self) -> None:
        """Show what others changed, unless something is typed here: then saving brings both together."""
        try:
            loaded = await self.gateway.read(lambda connection: load(connection, self.quote_id))
        except NotFound:
            self.say(tr("The quote is not here any more."), wrong=True)
            return
        if loaded.values["version"] == self.origin.base["version"]:
            return
        if self.sheet is None or self.sheet.is_changed or self.editing:
            self.say(tr("Others changed the quote meanwhile; Ctrl+S brings both together."))
            return
        self.go_on_from(loaded)

    # Keeping ------------------------------------------------------------------------------

    def typed_words(self) -> list[str]:
        """Return that the lines are not saved, if they are not."""
        return [tr("Lines")] if self.sheet is not None and self.sheet.is_changed else []

    def _bring_back(self, kept: Mapping[str, str]) -> None:
        """Go on from what was typed and not saved."""
        assert self.sheet is not None
        try:
            sheet = kept_sheet(self._loaded, self.sheet.costs, kept, self.origin.base)
        except (SfaError, KeyError, ValueError):
            return
        self.sheet = sheet
        self.grid.show(sheet, is_open=True)
        self.show_totals()
        row, _, rest = kept.get("cell", "").partition("\t")
        column, _, text = rest.partition("\t")
        if column:
            self.grid.go_to(int(row), column)
            self.call_after_refresh(self.begin, text)
        self.notify(tr("Text that was not saved before is here again."))

    # Leaving ------------------------------------------------------------------------------

    @work
    async def action_back(self) -> None:
        """Leave the cell as it was; else save and go back, or ask when that cannot be."""
        if self.editing:
            self.give_up()
        elif await self.save():
            self.dismiss()
        elif self.sheet is not None and self._refused is not self.sheet.state:
            self._refused = self.sheet.state  # why not is said; once more asks
        elif await super().may_leave():
            self.dismiss()

    _refused: State | None = None

    async def may_leave(self) -> bool:
        """Save, so that one can leave; where that cannot be, ask whether it may go."""
        if await self.save():
            return True
        return await super().may_leave()

    # The cell that is typed into ----------------------------------------------------------

    @on(LineGrid.Typed)
    def _begun(self, event: LineGrid.Typed) -> None:
        self.begin(event.text)

    @on(LineGrid.Away)
    @work
    async def _clicked_away(self, event: LineGrid.Away) -> None:
        await self.finish(lambda: self.grid.go_to(event.row, event.column))

    @on(LineGrid.Moved)
    def _moved(self) -> None:
        self.refresh_bindings()

    # A value is read where it is typed; only what names a product is looked for, in the background.

    @on(Input.Submitted, "#cell")
    async def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        await self.finish_by_enter()

    @on(Input.Submitted, "PickLine")
    @work
    async def _named(self, event: Input.Submitted) -> None:
        event.stop()
        await self.finish_by_enter()

    @on(CellLine.Left)
    async def _left(self, event: CellLine.Left) -> None:
        await self.finish(lambda: self.grid.action_move(event.rows))

    @on(ProductCell.Took)
    @work
    async def _took(self, event: ProductCell.Took) -> None:
        if await self.take_product(event.typed, or_text=False):
            self.grid.go_to(self.grid.row, "quantity")

    @on(Picker.Wanted)
    @work
    async def _wanted(self, event: Picker.Wanted) -> None:
        """Add the product that is not there yet, and take it."""
        from sfa.screens.forms.adding import add_beside

        typed = await add_beside(self.sfa, "product", event.name, "")
        if typed and await self.take_product(typed, or_text=False):
            self.grid.go_to(self.grid.row, "quantity")

    def focus_next(self, selector: Any = "*") -> Any:  # noqa: ARG002  Tab goes from cell to cell
        """Take over what was typed, and go to the next cell."""
        self._step(1)

    def focus_previous(self, selector: Any = "*") -> Any:  # noqa: ARG002
        """Take over what was typed, and go to the cell before."""
        self._step(-1)

    def _step(self, cells: int) -> None:
        go_on = partial(self.grid.step, cells)
        if self._looks:
            self._finish_name(go_on)
        else:
            self.call_next(self.finish, go_on)

    @work
    async def _finish_name(self, go_on: Callable[[], None]) -> None:
        await self.finish(go_on)

    def refusal(self, action: str) -> Msg | None:
        """Say why lines cannot be changed."""
        if action == "save" and (self.sheet is None or not (self.sheet.is_changed or self.editing)):
            return msg("Nothing is unsaved.")
        return super().refusal(action)
