"""Accounts: the list and its filters."""

from __future__ import annotations

from sfa.errors import msg
from sfa.screens.records import QuickFilter, RecordsScreen


class AccountsScreen(RecordsScreen):
    """The list of accounts."""

    PLACE = "accounts"
    NOUN = "account"
    EMPTY = msg("No accounts yet. n adds one; converting a lead makes one too.")
    TOGETHER = ("tier", "kind", "industry", "region", "owner", "next_follow_up", "tags")
    FILTERS = (
        QuickFilter("mine", msg("My accounts"), "owner=me"),
        QuickFilter("key", msg("Key accounts"), "tier=key"),
        QuickFilter("due", msg("Follow-up due"), "next_follow_up<=today"),
        QuickFilter("no-day", msg("Without a next follow-up"), "owner=me and next_follow_up is empty"),
        QuickFilter("partners", msg("Distributors and partners"), "kind!=customer"),
    )
