"""sfa order, as typed: what is printed where, and the exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Sfa


@pytest.fixture
def shop(sfa: Sfa) -> Sfa:
    """Return what runs commands where a pump sells for 100 USD."""
    for words in (
        ("config", "org", "set", "currency", "USD"),
        ("product", "add", "Pump", "--code", "P-1", "--price", "100", "--unit", "pc"),
        ("account", "add", "Acme"),
        ("contact", "add", "Jo Price", "--account", "Acme"),
    ):
        assert sfa(*words).code == 0, words
    return sfa


def quoted(sfa: Sfa, *lines: str, accept: bool = True) -> str:
    """Add a quote, note that it was accepted, and return its number."""
    said = sfa(
        "quote", "add", "--account", "Acme", "--contact", "Jo Price", *(f"--line={line}" for line in lines)
    )
    assert said.code == 0, said.err
    number = said.lines[0].split("\t")[3]
    if accept:
        assert sfa("quote", "accept", number).code == 0
    return number


def ordered(sfa: Sfa, quote: str, *more: str) -> str:
    """Order a quote and return the order's number."""
    said = sfa("order", "add", "--quote", quote, *more)
    assert said.code == 0, said.err
    return said.lines[0].split("\t")[3]


def test_an_order_is_made_listed_and_shown(shop: Sfa) -> None:
    quote = quoted(shop, "P-1 x 3 -10%", "Hose x 2 @ 5")
    first = ordered(shop, quote, "--line", "1=2", "--promised", "2026-12-01")
    second = ordered(shop, quote)
    found = shop("order", "list", "--format", "json").data["rows"]
    assert [(row["number"], row["state"], row["total"]["amount"], row["promised"]) for row in found] == [
        (second, "placed", "100.00", None),
        (first, "placed", "180.00", "2026-12-01"),
    ]
    where = "promised <= 2026-12-31 and state = placed"
    promised = shop("order", "list", "--where", where, "--format", "json").data["rows"]
    assert [row["number"] for row in promised] == [first]
    assert shop("order", "list", "--format", "csv").lines[0].split(",")[1] == second
    shown = shop("order", "show", first, "--format", "json").data
    assert (shown["quote"]["name"], shown["quote_revision"], shown["invoiced"]["amount"]) == (
        quote,
        1,
        "0.00",
    )
    assert [event["state"] for event in shown["events"]] == ["placed"]
    assert {order["number"] for order in shop("quote", "show", quote, "--format", "json").data["orders"]} == {
        first,
        second,
    }
    assert len(shop("account", "show", "Acme", "--format", "json").data["orders"]) == 2


def test_lines_are_a_table_with_what_they_come_to(shop: Sfa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    number = ordered(shop, quoted(shop, "P-1 x 3 -10%"))
    said = shop("order", "lines", number, "--format", "table")
    assert "Total: 270.00 USD" in said.out
    assert max(map(len, said.out.splitlines())) <= 80
    body = shop("order", "lines", number, "--format", "json").data
    assert (body["order"]["number"], body["total"], body["lines"][0]["quantity"]) == (number, "270.00", "3")


def test_refusals_say_what_why_and_what_next(shop: Sfa) -> None:
    quote = quoted(shop, "P-1 x 3", accept=False)
    said = shop("order", "add", "--quote", quote)
    assert said.code == 3
    assert said.out == ""
    for part in ("No order can be made", "holds what the customer accepted", f"sfa quote accept {quote}"):
        assert part in said.err
    assert shop("order", "add").code == 2
    assert shop("order", "add", "--quote", "Q-9").code == 1
    assert shop("quote", "accept", quote).code == 0
    said = shop("order", "add", "--quote", quote, "--line", "1=4")
    assert said.code == 2
    assert "of line 1 3 of 3 are left" in said.err
    number = ordered(shop, quote)
    said = shop("order", "add", "--quote", quote)
    assert said.code == 3
    assert "All of the quote" in said.err
    for words, code, part in (
        (("event", number, "flown"), 2, "There are: placed"),
        (("event", number, "paid"), 3, f"sfa order receipt {number}"),
        (("event", number, "cancelled"), 2, "say why"),
        (("event", number, "shipped", "--on", "2026-12-24"), 2, "still to come"),
        (("event", number, "shipped", "--on", "nonsense"), 2, "no day"),
        (("plan", number, "100% order", "--clear"), 2, "not both"),
        (("plan", number, "soon"), 2, "no instalment"),
        (("receipt", number, "nothing"), 2, "no amount"),
        (("message", number, "--language", "fr"), 2, "en, zh_CN"),
        (("track", "O-9"), 1, "There is no order"),
        (("edit", number), 2, "Nothing to change"),
        (("edit", number, "--promised", "2026-12-01", "--expect", "9"), 4, "changed meanwhile"),
    ):
        said = shop("order", *words)
        assert (said.code, part in said.err) == (code, True), (words, said.err)
    assert shop("quote", "delete", quote).code == 3


def test_how_an_order_stands_is_one_line(shop: Sfa) -> None:
    number = ordered(shop, quoted(shop, "P-1 x 3"), "--promised", "2026-11-30", "--ordered", "2026-10-01")
    assert shop("order", "track", number).out == (
        f"{number} · Acme · Placed (2026-10-01) · promised for 2026-11-30 · total 300.00 USD,"
        " 0.00 USD invoiced, 0.00 USD received\n"
    )
    for words in (
        ("plan", number, "30% order", "rest delivery+10"),
        ("event", number, "shipped", "--on", "2026-10-20", "--note", "by truck"),
        ("event", number, "delivered", "--on", "2026-10-22"),
        ("invoice", number, "300", "--number", "F-1", "--on", "2026-10-22"),
        ("receipt", number, "100"),
    ):
        assert shop("order", *words).code == 0, words
    assert shop("order", "track", number).out == (
        f"{number} · Acme · Invoiced (2026-10-22) · delivered on 2026-10-22 · total 300.00 USD,"
        " 300.00 USD invoiced, 100.00 USD received · 200.00 USD overdue since 2026-11-01\n"
    )
    body = shop("order", "track", number, "--format", "json").data
    assert (body["state"], body["open"], body["overdue"], body["ageing"]["1-30"]) == (
        "invoiced",
        "200.00",
        "200.00",
        "200.00",
    )
    dues = shop("order", "plan", number, "--format", "json").data["dues"]
    assert [(due["due"], due["amount"]["amount"], due["open"]["amount"], due["overdue"]) for due in dues] == [
        ("2026-10-01", "90.00", "0.00", None),
        ("2026-11-01", "210.00", "200.00", "1-30"),
    ]
    said = shop("order", "receipt", number, "250")
    assert "More is received than the order comes to." in said.err
    assert "Paid (2026-11-18)" in shop("order", "track", number).out
    assert shop("undo").code == 0
    assert "Invoiced (2026-10-22)" in shop("order", "track", number).out


def test_another_promised_day_offers_a_message_to_the_customer(shop: Sfa) -> None:
    number = ordered(shop, quoted(shop, "P-1 x 3"), "--promised", "2026-11-30")
    said = shop("order", "edit", number, "--promised", "2026-12-14")
    assert said.code == 0
    assert "Dear Jo Price,\n\nyour order" in said.err
    assert "2026-12-14" in said.err
    assert "Dear" not in shop("order", "edit", number, "--notes", "gate 3").err
    told = shop("order", "message", number)
    assert told.out.splitlines()[2] == f"your order {number} is planned for delivery on 2026-12-14."
    chinese = shop("order", "message", number, "--language", "zh_CN").out
    assert chinese.startswith("Jo Price，您好！")
    assert f"您的订单 {number} 预计于 2026-12-14 交货。" in chinese
    assert shop("order", "event", number, "shipped").code == 0
    assert "left us on 2026-11-18" in shop("order", "message", number).out
    assert shop("order", "edit", number, "--promised", "").code == 0
    assert "being settled anew" in shop("order", "message", number).out
    assert shop("order", "event", number, "delivered").code == 0
    assert "no day to tell of" in shop("order", "message", number).err
    assert "Dear" not in shop("order", "edit", number, "--promised", "2026-12-24").err


def test_orders_are_found_deleted_restored_and_have_a_history(shop: Sfa, tmp_path: Path) -> None:
    number = ordered(shop, quoted(shop, "P-1 x 3"))
    assert shop("order", "edit", number, "--contract-number", "HT-77").code == 0
    (hit,) = shop("find", "HT-77", "--format", "json").data["rows"]
    assert (hit["noun"], hit["name"]) == ("order", number)
    assert len(shop("find", number, "--in", "orders", "--format", "json").data["rows"]) == 1
    scan = tmp_path / "contract.pdf"
    scan.write_bytes(b"%PDF-1.4 signed")
    assert shop("attachment", "add", f"order:{number}", str(scan)).code == 0
    assert "contract.pdf" in shop("attachment", "list", f"order:{number}").out
    assert shop("order", "delete", number).code == 0
    assert shop("order", "list").lines == []
    assert shop("order", "restore", number).code == 0
    assert "contract.pdf" in shop("attachment", "list", f"order:{number}").out
    assert "HT-77" in shop("order", "history", number, "--format", "table").out
    assert shop("doctor").code == 0


def test_today_tells_of_payments_and_promised_days_that_passed(shop: Sfa) -> None:
    number = ordered(shop, quoted(shop, "P-1 x 3"), "--promised", "2026-11-10", "--ordered", "2026-10-01")
    assert shop("order", "plan", number, "100% 2026-11-01").code == 0
    section = shop("today", "--format", "json").data["orders"]
    assert [(each["mark"], each["days"], each.get("amount")) for each in section["entries"]] == [
        ("overdue", 17, "300.00"),
        ("late", 8, None),
    ]
    assert "300.00 USD overdue · Acme" in shop("today", "--format", "table").out
    assert shop("order", "receipt", number, "300").code == 0
    assert shop("today", "--format", "json").data["orders"]["total"] == 0


@pytest.fixture
def promised(shop: Sfa) -> str:
    """Return the number of an order that promised two services, one of them done; another has one too."""
    quote = quoted(shop, "P-1 x 2", accept=False)
    for name, days in (("Mounting", "10"), ("Training", "30")):
        said = shop("quote", "add-line", quote, f"{name} x 2 @ 50", "--service-days", days)
        assert said.code == 0, said.err
    assert shop("quote", "accept", quote).code == 0
    ordered(shop, quote, "--line", "1=1", "--line", "2=1")
    number = ordered(shop, quote, "--line", "2=1", "--line", "3=1")
    tasks = shop("task", "list", "--where", f"subject ~ 'Mounting · {number}'", "--format", "json").data
    assert shop("task", "done", tasks["rows"][0]["ref"]).code == 0
    return number


def open_tasks(sfa: Sfa) -> list[str]:
    """Return the subjects of the tasks that are open."""
    rows = sfa("task", "list", "--where", "state=open", "--format", "json").data["rows"]
    return sorted(row["subject"] for row in rows)


def test_services_of_a_cancelled_order_stay_in_a_pipe_and_are_told(shop: Sfa, promised: str) -> None:
    before = open_tasks(shop)
    said = shop("order", "event", promised, "cancelled", "--note", "no budget")
    assert said.code == 0
    assert f"Tasks of its services stay open: Training · {promised} (" in said.err
    assert "sfa task cancel" in said.err
    assert open_tasks(shop) == before


@pytest.mark.parametrize("answers", [None, "\n"])
def test_they_are_closed_with_it_when_asked_for_and_one_undo_opens_them(
    shop: Sfa, promised: str, answers: str | None
) -> None:
    before = open_tasks(shop)
    words = ("order", "event", promised, "cancelled", "--note", "no budget")
    said = shop(*words, answers=answers) if answers else shop(*words, "--close-tasks")
    assert said.code == 0, said.err
    assert f"Closed with it: Training · {promised}" in said.err
    assert open_tasks(shop) == [each for each in before if promised not in each] != before
    assert shop("undo").code == 0
    assert open_tasks(shop) == before
    assert shop("order", "show", promised, "--format", "json").data["state"] == "placed"


def test_no_keeps_them_and_other_events_ask_nothing(shop: Sfa, promised: str) -> None:
    before = open_tasks(shop)
    assert "tasks" not in shop("order", "event", promised, "confirmed", answers="").err
    said = shop("order", "event", promised, "cancelled", "--note", "no budget", answers="n\n")
    assert "stay open" in said.err
    assert open_tasks(shop) == before
