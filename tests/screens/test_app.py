"""What every place shares: going about, keys, palette, jump, themes, errors, small terminals."""

from __future__ import annotations

import gc
import time
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Input

from sfa import config, i18n
from sfa.screens.accounts import AccountScreen
from sfa.screens.dialogs.too_small import TooSmall
from sfa.screens.forms.form import RecordForm
from sfa.screens.leads import LeadScreen
from sfa.screens.record import RecordScreen
from sfa.screens.themes import THEMES
from sfa.store import reading as store_reading
from sfa.store.home import store_path
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import amend, make, rows


async def test_g_and_a_letter_go_to_a_place_and_back(home: Path) -> None:
    async with opened(home) as (app, pilot):
        await pilot.press("g")
        await until(pilot, lambda: "Go to" in text_of(app))
        await pilot.press("l")
        await until(pilot, lambda: app.current_mode == "leads")
        await pilot.press("g", "t")
        await until(pilot, lambda: app.current_mode == "today")


async def test_question_mark_lists_the_keys_and_runs_the_one_that_is_typed(home: Path) -> None:
    async with opened(home) as (app, pilot):
        await pilot.press("question_mark")
        await until(pilot, lambda: "This place" in text_of(app))
        await write(pilot, "another screen")
        await until(pilot, lambda: "Take back the last change" not in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "The list of leads" not in text_of(app) and " t  Today" in text_of(app))


async def test_the_palette_changes_the_theme_and_keeps_it(home: Path) -> None:
    async with opened(home) as (app, pilot):
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "Commands" in text_of(app))
        await write(pilot, "theme light")
        await pilot.press("enter")
        await until(pilot, lambda: app.theme == "light")
    assert config.get("theme", home).value == "light"


async def test_the_palette_changes_the_language_of_all_that_is_shown_at_once(home: Path) -> None:
    make(home, "lead", name="Li Wei", company="Globex")
    async with opened(home, start="leads") as (app, pilot):
        await until(pilot, lambda: "Li Wei" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, LeadScreen) and "Globex" in text_of(app))
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "Commands" in text_of(app))
        await write(pilot, "language")
        await until(pilot, lambda: "简体中文" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, LeadScreen) and "线索 Li Wei" in text_of(app))
        await until(pilot, lambda: "编辑" in text_of(app).splitlines()[-1])
        shown = text_of(app)
        for word in ("Today", "Leads", "Edit", "Company", "Sunday", "Monday"):
            assert word not in shown
        await pilot.press("escape")
        await until(pilot, lambda: app.current_mode == "leads" and "引用号" not in text_of(app))
        assert "Leads" not in text_of(app)
        await pilot.press("g", "t")
        await until(pilot, lambda: "今日" in text_of(app) and "Today" not in text_of(app))
    assert config.get("language", home).value == "zh_CN"


async def test_ctrl_o_jumps_to_any_record(home: Path) -> None:
    make(home, "account", name="华创科技")
    async with opened(home) as (app, pilot):
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "Name, phone, email" in text_of(app))
        await write(pilot, "华创")
        await until(pilot, lambda: "华创科技" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, AccountScreen) and "华创科技" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, AccountScreen))


async def test_enter_right_after_typing_takes_what_is_found_for_all_of_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sfa.finding import searching

    make(home, "account", name="Alpha")
    make(home, "account", name="Alpine")
    plain = searching.find

    def slow(*given: Any, **named: Any) -> list[searching.Hit]:
        time.sleep(0.3)
        return plain(*given, **named)

    monkeypatch.setattr(searching, "find", slow)
    async with opened(home) as (app, pilot):
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "Name, phone, email" in text_of(app))
        await pilot.press(*"alp")
        await pilot.pause(0.5)
        await pilot.press(*"ine", "enter")
        await until(pilot, lambda: isinstance(app.screen, AccountScreen) and "Alpine" in text_of(app))


async def test_a_record_is_deleted_after_a_yes_and_u_brings_it_back(home: Path) -> None:
    lead = make(home, "lead", name="Wang Wei")
    async with opened(home) as (app, pilot):
        app.show_record("lead", lead.id)
        await until(pilot, lambda: "Wang Wei" in text_of(app))
        await pilot.press("x")
        await until(pilot, lambda: "Delete Wang Wei?" in text_of(app))
        await pilot.press("enter")  # the focus is on No
        await until(pilot, lambda: "Delete Wang Wei?" not in text_of(app))
        assert rows(home, "SELECT count(*) AS n FROM lead WHERE deleted_at IS NULL") == [{"n": 1}]
        await pilot.press("x")
        await until(pilot, lambda: "Delete Wang Wei?" in text_of(app))
        await pilot.press("y")
        await until(pilot, lambda: not isinstance(app.screen, RecordScreen))
        assert rows(home, "SELECT count(*) AS n FROM lead WHERE deleted_at IS NULL") == [{"n": 0}]
        await pilot.press("u")
        await until(pilot, lambda: any("Undone" in text for text in told(app)))
        assert rows(home, "SELECT count(*) AS n FROM lead WHERE deleted_at IS NULL") == [{"n": 1}]


async def test_an_undo_that_meets_a_later_change_offers_the_rest(home: Path) -> None:
    lead = make(home, "lead", name="Wang Wei")
    amend(home, "lead", lead.id, title="CTO", company="Acme")
    with store_reading.reading(home) as connection:
        newest = connection.execute("SELECT max(tx_id) FROM tx WHERE kind = 'change'").fetchone()[0]
    _as_if_by_another_device(home, lead.id, after=newest)
    async with opened(home) as (app, pilot):
        await pilot.press("u")
        await until(pilot, lambda: "take back the rest?" in text_of(app))
        await pilot.press("y")
        await until(pilot, lambda: any("Undone" in text for text in told(app)))
    assert rows(home, "SELECT title, company FROM lead") == [{"title": "CFO", "company": None}]


def _as_if_by_another_device(home: Path, lead_id: str, *, after: str) -> None:
    """Change the title in a transaction that is not this device's own, so that undo passes over it."""
    import sqlite3

    from sfa.store.connection import open_writing

    amend(home, "lead", lead_id, title="CFO")
    connection: sqlite3.Connection = open_writing(store_path(home))
    connection.execute("UPDATE tx SET device = 'another' WHERE tx_id > ?", (after,))
    connection.close()


async def test_nothing_to_undo_is_said(home: Path) -> None:
    async with opened(home) as (app, pilot):
        await pilot.press("u")
        await until(pilot, lambda: bool(told(app)))
        assert told(app) == ["There is nothing to undo."]


async def test_a_terminal_that_is_too_small_says_so_until_it_grows(home: Path) -> None:
    async with opened(home, size=(50, 14)) as (app, pilot):
        await until(pilot, lambda: "Too small" in text_of(app))
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: not isinstance(app.screen, TooSmall))


async def test_keys_of_ones_own_take_the_place_of_the_usual_ones(home: Path) -> None:
    (home / config.FILE_NAME).write_text('[keys]\n"app.go_to" = "f2"\n', "utf-8")
    async with opened(home) as (app, pilot):
        await pilot.press("f2")
        await until(pilot, lambda: " t  Today" in text_of(app))


async def test_a_key_for_no_action_and_a_key_terminals_confuse_are_refused_by_name(home: Path) -> None:
    (home / config.FILE_NAME).write_text('[keys]\n"app.dance" = "f2"\n', "utf-8")
    async with opened(home) as (app, pilot):
        await until(pilot, lambda: any("'app.dance'" in text for text in told(app)))
    (home / config.FILE_NAME).write_text('[keys]\n"app.go_to" = "ctrl+m"\n', "utf-8")
    async with opened(home) as (app, pilot):
        await until(pilot, lambda: any("ctrl+m" in text for text in told(app)))


async def test_q_leaves(home: Path) -> None:
    async with opened(home) as (app, pilot):
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running or app._exit)
        assert app.return_code == 0


async def test_a_store_that_cannot_be_read_is_told_in_the_app(home: Path) -> None:
    async with opened(home) as (app, pilot):
        _put_something_else_in_place(home)
        await until(pilot, lambda: any("damaged or is no store" in text for text in told(app)))


def _put_something_else_in_place(home: Path) -> None:
    for path in home.iterdir():
        path.unlink()
    store_path(home).write_bytes(b"not a store " * 100)


async def test_in_chinese_a_command_is_found_by_its_pinyin_initials(home: Path) -> None:
    i18n.set_language("zh_CN")
    async with opened(home) as (app, pilot):
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "输入即搜索" in text_of(app))
        await write(pilot, "qs")
        await until(pilot, lambda: "撤销" not in text_of(app))
        assert "浅色" in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.theme == "light")


@pytest.mark.parametrize("theme", THEMES)
async def test_the_app_comes_up_in_every_theme(
    theme: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SFA_THEME", theme)
    async with opened(home) as (app, pilot):
        await until(pilot, lambda: "Nothing is due today" in text_of(app))
        assert app.theme == theme
        await pilot.press("question_mark")
        await until(pilot, lambda: "This place" in text_of(app))


async def test_garbage_is_looked_for_when_nobody_has_pressed_a_key_for_a_moment(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    taken_back: list[int] = []
    monkeypatch.setattr(gc, "unfreeze", lambda: taken_back.append(1))
    async with opened(home) as (app, pilot):
        with monkeypatch.context() as patch:
            patch.setattr(gc, "get_count", lambda: (0, 3, 0))
            patch.setattr(gc, "collect", lambda: looked.append(1))
            await pilot.press("j")
            app._look_around()
            assert looked == []
            app._acted_at = 0.0
            app._look_around()
            assert looked == [1]
        assert taken_back == []
    assert taken_back == [1]


async def test_what_is_typed_right_after_tab_lands_in_the_next_field(home: Path) -> None:
    async with opened(home, start="deals") as (app, pilot):
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        await pilot.pause(0.3)
        for key in ("a", "b", "tab", "c", "d", "tab", "1", "2"):  # faster than it is drawn
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: app.screen.query_one("#field-amount", Input).value == "12")
        assert app.screen.query_one("#field-name", Input).value == "ab"
        await until(pilot, lambda: app.screen.query_one("#field-account Input", Input).value == "cd")
