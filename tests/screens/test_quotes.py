"""Quotes in the app: the list, one in full, and what becomes of a quote by a key each."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa.screens.app import SfaApp
from sfa.screens.forms.line import LineForm
from sfa.screens.quotes import QuoteScreen, QuotesScreen
from sfa.services import quotes
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import TODAY, acting, amend, make, row, rows, typed

STATES = "SELECT state FROM quote WHERE deleted_at IS NULL ORDER BY number"


@pytest.fixture
def company(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home of a rep with a customer, a deal and two quotes."""
    monkeypatch.setenv("SFA_TODAY", TODAY.isoformat())
    make(home, "account", name="Acme Ltd")
    make(home, "deal", name="Pumps", account="Acme Ltd")
    make(home, "product", name="Pump", price="100")
    for _ in range(2):
        offer(home, "Pump x 2")
    return home


def offer(home: Path, *lines: str) -> str:
    """Add a quote and return its id."""
    with acting(home) as session:
        return quotes.create(
            session, typed(session, "quote", account="Acme Ltd"), today=TODAY, lines=lines
        ).id


def states(home: Path) -> list[str]:
    """Return the states of all quotes."""
    return [each["state"] for each in rows(home, STATES)]


def screen_of(app: SfaApp) -> QuotesScreen:
    """Return the list."""
    assert isinstance(app.screen, QuotesScreen)
    return app.screen


async def test_a_quote_is_sent_accepted_and_both_are_taken_back(company: Path) -> None:
    async with opened(company, start="quotes") as (app, pilot):
        await until(
            pilot, lambda: "2 quotes" in text_of(app) and screen_of(app).records.record_id is not None
        )
        await pilot.press("M")
        await until(pilot, lambda: sorted(states(company)) == ["draft", "sent"])
        await until(pilot, lambda: any("as sent. u takes it back" in each for each in told(app)))
        await pilot.press("W")
        await until(pilot, lambda: sorted(states(company)) == ["accepted", "draft"])
        await pilot.press("u")
        await until(pilot, lambda: sorted(states(company)) == ["draft", "sent"])
        await pilot.press("u")
        await until(pilot, lambda: states(company) == ["draft", "draft"])


async def test_marked_quotes_are_sent_in_one_change(company: Path) -> None:
    async with opened(company, start="quotes") as (app, pilot):
        await until(
            pilot, lambda: "2 quotes" in text_of(app) and screen_of(app).records.record_id is not None
        )
        await pilot.press("ctrl+a", "M")
        await until(pilot, lambda: states(company) == ["sent", "sent"])
        await until(pilot, lambda: any("Mark 2 quotes as sent" in each for each in told(app)))
        await pilot.press("u")
        await until(pilot, lambda: states(company) == ["draft", "draft"])


async def test_declining_asks_why_and_revising_begins_the_next_revision(company: Path) -> None:
    quote = rows(company, "SELECT id FROM quote ORDER BY number")[0]["id"]
    async with opened(company, start="quotes", size=(120, 40)) as (app, pilot):
        app.show_record("quote", quote)
        await until(pilot, lambda: isinstance(app.screen, QuoteScreen) and "Total" in text_of(app))
        await pilot.press("X")  # not before the customer has it
        await until(pilot, lambda: "The customer has not got it." in told(app))
        await pilot.press("M")
        await until(pilot, lambda: "sent" in states(company))
        await until(pilot, lambda: "Sent to the customer" in text_of(app))
        await pilot.press("X")
        await until(pilot, lambda: isinstance(app.screen, LineForm))
        await write(pilot, "too dear")
        await pilot.press("enter")
        await until(pilot, lambda: "rejected" in states(company))
        assert (
            row(company, "SELECT state_reason FROM quote WHERE id = ?", quote)["state_reason"] == "too dear"
        )
        await until(pilot, lambda: "too dear" in text_of(app))
        await pilot.press("R")
        await until(
            pilot, lambda: row(company, "SELECT revision FROM quote WHERE id = ?", quote)["revision"] == 2
        )


async def test_what_needs_no_approval_says_so_before_anything_is_asked(company: Path) -> None:
    quote = rows(company, "SELECT id FROM quote ORDER BY number")[0]["id"]
    async with opened(company, start="quotes") as (app, pilot):
        app.show_record("quote", quote)
        await until(pilot, lambda: isinstance(app.screen, QuoteScreen) and "Total" in text_of(app))
        await pilot.press("S", "A", "E")
        await until(pilot, lambda: "Its discounts and margin are within your limits." in told(app))
        assert "It does not wait for approval." in told(app)
        assert states(company) == ["draft", "draft"]


async def test_a_quote_is_added_to_a_deal_and_has_its_customer(company: Path) -> None:
    from sfa.screens.forms.form import RecordForm
    from sfa.screens.quote_lines.screen import LinesScreen

    async with opened(company, start="deals") as (app, pilot):
        await until(pilot, lambda: "1 deal" in text_of(app))
        await pilot.press("a", "q")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, LinesScreen) and "Acme Ltd" in text_of(app))
    assert len(rows(company, "SELECT 1 FROM quote WHERE deal_id IS NOT NULL AND account_id IS NOT NULL")) == 1


async def test_a_filter_shows_the_quotes_whose_day_has_gone_by(company: Path) -> None:
    late = offer(company, "Pump x 1")
    amend(company, "quote", late, valid_until="2026-11-18")
    async with opened(company, start="quotes") as (app, pilot):
        await until(pilot, lambda: "3 quotes" in text_of(app))
        screen_of(app).show_filter("draft")
        await until(pilot, lambda: "3 quotes" in text_of(app))
        screen_of(app).show_filter("late")
        await until(pilot, lambda: "Nothing matches" in text_of(app))
        screen_of(app).show_filter("mine")
        await until(pilot, lambda: "3 quotes" in text_of(app))
