"""Leads: the list, its filters, and converting."""

from __future__ import annotations

from textual import work

from sfa.errors import msg
from sfa.screens.keys import bind
from sfa.screens.records import QuickFilter, RecordsScreen


class LeadsScreen(RecordsScreen):
    """The list of leads."""

    PLACE = "leads"
    NOUN = "lead"
    EMPTY = msg("No leads yet. n adds one; sfa import leads FILE brings many.")
    TOGETHER = ("status", "reason", "rating", "owner", "source", "campaign", "next_step", "next_follow_up")
    FILTERS = (
        QuickFilter("mine", msg("My open leads"), "owner=me and status!=disqualified and converted is empty"),
        QuickFilter("new", msg("New leads"), "status=new"),
        QuickFilter("hot", msg("Hot leads"), "rating=hot and converted is empty"),
        QuickFilter("due", msg("Follow-up due"), "next_follow_up<=today and converted is empty"),
        QuickFilter("no-step", msg("Without a next step"), "next_step is empty and converted is empty"),
        QuickFilter("converted", msg("Converted leads"), "converted is not empty"),
    )
    BINDINGS = [
        bind(
            "c",
            "convert",
            "leads.convert",
            msg("Convert"),
            msg("Lead to account, contact and deal"),
            footer=True,
        ),
    ]

    @work
    async def action_convert(self) -> None:
        """Show what converting would do, and do it."""
        from sfa.screens.convert import ConvertScreen

        await self.sfa.push_screen_wait(ConvertScreen(str(self.records.record_id)))
