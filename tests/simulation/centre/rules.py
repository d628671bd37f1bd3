"""What may become of a pushed transaction. Source: docs/sync-protocol.md, "Which outcome"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sfa import clock
from sfa.fields import TABLES
from sfa.fields.sight import NAMED_PARENTS, parent_of
from sfa.sync.protocol import Changes, Outcome, Value
from sfa.terms import OpKind, Role, StageKind
from tests.simulation.centre.sight import REFERENCES, Sight
from tests.simulation.centre.state import CAPTURED, Key, Op, Row, State

GRAVITY = {Outcome.APPLIED: 0, Outcome.PROPOSAL: 1, Outcome.LATE: 2, Outcome.QUARANTINED: 3}
HELD = frozenset({Outcome.PROPOSAL, Outcome.LATE, Outcome.QUARANTINED})
BIRTH = frozenset({"created_at", "created_by"})
ADMIN_TABLES = frozenset(
    {
        "setting",
        "choice_item",
        "rate",
        "calendar_day",
        "custom_field",
        "pipeline",
        "stage",
        "team",
        "user",
        "tax",
    }
)
MANAGER_TABLES = frozenset({"product_cost", "pricebook", "price_entry"})
OWNED_NEW = frozenset({"lead", "account", "contact", "deal", "quote", "sales_order"})
APPROVAL = ("approved_digest", "approved_by_id", "approved_at")
GUARDED = {
    name: frozenset(column.name for column in table.captured() if column.merge == "guarded")
    for name, table in TABLES.items()
}
# What is the centre's, and the columns in which somebody settles it.
SETTLED = {"conflict": frozenset({"state"}), "proposal": GUARDED["proposal"]}
STAGE_UNIT = frozenset(column.name for column in TABLES["deal"].captured() if column.group == "stage")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one op: why, the held transaction whose fate it shares, and what that is about."""

    outcome: Outcome
    reason: str | None = None
    shared: str | None = None
    about: Key | None = None


FINE = Verdict(Outcome.APPLIED)


def as_update(row: Row, op: Op) -> Changes:
    """Return what an op would change of a row that is there, as [new, previous, base]."""
    changes = op.read or {}
    if op.kind == OpKind.INSERT:
        names = [name for name in CAPTURED[op.table] if name not in BIRTH]
        return {name: [changes.get(name, [None])[0], None, None] for name in names}
    if op.kind == OpKind.DELETE:
        previous, base = changes.get("deleted_at", [None, None, row.writer("deleted_at")])[1:]
        return {"deleted_at": [clock.to_text(clock.hlc_instant(op.hlc)), previous, base]}
    return changes


class Judge:
    """The rules for one transaction; what it makes itself its author sees."""

    def __init__(self, state: State, sight: Sight, user: str, *, brings: bool = False) -> None:
        """Judge by the sight as it was before the transaction; who ``brings`` vouches for others' ops."""
        self._brings = brings
        self._state = state
        self._sight = sight
        self._user = user
        self._role = str((state.values_of("user", user) or {}).get("role"))
        self._made: set[Key] = set()
        self._held: dict[Key, Verdict] = {}
        self._held_ops: dict[str, Verdict] = {}
        self._closed: dict[str, bool] = {}

    @property
    def user(self) -> str:
        """Return whose sight and rights count."""
        return self._user

    def made(self, op: Op) -> None:
        """Remember that an op made its row."""
        self._made.add((op.table, op.row_id))

    def held(self, op: Op, verdict: Verdict) -> None:
        """Remember that an op was not merged: what builds on it shares its fate."""
        shared = replace(verdict, about=(op.table, op.row_id))
        self._held_ops[op.op_id] = shared
        if op.kind == OpKind.INSERT and self._state.row(op.table, op.row_id) is None:
            self._held[op.table, op.row_id] = shared

    def judge(self, op: Op) -> Verdict:
        """Return what becomes of an op by every rule but those that need the merge itself."""
        if op.author != self._user and not self._brings:
            return Verdict(Outcome.QUARANTINED, "not_author")
        if self._role == Role.READ_ONLY:
            return Verdict(Outcome.QUARANTINED, "read_only_role")
        if op.table not in TABLES or not set(op.read or {}) <= set(CAPTURED[op.table]):
            return Verdict(Outcome.QUARANTINED, "unknown_table")
        row = self._state.row(op.table, op.row_id)
        if op.kind == OpKind.ERASE and row is None and self._fate_of_row((op.table, op.row_id)):
            return FINE  # it reaches what is kept of a row that was refused, and waits for nobody's word
        fate = self._fate(op, row)
        if fate is not None:
            return fate
        refused = self._unseen(op, row) or self._unknown(op, row) or self._centres_own(op, row)
        return refused or self._guarded(op, row)

    def _centres_own(self, op: Op, row: Row | None) -> Verdict | None:
        """Refuse to write what is the centre's, but for the word of whoever settles it."""
        if op.table not in {*SETTLED, "quote"} or op.kind == OpKind.ERASE:
            return None
        changes = as_update(row, op) if row is not None else (op.read or {})
        changed = {
            column
            for column, change in changes.items()
            if change[0] != (row.values[column] if row is not None else None)
        }
        if op.table == "quote":
            is_word = not changed & set(APPROVAL)
        else:
            is_word = row is not None and changed <= SETTLED[op.table]
        return None if is_word else Verdict(Outcome.QUARANTINED, "invalid")

    def name_author(self, op: Op) -> None:
        """Correct an op that gives a row another maker than its author."""
        named = (op.read or {}).get("created_by")
        if named is None or op.read is None or self._role == Role.ADMIN:
            return
        if op.kind == OpKind.UPDATE:
            op.read = {name: change for name, change in op.read.items() if name != "created_by"}
        elif op.kind != OpKind.INSERT or named[0] in {None, op.author} or self._tried(op, str(named[0])):
            return
        else:
            op.read = {**op.read, "created_by": [op.author]}
        op.is_read_otherwise = True

    def _tried(self, op: Op, author: str) -> bool:
        """Say whether somebody sent the row before, such as the author of a proposal that was accepted."""
        known = (self._state.ops[one] for one in self._state.ops_of_row.get((op.table, op.row_id), ()))
        return any(each.kind == OpKind.INSERT and each.author == author for each in known)

    # ---- fate

    def _fate(self, op: Op, row: Row | None) -> Verdict | None:
        for change in (op.read or {}).values():
            if len(change) > 2 and change[2] is not None and (found := self._fate_of_op(change[2])):
                return found
        # Who sends a row again, such as one of a proposal that is accepted, builds on nothing.
        is_again = op.kind == OpKind.INSERT
        if row is None and not is_again and (found := self._fate_of_row((op.table, op.row_id))):
            return found
        for _, key in self._references(op, row):
            if self._state.row(*key) is None and (found := self._fate_of_row(key)):
                return found
        return None

    def _fate_of_op(self, op_id: str) -> Verdict | None:
        if op_id in self._held_ops:
            return self._held_ops[op_id]
        op = self._state.ops.get(op_id)
        return self._fate_of_tx(op.tx_id, (op.table, op.row_id)) if op is not None else None

    def _fate_of_row(self, key: Key) -> Verdict | None:
        if key in self._held:
            return self._held[key]
        tx = self._state.txs.get(self._state.fates.get(key, ""))
        return self._fate_of_tx(tx.header.tx_id, key) if tx is not None and tx.author == self._user else None

    def _fate_of_tx(self, tx_id: str, about: Key) -> Verdict | None:
        tx = self._state.txs.get(tx_id)
        if tx is None or tx.outcome not in HELD:
            return None
        return Verdict(tx.outcome, tx.reason, tx.proposal_id, about)

    # ---- sight

    def _sees(self, key: Key) -> bool:
        return key in self._made or self._sight.sees(self._user, *key)

    def _lost(self, key: Key) -> bool:
        return self._user in self._state.lost.get(key, ())

    def _unseen(self, op: Op, row: Row | None) -> Verdict | None:
        key = (op.table, op.row_id)
        if row is None:
            is_new = op.kind == OpKind.INSERT
            return None if is_new else Verdict(Outcome.QUARANTINED, "unknown_row")
        if self._sees(key):
            return None
        return Verdict(Outcome.LATE) if self._lost(key) else Verdict(Outcome.QUARANTINED, "unknown_row")

    def _references(self, op: Op, row: Row | None) -> Iterator[tuple[str, Key]]:
        changes = as_update(row, op) if row is not None else (op.read or {})
        if op.kind in {OpKind.DELETE, OpKind.ERASE}:
            return
        for column, table in REFERENCES[op.table]:
            if column in changes and changes[column][0] is not None:
                yield column, (table, str(changes[column][0]))
        if op.table in NAMED_PARENTS:
            noun, record = NAMED_PARENTS[op.table]
            new = {name: change[0] for name, change in changes.items()}
            whole = {**dict(row.values if row is not None else {}), **new}
            parent = parent_of(op.table, whole) if {noun, record} & set(changes) else None
            if parent is not None and whole.get(record) is not None:
                yield record, parent

    def _unknown(self, op: Op, row: Row | None) -> Verdict | None:
        found: Verdict | None = None
        for column, key in self._references(op, row):
            if row is not None and row.values[column] == key[1]:
                continue
            if self._state.row(*key) is not None and self._sees(key):
                continue
            if self._state.row(*key) is None or not self._lost(key):
                return Verdict(Outcome.QUARANTINED, "unknown_reference")
            found = found or Verdict(Outcome.LATE, about=key)
        return found

    # ---- roles

    def _guarded(self, op: Op, row: Row | None) -> Verdict:
        if op.kind == OpKind.ERASE:
            return FINE
        allowed = self._may_make(op) if row is None else self._may_change(op, row)
        return FINE if allowed else Verdict(Outcome.PROPOSAL)

    def _may_make(self, op: Op) -> bool:
        if op.table in ADMIN_TABLES:
            return self._role == Role.ADMIN
        if op.table in MANAGER_TABLES:
            return self._role in {Role.ADMIN, Role.MANAGER}
        owner = (op.read or {}).get("owner_id", [None])[0]
        if op.table not in OWNED_NEW or owner in {None, self._user} or self._role == Role.ADMIN:
            return True
        return self._user in self._sight.above(str(owner))

    def _may_change(self, op: Op, row: Row) -> bool:
        changes = {
            column: change for column, change in as_update(row, op).items() if change[0] != row.values[column]
        }
        if not self._knows_guarded(op, row, changes):
            return False
        if op.table in MANAGER_TABLES:
            return self._role in {Role.ADMIN, Role.MANAGER}
        if not changes or self._role == Role.ADMIN:
            return True
        return (
            self._may_organise(op, changes)
            and self._may_edit_product(op, row)
            and self._may_hand_over(op, row, changes)
            and self._may_decide(op, row, changes)
            and self._may_restage(op, row, changes)
            and self._may_delete(op, changes)
        )

    def _knows_guarded(self, op: Op, row: Row, changes: Changes) -> bool:
        guarded = GUARDED[op.table]
        if op.table == "deal" and STAGE_UNIT & set(changes) and self._is_closed(op.row_id, row):
            guarded = guarded | STAGE_UNIT
        for column in guarded & set(changes):
            writer = row.writer(column)
            known = self._state.ops.get(writer) if writer is not None else None
            if changes[column][2] != writer and not (known is not None and known.is_set_up):
                return False
        return True

    def _may_organise(self, op: Op, changes: Changes) -> bool:
        if op.table not in ADMIN_TABLES:
            return True
        if op.table != "user" or (GUARDED[op.table] | {"deleted_at"}) & set(changes):
            return False
        return op.row_id == self._user or self._user in self._sight.above(op.row_id)

    def _may_edit_product(self, op: Op, row: Row) -> bool:
        if op.table != "product" or self._role == Role.MANAGER:
            return True
        return row.values["created_by"] == self._user

    def _may_hand_over(self, op: Op, row: Row, changes: Changes) -> bool:
        if op.table in ADMIN_TABLES or not {"owner_id", "team_id"} & set(changes):
            return True
        if "owner_id" not in row.values:
            return True
        owner = row.values["owner_id"]
        if owner is None:
            own_team = (self._state.values_of("user", self._user) or {}).get("team_id")
            if self._role != Role.MANAGER or own_team is None or own_team != row.values["team_id"]:
                return False
        elif self._user not in self._sight.above(str(owner)):
            return False
        new = changes["owner_id"][0] if "owner_id" in changes else None
        return new in {None, self._user} or self._user in self._sight.above(str(new))

    def _may_decide(self, op: Op, row: Row, changes: Changes) -> bool:
        if op.table != "proposal" or not GUARDED["proposal"] & set(changes):
            return True
        if self._withdraws(row, changes):
            return True
        recipient = row.values["recipient_id"]
        return recipient is not None and (
            self._user == recipient or self._user in self._sight.above(str(recipient))
        )

    def _withdraws(self, row: Row, changes: Changes) -> bool:
        """Say whether an author takes back what was not decided yet."""
        is_open = self._user == row.values["author_id"] and row.values["state"] == "open"
        return is_open and changes.get("state", ["rejected"])[0] == "rejected"

    def _may_restage(self, op: Op, row: Row, changes: Changes) -> bool:
        if op.table != "deal" or not STAGE_UNIT & set(changes) or not self._is_closed(op.row_id, row):
            return True
        owner = row.values["owner_id"]
        return owner is not None and self._user in self._sight.above(str(owner))

    def _is_closed(self, deal: str, row: Row) -> bool:
        """Say whether a deal was closed before the transaction."""
        if deal not in self._closed:
            stage = self._state.values_of("stage", str(row.values["stage_id"])) or {}
            self._closed[deal] = stage.get("kind") != StageKind.OPEN and ("deal", deal) not in self._made
        return self._closed[deal]

    def _may_delete(self, op: Op, changes: Changes) -> bool:
        if changes.get("deleted_at", [None])[0] is None:
            return True
        if op.table == "account":
            return all(self._sees(("deal", one)) for one in self._live("deal", "account_id", op.row_id))
        if op.table == "contact":
            links = self._live("contact_account", "contact_id", op.row_id)
            return all(self._sees(("account", str(links[one]["account_id"]))) for one in links)
        return True

    def _live(self, table: str, column: str, row_id: str) -> Mapping[str, Mapping[str, Value]]:
        return {
            one: row.values
            for one, row in self._state.tables[table].items()
            if row.values[column] == row_id and row.values["deleted_at"] is None
        }


# ---- who decides


def active_admin(state: State) -> str | None:
    """Return the first admin who is active, by id."""
    found = [
        one
        for one, row in state.tables["user"].items()
        if row.values["role"] == Role.ADMIN and row.values["is_active"] and not row.values["deleted_at"]
    ]
    return min(found, default=None)


def recipient_of(state: State, table: str, owner: str | None, author: str, outcome: Outcome) -> str | None:
    """Return who decides about a change of a row with this owner, or with none."""
    if owner is not None and outcome is Outcome.LATE:
        return owner
    at = state.values_of("user", owner or author) if table not in ADMIN_TABLES else None
    seen: list[str] = []
    while at is not None and (manager := at["manager_id"]) is not None and manager not in seen:
        seen.append(str(manager))
        at = state.values_of("user", str(manager))
        if at is not None and at["is_active"] and not at["deleted_at"]:
            return str(manager)
    return active_admin(state)
