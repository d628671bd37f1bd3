"""Fields that were changed here and by somebody else: before, mine and theirs side by side, a key each."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from sfa.errors import msg
from sfa.i18n import tr
from sfa.render.both import Case, case_lines
from sfa.screens.inside import Inside
from sfa.screens.keys import bind


class BothChanged(ModalScreen[dict[str, bool] | None], Inside):
    """Gives field by field whether mine stands, once all are settled; ``None`` when left."""

    AUTO_FOCUS = ""  # Enter settles nothing
    BINDINGS = [
        bind("m", "take(True)", "both.mine", msg("Mine"), msg("What I typed stands"), footer=True),
        bind("t", "take(False)", "both.theirs", msg("Theirs"), msg("What the other one wrote stands")),
        bind(
            "M",
            "take_all(True)",
            "both.all_mine",
            msg("All mine"),
            msg("What I typed stands in all that are left"),
        ),
        bind(
            "T",
            "take_all(False)",
            "both.all_theirs",
            msg("All theirs"),
            msg("What others wrote stands in all that are left"),
        ),
        bind("down,j", "move(1)", "both.down", msg("Next field"), msg("Look at the next field")),
        bind("up,k", "move(-1)", "both.up", msg("Field before"), msg("Look at the field before")),
        bind("escape", "leave", "both.leave", msg("Back"), msg("Back to the form; nothing is saved")),
    ]

    def __init__(self, title: str, cases: Sequence[Case]) -> None:
        """Show the cases below a title that says whose they are."""
        super().__init__(classes="dialog")
        self._title = title
        self._cases = cases
        self._sides: dict[int, bool] = {}
        self._at = 0

    def compose(self) -> ComposeResult:
        """Lay out the cases, what is to be done, and the buttons."""
        with Vertical(id="both"):
            yield Static(self._title, classes="dialog-title", markup=False)
            with VerticalScroll(id="both-cases", can_focus=False):
                for index, _ in enumerate(self._cases):
                    yield Static(id=f"case-{index}", classes="case", markup=False)
            yield Static(id="both-hint", markup=False)
            with Horizontal(id="form-buttons"):
                yield Button(tr("Mine (m)"), id="mine", compact=True)
                yield Button(tr("Theirs (t)"), id="theirs", compact=True)
                yield Button(tr("Back (Esc)"), id="leave", compact=True)

    def on_mount(self) -> None:
        """Take the keys away from the buttons: a letter settles."""
        for button in self.query(Button):
            button.can_focus = False
        self._draw()

    def on_resize(self, _: events.Resize) -> None:
        """Fit the columns to the new width."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        width = max(30, self.query_one("#both-cases").size.width - 1)
        for index, case in enumerate(self._cases):
            lines = case_lines(case, width, self._sides.get(index), is_current=index == self._at)
            place = self.query_one(f"#case-{index}", Static)
            place.update(Content("\n".join(lines)))
            place.set_class(index == self._at, "-current")
        left = len(self._cases) - len(self._sides)
        text = tr("m keeps mine, t takes theirs; {number} to settle. The last one saves.", number=left)
        if left > 1:
            text += " " + tr("M and T: all that are left.")
        self.query_one("#both-hint", Static).update(text)

    def action_take(self, mine: bool) -> None:
        """Settle the present field and go to the next open one; with the last the dialog closes."""
        self._sides[self._at] = mine
        left = [index for index in range(len(self._cases)) if index not in self._sides]
        if not left:
            sides = {
                name: self._sides[index] for index, case in enumerate(self._cases) for name in case.names
            }
            self.dismiss(sides)
            return
        self._at = next((index for index in left if index > self._at), left[0])
        self._show()

    def action_take_all(self, mine: bool) -> None:
        """Settle all that are open alike; the dialog closes."""
        for index in range(len(self._cases)):
            if index not in self._sides:
                self._at = index
                self.action_take(mine)

    def action_move(self, by: int) -> None:
        """Go to another field, settled or not."""
        self._at = max(0, min(len(self._cases) - 1, self._at + by))
        self._show()

    def _show(self) -> None:
        self._draw()
        self.query_one(f"#case-{self._at}").scroll_visible(animate=False)

    @on(events.Click, ".case")
    def _clicked(self, event: events.Click) -> None:
        if event.widget is not None and event.widget.id:
            self._at = int(event.widget.id.rpartition("-")[2])
            self._draw()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "leave":
            self.action_leave()
        else:
            self.action_take(event.button.id == "mine")

    def action_leave(self) -> None:
        """Close with nothing settled."""
        self.dismiss(None)
