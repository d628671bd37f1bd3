"""Orders between two reps, their manager and the centre: the same rest ordered twice, amounts noted twice."""

from __future__ import annotations

import pytest

from tests.sync.whole.office import Office, Person, in_step, nothing_lost, quiet


@pytest.fixture(autouse=True)
def shop(office: Office, anna: Person, boss: Person) -> Office:
    """Return a centre whose devices know a product."""
    ada = office.signed_in("root")
    ada.does("config", "org", "set", "currency", "USD")
    ada.does("product", "add", "Pump", "--price", "100")
    quiet(ada, anna, boss, rounds=1)
    return office


def accepted(person: Person, *lines: str) -> str:
    """Return the number of a quote for Acme that was accepted."""
    person.does("account", "add", "Acme")
    said = person.does("quote", "add", "--account", "Acme", *(f"--line={line}" for line in lines))
    number = said.out.splitlines()[-1].split("\t")[3]
    person.does("quote", "accept", number)
    return number


def ordered(person: Person, quote: str, *more: str) -> str:
    said = person.does("order", "add", "--quote", quote, *more)
    return said.out.splitlines()[-1].split("\t")[3]


def marks(person: Person) -> list[tuple[str, str]]:
    """Return what today says of orders."""
    entries = person.does("today", "--format", "json").data["orders"]["entries"]
    return sorted((entry["text"], entry["mark"]) for entry in entries)


def test_an_order_and_all_that_hangs_on_it_comes_to_whoever_sees_its_account(
    shop: Office, anna: Person, boss: Person, ben: Person
) -> None:
    quote = accepted(anna, "Pump x 3")
    number = ordered(anna, quote, "--line", "1=2", "--promised", "2026-12-24")
    anna.does("order", "plan", number, "30% order", "rest delivery+30")
    anna.does("order", "invoice", number, "60")
    anna.does("order", "event", number, "confirmed")
    quiet(anna, boss, ben)
    assert boss.does("order", "track", number).out == anna.does("order", "track", number).out
    assert boss.does("order", "plan", number).out == anna.does("order", "plan", number).out
    assert ben("order", "track", number).code == 1
    boss.does("order", "receipt", number, "200")
    anna.does("order", "receipt", number, "10")  # both noted at the same time: both are kept
    quiet(anna, boss)
    for person in (anna, boss):
        assert "210.00 USD received" in person.does("order", "track", number).out
    in_step(anna, boss)
    nothing_lost(shop, anna, boss)


def test_the_same_rest_ordered_on_two_devices_is_kept_twice_and_said(
    shop: Office, anna: Person, boss: Person
) -> None:
    quote = accepted(anna, "Pump x 3")
    quiet(anna, boss)
    one, other = ordered(anna, quote), ordered(boss, quote)
    assert marks(anna) == []
    quiet(anna, boss)
    assert anna.rows("SELECT number FROM sales_order ORDER BY number") == [
        (each,) for each in sorted((one, other))
    ]
    assert marks(anna) == [(one, "over")]
    assert marks(boss) == [(other, "over")]
    assert anna("order", "add", "--quote", quote).code == 3
    boss.does("order", "event", other, "cancelled", "--note", "Anna has it")
    quiet(anna, boss)
    assert marks(anna) == marks(boss) == []
    in_step(anna, boss)
    nothing_lost(shop, anna, boss)


def test_two_states_noted_at_once_are_both_kept_and_somebody_decides(
    shop: Office, anna: Person, boss: Person
) -> None:
    number = ordered(anna, accepted(anna, "Pump x 3"))
    quiet(anna, boss)
    anna.does("order", "event", number, "confirmed")
    boss.does("order", "event", number, "in-production")
    quiet(anna, boss)
    states = "SELECT state FROM order_event ORDER BY state"
    for person in (anna, boss):
        assert person.rows(states) == [("confirmed",), ("in-production",), ("placed",)]
        assert person.value("SELECT count(*) FROM conflict WHERE on_table = 'sales_order'") == 1
    in_step(anna, boss)
    nothing_lost(shop, anna, boss)
