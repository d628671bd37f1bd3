"""What the demo company must have, so that no list, report or screen is empty."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sfa import clock
from sfa.finding.organisation import local_user_id
from sfa.reports.pipeline import GROUPINGS, Scope, pipeline_report
from sfa.reports.today import today_report
from sfa.store.doctor import examine
from sfa.terms import AccountKind, ActivityKind, BuyingRole, LeadStatus, Stance, TaskState, Tier
from tests.demo.conftest import TODAY

DAY = TODAY.isoformat()
SOLD = {"lead": 200, "account": 40, "contact": 90, "deal": 110, "activity": 600, "product": 14, "user": 10}


def values(connection: sqlite3.Connection, sql: str, *given: object) -> list[Any]:
    """Return the first column of a query."""
    return [row[0] for row in connection.execute(sql, given)]


def number(connection: sqlite3.Connection, sql: str, *given: object) -> int:
    """Return the one number a query gives."""
    return int(values(connection, sql, *given)[0])


@pytest.mark.parametrize(("table", "count"), SOLD.items())
def test_the_company_is_as_large_as_it_says(company: sqlite3.Connection, table: str, count: int) -> None:
    assert number(company, f"SELECT count(*) FROM {table} WHERE deleted_at IS NULL") == count


def test_the_store_is_sound(company_home: Path) -> None:
    assert examine(company_home) == []


def test_accounts_are_of_every_kind_and_tier_in_both_languages(company: sqlite3.Connection) -> None:
    assert set(values(company, "SELECT kind FROM account")) == {kind.value for kind in AccountKind}
    assert set(values(company, "SELECT tier FROM account")) == {tier.value for tier in Tier}
    assert number(company, "SELECT count(*) FROM account WHERE parent_id IS NOT NULL") >= 3
    assert number(company, "SELECT count(DISTINCT region) FROM account") >= 5
    assert number(company, "SELECT count(DISTINCT industry) FROM account") >= 6
    names = values(company, "SELECT name FROM account")
    assert len(set(names)) == len(names)
    assert 5 < sum(name.isascii() for name in names) < 35


def test_people_have_roles_and_stances_and_some_deals_lack_who_decides(company: sqlite3.Connection) -> None:
    assert set(values(company, "SELECT role FROM deal_role")) == {role.value for role in BuyingRole}
    assert set(values(company, "SELECT stance FROM deal_role")) == {stance.value for stance in Stance}
    without = number(
        company,
        "SELECT count(*) FROM deal d JOIN stage s ON s.id = d.stage_id WHERE s.kind = 'open' AND NOT EXISTS"
        " (SELECT 1 FROM deal_role r WHERE r.deal_id = d.id"
        " AND r.role IN ('decision-maker', 'economic-buyer'))",
    )
    assert without >= 3


def test_leads_stand_everywhere_and_some_became_customers(company: sqlite3.Connection) -> None:
    statuses = Counter(values(company, "SELECT status FROM lead"))
    assert set(statuses) == {status.value for status in LeadStatus}
    assert min(statuses.values()) >= 20
    converted = "SELECT count(*) FROM lead l JOIN deal d ON d.id = l.converted_deal_id"
    assert number(company, converted) == 18
    assert not values(
        company, "SELECT id FROM lead WHERE status = 'disqualified' AND disqualified_reason IS NULL"
    )


def test_deals_stand_at_every_stage_of_every_pipeline(company: sqlite3.Connection) -> None:
    empty = values(
        company, "SELECT s.name FROM stage s WHERE NOT EXISTS (SELECT 1 FROM deal d WHERE d.stage_id = s.id)"
    )
    assert empty == []
    assert number(company, "SELECT count(DISTINCT pipeline_id) FROM deal") == 3


def test_closed_deals_say_why_and_the_newest_event_says_what_a_deal_is(company: sqlite3.Connection) -> None:
    closed = "FROM deal d JOIN stage s ON s.id = d.stage_id WHERE s.kind"
    assert number(company, f"SELECT count(*) {closed} = 'won'") >= 15
    assert number(company, f"SELECT count(*) {closed} = 'lost'") >= 12
    assert not values(company, f"SELECT d.id {closed} <> 'open' AND d.close_reason IS NULL")


def test_the_year_is_full_of_events_but_the_spring_festival_is_quiet(company: sqlite3.Connection) -> None:
    months = Counter(day[:7] for day in values(company, "SELECT effective_on FROM deal_event"))
    assert len(months) >= 12
    assert min(count for month, count in months.items() if month > DAY[:4]) >= 4
    assert number(company, "SELECT count(*) FROM deal_event WHERE effective_on > ?", DAY) == 0
    # The lunar year began on 17 February 2026.
    during = "SELECT count(*) FROM activity WHERE at BETWEEN '2026-02-16' AND '2026-02-23'"
    assert number(company, during) == 0
    assert number(company, "SELECT count(*) FROM calendar_day WHERE day_on = '2026-02-17'") == 1


def test_some_deals_slipped_and_some_went_back_a_stage(company: sqlite3.Connection) -> None:
    pairs = (
        "FROM deal_event e JOIN deal_event n ON n.deal_id = e.deal_id"
        " AND (n.effective_on, n.recorded_at) > (e.effective_on, e.recorded_at)"
        " JOIN stage a ON a.id = e.stage_id JOIN stage b ON b.id = n.stage_id"
        " WHERE a.kind = 'open' AND b.kind = 'open' AND e.deleted_at IS NULL AND n.deleted_at IS NULL"
    )
    assert number(company, f"SELECT count(DISTINCT e.deal_id) {pairs} AND n.close_on > e.close_on") >= 15
    assert number(company, f"SELECT count(DISTINCT e.deal_id) {pairs} AND b.position < a.position") == 4


def test_deals_have_lines_with_prices_that_sum_to_the_amount_once_priced(company: sqlite3.Connection) -> None:
    rows = company.execute(
        "SELECT d.amount_minor, sum(l.quantity_milli * l.unit_price_micros / 10000000), count(*)"
        " FROM deal d JOIN deal_line l ON l.deal_id = d.id AND l.deleted_at IS NULL"
        " JOIN stage s ON s.id = d.stage_id WHERE s.kind = 'won' GROUP BY d.id"
    ).fetchall()
    assert len(rows) >= 15
    assert all(amount == total for amount, total, _ in rows)


def test_activities_are_done_planned_and_cancelled_of_every_kind(company: sqlite3.Connection) -> None:
    assert set(values(company, "SELECT kind FROM activity")) == {kind.value for kind in ActivityKind}
    states = Counter(values(company, "SELECT state FROM activity"))
    assert states["planned"] >= 20
    assert states["cancelled"] >= 5
    for condition in (
        "is_unplanned = 1",
        "checkin_by = 'device' AND checkout_at IS NOT NULL",
        "checkin_by = 'manual' AND checkin_reason IS NOT NULL",
        "next_step IS NOT NULL",
        "no_next_step = 1",
        "lead_id IS NOT NULL",
    ):
        assert number(company, f"SELECT count(*) FROM activity WHERE {condition}") >= 5, condition
    late = "SELECT count(*) FROM activity WHERE state = 'done' AND at >= ?"
    assert number(company, late, clock.to_text(clock.instant_at(TODAY, 9))) == 0


def test_colleagues_comment_under_their_own_names(company: sqlite3.Connection) -> None:
    roles = "SELECT u.role FROM comment c JOIN user u ON u.id = c.created_by"
    assert Counter(values(company, roles)) == {"manager": 40}


def test_tasks_are_overdue_due_to_come_done_and_repeating(company: sqlite3.Connection) -> None:
    assert set(values(company, "SELECT state FROM task")) == {state.value for state in TaskState}
    for condition in (
        f"state = 'open' AND due_on < '{DAY}'",
        f"state = 'open' AND due_on = '{DAY}'",
        f"state = 'open' AND due_on > '{DAY}'",
        "state = 'open' AND due_on IS NULL",
        "state = 'done' AND done_at IS NOT NULL",
    ):
        assert number(company, f"SELECT count(*) FROM task WHERE {condition}") >= 4, condition
    born = "SELECT count(*) FROM task WHERE follows_id IS NOT NULL AND repeat = 'weekly on fri'"
    assert number(company, born) == 1


def test_the_own_user_is_a_rep_with_a_full_day(company: sqlite3.Connection) -> None:
    own = local_user_id(company)
    assert values(company, "SELECT role FROM user WHERE id = ?", own) == ["rep"]
    report = today_report(company, own, today=TODAY)
    assert {section.kind: section.total >= 2 for section in report.sections} == {
        "tasks": True,
        "visits": True,
        "no_next_step": True,
        "silent": True,
        "follow_ups": True,
        "quotes": True,
        "orders": True,
        "week": True,
        # It never met a centre, and its user leads nobody.
        "decisions": False,
        "approvals": False,
        "brought": False,
        "team_visits": False,
        "team_deals": False,
    }


@pytest.mark.parametrize("by", GROUPINGS)
def test_no_part_of_the_printed_pipeline_is_empty(company: sqlite3.Connection, by: str) -> None:
    report = pipeline_report(company, Scope(as_of=TODAY, by=by))
    (block,) = report.blocks  # dollars and euros are converted
    assert report.last_print is not None
    assert report.last_print.as_of == "2026-11-16"
    assert report.unconverted == ()
    assert {rate.from_currency for rate in report.rates} == {"EUR", "USD"}
    moved = block.movement
    assert moved is not None
    assert min(moved.new.count, moved.slipped.count, moved.won.count, moved.lost.count) >= 1
    assert all(line.tally.count for line in block.stages)
    assert all(line.tally.count for line in block.categories)
    assert len(block.groups) >= 3
    assert len(block.top) == 10
    assert len(block.stale_deals) >= 5
    gaps = report.gaps
    assert min(gaps.no_account, gaps.no_amount, gaps.no_close_date, gaps.overdue) >= 1


def test_every_month_of_the_past_has_a_pipeline_with_amounts(company: sqlite3.Connection) -> None:
    for months in range(1, 11):
        day = TODAY - timedelta(days=30 * months)
        (block,) = pipeline_report(company, Scope(as_of=day)).blocks
        assert block.open.count >= 5, day
        assert block.open.amount > 0, day


def test_no_number_domain_or_tax_id_can_be_anybodys(company: sqlite3.Connection) -> None:
    assert all(value.endswith(".example") for value in values(company, "SELECT value FROM email"))
    kept_free = re.compile(
        r"154\d{8}|\d{3,4}-0555\d{4}|\+1 \d{3} 555 01\d\d"
        r"|\+44 (7700 900|1\d1 496 0|11\d 496 0|20 7946 0)\d{3}"
        r"|\+49 (30 23125|69 90009|40 66969|221 4710|89 99998) \d{3}"
    )
    phones = values(company, "SELECT value FROM phone")
    assert [phone for phone in phones if not kept_free.fullmatch(phone)] == []
    assert len({phone[:3] for phone in phones if phone.startswith("+")}) == 3
    assert all("DEMO" in value for value in values(company, "SELECT tax_id FROM account WHERE tax_id <> ''"))
