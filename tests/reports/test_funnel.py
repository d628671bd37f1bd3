"""The funnel: how far deals came, by hand and against a plain computation over whole companies."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from sfa.cli import report as command
from sfa.finding.periods import Period, period_of
from sfa.render.cells import cell_width
from sfa.render.funnel import funnel_text
from sfa.reports.funnel import GROUPINGS, Funnel, FunnelReport, Scope, funnel_report
from tests.demo.conftest import TODAY, company, company_home
from tests.reports.ledger import Ledger
from tests.reports.test_pipeline_maven import LAST_DAY, Row, maven, rows

__all__ = ["company", "company_home", "maven", "rows"]
DAY = date(2026, 3, 31)
NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)


def asked(
    connection: sqlite3.Connection, period: str = "", *, day: date = DAY, **more: object
) -> FunnelReport:
    """Return the funnel of a period, or of all deals."""
    within = period_of(period, today=day) if period else None
    return funnel_report(connection, Scope(as_of=day, period=within, **more))  # type: ignore[arg-type]


def only(report: FunnelReport) -> Funnel:
    """Return the funnel of the only pipeline."""
    (found,) = report.funnels
    return found


def figures(funnel: Funnel) -> list[tuple[str, int, int, int]]:
    """Return (name, reached, lost, open) of each step."""
    return [(each.name, each.reached, each.lost, each.open) for each in funnel.steps]


@pytest.fixture
def four(ledger: Ledger) -> Ledger:
    """Return a store with a deal of every fate; those of January came in the first quarter of 2026."""
    for user, name in (("ann", "Ann"), ("ben", "Ben")):
        ledger.add("user", id=user, name=name, role="rep", is_active=1)
    january, march = "2026-01-10", "2026-03-01"
    ann, ben = {"owner": "ann", "amount": 1000}, {"owner": "ben", "amount": 10}
    ledger.deal("won", {"on": january, "stage": "Prospecting", **ann}, {"on": march, "stage": "Won", **ann})
    ledger.deal("lost after both", {"on": january, "stage": "Prospecting", **ann},
                {"on": "2026-02-01", "stage": "Engaging", **ann},
                {"on": march, "stage": "Lost", **ann})  # fmt: skip
    ledger.deal("lost at once", {"on": january, "stage": "Lost", **ben})
    ledger.deal("back again", {"on": january, "stage": "Engaging", **ben},
                {"on": march, "stage": "Prospecting", **ben})  # fmt: skip
    ledger.deal("new", {"on": march, "stage": "Prospecting", **ben})
    ledger.deal("of last year", {"on": "2025-12-31", "stage": "Engaging", **ann})
    return ledger


def test_each_deal_counts_in_the_stages_it_reached(four: Ledger) -> None:
    # Won passes all; lost at once and new came to the first alone; back again was in the second.
    funnel = only(asked(four.connection, "2026Q1"))
    assert figures(funnel) == [("Prospecting", 5, 1, 1), ("Engaging", 3, 1, 1), ("Won", 1, 0, 0)]
    assert (funnel.entered, funnel.won, funnel.lost, funnel.open) == (5, 1, 2, 2)
    # 3 of 5 and 1 of 3, half up; 1 of 5 of all.
    assert [(each.onward_pct, each.share_pct) for each in funnel.steps] == [(60, 100), (33, 60), (None, 20)]
    assert funnel.win_pct == 33  # 1 of 1 + 2
    assert funnel.won_days == 50  # 10 January to 1 March


def test_sums_are_of_the_deals_that_reached_a_step(four: Ledger) -> None:
    funnel = only(asked(four.connection, "2026Q1"))
    # In all 1000 + 1000 + 10 + 10 + 10, the first two and back again came further.
    assert [[each.amount for each in step.sums] for step in funnel.steps] == [[2030], [2010], [1000]]


def test_the_funnel_as_of_an_earlier_day_knows_nothing_later(four: Ledger) -> None:
    funnel = only(asked(four.connection, "2026Q1", day=date(2026, 2, 15)))
    assert figures(funnel) == [("Prospecting", 4, 1, 1), ("Engaging", 2, 0, 2), ("Won", 0, 0, 0)]
    assert funnel.won_days is None


def test_without_a_period_all_deals_are_counted(four: Ledger) -> None:
    assert asked(four.connection).entered == 6
    assert asked(four.connection, "2025").entered == 1
    assert asked(four.connection, "2024").funnels == ()


def test_groups_are_those_of_the_latest_event_and_sum_to_the_whole(four: Ledger) -> None:
    for by in GROUPINGS:
        funnel = only(asked(four.connection, "2026Q1", by=by))
        for name in ("entered", "won", "lost", "open"):
            assert sum(getattr(line, name) for line in funnel.groups) == getattr(funnel, name), (by, name)
    lines = {line.name: line for line in only(asked(four.connection, "2026Q1")).groups}
    assert (lines["Ann"].entered, lines["Ann"].won, lines["Ann"].win_pct) == (2, 1, 50)
    assert (lines["Ben"].entered, lines["Ben"].win_pct) == (3, 0)
    months = only(asked(four.connection, by="month")).groups
    assert {line.name: line.entered for line in months} == {"2025-12": 1, "2026-01": 4, "2026-03": 1}


def test_one_person_alone(four: Ledger) -> None:
    report = asked(four.connection, "2026Q1", owner_id="ben", owner_name="Ben")
    assert (report.entered, only(report).won) == (3, 0)
    assert "Owner: Ben" in shown(report)


def test_a_deal_lost_without_an_open_event_counts_as_far_as_its_row_remembers(four: Ledger) -> None:
    four.connection.execute(
        "UPDATE deal SET reached_stage_id = ? WHERE name = 'lost at once'", (four.stages["Engaging"],)
    )
    assert figures(only(asked(four.connection, "2026Q1")))[1] == ("Engaging", 4, 2, 1)


def test_currencies_are_converted_at_a_rate_or_stand_apart(four: Ledger) -> None:
    four.deal("abroad", {"on": "2026-01-10", "stage": "Prospecting", "amount": 100, "currency": "EUR"})
    report = asked(four.connection, "2026Q1")
    assert [(each.currency, each.amount) for each in only(report).steps[0].sums] == [
        ("USD", 2030),
        ("EUR", 100),
    ]
    assert report.unconverted == ("EUR",)
    four.add("rate", from_currency="EUR", to_currency="USD", effective_on="2026-01-01", rate_micros=2_000_000)
    report = asked(four.connection, "2026Q1")
    assert [(each.currency, each.amount) for each in only(report).steps[0].sums] == [("USD", 2230)]
    assert "EUR at 2.00 USD" in shown(report)


def test_every_pipeline_has_a_funnel_of_its_own(four: Ledger) -> None:
    pipeline = four.add("pipeline", name="Key accounts")
    stage = four.add("stage", pipeline_id=pipeline, name="Talks", position=0, kind="open", probability_pct=10,
                     category="pipeline")  # fmt: skip
    four.stages["Talks"] = stage
    deal = four.add("deal", name="k", pipeline_id=pipeline, stage_id=stage, probability_pct=10,
                    category="pipeline")  # fmt: skip
    four.add("deal_event", deal_id=deal, effective_on="2026-01-05", recorded_at="2026-01-05T08:00:00.000Z",
             stage_id=stage, probability_pct=10, category="pipeline")  # fmt: skip
    report = asked(four.connection, "2026Q1")
    assert [each.pipeline for each in report.funnels] == ["Standard", "Key accounts"]
    assert figures(report.funnels[1])[0] == ("Talks", 1, 0, 1)
    assert asked(four.connection, "2026Q1", pipeline_id=pipeline).entered == 1


def test_the_groupings_of_the_command_are_those_of_the_report() -> None:
    assert command.FUNNEL_GROUPINGS == GROUPINGS


# What it looks like --------------------------------------------------------------------------


def shown(report: FunnelReport, fmt: str = "table", *, chart: bool = False) -> str:
    """Return the report as text, 80 cells wide."""
    return funnel_text(report, fmt, now=NOON, width=80, chart=chart)


def test_the_table_and_the_chart_say_the_same(four: Ledger) -> None:
    report = asked(four.connection, "2026Q1")
    table, chart = shown(report), shown(report, chart=True)
    for text in (table, chart):
        assert "5 came in · 1 won · 2 lost · 2 open · win rate 33% · won after 50 days" in text
        assert max(map(len, text.splitlines())) <= 80
    prospecting, engaging, won = (
        next(line for line in chart.splitlines() if line.startswith(name))
        for name in ("Prospecting", "Engaging", "Won")
    )
    # 5, 3 and 1 of 5: the bars are as long to each other, in whole cells.
    whole = prospecting.count("█")
    assert [line.count("█") for line in (engaging, won)] == [whole * 3 // 5, whole // 5]
    assert "↓ 60%" in prospecting


def test_machines_get_every_figure_once(four: Ledger) -> None:
    report = asked(four.connection, "2026Q1")
    found = json.loads(shown(report, "json"))
    assert found["schema"] == "sfa.report.funnel/1"
    assert [step["reached"] for step in found["funnels"][0]["steps"]] == [5, 3, 1]
    lines = [line.split("\t") for line in shown(report, "tsv").splitlines()]
    at = lines[0].index("reached")
    assert [line[at] for line in lines[1:] if line[1] == "step"] == ["5", "3", "1"]
    assert sum(int(line[at]) for line in lines[1:] if line[1] == "owner") == 5
    assert "| Prospecting | 5 |" in shown(report, "md")


# Whole companies against a plain computation ---------------------------------------------------


def plainly(
    connection: sqlite3.Connection, period: Period | None, day: date
) -> Mapping[str, tuple[int, int, int, int, list[int]]]:
    """Return pipeline -> (entered, won, lost, open, reached by step), deal by deal from all events."""
    stages = {row["id"]: row for row in connection.execute("SELECT * FROM stage")}
    open_ = defaultdict(list)
    for stage in sorted(stages.values(), key=lambda each: each["position"]):
        if stage["kind"] == "open":
            open_[stage["pipeline_id"]].append(stage["id"])
    events = defaultdict(list)
    for row in connection.execute(
        "SELECT e.* FROM deal_event e JOIN deal d ON d.id = e.deal_id"
        " WHERE e.deleted_at IS NULL AND d.deleted_at IS NULL"
    ):
        if row["effective_on"] <= day.isoformat():
            events[row["deal_id"]].append(
                (row["effective_on"], row["recorded_at"], row["id"], row["stage_id"])
            )
    found: dict[str, tuple[Counter[str], Counter[int]]] = defaultdict(lambda: (Counter(), Counter()))
    for each in events.values():
        each.sort()
        if period and not period.start.isoformat() <= each[0][0] <= period.end.isoformat():
            continue
        last = stages[each[-1][3]]
        ladder = open_[last["pipeline_id"]]
        counts, reached = found[last["pipeline_id"]]
        counts["entered"] += 1
        counts[last["kind"]] += 1
        places = [ladder.index(stage) for *_, stage in each if stage in ladder]
        furthest = len(ladder) if last["kind"] == "won" else max(places, default=0)
        reached.update(range(furthest + 1))
    return {
        pipeline: (counts["entered"], counts["won"], counts["lost"], counts["open"],
                   [reached[place] for place in range(len(open_[pipeline]) + 1)])
        for pipeline, (counts, reached) in found.items()
    }  # fmt: skip


def reported(report: FunnelReport) -> Mapping[str, tuple[int, int, int, int, list[int]]]:
    """Return the figures of a report that ``plainly`` computes too."""
    return {
        each.pipeline_id: (each.entered, each.won, each.lost, each.open, [s.reached for s in each.steps])
        for each in report.funnels
    }


PERIODS = ("", "2026", "2026Q1", "2026Q2", "2026Q3", "2026Q4", "2026-09", "2025Q4..2026Q2")


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("day", [TODAY, date(2026, 8, 1)], ids=str)
def test_the_demo_company_by_the_report_is_what_a_plain_count_gives(
    company: sqlite3.Connection, period: str, day: date
) -> None:
    within = period_of(period, today=day) if period else None
    report = asked(company, period, day=day)
    assert reported(report) == plainly(company, within, day)
    for funnel in report.funnels:
        for here, further in zip(funnel.steps, funnel.steps[1:], strict=False):
            assert here.reached == further.reached + here.lost + here.open
        for line in funnel.groups:
            assert line.entered == line.won + line.lost + line.open == line.reached[0]


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("chart", [False, True])
def test_the_print_of_several_pipelines_fits_the_width(
    company: sqlite3.Connection, width: int, chart: bool
) -> None:
    text = funnel_text(asked(company, day=TODAY), "table", now=NOON, width=width, chart=chart)
    if chart or width >= 80:
        assert max(map(cell_width, text.splitlines())) <= width
    assert text.count("Standard: ") == 2


def test_the_export_by_the_report_is_what_its_csv_says(maven: sqlite3.Connection, rows: list[Row]) -> None:
    report = asked(maven, "2017Q1", day=LAST_DAY)
    funnel = only(report)
    # Whatever has an engage day came on it, by way of Engaging; what has none came on the last day.
    came = [row for row in rows if row["engage_date"] and "2017-01-01" <= row["engage_date"] <= "2017-03-31"]
    states = Counter(row["deal_stage"] for row in came)
    assert (funnel.entered, funnel.won, funnel.lost) == (len(came), states["Won"], states["Lost"])
    assert figures(funnel) == [
        ("Prospecting", len(came), 0, 0),
        ("Engaging", len(came), states["Lost"], states["Engaging"]),
        ("Won", states["Won"], 0, 0),
    ]
    days = [
        (date.fromisoformat(row["close_date"]) - date.fromisoformat(row["engage_date"])).days
        for row in came
        if row["deal_stage"] == "Won"
    ]
    assert funnel.won_days == (2 * sum(days) + len(days)) // (2 * len(days))
    won = Counter({line.name: line.won for line in funnel.groups if line.won})
    assert won == Counter(row["sales_agent"] for row in came if row["deal_stage"] == "Won")
    assert reported(report) == plainly(maven, period_of("2017Q1", today=LAST_DAY), LAST_DAY)
