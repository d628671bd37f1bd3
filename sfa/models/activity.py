"""Activities; visits are activities of kind visit."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint

from sfa.errors import msg
from sfa.models.base import Many, NounInfo, Owned, exactly_one, live_index
from sfa.models.types import choice, flag, instant, integer, link, text
from sfa.terms import ActivityKind, ActivityState, Recorded

_LISTED = ("at", "kind", "account", "deal", "attendees", "outcome", "next_step", "owner")
_MANY = (Many("attendees", msg("Attendees"), "activity_attendee", "activity_id", "contact_id", "contact"),)


class Activity(Owned, table=True):
    """Something done or planned with a customer, about exactly one record."""

    __table_args__ = (
        CheckConstraint(exactly_one("lead_id", "account_id", "contact_id", "deal_id"), name="about_one"),
        CheckConstraint("NOT (no_next_step AND next_step IS NOT NULL)", name="next_step_or_none"),
        CheckConstraint("checkout_at IS NULL OR checkin_at IS NOT NULL", name="checkout_after_checkin"),
        live_index("ix_activity_latest", "at"),
        live_index("ix_activity_latest_of_kind", "kind", "at"),
    )
    noun: ClassVar[NounInfo] = NounInfo(
        "activity",
        "activities",
        msg("activity"),
        msg("activities"),
        title=("kind", "outcome"),
        listed=_LISTED,
        order=("-at",),
        many=_MANY,
    )
    kind: str = choice(msg("Kind"), ActivityKind, required=True, index=True)
    state: str = choice(msg("State"), ActivityState, default=ActivityState.DONE)
    at: datetime = instant(msg("When"), required=True, index=True, name="at")
    duration_min: int | None = integer(msg("Minutes"), minimum=0, name="minutes")
    lead_id: str | None = link(msg("Lead"), "lead", group="about")
    account_id: str | None = link(msg("Account"), "account", group="about")
    contact_id: str | None = link(msg("Contact"), "contact", group="about")
    deal_id: str | None = link(msg("Deal"), "deal", group="about")
    outcome: str | None = text(msg("Outcome"), max_length=500, personal=True)
    notes: str | None = text(msg("Notes"), long=True, personal=True)
    next_step: str | None = text(msg("Next step"), group="next", personal=True)
    no_next_step: bool = flag(msg("No next step"), group="next")
    is_unplanned: bool = flag(msg("Unplanned"), name="unplanned")
    purpose: str | None = text(msg("Purpose"), personal=True)
    checkin_at: datetime | None = instant(msg("Check-in"), group="checkin", name="checkin")
    checkin_place: str | None = text(msg("Check-in place"), group="checkin")
    checkin_by: str | None = choice(msg("Check-in by"), Recorded, group="checkin")
    checkin_reason: str | None = text(msg("Check-in reason"), group="checkin")
    checkout_at: datetime | None = instant(msg("Check-out"), group="checkin", name="checkout")
    checkout_place: str | None = text(msg("Check-out place"), group="checkin")
    checkout_by: str | None = choice(msg("Check-out by"), Recorded, group="checkin")
    proof: str | None = text(msg("Proof"), max_length=500, personal=True)


VISIT = NounInfo(
    "visit",
    "visits",
    msg("visit"),
    msg("visits"),
    title=("outcome",),
    listed=("at", "state", "account", "deal", "attendees", "purpose", "outcome", "next_step", "owner"),
    order=("-at",),
    many=_MANY,
    only=("kind", "visit"),
)
