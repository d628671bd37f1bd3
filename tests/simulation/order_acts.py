"""What people do with orders on their devices, as services would write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfa.sync.protocol import Value
from sfa.terms import OrderState
from tests.simulation.company import PRODUCT
from tests.simulation.quoting import item, order_content

if TYPE_CHECKING:
    from tests.simulation.acts import Hand

NUMBERS = ("O-1", "O-2", "o-2", "O-3")
_STATES = tuple(state.value for state in OrderState)


def new_order(hand: Hand) -> None:
    """Order something of an account, of a quote if one of its is here."""
    account = hand.pick("account")
    if account is None:
        return
    found = hand.connection.execute(
        "SELECT id, deal_id, revision FROM quote WHERE account_id = ? AND deleted_at IS NULL ORDER BY id",
        (account,),
    ).fetchone()
    about: dict[str, Value] = {"account_id": account}
    if found is not None:
        about.update(quote_id=found[0], deal_id=found[1], quote_revision=found[2])
    line = item("1", product=PRODUCT, name=hand.word())
    state: dict[str, Value] = {"state": "placed", "state_on": hand.day(), "ordered_on": hand.day()}
    hand.insert(
        "sales_order",
        number=hand.rng.choice(NUMBERS),
        owner_id=hand.some_owner(),
        **order_content(line) | about | state,
    )


def note(hand: Hand) -> None:
    """Note what happened to an order, and the state that it is in."""
    order = hand.pick("sales_order")
    if order is not None:
        state, day = hand.rng.choice(_STATES), hand.day()
        hand.insert("order_event", sales_order_id=order, state=state, happened_on=day, note=hand.word())
        hand.update("sales_order", order, state=state, state_on=day)


def pay(hand: Hand) -> None:
    """Note an invoice or a receipt."""
    order = hand.pick("sales_order")
    if order is not None:
        kind, day = hand.rng.choice((("invoice", "invoiced_on"), ("receipt", "received_on")))
        hand.insert(
            f"order_{kind}",
            sales_order_id=order,
            amount_minor=hand.rng.choice((500, -100)),
            **{day: hand.day()},
        )


def edit_order(hand: Hand) -> None:
    """Promise another day, write remarks, plan payments, or give an order to somebody."""
    order = hand.pick("sales_order")
    if order is not None:
        column, value = hand.rng.choice(
            (
                ("promised_on", hand.day()),
                ("notes", hand.word()),
                ("payment_plan", hand.rng.choice(('[{"minor":1,"on":"2026-12-01"}]', "[]"))),
                ("owner_id", hand.somebody()),
            )
        )
        hand.update("sales_order", order, **{column: value})
