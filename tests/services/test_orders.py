"""Orders: made of accepted quotes alone, wholly or in part, with the services that were promised."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa.errors import BadUsage, InvalidInput, NotFound, Refused
from sfa.finding.order_rest import exceeded
from sfa.interchange.quote_lines import lines_of
from sfa.services import nouns, quote_lines, quote_states
from sfa.store.reading import reading
from sfa.terms import OrderState
from tests.services.acting import TODAY, acting, amend, live, make, row, rows, take_back, typed
from tests.services.ordering import accepted, happens, ordered, stock


@pytest.fixture
def shop(home: Path) -> Path:
    """Return a home with an account, a product and a tax."""
    stock(home)
    return home


def order_of(home: Path, record_id: str) -> dict[str, object]:
    return live(home, "sales_order", record_id)


def test_an_order_takes_over_what_was_accepted(shop: Path) -> None:
    number = accepted(shop, "Pump x 3 -10%", "gift: Pump", "text: Later", payment_terms="30 days")
    quote = row(shop, "SELECT * FROM quote WHERE number = ?", number)
    made = ordered(shop, number, promised="2026-12-01")
    stored = order_of(shop, made.id)
    assert str(stored["number"]).startswith("O-X")
    assert str(stored["number"]).endswith("-0001")
    taken = ("account_id", "currency", "total_minor", "net_minor", "tax_minor", "list_minor", "payment_terms")
    assert {name: stored[name] for name in taken} == {name: quote[name] for name in taken}
    assert (stored["quote_id"], stored["quote_revision"]) == (quote["id"], 1)
    assert (stored["state"], stored["ordered_on"], stored["promised_on"]) == (
        "placed",
        "2026-11-18",
        "2026-12-01",
    )
    assert stored["is_imported"] == 0
    assert stored["owner_id"] == quote["owner_id"]
    assert [line.kind for line in lines_of(str(stored["lines"]))] == ["product", "gift", "text"]
    events = rows(shop, "SELECT state, happened_on FROM order_event WHERE sales_order_id = ?", made.id)
    assert events == [{"state": "placed", "happened_on": "2026-11-18"}]
    take_back(shop)
    assert not rows(shop, "SELECT 1 FROM sales_order WHERE deleted_at IS NULL")
    assert not rows(shop, "SELECT 1 FROM order_event WHERE deleted_at IS NULL")
    assert str(order_of(shop, ordered(shop, number).id)["number"]).endswith("-0002")


def test_parts_of_a_quote_come_to_the_whole_of_it(shop: Path) -> None:
    number = accepted(
        shop, "Pump x 3 -10", "Bracket x 7 @ 3.33", "Hose x 2 @ 19.99 -5%", discount_amount="17.77"
    )
    whole = row(shop, "SELECT net_minor, tax_minor, total_minor FROM quote WHERE number = ?", number)
    parts = [ordered(shop, number, "1=1", "2=2.5"), ordered(shop, number, "1", "3=1"), ordered(shop, number)]
    found = [order_of(shop, each.id) for each in parts]
    assert sum(int(str(each["net_minor"])) for each in found) == pytest.approx(whole["net_minor"], abs=2)
    discounts = [int(str(each["discount_minor"])) for each in found]
    assert sum(discounts) == 1777
    assert all(discounts)
    off_lines = [line for each in found for line in lines_of(str(each["lines"])) if line.key == "1"]
    assert sum(line.discount_minor for line in off_lines) == 1000
    assert sum(line.quantity_milli for line in off_lines) == 3000
    with pytest.raises(Refused, match="All of the quote"):
        ordered(shop, number)
    assert len(rows(shop, "SELECT 1 FROM sales_order")) == 3


def test_never_more_than_was_accepted(shop: Path) -> None:
    number = accepted(shop, "Pump x 3", "text: Heading", "Hose x 1 @ 5")
    ordered(shop, number, "1=2")
    for texts, reason in (
        (("1=2",), "are left to order"),
        (("1=0.5", "1=0.6"), "are left to order"),
        (("2",), "not accepted"),
        (("4",), "names no line"),
        (("x=1",), "names no line"),
        (("1=0",), "above zero"),
    ):
        with pytest.raises(InvalidInput, match=reason):
            ordered(shop, number, *texts)
    assert len(rows(shop, "SELECT 1 FROM sales_order")) == 1


def test_a_cancelled_or_deleted_order_leaves_its_part_to_be_ordered(shop: Path) -> None:
    number = accepted(shop, "Pump x 3")
    first = ordered(shop, number)
    happens(shop, first, OrderState.CANCELLED, note="no money")
    second = ordered(shop, number)
    with acting(shop) as session:
        nouns.delete(session, "order", second.id)
    ordered(shop, number)
    with acting(shop) as session:
        nouns.restore(session, "order", second.id)
    quote = row(shop, "SELECT id FROM quote WHERE number = ?", number)["id"]
    with reading(shop) as connection:
        assert exceeded(connection, quote)


def test_an_option_is_ordered_when_it_was_chosen(shop: Path) -> None:
    with acting(shop) as session:
        given = typed(session, "quote", account="Acme", currency="USD")
        quote = nouns.create(session, "quote", given, today=TODAY, lines=("Pump x 1",))
        quote_lines.add(session, quote.id, ("Hood x 1 @ 9",), today=TODAY, is_optional=True)
        quote_lines.add(session, quote.id, ("Lamp x 1 @ 7",), today=TODAY, is_optional=True, is_taken=True)
        quote_states.accept(session, quote.id, today=TODAY)
    with pytest.raises(InvalidInput, match="not accepted"):
        ordered(shop, quote.id, "2")
    made = order_of(shop, ordered(shop, quote.id).id)
    assert [line.name for line in lines_of(str(made["lines"]))] == ["Pump", "Lamp"]
    assert made["total_minor"] == live(shop, "quote", quote.id)["total_minor"]


def test_only_an_accepted_quote_is_ordered(shop: Path) -> None:
    with acting(shop) as session:
        given = typed(session, "quote", account="Acme", currency="USD")
        quote = nouns.create(session, "quote", given, today=TODAY, lines=("Pump x 1",))
    with pytest.raises(Refused, match="No order can be made"):
        ordered(shop, quote.id)
    with pytest.raises(InvalidInput, match="made from one"):
        ordered(shop, " ")
    with pytest.raises(NotFound):
        ordered(shop, "Q-NONE-0001")


def test_a_promised_service_becomes_a_task_of_the_owner(shop: Path) -> None:
    make(shop, "deal", name="Line 2", account="Acme")
    promised = accepted_with_service(shop)
    made = ordered(shop, promised, ordered="2026-11-16")
    task = row(shop, "SELECT * FROM task")
    order = order_of(shop, made.id)
    assert task["subject"] == f"Training · {order['number']}"
    assert (task["due_on"], task["owner_id"]) == ("2026-11-26", order["owner_id"])
    assert task["deal_id"] == order["deal_id"] is not None
    take_back(shop)
    assert not rows(shop, "SELECT 1 FROM task WHERE deleted_at IS NULL")


def accepted_with_service(home: Path) -> str:
    """Return the number of an accepted quote with a training ten days after the order."""
    with acting(home) as session:
        given = typed(session, "quote", deal="Line 2", currency="USD")
        quote = nouns.create(session, "quote", given, today=TODAY, lines=("Training x 1 @ 500",))
        quote_lines.change(session, quote.id, "1", {"service_days": 10}, today=TODAY)
        quote_states.accept(session, quote.id, today=TODAY)
    return quote.id


def test_days_that_do_not_fit_are_refused(shop: Path) -> None:
    number = accepted(shop, "Pump x 1")
    with pytest.raises(InvalidInput, match="before the day of the order"):
        ordered(shop, number, promised="2026-11-17")
    made = ordered(shop, number, promised="2026-11-30")
    with pytest.raises(InvalidInput, match="before the day of the order"):
        amend(shop, "order", made.id, promised="2026-11-01")
    amend(shop, "order", made.id, contract_number="HT-2026-7", contract_from="2026-12-01")
    with pytest.raises(InvalidInput, match="before its first day"):
        amend(shop, "order", made.id, contract_until="2026-11-30")
    assert order_of(shop, made.id)["contract_number"] == "HT-2026-7"


@pytest.mark.parametrize("name", ["number", "state", "total", "quote", "account", "imported", "delivered"])
def test_what_was_ordered_is_not_typed_over(shop: Path, name: str) -> None:
    made = ordered(shop, accepted(shop, "Pump x 1"))
    with pytest.raises(BadUsage, match="cannot be typed"):
        amend(shop, "order", made.id, **{name: "1"})


def test_a_quote_stays_while_an_order_is_made_of_it(shop: Path) -> None:
    number = accepted(shop, "Pump x 1")
    quote = row(shop, "SELECT id FROM quote WHERE number = ?", number)["id"]
    made = ordered(shop, number)
    with pytest.raises(Refused, match="the order O-"), acting(shop) as session:
        nouns.delete(session, "quote", quote)
    with acting(shop) as session:
        nouns.delete(session, "order", made.id)
        nouns.delete(session, "quote", quote)


def test_an_account_takes_its_orders_along_and_brings_them_back(shop: Path) -> None:
    made = ordered(shop, accepted(shop, "Pump x 1"))
    account = row(shop, "SELECT id FROM account")["id"]
    with acting(shop) as session:
        nouns.delete(session, "account", account)
    gone = "SELECT deleted_at IS NOT NULL AS gone FROM {} WHERE {} = ?"
    assert row(shop, gone.format("sales_order", "id"), made.id) == {"gone": 1}
    assert row(shop, gone.format("order_event", "sales_order_id"), made.id) == {"gone": 1}
    with acting(shop) as session:
        nouns.restore(session, "account", account)
    assert row(shop, gone.format("sales_order", "id"), made.id) == {"gone": 0}
    assert row(shop, gone.format("order_event", "sales_order_id"), made.id) == {"gone": 0}


def test_the_same_key_makes_one_order(shop: Path) -> None:
    number = accepted(shop, "Pump x 2")
    first, second = (ordered(shop, number, "1=1", key="k") for _ in range(2))
    assert first.id == second.id
    assert (first.created, second.created) == (True, False)
