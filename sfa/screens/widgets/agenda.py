"""Entries under their headings: one list to move through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from textual import on
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from sfa.errors import msg
from sfa.render import cells
from sfa.screens.keys import bind


class Entry(Protocol):
    """What an entry stands for; ``days`` is how late it is, ``None`` where that means nothing."""

    @property
    def noun(self) -> str:
        """Return the noun of its record, or another word for its kind."""

    @property
    def id(self) -> str:
        """Return the id of its record."""

    @property
    def days(self) -> int | None:
        """Return how late it is."""


# A heading with its entries as (entry, when, what, about).
Question = tuple[str, Sequence[tuple[Entry, str, str, str]]]
_GAP = "  "


class Agenda(OptionList):
    """Headings with entries below them; the chosen entry is a record."""

    BINDINGS = [
        bind("enter", "select", "agenda.open", msg("Show"), msg("Show the record in full"), footer=True),
        bind("j,down", "cursor_down", "agenda.down", msg("Down"), msg("The next entry")),
        bind("k,up", "cursor_up", "agenda.up", msg("Up"), msg("The entry before")),
        bind("pagedown", "page_down", "agenda.page_down", msg("Page down"), msg("A screenful down")),
        bind("pageup", "page_up", "agenda.page_up", msg("Page up"), msg("A screenful up")),
        bind("home", "first", "agenda.first", msg("First"), msg("The first entry")),
        bind("end", "last", "agenda.last", msg("Last"), msg("The last entry")),
    ]

    class Chosen(Message):
        """Another entry is highlighted."""

        def __init__(self, noun: str, record_id: str) -> None:
            """Name the record."""
            super().__init__()
            self.noun = noun
            self.record_id = record_id

    class Opened(Message):
        """An entry was clicked or entered."""

    def __init__(self, empty_text: str) -> None:
        """Start empty; ``empty_text`` is shown when no question has an answer, as it then is."""
        super().__init__(id="agenda")
        self.empty_text = empty_text
        self._questions: Sequence[Question] = ()
        self._drawn_at = 0

    @property
    def questions(self) -> Sequence[Question]:
        """Return the headings with their entries, as they were filled in."""
        return self._questions

    @property
    def chosen(self) -> tuple[str, str]:
        """Return (noun, id) of the highlighted record, two empty texts for none."""
        if self.highlighted is None:
            return "", ""
        _, noun, record_id = (self.get_option_at_index(self.highlighted).id or "::").split(":")
        return noun, record_id

    @property
    def chosen_entry(self) -> Entry | None:
        """Return the highlighted entry; a record may stand below several headings."""
        if self.highlighted is None:
            return None
        number = (self.get_option_at_index(self.highlighted).id or "").partition(":")[0]
        entries = self._questions[int(number)][1] if number else ()
        return next((each for each, *_ in entries if (each.noun, each.id) == self.chosen), None)

    def fill(self, questions: Sequence[Question]) -> None:
        """Show the answers; the highlight stays on its record, or near its place when that is gone."""
        self._questions = questions
        self._draw()

    def choose(self, noun: str, record_id: str) -> None:
        """Put the highlight on an entry, if it is there."""
        index = self._index_of(f":{noun}:{record_id}")
        if index is not None:
            self.highlighted = index

    def on_resize(self) -> None:
        """Fit the lines to the new width."""
        if self._questions and self._room() != self._drawn_at:
            self._draw()

    def _room(self) -> int:
        return self.scrollable_content_region.width or self.app.size.width - 2

    def _draw(self) -> None:
        before, place = self._key, self.highlighted or 0
        self._drawn_at = self._room()
        self.clear_options()
        self.set_class(not self._questions, "-empty")
        self.add_options(self._lines_of(self._drawn_at) or [Option(self.empty_text, disabled=True)])
        index = self._index_of(before)
        if index is None:
            index = self._nearest(place)
        self.highlighted = index

    @property
    def _key(self) -> str:
        return (self.get_option_at_index(self.highlighted).id or "") if self.highlighted is not None else ""

    def _lines_of(self, room: int) -> list[Option]:
        found: list[Option] = []
        for number, (title, entries) in enumerate(self._questions):
            heading = Content.styled(title, "bold $secondary")
            found.append(Option(heading if not found else Content.assemble("\n", heading), disabled=True))
            when = max((cells.cell_width(each[1]) for each in entries), default=0)
            about = min(max((cells.cell_width(each[3]) for each in entries), default=0), room // 3)
            for entry, at, what, whom in entries:
                key = f"{number}:{entry.noun}:{entry.id}"
                late = bool(entry.days and entry.days > 0)
                found.append(Option(_line(room, (at, when), what, (whom, about), late=late), id=key))
        return found

    def _index_of(self, key: str) -> int | None:
        """Return where an entry stands, below its own heading if it is still there, else below any."""
        wanted = key.partition(":")[2]
        found = None
        for index, option in enumerate(self.options):
            if option.id == key and wanted:
                return index
            if found is None and (option.id or "").partition(":")[2] == wanted and wanted:
                found = index
        return found

    def _nearest(self, place: int) -> int | None:
        open_ = [index for index, option in enumerate(self.options) if not option.disabled]
        return min(open_, key=lambda index: abs(index - place), default=None)

    @on(OptionList.OptionHighlighted)
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self.post_message(self.Chosen(*self.chosen))

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Opened())


def _line(room: int, when: tuple[str, int], what: str, about: tuple[str, int], *, late: bool) -> Content:
    """Return an entry on one line; no colour of its own, for it would not be seen below the cursor."""
    at = cells.pad(cells.clip(*when), when[1])
    whom = cells.clip(*about)
    rest = room - when[1] - about[1] - (len(_GAP) if when[1] else 0) - (len(_GAP) if about[1] else 0) - 2
    text = cells.pad(cells.clip(what, rest), rest) if about[1] else cells.clip(what, rest)
    return Content.assemble(
        " ",
        (at, "bold" if late else ""),
        _GAP if when[1] else "",
        text,
        _GAP if about[1] else "",
        (whom, "dim"),
    )
