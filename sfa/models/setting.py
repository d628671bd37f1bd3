"""What the organisation settles for everybody: settings, choices, rates, calendar, prints."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint

from sfa.errors import msg
from sfa.models.base import Common, NounInfo, Row
from sfa.models.types import day, flag, instant, integer, text


class Setting(Row, table=True):
    """One setting of the organisation; the value is JSON."""

    key: str = text(None, required=True, max_length=80, merge="guarded", index=True)
    value: str = text(None, required=True, long=True, merge="guarded")


class ChoiceItem(Common, table=True):
    """An entry of a choice list, such as the sources of leads."""

    __tablename__ = "choice_item"
    noun: ClassVar[NounInfo] = NounInfo(
        "choice",
        "choices",
        msg("choice"),
        msg("choices"),
        title=("list_name", "value"),
        listed=("list", "value", "label"),
        order=("list", "position", "value"),
    )
    list_name: str = text(msg("List"), required=True, max_length=40, merge="guarded", name="list")
    value: str = text(msg("Value"), required=True, max_length=80, merge="guarded")
    label: str | None = text(msg("Label"), max_length=80, merge="guarded")
    position: int = integer(msg("Position"), default=0, merge="guarded")


class Rate(Common, table=True):
    """How many units of one currency a unit of another is worth from a day on, in millionths."""

    __table_args__ = (CheckConstraint("rate_micros > 0", name="rate_positive"),)
    noun: ClassVar[NounInfo] = NounInfo(
        "rate",
        "rates",
        msg("rate"),
        msg("rates"),
        title=("from_currency", "to_currency"),
        listed=("from", "to", "on", "rate"),
        order=("from", "to", "-on"),
    )
    from_currency: str = text(msg("From"), required=True, max_length=3, merge="guarded", name="from")
    to_currency: str = text(msg("To"), required=True, max_length=3, merge="guarded", name="to")
    effective_on: date = day(msg("On"), required=True, merge="guarded", name="on")
    rate_micros: int = integer(
        msg("Rate"), kind="price", required=True, minimum=1, merge="guarded", name="rate"
    )


class CalendarDay(Common, table=True):
    """A day that is worked or free against the week's habit."""

    __tablename__ = "calendar_day"
    noun: ClassVar[NounInfo] = NounInfo(
        "calendar",
        "calendars",
        msg("calendar day"),
        msg("calendar days"),
        title=("day_on", "name"),
        listed=("on", "working", "name"),
        order=("on",),
    )
    day_on: date = day(msg("On"), required=True, merge="guarded", name="on", index=True)
    is_working: bool = flag(msg("Working day"), merge="guarded", name="working")
    name: str | None = text(msg("Name"), merge="guarded")


class PrintSnapshot(Row, table=True):
    """The figures of a printed pipeline, kept so that the next print can say what changed."""

    __tablename__ = "print_snapshot"
    printed_at: datetime = instant(None, required=True, merge="append")
    as_of_on: date = day(None, required=True, merge="append")
    scope: str = text(None, required=True, max_length=200, merge="append", index=True)
    figures: str = text(None, required=True, long=True, merge="append")
