"""Every table together, as the store has it: what making, migrating and describing the schema need.

A command that changes a record does without: it maps the models of its own use case alone
(``sfa.models.model_of``), so that its cost does not grow with the number of tables.
"""

from sqlalchemy import CheckConstraint, DefaultClause, ForeignKeyConstraint, Index, Table, text

from sfa.models.account import Account
from sfa.models.activity import VISIT, Activity
from sfa.models.attached import Attachment, CustomField, CustomValue, ExternalId, Tag
from sfa.models.base import Common, Row
from sfa.models.children import (
    AccountCollaborator,
    ActivityAttendee,
    Comment,
    ContactAccount,
    DealEvent,
    DealLine,
    DealRole,
)
from sfa.models.contact import Contact
from sfa.models.deal import Deal
from sfa.models.decision import Conflict, Proposal
from sfa.models.lead import Lead
from sfa.models.order import Order, OrderEvent, OrderInvoice, OrderReceipt
from sfa.models.people import Team, User
from sfa.models.pipeline import Pipeline, Stage
from sfa.models.price_book import PriceBook, PriceEntry, TaxClass
from sfa.models.product import Product, ProductCost
from sfa.models.quote import Quote, QuoteDecision, QuoteRevision
from sfa.models.reach import Address, Email, Phone
from sfa.models.setting import CalendarDay, ChoiceItem, PrintSnapshot, Rate, Setting
from sfa.models.task import Task

TABLES: tuple[type[Row], ...] = (
    Setting,
    ChoiceItem,
    Rate,
    CalendarDay,
    CustomField,
    Team,
    User,
    Pipeline,
    Stage,
    TaxClass,
    Product,
    ProductCost,
    PriceBook,
    PriceEntry,
    Account,
    AccountCollaborator,
    Contact,
    ContactAccount,
    Deal,
    DealLine,
    DealRole,
    DealEvent,
    Quote,
    QuoteDecision,
    QuoteRevision,
    Order,
    OrderEvent,
    OrderInvoice,
    OrderReceipt,
    Lead,
    Activity,
    ActivityAttendee,
    Comment,
    Task,
    Phone,
    Email,
    Address,
    Tag,
    ExternalId,
    CustomValue,
    Attachment,
    PrintSnapshot,
    Conflict,
    Proposal,
)

NOUN_MODELS: dict[str, type[Common]] = {
    model.noun.name: model for model in TABLES if issubclass(model, Common)
} | {VISIT.name: Activity}


def _tie(table: Table) -> None:
    """Declare the references; a lone model does without, for its tables are elsewhere."""
    for column in table.columns:
        if "references" in column.info:
            target = f"{column.info['references']}.id"
            table.append_constraint(ForeignKeyConstraint([column.name], [target]))


def _tighten(table: Table) -> None:
    """Make SQLite refuse values of another type and required text that is empty, and know the defaults."""
    table.dialect_options["sqlite"]["strict"] = True
    for column in table.columns:
        default = getattr(column.default, "arg", None)
        if isinstance(default, str | int):
            literal = f"'{default}'" if isinstance(default, str) else str(int(default))
            column.server_default = DefaultClause(text(literal))
        if column.info.get("kind") in {"text", "long"} and column.info.get("required"):
            table.append_constraint(
                CheckConstraint(f"trim({column.name}) <> ''", name=f"{column.name}_given")
            )


def _lean(index: Index) -> None:
    """Keep only rows in an index that it can find: nobody looks for a phone by the deal it has not."""
    columns = list(index.columns)
    options = index.dialect_options["sqlite"]
    if len(columns) == 1 and columns[0].nullable and options["where"] is None:
        options["where"] = text(f"{columns[0].name} IS NOT NULL")


for _table in [model.__table__ for model in TABLES]:  # type: ignore[attr-defined]
    _tie(_table)
    _tighten(_table)
    for _index in _table.indexes:
        _lean(_index)
