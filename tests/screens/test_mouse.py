"""The mouse: what can be reached by a key can be clicked, and the wheel scrolls."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import OptionList

from sfa.i18n import tr
from sfa.screens.app import SfaApp
from sfa.screens.dialogs.chooser import Chooser
from sfa.screens.dialogs.confirm import Confirm
from sfa.screens.dialogs.letters import Letters
from sfa.screens.forms.form import RecordForm
from sfa.screens.keys import PLACES
from sfa.screens.settings import SettingsList
from sfa.screens.widgets.big_list import BigList
from tests.conftest import Made
from tests.screens.driving import opened, still, text_of, until, write
from tests.services.acting import make, rows

WIDE = (160, 40)


@pytest.fixture
def company(made: Made, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home with more than a screenful of leads and tasks."""
    monkeypatch.setenv("SFA_TODAY", "2026-11-18")
    return made(_company)


def _company(home: Path) -> None:
    for number in range(50):
        make(home, "task", subject=f"Task {number:02}", due="2026-11-18")
    for number in range(60):
        make(home, "lead", name=f"Lead {number:02}")


def place_of(app: SfaApp, text: str, *, last: bool = False) -> tuple[int, int]:
    """Return where a text of single cells stands on the screen, from the left and from the top."""
    # With a blank after the last word of a line, which nothing may follow yet.
    lines = [(y, f"{line} ") for y, line in enumerate(text_of(app).splitlines())]
    for y, line in reversed(lines) if last else lines:
        if text in line:
            return line.index(text) + 1, y
    raise AssertionError(f"{text} is not on the screen:\n{text_of(app)}")


async def click(app: SfaApp, pilot: Pilot[str], text: str, *, last: bool = False) -> None:
    """Click on a text where it stands."""
    await pilot.click(offset=place_of(app, text, last=last))


async def test_every_place_is_reached_by_a_click_on_its_name(home: Path) -> None:
    async with opened(home, size=WIDE) as (app, pilot):
        for name, spec in list(PLACES.items())[::-1]:
            await until(pilot, lambda spec=spec: tr(spec.label) in text_of(app).splitlines()[0])  # type: ignore[misc]
            await click(app, pilot, f" {tr(spec.label)} ")
            await until(pilot, lambda name=name: app.current_mode == name)  # type: ignore[misc]
            await still(pilot)


async def test_every_key_at_the_bottom_can_be_clicked(company: Path) -> None:
    async with opened(company, start="leads", size=WIDE) as (app, pilot):
        await until(pilot, lambda: "Lead 59" in text_of(app) and "n New" in text_of(app).splitlines()[-1])
        await click(app, pilot, "n New", last=True)
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        await pilot.press("escape")
        await until(pilot, lambda: not app.screen.is_modal)
        await click(app, pilot, "? Keys", last=True)
        await until(pilot, lambda: isinstance(app.screen, Chooser))


async def test_an_entry_of_today_is_chosen_and_shown_by_a_click(company: Path) -> None:
    async with opened(company) as (app, pilot):
        await until(pilot, lambda: "Task 03" in text_of(app))
        await click(app, pilot, "Task 03")
        await until(pilot, lambda: getattr(app.screen, "record_id", "") != "" and "Task 03" in text_of(app))


async def test_the_wheel_scrolls_lists_entries_and_settings(company: Path) -> None:
    async with opened(company, start="leads") as (app, pilot):
        await until(pilot, lambda: "Lead 59" in text_of(app))
        big = app.screen.query_one(BigList)
        before = text_of(app)
        big._on_mouse_scroll_down(_wheel(big))
        await until(pilot, lambda: text_of(app) != before)
        await app.switch_mode("settings")
        await still(pilot)
        listed = app.screen.query_one(SettingsList)
        listed._on_mouse_scroll_down(_wheel(listed))
        await until(pilot, lambda: listed.scroll_y > 0)


def _wheel(widget: Widget) -> events.MouseScrollDown:
    return events.MouseScrollDown(widget, 5, 5, 0, 1, 0, False, False, False, 5, 5)


async def test_letters_choices_and_buttons_are_clicked(company: Path) -> None:
    async with opened(company, start="leads") as (app, pilot):
        await until(pilot, lambda: "Lead 59" in text_of(app))
        await pilot.press("g")
        await until(pilot, lambda: isinstance(app.screen, Letters))
        await click(app, pilot, "Tasks", last=True)
        await until(pilot, lambda: app.current_mode == "tasks")
        await pilot.press("g", "l")
        await until(pilot, lambda: app.current_mode == "leads")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        await pilot.pause(0.2)
        await write(pilot, "Clicked")
        await pilot.click("#save")
        await until(pilot, lambda: bool(rows(company, "SELECT 1 FROM lead WHERE name = 'Clicked'")))
        await until(pilot, lambda: not app.screen.is_modal)
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.click("#no")
        await until(pilot, lambda: not app.screen.is_modal)


async def test_a_setting_and_its_choice_are_clicked(home: Path) -> None:
    async with opened(home, start="settings", size=(100, 40)) as (app, pilot):
        await until(pilot, lambda: "Theme" in text_of(app))
        await still(pilot)
        await click(app, pilot, "Theme")
        await until(pilot, lambda: isinstance(app.screen, Chooser) and "High contrast" in text_of(app))
        assert app.screen.query(OptionList)
        await still(pilot)
        await click(app, pilot, "High contrast")
        await until(pilot, lambda: app.theme == "high-contrast")
