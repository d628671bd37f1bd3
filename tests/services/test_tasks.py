from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sfa import clock
from sfa.errors import InvalidInput, Refused
from sfa.services import tasks
from sfa.services.rows import Row
from tests.services.acting import TODAY, acting, amend, live, make, row, rows, take_back


def done(home: Path, task: Row, today: date = TODAY, **more: object) -> tasks.Completed:
    with acting(home) as session:
        return tasks.complete(session, task.id, today=today, **more)  # type: ignore[arg-type]


def test_a_done_task_knows_when(home: Path) -> None:
    task = make(home, "task", subject="Call")
    done(home, task)
    stored = live(home, "task", task.id)
    assert stored["state"] == "done"
    assert stored["done_at"] is not None


def test_a_repeating_task_gives_birth_to_the_next(home: Path) -> None:
    account = make(home, "account", name="Acme")
    task = make(home, "task", subject="Report", due="2026-01-31", repeat="monthly", account="Acme")
    following = done(home, task, today=date(2026, 1, 31))
    assert following.next is not None
    assert following.next_on == date(2026, 2, 28)
    stored = live(home, "task", following.next.id)
    assert stored["due_on"] == "2026-02-28"
    assert stored["repeat"] == "monthly on 31"
    assert stored["follows_id"] == task.id
    assert stored["account_id"] == account.id


def test_a_repeating_task_is_due_on_the_first_day_its_words_name(home: Path) -> None:
    task = make(home, "task", subject="Report", repeat="每周一")
    assert live(home, "task", task.id)["due_on"] == "2026-11-23"


def test_the_reminder_of_the_next_task_moves_along(home: Path) -> None:
    task = make(home, "task", subject="Report", due="2026-11-18", repeat="daily", remind="2026-11-18 09:00")
    following = done(home, task)
    assert following.next is not None
    remind_at = clock.from_text(live(home, "task", following.next.id)["remind_at"]).astimezone()
    assert f"{remind_at:%Y-%m-%d %H:%M}" == "2026-11-19 09:00"


def test_tags_and_declared_fields_come_along_to_the_next_task(home: Path) -> None:
    make(home, "field", name="effort", on="task", kind="number")
    task = make(home, "task", subject="Report", repeat="daily", tags="month end", effort="3")
    following = done(home, task)
    assert following.next is not None
    tag = row(home, "SELECT name FROM tag WHERE record_id = ?", following.next.id)
    assert tag == {"name": "month end"}
    value = row(home, "SELECT value FROM custom_value WHERE task_id = ?", following.next.id)
    assert value == {"value": "3"}


def test_one_undo_takes_back_the_done_task_and_its_successor(home: Path) -> None:
    task = make(home, "task", subject="Report", repeat="daily")
    done(home, task)
    take_back(home)
    (left,) = rows(home, "SELECT id, state FROM task WHERE deleted_at IS NULL")
    assert left == {"id": task.id, "state": "open"}


def test_a_task_done_twice_has_one_successor(home: Path) -> None:
    task = make(home, "task", subject="Report", repeat="daily")
    done(home, task)
    with acting(home) as session:
        tasks.reopen(session, task.id, today=TODAY)
    assert done(home, task).next is None
    assert len(rows(home, "SELECT id FROM task WHERE state = 'open' AND deleted_at IS NULL")) == 1


def test_a_follow_up_is_about_the_same_record(home: Path) -> None:
    account = make(home, "account", name="Acme")
    task = make(home, "task", subject="Call", account="Acme")
    born = done(home, task, follow_up="send offer", follow_up_on=date(2026, 11, 20)).follow_up
    assert born is not None
    stored = live(home, "task", born.id)
    assert (stored["account_id"], stored["due_on"]) == (account.id, "2026-11-20")
    assert stored["follows_id"] == task.id


def test_what_is_done_cannot_be_done_again(home: Path) -> None:
    task = make(home, "task", subject="Call")
    done(home, task)
    with pytest.raises(Refused, match="done already"):
        done(home, task)


def test_a_cancelled_task_does_not_come_again(home: Path) -> None:
    task = make(home, "task", subject="Report", repeat="daily")
    with acting(home) as session:
        tasks.cancel(session, task.id, today=TODAY)
    assert len(rows(home, "SELECT id FROM task")) == 1


def test_reopening_forgets_when_it_was_done(home: Path) -> None:
    task = make(home, "task", subject="Call")
    done(home, task)
    with acting(home) as session:
        tasks.reopen(session, task.id, today=TODAY)
    stored = live(home, "task", task.id)
    assert (stored["state"], stored["done_at"]) == ("open", None)


def test_a_task_put_off_returns_to_its_usual_day(home: Path) -> None:
    task = make(home, "task", subject="Report", due="2026-11-10", repeat="monthly")
    with acting(home) as session:
        tasks.snooze(session, task.id, to=date(2026, 11, 20), today=TODAY)
    assert live(home, "task", task.id)["due_on"] == "2026-11-20"
    assert done(home, task, today=date(2026, 11, 20)).next_on == date(2026, 12, 10)


def test_a_task_cannot_be_put_off_into_the_past(home: Path) -> None:
    task = make(home, "task", subject="Call")
    with acting(home) as session, pytest.raises(InvalidInput):
        tasks.snooze(session, task.id, to=date(2026, 11, 17), today=TODAY)


def test_a_state_typed_into_an_edit_does_what_its_command_does(home: Path) -> None:
    task = make(home, "task", subject="Report", repeat="daily")
    amend(home, "task", task.id, state="done")
    assert live(home, "task", task.id)["done_at"] is not None
    assert len(rows(home, "SELECT id FROM task WHERE follows_id = ?", task.id)) == 1


def test_a_task_about_a_deal_and_its_account_is_about_the_deal(home: Path) -> None:
    make(home, "account", name="Acme")
    make(home, "account", name="Other")
    deal = make(home, "deal", name="Pumps", account="Acme")
    task = make(home, "task", subject="Call", account="Acme", deal="Pumps")
    stored = live(home, "task", task.id)
    assert (stored["deal_id"], stored["account_id"]) == (deal.id, None)
    with pytest.raises(InvalidInput, match="another account"):
        make(home, "task", subject="Call", account="Other", deal="Pumps")


def test_naming_another_record_moves_a_task(home: Path) -> None:
    make(home, "account", name="Acme")
    lead = make(home, "lead", name="Bob")
    task = make(home, "task", subject="Call", account="Acme")
    amend(home, "task", task.id, lead="Bob")
    stored = live(home, "task", task.id)
    assert (stored["lead_id"], stored["account_id"]) == (lead.id, None)


def test_a_due_time_is_a_time_of_day(home: Path) -> None:
    task = make(home, "task", subject="Call", due="2026-11-20", due_time="3pm")
    assert live(home, "task", task.id)["due_time"] == "15:00"
    with pytest.raises(InvalidInput, match="no time of day"):
        amend(home, "task", task.id, due_time="late")
    with pytest.raises(InvalidInput, match="due day"):
        make(home, "task", subject="Call", due_time="15:00")
