"""What a column of a file may be mapped to: a noun's fields, and a few parts of them.

Parts: ``key`` (the record's key in the other system), ``name.first`` and
``name.last``, ``address.city`` and its kin, ``currency`` of the noun's one amount,
``field:<name>`` for a declared custom field.
"""

from __future__ import annotations

from sfa.fields import Field, Kind, Noun

ADDRESS_PARTS = ("line", "country", "region", "city", "district", "postcode")
CUSTOM = "field:"
KEY = "key"
CURRENCY = "currency"
FIRST, LAST = "name.first", "name.last"
# Nouns whose records need no more than a name, so that rows may make them by naming them.
MADE = frozenset({"team", "user", "account", "contact", "lead", "product"})
# Set by the store or a service in daily work, but brought along by an import.
_KEPT = frozenset({"created", "created_by", "closed"})
_PEOPLE = frozenset({"lead", "contact", "user"})
# Children that a column cannot name: kept by the store itself.
_NOT_MAPPED = frozenset({"external_ids", "updated", "deleted"})


def importable(noun: Noun) -> tuple[Field, ...]:
    """Return the fields a column may fill, in the noun's order."""
    return tuple(
        field
        for field in noun.fields
        if (field.editable or field.name in _KEPT) and field.name not in _NOT_MAPPED and not field.through
    )


def parts(noun: Noun) -> tuple[str, ...]:
    """Return the targets of a noun that are not fields."""
    found = [KEY]
    if noun.name in _PEOPLE:
        found += [FIRST, LAST]
    if noun.field("addresses"):
        found += [f"address.{part}" for part in ADDRESS_PARTS]
    if any(field.kind in (Kind.MONEY, Kind.PRICE) for field in noun.fields):
        found.append(CURRENCY)
    return tuple(found)


def targets(noun: Noun) -> tuple[str, ...]:
    """Return every target of a noun but its custom fields."""
    return (*(field.name for field in importable(noun)), *parts(noun))


def holds_many(noun: Noun, target: str) -> bool:
    """Say whether several columns may fill one target together."""
    field = noun.field(target)
    return field is not None and field.kind is Kind.MANY
