"""One account in the round in the app, its history, and giving it to a colleague."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa.screens.accounts import AccountScreen, AccountsScreen
from sfa.screens.history import HistoryScreen
from sfa.screens.record import RecordScreen
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import amend, make, rows


@pytest.fixture
def acme(home: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str]:
    """Return the home of a rep with an account, a person, an open deal and a colleague."""
    monkeypatch.setenv("SFA_TODAY", "2026-11-18")
    account = make(home, "account", name="Acme Ltd")
    make(home, "contact", name="Jo Price", accounts="Acme Ltd")
    make(home, "deal", name="Pumps", account="Acme Ltd", amount="12000")
    make(home, "user", name="Ben")
    return home, account.id


async def test_any_account_is_open_in_three_keys_beside_its_name(acme: tuple[Path, str]) -> None:
    async with opened(acme[0]) as (app, pilot):
        await pilot.press("ctrl+o")
        await write(pilot, "acme")
        await until(pilot, lambda: "Acme Ltd" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, AccountScreen) and "People (1)" in text_of(app))
        assert all(word in text_of(app) for word in ("Jo Price", "Pumps", "no decision maker known"))


async def test_what_is_added_belongs_to_the_account_and_shows_at_once(acme: tuple[Path, str]) -> None:
    home, account = acme
    async with opened(home) as (app, pilot):
        app.show_record("account", account)
        await until(pilot, lambda: "People (1)" in text_of(app))
        await pilot.press("a", "t")
        await until(pilot, lambda: "New task" in text_of(app))
        await write(pilot, "Call them")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, AccountScreen) and "Call them" in text_of(app))


async def test_enter_opens_the_chosen_and_esc_comes_back(acme: tuple[Path, str]) -> None:
    home, account = acme
    async with opened(home) as (app, pilot):
        app.show_record("account", account)
        await until(pilot, lambda: "People (1)" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RecordScreen) and "contact Jo" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, AccountScreen))
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, RecordScreen) and "account Acme" in text_of(app))


async def test_the_history_says_who_changed_what_and_takes_one_change_back(acme: tuple[Path, str]) -> None:
    home, account = acme
    amend(home, "account", account, industry="Steel")
    amend(home, "account", account, region="South")
    async with opened(home, size=(120, 40)) as (app, pilot):
        app.show_record("account", account)
        await until(pilot, lambda: "People (1)" in text_of(app))
        await pilot.press("h")
        await until(
            pilot, lambda: isinstance(app.screen, HistoryScreen) and "Industry: Steel" in text_of(app)
        )
        await pilot.press("down", "t")
        await until(pilot, lambda: any("Undone" in text for text in told(app)))
        await until(pilot, lambda: "Undo" in text_of(app))
    assert rows(home, "SELECT industry, region FROM account") == [{"industry": None, "region": "South"}]


async def test_an_account_goes_to_a_colleague_after_showing_what_goes_along(acme: tuple[Path, str]) -> None:
    home, _ = acme
    owner = "SELECT u.name FROM account a JOIN user u ON u.id = a.owner_id"
    before = rows(home, owner)
    async with opened(home, start="accounts") as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, AccountsScreen) and "1 account" in text_of(app))
        await until(pilot, lambda: app.screen.target[0] == "account")  # type: ignore[attr-defined]
        await pilot.press("T")
        await until(pilot, lambda: "Who gets the account?" in text_of(app))
        await write(pilot, "be")
        await until(pilot, lambda: "Ben" in text_of(app))
        await pilot.press("enter")
        await until(
            pilot, lambda: "Give this account to Ben?" in text_of(app) and "deal Pumps" in text_of(app)
        )
        assert rows(home, owner) == before
        await pilot.press("y")
        await until(pilot, lambda: rows(home, owner) == [{"name": "Ben"}])
        await pilot.press("u")
        await until(pilot, lambda: rows(home, owner) == before)


async def test_an_account_that_goes_away_says_so(acme: tuple[Path, str]) -> None:
    home, account = acme
    async with opened(home) as (app, pilot):
        app.show_record("account", account)
        await until(pilot, lambda: "People (1)" in text_of(app))
        await pilot.press("u")  # the colleague, then the deal, the person, the account
        for _ in range(3):
            await pilot.press("u")
        await until(pilot, lambda: "not here any more" in text_of(app))
        await pilot.press("e")
        await until(pilot, lambda: "The account is not here any more." in told(app))
