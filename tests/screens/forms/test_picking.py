"""Pickers: the customer's own first, what is typed is found or added on the spot, taken by Enter."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from sfa.screens.forms.form import RecordForm
from sfa.screens.forms.inputs import text_of
from sfa.screens.forms.picking import Picker
from tests.screens.driving import opened, until, write
from tests.screens.driving import text_of as screen_of
from tests.services.acting import make, rows


@pytest.fixture
def acme(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home of a rep with two customers, their people, and a deal."""
    monkeypatch.setenv("SFA_TODAY", "2026-11-18")
    make(home, "account", name="Acme Ltd")
    make(home, "account", name="华创科技")
    make(home, "contact", name="Jo Price", accounts="Acme Ltd", title="Buyer")
    make(home, "contact", name="Ann Smith", accounts="Acme Ltd")
    make(home, "contact", name="王伟", accounts="华创科技", phones="13800138000")
    make(home, "deal", name="Pumps", account="Acme Ltd", close_date="2026-12-01")
    return home


def picker(app: object, name: str) -> Picker:
    """Return the picker of a field of the form in view."""
    screen = app.screen  # type: ignore[attr-defined]
    found = screen.query_one(f"#field-{name}")
    assert isinstance(found, Picker)
    return found


async def test_a_visit_with_its_next_task_takes_eight_keys_beside_the_text(acme: Path) -> None:
    keys = 0
    async with opened(acme, start="sync") as (app, pilot):

        async def press(*names: str) -> None:
            nonlocal keys
            keys += len(names)
            await pilot.press(*names)

        await press("ctrl+n", "v")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        await write(pilot, "acme")
        await until(pilot, lambda: "  Acme Ltd" in screen_of(app) and picker(app, "account").is_open)
        await press("enter")
        await write(pilot, "price")
        await until(pilot, lambda: "• Jo Price" in screen_of(app))
        await press("enter", "enter")
        await write(pilot, "wants 2 pumps")
        await press("enter")
        await write(pilot, "send offer")
        await press("enter")
        await write(pilot, "fri")
        await press("ctrl+s")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm))
    assert keys == 8
    assert rows(
        acme,
        "SELECT a.name, v.kind, v.state, v.outcome, v.next_step FROM activity v"
        " JOIN account a ON a.id = v.account_id",
    ) == [
        {"name": "Acme Ltd", "kind": "visit", "state": "done", "outcome": "wants 2 pumps",
         "next_step": "send offer"}
    ]  # fmt: skip
    assert rows(acme, "SELECT subject, due_on FROM task") == [
        {"subject": "send offer", "due_on": "2026-11-20"}
    ]
    assert rows(
        acme, "SELECT c.name FROM activity_attendee t JOIN contact c ON c.id = t.contact_id"
    ) == [{"name": "Jo Price"}]  # fmt: skip


async def test_the_customers_own_people_are_offered_before_anything_is_typed(acme: Path) -> None:
    async with opened(acme) as (app, pilot):
        await pilot.press("ctrl+n", "v")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        await write(pilot, "Acme Ltd")
        await pilot.press("tab")
        await until(pilot, lambda: "• Jo Price" in screen_of(app) and "• Ann Smith" in screen_of(app))
        assert "王伟" not in screen_of(app)
        await write(pilot, "ww")  # pinyin initials of somebody elsewhere
        await until(pilot, lambda: "王伟" in screen_of(app) and "• Jo Price" not in screen_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: text_of(picker(app, "attendees")) == "王伟")


async def test_esc_closes_the_choices_before_it_leaves_the_form(acme: Path) -> None:
    async with opened(acme) as (app, pilot):
        await pilot.press("ctrl+n", "t")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        picker(app, "account").focus()
        await write(pilot, "acme")
        await until(pilot, lambda: picker(app, "account").is_open)
        await pilot.press("escape")
        await until(pilot, lambda: not picker(app, "account").is_open)
        assert isinstance(app.screen, RecordForm)
        assert text_of(picker(app, "account")) == "acme"


async def test_enter_at_once_means_what_is_found_for_all_of_what_was_typed(
    acme: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sfa.finding import picking

    plain = picking.pick

    def slow(*given: Any, **named: Any) -> list[picking.Pick]:
        time.sleep(0.3)
        return plain(*given, **named)

    monkeypatch.setattr(picking, "pick", slow)
    async with opened(acme) as (app, pilot):
        await pilot.press("ctrl+n", "v")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        await pilot.press(*"hc", "enter")
        await until(pilot, lambda: text_of(picker(app, "account")) == "华创科技")
        await pilot.press(*"nobody", "enter")
        await until(pilot, lambda: app.screen.focused is app.screen.query_one("#field-outcome"))
        assert text_of(picker(app, "attendees")) == "nobody"


async def test_a_name_of_several_records_is_typed_as_the_reference(acme: Path) -> None:
    other = make(acme, "account", name="Acme Ltd")
    async with opened(acme) as (app, pilot):
        await pilot.press("ctrl+n", "t")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        picker(app, "account").focus()
        await write(pilot, "acme")
        await until(pilot, lambda: picker(app, "account").is_open)
        await pilot.press("enter")
        await until(pilot, lambda: not picker(app, "account").is_open)
        typed = text_of(picker(app, "account"))
    known = {each["ref"] for each in rows(acme, "SELECT ref FROM account WHERE name = 'Acme Ltd'")}
    assert other.ref in known
    assert [each for each in known if each.startswith(typed)]


async def test_somebody_new_is_added_on_the_spot_at_the_customer(acme: Path) -> None:
    async with opened(acme, size=(100, 40)) as (app, pilot):
        await pilot.press("ctrl+n", "v")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        visit = app.screen
        await write(pilot, "Acme Ltd")
        await pilot.press("tab")
        await write(pilot, "Kim New")
        await until(pilot, lambda: "New: Kim New" in screen_of(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "New contact" in screen_of(app) and app.screen is not visit)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is visit)
        await until(pilot, lambda: text_of(picker(app, "attendees")) == "Kim New")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is not visit)
    found = rows(
        acme,
        "SELECT a.name FROM contact c JOIN contact_account l ON l.contact_id = c.id"
        " JOIN account a ON a.id = l.account_id WHERE c.name = 'Kim New'",
    )
    assert found == [{"name": "Acme Ltd"}]


async def test_a_name_that_is_there_already_is_said_while_one_types(acme: Path) -> None:
    async with opened(acme) as (app, pilot):
        await pilot.press("ctrl+n", "a")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        await write(pilot, "ACME")
        await pilot.pause(0.6)
        assert "There is already" not in screen_of(app)
        await write(pilot, " ltd")
        await until(pilot, lambda: "There is already: account Acme Ltd" in screen_of(app))
        await write(pilot, " 2")
        await until(pilot, lambda: "There is already" not in screen_of(app))


async def test_a_leads_company_may_be_an_account_already(acme: Path) -> None:
    async with opened(acme) as (app, pilot):
        await pilot.press("ctrl+n", "l")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        await pilot.press("tab")
        await write(pilot, "acme ltd")
        await until(pilot, lambda: "There is already: account Acme Ltd" in screen_of(app))


async def test_a_field_says_what_is_wrong_when_one_leaves_it_and_not_before(acme: Path) -> None:
    async with opened(acme) as (app, pilot):
        await pilot.press("ctrl+n", "t")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        await write(pilot, "Call")
        await pilot.press("tab")
        await write(pilot, "someday")
        assert "'someday'" not in screen_of(app)
        await pilot.press("tab")
        await until(pilot, lambda: "'someday'" in screen_of(app))
        await pilot.press("shift+tab", *["backspace"] * len("someday"))
        await write(pilot, "fri")
        await pilot.press("tab")
        await until(pilot, lambda: "'someday'" not in screen_of(app))
        assert rows(acme, "SELECT count(*) AS n FROM task") == [{"n": 0}]
