"""Deals: stage, forecast and amount."""

from datetime import date
from typing import ClassVar

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql_text

from sfa.errors import msg
from sfa.models.base import Many, NounInfo, Owned, Through, amount_check, live_index
from sfa.models.types import choice, day, flag, integer, link, text
from sfa.terms import ForecastCategory


class Deal(Owned, table=True):
    """A possible sale. Amount with currency, and stage with what belongs to it, merge as one."""

    __table_args__ = (
        CheckConstraint(amount_check("amount_minor", "currency"), name="amount_with_currency"),
        CheckConstraint("probability_pct BETWEEN 0 AND 100", name="probability_range"),
        live_index("ix_deal_by_name", "name COLLATE NOCASE"),
        live_index("ix_deal_by_close", "close_on", "name COLLATE NOCASE"),
        # A print adds all deals up in this order and reads nothing else of them.
        live_index(
            "ix_deal_print",
            "owner_id",
            "team_id",
            "stage_id",
            "category",
            "currency",
            "substr(closed_on, 1, 7)",
            "closed_on",
            "close_on",
            "amount_minor",
            "probability_pct",
            "event_on",
            "stage_on",
        ),
        Index(
            "ix_deal_without_account",
            "stage_id",
            "event_on",
            sqlite_where=sql_text("account_id IS NULL AND deleted_at IS NULL"),
        ),
    )
    noun: ClassVar[NounInfo] = NounInfo(
        "deal",
        "deals",
        msg("deal"),
        msg("deals"),
        title=("name",),
        listed=("name", "account", "stage", "amount", "probability", "close_date", "next_step", "owner"),
        order=("close_date", "name"),
        many=(Many("products", msg("Products"), "deal_line", "deal_id", "product_id", "product"),),
        through=(
            Through("state", msg("State"), "stage_id", "stage", "kind"),
            Through("industry", msg("Industry"), "account_id", "account", "industry"),
        ),
    )
    name: str = text(msg("Name"), required=True)
    account_id: str | None = link(msg("Account"), "account")
    pipeline_id: str = link(msg("Pipeline"), "pipeline", required=True, group="stage")
    stage_id: str = link(msg("Stage"), "stage", required=True, group="stage")
    probability_pct: int = integer(
        msg("Probability"),
        kind="percent",
        default=0,
        minimum=0,
        maximum=100,
        group="stage",
        name="probability",
        follows=True,
    )
    is_probability_pinned: bool = flag(None, group="stage")
    category: str = choice(
        msg("Category"), ForecastCategory, default=ForecastCategory.PIPELINE, group="stage", follows=True
    )
    is_category_pinned: bool = flag(None, group="stage")
    closed_on: date | None = day(msg("Closed on"), group="stage", name="closed", index=True, editable=False)
    close_reason: str | None = text(msg("Reason"), group="stage", name="reason")
    reached_stage_id: str | None = link(
        msg("Last stage reached"), "stage", group="stage", name="reached_stage", editable=False, index=False
    )
    amount_minor: int | None = integer(
        msg("Amount"), kind="money", minimum=0, group="amount", name="amount", currency="currency"
    )
    currency: str | None = text(None, max_length=3, group="amount")
    close_on: date | None = day(msg("Close date"), name="close_date", index=True)
    source: str | None = text(msg("Source"))
    competitors: str | None = text(msg("Competitors"))
    next_step: str | None = text(msg("Next step"))
    next_step_on: date | None = day(msg("Next step on"), name="next_step_on", index=True)
    notes: str | None = text(msg("Notes"), long=True)
    # The two days that triggers repeat from the events. Source: sfa.store.standing.
    stage_on: date | None = day(None, derived=True, editable=False)
    event_on: date | None = day(None, derived=True, editable=False)
