"""A week's visits: whose, when, about whom, on which days none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sfa.reports.week import Week, monday_of, week_report
from sfa.store.reading import reading
from tests.services.acting import TODAY, make


@pytest.fixture
def planned(home: Path) -> Path:
    """Return a home with visits around the week of Wednesday 18 November."""
    make(home, "account", name="Acme Ltd", addresses="1 High Street")
    make(home, "contact", name="Wang", accounts="Acme Ltd")
    make(home, "deal", name="Pumps", account="Acme Ltd")
    make(home, "lead", name="Li", company="Beta")
    make(home, "visit", account="Acme Ltd", at="2026-11-15 23:30", purpose="before", state="done")
    make(home, "visit", deal="Pumps", at="2026-11-16 00:00", purpose="first", state="done", minutes="90")
    make(home, "visit", contact="Wang", at="2026-11-18 10:00", purpose="talk", state="planned")
    make(home, "visit", lead="Li", at="2026-11-18 09:00", purpose="early", attendees="Wang")
    make(home, "visit", account="Acme Ltd", at="2026-11-20 10:00", purpose="off", state="cancelled")
    make(home, "visit", account="Acme Ltd", at="2026-11-23 00:00", purpose="after", state="planned")
    make(home, "task", subject="Call", due="2026-11-19")
    make(home, "task", subject="Done", due="2026-11-19", state="done")
    return home


def week(home: Path, day: date = TODAY) -> Week:
    """Return the week of a day."""
    with reading(home) as connection:
        return week_report(connection, day=day, today=TODAY)


def test_the_week_has_its_own_visits_in_their_order_and_no_cancelled_one(planned: Path) -> None:
    found = week(planned)
    assert found.monday == date(2026, 11, 16)
    assert [each.purpose for each in found.visits] == ["first", "early", "talk"]
    assert [len(each.visits) for each in found.days] == [1, 0, 2, 0, 0, 0, 0]


def test_a_visit_names_its_customer_through_deal_person_or_lead(planned: Path) -> None:
    found = {each.purpose: each for each in week(planned).visits}
    assert found["first"].about == found["talk"].about == "Acme Ltd"
    assert found["early"].about == "Beta"
    assert found["first"].place.startswith("1 High Street")
    assert found["early"].people == ("Wang",)


def test_days_say_how_long_the_visits_take_what_is_due_and_whether_they_are_free(planned: Path) -> None:
    days = week(planned).days
    assert (days[0].minutes, days[0].is_free, days[0].tasks) == (90, False, 0)
    assert (days[3].is_free, days[3].tasks) == (True, 1)
    assert [each.is_working for each in days] == [True] * 5 + [False] * 2


def test_the_organisations_calendar_is_stronger_than_the_weeks_habit(planned: Path) -> None:
    make(planned, "calendar", on="2026-11-19", working="no", name="Founders' day")
    make(planned, "calendar", on="2026-11-21", working="yes", name="Stocktaking")
    days = week(planned).days
    assert (days[3].is_working, days[3].name) == (False, "Founders' day")
    assert (days[5].is_working, days[5].name) == (True, "Stocktaking")


def test_any_day_means_its_week() -> None:
    assert {monday_of(date(2026, 11, day)) for day in range(16, 23)} == {date(2026, 11, 16)}
