"""The board as a widget: it draws its own lines, follows keys and mouse, and tells what is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from sfa.errors import msg
from sfa.render.cells import pad, wrap
from sfa.screens.keys import bind
from sfa.screens.widgets.board import messages as told
from sfa.screens.widgets.board.columns import Columns
from sfa.screens.widgets.board.deck import OPEN, Deck, Lane, Spot
from sfa.screens.widgets.board.face import Face
from sfa.screens.widgets.board.mouse import Dragging
from sfa.screens.widgets.board.rows import Rows
from sfa.screens.widgets.board.shape import Shape

_MESSAGE_LINE = 6  # below the heads of the columns


class Board(Dragging, Widget, can_focus=True):
    """Cards in columns; nothing of it is a widget of its own, so that thousands cost nothing."""

    ALLOW_SELECT = False
    DEFAULT_CSS: ClassVar[str] = Path(__file__).with_name("board.tcss").read_text("utf-8")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"board--{name}"
        for name in (
            "gap", "gap-muted", "card", "card-title", "card-muted", "card-mark", "cursor", "cursor-title",
            "head", "head-title", "head-muted", "head-current", "head-current-title", "rule", "target",
        )
    }  # fmt: skip
    BINDINGS = [
        bind("up,k", "move(-1)", "board.up", msg("Up"), msg("The card above")),
        bind("down,j", "move(1)", "board.down", msg("Down"), msg("The card below")),
        bind("left,h", "lane(-1)", "board.left", msg("Left"), msg("The column on the left")),
        bind("right,l", "lane(1)", "board.right", msg("Right"), msg("The column on the right")),
        bind("pageup", "page(-1)", "board.page_up", msg("Page up"), msg("A screenful up")),
        bind("pagedown", "page(1)", "board.page_down", msg("Page down"), msg("A screenful down")),
        bind("home", "end(False)", "board.first", msg("First"), msg("The first card of the column")),
        bind("end,G", "end(True)", "board.last", msg("Last"), msg("The last card of the column")),
        bind(
            "enter",
            "open",
            "board.open",
            msg("Open"),
            msg("Open the card, or list what a closed column counts"),
        ),
    ]

    Highlighted: TypeAlias = told.Highlighted
    Opened: TypeAlias = told.Opened
    ClosedOpened: TypeAlias = told.ClosedOpened
    Dropped: TypeAlias = told.Dropped
    MoreWanted: TypeAlias = told.MoreWanted

    def __init__(self, face: Face, *, as_list: bool = False, id: str | None = None) -> None:  # noqa: A002  as every widget
        """Start empty, as columns or as a list; ``face`` tells the cards and heads."""
        super().__init__(id=id)
        self.deck = Deck()
        self.empty_text = ""
        self._columns, self._rows = Columns(face), Rows(face)
        self.as_list = as_list
        self._styles_known: dict[str, Style] = {}

    @property
    def shape(self) -> Shape:
        """Return the form in use."""
        return self._rows if self.as_list else self._columns

    @property
    def card(self) -> Any | None:
        """Return the card under the cursor."""
        return self.deck.card

    @property
    def lane(self) -> Lane | None:
        """Return the column under the cursor."""
        return self.deck.chosen

    def put(self, lanes: Sequence[Lane], wanted: str = "", *, is_another: bool = False) -> None:
        """Show other lanes; the cursor stays on its card, or goes to the one that is wanted."""
        self.deck.fill(lanes, wanted, is_another=is_another)
        self._fit()
        self.post_message(told.Highlighted())

    def show_as(self, *, as_list: bool) -> None:
        """Show the same as columns or as a list."""
        self.as_list = as_list
        self._fit()

    def go_to(self, spot: Spot) -> None:
        """Move the cursor and show it."""
        if spot != self.deck.cursor:
            self.deck.cursor = spot
            self.shape.reveal(self.deck)
            self.refresh()
            self.post_message(told.Highlighted())
        if self.deck.lacks_more:
            self.post_message(told.MoreWanted())

    def on_resize(self) -> None:
        """Fit the form to the room there is now."""
        self._fit()

    def _fit(self) -> None:
        self.shape.fit(self.deck, *self.size)
        self.shape.reveal(self.deck)
        self.refresh()

    # Keys ----------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Go to the card above or below."""
        self.go_to(self.shape.step(self.deck, by))

    def action_lane(self, by: int) -> None:
        """Go to the column on the left or right."""
        self.go_to(self.shape.across(self.deck, by))

    def action_page(self, pages: int) -> None:
        """Go a screenful up or down."""
        self.go_to(self.shape.step(self.deck, pages * self.shape.page(self.deck)))

    def action_end(self, last: bool) -> None:
        """Go to the first or last card."""
        if self.deck.lanes:
            self.go_to(self.shape.ends(self.deck, last=last))

    def action_open(self) -> None:
        """Ask the screen to open the card, or to list what a closed column counts."""
        lane = self.deck.chosen
        if lane is not None and lane.kind != OPEN:
            self.post_message(told.ClosedOpened(lane.kind))
        elif self.deck.card_id:
            self.post_message(told.Opened(self.deck.card_id))

    # Drawing -------------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """Draw in the new colours."""
        self._styles_known.clear()
        super().notify_style_update()

    def _look(self, name: str) -> Style:
        found = self._styles_known.get(name)
        if found is None:
            found = self._styles_known[name] = self.get_component_rich_style(f"board--{name}")
        return found

    def render_line(self, y: int) -> Strip:
        """Return a line of the board, or what fills it when it has no card."""
        width = self.size.width
        if not self.deck.lanes:
            return Strip.blank(width, self._look("gap"))
        if self.deck.is_empty and not self.as_list and self.empty_text:
            lines = wrap(self.empty_text, max(10, width - 4))
            if 0 <= y - _MESSAGE_LINE < len(lines):
                from rich.segment import Segment

                text = pad("  " + lines[y - _MESSAGE_LINE], width)
                return Strip([Segment(text, self._look("gap-muted"))], width)
        return self.shape.line(self.deck, y, self._look, self.target)

    def on_focus(self) -> None:
        """Draw the cursor as that of what has the focus."""
        self._styles_known.clear()
        self.refresh()

    def on_blur(self) -> None:
        """Draw the cursor as that of what lost the focus."""
        self._styles_known.clear()
        self.refresh()
