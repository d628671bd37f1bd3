"""What of quotes and orders goes along when accounts are handed over, and what stays whose it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa.services import handover, nouns, quote_states
from sfa.terms import OrderState
from tests.services.acting import TODAY, acting, make, row, rows, take_back, typed
from tests.services.ordering import accepted, happens, invoiced, ordered, received, stock

QUOTES = "SELECT id, owner_id FROM quote WHERE deleted_at IS NULL"
ORDERS = "SELECT id, owner_id FROM sales_order WHERE deleted_at IS NULL"


def quote(home: Path, **texts: str) -> str:
    """Return the id of a draft of three pumps."""
    with acting(home) as session:
        given = typed(session, "quote", **{"account": "Acme", "currency": "USD", **texts})
        return nouns.create(session, "quote", given, today=TODAY, lines=["Pump x 3"]).id


@pytest.fixture
def sold(home: Path) -> dict[str, str]:
    """Return ids by name: what Ann offered and sold to her customer, some of it over, one quote of Bob's."""
    stock(home)
    ids = {name: make(home, "user", name=name).id for name in ("Ann", "Bob")}
    with acting(home) as session:
        acme = row(home, "SELECT id FROM account")["id"]
        nouns.edit(session, "account", acme, typed(session, "account", owner="Ann"), today=TODAY)
    ids |= {"Acme": acme, "draft": quote(home, owner="Ann"), "lost": quote(home, owner="Ann")}
    ids["Bob's"] = quote(home, owner="Bob")
    with acting(home) as session:
        quote_states.send(session, ids["lost"], today=TODAY)
        quote_states.decline(session, ids["lost"], today=TODAY, reason="price")
    number = accepted(home, "Pump x 5", owner="Ann")
    ids["partly ordered"] = row(home, "SELECT id FROM quote WHERE number = ?", number)["id"]
    ids["running"] = ordered(home, number, "1=2", owner="Ann").id
    number = accepted(home, "Pump x 1", owner="Ann")
    ids["all ordered"] = row(home, "SELECT id FROM quote WHERE number = ?", number)["id"]
    done = ordered(home, number, owner="Ann")
    happens(home, done, OrderState.DELIVERED)
    invoiced(home, done, "113")
    received(home, done, "113")
    cancelled = ordered(home, accepted(home, "Pump x 1", owner="Ann"), owner="Ann")
    happens(home, cancelled, OrderState.CANCELLED, note="changed their mind")
    unpaid = ordered(home, accepted(home, "Pump x 1", owner="Ann"), owner="Ann")
    happens(home, unpaid, OrderState.DELIVERED)
    return ids | {"done": done.id, "cancelled": cancelled.id, "unpaid": unpaid.id}


def owners(home: Path, ids: dict[str, str]) -> dict[str, str]:
    """Return the owner's name of each quote and order by its name here."""
    people = {ids[name]: name for name in ("Ann", "Bob")}
    names = {given: name for name, given in ids.items()}
    found = [*rows(home, QUOTES), *rows(home, ORDERS)]
    return {names[each["id"]]: people[each["owner_id"]] for each in found if each["id"] in names}


AFTER = {
    **dict.fromkeys(("draft", "partly ordered", "running", "unpaid", "Bob's"), "Bob"),
    **dict.fromkeys(("lost", "all ordered", "done", "cancelled"), "Ann"),
}


def test_open_quotes_and_running_orders_go_along_and_what_is_over_stays(
    home: Path, sold: dict[str, str]
) -> None:
    before = owners(home, sold)
    told = rows(home, "SELECT id, created_by FROM order_event ORDER BY id")
    with acting(home) as session:
        done = handover.transfer(session, sold["Acme"], sold["Bob"], today=TODAY)
    assert owners(home, sold) == AFTER
    moved = {each.id for each in done.moved}
    assert {sold[name] for name in ("draft", "partly ordered", "running", "unpaid")} <= moved
    # The quote whose order was cancelled is to be ordered again.
    assert (done.count("quote"), done.count("order")) == (3, 2)
    assert {each.label[:2] for each in done.moved if each.noun == "order"} == {"O-"}
    assert rows(home, "SELECT id, created_by FROM order_event ORDER BY id") == told
    take_back(home)
    assert owners(home, sold) == before


def test_a_person_who_leaves_hands_over_what_they_offered_to_customers_of_others_too(
    home: Path, sold: dict[str, str]
) -> None:
    make(home, "account", name="Globex", owner="Bob")
    elsewhere = quote(home, account="Globex", owner="Ann")
    with acting(home) as session:
        done = handover.hand_over(session, sold["Ann"], sold["Bob"], effective_on=TODAY, today=TODAY)
    assert elsewhere in {each.id for each in done.moved}
    assert owners(home, sold) == AFTER


def test_a_handover_of_some_accounts_leaves_the_quotes_of_others(home: Path, sold: dict[str, str]) -> None:
    globex = make(home, "account", name="Globex", owner="Ann").id
    there = quote(home, account="Globex", owner="Ann")
    with acting(home) as session:
        done = handover.hand_over(
            session, sold["Ann"], sold["Bob"], accounts=[globex], effective_on=TODAY, today=TODAY
        )
    assert {each.id for each in done.moved} == {globex, there}
