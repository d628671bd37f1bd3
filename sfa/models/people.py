"""Users and teams: who works here, with which role, for whom, and who stands in."""

from datetime import date
from typing import ClassVar

from sqlalchemy import CheckConstraint

from sfa.errors import msg
from sfa.models.base import Common, Many, NounInfo
from sfa.models.types import choice, day, flag, link, text
from sfa.terms import Role


class Team(Common, table=True):
    """An office or a group of people who sell together."""

    noun: ClassVar[NounInfo] = NounInfo(
        "team",
        "teams",
        msg("team"),
        msg("teams"),
        title=("name",),
        listed=("name",),
        order=("name",),
    )
    name: str = text(msg("Name"), required=True)


class User(Common, table=True):
    """A person who works with the store; not a database role."""

    __table_args__ = (
        CheckConstraint(
            "absent_from_on IS NULL OR absent_to_on IS NULL OR absent_from_on <= absent_to_on",
            name="absence_in_order",
        ),
        CheckConstraint("manager_id IS NULL OR manager_id <> id", name="not_own_manager"),
    )
    noun: ClassVar[NounInfo] = NounInfo(
        "user",
        "users",
        msg("user"),
        msg("users"),
        title=("name",),
        listed=("name", "role", "team", "manager", "active"),
        order=("name",),
        many=(
            Many("phones", msg("Phones"), "phone", "user_id", "value"),
            Many("emails", msg("Emails"), "email", "user_id", "value"),
        ),
    )
    name: str = text(msg("Name"), required=True, personal=True)
    role: str = choice(msg("Role"), Role, default=Role.REP, merge="guarded")
    team_id: str | None = link(msg("Team"), "team", merge="guarded")
    manager_id: str | None = link(msg("Manager"), "user", merge="guarded")
    is_active: bool = flag(msg("Active"), default=True, merge="guarded", name="active")
    absent_from_on: date | None = day(msg("Absent from"), group="absence", name="absent_from")
    absent_to_on: date | None = day(msg("Absent to"), group="absence", name="absent_to")
    delegate_id: str | None = link(msg("Delegate"), "user", group="absence")
