"""Converting a lead in the app: what is shown is what is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa.screens.convert import ConvertScreen
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import make, rows


@pytest.fixture(autouse=True)
def _wednesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SFA_TODAY", "2026-11-18")


async def test_a_lead_becomes_a_new_account_contact_and_deal(home: Path) -> None:
    lead = make(home, "lead", name="Wang Wei", company="Acme Ltd")
    async with opened(home, size=(100, 40)) as (app, pilot):
        app.show_record("lead", lead.id)
        await until(pilot, lambda: "Wang Wei" in text_of(app))
        await pilot.press("c")
        await until(pilot, lambda: "2026-12-31" in text_of(app))
        assert "create" in text_of(app)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not isinstance(app.screen, ConvertScreen))
    assert rows(home, "SELECT name FROM account") == [{"name": "Acme Ltd"}]
    assert rows(home, "SELECT name, close_on FROM deal") == [{"name": "Acme Ltd", "close_on": "2026-12-31"}]
    assert rows(home, "SELECT status FROM lead") == [{"status": "qualified"}]


async def test_the_existing_account_is_offered_and_attached(home: Path) -> None:
    make(home, "account", name="Acme Ltd")
    lead = make(home, "lead", name="Wang Wei", company="Acme Ltd")
    async with opened(home, size=(100, 40)) as (app, pilot):
        app.show_record("lead", lead.id)
        await until(pilot, lambda: "Wang Wei" in text_of(app))
        await pilot.press("c")
        await until(pilot, lambda: "attach" in text_of(app))
        await pilot.press("tab", "tab", "space")  # no deal
        await until(pilot, lambda: "Close date" not in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not isinstance(app.screen, ConvertScreen))
    assert rows(home, "SELECT count(*) AS n FROM account") == [{"n": 1}]
    assert rows(home, "SELECT count(*) AS n FROM deal") == [{"n": 0}]


async def test_an_amount_that_cannot_be_read_is_said_in_the_preview_and_not_done(home: Path) -> None:
    lead = make(home, "lead", name="Wang Wei", company="Acme Ltd")
    async with opened(home, size=(100, 40)) as (app, pilot):
        app.show_record("lead", lead.id)
        await until(pilot, lambda: "Wang Wei" in text_of(app))
        await pilot.press("c")
        await until(pilot, lambda: "2026-12-31" in text_of(app))
        await pilot.press("tab", "tab", "tab", "tab")
        await write(pilot, "much")
        await until(pilot, lambda: "'much'" in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(told(app)))
    assert rows(home, "SELECT count(*) AS n FROM account") == [{"n": 0}]


async def test_a_converted_lead_says_why_it_cannot_be_converted_again(home: Path) -> None:
    lead = make(home, "lead", name="Wang Wei", company="Acme Ltd")
    async with opened(home, size=(100, 40)) as (app, pilot):
        app.show_record("lead", lead.id)
        await until(pilot, lambda: "Wang Wei" in text_of(app))
        await pilot.press("c")
        await until(pilot, lambda: "2026-12-31" in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not isinstance(app.screen, ConvertScreen) and "Qualified" in text_of(app))
        await pilot.press("c")
        await until(pilot, lambda: "The lead is converted already." in told(app))
    assert rows(home, "SELECT count(*) AS n FROM account") == [{"n": 1}]
