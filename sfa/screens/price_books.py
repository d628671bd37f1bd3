"""One price book in full, and the prices in it: added, changed, taken out."""

from __future__ import annotations

from typing import NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Static

from sfa.errors import Msg, NotFound, SfaError, msg
from sfa.i18n import tr
from sfa.render.prices import MOST_LINES, price_lines
from sfa.screens.acting.price_books import PriceBookActions
from sfa.screens.keys import bind
from sfa.screens.place import Place
from sfa.screens.record import RecordScreen
from sfa.screens.widgets.agenda import Agenda


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
        bind("escape", "back", "prices.back", msg("Back"), msg("One level back"), footer=True),
    ]

    def __init__(self, book_id: str) -> None:
        """Name the book."""
        super().__init__()
        self.book_id = book_id
        self._is_there = True
        self._named: dict[str, str] = {}
        self._label = ""

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
        found = await self.gateway.read(
            lambda connection: prices_in(connection, self.book_id, limit=MOST_LINES)
        )
        self._is_there, self._label = True, known[0]
        title.update(tr("Prices in {label} ({currency})", label=known[0], currency=known[1]))
        lines, self._named = price_lines(found)
        count = f"{len(found.rows)}+" if found.more else str(len(found.rows))
        heading = tr("Prices ({count})", count=count)
        entries = [(_Line(entry), *texts) for entry, texts in lines]
        self.query_one(Agenda).fill([(heading, entries)] if entries else [])
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

    def action_back(self) -> None:
        """Go back to where one came from."""
        self.dismiss()
