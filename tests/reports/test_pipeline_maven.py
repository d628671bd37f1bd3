"""The printed pipeline of a real export, against a straightforward computation from its CSV."""

from __future__ import annotations

import csv
import random
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from shutil import copy

import pytest

from sfa.finding.periods import period_of
from sfa.reports.pipeline import Block, PipelineReport, Scope, pipeline_report
from tests.reports.ledger import open_ledger

LAST_DAY = date(2017, 12, 31)
Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def rows(shared_data: Path) -> list[Row]:
    """Return the 8,800 opportunities."""
    return read(shared_data / "maven_crm" / "sales_pipeline.csv")


@pytest.fixture(scope="module")
def maven(
    shared_data: Path, rows: list[Row], template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sqlite3.Connection]:
    """Return a store with the export in it: one event a known day, deals without a day today."""
    ledger = open_ledger(copy(template, tmp_path_factory.mktemp("maven") / "store.db"))
    folder = shared_data / "maven_crm"
    agents = read(folder / "sales_teams.csv")
    teams = {
        name: ledger.add("team", name=name) for name in sorted({row["regional_office"] for row in agents})
    }
    people = {
        name: ledger.add("user", name=name, role="manager", is_active=1)
        for name in sorted({row["manager"] for row in agents})
    }
    for row in agents:
        people[row["sales_agent"]] = ledger.add(
            "user",
            name=row["sales_agent"],
            role="rep",
            is_active=1,
            manager_id=people[row["manager"]],
            team_id=teams[row["regional_office"]],
        )
    accounts = {
        row["account"]: ledger.add(
            "account", name=row["account"], industry=row["sector"], kind="end-customer", tier="standard"
        )
        for row in read(folder / "accounts.csv")
    }
    products = {
        row["product"]: ledger.add("product", name=row["product"], status="active")
        for row in read(folder / "products.csv")
    }
    for row in rows:
        deal = ledger.deal(
            row["opportunity_id"],
            *events_of(row, people[row["sales_agent"]]),
            account_id=accounts.get(row["account"]),
        )
        product = row["product"].replace("GTXPro", "GTX Pro")
        ledger.add("deal_line", deal_id=deal, product_id=products[product], position=1, quantity_milli=1000)
    yield ledger.connection
    ledger.connection.close()


def events_of(row: Row, owner: str) -> list[dict[str, object]]:
    """Return the deal's events: engaged on its engage date, closed on its close date."""
    amount = int(row["close_value"]) * 100 if row["close_value"] else None
    events: list[dict[str, object]] = []
    if row["engage_date"]:
        events.append({"on": row["engage_date"], "stage": "Engaging", "owner": owner})
    if row["deal_stage"] in {"Won", "Lost"}:
        events.append({"on": row["close_date"], "stage": row["deal_stage"], "owner": owner, "amount": amount})
    return events or [{"on": LAST_DAY.isoformat(), "stage": row["deal_stage"], "owner": owner}]


def only_block(report: PipelineReport) -> Block:
    """Return the figures of the only currency."""
    (block,) = report.blocks
    return block


def printed(connection: sqlite3.Connection, by: str = "owner", period: str = "") -> PipelineReport:
    """Return the pipeline of the export's last day."""
    scope = Scope(as_of=LAST_DAY, by=by)
    if period:
        scope = replace(scope, period=period_of(period, today=LAST_DAY))
    return pipeline_report(connection, scope)


def test_the_totals_are_those_of_the_export(maven: sqlite3.Connection) -> None:
    report = printed(maven)
    block = only_block(report)
    assert report.deals == 8800
    assert (block.won.count, block.won.amount) == (4238, 10_005_534_00)
    assert block.lost.count == 2473
    assert {line.name: line.tally.count for line in block.stages} == {"Engaging": 1589, "Prospecting": 500}
    assert report.gaps.no_account == 1425


def test_managers_are_credited_with_their_reps_deals(maven: sqlite3.Connection) -> None:
    groups = {line.name: line for line in only_block(printed(maven, "manager")).groups}
    assert (groups["Melvin Marxen"].won.count, groups["Melvin Marxen"].won.amount) == (882, 2_251_930_00)
    assert (groups["Dustin Brinkmann"].won.count, groups["Dustin Brinkmann"].won.amount) == (
        747,
        1_094_363_00,
    )


@pytest.mark.parametrize("by", ["owner", "manager", "team", "product", "sector"])
def test_every_grouping_adds_up_to_the_whole(maven: sqlite3.Connection, by: str) -> None:
    block = only_block(printed(maven, by))
    assert sum(line.won.amount for line in block.groups) == block.won.amount
    assert sum(line.open.count for line in block.groups) == block.open.count
    assert sum(line.lost.count for line in block.groups) == block.lost.count


def test_quarters_of_closing_are_those_of_the_export(maven: sqlite3.Connection) -> None:
    expected = {
        "2017Q1": 1_134_672_00,
        "2017Q2": 3_086_111_00,
        "2017Q3": 2_982_255_00,
        "2017Q4": 2_802_496_00,
    }
    assert {label: tally.amount for label, tally in only_block(printed(maven)).quarters} == expected
    for label, amount in expected.items():
        assert only_block(printed(maven, period=label)).won.amount == amount


def test_the_rows_and_the_events_give_the_same_present(maven: sqlite3.Connection) -> None:
    from_rows = printed(maven, "team")
    # What is known on a later day is everything, but asks the events.
    scope = replace(from_rows.scope, known_on=LAST_DAY + timedelta(days=9))
    from_events = pipeline_report(maven, scope)
    assert replace(from_events, scope=from_rows.scope) == from_rows


def test_ten_random_days_equal_a_count_over_the_csv(maven: sqlite3.Connection, rows: list[Row]) -> None:
    random_days = random.Random(20170301)  # noqa: S311  the same days every time
    for _ in range(10):
        day = date(2016, 10, 20) + timedelta(days=random_days.randrange((LAST_DAY - date(2016, 10, 20)).days))
        assert reported(pipeline_report(maven, Scope(as_of=day))) == counted(rows, day), day


def reported(report: PipelineReport) -> dict[str, object]:
    """Return the figures of a report that ``counted`` computes too."""
    block = only_block(report)
    return {
        "deals": report.deals,
        "engaging": sum(line.tally.count for line in block.stages if line.name == "Engaging"),
        "won": (block.won.count, block.won.amount),
        "lost": block.lost.count,
        "no_account": report.gaps.no_account,
        "age": next((line.average_age_days for line in block.stages if line.name == "Engaging"), None),
        "reps": {line.name: (line.won.count, line.won.amount, line.open.count) for line in block.groups},
    }


def counted(rows: list[Row], day: date) -> dict[str, object]:
    """Return the same figures from the CSV: engaged, and closed or not, by the day."""
    text = day.isoformat()
    known = [row for row in rows if row["engage_date"] and row["engage_date"] <= text]
    closed = [row for row in known if row["close_date"] and row["close_date"] <= text]
    opened = [row for row in known if not row["close_date"] or row["close_date"] > text]
    won = [row for row in closed if row["deal_stage"] == "Won"]
    worth: dict[str, int] = defaultdict(int)
    for row in won:
        worth[row["sales_agent"]] += int(row["close_value"]) * 100
    wins = Counter(row["sales_agent"] for row in won)
    open_by_rep = Counter(row["sales_agent"] for row in opened)
    days = sum((day - date.fromisoformat(row["engage_date"])).days for row in opened)
    return {
        "deals": len(known),
        "engaging": len(opened),
        "won": (len(won), sum(worth.values())),
        "lost": len(closed) - len(won),
        "no_account": sum(not row["account"] for row in known),
        "age": (2 * days + len(opened)) // (2 * len(opened)) if opened else None,
        "reps": {
            rep: (wins[rep], worth[rep], open_by_rep[rep]) for rep in {row["sales_agent"] for row in known}
        },
    }
