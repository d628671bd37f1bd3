"""What a print asks of SQLite: which indexes, and how often."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from sfa.finding.periods import period_of
from sfa.reports.pipeline import Scope, pipeline_report
from tests.reports.ledger import Ledger

TODAY = date(2026, 3, 31)


def asked(ledger: Ledger, **scope: Any) -> list[str]:
    """Return the statements of a print of today."""
    found: list[str] = []
    ledger.connection.set_trace_callback(found.append)
    pipeline_report(ledger.connection, Scope(**{"as_of": TODAY, **scope}))
    ledger.connection.set_trace_callback(None)
    return found


def plans(ledger: Ledger, statements: list[str]) -> list[str]:
    """Return every step of their plans."""
    return [row[3] for each in statements for row in ledger.connection.execute(f"EXPLAIN QUERY PLAN {each}")]


def add_deals(ledger: Ledger, count: int, *, owners: int = 1) -> None:
    for number in range(count):
        owner = f"owner {number % owners}"
        events: list[dict[str, Any]] = [
            {"on": "2026-01-05", "stage": "Prospecting", "owner": owner},
            {"on": "2026-02-05", "stage": "Engaging", "owner": owner, "amount": 1000 + number},
        ]
        if number % 2:
            events.append({"on": "2026-03-05", "stage": "Won", "owner": owner, "amount": 1000})
        ledger.deal(f"deal {number}", *events)


def keep_print(ledger: Ledger) -> None:
    ledger.add(
        "print_snapshot",
        scope="all",
        as_of_on="2026-03-30",
        printed_at="2026-03-30T08:00:00.000Z",
        figures="{}",
    )


@pytest.mark.parametrize("by", ["owner", "manager", "team"])
def test_the_present_is_read_in_the_order_of_one_index_and_of_no_event(ledger: Ledger, by: str) -> None:
    add_deals(ledger, 20)
    steps = plans(ledger, asked(ledger, by=by))
    assert "SCAN d USING INDEX ix_deal_print" in steps
    assert "USE TEMP B-TREE FOR GROUP BY" not in steps
    own = {"SCAN d USING INDEX ix_deal_print", "SCAN d USING INDEX ix_deal_without_account"}
    assert not [
        step for step in steps if re.match(r"SCAN (deal|d|account|activity)\b", step) and step not in own
    ]
    assert not [step for step in steps if "deal_event" in step and "effective_on" not in step]


def test_what_moved_is_found_by_day_and_by_instant(ledger: Ledger) -> None:
    add_deals(ledger, 20)
    keep_print(ledger)
    for scope in ({}, {"period": period_of("2026-03", today=TODAY)}):
        steps = plans(ledger, asked(ledger, **scope))
        assert not [step for step in steps if step.startswith("SCAN e")]
    since_print = plans(ledger, asked(ledger))
    assert any("ix_deal_event_recorded_at" in step for step in since_print)


def test_a_past_day_asks_the_events_of_later_deals_alone(ledger: Ledger) -> None:
    add_deals(ledger, 20)
    statements = asked(ledger, as_of=date(2026, 2, 10))
    assert any("event_on > '2026-02-10'" in each for each in statements)
    steps = plans(ledger, statements)
    assert "SCAN d USING INDEX ix_deal_print" in steps
    assert "SEARCH x USING INDEX ix_deal_event_effective_on (effective_on>?)" in steps
    assert not [step for step in steps if step.startswith("SCAN d ") and "ix_deal_by" in step]


def test_more_deals_take_no_more_queries(ledger: Ledger) -> None:
    add_deals(ledger, 40)
    keep_print(ledger)
    few = len(asked(ledger))
    add_deals(ledger, 200)
    assert len(asked(ledger)) == few
    assert few <= 30


def test_the_largest_deals_are_looked_for_in_few_cells(ledger: Ledger) -> None:
    add_deals(ledger, 300, owners=50)  # 50 owners' cells, of which the largest ten deals lie in ten
    found = [each for each in asked(ledger) if "WITH place" in each]
    assert len(found) <= 2 * 11
