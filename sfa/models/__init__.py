"""SQLModel tables: types, constraints and one-row rules. No queries.

``TABLES`` lists the table classes, parents before children.
"""

from sqlalchemy import CheckConstraint, DefaultClause, Index, Table, text

from sfa.models.account import Account, AccountCollaborator
from sfa.models.activity import VISIT, Activity, ActivityAttendee, Comment
from sfa.models.attached import Attachment, CustomField, CustomValue, ExternalId, Tag
from sfa.models.base import Common, NounInfo, Owned, Row
from sfa.models.contact import Contact, ContactAccount
from sfa.models.deal import Deal, DealEvent, DealLine, DealRole
from sfa.models.decision import Conflict, Proposal
from sfa.models.lead import Lead
from sfa.models.people import Team, User
from sfa.models.pipeline import Pipeline, Stage
from sfa.models.product import Product, ProductCost
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
    Product,
    ProductCost,
    Account,
    AccountCollaborator,
    Contact,
    ContactAccount,
    Deal,
    DealLine,
    DealRole,
    DealEvent,
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


for _model in TABLES:
    _tighten(_model.__table__)  # type: ignore[attr-defined]
    for _index in _model.__table__.indexes:  # type: ignore[attr-defined]
        _lean(_index)

__all__ = ["NOUN_MODELS", "TABLES", "VISIT", "Common", "NounInfo", "Owned", "Row"]
