"""Choosing from a list by typing a part of it: keys of a place, palette, jump, themes, columns."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from sfa import hanzi
from sfa.errors import msg
from sfa.hanzi.initials import initials
from sfa.i18n import tr
from sfa.render import cells
from sfa.screens.inside import Inside
from sfa.screens.keys import bind
from sfa.screens.widgets.choices import Choices

_WIDEST = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to choose: its key, what it is called, what stands beside; ``refusal`` is why not now."""

    key: str
    label: str
    beside: str = ""
    hint: str = ""
    refusal: str = ""
    heading: str = ""


Find = Callable[[str], Awaitable[Sequence[Entry]]]


class Chooser(ModalScreen[str | None], Inside):
    """A list that follows what is typed; gives the chosen entry's key, ``None`` when left."""

    BINDINGS = [
        bind("escape", "leave", "chooser.leave", msg("Back"), msg("Close without choosing")),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
    ]

    def __init__(self, title: str, find: Find, *, placeholder: str = "", empty: str = "") -> None:
        """Ask ``find`` for the entries whenever the text changes, with the empty text at first."""
        super().__init__(classes="dialog")
        self._heading = title
        self._find = find
        self._placeholder = placeholder
        self._empty = empty
        self._entries: Sequence[Entry] = ()
        self._found_for: str | None = None
        self._is_entered = False

    def compose(self) -> ComposeResult:
        """Lay out the title, the line to type in, and the list."""
        with Vertical(id="chooser"):
            yield Static(self._heading, id="chooser-title")
            yield Input(placeholder=self._placeholder, id="chooser-text", compact=True)
            yield Choices(id="chooser-list")
            yield Static(self._empty, id="chooser-empty")

    def on_mount(self) -> None:
        """Show everything there is."""
        self.query_one(OptionList).can_focus = False
        self._look("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._is_entered = False
        self._look(event.value)

    @work(exclusive=True)
    async def _look(self, text: str) -> None:
        self._entries = await self._find(text)
        self._found_for = text
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(self._options())
        options.display = bool(self._entries)
        self.query_one("#chooser-empty").display = not self._entries
        first = next((index for index, entry in enumerate(options.options) if not entry.disabled), None)
        options.highlighted = first
        if self._is_entered:
            self._take()

    def _options(self) -> list[Option]:
        room = max(20, min(self.app.size.width - 8, _WIDEST) - 6)
        beside = max((cells.cell_width(entry.beside) for entry in self._entries), default=0)
        found: list[Option] = []
        heading = ""
        for entry in self._entries:
            if entry.heading != heading:
                heading = entry.heading
                found.append(Option(Content.styled(heading, "bold $secondary"), disabled=True))
            found.append(Option(_line(entry, room, beside), id=entry.key, disabled=bool(entry.refusal)))
        return found

    def action_move(self, by: int) -> None:
        """Move the highlight, over what cannot be chosen."""
        options = self.query_one(OptionList)
        for _ in range(abs(by)):
            if by > 0:
                options.action_cursor_down()
            else:
                options.action_cursor_up()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        """Take the highlighted entry; who types on and presses Enter means what is found for all of it."""
        self._is_entered = True
        if self._found_for == event.value:
            self._take()

    def _take(self) -> None:
        self._is_entered = False
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            self.dismiss(options.get_option_at_index(options.highlighted).id)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def action_leave(self) -> None:
        """Close without a choice."""
        self.dismiss(None)


def _line(entry: Entry, room: int, beside: int) -> Content:
    """Return an entry on one line: what stands beside at the left, the label, then hint or refusal."""
    left = cells.pad(cells.clip(entry.beside, beside), beside) + ("  " if beside else "")
    rest = room - cells.cell_width(left)
    label = cells.clip(entry.label, rest)
    more = entry.refusal or entry.hint
    room_left = rest - cells.cell_width(label) - 2
    tail = f"  {cells.clip(more, room_left)}" if more and room_left > 4 else ""
    return Content.assemble((left, "bold"), label, (tail, "italic" if entry.refusal else "dim"))


def matching(entries: Sequence[Entry], text: str) -> list[Entry]:
    """Return the entries in which every typed word stands, or the pinyin initials of their label."""
    words = hanzi.normal(text).split()
    return [entry for entry in entries if all(word in _words_of(entry) for word in words)]


def _words_of(entry: Entry) -> str:
    plain = hanzi.normal(f"{entry.label} {entry.hint} {entry.beside} {entry.heading}")
    if plain.isascii():
        return plain
    return f"{plain} {initials(hanzi.normal(f'{entry.heading} {entry.label}'))}"


def among(entries: Sequence[Entry]) -> Find:
    """Return what finds the entries of a fixed list."""

    async def find(text: str) -> Sequence[Entry]:
        return matching(entries, text)

    return find


def nothing_found() -> str:
    """Return what an empty list says."""
    return tr("Nothing of that name. Backspace shows more; Esc goes back.")
