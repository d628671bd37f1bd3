"""Contacts: the list and its filters."""

from __future__ import annotations

from sfa.errors import msg
from sfa.screens.filtering import QuickFilter
from sfa.screens.records import RecordsScreen


class ContactsScreen(RecordsScreen):
    """The list of contacts."""

    PLACE = "contacts"
    NOUN = "contact"
    EMPTY = msg("No contacts yet. n adds one.")
    TOGETHER = ("accounts", "title", "department", "owner", "tags")
    FILTERS = (
        QuickFilter("mine", msg("My contacts"), "owner=me"),
        QuickFilter("no-phone", msg("Without a phone number"), "phones is empty"),
        QuickFilter("no-account", msg("Without an account"), "accounts is empty"),
    )
