"""Two records with one business key: found, told and settled. Source: docs/sync-protocol.md, "Clashes"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sfa.fields.sight import BUSINESS_KEYS, ORGANISATION, is_of_two, parent_of
from sfa.sync.merge import conflict_id
from sfa.sync.merged import Raised, Side
from sfa.terms import ConflictKind, ConflictState
from tests.simulation.centre.rules import active_admin
from tests.simulation.centre.sight import Sight, ends_of
from tests.simulation.centre.state import Row, State

if TYPE_CHECKING:
    from tests.simulation.centre.merging import Writing

KEY_COLUMNS = {
    table: frozenset(columns) | {"deleted_at"} | ({"record_id"} if table == "external_id" else set())
    for table, columns in BUSINESS_KEYS.items()
}
_PUT_BETWEEN = str.maketrans("", "", " .-/")
_ERASED = "[erased]"


def plain_key(table: str, row: Row | None) -> tuple[str, ...] | None:
    """Return a row's key in the form in which two are the same; ``None`` without one or when deleted."""
    if row is None or row.values["deleted_at"] is not None:
        return None
    parts = tuple(str(row.values[column] or "") for column in BUSINESS_KEYS[table])
    if table != "external_id":
        parts = (_upper(parts[0]),)
    if table == "account":
        parts = (parts[0].translate(_PUT_BETWEEN),)
    return parts if parts[0] not in {"", _ERASED} else None


def _upper(text: str) -> str:
    """Return a text with its ASCII letters in capitals, as PostgreSQL does in the collation C."""
    return "".join(letter.upper() if letter.isascii() else letter for letter in text)


class Keys:
    """What a written key leads to, in one central transaction."""

    def __init__(self, state: State, writing: Writing) -> None:
        """Look at the rows as they are in the transaction."""
        self._state = state
        self._writing = writing

    def meet(self, table: str, row_id: str, by_op: str, device: str) -> None:
        """Settle the clashes that are none any more and raise a new one."""
        own = plain_key(table, self._state.row(table, row_id))
        partners = []
        for conflict, partner in sorted(self._open(table, row_id)):
            if own is None or own != plain_key(table, self._state.row(table, partner)):
                self._writing.write_own("conflict", conflict, {"state": ConflictState.KEPT.value})
                partners.append(partner)
        self._raise(table, row_id, by_op, device)
        for partner in partners:
            writer = self._writer(table, partner)
            if writer is not None:
                self._raise(table, partner, writer, None)

    def _clashes(self, table: str, row_id: str) -> Iterator[tuple[str, Row, str]]:
        for conflict, row in list(self._state.tables["conflict"].items()):
            if row.values["on_table"] != table or not is_of_two(row.values):
                continue
            one, other = (key[1] for key in ends_of(row.values))
            if row_id in {one, other}:
                yield conflict, row, other if row_id == one else one

    def _open(self, table: str, row_id: str) -> Iterator[tuple[str, str]]:
        for conflict, row, partner in self._clashes(table, row_id):
            if row.values["state"] == ConflictState.OPEN and row.values["deleted_at"] is None:
                yield conflict, partner

    def _writer(self, table: str, row_id: str) -> str | None:
        row = self._state.row(table, row_id)
        return row.writer(BUSINESS_KEYS[table][0]) if row is not None else None

    def _raise(self, table: str, row_id: str, by_op: str, device: str | None) -> None:
        row = self._state.row(table, row_id)
        key = plain_key(table, row)
        if row is None or key is None:
            return
        if device is None:
            known = {partner for _, _, partner in self._clashes(table, row_id)}
        else:
            known = {partner for _, partner in self._open(table, row_id)}
        others = [
            one
            for one, other in self._state.tables[table].items()
            if one != row_id and one not in known and plain_key(table, other) == key
            and not (table == "external_id" and other.values["record_id"] == row.values["record_id"])
            and self._state.ops[str(self._writer(table, one))].device != device
        ]  # fmt: skip
        if others:
            self._tell(table, min(others), row_id, by_op)

    def _tell(self, table: str, other: str, row_id: str, by_op: str) -> None:
        unit = BUSINESS_KEYS[table][0]
        writer = str(self._writer(table, other))
        sides: list[Side] = []
        for op_id, one in ((writer, other), (by_op, row_id)):
            op = self._state.ops[op_id]
            sides.append(Side(op_id, op.author, op.clock, {"id": one}))
        told = self._told(table, other, row_id)
        found = conflict_id(table, other, unit, writer, by_op)
        base = {"told": told} if told is not None else {}
        kept, lost = sides
        raised = Raised(found, ConflictKind.CLASH, table, other, unit, kept, lost, base)
        self._writing.write_raised(raised)

    def _told(self, table: str, one: str, other: str) -> str | None:
        sight = Sight(self._state)
        owners = [self._owner(table, one), self._owner(table, other)]
        ends = [(table, one), (table, other)]
        if all(
            self._sees(sight, owner, table, end[1]) for owner, end in zip(owners, reversed(ends), strict=True)
        ):
            return None
        for owner in owners:
            for manager in self._chain(owner):
                if all(sight.sees(manager, *end) for end in ends):
                    return manager
        return active_admin(self._state)

    def _sees(self, sight: Sight, owner: str | None, table: str, row_id: str) -> bool:
        if owner is None:
            return table in ORGANISATION or sight.of(table, row_id) == sight.everybody
        return sight.sees(owner, table, row_id)

    def _owner(self, table: str, row_id: str) -> str | None:
        at = self._state.values_of(table, row_id)
        while at is not None and not at.get("owner_id") and (parent := parent_of(table, at)) is not None:
            table, at = parent[0], self._state.values_of(*parent)
        owner = at.get("owner_id") if at is not None else None
        return str(owner) if owner is not None else None

    def _chain(self, user: str | None) -> Iterator[str]:
        """Yield the active managers above a user, the nearest first."""
        seen: set[str] = set()
        at = self._state.values_of("user", user) if user is not None else None
        while at is not None and (manager := at["manager_id"]) is not None and manager not in seen:
            seen.add(str(manager))
            at = self._state.values_of("user", str(manager))
            if at is not None and at["is_active"] and not at["deleted_at"]:
                yield str(manager)
