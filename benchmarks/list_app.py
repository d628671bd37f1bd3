"""A Textual app of nothing but the big list of leads: what the widget itself costs."""

from __future__ import annotations

import os
from pathlib import Path

from sfa.screens.widgets.big_list import BigList, RecordSource  # isort: skip  - it sets the rate of painting

from textual.app import App, ComposeResult


class ListOfLeads(App[None]):
    """The list on a whole screen."""

    def compose(self) -> ComposeResult:
        """Show the list."""
        yield BigList(RecordSource("lead", Path(os.environ["SFA_HOME"])))


if __name__ == "__main__":
    ListOfLeads().run()
