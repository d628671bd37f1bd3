"""Whoever types faster than the app draws, or sends what is no text, ends nothing: found by the monkey."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.screen import ModalScreen

from sfa.screens.dialogs.chooser import Chooser, Entry
from sfa.screens.dialogs.letters import Choice, Letters
from sfa.screens.dialogs.too_small import TooSmall
from sfa.screens.forms.form import RecordForm
from sfa.screens.forms.picking import Picker
from sfa.screens.record import RecordScreen
from sfa.screens.widgets.record_view import RecordView
from tests import terminal
from tests.screens.driving import opened, text_of, until, write
from tests.services.acting import make, rows


def test_bytes_that_are_no_text_end_nothing(home: Path) -> None:
    with terminal.opened(home) as shown:
        shown.until("Nothing is due")
        shown.send(b"\x1b[200~\xed\xa0\x80 \xff\xfe \xb3\xc2\x1b[201~")
        shown.press("?")
        shown.until("Type to search")
        shown.press("escape")
        shown.until(lambda screen: "Type to search" not in screen)
        shown.press("q")
        assert shown.ended() == 0


async def test_two_letters_at_once_choose_one(home: Path) -> None:
    async with opened(home) as (app, pilot):
        letters = Letters("Which?", [Choice("one", "a", "One"), Choice("two", "b", "Two")])
        answers: list[str | None] = []

        async def ask() -> None:
            answers.append(await app.push_screen_wait(letters))

        app.run_worker(ask())
        await until(pilot, lambda: app.screen is letters)
        letters.dismiss("one")
        letters.dismiss("two")
        await until(pilot, lambda: answers == ["one"])
        assert not isinstance(app.screen, ModalScreen)


async def test_esc_twice_goes_one_level_back_from_the_record(home: Path) -> None:
    lead = make(home, "lead", name="Wang Wei")
    async with opened(home, start="leads") as (app, pilot):
        first = RecordScreen("lead", lead.id)
        second = RecordScreen("lead", lead.id)
        await app.push_screen(first)
        await app.push_screen(second)
        second.action_back()
        second.action_back()
        await pilot.pause(0.1)
        assert app.screen is first


async def test_what_is_read_for_a_record_that_is_being_closed_ends_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = make(home, "lead", name="Wang Wei")
    came_late = []

    async def read_anew(screen: RecordScreen) -> None:
        while screen.query(RecordView):  # noqa: ASYNC110  nothing tells of it
            await asyncio.sleep(0)
        came_late.append(screen)
        screen.query_one(RecordView).read_anew()

    async with opened(home, start="leads") as (app, pilot):
        record = RecordScreen("lead", lead.id)
        await app.push_screen(record)
        monkeypatch.setattr(RecordScreen, "read_anew", read_anew)
        record.read_soon()
        await pilot.press("escape")
        await until(pilot, lambda: came_late == [record] and app.screen is not record)
        await until(pilot, lambda: not record.is_running)
    assert app.return_code in {None, 0}


async def test_a_form_that_is_saved_below_another_screen_closes_when_that_is_gone(home: Path) -> None:
    async with opened(home) as (app, pilot):
        app.add_record("lead")
        await until(pilot, lambda: "New lead" in text_of(app))
        await write(pilot, "Wang")
        form = app.screen
        assert isinstance(form, RecordForm)
        await pilot.resize_terminal(20, 5)
        await until(pilot, lambda: isinstance(app.screen, TooSmall))
        form.action_save()
        await until(pilot, lambda: len(rows(home, "SELECT id FROM lead")) == 1)
        await pilot.pause(0.1)
        assert isinstance(app.screen, TooSmall)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: not isinstance(app.screen, ModalScreen))


async def test_a_page_key_before_a_list_is_laid_out_does_nothing(home: Path) -> None:
    from textual.widgets import OptionList

    from sfa.screens.widgets.choices import OneOf

    async with opened(home) as (app, pilot):
        app.add_record("lead")
        await until(pilot, lambda: "New lead" in text_of(app))
        choice = app.screen.query_one("#field-status", OneOf)
        lines = choice.query_one(OptionList)
        assert lines.size.height == 0
        lines.highlighted = 2
        assert lines.check_action("page_down", ()) is False
        choice.focus()
        await pilot.press("enter")
        await until(pilot, lambda: lines.size.height > 0)
        assert lines.check_action("page_down", ()) is True
        await pilot.press("pagedown", "enter")
        await until(pilot, lambda: not choice.expanded)


async def test_what_fails_while_one_leaves_is_no_crash(home: Path) -> None:
    async with opened(home) as (app, pilot):
        app._exit = True
        app._handle_exception(ZeroDivisionError())
        app._exit = False
        await pilot.press("question_mark")
        await until(pilot, lambda: "Type to search" in text_of(app))


async def test_what_fails_before_is_one_and_says_so(home: Path) -> None:
    async def fail() -> None:
        async with opened(home) as (app, pilot):
            app.call_later(lambda: 1 // 0)
            await pilot.pause(0.2)

    with pytest.raises(ZeroDivisionError):
        await fail()


async def test_a_key_before_a_screen_is_laid_out_is_let_go(home: Path) -> None:
    lead = make(home, "lead", name="Wang Wei")
    async with opened(home) as (app, _):
        screen = RecordScreen("lead", lead.id)
        pushed = app.push_screen(screen)
        assert app.offers(screen)
        assert await app.run_action("edit", screen)
        await pushed


async def test_choices_in_a_window_of_a_few_cells_end_nothing(home: Path) -> None:
    make(home, "account", name="南京澜峤化学股份有限公司")
    async with opened(home) as (app, pilot):
        app.add_record("task")
        await until(pilot, lambda: "New task" in text_of(app))
        picker = app.screen.query_one("#field-account", Picker)
        picker.focus()
        await write(pilot, "lq")
        await until(pilot, lambda: picker.is_open)
        for columns in (20, 21, 1, 80):
            await pilot.resize_terminal(columns, 5)
            await pilot.pause(0.1)
        assert app.is_running


async def test_a_key_held_down_opens_one_form(home: Path) -> None:
    async with opened(home, start="leads") as (app, pilot):
        await until(pilot, lambda: "No leads yet" in text_of(app))
        place = app.screen
        for _ in range(10):
            await app.run_action("new", place)
        await until(pilot, lambda: "New lead" in text_of(app))
        await pilot.pause(0.3)
        assert len(app.screen_stack) == 2
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is place)
        await pilot.press("n")  # and later as often as one likes
        await until(pilot, lambda: "New lead" in text_of(app))


async def test_a_record_is_not_shown_over_itself(home: Path) -> None:
    lead = make(home, "lead", name="Wang Wei")
    async with opened(home, start="leads") as (app, pilot):
        await until(pilot, lambda: "Wang Wei" in text_of(app))
        for _ in range(5):
            app.show_record("lead", lead.id)
        await pilot.pause(0.1)
        assert len(app.screen_stack) == 2


@pytest.mark.parametrize("turns", range(8))
async def test_a_list_that_goes_before_it_is_there_ends_nothing(home: Path, turns: int) -> None:
    async with opened(home) as (app, pilot):

        async def nothing(_: str) -> list[Entry]:
            return []

        app.push_screen(Chooser("Which?", nothing))
        for _ in range(turns):
            await asyncio.sleep(0)
        app.pop_screen()
        await pilot.pause(0.2)
        assert app.is_running
        assert app._exception is None
        assert not app.screen.is_modal
