"""Contacts: the people at our customers, and their parts in accounts."""

from typing import ClassVar

from sfa.errors import msg
from sfa.models.base import Many, NounInfo, Owned, live_index
from sfa.models.types import flag, text


class Contact(Owned, table=True):
    """A person at one or more accounts."""

    __table_args__ = (live_index("ix_contact_by_name", "name COLLATE NOCASE"),)
    noun: ClassVar[NounInfo] = NounInfo(
        "contact",
        "contacts",
        msg("contact"),
        msg("contacts"),
        title=("name",),
        listed=("name", "title", "accounts", "phones", "emails", "owner"),
        order=("name",),
        many=(
            Many("accounts", msg("Accounts"), "contact_account", "contact_id", "account_id", "account"),
            Many("phones", msg("Phones"), "phone", "contact_id", "value"),
            Many("emails", msg("Emails"), "email", "contact_id", "value"),
            Many("addresses", msg("Addresses"), "address", "contact_id", "line"),
        ),
    )
    name: str = text(msg("Name"), required=True, personal=True)
    title: str | None = text(msg("Title"), personal=True)
    department: str | None = text(msg("Department"))
    no_calls: bool = flag(msg("No calls"))
    no_emails: bool = flag(msg("No emails"))
    no_messages: bool = flag(msg("No messages"))
    no_visits: bool = flag(msg("No visits"))
    notes: str | None = text(msg("Notes"), long=True, personal=True)
