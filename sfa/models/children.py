"""What hangs on one account, contact, activity or deal.

Services write these rows by column (``services.children``), so that no use case maps them.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index

from sfa.errors import msg
from sfa.models.base import Row, amount_check, exactly_one
from sfa.models.types import choice, day, instant, integer, link, text
from sfa.terms import Access, BuyingRole, ForecastCategory, Stance


class AccountCollaborator(Row, table=True):
    """A colleague who also works on an account."""

    __tablename__ = "account_collaborator"
    account_id: str = link(None, "account", required=True)
    user_id: str = link(None, "user", required=True)
    access: str = choice(None, Access, default=Access.WRITE)


class ContactAccount(Row, table=True):
    """A contact's part in an account."""

    __tablename__ = "contact_account"
    contact_id: str = link(None, "contact", required=True)
    account_id: str = link(None, "account", required=True)
    role: str | None = text(None)


class ActivityAttendee(Row, table=True):
    """Who was there: a contact, a colleague, or a name we have no record of."""

    __tablename__ = "activity_attendee"
    __table_args__ = (CheckConstraint(exactly_one("contact_id", "user_id", "name"), name="attendee_one"),)
    activity_id: str = link(None, "activity", required=True)
    contact_id: str | None = link(None, "contact", group="who")
    user_id: str | None = link(None, "user", group="who")
    name: str | None = text(None, personal=True, group="who")


class Comment(Row, table=True):
    """What a colleague or the manager said about an activity. Append-only."""

    activity_id: str = link(None, "activity", required=True, merge="append")
    body: str = text(msg("Comment"), required=True, long=True, personal=True, merge="append")


class DealLine(Row, table=True):
    """A product in a deal: quantity in thousandths, unit price in millionths."""

    __tablename__ = "deal_line"
    __table_args__ = (
        CheckConstraint(amount_check("unit_price_micros", "currency"), name="price_with_currency"),
        CheckConstraint("quantity_milli > 0", name="quantity_positive"),
    )
    deal_id: str = link(None, "deal", required=True)
    product_id: str = link(None, "product", required=True)
    position: int = integer(None, default=1, minimum=1)
    quantity_milli: int = integer(None, kind="quantity", default=1000, minimum=1)
    unit_price_micros: int | None = integer(None, kind="price", group="price", currency="currency")
    currency: str | None = text(None, max_length=3, group="price")


class DealRole(Row, table=True):
    """A contact's part in a deal: role, stance, how well we know them and want to."""

    __tablename__ = "deal_role"
    __table_args__ = (
        CheckConstraint("strength IS NULL OR strength BETWEEN 0 AND 5", name="strength_range"),
        CheckConstraint("target_strength IS NULL OR target_strength BETWEEN 0 AND 5", name="target_range"),
    )
    deal_id: str = link(None, "deal", required=True)
    contact_id: str = link(None, "contact", required=True)
    role: str = choice(msg("Buying role"), BuyingRole, required=True)
    stance: str = choice(msg("Stance"), Stance, default=Stance.UNKNOWN)
    strength: int | None = integer(msg("Strength"), minimum=0, maximum=5)
    target_strength: int | None = integer(msg("Target strength"), minimum=0, maximum=5)
    note: str | None = text(msg("Note"), personal=True)


class DealEvent(Row, table=True):
    """The whole forecast tuple of a deal from a day on. Append-only; past pipelines come from here."""

    __tablename__ = "deal_event"
    __table_args__ = (
        CheckConstraint(amount_check("amount_minor", "currency"), name="amount_with_currency"),
        # All that the age of open deals asks for: a print reads this index alone, not a row an event.
        Index(
            "ix_deal_event_as_of", "deal_id", "effective_on", "recorded_at", "id", "stage_id", "deleted_at"
        ),
    )
    deal_id: str = link(None, "deal", required=True, merge="append", index=False)
    effective_on: date = day(None, required=True, merge="append", index=True)
    recorded_at: datetime = instant(None, required=True, merge="append", index=True)
    stage_id: str = link(None, "stage", required=True, merge="append", index=False)
    amount_minor: int | None = integer(None, merge="append")
    currency: str | None = text(None, max_length=3, merge="append")
    close_on: date | None = day(None, merge="append")
    probability_pct: int = integer(None, default=0, merge="append")
    category: str = choice(None, ForecastCategory, default=ForecastCategory.PIPELINE, merge="append")
    owner_id: str | None = link(None, "user", merge="append", index=False)
    team_id: str | None = link(None, "team", merge="append", index=False)
