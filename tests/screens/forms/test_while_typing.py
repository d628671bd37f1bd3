"""What is wrong with a field is said while one types, in every form, in the words in which saving says it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from sfa.screens.app import SfaApp
from sfa.screens.forms.book_copy import copy_book
from sfa.screens.forms.buying_role import edit_role
from sfa.screens.forms.closing import close_deal
from sfa.screens.forms.form import RecordForm
from sfa.screens.forms.price import edit_price
from sfa.screens.orders.events import note_event
from sfa.screens.orders.making import order_quote
from sfa.screens.orders.money import note_amount, settle_plan
from sfa.services import buying_roles, prices
from tests.conftest import Made
from tests.screens.driving import opened, text_of, until, write
from tests.services.acting import TODAY, acting, make, row, rows
from tests.services.ordering import accepted, ordered, stock

Opener = Callable[[SfaApp, Path], Coroutine[Any, Any, Any]]


def trade(home: Path) -> None:
    """Add a book with a price, a quote of five pumps, an order of two, and a deal somebody decides about."""
    stock(home)
    book = make(home, "pricebook", name="List", currency="USD").id
    pump = row(home, "SELECT id FROM product")["id"]
    with acting(home) as session:
        prices.set_price(session, book, pump, "90", prices.Terms(), today=TODAY)
    ordered(home, accepted(home, "Pump x 2"), ordered="2026-10-01")
    accepted(home, "Pump x 5")
    make(home, "contact", name="Wang", accounts="Acme")
    deal = make(home, "deal", name="Pumps", account="Acme", amount="500 USD").id
    with acting(home) as session:
        buying_roles.add_typed(session, deal, {"contact": "Wang", "role": "evaluator"})


@pytest.fixture
def company(made: Made, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home of whoever trades so, on a fixed day."""
    monkeypatch.setenv("SFA_TODAY", TODAY.isoformat())
    return made(trade)


def last(home: Path, table: str) -> str:
    """Return the id of the record that was added last."""
    return str(row(home, f"SELECT id FROM {table} ORDER BY id DESC LIMIT 1")["id"])


def a_copy(app: SfaApp, home: Path) -> Coroutine[Any, Any, Any]:
    return copy_book(app, last(home, "pricebook"))


def a_price(app: SfaApp, home: Path) -> Coroutine[Any, Any, Any]:
    return edit_price(app, last(home, "pricebook"), last(home, "price_entry"))


def a_new_price(app: SfaApp, home: Path) -> Coroutine[Any, Any, Any]:
    return edit_price(app, last(home, "pricebook"))


def an_order(app: SfaApp, home: Path) -> Coroutine[Any, Any, Any]:
    return order_quote(app, last(home, "quote"))


def an_invoice(app: SfaApp, home: Path) -> Coroutine[Any, Any, Any]:
    return note_amount(app, last(home, "sales_order"), "invoice")


def a_receipt(app: SfaApp, home: Path) -> Coroutine[Any, Any, Any]:
    return note_amount(app, last(home, "sales_order"), "receipt")


def a_plan(app: SfaApp, home: Path) -> Coroutine[Any, Any, Any]:
    return settle_plan(app, last(home, "sales_order"))


def a_delivery(app: SfaApp, home: Path) -> Coroutine[Any, Any, Any]:
    return note_event(app, [last(home, "sales_order")], "delivered")


def a_cancelling(app: SfaApp, home: Path) -> Coroutine[Any, Any, Any]:
    return note_event(app, [last(home, "sales_order")], "cancelled")


def a_deal_won(app: SfaApp, home: Path) -> Coroutine[Any, Any, Any]:
    return close_deal(app, last(home, "deal"), won=True)


def a_part(app: SfaApp, home: Path) -> Coroutine[Any, Any, Any]:
    return edit_role(app, last(home, "deal"))


async def begun(app: SfaApp, pilot: Pilot[str], opener: Opener, home: Path) -> RecordForm:
    """Open a form and wait for it."""
    app.run_worker(opener(app, home))
    await until(pilot, lambda: isinstance(app.screen, RecordForm) and "Save (Ctrl+S)" in text_of(app))
    assert isinstance(app.screen, RecordForm)
    return app.screen


def fault_at(form: RecordForm, name: str) -> str:
    """Return what stands below a field as its fault; empty for none."""
    place = form.query_one(f"#field-{name}-error", Static)
    return str(place.render()) if place.display else ""


async def shown(form: RecordForm, pilot: Pilot[str], name: str, words: str) -> None:
    """Wait for words in what is wrong with a field."""
    await until(pilot, lambda: words in fault_at(form, name))


async def gone(form: RecordForm, pilot: Pilot[str], name: str) -> None:
    """Wait until nothing is wrong with a field."""
    await until(pilot, lambda: not fault_at(form, name))


async def retyped(form: RecordForm, pilot: Pilot[str], name: str, text: str) -> None:
    """Type a text into a field in place of what it holds."""
    form._input(name).focus()
    await pilot.press("end", "ctrl+u")
    await write(pilot, text)


async def saved(form: RecordForm, pilot: Pilot[str]) -> None:
    """Save, and wait until that is done with."""
    await pilot.press("ctrl+s")
    await until(pilot, lambda: not form._saving)


# Field, wrong text, words of the fault, right text; in each form one after the other.
Wrong = tuple[str, str, str, str]
COPY: tuple[Wrong, ...] = (
    ("name", "list", "there is a price book of this name already", "Next"),
    ("change", "much", "'much' is no number", "3"),
    ("change", "-100", "prices cannot fall by 100 % or more", "-99"),
    ("round", "0", "it must be above zero", "5"),
    ("valid_from", "32nd of May", "is no day", "2027-01-01"),
)
PRICE: tuple[Wrong, ...] = (
    ("from_qty", "some", "'some' is no number", "10"),
    ("price", "80 EUR", "is in another currency; the book's is USD", "80"),
    ("price", "", "it must be given", "80"),
    ("valid_until", "32nd of May", "is no day", "2027-01-01"),
)
ORDER: tuple[Wrong, ...] = (
    ("promised", "32nd of May", "is no day", "2026-12-10"),
    ("line1", "6", "of line 1 5 of 5 are left to order", "5"),
    ("line1", "some", "'some' is no number", "5"),
)
INVOICE: tuple[Wrong, ...] = (
    ("amount", "much", "'much' is no amount", "100"),
    ("amount", "-5", "only 0.00 USD was invoiced", "5"),
    ("amount", "", "it must be given", "5"),
    ("on", "tomorrow", "is still to come", "today"),
)
PLAN: tuple[Wrong, ...] = (
    ("plan", "30% order", "the percentages sum to 30 %, and not to 100 %", "100% order"),
    ("plan", "all soon", "'all soon' is no instalment", "rest order"),
)


@pytest.mark.parametrize(
    ("opener", "cases"),
    [
        (a_copy, COPY),
        (a_price, PRICE),
        (an_order, ORDER),
        (an_invoice, INVOICE),
        (a_receipt, [("amount", "5 EUR", "is in another currency; the order's is USD", "5 USD")]),
        (a_plan, PLAN),
        (a_delivery, [("on", "2026-09-30", "is before the day of the order, 2026-10-01", "2026-10-01")]),
        (a_cancelling, [("note", " ", "say why it is cancelled", "no budget")]),
        (a_deal_won, [("closed", "tomorrow", "is to come", "today")]),
    ],
)
async def test_a_fault_stands_below_its_field_before_saving_says_the_same_and_goes_when_it_is_right(
    company: Path, opener: Opener, cases: Sequence[Wrong]
) -> None:
    changes = "SELECT count(*) AS n FROM oplog"
    async with opened(company, size=(120, 40)) as (app, pilot):
        form = await begun(app, pilot, opener, company)
        before = rows(company, changes)
        for name, wrong, words, right in cases:
            await retyped(form, pilot, name, wrong)
            await shown(form, pilot, name, words)
            said = fault_at(form, name)
            await saved(form, pilot)
            assert app.screen is form
            assert (form._refused[0], fault_at(form, name)) == (name, said)
            await retyped(form, pilot, name, right)
            await gone(form, pilot, name)
        assert rows(company, changes) == before


@pytest.mark.parametrize(
    ("opener", "name", "wrong", "words", "right"),
    [
        (a_new_price, "product", "Valve", "There is no product 'Valve'", "Pump"),
        (a_part, "contact", "Wang", "Wang has a part in this deal already", ""),
    ],
)
async def test_a_record_that_does_not_fit_is_told_when_its_field_is_left(
    company: Path, opener: Opener, name: str, wrong: str, words: str, right: str
) -> None:
    async with opened(company, size=(120, 40)) as (app, pilot):
        form = await begun(app, pilot, opener, company)
        await retyped(form, pilot, name, wrong)
        await pilot.press("tab")
        await shown(form, pilot, name, words)
        form._input(name).focus()
        form._input(name).value = right  # type: ignore[attr-defined]
        await pilot.press("tab")
        await until(pilot, lambda: words not in fault_at(form, name))


async def test_what_a_form_begins_with_is_looked_at_when_its_field_is_left(company: Path) -> None:
    async with opened(company, size=(120, 40)) as (app, pilot):
        form = await begun(app, pilot, a_copy, company)
        await pilot.pause(0.7)  # as long as a text waits to be looked at, and longer
        assert not fault_at(form, "name")
        await pilot.press("tab")
        await shown(form, pilot, "name", "there is a price book of this name already")


async def test_what_saving_refused_stays_said_until_something_else_is_typed(company: Path) -> None:
    async with opened(company, size=(120, 40)) as (app, pilot):
        form = await begun(app, pilot, a_price, company)
        await retyped(form, pilot, "valid_from", "2027-01-01")
        await retyped(form, pilot, "valid_until", "2026-12-31")
        await saved(form, pilot)
        assert "is before the first day" in fault_at(form, "valid_until")
        await pilot.pause(0.7)  # as long as a text waits to be looked at, and longer
        await pilot.press("up")
        await pilot.pause(0.1)
        assert "is before the first day" in fault_at(form, "valid_until")
        await retyped(form, pilot, "valid_from", "2026-01-01")
        await gone(form, pilot, "valid_until")
        await saved(form, pilot)
        await until(pilot, lambda: app.screen is not form)
