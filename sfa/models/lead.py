"""Leads: people and companies that may become customers."""

from datetime import date, datetime
from typing import ClassVar

from sfa.errors import msg
from sfa.models.base import Many, NounInfo, Owned, live_index
from sfa.models.types import choice, day, instant, link, text
from sfa.terms import LeadStatus, PoolState, Rating


class Lead(Owned, table=True):
    """A first contact, kept after it was converted, with links to what it became."""

    __table_args__ = (
        live_index("ix_lead_newest", "created_at"),
        live_index("ix_lead_by_name", "name COLLATE NOCASE"),
    )
    noun: ClassVar[NounInfo] = NounInfo(
        "lead",
        "leads",
        msg("lead"),
        msg("leads"),
        title=("name", "company"),
        listed=("name", "company", "status", "rating", "source", "next_step", "owner"),
        order=("-created",),
        many=(
            Many("phones", msg("Phones"), "phone", "lead_id", "value"),
            Many("emails", msg("Emails"), "email", "lead_id", "value"),
            Many("addresses", msg("Addresses"), "address", "lead_id", "line"),
        ),
    )
    name: str = text(msg("Name"), required=True, personal=True)
    company: str | None = text(msg("Company"))
    title: str | None = text(msg("Title"), personal=True)
    source: str | None = text(msg("Source"))
    campaign: str | None = text(msg("Campaign"))
    status: str = choice(msg("Status"), LeadStatus, default=LeadStatus.NEW, index=True)
    disqualified_reason: str | None = text(msg("Reason"), name="reason")
    rating: str | None = choice(msg("Rating"), Rating)
    interest: str | None = text(msg("Interest"), long=True, personal=True)
    next_step: str | None = text(msg("Next step"), personal=True)
    next_follow_up_on: date | None = day(msg("Next follow-up"), name="next_follow_up", index=True)
    notes: str | None = text(msg("Notes"), long=True, personal=True)
    pool_state: str = choice(
        msg("Pool"), PoolState, default=PoolState.OWNED, merge="guarded", name="pool", editable=False
    )
    converted_at: datetime | None = instant(
        msg("Converted"), group="conversion", name="converted", editable=False
    )
    converted_account_id: str | None = link(
        msg("Converted account"), "account", group="conversion", editable=False
    )
    converted_contact_id: str | None = link(
        msg("Converted contact"), "contact", group="conversion", editable=False
    )
    converted_deal_id: str | None = link(msg("Converted deal"), "deal", group="conversion", editable=False)
