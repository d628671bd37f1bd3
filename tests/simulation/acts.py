"""What people do on their devices: small transactions of rows, as services would write them.

Values come from small sets, so that two people often write the same field, and now and
then the same value.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from sfa import ids
from sfa.errors import SfaError, msg
from sfa.services.cascade import delete_with_children, restore_with_children
from sfa.store import change
from sfa.store.erasure import erase_rows, person_rows
from sfa.store.perform import Change
from sfa.store.undo import undo
from sfa.sync.protocol import Value
from sfa.terms import ChangeKind
from tests.simulation.company import ORGANISATION, STAGES
from tests.simulation.devices import SimDevice
from tests.simulation.faults import WatchedConnection
from tests.simulation.order_acts import edit_order, new_order, note, pay
from tests.simulation.quote_acts import edit_quote, move_quote, new_quote, say

WORDS = ("red", "green", "blue", "王芳", 'O\'Brien "x"')
KEYS = (None, "91-31", "9131", "9132")
DAYS = ("2026-11-22", "2026-12-01", "2027-01-15")
STAGE_IDS = {name: ids.shared_id("stage", "standard", name) for name, *_ in STAGES}
PIPELINE = ids.shared_id("pipeline", "standard")
DELETABLE = (
    "lead",
    "account",
    "contact",
    "deal",
    "activity",
    "task",
    "phone",
    "tag",
    "contact_account",
    "quote",
    "sales_order",
)


class Hand:
    """One person's hand on one store, inside one transaction."""

    def __init__(self, device: SimDevice, rng: Random) -> None:
        """Write on a device by chance."""
        self.connection: WatchedConnection = device.connection
        self.user = change.local_state(self.connection, "user_id") or device.user
        self.rng = rng
        self._wall_ms = device.wall_ms

    def new_id(self) -> str:
        return ids.uuid7(self._wall_ms())

    def word(self) -> str:
        return self.rng.choice(WORDS)

    def day(self) -> str:
        return self.rng.choice(DAYS)

    def pick(self, table: str, *, deleted: bool = False) -> str | None:
        """Return the id of some row, preferably a live one."""
        wanted = "IS NOT NULL" if deleted else "IS NULL"
        rows = self.connection.execute(
            f'SELECT id FROM "{table}" WHERE deleted_at {wanted} ORDER BY id LIMIT 40'
        ).fetchall()
        return str(self.rng.choice(rows)[0]) if rows else None

    def insert(self, table: str, **values: Value) -> str:
        return change.insert(self.connection, table, {"id": self.new_id(), **values})

    def update(self, table: str, row_id: str, **values: Value) -> None:
        change.update(self.connection, table, row_id, values)

    def somebody(self) -> str:
        """Return a user this store knows."""
        return self.pick("user") or self.user

    def some_owner(self) -> str | None:
        """Return mostly oneself, sometimes nobody or somebody else."""
        drawn = self.rng.random()
        if drawn < 0.8:
            return self.user
        return None if drawn < 0.88 else self.somebody()

    # ---- new rows

    def new_lead(self) -> None:
        self.insert("lead", name=self.word(), owner_id=self.some_owner(), status="new", pool_state="owned")

    def new_account(self) -> None:
        parent = self.pick("account") if self.rng.random() < 0.3 else None
        key = self.rng.choice((None, *KEYS))
        self.insert("account", name=self.word(), owner_id=self.some_owner(), parent_id=parent, tax_id=key)

    def new_contact(self) -> None:
        contact = self.insert("contact", name=self.word(), owner_id=self.some_owner())
        account = self.pick("account")
        if account is not None:
            self.insert("contact_account", contact_id=contact, account_id=account)

    def new_deal(self) -> None:
        deal = self.insert(
            "deal",
            name=self.word(),
            owner_id=self.some_owner(),
            account_id=self.pick("account"),
            pipeline_id=PIPELINE,
            stage_id=STAGE_IDS["Prospecting"],
            probability_pct=10,
        )
        self._event(deal, "Prospecting", 10)
        product = self.pick("product")
        if product is not None and self.rng.random() < 0.5:
            self.insert("deal_line", deal_id=deal, product_id=product)
        contact = self.pick("contact")
        if contact is not None and self.rng.random() < 0.5:
            self.insert("deal_role", deal_id=deal, contact_id=contact, role="user")

    def _event(self, deal: str, stage: str, probability: int) -> None:
        self.insert(
            "deal_event",
            deal_id=deal,
            effective_on=self.day(),
            recorded_at=self.connection.capture.stamp,
            stage_id=STAGE_IDS[stage],
            probability_pct=probability,
        )

    def new_activity(self) -> None:
        table = self.rng.choice(("account", "deal", "contact", "lead"))
        about = self.pick(table)
        if about is None:
            return
        at = self.connection.capture.stamp
        parts: dict[str, Value] = {f"{table}_id": about, "owner_id": self.user}
        activity = self.insert("activity", kind="note", at=at, notes=self.word(), **parts)
        contact = self.pick("contact")
        if contact is not None and self.rng.random() < 0.4:
            self.insert("activity_attendee", activity_id=activity, contact_id=contact)
        if self.rng.random() < 0.4:
            self.insert("comment", activity_id=activity, body=self.word())

    def new_task(self) -> None:
        about = self.rng.choice((None, "account", "deal", "lead"))
        row_id = self.pick(about) if about is not None else None
        parts: dict[str, Value] = {f"{about}_id": row_id} if row_id is not None else {}
        self.insert("task", subject=self.word(), owner_id=self.user, follows_id=self.pick("task"), **parts)

    def new_child(self) -> None:
        table = self.rng.choice(("account", "contact", "lead"))
        row_id = self.pick(table)
        if row_id is None:
            return
        if self.rng.random() < 0.5:
            parts: dict[str, Value] = {f"{table}_id": row_id}
            self.insert("phone", value=self.word(), digits="1", **parts)
        else:
            self.insert("tag", noun=table, record_id=row_id, name=self.word())

    def new_collaborator(self) -> None:
        account = self.pick("account")
        if account is not None:
            self.insert("account_collaborator", account_id=account, user_id=self.somebody())

    def same_import(self) -> None:
        """Import a row whose id every machine makes the same."""
        row_id = ids.external_id(ORGANISATION, "file", "lead", self.rng.choice("ab"))
        if not self.connection.execute("SELECT 1 FROM lead WHERE id = ?", (row_id,)).fetchone():
            values = {"name": self.word(), "owner_id": self.user, "status": "new", "pool_state": "owned"}
            change.insert(self.connection, "lead", {"id": row_id, **values})

    # ---- edits

    def edit_text(self) -> None:
        table, column = self.rng.choice(
            (
                ("lead", "notes"),
                ("lead", "company"),
                ("lead", "name"),
                ("account", "industry"),
                ("account", "notes"),
                ("contact", "title"),
                ("deal", "notes"),
                ("deal", "next_step"),
                ("activity", "notes"),
                ("task", "subject"),
                ("tag", "name"),
                ("product", "description"),
            )
        )
        row_id = self.pick(table)
        if row_id is not None:
            empty = column in {"notes", "company", "title"} and self.rng.random() < 0.1
            self.update(table, row_id, **{column: None if empty else self.word()})

    def edit_amount(self) -> None:
        deal = self.pick("deal")
        if deal is not None:
            amount = self.rng.choice((None, 100, 200))
            currency = None if amount is None else self.rng.choice(("CNY", "USD"))
            self.update("deal", deal, amount_minor=amount, currency=currency)

    def edit_stage(self) -> None:
        deal = self.pick("deal")
        if deal is not None:
            name, kind, probability, category = self.rng.choice(STAGES)
            closed = None if kind == "open" else self.day()
            values: dict[str, Value] = {"probability_pct": probability, "category": category}
            self.update("deal", deal, stage_id=STAGE_IDS[name], closed_on=closed, **values)
            self._event(deal, name, probability)

    def edit_link(self) -> None:
        table, column, target = self.rng.choice(
            (
                ("account", "parent_id", "account"),
                ("deal", "account_id", "account"),
                ("task", "follows_id", "task"),
            )
        )
        row_id = self.pick(table)
        if row_id is not None:
            self.update(table, row_id, **{column: self.rng.choice((None, self.pick(target)))})

    def edit_key(self) -> None:
        """Give a record a key that others have."""
        table, column = self.rng.choice((("account", "tax_id"), ("account", "tax_id"), ("product", "code")))
        row_id = self.pick(table)
        if row_id is not None:
            self.update(table, row_id, **{column: self.rng.choice(KEYS)})

    def new_key(self) -> None:
        table = self.rng.choice(("account", "lead"))
        row_id = self.pick(table)
        if row_id is not None:
            key = self.rng.choice(("4711", "4712"))
            self.insert("external_id", noun=table, record_id=row_id, source="erp", key=key)

    def move_activity(self) -> None:
        activity, account = self.pick("activity"), self.pick("account")
        if activity is not None and account is not None:
            self.update("activity", activity, lead_id=None, contact_id=None, deal_id=None, account_id=account)

    def hand_over(self) -> None:
        table = self.rng.choice(("lead", "account", "deal", "contact"))
        row_id = self.pick(table)
        if row_id is not None:
            self.update(table, row_id, owner_id=self.rng.choice((self.somebody(), self.somebody(), None)))

    def edit_shared(self) -> None:
        table, column = self.rng.choice((("setting", "value"), ("stage", "name"), ("user", "absent_from_on")))
        row_id = self.pick(table)
        if row_id is not None:
            self.update(table, row_id, **{column: self.day() if table == "user" else json.dumps(self.word())})

    def delete(self) -> None:
        table = self.rng.choice(DELETABLE)
        row_id = self.pick(table)
        if row_id is not None:
            delete_with_children(self.connection, table, row_id)

    def restore(self) -> None:
        table = self.rng.choice(DELETABLE)
        row_id = self.pick(table, deleted=True)
        if row_id is not None:
            row = self.connection.execute(
                f'SELECT deleted_at FROM "{table}" WHERE id = ?', (row_id,)
            ).fetchone()
            restore_with_children(self.connection, table, row_id, row[0])

    def remove(self) -> None:
        """Remove a row past the services."""
        table = self.rng.choice(("tag", "phone"))
        row_id = self.pick(table)
        if row_id is not None:
            self.connection.execute(f"DELETE FROM {table} WHERE id = ?", (row_id,))

    def erase(self) -> None:
        """Blank a person's words everywhere."""
        table = self.rng.choice(("lead", "contact"))
        row_id = self.pick(table)
        if row_id is not None:
            erase_rows(self.connection, person_rows(self.connection, table, row_id))

    def undo(self, open_change: Change) -> None:
        """Take one of the latest transactions back, also one that others have got by now."""
        query = "SELECT tx_id FROM tx WHERE kind = 'change' ORDER BY first_seq DESC LIMIT 4"
        if found := self.connection.execute(query).fetchall():
            undo(open_change, self.rng.choice(found)[0], partial=self.rng.random() < 0.5)

    def poison(self) -> None:
        """Write what the centre cannot hold."""
        row_id = self.pick("lead")
        if row_id is not None:
            self.update("lead", row_id, next_follow_up_on="2026-13-45")

    # ---- decisions

    def decide_proposal(self) -> None:
        row_id = self.pick("proposal")
        if row_id is not None:
            state = self.rng.choice(("accepted", "rejected"))
            self.update("proposal", row_id, state=state, decided_by_id=self.user)

    def decide_conflict(self) -> None:
        row_id = self.pick("conflict")
        if row_id is not None:
            self.update("conflict", row_id, state=self.rng.choice(("kept", "taken", "merged")))


ACTS: tuple[tuple[Callable[[Hand], None], int], ...] = (
    (Hand.new_lead, 5),
    (Hand.new_account, 4),
    (Hand.new_contact, 4),
    (Hand.new_deal, 5),
    (Hand.new_activity, 5),
    (Hand.new_task, 4),
    (Hand.new_child, 5),
    (Hand.new_collaborator, 3),
    (Hand.same_import, 2),
    (Hand.edit_text, 22),
    (Hand.edit_amount, 6),
    (Hand.edit_stage, 6),
    (Hand.edit_link, 4),
    (Hand.edit_key, 3),
    (Hand.new_key, 2),
    (Hand.move_activity, 2),
    (Hand.hand_over, 6),
    (Hand.edit_shared, 2),
    (Hand.delete, 4),
    (Hand.restore, 2),
    (Hand.remove, 1),
    (Hand.poison, 1),
    (Hand.decide_proposal, 2),
    (Hand.decide_conflict, 2),
    (new_quote, 7),
    (edit_quote, 6),
    (move_quote, 1),
    (say, 18),
    (new_order, 3),
    (note, 3),
    (pay, 2),
    (edit_order, 2),
)
UNDONE, ERASED = 0.05, 0.015
_DRAWN: Any = [act for act, weight in ACTS for _ in range(weight)]


def act(device: SimDevice, rng: Random) -> str:
    """Write one transaction: one to three acts, or what only goes alone; return what was done."""
    connection = device.connection
    tx_id = change.begin(connection)
    open_change = Change(connection, tx_id, msg("Change"))
    try:
        done = _written(open_change, Hand(device, rng))
        made = change.commit(
            connection, name=open_change.name, kind=open_change.kind, undoes=open_change.undoes
        )
    except BaseException:
        change.rollback(connection)
        raise
    if made is not None:
        device.made.update(row[0] for row in device.all("SELECT op_id FROM oplog WHERE tx_id = ?", made))
    return ", ".join(done)


def _written(open_change: Change, hand: Hand) -> list[str]:
    connection, drawn = open_change.connection, hand.rng.random()
    if drawn < UNDONE:
        return [_tried(connection, "undo", lambda: hand.undo(open_change))]
    if drawn < UNDONE + ERASED:
        open_change.kind = ChangeKind.SYSTEM
        return [_tried(connection, "erase", hand.erase)]
    done = []
    for _ in range(hand.rng.choice((1, 1, 1, 2, 3))):
        chosen = hand.rng.choice(_DRAWN)
        done.append(_tried(connection, chosen.__name__, partial(chosen, hand)))
    return done


def _tried(connection: sqlite3.Connection, name: str, chosen: Callable[[], object]) -> str:
    """Do an act, or take it back alone when the store refuses it."""
    connection.execute("SAVEPOINT act")
    try:
        chosen()
    except (sqlite3.IntegrityError, SfaError):
        connection.execute("ROLLBACK TO act")
        name = f"not {name}"
    connection.execute("RELEASE act")
    return name
