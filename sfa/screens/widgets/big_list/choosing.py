"""Choosing which columns a list shows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label, SelectionList

from sfa.errors import msg
from sfa.i18n import tr
from sfa.screens.widgets.big_list.source import Column


class ColumnChooser(ModalScreen[Sequence[str] | None]):
    """Every column with a mark at those shown; gives the names of the marked ones, or ``None``."""

    DEFAULT_CSS: ClassVar[str] = Path(__file__).with_name("choosing.tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "accept",
            msg("Done"),
            id="columns.accept",
            tooltip=msg("Show the marked columns"),
            priority=True,
        ),
        Binding(
            "escape", "dismiss(None)", msg("Cancel"), id="columns.cancel", tooltip=msg("Leave it as it was")
        ),
    ]

    def __init__(self, every: Sequence[Column], shown: Sequence[str]) -> None:
        """Offer the shown ones first, in their order."""
        super().__init__()
        labels = {column.name: column.label for column in every}
        names = [*shown, *(name for name in labels if name not in shown)]
        self._offered = [(labels[name], name, name in shown) for name in names]

    def compose(self) -> ComposeResult:
        """Show a title, the columns, and what the keys do."""
        with Vertical():
            yield Label(tr("Columns"), classes="title")
            yield SelectionList[str](*self._offered)
            yield Label(tr("Space marks, Enter shows the marked columns, Esc leaves it as it was."))

    def action_accept(self) -> None:
        """Give the marked names in the order in which they are offered; without any, change nothing."""
        marked = set(self.query_one(SelectionList).selected)
        self.dismiss([name for _, name, _ in self._offered if name in marked] or None)
