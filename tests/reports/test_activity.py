"""What was done: by hand, and against a plain count over the demo company."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from sfa import clock
from sfa.cli import report as command
from sfa.errors import InvalidInput
from sfa.finding.periods import period_of
from sfa.render.activity import FIGURES, activity_text
from sfa.reports.activity import GROUPINGS, KINDS, STEPS, ActivityReport, Counts, Scope, activity_report
from sfa.terms import ActivityKind
from tests.demo.conftest import TODAY, company, company_home
from tests.reports.ledger import Ledger

__all__ = ["company", "company_home"]
DAY = date(2026, 11, 23)  # a Monday
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def asked(connection: sqlite3.Connection, period: str, *, day: date = DAY, **more: object) -> ActivityReport:
    """Return what was done in a period."""
    scope = Scope(period_of(period, today=day), **more)  # type: ignore[arg-type]
    return activity_report(connection, scope, today=day)


def at(day: date, hour: int = 9) -> str:
    """Return a local time of day as stored."""
    return clock.to_text(clock.instant_at(day, hour))


@pytest.fixture
def two(ledger: Ledger) -> Ledger:
    """Return a store in which two reps of one manager did things in two weeks of November."""
    ledger.add("team", id="north", name="North")
    ledger.add("user", id="boss", name="Boss", role="manager", is_active=1)
    for user, name in (("ann", "Ann"), ("ben", "Ben")):
        ledger.add("user", id=user, name=name, role="rep", is_active=1, manager_id="boss", team_id="north")
    ledger.add("user", id="idle", name="Idle", role="rep", is_active=1, manager_id="boss")
    ledger.add("user", id="gone", name="Gone", role="rep", is_active=0)

    def done(owner: str, kind: str, day: date, hour: int = 9, state: str = "done", **more: object) -> None:
        ledger.add(
            "activity", kind=kind, state=state, at=at(day, hour), owner_id=owner, account_id="a", **more
        )

    monday = date(2026, 11, 16)
    ledger.add("account", id="a", name="A", kind="end-customer", tier="key")
    done("ann", "visit", monday, 0)  # its first hour
    done("ann", "visit", date(2026, 11, 22), 23)  # its last one
    done("ann", "call", monday)
    done("ann", "message", date(2026, 11, 10))
    done("ben", "email", monday)
    done("ben", "exhibition", monday)
    done("ben", "something newer", monday)
    done("ben", "visit", monday, state="planned")
    done("ben", "visit", monday, deleted_at=at(monday))
    done("ann", "visit", date(2026, 11, 23), 0)  # the week after
    ledger.add("task", subject="t", state="done", done_at=at(monday), owner_id="ben", priority="normal")
    ledger.add(
        "task", subject="t", state="done", done_at=at(date(2026, 11, 23)), owner_id="ben", priority="low"
    )
    ledger.add("task", subject="t", state="open", owner_id="ben", priority="low")
    return ledger


def test_a_week_counts_what_took_place_on_its_local_days(two: Ledger) -> None:
    report = asked(two.connection, "2026-W47")
    lines = {line.name: line.total for line in report.lines}
    assert lines == {
        "Ann": Counts(visits=2, calls=1),
        "Ben": Counts(meetings=1, messages=1, other=1, tasks=1),
        "Idle": Counts(),
    }
    assert report.total.activities == 6
    assert [line.name for line in report.lines] == ["Ann", "Ben", "Idle"]


def test_steps_are_cut_at_the_ends_of_the_period_and_none_is_to_come(two: Ledger) -> None:
    report = asked(two.connection, "this-month")
    assert [(each.label, str(each.start), str(each.end)) for each in report.spans] == [
        ("2026-W44", "2026-11-01", "2026-11-01"),
        ("2026-W45", "2026-11-02", "2026-11-08"),
        ("2026-W46", "2026-11-09", "2026-11-15"),
        ("2026-W47", "2026-11-16", "2026-11-22"),
        ("2026-W48", "2026-11-23", "2026-11-29"),
    ]
    assert [each.activities for each in report.steps] == [0, 0, 1, 6, 1]
    days = asked(two.connection, "2026-W47", step="day")
    assert [each.visits for each in days.steps] == [1, 0, 0, 0, 0, 0, 1]
    assert len(asked(two.connection, "2026", step="quarter").spans) == 4
    assert len(asked(two.connection, "2027").spans) == 1


def test_managers_and_teams_have_what_their_people_did(two: Ledger) -> None:
    by_manager = {line.name: line.total for line in asked(two.connection, "2026-W47", by="manager").lines}
    assert by_manager == {"Boss": Counts(2, 1, 1, 1, 1, 1)}
    by_team = {line.name: line.total for line in asked(two.connection, "2026-W47", by="team").lines}
    assert by_team == {"North": Counts(2, 1, 1, 1, 1, 1), "": Counts()}


def test_one_person_alone(two: Ledger) -> None:
    report = asked(two.connection, "2026-W47", owner_id="ben", owner_name="Ben")
    assert [line.name for line in report.lines] == ["Ben"]
    assert report.total == Counts(meetings=1, messages=1, other=1, tasks=1)


def test_too_many_steps_are_refused_and_not_cut_off(two: Ledger) -> None:
    with pytest.raises(InvalidInput, match="400"):
        asked(two.connection, "2020..2026", step="day")


def test_the_words_of_the_command_are_those_of_the_report() -> None:
    assert (command.ACTIVITY_GROUPINGS, command.STEPS) == (GROUPINGS, STEPS)


def shown(report: ActivityReport, fmt: str = "table", *, chart: bool = False) -> str:
    """Return the report as text, 80 cells wide."""
    return activity_text(report, fmt, now=NOON, width=80, chart=chart)


def test_the_table_fits_and_names_those_who_did_nothing(two: Ledger) -> None:
    text = shown(asked(two.connection, "this-month"))
    assert max(map(len, text.splitlines())) <= 80
    assert "Activity: 3 visits, 1 call, 2 tasks done" in text
    assert "Idle" in text
    assert "2/3" in text  # Ann's visits of all she did, in one week


def test_the_chart_reads_without_colour(two: Ledger) -> None:
    text = shown(asked(two.connection, "this-month"), chart=True)
    assert max(map(len, text.splitlines())) <= 80
    bar = next(line for line in text.splitlines() if line.startswith("Ann "))
    # 3 visits, 1 call, 1 message of 5, in this order and as long to each other.
    letters = [bar.count(shade) for shade in "█▓▒░"]
    assert letters[2] == 0
    assert letters[0] == pytest.approx(3 * letters[1], abs=3)
    assert letters[3] == pytest.approx(letters[1], abs=1)
    assert "\x1b" not in text


def test_machines_get_long_rows_and_the_whole(two: Ledger) -> None:
    report = asked(two.connection, "this-month")
    lines = [line.split("\t") for line in shown(report, "tsv").splitlines()]
    at_visits = lines[0].index("visits")
    assert sum(int(line[at_visits]) for line in lines[1:]) == report.total.visits == 3
    found = json.loads(shown(report, "json"))
    assert found["total"]["visits"] == sum(group["visits"] for group in found["groups"]) == 3
    assert "# Activity" in shown(report, "md")


@pytest.mark.parametrize(("period", "step"), [
    ("2026-11", "week"), ("2026-11", "day"), ("2026", "month"), ("2026Q3", "week"), ("2026", "quarter"),
])  # fmt: skip
def test_the_demo_company_by_the_report_is_what_a_plain_count_gives(
    company: sqlite3.Connection, period: str, step: str
) -> None:
    report = asked(company, period, day=TODAY, step=step)
    names = {row["id"]: row["name"] for row in company.execute("SELECT id, name FROM user")}
    expected: Counter[tuple[str, str, str]] = Counter()

    def count(owner: str, stored: str, figure: str) -> None:
        day = clock.local_day(clock.from_text(stored))
        span = next((each for each in report.spans if each.start <= day <= each.end), None)
        if span is not None:
            expected[names[owner], span.label, figure] += 1

    for row in company.execute("SELECT * FROM activity WHERE deleted_at IS NULL AND state = 'done'"):
        count(row["owner_id"], row["at"], KINDS.get(row["kind"], "other"))
    for row in company.execute("SELECT * FROM task WHERE deleted_at IS NULL AND state = 'done'"):
        count(row["owner_id"], row["done_at"], "tasks")
    found = Counter(
        {
            (line.name, span.label, name): getattr(counts, name)
            for line in report.lines
            for span, counts in zip(report.spans, line.steps, strict=True)
            for name in FIGURES
            if getattr(counts, name)
        }
    )
    assert found == expected
    assert sum(expected.values()) > 20


def test_every_kind_of_activity_has_its_figure() -> None:
    assert {KINDS.get(kind, "other") for kind in ActivityKind} == set(FIGURES) - {"tasks"}
