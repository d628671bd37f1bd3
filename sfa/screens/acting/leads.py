"""What can be done with leads: convert them."""

from __future__ import annotations

from textual import work

from sfa.errors import Msg, msg
from sfa.screens.acting.target import Acting
from sfa.screens.keys import bind


class LeadActions(Acting):
    """A screen with a lead in view."""

    BINDINGS = [
        bind(
            "c",
            "convert",
            "lead.convert",
            msg("Convert"),
            msg("Lead to account, contact and deal"),
            footer=True,
        ),
    ]

    def refusal(self, action: str) -> Msg | None:
        """Say why nothing can be done with what is no lead."""
        if action == "convert":
            return self.refusal_for("lead", msg("Only a lead can be converted."))
        return super().refusal(action)

    @work
    async def action_convert(self) -> None:
        """Show what converting would do, and do it."""
        from sfa.screens.convert import convert_lead

        await convert_lead(self.sfa, self.target[1])
