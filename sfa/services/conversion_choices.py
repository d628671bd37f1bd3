"""Which accounts and contacts a lead may be converted into, to choose from."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from sfa.finding import folding
from sfa.finding.labels import labels, short_refs
from sfa.finding.searching import find
from sfa.services.conversions import accounts_named, contacts_like, open_lead

Offered = tuple[str, str, str]  # id, short reference, label
_MOST = 8


@dataclass(frozen=True, slots=True)
class Choices:
    """The lead's label, what is offered for it, and which of that is the very same by name."""

    label: str
    accounts: list[Offered]
    contacts: list[Offered]
    same: frozenset[str]


def choices(connection: sqlite3.Connection, lead_id: str) -> Choices:
    """Return accounts and contacts for a lead, the likeliest first.

    Raises:
        NotFound: no such lead.
        Refused: it is converted or disqualified.
    """
    folding.register(connection)
    lead = open_lead(connection, lead_id)
    name = lead["company"] or lead["name"]
    same_accounts = accounts_named(connection, name)
    alike = [hit.id for hit in find(connection, name, nouns=("account",), limit=_MOST)]
    accounts = list(dict.fromkeys([*same_accounts, *alike]))[:_MOST]
    account = accounts[0] if accounts else None
    same_contacts = contacts_like(connection, lead, account)
    contacts = list(dict.fromkeys([*same_contacts, *_people_of(connection, accounts)]))[:_MOST]
    # Two of the same name are a question, and no answer is better than a wrong one.
    sure = [
        *(same_accounts if len(same_accounts) == 1 else ()),
        *(same_contacts[:1] if len(same_contacts) == 1 else ()),
    ]
    label = labels(connection, "lead", [lead_id])[lead_id]
    return Choices(
        label,
        _offered(connection, "account", accounts),
        _offered(connection, "contact", contacts),
        frozenset(sure),
    )


def _people_of(connection: sqlite3.Connection, accounts: Iterable[str]) -> list[str]:
    found: list[str] = []
    for account in accounts:
        rows = connection.execute(
            "SELECT contact_id FROM contact_account WHERE account_id = ? AND deleted_at IS NULL"
            " ORDER BY id LIMIT ?",
            (account, _MOST),
        )
        found += [row[0] for row in rows]
    return found


def _offered(connection: sqlite3.Connection, noun: str, ids: list[str]) -> list[Offered]:
    named = labels(connection, noun, ids)
    places = ", ".join("?" * len(ids))
    refs = dict(
        tuple(row) for row in connection.execute(f"SELECT id, ref FROM {noun} WHERE id IN ({places})", ids)
    )
    shorts = short_refs(connection, noun, refs.values())
    return [(each, shorts[refs[each]], named[each]) for each in ids if each in refs]
