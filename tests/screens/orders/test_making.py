"""Orders in the app made of accepted quotes, whole and in part."""

from __future__ import annotations

from pathlib import Path

from sfa.screens.dialogs.chooser import Chooser
from sfa.screens.orders.place import OrderScreen
from sfa.services import nouns, quote_lines, quote_states
from tests.screens.driving import opened, text_of, told, until, write
from tests.screens.orders.looking import is_form, listed, states
from tests.services.acting import TODAY, acting, make, row, rows, typed
from tests.services.ordering import accepted, ordered


# From quotes --------------------------------------------------------------------------------------
async def test_an_accepted_quote_is_ordered_whole_by_two_keys(company: Path) -> None:
    accepted(company, "Pump x 2", deal="")
    async with opened(company, start="quotes", size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: "1 quote" in text_of(app))
        await until(pilot, lambda: app.screen.known_quote is not None)  # type: ignore[attr-defined]
        await pilot.press("O")
        await until(pilot, lambda: is_form(app) and "1. Pump" in text_of(app))
        await write(pilot, "2026-12-10")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, OrderScreen) and "226.00 USD" in text_of(app))
        made = row(company, "SELECT promised_on, ordered_on, total_minor FROM sales_order")
        assert tuple(made.values()) == ("2026-12-10", TODAY.isoformat(), 22600)


async def test_a_part_of_a_quote_is_ordered_and_the_rest_stands_there_the_next_time(company: Path) -> None:
    make(company, "product", name="Valve", code="V1", price="10 USD")
    quote = accepted(company, "Pump x 5", "Valve x 3")
    quote_id = row(company, "SELECT id FROM quote WHERE number = ?", quote)["id"]
    async with opened(company, start="quotes", size=(120, 40)) as (app, pilot):
        app.show_record("quote", quote_id)
        await until(pilot, lambda: "What the customer" in text_of(app) or "Valve" in text_of(app))
        await pilot.press("O")
        await until(pilot, lambda: is_form(app) and "2. Valve" in text_of(app))
        await pilot.press("tab")
        await write(pilot, "6")
        await pilot.press("tab", "ctrl+u")  # of the second line nothing
        await pilot.press("backspace")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "5 of 5 are left" in text_of(app))
        await pilot.press("ctrl+u")
        await write(pilot, "2")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, OrderScreen))
        await pilot.press("escape", "O")
        await until(pilot, lambda: is_form(app) and "1. Pump: 3 of 5 left" in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(states(company)) == 2)
        await until(pilot, lambda: isinstance(app.screen, OrderScreen))
        await pilot.press("escape", "O")
        await until(pilot, lambda: any("is ordered" in each for each in told(app)))
        totals = "SELECT total_minor FROM sales_order ORDER BY number"
        assert [each["total_minor"] for each in rows(company, totals)] == [22600, 37290]


def accepted_with_an_option(home: Path) -> str:
    """Return the id of an accepted quote whose third line is an option that was not chosen."""
    with acting(home) as session:
        given = typed(session, "quote", account="Acme", currency="USD")
        quote = nouns.create(session, "quote", given, today=TODAY, lines=("Pump x 2", "Pump x 4"))
        quote_lines.add(session, quote.id, ("Hood x 1 @ 9",), today=TODAY, is_optional=True)
        quote_states.accept(session, quote.id, today=TODAY)
    return quote.id


async def test_what_cannot_be_ordered_is_said_and_nothing_at_all_is_refused(company: Path) -> None:
    quote_id = accepted_with_an_option(company)
    ordered(company, quote_id, "1")
    async with opened(company, start="quotes", size=(120, 40)) as (app, pilot):
        app.show_record("quote", quote_id)
        await until(pilot, lambda: "Course" in text_of(app) or "Orders" in text_of(app))
        await pilot.press("O")
        await until(pilot, lambda: is_form(app) and "All ordered: 1. Pump" in text_of(app))
        assert "an option that was not chosen: 3. Hood" in text_of(app)
        await pilot.press("tab", "backspace", "ctrl+s")
        await until(pilot, lambda: "nothing of the quote is ordered" in text_of(app))


async def test_a_quote_that_is_not_accepted_says_so(company: Path) -> None:
    make(company, "quote", account="Acme")
    async with opened(company, start="quotes", size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: "1 quote" in text_of(app))
        await until(pilot, lambda: app.screen.known_quote is not None)  # type: ignore[attr-defined]
        await pilot.press("O")
        await until(pilot, lambda: any("The customer has not accepted it" in each for each in told(app)))


async def test_n_offers_the_accepted_quotes_of_which_something_is_left(company: Path) -> None:
    gone = accepted(company, "Pump x 1")
    ordered(company, gone)
    for count in (2, 3):
        accepted(company, f"Pump x {count}", subject=f"Offer {count}")
    async with opened(company, start="orders") as (app, pilot):
        await listed(app, pilot, "1 order")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, Chooser) and "Offer 3" in text_of(app))
        assert gone not in text_of(app)
        await write(pilot, "Offer 2")
        await pilot.press("enter")
        await until(pilot, lambda: is_form(app) and "1. Pump" in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(states(company)) == 2)


async def test_without_an_accepted_quote_n_says_what_is_missing(company: Path) -> None:
    async with opened(company, start="orders") as (app, pilot):
        await until(pilot, lambda: "No orders yet" in text_of(app))
        await pilot.press("n")
        await until(pilot, lambda: any("There is no accepted quote" in each for each in told(app)))
