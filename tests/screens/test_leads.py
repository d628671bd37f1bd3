"""The list of leads in the app: finding, filtering, marking, acting, and what it costs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sfa import config, i18n
from sfa.fields import noun as noun_of
from sfa.finding.custom import all_fields
from sfa.finding.listing import condition_of
from sfa.screens.app import SfaApp
from sfa.screens.leads import LeadsScreen
from sfa.screens.record import RecordScreen
from sfa.store.reading import reading
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import make, rows


@pytest.fixture
def three(home: Path) -> Path:
    """Return the home of a rep with three leads."""
    make(home, "lead", name="Wang Wei", company="Acme", rating="hot")
    make(home, "lead", name="李娜", company="华创科技", phones="13800138000")
    make(home, "lead", name="Zoe", company="Globex", status="working")
    return home


def leads_of(app: SfaApp) -> LeadsScreen:
    """Return the screen of leads."""
    assert isinstance(app.screen, LeadsScreen)
    return app.screen


def state_of(app: SfaApp) -> str:
    """Return the line below the list."""
    return text_of(app).splitlines()[-2].strip()


async def test_the_list_shows_the_leads_and_how_many(three: Path) -> None:
    async with opened(three, start="leads") as (app, pilot):
        await until(pilot, lambda: state_of(app) == "3 leads")
        assert all(name in text_of(app) for name in ("Wang Wei", "李娜", "Zoe"))


async def test_slash_narrows_while_typing_and_esc_shows_all(three: Path) -> None:
    async with opened(three, start="leads") as (app, pilot):
        await until(pilot, lambda: state_of(app) == "3 leads")
        await pilot.press("slash")
        await write(pilot, "华创")
        await until(pilot, lambda: state_of(app) == "1 lead · find: 华创")
        assert "李娜" in text_of(app)
        assert "Zoe" not in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: state_of(app) == "3 leads")


async def test_a_text_that_nothing_holds_says_the_way_back(three: Path) -> None:
    async with opened(three, start="leads") as (app, pilot):
        await until(pilot, lambda: state_of(app) == "3 leads")
        await pilot.press("slash")
        await write(pilot, "nobody")
        await until(pilot, lambda: state_of(app) == "0 leads · find: nobody")
        await until(pilot, lambda: "Nothing matches; Esc shows all again." in text_of(app))


async def test_enter_keeps_the_text_and_goes_on_in_the_list(three: Path) -> None:
    async with opened(three, start="leads") as (app, pilot):
        await until(pilot, lambda: state_of(app) == "3 leads")
        await pilot.press("slash")
        await write(pilot, "zoe")
        await pilot.press("enter")
        await until(pilot, lambda: state_of(app) == "1 lead · find: zoe")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RecordScreen) and "Globex" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, LeadsScreen))
        await pilot.press("escape")
        await until(pilot, lambda: state_of(app) == "3 leads")


async def test_a_filter_is_chosen_by_name_or_typed(three: Path) -> None:
    async with opened(three, start="leads") as (app, pilot):
        await until(pilot, lambda: state_of(app) == "3 leads")
        await pilot.press("f")
        await until(pilot, lambda: "Hot leads" in text_of(app))
        await write(pilot, "hot")
        await pilot.press("enter")
        await until(pilot, lambda: state_of(app) == "1 lead · filter: Hot leads")
        await pilot.press("f")
        await until(pilot, lambda: "New leads" in text_of(app))
        await write(pilot, "status")
        await pilot.press(*"=working")
        await until(pilot, lambda: "as a filter" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: state_of(app) == "1 lead · filter: status=working")
        assert "Zoe" in text_of(app)


async def test_a_filter_that_cannot_be_read_says_why_and_cannot_be_chosen(three: Path) -> None:
    async with opened(three, start="leads") as (app, pilot):
        await until(pilot, lambda: state_of(app) == "3 leads")
        await pilot.press("f")
        await until(pilot, lambda: "Hot leads" in text_of(app))
        await pilot.press(*"rating=boiling")
        await until(pilot, lambda: "'boiling' is not one" in text_of(app))
        await pilot.press("enter")
        await pilot.press("escape")
        await until(pilot, lambda: state_of(app) == "3 leads")


@pytest.mark.parametrize("chosen", LeadsScreen.FILTERS, ids=lambda each: each.name)
def test_every_named_filter_can_be_read(home: Path, chosen: object) -> None:
    where = getattr(chosen, "where")  # noqa: B009
    with reading(home) as connection:
        text, _ = condition_of(
            connection, noun_of("lead"), all_fields(connection, "lead"), where, date(2026, 11, 18)
        )
    assert "t." in text


async def test_marked_leads_are_changed_in_one_change_and_taken_back_in_one(three: Path) -> None:
    async with opened(three, start="leads") as (app, pilot):
        await until(pilot, lambda: state_of(app) == "3 leads")
        await pilot.press("ctrl+a")
        await until(pilot, lambda: state_of(app) == "3 leads · 3 marked")
        await pilot.press("e")
        await until(pilot, lambda: "Change 3 leads" in text_of(app))
        for _ in range(4):
            await pilot.press("tab")
        await write(pilot, "fair")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: state_of(app) == "3 leads")
        assert rows(three, "SELECT DISTINCT source FROM lead") == [{"source": "fair"}]
        assert rows(three, "SELECT count(DISTINCT status) AS n FROM lead") == [{"n": 2}]
        await pilot.press("u")
        await until(pilot, lambda: any("Undone: Edit 3 leads" in text for text in told(app)))
        assert rows(three, "SELECT DISTINCT source FROM lead") == [{"source": None}]


async def test_marked_leads_are_deleted_after_a_yes(three: Path) -> None:
    async with opened(three, start="leads") as (app, pilot):
        await until(pilot, lambda: state_of(app) == "3 leads")
        await pilot.press("space", "space")
        await until(pilot, lambda: state_of(app) == "3 leads · 2 marked")
        await pilot.press("x")
        await until(pilot, lambda: "Delete 2 leads?" in text_of(app))
        await pilot.press("y")
        await until(pilot, lambda: state_of(app) == "1 lead")
    assert rows(three, "SELECT count(*) AS n FROM lead WHERE deleted_at IS NULL") == [{"n": 1}]


async def test_a_column_that_was_chosen_is_there_the_next_time(three: Path) -> None:
    async with opened(three, start="leads", size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: state_of(app) == "3 leads")
        await pilot.press("v")
        await until(pilot, lambda: "Columns" in text_of(app))
        await write(pilot, "phones")
        await pilot.press("enter")
        await until(pilot, lambda: "phones" in leads_of(app).records.columns.shown)
    assert "phones" in dict(config.columns("leads", three))
    async with opened(three, start="leads", size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: state_of(app) == "3 leads")
        assert "phones" in leads_of(app).records.columns.shown


async def test_a_wide_terminal_shows_the_lead_beside_the_list(three: Path) -> None:
    async with opened(three, start="leads", size=(140, 40)) as (app, pilot):
        await until(pilot, lambda: "Created by" in text_of(app))


async def test_an_empty_list_says_what_fills_it(home: Path) -> None:
    async with opened(home, start="leads") as (app, pilot):
        await until(pilot, lambda: "No leads yet. n adds one" in text_of(app))
        await pilot.press("c")
        await until(pilot, lambda: told(app) == ["There is no record to do this with."])


async def test_the_list_is_chinese_through_and_through(three: Path) -> None:
    i18n.set_language("zh_CN")
    async with opened(three, start="leads") as (app, pilot):
        await until(pilot, lambda: state_of(app) == "线索 共 3 条")
        shown = text_of(app)
        assert "公司" in shown
        assert "筛选" in shown
        assert "Filter" not in shown


async def test_rows_drawn_for_a_width_that_did_not_last_are_drawn_anew(three: Path) -> None:
    async with opened(three, start="leads") as (app, pilot):
        await until(pilot, lambda: state_of(app) == "3 leads")
        records = leads_of(app).records
        records._strips.clear()
        for line in range(4):
            records._line(line, 0)  # as while the find line comes and goes
        assert "Wang Wei" in text_of(app)
