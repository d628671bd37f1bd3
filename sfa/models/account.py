"""Accounts: the organisations and people we sell to."""

from datetime import date
from typing import ClassVar

from sqlalchemy import CheckConstraint

from sfa.errors import msg
from sfa.models.base import Many, NounInfo, Owned, live_index
from sfa.models.types import choice, day, flag, integer, link, text
from sfa.terms import AccountKind, PoolState, Tier


class Account(Owned, table=True):
    """A customer. Its lifecycle is computed, never typed."""

    __table_args__ = (
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_own_parent"),
        live_index("ix_account_by_name", "name COLLATE NOCASE"),
        live_index("ix_account_by_short_name", "short_name COLLATE NOCASE"),
    )
    noun: ClassVar[NounInfo] = NounInfo(
        "account",
        "accounts",
        msg("account"),
        msg("accounts"),
        title=("name",),
        listed=("name", "industry", "region", "tier", "next_follow_up", "owner"),
        order=("name",),
        many=(
            Many("phones", msg("Phones"), "phone", "account_id", "value"),
            Many("emails", msg("Emails"), "email", "account_id", "value"),
            Many("addresses", msg("Addresses"), "address", "account_id", "line"),
            Many(
                "collaborators", msg("Collaborators"), "account_collaborator", "account_id", "user_id", "user"
            ),
        ),
    )
    name: str = text(msg("Name"), required=True, personal=True)
    short_name: str | None = text(msg("Short name"), personal=True)
    tax_id: str | None = text(msg("Tax id"), max_length=40, index=True, name="tax_id")
    industry: str | None = text(msg("Industry"))
    size: str | None = text(msg("Size"))
    founded_year: int | None = integer(msg("Founded"), minimum=1000, maximum=9999, name="founded")
    region: str | None = text(msg("Region"))
    website: str | None = text(msg("Website"), max_length=500)
    kind: str = choice(msg("Kind"), AccountKind, default=AccountKind.END_CUSTOMER)
    tier: str = choice(msg("Tier"), Tier, default=Tier.STANDARD)
    parent_id: str | None = link(msg("Parent account"), "account", name="parent")
    pricebook_id: str | None = link(msg("Price book"), "pricebook", index=False)
    next_follow_up_on: date | None = day(msg("Next follow-up"), name="next_follow_up", index=True)
    no_calls: bool = flag(msg("No calls"))
    no_emails: bool = flag(msg("No emails"))
    no_messages: bool = flag(msg("No messages"))
    no_visits: bool = flag(msg("No visits"))
    notes: str | None = text(msg("Notes"), long=True, personal=True)
    pool_state: str = choice(
        msg("Pool"), PoolState, default=PoolState.OWNED, merge="guarded", name="pool", editable=False
    )
