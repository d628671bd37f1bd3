"""What the keys do with the lines of a quote: add, take out, move, price, mark, paste."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import on, work

from sfa import clock
from sfa.errors import InvalidInput, Msg, Refused, SfaError, msg
from sfa.i18n import tr
from sfa.interchange.quote_line_text import read_discount
from sfa.interchange.quote_lines import QuoteLine
from sfa.screens.doing import quotes
from sfa.screens.keys import bind
from sfa.screens.quote_lines.editing import NO_LINE, Editing
from sfa.screens.widgets.line_grid import LineGrid
from sfa.screens.widgets.line_grid.layout import typed_columns
from sfa.screens.widgets.line_grid.sheet import as_gift
from sfa.terms import LineKind

if TYPE_CHECKING:
    from sfa.screens.dialogs.ask_checked import Check

_OF_A_LINE = frozenset({"remove", "move_line", "optional", "chosen", "gift", "group", "reprice", "more"})
_CHANGING = _OF_A_LINE | {"edit_cell", "add_line", "add_text", "discount"}
CLOSED = msg("The customer has this one, or it is closed; R begins the next revision.")
# What else a line has: the letter that chooses it, its value, what it is called, and what one types.
_MORE = {
    "n": ("note", msg("Note"), msg("More about it, for the customer")),
    "c": ("group", msg("Group"), msg("Lines with the same word stand together, with a subtotal")),
    "a": ("alternative_of", msg("Alternative for"), msg("Lines with the same word stand for each other")),
    "s": ("service_days", msg("Service after days"), msg("A service promised so many days after the order")),
}


class LineKeys(Editing):
    """A screen with a grid of lines under keys."""

    BINDINGS = [
        bind("enter", "edit_cell", "lines.edit", msg("Edit"), msg("Type into the cell"), footer=True),
        bind("a,insert", "add_line", "lines.add", msg("Add"), msg("Add a line below this one"), footer=True),
        bind("x,delete", "remove", "lines.remove", msg("Take out"), msg("Take the line out"), footer=True),
        bind("D", "discount", "lines.discount", msg("Discount"), msg("The discount on the whole")),
        bind("p", "reprice", "lines.reprice", msg("Reprice"), msg("Take the price of the price books")),
        bind("T", "add_text", "lines.text", msg("Text"), msg("Add a heading or another text below")),
        bind("G", "gift", "lines.gift", msg("Gift"), msg("Make the line a gift, or no gift any more")),
        bind("o", "optional", "lines.optional", msg("Optional"), msg("The customer may leave it out")),
        bind("t", "chosen", "lines.chosen", msg("Chosen"), msg("The customer chose it, of those optional")),
        bind("c", "group", "lines.group", msg("Group"), msg("The group that the line stands in")),
        bind("m", "more", "lines.more", msg("More"), msg("Note, group, alternative, service of the line")),
        bind("K,shift+up", "move_line(-1)", "lines.up", msg("Move up"), msg("Move the line up")),
        bind("J,shift+down", "move_line(1)", "lines.down", msg("Move down"), msg("Move the line down")),
        bind("u", "take_back(False)", "lines.undo", msg("Undo"), msg("Take back what was typed last")),
        bind("U,ctrl+r", "take_back(True)", "lines.redo", msg("Redo"), msg("Bring back what undo took")),
        bind("R", "revise", "lines.revise", msg("Revise"), msg("Begin the next revision of the quote")),
    ]

    @property
    def is_editable(self) -> bool:
        """Say whether the quote's lines may be changed."""
        raise NotImplementedError

    @property
    def quote_state(self) -> str:
        """Return the quote's state as it is stored."""
        raise NotImplementedError

    def refusal(self, action: str) -> Msg | None:
        """Say why lines cannot be changed: the quote is closed, or there is no line here."""
        if self.sheet is None:
            return None
        if action in _CHANGING and not self.grid.is_open:
            return CLOSED
        line = self.grid.line
        if action in _OF_A_LINE and line is None:
            return NO_LINE
        if action == "revise" and self.is_editable:
            return msg("It can be changed as it is.")
        if line is None:
            return super().refusal(action)
        if action == "reprice" and (not line.product or line.kind != LineKind.PRODUCT):
            return msg("Only a product has a price in the price books.")
        if action == "chosen" and not (line.is_optional or line.alternative_of):
            return msg("Only of optional and alternative lines one is chosen; o makes this one optional.")
        if action == "gift" and line.kind == LineKind.TEXT:
            return msg("A text is no gift.")
        if action in {"optional", "chosen"} and line.kind == LineKind.TEXT:
            return msg("A text is in no total.")
        return super().refusal(action)

    # Cells --------------------------------------------------------------------------------

    def action_edit_cell(self) -> None:
        """Type into the cell under the cursor."""
        self.begin()

    async def finish_by_enter(self) -> None:
        """Take over what was typed and go on: to the quantity of a new line, then to the next line."""
        grid, column = self.grid, self.editing
        is_new = grid.line is None or bool(self.fresh)

        def go_on() -> None:
            line = grid.line
            is_unpriced = (
                line is not None and self.sheet is not None and line.key in self.sheet.state.unpriced
            )
            if is_unpriced and column in {"name", "quantity"}:
                grid.go_to(grid.row, "price")
            elif column == "name" and is_new and "quantity" in typed_columns(line):
                grid.go_to(grid.row, "quantity")
            else:
                grid.go_to(grid.row + 1, column)

        await self.finish(go_on)

    @work
    async def action_add_line(self) -> None:
        """Add a line below this one, to be typed into."""
        await self._insert(LineKind.PRODUCT)

    @work
    async def action_add_text(self) -> None:
        """Add a text below this line."""
        await self._insert(LineKind.TEXT)

    async def _insert(self, kind: LineKind) -> None:
        if self.sheet is None or not await self.finish():
            return
        row = min(self.grid.row + 1, len(self.sheet.lines))
        line = QuoteLine(self.sheet.new_key(), kind=kind.value)
        if self.put(self.sheet.inserted(row, line, is_priced=kind != LineKind.PRODUCT)):
            self.fresh = line.key
            self.grid.go_to(row, "name")
            self.begin("")

    def action_remove(self) -> None:
        """Take the line out."""
        line = self.grid.line
        if self.sheet is not None and line is not None and self.put(self.sheet.without(self.grid.row)):
            self.say(tr("Taken out: {name}. u brings it back.", name=line.name))

    def action_move_line(self, rows: int) -> None:
        """Move the line up or down."""
        row = self.grid.row
        if self.sheet is None or not 0 <= row + rows < len(self.sheet.lines):
            return
        column = self.grid.column
        if self.put(self.sheet.moved(row, row + rows)):
            self.grid.go_to(row + rows, column)

    def action_take_back(self, redo: bool) -> None:
        """Take back what was typed last, or bring it back; else the last change of the store."""
        if self.sheet is None:
            return
        row = self.sheet.take_back(self.grid.row, redo=redo)
        if row is None:
            self.sfa.action_redo() if redo else self.sfa.action_undo()
            return
        self.drawn()
        self.grid.go_to(row, self.grid.column)
        self.say("")

    # What a line is -----------------------------------------------------------------------

    def _change(self, change: Callable[[QuoteLine], QuoteLine]) -> bool:
        return self.sheet is not None and self.put(self.sheet.changed(self.grid.row, change))

    def action_optional(self) -> None:
        """Let the customer leave the line out, or not any more."""
        self._change(lambda line: replace(line, is_optional=not line.is_optional, is_taken=False))

    def action_chosen(self) -> None:
        """Say that the customer chose the line, or did not."""
        line = self.grid.line
        if self.sheet is None or line is None:
            return
        taken, word = not line.is_taken, line.alternative_of
        # Of alternatives exactly one is chosen: to choose this one leaves the others.
        lines = tuple(
            replace(each, is_taken=taken)
            if each.key == line.key
            else replace(each, is_taken=False)
            if word is not None and each.alternative_of == word
            else each
            for each in self.sheet.lines
        )
        self.put(self.sheet.state._replace(lines=lines))

    def action_gift(self) -> None:
        """Make the line a gift, or an ordinary one again."""
        line = self.grid.line
        if self.sheet is None or line is None:
            return
        new = as_gift(line)
        is_priced = new.kind == LineKind.GIFT or new.list_price_micros is not None
        self.put(self.sheet.with_line(self.grid.row, new, is_priced=is_priced))

    @work
    async def action_reprice(self) -> None:
        """Take the price of the price books."""
        await self.reprice()

    @work
    async def action_group(self) -> None:
        """Ask for the group of the line."""
        await self._ask_more("c")

    @work
    async def action_more(self) -> None:
        """Ask what else of the line, and for that."""
        from sfa.screens.dialogs.letters import Choice, Letters

        line = self.grid.line
        choices = [
            Choice(letter, letter, f"{tr(label)}  {getattr(line, name) or ''}".rstrip())
            for letter, (name, label, _) in _MORE.items()
        ]
        chosen = await self.sfa.push_screen_wait(
            Letters(line.name if line is not None else "", choices, wide=True)
        )
        if chosen is not None:
            await self._ask_more(chosen)

    async def _ask_more(self, letter: str) -> None:
        line = self.grid.line
        if self.sheet is None or line is None:
            return
        name, label, hint = _MORE[letter]
        sheet, row = self.sheet, self.grid.row

        def changed(text: str) -> Any:
            return sheet.changed(row, lambda each: replace(each, **{name: _more_value(name, text)}))

        async def check(text: str) -> None:
            sheet.price(changed(text))

        held = getattr(line, name)
        text = await self._ask(f"{line.name}: {tr(label)}", tr(hint), check, str(held or ""))
        if text is not None:
            self.put(changed(text))

    async def _ask(self, question: str, hint: str, check: Check, text: str) -> str | None:
        from sfa.screens.dialogs.ask_checked import AskChecked

        return await self.sfa.push_screen_wait(AskChecked(question, hint, check, text=text))

    @work
    async def action_discount(self) -> None:
        """Ask for the discount on the whole."""
        from sfa.render.numbers import plain_amount, plain_ratio

        if self.sheet is None:
            return
        sheet, state = self.sheet, self.sheet.state

        def changed(text: str) -> Any:
            ppm, minor = read_discount(text, sheet.currency)
            return state._replace(discount_ppm=ppm, discount_minor=minor)

        async def check(text: str) -> None:
            sheet.price(changed(text))

        held = f"{plain_ratio(state.discount_ppm)}%" if state.discount_ppm else ""
        held = plain_amount(state.discount_minor, sheet.currency) if state.discount_minor else held
        hint = tr("As 5% or an amount; nothing for none")
        text = await self._ask(tr("Discount on the whole"), hint, check, held)
        if text is not None:
            self.put(changed(text))

    # The quote ----------------------------------------------------------------------------

    @work
    async def action_revise(self) -> None:
        """Begin the next revision."""
        name = quotes.NAMES["revise"].one
        try:
            done = await self.gateway.perform(name, quotes.become("revise", [self.quote_id]), label="")
        except SfaError as error:
            self.say_error(error)
        else:
            self.sfa.told(done)

    quote_id: str

    # Pasting ------------------------------------------------------------------------------

    @on(LineGrid.Pasted)
    @work
    async def _pasted(self, event: LineGrid.Pasted) -> None:
        """Add the rows that were pasted as lines; those that mean none can be put right."""
        event.stop()
        if self.sheet is None:
            return
        if not self.grid.is_open:
            self.say_error(Refused(CLOSED))
            return
        if self.editing:
            self.give_up()
        if "\t" not in event.text and len(event.text.splitlines()) == 1 and self.grid.column != "name":
            self.begin(event.text.strip())
            return
        await self._add_rows(event.text)

    async def _add_rows(self, text: str) -> None:
        from sfa.finding.quote_rows import read_rows
        from sfa.screens.dialogs.mend_rows import MendRows

        added = 0
        while text and self.sheet is not None:
            terms, key, today = self.terms, self.sheet.new_key(), clock.today()
            pasted = text
            found = await self.gateway.read(
                lambda connection, pasted=pasted, terms=terms, key=key, today=today: read_rows(  # type: ignore[misc]
                    connection, terms, pasted, key, today=today
                )
            )
            if found.lines:
                self.sheet.learn(found.costs)
                row = (
                    min(self.grid.row + 1, len(self.sheet.lines)) if self.grid.line else len(self.sheet.lines)
                )
                lines = (*self.sheet.lines[:row], *found.lines, *self.sheet.lines[row:])
                if not self.put(self.sheet.state._replace(lines=lines)):
                    return
                added += len(found.lines)
                self.grid.go_to(row + len(found.lines) - 1, "quantity")
            text = await self.sfa.push_screen_wait(MendRows(found.rejects)) if found.rejects else ""
        if added:
            self.say(tr("{number} lines added. u takes them back.", number=added))


def _more_value(name: str, text: str) -> Any:
    """Return what a text means as one of the further values of a line.

    Raises:
        InvalidInput: no number of days.
    """
    plain = text.strip()
    if name != "service_days":
        return plain or None
    if not plain:
        return None
    if not plain.isdecimal() or int(plain) > 36500:
        raise InvalidInput(msg("Service after days"), msg("{value!r} is no number."), value=plain)
    return int(plain)
