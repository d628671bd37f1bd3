"""Leads: the list and its filters, and one lead in full."""

from __future__ import annotations

from sfa.errors import Msg, msg
from sfa.screens.acting.leads import LeadActions
from sfa.screens.filtering import QuickFilter
from sfa.screens.record import RecordScreen
from sfa.screens.records import RecordsScreen


class LeadsScreen(LeadActions, RecordsScreen):
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


class LeadScreen(LeadActions, RecordScreen):
    """One lead in full."""

    def refusal(self, action: str) -> Msg | None:
        """Say why this lead cannot be converted."""
        if action == "convert" and self.shown is not None:
            return refusal_to_convert({field.name: value for field, value in self.shown.values})
        return super().refusal(action)


def refusal_to_convert(values: dict[str, object]) -> Msg | None:
    """Return why a lead with these values cannot be converted."""
    if values.get("converted"):
        return msg("The lead is converted already.")
    if values.get("status") == "disqualified":
        return msg("The lead is disqualified; give it another status first.")
    return None
