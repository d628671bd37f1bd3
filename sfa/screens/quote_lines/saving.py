"""Saving the lines of a quote in one change, and keeping them on the disk until then."""

from __future__ import annotations

from textual import work

from sfa.errors import InvalidInput, SfaError, StaleVersion, msg
from sfa.i18n import tr
from sfa.screens.doing import quotes
from sfa.screens.doing.late import Origin
from sfa.screens.forms.keeping import Keeper, Texts
from sfa.screens.quote_lines.keys import LineKeys
from sfa.screens.quote_lines.loading import LINES, OPEN, Loaded, ground_of, kept_texts, load
from sfa.screens.widgets.line_grid.sheet import Sheet, State
from sfa.store.drafts import Draft


class Saving(LineKeys):
    """A screen whose lines are saved, and kept until they are."""

    _loaded: Loaded
    _is_saving = False
    _kept: tuple[State, Texts] | None = None  # a state as the draft keeps it: it is asked for often

    def take_up(self, loaded: Loaded) -> None:
        """Show a quote as it is stored now."""
        raise NotImplementedError

    def show_title(self) -> None:
        """Say which quote it is, and how far."""
        raise NotImplementedError

    def begin_keeping(self, draft: str = "") -> None:
        """Begin to keep what is typed over the quote as it was read; ``draft`` names a file to go on with."""
        self.origin = Origin("quote", self.quote_id, ground_of(self._loaded))
        label = str(self._loaded.values["number"])
        kept = Draft(self.gateway.home, "quote", self.quote_id, form=LINES, label=label, file=draft)
        self.keeper = Keeper(self, kept, self.origin)

    def changed(self) -> Texts:
        """Return the lines as they were typed, and the cell that is typed into."""
        if self.sheet is None or not (self.sheet.is_changed or self.editing):
            return {}
        state = self.sheet.state
        if self._kept is None or self._kept[0] is not state:
            self._kept = (state, kept_texts(state, self.sheet.currency))
        texts = dict(self._kept[1])
        if self.editing:
            texts["cell"] = f"{self.grid.row}\t{self.editing}\t{self.typed}"
        return texts

    @work
    async def action_save(self) -> None:
        """Save all lines."""
        await self.save()

    async def save(self) -> bool:
        """Save all lines in one change; say whether nothing is left to save."""
        if self._is_saving or self.sheet is None or not await self.finish():
            return False
        if not self.sheet.is_changed:
            return True
        if self.sheet.state.unpriced:
            self._ask_for_price()
            return False
        self._is_saving = True
        try:
            return await self._write()
        finally:
            self._is_saving = False

    def _ask_for_price(self) -> None:
        assert self.sheet is not None
        lines = self.sheet.lines
        row = next(at for at, line in enumerate(lines) if line.key in self.sheet.state.unpriced)
        self.grid.go_to(row, "price")
        name = lines[row].name
        self.say(
            "✗ " + tr("{name} has no price yet. Type one, or x takes the line out.", name=name), wrong=True
        )

    async def _write(self) -> bool:
        assert self.sheet is not None
        state, number = self.sheet.state, self._loaded.values["number"]
        while True:
            version = self.origin.base["version"]
            discount = (state.discount_ppm, state.discount_minor)
            work_ = quotes.write_lines(self.quote_id, state.lines, discount, version)
            try:
                done = await self.gateway.perform(msg("Lines of quote {label}"), work_, label=number)
            except StaleVersion:
                if not await self._catch_up():
                    return False
                continue
            except SfaError as error:
                self._say_where(error)
                return False
            self.keeper.forget()
            await self._settle(state)
            self.sfa.told(done)
            return True

    async def _settle(self, saved: State) -> None:
        """Go on from what was saved, with what was typed while it was written."""
        loaded = await self._loaded_anew()
        if loaded is None or self.sheet is None:
            return
        typed = self.sheet.state
        self.go_on_from(loaded)
        if typed != saved:
            self.put(typed)

    async def _loaded_anew(self) -> Loaded | None:
        try:
            return await self.gateway.read(lambda connection: load(connection, self.quote_id))
        except SfaError as error:
            self.say_error(error)
            return None

    def go_on_from(self, loaded: Loaded) -> None:
        """Go on from the quote as it is stored now; nothing is typed over it yet."""
        self.keeper.end()
        self.take_up(loaded)
        self.begin_keeping()
        self.keeper.begin()

    def _say_where(self, error: SfaError) -> None:
        """Say what is wrong at the line that it is wrong with."""
        line = error.data.get("line")
        if isinstance(line, int):
            column = str(error.data.get("column", "")).partition("_")[0]
            self.grid.go_to(line - 1, {"unit": "price"}.get(column, column))
        self.say_error(error)

    async def _catch_up(self) -> bool:
        """Bring together what others wrote meanwhile; say whether the lines can be saved at once."""
        from sfa.screens.quote_lines.catching_up import bring_together

        loaded = await self._loaded_anew()
        if loaded is None or self.sheet is None:
            return False
        is_same = loaded.state == self.sheet.base
        if loaded.values["state"] not in OPEN:
            self.say(
                tr(
                    "The quote was sent or closed meanwhile. What you typed is kept: R begins the next"
                    " revision, then Ctrl+S."
                ),
                wrong=True,
            )
            self._loaded = loaded
            self.show_title()
            self.refresh_bindings()
            return False
        if not is_same:
            both = await bring_together(self.sfa, self.sheet, loaded.state, str(loaded.values["number"]))
            if both is None:
                return False
            sheet = Sheet(loaded.values, loaded.state, {**loaded.costs, **self.sheet.costs})
            try:
                sheet.put(both)
            except InvalidInput as error:
                self.say_error(error)
                return False
            self.sheet = sheet
        self._loaded = loaded
        self.origin.base.update(ground_of(loaded))
        self.show_title()
        self.drawn()
        if not is_same:
            self.say(tr("What both of you wrote is together now. Look at it; Ctrl+S saves it."))
        return is_same
