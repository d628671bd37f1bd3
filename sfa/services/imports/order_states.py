"""How far imported orders have come: their state and its day, with the events and amounts that say so.

An order of the past is paid unless its file says otherwise. Source: docs/import.md, "Order history".
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from sfa.errors import InvalidInput, msg
from sfa.interchange.order_columns import DELIVERED, ORDERED, SINCE, STATE
from sfa.services.imports.columns import Batch
from sfa.services.imports.record_ids import LISTED
from sfa.services.imports.records import ChildSet
from sfa.terms import OrderState

USUAL = OrderState.PAID
_COURSE = list(OrderState)
# What must have been invoiced, or received, for an order to be in a state.
_INVOICED = frozenset({OrderState.INVOICED, OrderState.PAID})
_RECEIVED = frozenset({OrderState.PAID})
_EVENT = ("state", "happened_on", "note")


@dataclass(frozen=True, slots=True)
class Standing:
    """How an order of the store stands; amounts are minor units."""

    state: str
    since: str
    delivered: str | None
    total_minor: int
    invoiced_minor: int
    received_minor: int


class Course:
    """The rows that say what happened to orders; columns of the orders while they are filled."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        fields = (STATE, SINCE, DELIVERED, ORDERED)
        self._said = {each: list(batch.column(each.column)) for each in fields}
        self._today = batch.context.today.isoformat()
        size = len(batch.rows)
        self._state: list[object] = [None] * size
        self._since: list[object] = [None] * size
        self._delivered: list[object] = [None] * size
        self._created: list[object] = list(batch.column("created_at"))
        owner = "sales_order_id"
        noted = frozenset({"created_at"})
        self._events = ChildSet("order_event", owner, (*_EVENT, *noted), only_new=noted)
        self._later = ChildSet("order_event", owner, _EVENT)
        self._invoices = ChildSet("order_invoice", owner, ("invoiced_on", "amount_minor"))
        self._receipts = ChildSet("order_receipt", owner, ("received_on", "amount_minor"))

    def new(self, place: int, total_minor: int) -> None:
        """Settle the state of an order that is made, with all that happened to it."""
        said = {each: values[place] for each, values in self._said.items()}
        usual = self._batch.wanted.defaults.get(STATE.column, USUAL)
        state = OrderState(str(said[STATE] or usual))
        ordered = str(said[ORDERED])
        since = str(said[SINCE] or (said[DELIVERED] if _is_after_delivery(state) else None) or ordered)
        delivered = said[DELIVERED] or (since if state is OrderState.DELIVERED else None)
        if not self._days_fit(place, ordered, since, delivered):
            return
        if self._created[place] is None and ordered < self._today:
            self._created[place] = f"{ordered}T12:00:00.000Z"  # the same day nearly everywhere
        self._event(place, OrderState.PLACED, ordered)
        if delivered is not None and state is not OrderState.DELIVERED:
            self._event(place, OrderState.DELIVERED, str(delivered), 1)
        if state is not OrderState.PLACED:
            self._event(place, state, since, 2)
        self._amounts(place, state, since, total_minor, total_minor)
        self._state[place], self._since[place], self._delivered[place] = state.value, since, delivered

    def known(self, place: int, standing: Standing) -> None:
        """Note what a file says has happened since to an order that was imported before."""
        said = {each: values[place] for each, values in self._said.items()}
        ordered = str(said[ORDERED] or "")
        delivered = said[DELIVERED] if said[DELIVERED] != standing.delivered else None
        state = OrderState(str(said[STATE])) if said[STATE] else None
        moves = state is not None and _moves(state, said[SINCE], standing)
        since = str(
            said[SINCE] or (said[DELIVERED] if moves and _is_after_delivery(state) else None) or self._today
        )
        if not self._days_fit(place, ordered, since, delivered):
            return
        if moves and standing.state == OrderState.CANCELLED:
            problem = msg("the order is cancelled; nothing happens to it any more.")
            self._batch.reject(place, InvalidInput(STATE.label, problem))
            return
        if delivered is not None and state is not OrderState.DELIVERED:
            self._event(place, OrderState.DELIVERED, str(delivered))
        self._delivered[place] = delivered
        if moves and state is not None:
            self._later.entries.append((place, f"event/{state.value}/{since}", (state.value, since, None)))
            self._amounts(
                place,
                state,
                since,
                standing.total_minor - standing.invoiced_minor,
                standing.total_minor - standing.received_minor,
            )
            self._state[place], self._since[place] = state.value, since
            if state is OrderState.DELIVERED:
                self._delivered[place] = delivered or since

    def columns(self) -> dict[str, list[object]]:
        """Return the orders' columns."""
        return {
            STATE.column: self._state,
            SINCE.column: self._since,
            DELIVERED.column: self._delivered,
            "created_at": self._created,
        }

    def children(self) -> list[ChildSet]:
        """Return the rows of what happened."""
        return [self._events, self._later, self._invoices, self._receipts]

    def _event(self, place: int, state: OrderState, day: str, number: int = 0) -> None:
        """Note an event of the past; of one day's events the number says which came first."""
        noted = f"{day}T00:00:00.{number:03}Z"
        self._events.entries.append((place, f"event/{state.value}/{day}", (state.value, day, None, noted)))

    def _amounts(self, place: int, state: OrderState, day: str, to_invoice: int, to_receive: int) -> None:
        for states, minor, rows, word in (
            (_INVOICED, to_invoice, self._invoices, "invoice"),
            (_RECEIVED, to_receive, self._receipts, "receipt"),
        ):
            if state in states and minor > 0:
                rows.entries.append((place, f"{word}/{day}/{minor}", (day, minor)))

    def _days_fit(self, place: int, ordered: str, since: str, delivered: object) -> bool:
        for label, day in ((ORDERED.label, ordered), (SINCE.label, since), (DELIVERED.label, delivered)):
            if not day:
                continue
            if str(day) < ordered:
                problem = msg("{day} is before the day of the order, {first}")
                self._batch.reject(place, InvalidInput(label, problem, day=str(day), first=ordered))
                return False
            if str(day) > self._today:
                problem = msg("{day} is still to come")
                self._batch.reject(place, InvalidInput(label, problem, day=str(day)))
                return False
        return True


def _is_after_delivery(state: OrderState | None) -> bool:
    return state in (OrderState.DELIVERED, OrderState.INVOICED, OrderState.PAID)


def _moves(state: OrderState, since: object, standing: Standing) -> bool:
    """Say whether a state of the file is news; without a day an earlier one than the order's is none."""
    if state.value == standing.state:
        return False
    if since is not None:
        return str(since) >= standing.since
    known = OrderState(standing.state)
    return state is OrderState.CANCELLED or _COURSE.index(state) > _COURSE.index(known)


def standings(
    connection: sqlite3.Connection, rows: Mapping[str, Mapping[str, object]]
) -> dict[str, Standing]:
    """Return how orders of the store stand; ``rows`` are their columns by id."""
    listed = json.dumps(list(rows))
    sums: dict[str, dict[str, int]] = {}
    for kind in ("invoice", "receipt"):
        found = connection.execute(
            f"SELECT sales_order_id, sum(amount_minor) FROM order_{kind} WHERE deleted_at IS NULL"
            f" AND sales_order_id IN {LISTED} GROUP BY 1",
            (listed,),
        )
        sums[kind] = {row[0]: row[1] for row in found}
    return {
        row_id: Standing(
            str(row["state"]),
            str(row["state_on"] or row["ordered_on"] or ""),
            None if row["delivered_on"] is None else str(row["delivered_on"]),
            int(str(row["total_minor"])),
            sums["invoice"].get(row_id, 0),
            sums["receipt"].get(row_id, 0),
        )
        for row_id, row in rows.items()
    }
