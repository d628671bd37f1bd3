"""Deals: the list and its filters, and one deal in full."""

from __future__ import annotations

from sfa.errors import msg
from sfa.screens.acting.deals import DealActions
from sfa.screens.record import RecordScreen
from sfa.screens.records import QuickFilter, RecordsScreen


class DealsScreen(DealActions, RecordsScreen):
    """The list of deals, the open ones at first."""

    PLACE = "deals"
    NOUN = "deal"
    EMPTY = msg("No deals yet. n adds one; converting a lead makes one too.")
    TOGETHER = ("close_date", "category", "next_step", "next_step_on", "owner", "source", "tags")
    FILTERS = (
        QuickFilter("open", msg("Open deals"), "state=open"),
        QuickFilter("mine", msg("My open deals"), "state=open and owner=me"),
        QuickFilter("no-step", msg("Without a next step"), "state=open and next_step is empty"),
        QuickFilter("late", msg("Close date gone by"), "state=open and close_date<today"),
        QuickFilter("no-amount", msg("Without an amount"), "state=open and amount is empty"),
        QuickFilter("won", msg("Won deals"), "state=won"),
        QuickFilter("lost", msg("Lost deals"), "state=lost"),
    )
    FIRST = "open"


class DealScreen(DealActions, RecordScreen):
    """One deal in full."""
