"""Who sees which row of the model centre, computed anew from the rows alone.

Source: docs/sync-protocol.md, "Sight". Slow and plain on purpose: what the tables of
the real centre keep up to date is held against this.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sfa.fields import TABLES
from sfa.fields.sight import MANAGERS_ONLY, ORGANISATION, OTHER_ENDS, PARENTS, ROOTS, is_of_two, parent_of
from sfa.sync.protocol import TableDigest
from sfa.terms import Role
from tests.simulation.centre.state import Key, State, Users

Values = Mapping[str, Any]
NOBODY: Users = frozenset()
OWNED = ("lead", "account", "contact", "deal", "activity", "task")
# Columns on which somebody's sight depends; a change of others leaves it as it is.
DECIDING = frozenset(
    {"owner_id", "team_id", "deleted_at", "manager_id", "role", "user_id", "author_id", "recipient_id"}
    | {"created_by", "on_table", "on_id", "noun", "record_id"}
    | {column for columns in PARENTS.values() for column, _ in columns}
    | {column for column, _ in OTHER_ENDS.values()}
)
REFERENCES = {
    name: tuple((column.name, column.references) for column in table.captured() if column.references)
    for name, table in TABLES.items()
}
ANCHORS = {name: frozenset(column for column, _ in columns) for name, columns in PARENTS.items()}
NEEDED = {
    name: frozenset(column.name for column in table.captured() if column.references and not column.nullable)
    | ANCHORS.get(name, frozenset())
    | ({OTHER_ENDS[name][0]} if name in OTHER_ENDS else frozenset())
    for name, table in TABLES.items()
}


def ends_of(conflict: Values) -> tuple[Key, Key]:
    """Return the two rows that a clash is about."""
    table = str(conflict["on_table"])
    return (table, str(conflict["on_id"])), (table, str(json.loads(conflict["lost"]).get("id")))


class Sight:
    """Sight as the rows are at one moment."""

    def __init__(self, state: State) -> None:
        """Read users and links once; rows are looked at when they are asked for."""
        self._state = state
        self.digests: dict[str, tuple[TableDigest, ...]] = {}  # of each user who asked
        users = state.tables["user"]
        self.everybody: Users = frozenset(users)
        self.admins: Users = self._of_role(Role.ADMIN)
        self.costs: Users = self.admins | self._of_role(Role.MANAGER)
        self._above: dict[str, Users] = {}
        self._direct: dict[Key, Users] = {}
        self._seen: dict[Key, Users] = {}
        self._collaborators = self._live("account_collaborator", "account_id")
        self._deals = self._live("deal", "account_id")
        self._links = self._live("contact_account", "contact_id")
        self._roles = self._live("deal_role", "contact_id")

    def recall(self, seen: Mapping[Key, Users]) -> None:
        """Take over who sees what, so that it is not found out while the rows change."""
        self._seen.update(seen)

    def _of_role(self, role: Role) -> Users:
        users = self._state.tables["user"]
        return frozenset(one for one, row in users.items() if row.values["role"] == role.value)

    def _live(self, table: str, column: str) -> Mapping[str, list[Values]]:
        found: dict[str, list[Values]] = defaultdict(list)
        for row in self._state.tables[table].values():
            if row.values["deleted_at"] is None and row.values[column] is not None:
                found[str(row.values[column])].append(row.values)
        return found

    def above(self, user: str) -> Users:
        """Return all managers above a user."""
        found = self._above.get(user)
        if found is None:
            chain: list[str] = []
            at = self._state.row("user", user)
            while at is not None and (manager := at.values["manager_id"]) not in (None, user, *chain):
                chain.append(str(manager))
                at = self._state.row("user", str(manager))
            found = self._above[user] = frozenset(chain)
        return found

    def of(self, table: str, row_id: str) -> Users:
        """Return who sees a row; nobody sees what is not there."""
        rows = self._state.tables.get(table)
        row = rows.get(row_id) if rows is not None else None
        if row is None:
            return NOBODY
        if table in ORGANISATION:
            return self.everybody
        key = (table, row_id)
        found = self._seen.get(key)
        if found is None:
            self._seen[key] = self.admins  # what hangs on itself is seen by admins alone
            found = self._seen[key] = self._of(table, row_id, row.values)
        return found

    def sees(self, user: str, table: str, row_id: str) -> bool:
        """Say whether a user sees a row that is there."""
        return user in self.of(table, row_id)

    def _of(self, table: str, row_id: str, values: Values) -> Users:
        if table in MANAGERS_ONLY:
            return self.costs
        if table == "conflict" and is_of_two(values):
            ends = ends_of(values)
            return self.admins | (self.of(*ends[0]) & self.of(*ends[1]))
        parent = parent_of(table, values)
        if parent is not None:
            found = self.of(*parent) if self._state.row(*parent) is not None else self.admins
        elif table in ROOTS:
            found = self._with_managers(self.direct(table, row_id, values))
        else:
            found = self.everybody
        other = OTHER_ENDS.get(table)
        if other is not None and values[other[0]] is not None:
            found &= self.of(other[1], str(values[other[0]]))
        return found

    def _with_managers(self, direct: Users) -> Users:
        return direct.union(self.admins, *(self.above(user) for user in direct))

    def direct(self, table: str, row_id: str, values: Values) -> Users:
        """Return who sees a root directly."""
        key = (table, row_id)
        found = self._direct.get(key)
        if found is None:
            found = self._direct[key] = frozenset(
                str(user) for user in self._directly(table, row_id, values) if user in self.everybody
            )
        return found

    def _directly(self, table: str, row_id: str, values: Values) -> Iterable[Any]:
        if table == "proposal":
            return values["author_id"], values["recipient_id"]
        if table == "print_snapshot":
            return (values["created_by"],)
        own = [values["owner_id"]] if values["owner_id"] is not None else self._of_team(values["team_id"])
        if table == "account":
            return [*own, *self._collaborators_of(row_id), *self._owners(self._deals[row_id])]
        if table == "deal":
            return [*own, *self._of_account(values["account_id"])]
        if table == "contact":
            return [*own, *self._through_links(row_id)]
        return own

    def _of_team(self, team: Any) -> Iterable[str]:
        if team is None:
            return self.everybody
        users = self._state.tables["user"]
        return [one for one, row in users.items() if row.values["team_id"] == team]

    def _collaborators_of(self, account: Any) -> list[Any]:
        return [values["user_id"] for values in self._collaborators[account]]

    @staticmethod
    def _owners(rows: Iterable[Values]) -> list[Any]:
        return [values["owner_id"] for values in rows]

    def _of_account(self, account: Any) -> list[Any]:
        found = self._state.values_of("account", account) if account is not None else None
        return [found["owner_id"], *self._collaborators_of(account)] if found is not None else []

    def _through_links(self, contact: Any) -> list[Any]:
        found: list[Any] = []
        for link in self._links[contact]:
            account_id = str(link["account_id"])
            account = self._state.values_of("account", account_id)
            found.extend(self.direct("account", account_id, account) if account is not None else ())
        for role in self._roles[contact]:
            deal = self._state.values_of("deal", str(role["deal_id"]))
            if deal is not None and deal["deleted_at"] is None:
                found.extend([deal["owner_id"], *self._of_account(deal["account_id"])])
        return found
