"""Quotes that wait for approval, in the app: why each needs a word, yes and no by a key."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from sfa.screens.approvals import ApprovalsScreen
from sfa.screens.forms.line import LineForm
from sfa.screens.quotes import QuotesScreen
from sfa.services import quote_states, quotes
from sfa.services.settings import settle
from sfa.store.home import store_path
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import TODAY, acting, amend, make, row, rows, typed

SAID = (
    "SELECT verdict, reason FROM quote_decision WHERE verdict <> 'submit' AND deleted_at IS NULL ORDER BY id"
)


def sign_in(home: Path, role: str) -> None:
    """Let the store's user have a role, as a sync would say."""
    store = sqlite3.connect(store_path(home))
    store.execute("INSERT OR REPLACE INTO local_state (key, value) VALUES ('sync_role', ?)", (role,))
    store.commit()
    store.close()


def be(home: Path, user: str) -> None:
    """Let the store be another user's."""
    store = sqlite3.connect(store_path(home))
    store.execute("UPDATE local_state SET value = ? WHERE key = 'user_id'", (user,))
    store.commit()
    store.close()


def submitted(home: Path, line: str) -> str:
    """Return the id of a quote of whoever works here that waits for approval."""
    with acting(home) as session:
        given = typed(session, "quote", account="Acme Ltd", currency="USD")
        quote = quotes.create(session, given, today=TODAY, lines=[line]).id
        quote_states.submit(session, quote, today=TODAY)
        return quote


@pytest.fixture
def team(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home of a manager for whom two quotes of a rep wait, and one of the manager's own."""
    monkeypatch.setenv("SFA_TODAY", TODAY.isoformat())
    make(home, "account", name="Acme Ltd")
    make(home, "product", name="Pump", price="100 USD")
    with acting(home) as session:
        settle(session, "approval_rep_discount", "5")
        settle(session, "approval_manager_discount", "20")
    me = row(home, "SELECT value FROM local_state WHERE key = 'user_id'")["value"]
    ref = row(home, "SELECT ref FROM user WHERE id = ?", me)["ref"]
    amend(home, "user", me, role="manager")
    ben = make(home, "user", name="Ben", manager=ref).id
    sign_in(home, "rep")
    be(home, ben)
    submitted(home, "Pump x 2 -10%")
    submitted(home, "Pump x 1 -30%")
    be(home, me)
    submitted(home, "Pump x 3 -15%")
    sign_in(home, "manager")
    return home


async def test_what_waits_says_why_and_is_approved_or_sent_back_by_a_key(team: Path) -> None:
    async with opened(team, start="quotes") as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, QuotesScreen) and "3 quotes" in text_of(app))
        await pilot.press("I")
        await until(pilot, lambda: isinstance(app.screen, ApprovalsScreen) and "approve (3)" in text_of(app))
        await until(pilot, lambda: "10% off" in text_of(app))
        await until(pilot, lambda: "10 %" in text_of(app).partition("needs approval:")[2])
        await pilot.press("A")
        await until(pilot, lambda: rows(team, SAID) == [{"verdict": "approve", "reason": None}])
        await until(pilot, lambda: any("goes to the centre" in each for each in told(app)))
        await pilot.press("u")
        await until(pilot, lambda: rows(team, SAID) == [])
        await pilot.press("N")
        await until(pilot, lambda: isinstance(app.screen, LineForm))
        await write(pilot, "five is enough")
        await pilot.press("enter")
        await until(pilot, lambda: rows(team, SAID) == [{"verdict": "reject", "reason": "five is enough"}])


async def test_one_above_ones_role_and_ones_own_are_not_decided_on(team: Path) -> None:
    async with opened(team, start="quotes", size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, QuotesScreen) and "3 quotes" in text_of(app))
        await pilot.press("I")
        await until(pilot, lambda: isinstance(app.screen, ApprovalsScreen) and "approve (3)" in text_of(app))
        await pilot.press("down", "A")
        await until(pilot, lambda: any("Your role may not approve" in each for each in told(app)))
        await pilot.press("down")
        await until(pilot, lambda: "It is yours" in text_of(app))
        await pilot.press("A")
        await until(pilot, lambda: any("of their own" in each for each in told(app)))
        assert rows(team, SAID) == []
        await pilot.press("B")
        await until(pilot, lambda: "approve (2)" in text_of(app))
        own = row(team, "SELECT state FROM quote WHERE line_count = 1 ORDER BY number DESC LIMIT 1")
        assert own["state"] == "draft"


async def test_today_leads_to_what_waits(team: Path) -> None:
    async with opened(team, start="today") as (app, pilot):
        await until(pilot, lambda: "Quotes to approve (2)" in text_of(app))
        await pilot.press("home", "d")
        await until(
            pilot, lambda: isinstance(app.screen, ApprovalsScreen) and "needs approval:" in text_of(app)
        )
