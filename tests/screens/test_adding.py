"""Adding from anywhere and to the record in view, in few keys, with what a new record has by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa.screens.forms.form import RecordForm
from tests.screens.driving import opened, text_of, until, write
from tests.services.acting import make, rows


@pytest.fixture
def acme(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home of a rep with an account, a person and a deal of it."""
    monkeypatch.setenv("SFA_TODAY", "2026-11-18")
    make(home, "account", name="Acme Ltd")
    make(home, "contact", name="Wang", accounts="Acme Ltd")
    make(home, "deal", name="Pumps", account="Acme Ltd", amount="12000", close_date="2026-12-01")
    return home


async def test_a_task_is_added_to_the_deal_in_view_by_three_keys(acme: Path) -> None:
    async with opened(acme, start="deals") as (app, pilot):
        await until(pilot, lambda: "1 deal" in text_of(app) and "Pumps" in text_of(app))
        await pilot.press("a")
        await until(pilot, lambda: "Add to Pumps" in text_of(app))
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        await write(pilot, "send offer")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm))
    assert rows(
        acme,
        "SELECT t.subject, t.priority, t.state, d.name FROM task t JOIN deal d ON d.id = t.deal_id",
    ) == [{"subject": "send offer", "priority": "normal", "state": "open", "name": "Pumps"}]


async def test_the_form_shows_what_a_new_record_has_by_itself(acme: Path) -> None:
    async with opened(acme) as (app, pilot):
        await pilot.press("ctrl+n")
        await until(pilot, lambda: "product" in text_of(app).lower())
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        assert any("Priority" in line and "Normal" in line for line in text_of(app).splitlines())


async def test_a_contact_of_an_account_and_a_visit_to_a_person_belong_to_them(acme: Path) -> None:
    async with opened(acme, start="accounts") as (app, pilot):
        await until(pilot, lambda: "1 account" in text_of(app) and "Acme" in text_of(app))
        await pilot.press("a", "c")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        await write(pilot, "Li")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm))
    found = rows(
        acme,
        "SELECT c.name FROM contact c JOIN contact_account l ON l.contact_id = c.id ORDER BY c.name",
    )
    assert [each["name"] for each in found] == ["Li", "Wang"]


async def test_what_takes_nothing_says_so(acme: Path) -> None:
    make(acme, "product", name="Pump")
    async with opened(acme, start="products") as (app, pilot):
        await until(pilot, lambda: "1 product" in text_of(app) and "Pump" in text_of(app))
        await pilot.press("a")
        await until(pilot, lambda: "Nothing can be added" in "".join(str(n) for n in app._notifications))
