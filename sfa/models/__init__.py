"""SQLModel tables: types, constraints and one-row rules. No queries.

A table is mapped when its module is imported, which takes time: a use case imports the
models it changes, by their modules or with ``model_of``; all of them are in ``schema``.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sfa.models.base import Common

_CLASSES = {
    "account": "account.Account",
    "activity": "activity.Activity",
    "calendar": "setting.CalendarDay",
    "choice": "setting.ChoiceItem",
    "conflict": "decision.Conflict",
    "contact": "contact.Contact",
    "deal": "deal.Deal",
    "field": "attached.CustomField",
    "lead": "lead.Lead",
    "order": "order.Order",
    "pipeline": "pipeline.Pipeline",
    "pricebook": "price_book.PriceBook",
    "product": "product.Product",
    "proposal": "decision.Proposal",
    "quote": "quote.Quote",
    "rate": "setting.Rate",
    "stage": "pipeline.Stage",
    "task": "task.Task",
    "tax": "price_book.TaxClass",
    "team": "people.Team",
    "user": "people.User",
    "visit": "activity.Activity",
}


def model_of(noun: str) -> "type[Common]":
    """Return the class of a noun's records, mapped at the first call."""
    module, _, name = _CLASSES[noun].partition(".")
    found: type[Common] = getattr(import_module(f"sfa.models.{module}"), name)
    return found
