"""The app of somebody whose role may only read: what changes something says so before anything is typed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from textual.screen import Screen

from sfa.screens.buying_roles import BuyingRolesScreen
from sfa.screens.files import FilesScreen
from sfa.screens.forms.form import RecordForm
from sfa.screens.record import RecordScreen
from sfa.store.home import store_path
from tests.screens.driving import opened, text_of, told, until
from tests.services.acting import make, rows

REFUSAL = "Your role may only read"


@pytest.fixture
def reader(home: Path) -> Path:
    """Return a home with a lead, signed in with a role that may only read."""
    make(home, "lead", name="Li Wei")
    make(home, "deal", name="Pumps")
    with closing(sqlite3.connect(store_path(home))) as connection, connection:
        connection.execute("INSERT INTO local_state (key, value) VALUES ('sync_role', 'read-only')")
    return home


@pytest.mark.parametrize("key", ["n", "e", "x", "a", "u"])
async def test_a_key_that_changes_something_says_why_not_and_opens_nothing(reader: Path, key: str) -> None:
    async with opened(reader, start="leads") as (app, pilot):
        await until(pilot, lambda: "Li Wei" in text_of(app))
        await pilot.press(key)
        await until(pilot, lambda: any(REFUSAL in each for each in told(app)))
        assert not any(isinstance(each, RecordForm) for each in app.screen_stack)
        assert not app.screen.is_modal
    assert rows(reader, "SELECT name, deleted_at FROM lead") == [{"name": "Li Wei", "deleted_at": None}]


@pytest.mark.parametrize(("key", "place"), [("F", FilesScreen), ("R", BuyingRolesScreen)])
async def test_files_and_who_decides_are_read_and_not_changed(
    reader: Path, key: str, place: type[Screen[None]]
) -> None:
    async with opened(reader, start="deals") as (app, pilot):
        await until(pilot, lambda: "Pumps" in text_of(app) and app.reads_only)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, place) and "Pumps" in text_of(app))
        assert told(app) == []
        for change in ("n", "x"):
            await pilot.press(change)
            await until(pilot, lambda: any(REFUSAL in each for each in told(app)))
            assert isinstance(app.screen, place)
            app.clear_notifications()


async def test_looking_works_as_for_everybody(reader: Path) -> None:
    async with opened(reader, start="leads") as (app, pilot):
        await until(pilot, lambda: "Li Wei" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RecordScreen))
        assert told(app) == []


async def test_a_form_that_the_palette_opens_is_refused_too(reader: Path) -> None:
    async with opened(reader, start="leads") as (app, pilot):
        await until(pilot, lambda: "Li Wei" in text_of(app))
        app.add_record("lead")
        await until(pilot, lambda: any(REFUSAL in each for each in told(app)))
        assert not any(isinstance(each, RecordForm) for each in app.screen_stack)


async def test_a_role_that_changes_shows_with_the_next_look_at_the_store(reader: Path) -> None:
    async with opened(reader, start="leads") as (app, pilot):
        await until(pilot, lambda: app.reads_only)
        with closing(sqlite3.connect(store_path(reader))) as connection, connection:
            connection.execute("UPDATE local_state SET value = 'rep' WHERE key = 'sync_role'")
        app.refresh_places()
        await until(pilot, lambda: not app.reads_only)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
