"""One price book in full, and the prices in it: added, changed, taken out."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Static

from sfa.errors import Msg, NotFound, SfaError, msg
from sfa.i18n import tr
from sfa.render.prices import MOST_LINES, price_lines, prices_title
from sfa.screens.acting.price_books import PriceBookActions
from sfa.screens.keys import bind
from sfa.screens.place import Place
from sfa.screens.record import RecordScreen
from sfa.screens.widgets.agenda import Agenda
from sfa.screens.widgets.find_line import FindLine


class PriceBookScreen(PriceBookActions, RecordScreen):
    """One price book in full."""


class _Line(NamedTuple):
    """A price among the entries."""

    id: str
    noun: str = "price"
    days: int | None = None


class PricesScreen(Place):
    """The prices in a book, by product and quantity."""

    BINDINGS = [
        bind("n", "new", "prices.new", msg("Add"), msg("Add a price"), footer=True),
        bind("e", "edit", "prices.edit", msg("Change"), msg("Change price, quantity or days"), footer=True),
        bind(
            "x",
            "take_out",
            "prices.take_out",
            msg("Take out"),
            msg("Take the price out of the book; u brings it back"),
            footer=True,
        ),
        bind("slash", "find", "prices.find", msg("Find"), msg("Narrow the prices as you type"), footer=True),
        bind(
            "f",
            "valid_on",
            "prices.valid_on",
            msg("Valid on"),
            msg("Only the prices that hold on a day; once more shows all"),
        ),
        bind(
            "escape",
            "back",
            "prices.back",
            msg("Back"),
            msg("Show all where the prices are narrowed, else one level back"),
            footer=True,
        ),
    ]

    def __init__(self, book_id: str) -> None:
        """Name the book."""
        super().__init__()
        self.book_id = book_id
        self._is_there = True
        self._named: dict[str, str] = {}
        self._label = ""
        self._sought = ""
        self._on: date | None = None

    def body(self) -> ComposeResult:
        """Lay out the book's name and its prices."""
        yield Static(id="prices", classes="above", markup=False)
        yield Agenda(tr("No prices yet. n adds one."))

    def on_mount(self) -> None:
        """Start in the prices."""
        super().on_mount()
        self.query_one(Agenda).focus()

    async def read_anew(self) -> None:
        """Ask for the prices."""
        from sfa.finding.price_list import entry_of, prices_in

        title = self.query_one("#prices", Static)
        try:
            known = await self.gateway.read(lambda connection: entry_of(connection, self.book_id, ""))
        except NotFound:
            self._is_there = False
            title.update(tr("The price book is not here any more."))
            self.query_one(Agenda).fill([])
            return
        sought, day = self._sought, self._on
        found = await self.gateway.read(
            lambda connection: prices_in(connection, self.book_id, text=sought, on=day, limit=MOST_LINES)
        )
        self._is_there, self._label = True, known[0]
        title.update(prices_title(known[0], known[1], sought, day))
        lines, self._named = price_lines(found)
        count = f"{len(found.rows)}+" if found.more else str(len(found.rows))
        heading = tr("Prices ({count})", count=count)
        entries = [(_Line(entry), *texts) for entry, texts in lines]
        agenda = self.query_one(Agenda)
        narrowed = sought.strip() or day is not None
        agenda.empty_text = (
            tr("Nothing matches; Esc shows all again.") if narrowed else tr("No prices yet. n adds one.")
        )
        agenda.fill([(heading, entries)] if entries else [])
        self.refresh_bindings()

    @property
    def _chosen(self) -> str:
        return self.query_one(Agenda).chosen[1]

    def refusal(self, action: str) -> Msg | None:
        """Say why it is not possible: the book is gone, or no price is chosen."""
        if action == "back":
            return None
        if not self._is_there:
            return msg("The price book is not here any more.")
        if action in {"edit", "take_out"} and not self._chosen:
            return msg("There is no price here; n adds one.")
        return super().refusal(action)

    @on(Agenda.Opened)
    def _opened(self) -> None:
        self.action_edit()

    @work
    async def action_new(self) -> None:
        """Ask for a price."""
        from sfa.screens.forms.price import edit_price

        await edit_price(self.sfa, self.book_id)

    @work
    async def action_edit(self) -> None:
        """Ask for what changes of the chosen price."""
        from sfa.screens.forms.price import edit_price

        if self._chosen:
            await edit_price(self.sfa, self.book_id, self._chosen)

    @work
    async def action_take_out(self) -> None:
        """Take the chosen price out of the book."""
        from sfa.screens.doing import prices

        entry = self._chosen
        if not entry:
            return
        name = msg("Take {product} out of {label}")
        told = {"product": self._named.get(entry, ""), "label": self._label}
        try:
            self.sfa.told(await self.gateway.perform(name, prices.take_out(entry), **told))
        except SfaError as error:
            self.sfa.report(error)

    async def action_find(self) -> None:
        """Open the line to type in whose prices to find."""
        if not self.query(FindLine):
            line = FindLine(tr("Name, code or pinyin initials of a product"))
            await self.mount(line, before=self.query_one(Agenda))
        self.query_one(FindLine).focus()

    def find(self, text: str) -> None:
        """Narrow the prices to those of products that hold a text."""
        if text != self._sought:
            self._sought = text
            self.read_soon()

    async def end_finding(self, line: FindLine, *, keep: bool) -> None:
        """Go back to the prices; without ``keep`` the text is forgotten."""
        if not keep:
            self.find("")
        if not keep or not line.value:
            await line.remove()
        self.query_one(Agenda).focus()

    @work
    async def action_valid_on(self) -> None:
        """Ask for a day, and show the prices that hold on it; with a day show all again."""
        from sfa.screens.dialogs.ask_day import ask_day

        if self._on is None:
            self._on = await ask_day(self.sfa, tr("Which prices hold on which day?"))
        else:
            self._on = None
        self.read_soon()

    async def action_back(self) -> None:
        """Show all where the prices are narrowed, else go back to where one came from."""
        if self._sought or self._on is not None:
            self._on = None
            self.find("")
            await self.query(FindLine).remove()
            self.read_soon()
        else:
            self.dismiss()
