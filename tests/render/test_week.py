"""A week as text, for machines and for calendars."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Calendar

from sfa import clock, i18n
from sfa.render.week import week_calendar, week_text, week_title
from sfa.reports.week import Day, Visit, Week

MONDAY = date(2026, 11, 16)
NOW = datetime(2026, 11, 18, 8, tzinfo=UTC)


def visit(state: str, hour: int = 10, minutes: int | None = None) -> Visit:
    """Return a visit on Wednesday; its texts hold what calendars must escape."""
    at = clock.instant_at(date(2026, 11, 18), hour)
    what = ("华创科技; Acme, Ltd", "Show\npumps", "wants 2")
    return Visit("v1", "abcdef", at, minutes, state, *what, "1 High Street, 上海", ("王伟", "Jo"))


def week(*visits: Visit) -> Week:
    """Return a week with visits on its Wednesday."""
    days = (MONDAY + timedelta(days=number) for number in range(7))
    return Week(
        date(2026, 11, 18),
        tuple(Day(each, visits if each.weekday() == 2 else (), 0, each.weekday() < 5, "") for each in days),
    )


def entries(text: str) -> list[Any]:
    """Return the entries that a calendar reads."""
    read: Any = Calendar.from_ical(text)
    return list(read.walk("VEVENT"))


def test_the_text_has_every_day_and_says_which_are_free() -> None:
    text = week_text(week(visit("planned")), "table", width=100)
    assert "2026-11-16 Mon · free\n2026-11-17 Tue · free\n2026-11-18 Wed · 1 visit" in text
    assert "10:00  planned" in text
    assert "2026-11-21 Sat · not worked" in text


def test_the_title_counts_what_is_planned_made_and_free_from_today_on() -> None:
    assert week_title(week(visit("planned"), visit("done", 12))) == (
        "Week from 2026-11-16 Mon · 1 visit planned · 1 visit made · 2 days free"
    )
    i18n.set_language("zh_CN")
    assert "空闲 2 天" in week_title(week(visit("planned")))


def test_machines_read_every_visit_with_its_day() -> None:
    found = json.loads(week_text(week(visit("planned", minutes=30)), "json"))
    assert found["schema"] == "sfa.week/1"
    assert [len(each["visits"]) for each in found["days"]] == [0, 0, 1, 0, 0, 0, 0]
    assert found["days"][2]["visits"][0]["minutes"] == 30
    header, row = week_text(week(visit("done")), "tsv").splitlines()
    assert dict(zip(header.split("\t"), row.split("\t"), strict=True))["state"] == "done"


def test_a_calendar_reads_the_planned_visits_back_as_they_are() -> None:
    text = week_calendar(week(visit("planned", minutes=45), visit("done", 12)), now=NOW)
    (entry,) = entries(text)
    assert str(entry["SUMMARY"]) == "华创科技; Acme, Ltd – Show pumps"
    assert str(entry["LOCATION"]) == "1 High Street, 上海"
    assert str(entry["UID"]) == "v1@sfa"
    assert entry["DTSTART"].dt == visit("planned").at
    assert entry["DTEND"].dt - entry["DTSTART"].dt == timedelta(minutes=45)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_a_visit_of_unknown_length_takes_an_hour_in_a_calendar() -> None:
    (entry,) = entries(week_calendar(week(visit("planned")), now=NOW))
    assert entry["DTEND"].dt - entry["DTSTART"].dt == timedelta(hours=1)
