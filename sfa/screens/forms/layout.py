"""Which fields a form shows first, and which nouns can be added from the app."""

from __future__ import annotations

from collections.abc import Sequence

from sfa.errors import msg
from sfa.fields import Field, Kind, Noun
from sfa.screens.doing.visits import NEXT_ON

# What can be added in the app, in the order people add it, with the letter that chooses it.
ADDED = {
    "task": "t",
    "visit": "v",
    "activity": "y",
    "lead": "l",
    "account": "a",
    "contact": "c",
    "deal": "d",
    "quote": "q",
    "order": "o",
    "product": "p",
}

# The fields people fill in first; the others follow in the noun's own order.
_FIRST: dict[str, tuple[str, ...]] = {
    "lead": (
        "name", "company", "title", "phones", "emails", "source", "status", "rating", "interest",
        "next_step", "next_follow_up", "notes",
    ),
    "task": ("subject", "due", "time", "priority", "account", "deal", "contact", "lead", "repeat", "notes"),
    "visit": (
        "account", "attendees", "outcome", "next_step", NEXT_ON, "notes", "at", "purpose", "deal", "contact",
        "lead",
    ),
    "activity": (
        "kind", "account", "attendees", "outcome", "next_step", NEXT_ON, "notes", "at", "deal", "contact",
        "lead",
    ),
    "account": (
        "name", "short_name", "kind", "tier", "industry", "region", "phones", "website", "addresses",
        "next_follow_up", "notes",
    ),
    "contact": ("name", "title", "accounts", "phones", "emails", "notes"),
    "deal": (
        "name", "account", "amount", "close_date", "stage", "probability", "products", "next_step",
        "next_step_on", "competitors", "notes",
    ),
    "quote": (
        "account", "deal", "contact", "name", "valid_until", "discount", "payment_terms", "delivery_terms",
        "notes", "pricebook", "currency",
    ),
    "order": (
        "promised", "subject", "contact", "payment_terms", "delivery_terms", "notes", "contract_number",
        "contract_signed", "contract_parties", "contract_from", "contract_until", "contract_renewal",
        "ordered", "owner",
    ),
}  # fmt: skip
# What need not be typed of a new record: its stage, its day, its customer, the hour of adding it decide.
FOLLOWING = frozenset(
    {
        *(("deal", "category"), ("activity", "state"), ("activity", "at")),
        *(("quote", "account"), ("quote", "currency"), ("quote", "tax_mode")),
    }
)
# A record is about one of these, and whoever adds it types that one.
REPORT = ("outcome", "next_step", NEXT_ON, "attendees", "notes")
# Nouns whose next step has a day: it makes the step a task.
WITH_NEXT_STEP = frozenset({"visit", "activity"})


def form_fields(
    noun: Noun, known: Sequence[Field], only: Sequence[str] = (), *, new: bool = False
) -> list[Field]:
    """Return the fields of a form in their order; ``only`` cuts it to these."""
    open_ = {field.name: field for field in known if field.editable and not field.through}
    if new:
        open_ = {
            name: field._replace(required=field.required and (field.table, field.name) not in FOLLOWING)
            for name, field in open_.items()
        }
    if noun.name in WITH_NEXT_STEP and (new or only):
        open_[NEXT_ON] = Field(NEXT_ON, Kind.DAY, msg("Next step on"), noun.table, "")
    if only:
        return [open_[name] for name in only if name in open_]
    first = [open_[name] for name in _FIRST.get(noun.name, ()) if name in open_]
    return [*first, *(field for field in open_.values() if field not in first)]


def with_beside(fields: list[Field], beside: Sequence[Field]) -> list[Field]:
    """Return the fields with those of another table, such as a product's cost, which follow its price."""
    place = next((index + 1 for index, field in enumerate(fields) if field.name == "price"), len(fields))
    return [*fields[:place], *beside, *fields[place:]]


def is_tall(field: Field) -> bool:
    """Say whether a field's text has several lines."""
    return field.kind is Kind.LONG
