"""The money of orders in the app, and text that was typed about them and not saved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sfa.screens.dialogs.chooser import Chooser
from sfa.screens.dialogs.letters import Letters
from sfa.screens.forms.form import RecordForm
from sfa.screens.orders.place import OrdersScreen
from tests.screens.driving import opened, text_of, told, until, write
from tests.screens.orders.looking import as_row, is_form, listed, states
from tests.services.acting import row
from tests.services.ordering import accepted, invoiced, money_of, ordered, planned


# Money --------------------------------------------------------------------------------------------
async def test_a_receipt_begins_with_what_is_due_and_takes_another_amount_day_and_number(
    company: Path,
) -> None:
    made = ordered(company, accepted(company, "Pump x 2"), ordered="2026-10-01")
    planned(company, made, "30% order", "rest delivery+30")
    async with opened(company, start="orders", size=(120, 40)) as (app, pilot):
        await listed(app, pilot, "1 order")
        await pilot.press("R")
        await until(pilot, lambda: is_form(app) and "67.80" in text_of(app))  # 30 % of 226
        await write(pilot, "50")
        await pilot.press("tab")
        await write(pilot, "2026-11-02")
        await pilot.press("tab")
        await write(pilot, "BK 7")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: money_of(company, made).received_minor == 5000)
        found = row(company, "SELECT received_on, number FROM order_receipt")
        assert tuple(found.values()) == ("2026-11-02", "BK 7")
        await until(pilot, lambda: any("50.00 USD received" in each for each in told(app)))
        await pilot.press("R")
        await until(pilot, lambda: is_form(app) and "17.80" in text_of(app))


@pytest.mark.usefixtures("order")
async def test_an_amount_that_is_none_is_refused_at_its_field_and_more_than_all_is_said(
    company: Path,
) -> None:
    async with opened(company, start="orders", size=(120, 40)) as (app, pilot):
        await listed(app, pilot, "1 order")
        await pilot.press("I")
        await until(pilot, lambda: is_form(app) and "226.00" in text_of(app))
        await write(pilot, "much")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "is no amount" in text_of(app))
        await pilot.press("ctrl+u")
        await write(pilot, "300")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any("More is invoiced" in each for each in told(app)))
        assert states(company) == ["invoiced"]


async def test_a_payment_plan_is_typed_an_instalment_a_line_and_comes_back_as_it_was(
    company: Path,
) -> None:
    made = ordered(company, accepted(company, "Pump x 2"))
    async with opened(company, start="orders", size=(120, 40)) as (app, pilot):
        await listed(app, pilot, "1 order")
        await pilot.press("P")
        await until(pilot, lambda: is_form(app) and "226.00 USD in all" in text_of(app))
        await write(pilot, "30% order")
        await pilot.press("enter")
        await write(pilot, "100 delivery")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "no instalment takes the rest" in text_of(app))
        await pilot.press("enter")
        await write(pilot, "rest invoice")
        await pilot.press("plus")
        await write(pilot, "30 month-end")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(money_of(company, made).dues) == 3)
        await until(pilot, lambda: isinstance(app.screen, OrdersScreen))
        await pilot.press("P")
        await until(pilot, lambda: is_form(app) and "58.20 invoice+30 month-end" in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, OrdersScreen))
        assert [due.minor for due in money_of(company, made).dues] == [6780, 10000, 5820]


# Unsaved text -------------------------------------------------------------------------------------
def kept(home: Path) -> list[str]:
    """Return the texts that are kept of the forms of orders."""
    found = (json.loads(each.read_text("utf-8")) for each in (home / "drafts").glob("order_*.json"))
    return [text for each in found for text in each["texts"].values()]


@pytest.mark.usefixtures("order")
@pytest.mark.parametrize(
    ("keys", "text", "title"),
    [
        (("R",), "17", "Receipt of order"),
        (("I",), "18", "Invoice of order"),
        (("P",), "100% order", "Payment plan of order"),
        (("E", "x"), "no budget", "Cancelled"),
    ],
    ids=["receipt", "invoice", "plan", "event"],
)
async def test_what_was_typed_and_not_saved_is_offered_again(
    company: Path, keys: tuple[str, ...], text: str, title: str
) -> None:
    async with opened(company, start="orders", size=(120, 40)) as (app, pilot):
        await listed(app, pilot, "1 order")
        for key in keys:
            await pilot.press(key)
            await until(pilot, lambda: isinstance(app.screen, (RecordForm, Letters)))
        await until(pilot, lambda: is_form(app))
        await write(pilot, text)
        await until(pilot, lambda: any(text in typed for typed in kept(company)))
    async with opened(company, start="orders", size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, Chooser) and title in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: is_form(app) and text in text_of(app))


async def test_whoever_may_only_read_changes_no_order(company: Path, order: str) -> None:
    invoiced_before = money_of(company, as_row(company, order)).invoiced_minor
    async with opened(company, start="orders") as (app, pilot):
        await listed(app, pilot, "1 order")
        app.reads_only = True
        for key in ("right_square_bracket", "E", "I", "R", "P", "D", "n"):
            await pilot.press(key)
            await pilot.pause(0.05)
            assert isinstance(app.screen, OrdersScreen), key
        assert sum("may only read" in each for each in told(app)) == 7
    assert money_of(company, as_row(company, order)).invoiced_minor == invoiced_before == 0
    assert states(company) == ["placed"]


async def test_the_money_of_an_order_is_told_in_its_list(company: Path, order: str) -> None:
    invoiced(company, as_row(company, order), "226")
    async with opened(company, start="orders", size=(200, 60)) as (app, pilot):
        await listed(app, pilot, "1 order")
        await until(pilot, lambda: "Invoiced amount" in text_of(app) and "Overdue" in text_of(app))


def test_a_plan_is_typed_in_either_language_as_it_is_read() -> None:
    from datetime import date

    from sfa import i18n
    from sfa.interchange.payment_plans import Planned, read_plan
    from sfa.money import Money
    from sfa.pricing.payments import DueRule
    from sfa.render.orders import instalment_typed
    from sfa.terms import DueFrom, MonthEnd

    plan = (
        Planned(100, rule=DueRule(DueFrom.ORDER)),
        Planned(200, rule=DueRule(DueFrom.DELIVERY, 30, MonthEnd.AFTER_DAYS)),
        Planned(300, rule=DueRule(DueFrom.INVOICE, 60)),
        Planned(400, on=date(2027, 3, 31)),
    )
    for language in i18n.LANGUAGES:
        i18n.set_language(language)
        typed = [instalment_typed(each, "CNY") for each in plan]
        assert read_plan(typed, Money(1000, "CNY"), today=date(2026, 11, 18)) == plan, typed
