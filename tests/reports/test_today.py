"""What today asks of one person."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, date, datetime

import pytest

from sfa import clock
from sfa.render.today import today_text
from sfa.reports.freshness import NEVER, Freshness
from sfa.reports.today import KINDS, Section, TodayReport, today_report
from tests.reports.ledger import Ledger

TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def me(ledger: Ledger) -> str:
    """Return a rep with a colleague whose records must not show."""
    ledger.add("user", name="Colleague", role="rep", is_active=1, id="colleague")
    return ledger.add("user", name="Me", role="rep", is_active=1, id="me")


def at(day: date, hour: int = 9) -> str:
    """Return a local time of day as stored."""
    return clock.to_text(clock.instant_at(day, hour))


def task(ledger: Ledger, subject: str, due: str | None, owner: str = "me", **values: object) -> str:
    """Add an open task."""
    given = {"priority": "normal", "state": "open", **values}
    return ledger.add("task", subject=subject, due_on=due, owner_id=owner, **given)


def account(ledger: Ledger, name: str, tier: str = "key", owner: str = "me", **values: object) -> str:
    """Add an account."""
    return ledger.add("account", name=name, tier=tier, kind="end-customer", owner_id=owner, **values)


def section(report: TodayReport, kind: str) -> Section:
    """Return one question's answer."""
    return next(each for each in report.sections if each.kind == kind)


def texts(report: TodayReport, kind: str) -> list[str]:
    """Return what an answer's entries say."""
    return [entry.text for entry in section(report, kind).entries]


def shown_as(report: TodayReport, fmt: str, *, fresh: Freshness = NEVER) -> str:
    """Return the day as text, 80 cells wide, at noon (UTC) of the day."""
    return today_text(report, fmt, fresh=fresh, now=NOON, width=80)


def test_an_empty_store_asks_for_nothing_and_says_what_to_do(ledger: Ledger, me: str) -> None:
    report = today_report(ledger.connection, me, today=TODAY)
    assert report.is_empty
    assert [each.kind for each in report.sections] == list(KINDS)
    assert "sfa visit add" in shown_as(report, "table")


def test_tasks_due_come_latest_first_then_by_time_and_priority(ledger: Ledger, me: str) -> None:
    task(ledger, "no time, low", "2026-11-23", priority="low")
    task(ledger, "no time, high", "2026-11-23", priority="high")
    task(ledger, "at nine", "2026-11-23", due_time="09:00")
    task(ledger, "three days late", "2026-11-20")
    task(ledger, "tomorrow", "2026-11-24")
    task(ledger, "without a day", None)
    task(ledger, "done", "2026-11-23", state="done")
    task(ledger, "deleted", "2026-11-23", deleted_at=at(TODAY))
    task(ledger, "a colleague's", "2026-11-23", owner="colleague")
    report = today_report(ledger.connection, me, today=TODAY)
    assert texts(report, "tasks") == ["three days late", "at nine", "no time, high", "no time, low"]
    assert section(report, "tasks").entries[0].days == 3


def test_only_visits_planned_for_the_local_day_show(ledger: Ledger, me: str) -> None:
    acme = account(ledger, "Acme", tier="standard")
    visit = {"kind": "visit", "owner_id": me, "account_id": acme}
    ledger.add("activity", state="planned", at=at(TODAY, 14), purpose="demo", **visit)
    ledger.add("activity", state="planned", at=at(TODAY, 0), purpose="first minute", **visit)
    ledger.add("activity", state="planned", at=at(date(2026, 11, 24), 0), purpose="tomorrow", **visit)
    ledger.add("activity", state="done", at=at(TODAY, 8), purpose="done", **visit)
    ledger.add("activity", state="planned", at=at(TODAY, 8), purpose="a call", **{**visit, "kind": "call"})
    found = section(today_report(ledger.connection, me, today=TODAY), "visits").entries
    assert [(entry.text, entry.time, entry.about) for entry in found] == [
        ("first minute", "00:00", "Acme"),
        ("demo", "14:00", "Acme"),
    ]


def test_open_deals_without_a_next_step_show_by_close_date(ledger: Ledger, me: str) -> None:
    open_event = {"on": "2026-11-01", "stage": "Engaging", "owner": me}
    ledger.deal("later", {**open_event, "close_on": "2026-12-31"})
    ledger.deal("sooner", {**open_event, "close_on": "2026-11-30"})
    ledger.deal("no date", open_event)
    ledger.deal("blank step", {**open_event, "close_on": "2027-01-01"}, next_step="  ")
    ledger.deal("with a step", open_event, next_step="send the quote")
    ledger.deal("won", {"on": "2026-11-01", "stage": "Won", "owner": me})
    report = today_report(ledger.connection, me, today=TODAY)
    assert texts(report, "no_next_step") == ["sooner", "later", "blank step", "no date"]


def test_a_key_account_is_silent_after_thirty_days_without_any_touch(ledger: Ledger, me: str) -> None:
    silent = account(ledger, "Silent")
    account(ledger, "Never touched")
    account(ledger, "Not key", tier="standard")
    by_deal, by_contact, recent = (account(ledger, name) for name in ("By deal", "By contact", "Recent"))
    deal = ledger.deal("d", {"on": "2026-11-01", "stage": "Engaging", "owner": me}, account_id=by_deal)
    person = ledger.add("contact", name="Wang")
    ledger.add("contact_account", contact_id=person, account_id=by_contact)
    done = {"kind": "call", "state": "done"}
    ledger.add("activity", account_id=silent, at=at(date(2026, 10, 24)), **done)  # 30 days before
    ledger.add("activity", account_id=recent, at=at(date(2026, 10, 25)), **done)  # 29 days before
    ledger.add("activity", deal_id=deal, at=at(date(2026, 11, 20)), **done)
    ledger.add("activity", contact_id=person, at=at(date(2026, 11, 20)), **done)
    ledger.add("activity", account_id=silent, at=at(date(2026, 11, 30)), kind="call", state="planned")
    found = section(today_report(ledger.connection, me, today=TODAY), "silent").entries
    assert [(entry.text, entry.days) for entry in found] == [("Never touched", None), ("Silent", 30)]


def test_a_lead_to_follow_up_is_asked_for_until_it_is_settled(ledger: Ledger, me: str) -> None:
    lead = {"pool_state": "owned", "owner_id": me, "next_follow_up_on": "2026-11-23"}
    ledger.add("lead", name="Li Na", company="Nordic Foods", status="new", **lead)
    ledger.add("lead", name="No use", status="disqualified", **lead)
    ledger.add("lead", name="Customer by now", status="qualified", converted_at=at(TODAY), **lead)
    ledger.add("lead", name="Somebody else's", status="new", **{**lead, "owner_id": "colleague"})
    found = section(today_report(ledger.connection, me, today=TODAY), "follow_ups").entries
    assert [(each.noun, each.text, each.about) for each in found] == [("lead", "Li Na", "Nordic Foods")]


def test_follow_ups_are_of_accounts_and_of_deals_next_steps(ledger: Ledger, me: str) -> None:
    account(ledger, "Acme", tier="small", next_follow_up_on="2026-11-23")
    account(ledger, "Later", tier="small", next_follow_up_on="2026-11-24")
    event = {"on": "2026-11-01", "stage": "Engaging", "owner": me}
    ledger.deal("Big deal", event, next_step="send the quote", next_step_on="2026-11-20")
    found = section(today_report(ledger.connection, me, today=TODAY), "follow_ups").entries
    assert [(entry.noun, entry.text, entry.days) for entry in found] == [
        ("deal", "send the quote", 3),
        ("account", "Acme", 0),
    ]


def test_people_see_the_first_entries_and_how_many_more(ledger: Ledger, me: str) -> None:
    for number in range(12):
        task(ledger, f"task {number:02}", "2026-11-23", due_time=f"{number:02}:00")
    report = today_report(ledger.connection, me, today=TODAY, limit=10)
    assert (len(section(report, "tasks").entries), section(report, "tasks").total) == (10, 12)
    shown = shown_as(report, "table")
    assert "Tasks due (12)" in shown
    assert "and 2 more" in shown
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_the_day_takes_at_most_six_queries(ledger: Ledger, me: str) -> None:
    asked: list[str] = []
    ledger.connection.set_trace_callback(asked.append)
    today_report(ledger.connection, me, today=TODAY)
    ledger.connection.set_trace_callback(None)
    assert len(asked) <= 6


def test_machines_get_every_question_with_its_total(ledger: Ledger, me: str) -> None:
    task(ledger, "call\tback", "2026-11-23", priority="high")
    report = today_report(ledger.connection, me, today=TODAY)
    found = json.loads(shown_as(report, "json"))
    assert found["schema"] == "sfa.today/1"
    assert found["tasks"]["total"] == 1
    assert found["visits"] == {"total": 0, "entries": []}
    assert shown_as(report, "tsv").splitlines()[1].split("\t")[3] == "call\\tback"
    assert "## Tasks due (1)" in shown_as(report, "md")


def test_the_report_reads_rows_of_any_factory(ledger: Ledger, me: str) -> None:
    ledger.connection.row_factory = sqlite3.Row
    task(ledger, "a", "2026-11-23")
    assert texts(today_report(ledger.connection, me, today=TODAY), "tasks") == ["a"]


def test_a_day_of_a_store_at_a_centre_says_how_old_it_is(ledger: Ledger, me: str) -> None:
    report = today_report(ledger.connection, me, today=TODAY)
    fresh = Freshness(True, "2026-11-23T10:00:00.000Z", 3, "2026-11-22T12:00:00.000Z", 1)
    for fmt in ("table", "md"):
        shown = shown_as(report, fmt, fresh=fresh)
        assert "(2 hours ago) · 3 unsent since" in shown
        assert "(1 day ago) · 1 waits for you" in shown
        assert "unsent" not in shown_as(report, fmt)
    found = json.loads(shown_as(report, "json", fresh=fresh))
    assert found["sync"] == {
        "data_as_of": "2026-11-23T10:00:00.000Z",
        "unsent": 3,
        "unsent_since": "2026-11-22T12:00:00.000Z",
        "waiting": 1,
        "sync_before": None,
    }
    assert json.loads(shown_as(report, "json"))["sync"] is None
