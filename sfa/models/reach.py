"""Phones, emails and addresses: one value a row, so that they merge and undo value by value."""

from sqlalchemy import CheckConstraint

from sfa.models.base import Row, exactly_one
from sfa.models.types import REDACTED, link, text

_ABOUT = ("lead_id", "account_id", "contact_id", "user_id")


class Phone(Row, table=True):
    """A phone number as people write it, and its digits for matching."""

    __table_args__ = (CheckConstraint(exactly_one(*_ABOUT), name="about_one"),)
    lead_id: str | None = link(None, "lead", group="about")
    account_id: str | None = link(None, "account", group="about")
    contact_id: str | None = link(None, "contact", group="about")
    user_id: str | None = link(None, "user", group="about")
    value: str = text(None, required=True, max_length=60, personal=True, group="number")
    digits: str = text(None, default="", max_length=40, personal=True, group="number", index=True)
    label: str | None = text(None, max_length=40)


class Email(Row, table=True):
    """An email address."""

    __table_args__ = (CheckConstraint(exactly_one(*_ABOUT), name="about_one"),)
    lead_id: str | None = link(None, "lead", group="about")
    account_id: str | None = link(None, "account", group="about")
    contact_id: str | None = link(None, "contact", group="about")
    user_id: str | None = link(None, "user", group="about")
    value: str = text(None, required=True, max_length=320, personal=True, index=True)
    label: str | None = text(None, max_length=40)


class Address(Row, table=True):
    """A postal address: the line as written, and its parts where they are known."""

    __table_args__ = (CheckConstraint(exactly_one("lead_id", "account_id", "contact_id"), name="about_one"),)
    lead_id: str | None = link(None, "lead", group="about")
    account_id: str | None = link(None, "account", group="about")
    contact_id: str | None = link(None, "contact", group="about")
    line: str = text(None, required=True, max_length=500, personal=True, group="address")
    country: str | None = text(None, group="address")
    region: str | None = text(None, group="address")
    city: str | None = text(None, group="address")
    district: str | None = text(None, group="address")
    postcode: str | None = text(None, max_length=20, personal=True, group="address")
    label: str | None = text(None, max_length=40)


__all__ = ["REDACTED", "Address", "Email", "Phone"]
