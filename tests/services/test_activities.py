from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sfa import clock
from sfa.errors import InvalidInput, NotFound
from sfa.services import activities
from sfa.services.activities import NextStep
from tests.services.acting import TODAY, acting, amend, live, make, row, rows, take_back, typed


def attendees(home: Path, activity_id: str) -> list[str | None]:
    query = (
        "SELECT coalesce(c.name, u.name, a.name) AS name FROM activity_attendee a"
        " LEFT JOIN contact c ON c.id = a.contact_id LEFT JOIN user u ON u.id = a.user_id"
        " WHERE a.activity_id = ? AND a.deleted_at IS NULL ORDER BY a.id"
    )
    return [each["name"] for each in rows(home, query, activity_id)]


def test_an_activity_happened_now_unless_a_time_is_given(home: Path) -> None:
    make(home, "account", name="Acme")
    call = make(home, "activity", kind="call", account="Acme")
    stored = live(home, "activity", call.id)
    assert clock.local_day(clock.from_text(stored["at"])) == TODAY
    assert stored["state"] == "done"


def test_what_lies_ahead_is_planned(home: Path) -> None:
    make(home, "account", name="Acme")
    visit = make(home, "visit", account="Acme", at="2026-11-20 10:00")
    assert live(home, "activity", visit.id)["state"] == "planned"


def test_an_activity_needs_a_kind_and_a_record(home: Path) -> None:
    make(home, "account", name="Acme")
    with pytest.raises(InvalidInput, match="kind"):
        make(home, "activity", account="Acme")
    with pytest.raises(InvalidInput, match="about"):
        make(home, "activity", kind="call", outcome="nobody there")


def test_a_contact_beside_an_account_was_there(home: Path) -> None:
    account = make(home, "account", name="Acme")
    make(home, "contact", name="Bob", accounts="Acme")
    visit = make(home, "visit", account="Acme", contact="Bob")
    stored = live(home, "activity", visit.id)
    assert (stored["account_id"], stored["contact_id"]) == (account.id, None)
    assert attendees(home, visit.id) == ["Bob"]


def test_a_deal_beside_its_account_is_what_it_is_about(home: Path) -> None:
    make(home, "account", name="Acme")
    deal = make(home, "deal", name="Pumps", account="Acme")
    visit = make(home, "visit", account="Acme", deal="Pumps")
    stored = live(home, "activity", visit.id)
    assert (stored["deal_id"], stored["account_id"]) == (deal.id, None)


def test_a_deal_of_another_account_is_refused(home: Path) -> None:
    make(home, "account", name="Acme")
    make(home, "account", name="Other")
    make(home, "deal", name="Pumps", account="Other")
    with pytest.raises(InvalidInput, match="another account"):
        make(home, "visit", account="Acme", deal="Pumps")


def test_a_lead_stands_alone(home: Path) -> None:
    make(home, "account", name="Acme")
    make(home, "lead", name="Bob")
    with pytest.raises(InvalidInput, match="stands alone"):
        make(home, "visit", account="Acme", lead="Bob")


def test_attendees_alone_say_the_account(home: Path) -> None:
    account = make(home, "account", name="Acme")
    make(home, "contact", name="Bob", accounts="Acme")
    visit = make(home, "visit", attendees="Bob")
    assert live(home, "activity", visit.id)["account_id"] == account.id


def test_a_contact_added_later_joins_those_who_were_there(home: Path) -> None:
    make(home, "account", name="Acme")
    make(home, "contact", name="Bob", accounts="Acme")
    make(home, "contact", name="Ann", accounts="Acme")
    visit = make(home, "visit", account="Acme", contact="Bob")
    amend(home, "visit", visit.id, account="Acme", contact="Ann")
    assert attendees(home, visit.id) == ["Bob", "Ann"]


def test_a_next_step_and_none_exclude_each_other(home: Path) -> None:
    make(home, "account", name="Acme")
    visit = make(home, "visit", account="Acme", next_step="call")
    amend(home, "visit", visit.id, no_next_step="yes")
    assert live(home, "activity", visit.id)["next_step"] is None
    amend(home, "visit", visit.id, next_step="call again")
    assert live(home, "activity", visit.id)["no_next_step"] == 0
    with pytest.raises(InvalidInput, match="next step"):
        make(home, "visit", account="Acme", next_step="call", no_next_step="yes")


def with_next_step(home: Path, due_on: date, **texts: str) -> str:
    with acting(home) as session:
        given = typed(session, "activity", kind="call", **texts)
        return activities.create(session, given, next_on=NextStep(due_on, "15:00"), today=TODAY).id


def test_a_next_step_with_a_day_becomes_a_task(home: Path) -> None:
    account = make(home, "account", name="Acme")
    activity = with_next_step(home, date(2026, 11, 20), account="Acme", next_step="send offer")
    task = row(home, "SELECT * FROM task")
    assert (task["subject"], task["due_on"], task["due_time"]) == ("send offer", "2026-11-20", "15:00")
    assert (task["activity_id"], task["account_id"]) == (activity, account.id)


def test_the_records_remember_the_day_of_the_next_step(home: Path) -> None:
    account = make(home, "account", name="Acme")
    deal = make(home, "deal", name="Pumps", account="Acme")
    with_next_step(home, date(2026, 11, 20), deal="Pumps", next_step="send offer")
    assert live(home, "account", account.id)["next_follow_up_on"] == "2026-11-20"
    stored = live(home, "deal", deal.id)
    assert (stored["next_step"], stored["next_step_on"]) == ("send offer", "2026-11-20")


def test_a_lead_and_the_one_account_of_a_contact_remember_it_too(home: Path) -> None:
    account = make(home, "account", name="Acme")
    make(home, "contact", name="Bob", accounts="Acme")
    lead = make(home, "lead", name="Eve")
    with_next_step(home, date(2026, 11, 20), contact="Bob", next_step="send offer")
    with_next_step(home, date(2026, 11, 21), lead="Eve", next_step="call")
    assert live(home, "account", account.id)["next_follow_up_on"] == "2026-11-20"
    stored = live(home, "lead", lead.id)
    assert (stored["next_step"], stored["next_follow_up_on"]) == ("call", "2026-11-21")


def test_one_undo_takes_back_the_activity_and_its_task(home: Path) -> None:
    account = make(home, "account", name="Acme")
    with_next_step(home, date(2026, 11, 20), account="Acme", next_step="send offer")
    take_back(home)
    for table in ("task", "activity"):
        assert rows(home, f"SELECT id FROM {table} WHERE deleted_at IS NULL") == []
    assert live(home, "account", account.id)["next_follow_up_on"] is None


def test_a_new_day_moves_the_task_that_is_there(home: Path) -> None:
    make(home, "account", name="Acme")
    activity = with_next_step(home, date(2026, 11, 20), account="Acme", next_step="send offer")
    with acting(home) as session:
        given = typed(session, "activity", next_step="send the new offer")
        activities.edit(session, activity, given, next_on=NextStep(date(2026, 11, 25)), today=TODAY)
    task = row(home, "SELECT subject, due_on FROM task WHERE deleted_at IS NULL")
    assert task == {"subject": "send the new offer", "due_on": "2026-11-25"}


def test_a_day_without_a_next_step_is_refused(home: Path) -> None:
    make(home, "account", name="Acme")
    with pytest.raises(InvalidInput, match="what is to be done"):
        with_next_step(home, date(2026, 11, 20), account="Acme")


def test_a_comment_is_added_and_never_empty(home: Path) -> None:
    make(home, "account", name="Acme")
    visit = make(home, "visit", account="Acme")
    with acting(home) as session:
        activities.comment(session, visit.id, " well done ")
    assert row(home, "SELECT body FROM comment") == {"body": "well done"}
    with acting(home) as session, pytest.raises(InvalidInput):
        activities.comment(session, visit.id, "  ")
    with acting(home) as session, pytest.raises(NotFound):
        activities.comment(session, "none", "hello")


def test_a_visit_stays_a_visit(home: Path) -> None:
    make(home, "account", name="Acme")
    visit = make(home, "visit", account="Acme")
    assert live(home, "activity", visit.id)["kind"] == "visit"


def test_an_add_repeated_with_its_key_makes_one_activity_and_one_task(home: Path) -> None:
    make(home, "account", name="Acme")
    for _ in range(2):
        with acting(home) as session:
            given = typed(session, "activity", kind="call", account="Acme", next_step="send offer")
            due = NextStep(date(2026, 11, 20))
            activities.create(session, given, next_on=due, today=TODAY, idempotency_key="k1")
    assert len(rows(home, "SELECT id FROM activity")) == 1
    assert len(rows(home, "SELECT id FROM task")) == 1
