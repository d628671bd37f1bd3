"""Who decides about a deal, and which of its customer's people have no part in that yet. Three queries."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from sfa.errors import NotFound, msg
from sfa.finding.labels import labels
from sfa.terms import DECIDERS, BuyingRole

_ORDER = {role.value: place for place, role in enumerate(BuyingRole)}


@dataclass(frozen=True, slots=True)
class Part:
    """A person with a part in a deal; ``role`` and ``stance`` are words, both empty for who has none."""

    id: str
    name: str
    title: str
    role: str
    stance: str
    strength: int | None
    target_strength: int | None
    note: str


@dataclass(frozen=True, slots=True)
class Parts:
    """The people of a deal: who has a part, those who decide first, and who else the account has."""

    deal: str
    account: str
    account_id: str
    people: tuple[Part, ...]
    others: tuple[Part, ...]

    @property
    def misses_decider(self) -> bool:
        """Say whether nobody is known who decides."""
        return not any(each.role in DECIDERS for each in self.people)


def buying_roles(connection: sqlite3.Connection, deal_id: str) -> Parts:
    """Return who has which part in a deal.

    Raises:
        NotFound: the deal is not there, or deleted.
    """
    deal = connection.execute(
        "SELECT coalesce(d.account_id, ''), coalesce(a.name, '') FROM deal d"
        " LEFT JOIN account a ON a.id = d.account_id WHERE d.id = ? AND d.deleted_at IS NULL",
        (deal_id,),
    ).fetchone()
    if deal is None:
        raise NotFound(msg("The deal is not here any more."))
    rows = connection.execute(
        "SELECT c.id, c.name, coalesce(c.title, ''), r.role, coalesce(r.stance, ''), r.strength,"
        " r.target_strength, coalesce(r.note, '') FROM deal_role r JOIN contact c ON c.id = r.contact_id"
        " WHERE r.deal_id = :deal AND r.deleted_at IS NULL AND c.deleted_at IS NULL"
        " UNION ALL SELECT c.id, c.name, coalesce(c.title, w.role, ''), '', '', NULL, NULL, ''"
        " FROM contact_account w JOIN contact c ON c.id = w.contact_id WHERE w.account_id = :account"
        " AND w.deleted_at IS NULL AND c.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM deal_role r"
        " WHERE r.deal_id = :deal AND r.contact_id = c.id AND r.deleted_at IS NULL)",
        {"deal": deal_id, "account": deal[0]},
    )
    found: dict[str, Part] = {}
    for row in rows:  # two devices may have given a person a part each
        found.setdefault(row[0], Part(*row))
    every = sorted(found.values(), key=lambda each: (_ORDER.get(each.role, len(_ORDER)), each.name, each.id))
    return Parts(
        labels(connection, "deal", [deal_id]).get(deal_id, ""),
        deal[1],
        deal[0],
        tuple(each for each in every if each.role),
        tuple(each for each in every if not each.role),
    )
