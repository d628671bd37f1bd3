"""Rows that could not be read: why, and the rows themselves to be put right or let go."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Static, TextArea

from sfa.errors import SfaError, msg
from sfa.i18n import tr
from sfa.screens.inside import Inside
from sfa.screens.keys import bind

_MOST_REASONS = 50


class MendRows(ModalScreen[str], Inside):
    """Gives the rows as they were put right, nothing when they are let go."""

    BINDINGS = [
        bind("ctrl+s", "again", "mend_rows.again", msg("Read again"), msg("Read the rows again")),
        bind("escape", "leave", "mend_rows.leave", msg("Leave out"), msg("Leave these rows out")),
    ]

    def __init__(self, rejects: Sequence[tuple[str, SfaError]]) -> None:
        """Hold the rows, each with the reason."""
        super().__init__(classes="dialog")
        self._rejects = rejects

    def compose(self) -> ComposeResult:
        """Lay out the reasons and the rows."""
        from sfa.render.cells import clip, one_line
        from sfa.render.failures import failure_lines

        reasons = [
            f"✗ {clip(one_line(row.strip()), 40)}: {' '.join(failure_lines(error))}"
            for row, error in self._rejects[:_MOST_REASONS]
        ]
        title = tr("Rows that could not be read: {number}", number=len(self._rejects))
        with Vertical(id="form"):
            yield Static(title, classes="dialog-title", markup=False)
            with VerticalScroll(id="mend-reasons", can_focus=False):
                yield Static("\n".join(reasons), markup=False)
            yield TextArea(
                "\n".join(row for row, _ in self._rejects),
                id="mend-rows",
                compact=True,
                tab_behavior="indent",
            )
            yield Static(
                tr("Product, quantity, price, discount, parted by tabs; or PRODUCT x 3 @ 99.50 -10%"),
                id="form-hint",
                markup=False,
            )
            with Horizontal(id="form-buttons"):
                yield Button(tr("Read again (Ctrl+S)"), id="again", variant="primary", compact=True)
                yield Button(tr("Leave out (Esc)"), id="leave", compact=True)

    def on_mount(self) -> None:
        """Start in the rows."""
        self.query_one(TextArea).focus()

    @on(Button.Pressed, "#again")
    def action_again(self) -> None:
        """Give the rows as they are now."""
        self.dismiss(self.query_one(TextArea).text)

    @on(Button.Pressed, "#leave")
    def action_leave(self) -> None:
        """Let the rows go."""
        self.dismiss("")
