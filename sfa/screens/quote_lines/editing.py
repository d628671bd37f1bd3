"""Typing into the cells of a quote's lines: begun, looked at while one types, taken over or given up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on, work
from textual.widgets import Input

from sfa import clock
from sfa.errors import Ambiguous, InvalidInput, Msg, NotFound, SfaError, msg
from sfa.i18n import tr
from sfa.interchange.quote_line_text import read_discount, read_quantity, read_rate, read_unit_price
from sfa.interchange.quote_lines import QuoteLine
from sfa.money import from_micros
from sfa.screens.forms.keeping import KeptScreen
from sfa.screens.quote_lines.cell import CellLine, ProductCell
from sfa.screens.widgets.line_grid import LineGrid
from sfa.screens.widgets.line_grid.layout import typed_text
from sfa.terms import LineKind

if TYPE_CHECKING:
    from sfa.finding.quote_pricing import Terms
    from sfa.screens.widgets.line_grid.sheet import Sheet, State

_MOST_LETTERS = {"name": 200, "unit": 40}
_USUAL_MOST = 40
_CHANGED_BY_PRODUCT = (
    *("product", "code", "name", "unit", "unit_price_micros"),
    *("list_price_micros", "book", "tax_rate_ppm"),
)


class Editing(KeptScreen):
    """A screen with a grid whose cells are typed into."""

    sheet: Sheet | None = None
    editing = ""  # the column that is typed into, empty for none
    fresh = ""  # the key of a line that is in its place only to be typed into

    @property
    def grid(self) -> LineGrid:
        """Return the grid."""
        return self.query_one(LineGrid)

    @property
    def terms(self) -> Terms:
        """Return what lines are priced for."""
        raise NotImplementedError

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Say something in the line above the keys."""
        raise NotImplementedError

    def say_error(self, error: SfaError) -> None:
        """Say what is wrong, why, and what to do."""
        from sfa.render.failures import failure_lines

        self.say("✗ " + " ".join(failure_lines(error)), wrong=True)

    def show_totals(self, state: State | None = None) -> None:
        """Show what the lines come to, or would with another state."""
        raise NotImplementedError

    def put(self, state: State) -> bool:
        """Go on with another state of the lines; say whether it can be."""
        assert self.sheet is not None
        try:
            self.sheet.put(state, self.grid.row)
        except InvalidInput as error:
            self.say_error(error)
            return False
        self.drawn()
        return True

    def drawn(self) -> None:
        """Show the sheet as it is now, and keep it."""
        assert self.sheet is not None
        self.grid.show(self.sheet, is_open=self.grid.is_open)
        self.show_totals()
        self.keeper.soon()
        self.refresh_bindings()

    # Beginning and ending -----------------------------------------------------------------

    @property
    def typed(self) -> str:
        """Return what stands in the cell that is typed into."""
        if self._looks:
            return self.query_one(ProductCell).value
        return self.query_one(CellLine).value

    @property
    def _looks(self) -> bool:
        """Say whether products are looked for in the cell that is typed into."""
        return self.editing == "name" and (self.grid.line is None or self.grid.line.kind != LineKind.TEXT)

    def begin(self, text: str | None = None) -> None:
        """Begin to type into the cell under the cursor; ``None`` keeps what it holds."""
        grid, line = self.grid, self.grid.line
        if self.sheet is None or not grid.is_open or self.editing:
            return
        self.editing = grid.column
        held = ""
        if line is not None:
            is_priced = line.key not in self.sheet.state.unpriced
            held = typed_text(line, grid.column, self.sheet.currency, is_priced=is_priced)
        room = grid.scrollable_content_region.width
        if self._looks:
            found = self.query_one(ProductCell)
            found.stand_at(grid.cell, room)
            found.display = True
            found.begin(held if text is None else text, looks=text is not None)
            self.set_focus(found._line)
        else:
            cell = self.query_one(CellLine)
            most = _MOST_LETTERS.get(grid.column, _USUAL_MOST)
            cell.begin(held if text is None else text, max_length=most)
            self.set_focus(cell)
        self.refresh_bindings()

    def end(self) -> None:
        """Go back to the grid; what stood in the cell is taken over, or given up."""
        self.editing = ""
        self.query_one(CellLine).end()
        found = self.query_one(ProductCell)
        found.close()
        found.display = False
        self.set_focus(self.grid)
        self.refresh_bindings()

    def give_up(self) -> None:
        """Leave the cell as it was before one typed."""
        self.end()
        self.say("")
        if self.fresh and self.sheet is not None:
            self.sheet.forget_last()
            self.fresh = ""
            self.drawn()
        self.show_totals()

    async def finish(self, go_on: Callable[[], None] | None = None) -> bool:
        """Take over what was typed, and go on; say whether it could be."""
        if not self.editing:
            if go_on is not None:
                go_on()
            return True
        text = self.typed.strip()
        if self._looks:
            done = await self._take_name(text)
        else:
            done = self._value(text)
        if done and go_on is not None:
            go_on()
        return done

    # Values -------------------------------------------------------------------------------

    def _read(self, line: QuoteLine, column: str, text: str) -> QuoteLine:
        """Return the line with what a text means in a column.

        Raises:
            InvalidInput: it means nothing there.
        """
        currency = self.terms.currency
        if column == "quantity":
            return replace(line, quantity_milli=read_quantity(text))
        if column == "price":
            return replace(line, unit_price_micros=read_unit_price(text, currency))
        if column == "discount":
            ppm, minor = read_discount(text, currency)
            return replace(line, discount_ppm=ppm, discount_minor=minor)
        if column == "tax":
            return replace(line, tax_rate_ppm=read_rate(text))
        if column == "unit":
            return replace(line, unit=text or None)
        if not text:
            raise InvalidInput(msg("Line"), msg("it must not be empty"))
        return replace(line, name=text)

    def _with_typed(self, text: str) -> State:
        assert self.sheet is not None
        row, line = self.grid.row, self.grid.line
        assert line is not None
        is_priced = self.editing == "price" or line.key not in self.sheet.state.unpriced
        is_priced = is_priced or line.kind != LineKind.PRODUCT
        return self.sheet.with_line(row, self._read(line, self.editing, text), is_priced=is_priced)

    def _value(self, text: str) -> bool:
        """Take over a value; say whether it can be."""
        column = self.editing
        if not text and self.fresh:
            self.give_up()
            return False
        try:
            state = self._with_typed(text)
        except InvalidInput as error:
            self.say_error(error)
            return False
        state = self._settled(state)
        if not self.put(state):
            return False
        self.say("")
        self.end()
        if column == "quantity":
            self._offer_price(state.lines[self.grid.row])
        return True

    def _settled(self, state: State) -> State:
        """Make one step of putting a line in its place and typing into it."""
        if self.fresh and self.sheet is not None:
            self.sheet.forget_last()
            self.fresh = ""
        return state

    @on(Input.Changed, "#cell")
    def _typing(self, event: Input.Changed) -> None:
        """Show what the lines would come to, as soon as what is typed means something."""
        event.stop()
        if not self.editing or self._looks:
            return
        self.keeper.soon()
        try:
            self.show_totals(self._with_typed(event.value.strip()))
        except InvalidInput:
            self.show_totals()

    @on(Input.Changed, "PickLine")
    def _typing_a_name(self) -> None:
        self.keeper.soon()

    # Names and products -------------------------------------------------------------------

    async def _take_name(self, text: str) -> bool:
        """Take over the name of a line: a product's where it is one's, else a text's that needs a price."""
        line = self.grid.line
        if not text or (line is not None and text == line.name):
            was_there = line is not None and not self.fresh
            self.give_up()
            return was_there
        return await self.take_product(text, or_text=True)

    async def take_product(self, typed: str, *, or_text: bool) -> bool:
        """Make the line under the cursor, or a new one, of a product; say whether it could be."""
        from sfa.finding.quote_rows import free_line, product_line

        assert self.sheet is not None
        row, line, terms = self.grid.row, self.grid.line, self.terms
        key = line.key if line is not None else self.sheet.new_key()
        quantity = line.quantity_milli if line is not None else 1000
        today = clock.today()
        try:
            found = await self.gateway.read(
                lambda connection: product_line(connection, terms, typed, quantity, key, today=today)
            )
        except NotFound as error:
            if not or_text:
                self.say_error(error)
                return False
            free = await self.gateway.read(lambda connection: free_line(connection, typed, key))
            return self._take_text(row, line, free)
        except Ambiguous as error:
            if line is not None and line.name and or_text:
                return self._take_text(row, line, line)
            self.say_error(error)
            return False
        except SfaError as error:
            self.say_error(error)
            return False
        self.sheet.learn(found.costs)
        new = found.line
        if line is not None and line.name:
            new = replace(line, **{name: getattr(new, name) for name in _CHANGED_BY_PRODUCT})
            if line.kind == LineKind.GIFT:
                new = replace(new, unit_price_micros=0)
        is_priced = found.fault is None or new.kind != LineKind.PRODUCT
        return self._put_line(row, new, found.fault, is_priced=is_priced)

    def _take_text(self, row: int, line: QuoteLine | None, free: QuoteLine) -> bool:
        """Make a line of a text that names no product; one that was there keeps what else it has."""
        assert self.sheet is not None
        typed = self.typed.strip()
        if line is not None and line.name:
            is_priced = line.key not in self.sheet.state.unpriced
            return self._put_line(row, replace(line, name=typed), None, is_priced=is_priced)
        done = self._put_line(row, free, None, is_priced=False)
        if done:
            self.say(
                tr("No product is called {name}: as a text of your own it needs a price.", name=free.name)
            )
        return done

    def _put_line(self, row: int, line: QuoteLine, fault: SfaError | None, *, is_priced: bool) -> bool:
        assert self.sheet is not None
        was_fresh = bool(self.fresh)
        if was_fresh:
            self.sheet.forget_last()
            self.fresh = ""
        state = (
            self.sheet.inserted(row, line, is_priced=is_priced)
            if was_fresh
            else self.sheet.with_line(row, line, is_priced=is_priced)
        )
        if not self.put(state):
            return False
        self.end()
        if fault is not None:
            self.say_error(fault)
        else:
            self.say("")
        return True

    # Prices -------------------------------------------------------------------------------

    @work(exclusive=True, group="offer")
    async def _offer_price(self, line: QuoteLine) -> None:
        """Say so when the price books have another price for the new quantity."""
        terms = self.terms
        if not line.product or line.kind != LineKind.PRODUCT:
            return
        try:
            micros = await self._book_price(line)
        except SfaError:
            return
        if micros not in {line.unit_price_micros, line.list_price_micros}:
            price = f"{from_micros(micros):,f} {terms.currency}"
            told = tr("For this quantity the price books say {price}; p on the line takes it.", price=price)
            self.say(f"{line.name}: {told}")

    async def _book_price(self, line: QuoteLine) -> int:
        from sfa.finding.quote_pricing import price_of

        terms, today = self.terms, clock.today()
        product, quantity = str(line.product), line.quantity_milli
        found = await self.gateway.read(
            lambda connection: price_of(connection, terms, product, quantity, today)
        )
        return found[0]

    async def reprice(self) -> None:
        """Give the line the price that the price books have for its quantity."""
        from sfa.finding.quote_pricing import price_of

        line, terms, today = self.grid.line, self.terms, clock.today()
        if line is None or self.sheet is None or not line.product:
            return
        product, quantity = line.product, line.quantity_milli
        try:
            micros, price = await self.gateway.read(
                lambda connection: price_of(connection, terms, product, quantity, today)
            )
        except SfaError as error:
            self.say_error(error)
            return
        new = replace(line, unit_price_micros=micros, list_price_micros=micros, book=price.book or None)
        if self.put(self.sheet.with_line(self.grid.row, new)):
            self.say(
                tr(
                    "{name}: {price}",
                    name=line.name,
                    price=f"{from_micros(micros):,f} {terms.currency}"
                    + (f" ({price.book})" if price.book else ""),
                )
            )


NO_LINE: Msg = msg("There is no line here; type a product to add one.")
