"""Signing in to a centre from the app: as somebody does it, at a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from sfa import config
from sfa.screens.app import SfaApp
from sfa.screens.settings import SettingsList
from sfa.screens.signing_in import SignIn
from tests.screens.driving import opened, text_of, told, until, write
from tests.sync.whole.conftest import free_port
from tests.sync.whole.office import PASSWORD, Office, Person, in_step, nothing_lost


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the passwords of tests out of the keyring of whoever runs them."""
    monkeypatch.setattr("sfa.sync.credentials._keyring", lambda: None)


@asynccontextmanager
async def asked(person: Person) -> AsyncIterator[tuple[SfaApp, Pilot[str]]]:
    """Open the app at the dialog that signs in."""
    person.does("lead", "add", "Typed before", "--company", "One")
    config.put("sync_every", "0", person.home)
    async with opened(person.home, start="settings", size=(100, 30)) as (app, pilot):
        await until(pilot, lambda: "not signed in" in text_of(app))
        app.screen.query_one(SettingsList).choose("centre", "centre")
        await until(pilot, lambda: app.screen.query_one(SettingsList).chosen == ("centre", "centre"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SignIn) and app.screen.is_ready)
        yield app, pilot


async def fill(app: SfaApp, pilot: Pilot[Any], url: str, password: str) -> None:
    """Type address and password, and press Enter."""
    app.screen.query_one("#sign-in-url", Input).value = url
    await pilot.press("enter")
    await until(pilot, lambda: app.focused is not None and app.focused.id == "sign-in-password")
    await pilot.press("ctrl+u")
    await write(pilot, password)
    assert password not in text_of(app)
    await pilot.press("enter")


async def test_the_right_password_signs_in_syncs_and_the_sync_place_shows_it(office: Office) -> None:
    phone = office.signed_in("anna", "-phone")
    phone.does("lead", "add", "From the phone", "--company", "Two")
    phone.syncs()
    laptop = office.person("anna")
    async with asked(laptop) as (app, pilot):
        await fill(app, pilot, laptop.url, PASSWORD)
        await until(pilot, lambda: not isinstance(app.screen, SignIn))
        await until(pilot, lambda: any("Signed in as Anna; this device is" in text for text in told(app)))
        await until(pilot, lambda: any(text.startswith("Synced") for text in told(app)))
        await app.switch_mode("sync")
        await until(pilot, lambda: f"127.0.0.1:{office.server.port()}" in text_of(app))
        device = laptop.value("SELECT value FROM local_state WHERE key = 'sync_code'")
        await until(pilot, lambda: "Anna" in text_of(app) and f"device {device}" in text_of(app))
        await app.switch_mode("leads")
        await until(pilot, lambda: "From the phone" in text_of(app) and "Typed before" in text_of(app))
    assert [name for (name,) in office.rows("SELECT name FROM sfa.lead ORDER BY name")] == [
        "From the phone",
        "Typed before",
    ]
    in_step(laptop)
    nothing_lost(office, laptop, phone)


async def test_a_wrong_password_says_so_and_the_right_one_is_typed_in_its_place(office: Office) -> None:
    laptop = office.person("anna")
    async with asked(laptop) as (app, pilot):
        await fill(app, pilot, laptop.url, "falsch")
        await until(pilot, lambda: "✗" in text_of(app))
        assert isinstance(app.screen, SignIn)
        assert "password" in text_of(app).partition("✗")[2]
        assert laptop.value("SELECT value FROM local_state WHERE key = 'sync_url'") is None
        assert app.screen.query_one("#sign-in-url", Input).value == laptop.url
        await fill(app, pilot, laptop.url, PASSWORD)
        await until(pilot, lambda: any(text.startswith("Synced") for text in told(app)))
    assert office.rows("SELECT name FROM sfa.lead") == [("Typed before",)]
    in_step(laptop)


async def test_a_centre_that_cannot_be_reached_says_so_and_keeps_the_address(office: Office) -> None:
    laptop = office.person("anna")
    port = free_port()
    url = laptop.url.replace(str(office.server.port()), str(port))
    async with asked(laptop) as (app, pilot):
        await fill(app, pilot, url, PASSWORD)
        await until(pilot, lambda: f"127.0.0.1:{port} cannot be reached" in text_of(app))
        assert app.screen.query_one("#sign-in-url", Input).value == url
        assert laptop.value("SELECT value FROM local_state WHERE key = 'sync_url'") is None
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, SignIn))
        await until(pilot, lambda: "not signed in" in text_of(app))
    assert laptop.rows("SELECT name FROM lead") == [("Typed before",)]
