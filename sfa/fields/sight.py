"""Through which row a row is seen: what the centre's filter and the purge of a device both go by.

A root is seen by people; everything else is anchored to one root, or belongs to the
organisation. Source: docs/sync-protocol.md, "Sight".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sfa.fields.generated import NOUNS, TABLES
from sfa.terms import ConflictKind

ROOTS = ("lead", "account", "contact", "deal", "activity", "task", "proposal", "print_snapshot")

# Seen by everybody.
ORGANISATION = frozenset(
    {
        "setting",
        "choice_item",
        "rate",
        "calendar_day",
        "custom_field",
        "team",
        "user",
        "pipeline",
        "stage",
        "tax",
        "product",
        "pricebook",
    }
)
MANAGERS_ONLY = frozenset({"product_cost"})

_ABOUT_RECORD = (
    ("deal_id", "deal"),
    ("account_id", "account"),
    ("contact_id", "contact"),
    ("lead_id", "lead"),
)
_ABOUT_PERSON = _ABOUT_RECORD[1:]
_ABOUT_ANY = (
    *_ABOUT_RECORD,
    ("activity_id", "activity"),
    ("task_id", "task"),
    ("quote_id", "quote"),
    ("sales_order_id", "sales_order"),
)

_PARENTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "activity": _ABOUT_RECORD,
    "task": _ABOUT_RECORD,
    "account_collaborator": (("account_id", "account"),),
    "contact_account": (("account_id", "account"),),
    "price_entry": (("pricebook_id", "pricebook"),),
    "deal_line": (("deal_id", "deal"),),
    "deal_role": (("deal_id", "deal"),),
    "deal_event": (("deal_id", "deal"),),
    "quote": (("deal_id", "deal"), ("account_id", "account")),
    "quote_decision": (("quote_id", "quote"),),
    "quote_revision": (("quote_id", "quote"),),
    "sales_order": (("deal_id", "deal"), ("account_id", "account")),
    "order_event": (("sales_order_id", "sales_order"),),
    "order_invoice": (("sales_order_id", "sales_order"),),
    "order_receipt": (("sales_order_id", "sales_order"),),
    "activity_attendee": (("activity_id", "activity"),),
    "comment": (("activity_id", "activity"),),
    "phone": _ABOUT_PERSON,
    "email": _ABOUT_PERSON,
    "address": _ABOUT_PERSON,
    "custom_value": _ABOUT_ANY,
    "attachment": _ABOUT_ANY,
}

# table -> its columns that may hold the parent it is anchored to; the first one that is set counts.
PARENTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    table: tuple(pair for pair in pairs if pair[0] in TABLES[table].column_names())
    for table, pairs in _PARENTS.items()
}

# table -> (column with the noun or table, column with the id) of the row it is about, of any kind.
NAMED_PARENTS: Mapping[str, tuple[str, str]] = {
    "tag": ("noun", "record_id"),
    "external_id": ("noun", "record_id"),
    "conflict": ("on_table", "on_id"),
}

# Links that are seen only when this end is seen too, with all that hangs on them. Quotes and orders are such:
# their deal may have gone to another account.
OTHER_ENDS: Mapping[str, tuple[str, str]] = {
    "quote": ("account_id", "account"),
    "sales_order": ("account_id", "account"),
    "contact_account": ("contact_id", "contact"),
    "deal_role": ("contact_id", "contact"),
    "activity_attendee": ("contact_id", "contact"),
}

# table -> the columns that together are a record's key among people; the first names the unit of a clash.
# No two records should have the same one, and the centre stores both when they do.
BUSINESS_KEYS: Mapping[str, tuple[str, ...]] = {
    "account": ("tax_id",),
    "product": ("code",),
    "quote": ("number",),
    "sales_order": ("number",),
    "external_id": ("key", "source", "noun"),
}

_TABLE_OF_NOUN = {noun.name: noun.table for noun in NOUNS.values()}

Anchor = tuple[str, str]
RowOf = Callable[[str, str], Mapping[str, Any] | None]
EVERYBODY: Anchor = ("organisation", "")
MANAGERS: Anchor = ("managers", "")


def nouns_of(table: str) -> tuple[str, ...]:
    """Return the words that stand for a table where a row names its parent: its own, and its nouns."""
    return tuple(dict.fromkeys([table, *(noun for noun, of in _TABLE_OF_NOUN.items() if of == table)]))


def parent_of(table: str, row: Mapping[str, Any]) -> Anchor | None:
    """Return (table, id) of the row that a row hangs on, or ``None`` when it stands alone."""
    if table in NAMED_PARENTS:
        noun, record = NAMED_PARENTS[table]
        return _TABLE_OF_NOUN.get(row[noun], row[noun]), row[record]
    for column, parent in PARENTS.get(table, ()):
        if row.get(column):
            return parent, row[column]
    return None


def is_of_two(conflict: Mapping[str, Any]) -> bool:
    """Say whether a conflict is about two records with one key: who sees it must see both."""
    keys = BUSINESS_KEYS.get(conflict["on_table"])
    return conflict["kind"] == ConflictKind.CLASH and keys is not None and conflict["unit"] == keys[0]


def anchor_of(table: str, row: Mapping[str, Any], row_of: RowOf) -> Anchor:
    """Return the root (table, id) a row is seen through, or ``EVERYBODY`` or ``MANAGERS``.

    ``row_of`` returns the row of a table and id, or ``None``: a row whose parent is not
    there is its own anchor, which nobody but an admin sees.
    """
    here, found = (table, str(row["id"])), row
    while True:
        if here[0] in MANAGERS_ONLY:
            return MANAGERS
        parent = parent_of(here[0], found)
        if parent is None:
            break
        above = row_of(*parent)
        if above is None:
            return here
        here, found = parent, above
    is_shared = here[0] in ORGANISATION or here[0] not in ROOTS
    return EVERYBODY if is_shared else here
