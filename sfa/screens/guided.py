"""A screen with what a stage asks for beside its deal."""

from __future__ import annotations

from sfa.errors import msg
from sfa.screens.inside import Inside
from sfa.screens.keys import bind
from sfa.screens.widgets.guide import StageGuide


class Guided(Inside):
    """A screen with a stage's exit criteria and playbook: beside from 110 columns on, else over it."""

    BINDINGS = [
        bind("i", "guide", "stage.guide", msg("Playbook"), msg("Show or hide what the stage asks for")),
    ]

    @property
    def guide(self) -> StageGuide:
        """Return the text of the stage."""
        return self.query_one(StageGuide)

    def action_guide(self) -> None:
        """Show the text where it is hidden, hide it where it is shown."""
        self.guide.toggle_class("-turned")
