from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from sfa import clock
from sfa.errors import InvalidInput, Refused
from sfa.interchange.visit_line import VisitDraft
from sfa.services import visits
from sfa.services.activities import NextStep
from sfa.services.rows import Row
from sfa.terms import ActivityKind
from tests.services.acting import TODAY, acting, live, make, row, rows, take_back, typed
from tests.store.rows import hash_of_store

AT = clock.instant_at(TODAY, 15)
DRAFT = VisitDraft(
    kind=ActivityKind.VISIT,
    account="Acme",
    attendees=("Bob",),
    happened_on=TODAY,
    happened_time=None,
    notes="wants a quote",
    next_step="send it",
    next_due_on=date(2026, 11, 20),
    next_due_time=time(9, 30),
    no_next_step=False,
    doubts=(),
)


@pytest.fixture
def planned(home: Path) -> Row:
    """Return a visit planned for this afternoon."""
    make(home, "account", name="Acme")
    return make(home, "visit", account="Acme", state="planned", at="2026-11-18 15:00", purpose="demo")


def test_check_in_records_the_time_and_how(home: Path, planned: Row) -> None:
    with acting(home) as session:
        visits.check_in(session, planned.id, place="Gate 3", reason="no signal", today=TODAY)
    stored = live(home, "activity", planned.id)
    assert stored["checkin_at"] is not None
    assert (stored["checkin_place"], stored["checkin_by"]) == ("Gate 3", "manual")
    assert stored["checkin_reason"] == "no signal"


def test_a_place_typed_by_hand_needs_the_reason(home: Path, planned: Row) -> None:
    with acting(home) as session, pytest.raises(InvalidInput, match="reason"):
        visits.check_in(session, planned.id, place="Gate 3", today=TODAY)


def test_without_a_place_the_time_alone_is_recorded(home: Path, planned: Row) -> None:
    with acting(home) as session:
        visits.check_in(session, planned.id, today=TODAY)
    stored = live(home, "activity", planned.id)
    assert (stored["checkin_place"], stored["checkin_by"]) == (None, "none")


def test_a_visit_is_checked_in_once(home: Path, planned: Row) -> None:
    with acting(home) as session:
        visits.check_in(session, planned.id, today=TODAY)
    with acting(home) as session, pytest.raises(Refused, match="checked in already"):
        visits.check_in(session, planned.id, today=TODAY)


def test_check_out_needs_a_check_in_and_measures_the_visit(home: Path, planned: Row) -> None:
    with acting(home) as session, pytest.raises(Refused, match="not checked in"):
        visits.check_out(session, planned.id, today=TODAY)
    with acting(home) as session:
        visits.check_in(session, planned.id, today=TODAY)
        visits.check_out(session, planned.id, today=TODAY)
    stored = live(home, "activity", planned.id)
    assert stored["checkout_at"] >= stored["checkin_at"]
    assert stored["duration_min"] == 0
    with acting(home) as session, pytest.raises(Refused, match="checked out already"):
        visits.check_out(session, planned.id, today=TODAY)


def test_a_planned_visit_takes_place(home: Path, planned: Row) -> None:
    with acting(home) as session:
        given = typed(session, "visit", outcome="liked it", next_step="send offer")
        visits.complete(session, planned.id, given, next_on=NextStep(date(2026, 11, 20)), today=TODAY)
    stored = live(home, "activity", planned.id)
    assert (stored["state"], stored["outcome"], stored["purpose"]) == ("done", "liked it", "demo")
    assert row(home, "SELECT subject FROM task") == {"subject": "send offer"}


def test_only_a_planned_visit_can_take_place_or_be_cancelled(home: Path, planned: Row) -> None:
    with acting(home) as session:
        visits.cancel(session, planned.id)
    with acting(home) as session, pytest.raises(Refused, match="not planned"):
        visits.complete(session, planned.id, typed(session, "visit"), today=TODAY)
    with acting(home) as session, pytest.raises(Refused, match="cancelled"):
        visits.check_in(session, planned.id, today=TODAY)


def test_a_line_becomes_visit_attendees_and_task_in_one_change(home: Path) -> None:
    account = make(home, "account", name="Acme")
    contact = make(home, "contact", name="Bob", accounts="Acme")
    before = hash_of_store(home)
    with acting(home) as session:
        logged = visits.log_visit(
            session, DRAFT, account.id, [{"contact_id": contact.id}, {"name": "Eve"}], at=AT, today=TODAY
        )
    stored = live(home, "activity", logged.id)
    assert (stored["kind"], stored["outcome"], stored["account_id"]) == ("visit", "wants a quote", account.id)
    assert stored["at"] == clock.to_text(AT)
    assert stored["is_unplanned"] == 1
    met = rows(home, "SELECT contact_id, name FROM activity_attendee ORDER BY id")
    assert met == [{"contact_id": contact.id, "name": None}, {"contact_id": None, "name": "Eve"}]
    task = row(home, "SELECT * FROM task")
    assert (task["subject"], task["due_on"], task["due_time"]) == ("send it", "2026-11-20", "09:30")
    assert live(home, "account", account.id)["next_follow_up_on"] == "2026-11-20"
    take_back(home)
    assert hash_of_store(home) == before


def test_a_visit_planned_for_that_day_has_taken_place(home: Path, planned: Row) -> None:
    account = row(home, "SELECT id FROM account")["id"]
    with acting(home) as session:
        logged = visits.log_visit(session, DRAFT, account, [{"name": "Eve"}], at=AT, today=TODAY)
    assert logged.id == planned.id
    stored = live(home, "activity", planned.id)
    assert (stored["state"], stored["purpose"], stored["is_unplanned"]) == ("done", "demo", 0)
    assert row(home, "SELECT name FROM activity_attendee") == {"name": "Eve"}


def test_a_call_on_that_day_leaves_the_planned_visit_alone(home: Path, planned: Row) -> None:
    account = row(home, "SELECT id FROM account")["id"]
    with acting(home) as session:
        draft = replace(DRAFT, kind=ActivityKind.CALL)
        logged = visits.log_visit(session, draft, account, [], at=AT, today=TODAY)
    assert logged.noun == "activity"
    assert live(home, "activity", planned.id)["state"] == "planned"
    assert live(home, "activity", logged.id)["is_unplanned"] == 0


def test_an_explicit_none_is_kept(home: Path) -> None:
    account = make(home, "account", name="Acme")
    draft = replace(DRAFT, next_step="", next_due_on=None, next_due_time=None, no_next_step=True)
    with acting(home) as session:
        logged = visits.log_visit(session, draft, account.id, [], at=AT, today=TODAY)
    assert live(home, "activity", logged.id)["no_next_step"] == 1
    assert rows(home, "SELECT id FROM task") == []


def test_a_long_line_is_kept_whole(home: Path) -> None:
    account = make(home, "account", name="Acme")
    notes = "very long story " * 60
    with acting(home) as session:
        logged = visits.log_visit(session, replace(DRAFT, notes=notes), account.id, [], at=AT, today=TODAY)
    stored = live(home, "activity", logged.id)
    assert len(stored["outcome"]) <= 500
    assert stored["notes"].strip() == notes.strip()


def test_newcomers_are_added_at_the_account(home: Path) -> None:
    with acting(home) as session:
        account_id = visits.add_company(session, "Acme")
        contact_id = visits.add_person(session, "Bob", account_id)
    link = row(home, "SELECT account_id FROM contact_account WHERE contact_id = ?", contact_id)
    assert link == {"account_id": account_id}
