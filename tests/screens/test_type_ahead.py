"""Keys that come in one go, as somebody quick, a paste or a slow line sends them."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual import events
from textual.message import Message
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.widgets import Input

from sfa.screens import type_ahead
from tests.screens.driving import opened, text_of, until
from tests.services.acting import rows
from tests.store.rows import add


@pytest.fixture
def tasks(home: Path) -> Path:
    """Return a store with two tasks due today."""
    me = rows(home, "SELECT id FROM user")[0]["id"]
    for subject in ("Call Li", "Call Wang"):
        add(home, "task", subject=subject, due_on="2026-01-05", owner_id=me, state="open")
    return home


def at_once(pilot: Pilot[Any], *keys: str) -> None:
    """Let keys arrive before any of them is looked at."""
    driver = pilot.app._driver
    assert driver is not None
    for key in keys:
        event = events.Key(key, key if len(key) == 1 else None)
        event.set_sender(pilot.app)
        driver.send_message(event)


async def test_a_letter_right_behind_its_key_goes_to_the_place_and_does_nothing_here(tasks: Path) -> None:
    async with opened(tasks, size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: "Call Li" in text_of(app))
        at_once(pilot, "g", "d")
        await until(pilot, lambda: app.current_mode == "deals")
        assert {row["state"] for row in rows(tasks, "SELECT state FROM task")} == {"open"}
        at_once(pilot, "g", "k", "j")
        await until(pilot, lambda: app.current_mode == "tasks")


async def test_a_whole_record_typed_in_one_go_is_saved(home: Path) -> None:
    async with opened(home, start="leads", size=(120, 40)) as (app, pilot):
        at_once(pilot, "n", *"Wu", "ctrl+s", "g", "t")
        await until(pilot, lambda: app.current_mode == "today")
        assert [row["name"] for row in rows(home, "SELECT name FROM lead")] == ["Wu"]


async def test_what_is_typed_behind_enter_stands_in_the_next_field_however_late_the_form_hears_of_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatch = MessagePump._dispatch_message

    async def late(pump: MessagePump, message: Message) -> None:
        if isinstance(message, Input.Submitted):
            await asyncio.sleep(0.02)
        await dispatch(pump, message)

    monkeypatch.setattr(MessagePump, "_dispatch_message", late)
    async with opened(home, start="leads", size=(120, 40)) as (_, pilot):
        at_once(pilot, "n", *"Wu", "enter", *"Acme", "ctrl+s")
        await until(pilot, lambda: bool(rows(home, "SELECT name FROM lead")))
    assert rows(home, "SELECT name, company FROM lead") == [{"name": "Wu", "company": "Acme"}]


async def test_a_process_that_stands_still_between_two_looks_lets_no_key_pass_another(
    tasks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tasks, size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: "Call Li" in text_of(app))
        stalls = itertools.count(0, 10)  # ten seconds go by between two looks at the clock
        monkeypatch.setattr(type_ahead, "time", SimpleNamespace(monotonic=lambda: next(stalls)))
        at_once(pilot, "g", "l")
        await until(pilot, lambda: app.current_mode == "leads")
        at_once(pilot, "n", *"Wu", "ctrl+s")
        await until(pilot, lambda: bool(rows(tasks, "SELECT name FROM lead")))
        assert [row["name"] for row in rows(tasks, "SELECT name FROM lead")] == ["Wu"]
        assert {row["state"] for row in rows(tasks, "SELECT state FROM task")} == {"open"}


async def test_a_burst_of_a_hundred_keys_arrives_whole_and_in_order(home: Path) -> None:
    text = "abcdefghij" * 10
    async with opened(home, start="leads", size=(120, 40)) as (_, pilot):
        at_once(pilot, "n", *text, "ctrl+s")
        await until(pilot, lambda: bool(rows(home, "SELECT name FROM lead")))
        assert rows(home, "SELECT name FROM lead") == [{"name": text}]
