"""What hangs on records of any kind: tags, external ids, custom values, attachments."""

from typing import ClassVar

from sqlalchemy import CheckConstraint, Index

from sfa.errors import msg
from sfa.models.base import Common, NounInfo, Row, exactly_one
from sfa.models.types import choice, flag, integer, link, text
from sfa.terms import CustomKind

ABOUT = (
    "lead_id",
    "account_id",
    "contact_id",
    "deal_id",
    "activity_id",
    "task_id",
    "product_id",
    "user_id",
    "quote_id",
    "sales_order_id",
)


class Tag(Row, table=True):
    """A word put on a record."""

    __table_args__ = (Index("ix_tag_record", "noun", "record_id"),)
    noun: str = text(None, required=True, max_length=40)
    record_id: str = text(None, required=True, max_length=36)
    name: str = text(None, required=True, max_length=80, index=True)


class ExternalId(Row, table=True):
    """The key a record has in another system."""

    __tablename__ = "external_id"
    __table_args__ = (Index("ix_external_id_record", "noun", "record_id"),)
    noun: str = text(None, required=True, max_length=40)
    record_id: str = text(None, required=True, max_length=36)
    source: str = text(None, required=True, max_length=80)
    key: str = text(None, required=True, max_length=200, index=True)


class CustomField(Common, table=True):
    """A field that the organisation declared for a noun."""

    __tablename__ = "custom_field"
    noun: ClassVar[NounInfo] = NounInfo(
        "field",
        "fields",
        msg("field"),
        msg("fields"),
        title=("label",),
        listed=("on", "name", "label", "kind", "choices"),
        order=("on", "name"),
    )
    on_noun: str = text(msg("Applies to"), required=True, max_length=40, merge="guarded", name="on")
    name: str = text(msg("Name"), required=True, max_length=40, merge="guarded")
    label: str = text(msg("Label"), required=True, max_length=80, merge="guarded")
    kind: str = choice(msg("Kind"), CustomKind, default=CustomKind.TEXT, merge="guarded")
    choices: str | None = text(msg("Choices"), long=True, merge="guarded")
    is_required: bool = flag(msg("Required"), merge="guarded", name="required")
    position: int = integer(msg("Position"), default=0, merge="guarded")


class CustomValue(Row, table=True):
    """A record's value of a declared field, as text: numbers as decimals, days as ISO."""

    __tablename__ = "custom_value"
    __table_args__ = (CheckConstraint(exactly_one(*ABOUT), name="about_one"),)
    field_id: str = link(None, "custom_field", required=True)
    lead_id: str | None = link(None, "lead", group="about")
    account_id: str | None = link(None, "account", group="about")
    contact_id: str | None = link(None, "contact", group="about")
    deal_id: str | None = link(None, "deal", group="about")
    activity_id: str | None = link(None, "activity", group="about")
    task_id: str | None = link(None, "task", group="about")
    product_id: str | None = link(None, "product", group="about")
    user_id: str | None = link(None, "user", group="about")
    quote_id: str | None = link(None, "quote", group="about")
    sales_order_id: str | None = link(None, "sales_order", group="about")
    value: str = text(None, required=True, long=True, personal=True)


class Attachment(Row, table=True):
    """A file's metadata; its bytes lie in the content folder under their hash."""

    __table_args__ = (
        CheckConstraint(exactly_one(*ABOUT), name="about_one"),
        CheckConstraint("size_bytes >= 0", name="size_range"),
    )
    lead_id: str | None = link(None, "lead", group="about")
    account_id: str | None = link(None, "account", group="about")
    contact_id: str | None = link(None, "contact", group="about")
    deal_id: str | None = link(None, "deal", group="about")
    activity_id: str | None = link(None, "activity", group="about")
    task_id: str | None = link(None, "task", group="about")
    product_id: str | None = link(None, "product", group="about")
    user_id: str | None = link(None, "user", group="about")
    quote_id: str | None = link(None, "quote", group="about")
    sales_order_id: str | None = link(None, "sales_order", group="about")
    name: str = text(None, required=True, max_length=255, personal=True)
    media_type: str = text(None, required=True, max_length=100)
    size_bytes: int = integer(None, required=True, minimum=0, group="content")
    sha256: str = text(None, required=True, max_length=64, group="content", index=True, personal=True)
