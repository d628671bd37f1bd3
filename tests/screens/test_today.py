"""The day in the app: its order, doing things, empty days, both languages, all sizes."""

from __future__ import annotations

import sqlite3
from importlib import import_module
from pathlib import Path

import pytest
from textual.pilot import Pilot

from sfa import clock, i18n
from sfa.errors import msg
from sfa.reports.today import KINDS
from sfa.screens.app import SfaApp
from sfa.screens.keys import PLACES
from sfa.screens.today import ALL_OF, TodayScreen
from sfa.screens.widgets.agenda import Agenda
from sfa.screens.widgets.record_view import RecordView
from sfa.store.perform import changing
from tests.conftest import Made
from tests.screens.driving import opened, text_of, told, until, write
from tests.services import deciding
from tests.services.acting import make, rows
from tests.services.hearing import heard


@pytest.fixture
def day(made: Made, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home of a rep with something of every kind to do on Wednesday 18 November."""
    monkeypatch.setenv("SFA_TODAY", "2026-11-18")
    return made(_day)


def _day(home: Path) -> None:
    make(home, "account", name="Acme Ltd", tier="key")
    make(home, "task", subject="Send the quote", due="2026-11-18", priority="high")
    make(home, "task", subject="Call 华创", due="2026-11-16")
    make(home, "deal", name="Acme pumps", account="Acme Ltd", amount="12000")


def order_of(text: str, *parts: str) -> bool:
    """Say whether the parts stand in a text in this order."""
    places = [text.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


async def test_the_day_shows_overdue_before_due_then_deals_then_silent_accounts(day: Path) -> None:
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "Acme pumps" in text_of(app))
        shown = text_of(app)
        assert order_of(
            shown, "Tasks due (2)", "Call 华创", "Send the quote", "without a next step", "Key accounts"
        )


async def test_d_completes_the_chosen_task_and_u_opens_it_again(day: Path) -> None:
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "Call 华创" in text_of(app))
        await pilot.press("d")
        await until(
            pilot, lambda: "Call 华创" not in text_of(app).split("Tasks due (1)")[-1].split("u takes")[0]
        )
        assert rows(day, "SELECT state FROM task WHERE subject = 'Call 华创'") == [{"state": "done"}]
        await pilot.press("u")
        await until(pilot, lambda: "Tasks due (2)" in text_of(app))
        assert rows(day, "SELECT state FROM task WHERE subject = 'Call 华创'") == [{"state": "open"}]
        assert any("Undone: Complete Call 华创" in text for text in told(app))
        await pilot.press("U")
        await until(pilot, lambda: "Tasks due (1)" in text_of(app))


async def test_s_puts_a_task_off_until_tomorrow(day: Path) -> None:
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "Call 华创" in text_of(app))
        await pilot.press("z")
        await until(pilot, lambda: "Tasks due (1)" in text_of(app))
        assert rows(day, "SELECT due_on FROM task WHERE subject = 'Call 华创'") == [{"due_on": "2026-11-19"}]


async def chosen(pilot: Pilot[str], app: SfaApp, kind: str, noun: str = "") -> None:
    """Put the cursor on the first entry of a section, of a noun if one is named."""
    screen = app.screen
    assert isinstance(screen, TodayScreen)
    await pilot.press("home")
    for _ in range(60):
        if screen.kind == kind and (not noun or screen.target[0] == noun):
            return
        await pilot.press("down")
    raise AssertionError(f"no {noun} in {kind}:\n{text_of(app)}")


async def test_what_is_not_possible_says_why_and_changes_nothing(day: Path) -> None:
    before = rows(day, "SELECT count(*) AS changes FROM tx")
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "Acme pumps" in text_of(app))
        await chosen(pilot, app, "no_next_step")
        await pilot.press("z")
        await until(pilot, lambda: bool(told(app)))
        assert told(app) == ["This cannot be put off; d does it, Enter shows it."]
    assert rows(day, "SELECT count(*) AS changes FROM tx") == before


async def test_d_on_a_deal_without_a_next_step_asks_for_it_with_its_day(day: Path) -> None:
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "Acme pumps" in text_of(app))
        await chosen(pilot, app, "no_next_step")
        await pilot.press("d")
        await until(pilot, lambda: "What is the next step in Acme pumps?" in text_of(app))
        await write(pilot, "call back fri")
        await pilot.press("enter")
        await until(pilot, lambda: "without a next step" not in text_of(app))
    assert rows(day, "SELECT next_step, next_step_on FROM deal") == [
        {"next_step": "call back", "next_step_on": "2026-11-20"}
    ]


async def test_z_puts_a_follow_up_off_and_a_visit_to_the_same_time_of_the_next_day(day: Path) -> None:
    make(day, "lead", name="Jo Price", next_follow_up="2026-11-10", owner="me")
    make(day, "visit", account="Acme Ltd", at="2026-11-18 14:30", purpose="Show pumps", state="planned")
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "Show pumps" in text_of(app))
        await chosen(pilot, app, "follow_ups")
        await pilot.press("z")
        await until(pilot, lambda: "Follow-ups due" not in text_of(app))
        await chosen(pilot, app, "visits")
        await pilot.press("z")
        await until(pilot, lambda: "Visits today" not in text_of(app))
        await until(pilot, lambda: "visit: Show pumps" in text_of(app))  # in the week ahead by now
    assert rows(day, "SELECT next_follow_up_on FROM lead") == [{"next_follow_up_on": "2026-11-19"}]
    ((at,),) = (tuple(each.values()) for each in rows(day, "SELECT at FROM activity"))
    assert clock.from_text(at).astimezone().strftime("%Y-%m-%d %H:%M") == "2026-11-19 14:30"


async def test_d_on_a_silent_account_plans_a_visit_to_it(day: Path) -> None:
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "Key accounts" in text_of(app))
        await chosen(pilot, app, "silent")
        await pilot.press("d")
        await until(pilot, lambda: "New visit" in text_of(app))
        assert "Acme Ltd" in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, TodayScreen))
    assert rows(day, "SELECT count(*) AS visits FROM activity") == [{"visits": 0}]


async def test_d_on_a_follow_up_logs_it_and_asks_for_the_next_one(day: Path) -> None:
    make(day, "lead", name="Jo Price", next_follow_up="2026-11-10", owner="me")
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "Follow-ups due" in text_of(app))
        await chosen(pilot, app, "follow_ups")
        await pilot.press("d")
        await until(pilot, lambda: "New activity" in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "When does Jo Price hear of you next?" in text_of(app))
        await write(pilot, "mon")
        await pilot.press("enter")
        await until(pilot, lambda: "Follow-ups due" not in text_of(app))
    assert rows(day, "SELECT next_follow_up_on FROM lead") == [{"next_follow_up_on": "2026-11-23"}]
    assert rows(day, "SELECT count(*) AS logged FROM activity WHERE lead_id IS NOT NULL") == [{"logged": 1}]


async def test_the_day_of_a_manager_with_everything_in_it_is_at_most_six_questions(
    day: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sfa.store import reading as store_reading

    ben = make(day, "user", name="Ben").id
    with changing(day, name=msg("Act")) as change:
        change.connection.execute("UPDATE user SET role = 'manager' WHERE id = ?", (deciding.me(day),))
        change.connection.execute("UPDATE user SET manager_id = ? WHERE id = ?", (deciding.me(day), ben))
    deal = str(rows(day, "SELECT id FROM deal")[0]["id"])
    deciding.conflict(day, "deal", deal, kept={"name": "A"}, lost={"name": "B"}, kept_by=ben)
    heard(day, "deal", deal, author=ben)
    make(day, "visit", account="Acme Ltd", at="2026-11-18 09:30", owner="Ben", state="done")
    asked: list[str] = []
    plain = store_reading._open

    def listened(uri: str) -> sqlite3.Connection:
        connection = plain(uri)
        connection.set_trace_callback(asked.append)
        return connection

    monkeypatch.setattr(store_reading, "_open", listened)
    async with opened(day) as (app, pilot):
        await until(
            pilot, lambda: "Visits your team made" in text_of(app) and "conflict with Ben" in text_of(app)
        )
    day_alone = [
        each for each in asked if ":limit" in each or "row_number()" in each or "silent_days" in each
    ]
    assert 1 <= len(day_alone) <= 6


async def test_what_there_is_no_room_for_is_counted_and_enter_leads_to_all_of_it(day: Path) -> None:
    for number in range(25):
        make(day, "task", subject=f"Task {number:02}", due="2026-11-18")
    async with opened(day, size=(120, 60)) as (app, pilot):
        await until(pilot, lambda: "and 7 more" in text_of(app))
        agenda = app.screen.query_one(Agenda)
        for _ in range(20):
            await pilot.press("down")
        assert agenda.chosen == ("more", "tasks")
        await pilot.press("d")
        await until(pilot, lambda: told(app) == ["Enter leads to all of them."])
        await pilot.press("enter")
        await until(pilot, lambda: app.current_mode == "tasks" and "27 tasks" in text_of(app))


async def test_a_week_ahead_is_put_off_from_its_own_day(day: Path) -> None:
    make(day, "task", subject="Later this week", due="2026-11-20")
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "Later this week" in text_of(app))
        await chosen(pilot, app, "week")
        await pilot.press("z")
        await until(pilot, lambda: "11-21 Sat" in text_of(app))
    assert rows(day, "SELECT due_on FROM task WHERE subject = 'Later this week'") == [
        {"due_on": "2026-11-21"}
    ]


async def test_a_conflict_is_opened_where_it_is_decided(day: Path) -> None:
    ben = make(day, "user", name="Ben").id
    deal = str(rows(day, "SELECT id FROM deal")[0]["id"])
    deciding.conflict(day, "deal", deal, kept={"name": "A"}, lost={"name": "B"}, lost_by=deciding.me(day),
                      kept_by=ben)  # fmt: skip
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "conflict with Ben" in text_of(app))
        await chosen(pilot, app, "decisions")
        await pilot.press("d")
        await until(pilot, lambda: app.current_mode == "sync" and "Conflicts (1)" in text_of(app))
        assert app.screen.query_one(Agenda).chosen[0] == "conflict"


async def test_what_sync_brought_is_seen_by_one_key_or_all_by_another(day: Path) -> None:
    ben = make(day, "user", name="Ben").id
    deal = str(rows(day, "SELECT id FROM deal")[0]["id"])
    account = str(rows(day, "SELECT id FROM account")[0]["id"])
    heard(day, "deal", deal, author=ben)
    heard(day, "account", account, author=ben)
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "as sync brought it (2)" in text_of(app))
        await chosen(pilot, app, "brought", "deal")
        await pilot.press("d")
        await until(pilot, lambda: "as sync brought it (1)" in text_of(app))
        heard(day, "deal", deal, author=ben)  # what comes later is news again
        await until(pilot, lambda: "as sync brought it (2)" in text_of(app))
        await pilot.press("V")
        await until(pilot, lambda: "as sync brought it" not in text_of(app))
    assert rows(day, "SELECT name FROM deal") == [{"name": "Acme pumps"}]


async def test_a_manager_comments_on_a_visit_of_the_team_by_one_key(day: Path) -> None:
    me = deciding.me(day)
    ben = make(day, "user", name="Ben").id
    with changing(day, name=msg("Act")) as change:
        change.connection.execute("UPDATE user SET role = 'manager' WHERE id = ?", (me,))
        change.connection.execute("UPDATE user SET manager_id = ? WHERE id = ?", (me, ben))
    make(day, "visit", account="Acme Ltd", at="2026-11-18 09:30", outcome="wants two", owner="Ben",
         state="done")  # fmt: skip
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "Visits your team made today (1)" in text_of(app))
        assert "Ben: wants two" in text_of(app)
        await chosen(pilot, app, "team_visits")
        await pilot.press("C")
        await until(pilot, lambda: "What do you want to say about it?" in text_of(app))
        await write(pilot, "well done")
        await pilot.press("enter")
        await until(pilot, lambda: "1 comment" in text_of(app))
    assert rows(day, "SELECT body FROM comment") == [{"body": "well done"}]


async def test_a_planned_visit_is_done_by_telling_what_came_of_it(day: Path) -> None:
    make(day, "visit", account="Acme Ltd", at="2026-11-18 14:00", purpose="Show pumps", state="planned")
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "Show pumps" in text_of(app))
        agenda = app.screen.query_one(Agenda)
        while agenda.chosen[0] != "visit":
            await pilot.press("down")
        await pilot.press("d")
        await until(pilot, lambda: "What came of the visit" in text_of(app))
        await write(pilot, "wants 2 pumps")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Visits today" not in text_of(app) and "Tasks due" in text_of(app))
    assert rows(day, "SELECT state, outcome FROM activity") == [{"state": "done", "outcome": "wants 2 pumps"}]


async def test_an_empty_day_says_which_keys_fill_it(home: Path) -> None:
    async with opened(home) as (app, pilot):
        await until(pilot, lambda: "Nothing is due today. n adds a task" in text_of(app))


async def test_a_wide_terminal_shows_the_record_beside_the_day(day: Path) -> None:
    async with opened(day, size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: "Priority" in text_of(app))
        assert app.screen.query_one(RecordView).display
    async with opened(day, size=(80, 24)) as (app, pilot):
        await until(pilot, lambda: "Call 华创" in text_of(app))
        assert not app.screen.query_one(RecordView).display


async def test_the_day_is_chinese_through_and_through(day: Path) -> None:
    i18n.set_language("zh_CN")
    async with opened(day) as (app, pilot):
        parts = ("Call 华创", " 今日  线索 ", "周三", "查看")  # drawn one after another
        await until(pilot, lambda: all(part in text_of(app) for part in parts))
        shown = text_of(app)
        assert "Today" not in shown
        assert "Complete" not in shown


async def test_a_change_by_another_process_appears_by_itself(day: Path) -> None:
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "Tasks due (2)" in text_of(app))
        make(day, "task", subject="From a script", due="2026-11-18")
        await until(pilot, lambda: "From a script" in text_of(app))


async def test_the_choice_stays_on_its_record_when_the_day_changes_above_it(day: Path) -> None:
    async with opened(day) as (app, pilot):
        await until(pilot, lambda: "Tasks due (2)" in text_of(app))
        await pilot.press("down")
        agenda = app.screen.query_one(Agenda)
        before = agenda.chosen
        make(day, "task", subject="Long ago", due="2026-10-01")
        await until(pilot, lambda: "Long ago" in text_of(app))
        assert agenda.chosen == before


def test_every_question_has_a_place_with_all_its_answers() -> None:
    assert set(ALL_OF) == set(KINDS)
    for place, name in ALL_OF.values():
        spec = PLACES[place]
        screen = getattr(import_module(f"sfa.screens.{spec.module}"), spec.screen)
        assert not name or name in {each.name for each in screen.FILTERS}
