"""The formulas of the printed pipeline, computed by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sfa.finding.periods import period_of
from sfa.money import MICROS
from sfa.reports.pipeline import Block, PipelineReport, Scope, Tally, figures, pipeline_report
from tests.reports.ledger import Ledger

TODAY = date(2026, 3, 31)


def report_of(ledger: Ledger, as_of: date = TODAY, **scope: Any) -> PipelineReport:
    """Return the pipeline as of a day."""
    return pipeline_report(ledger.connection, Scope(as_of=as_of, **scope))


def block_of(ledger: Ledger, as_of: date = TODAY, **scope: Any) -> Block:
    """Return the only currency's figures."""
    (block,) = report_of(ledger, as_of, **scope).blocks
    return block


def event(on: str, stage: str, amount: int | None = None, **rest: Any) -> dict[str, Any]:
    """Return an event; the amount is in whole units."""
    return {"on": on, "stage": stage, "amount": None if amount is None else amount * 100, **rest}


def test_weighted_amounts_are_summed_before_they_are_divided(ledger: Ledger) -> None:
    # 10 % of 1.05 + 10 % of 1.05 = 10.5 + 10.5 cents = 21 cents; each rounded alone would give 22.
    ledger.deal("a", {"on": "2026-03-01", "stage": "Prospecting", "amount": 105})
    ledger.deal("b", {"on": "2026-03-01", "stage": "Prospecting", "amount": 105})
    # 35 % of 200.00 = 70.00, pinned against the stage's 50 %
    ledger.deal("c", event("2026-03-01", "Engaging", 200, pct=35))
    block = block_of(ledger)
    assert [line.weighted for line in block.stages] == [21, 7000]
    assert block.weighted == 7021
    assert block.weighted <= block.open.amount


def test_stages_hold_count_amount_and_average_age(ledger: Ledger) -> None:
    ledger.deal("ten days", event("2026-03-21", "Engaging", 100))
    # In Engaging since 3 March = 28 days; the days in Prospecting before do not count.
    ledger.deal("28 days", event("2026-01-01", "Prospecting"), event("2026-03-03", "Engaging", 300))
    prospecting, engaging = block_of(ledger).stages
    assert engaging.tally == Tally(2, 400_00)
    assert engaging.average_age_days == 19  # (10 + 28) / 2
    assert (prospecting.tally, prospecting.average_age_days) == (Tally(), None)


def test_the_age_begins_anew_when_a_deal_comes_back_to_its_stage(ledger: Ledger) -> None:
    ledger.deal(
        "back",
        event("2026-01-01", "Prospecting"),
        event("2026-02-01", "Engaging"),
        event("2026-03-01", "Prospecting"),
        event("2026-03-11", "Prospecting", 50),  # only the amount changed: still the same stay
    )
    assert block_of(ledger).stages[0].average_age_days == 30  # from 1 March to 31 March


def test_of_events_on_one_day_the_last_recorded_counts_then_the_greatest_id(ledger: Ledger) -> None:
    deal = ledger.deal(
        "busy day",
        event("2026-03-01", "Engaging", 1, recorded="2026-03-01T09:00:00.000Z"),
        event("2026-03-01", "Prospecting", 2, recorded="2026-03-01T10:00:00.000Z"),
    )
    past = date(2026, 3, 1)
    events_alone = {"known_on": TODAY}
    assert block_of(ledger, past, **events_alone).open == Tally(1, 2_00)
    ledger.event(deal, "2026-03-01", "Prospecting", "2026-03-01T10:00:00.000Z", amount=3_00)
    assert block_of(ledger, past, **events_alone).open == Tally(1, 3_00)


def test_a_past_day_shows_what_stood_then(ledger: Ledger) -> None:
    ledger.deal(
        "moved",
        event("2026-01-10", "Prospecting", 100),
        event("2026-02-10", "Engaging", 150),
        event("2026-03-10", "Won", 140),
    )
    seen = {
        day: block_of(ledger, date(2026, *day)) for day in ((1, 9), (1, 10), (2, 9), (2, 10), (3, 9), (3, 10))
    }
    assert [seen[day].open.amount for day in seen] == [0, 100_00, 100_00, 150_00, 150_00, 0]
    assert seen[3, 10].won == Tally(1, 140_00)
    assert report_of(ledger, date(2026, 1, 9)).deals == 0


def test_known_on_leaves_out_what_was_recorded_later(ledger: Ledger) -> None:
    ledger.deal(
        "backdated",
        event("2026-01-10", "Engaging", 100, recorded="2026-01-10T12:00:00.000Z"),
        event("2026-01-20", "Lost", 100, recorded="2026-02-15T12:00:00.000Z"),
    )
    as_of = date(2026, 1, 31)
    assert block_of(ledger, as_of).lost.count == 1
    known = block_of(ledger, as_of, known_on=date(2026, 1, 31))
    assert (known.open.count, known.lost.count) == (1, 0)


def test_lost_and_omitted_deals_leave_the_forecast(ledger: Ledger) -> None:
    ledger.deal("pipeline", event("2026-03-01", "Prospecting", 1))
    ledger.deal("best case", event("2026-03-01", "Engaging", 20))
    ledger.deal("commit", event("2026-03-01", "Engaging", 300, category="commit"))
    ledger.deal("won", event("2026-03-01", "Won", 4000))
    ledger.deal("lost", event("2026-03-01", "Lost", 50000))
    ledger.deal("omitted", event("2026-03-01", "Engaging", 600000, category="omitted"))
    found = {line.category: (line.tally.amount, line.cumulative) for line in block_of(ledger).categories}
    assert found == {
        "pipeline": (1_00, 4321_00),  # 1 + 20 + 300 + 4000
        "best-case": (20_00, 4320_00),  # 20 + 300 + 4000
        "commit": (300_00, 4300_00),  # 300 + 4000
        "closed": (4000_00, 4000_00),
        "omitted": (600000_00, None),
    }


def test_a_period_limits_what_was_won_and_lost_but_not_what_is_open(ledger: Ledger) -> None:
    ledger.deal("last year", event("2025-12-31", "Won", 1))
    ledger.deal("first day", event("2026-01-01", "Won", 20))
    ledger.deal("lost", event("2026-02-01", "Lost", 5))
    ledger.deal("open", event("2025-06-01", "Engaging", 300))
    block = block_of(ledger, period=period_of("2026Q1", today=TODAY))
    assert (block.won, block.lost, block.open) == (Tally(1, 20_00), Tally(1, 5_00), Tally(1, 300_00))
    assert block_of(ledger).quarters == (("2025Q4", Tally(1, 1_00)), ("2026Q1", Tally(1, 20_00)))


def test_a_deal_corrected_after_it_was_won_stays_won_on_its_day(ledger: Ledger) -> None:
    ledger.deal("corrected", event("2026-01-15", "Won", 100), event("2026-02-20", "Won", 90))
    for scope in ({}, {"known_on": TODAY}):  # by the rows, and by the events
        assert block_of(ledger, **scope).quarters == (("2026Q1", Tally(1, 90_00)),)
        january = block_of(ledger, period=period_of("2026-01", today=TODAY), **scope)
        assert january.won == Tally(1, 90_00)


def test_what_moved_in_a_period(ledger: Ledger) -> None:
    ledger.deal("new", event("2026-03-05", "Prospecting", 10))
    ledger.deal("new and won", event("2026-03-05", "Prospecting", 20), event("2026-03-20", "Won", 25))
    ledger.deal(
        "slipped",
        event("2026-02-01", "Engaging", 40, close_on="2026-03-15"),
        event("2026-03-10", "Engaging", 45, close_on="2026-04-30"),
    )
    ledger.deal(
        "pulled in",
        event("2026-02-01", "Engaging", 80, close_on="2026-05-15"),
        event("2026-03-10", "Engaging", 80, close_on="2026-04-30"),
    )
    ledger.deal("lost", event("2026-02-01", "Engaging", 160), event("2026-03-31", "Lost", 160))
    ledger.deal("before", event("2026-02-01", "Prospecting", 320), event("2026-02-28", "Won", 320))
    movement = block_of(ledger, period=period_of("2026-03", today=TODAY)).movement
    assert movement is not None
    assert movement.new == Tally(2, 35_00)  # 10 + 25: worth what they were at the end
    assert movement.slipped == Tally(1, 45_00)
    assert movement.won == Tally(1, 25_00)
    assert movement.lost == Tally(1, 160_00)


def test_a_print_is_compared_with_the_last_stored_one_of_its_scope(ledger: Ledger) -> None:
    deal = ledger.deal("grows", event("2026-03-01", "Engaging", 100))
    first = report_of(ledger, date(2026, 3, 1))
    assert first.last_print is None
    assert first.blocks[0].movement is None
    keep(ledger, first, "2026-03-01T18:00:00.000Z")
    ledger.event(deal, "2026-03-10", "Engaging", amount=150_00)
    ledger.connection.execute("UPDATE deal SET amount_minor = 15000 WHERE id = ?", (deal,))
    ledger.deal("new", event("2026-03-02", "Won", 30))
    # Recorded after the print, about a day before it: the print could not know.
    ledger.deal("backdated", event("2026-02-01", "Lost", 7, recorded="2026-03-05T08:00:00.000Z"))
    block = block_of(ledger)
    assert block.changes is not None
    assert block.movement is not None
    assert block.changes.open == Tally(0, 50_00)  # 150 - 100
    assert block.changes.weighted == 25_00  # 50 % of 150 less 50 % of 100
    assert block.changes.won == Tally(1, 30_00)
    assert (block.movement.new, block.movement.won) == (Tally(2, 37_00), Tally(1, 30_00))
    assert block.movement.lost == Tally(1, 7_00)
    assert block_of(ledger, period=period_of("2026-03", today=TODAY)).changes is None  # another scope


def keep(ledger: Ledger, report: PipelineReport, at: str) -> None:
    """Store a print as the service does."""
    import json

    ledger.add(
        "print_snapshot",
        printed_at=at,
        as_of_on=report.scope.as_of.isoformat(),
        scope=report.scope.key(),
        figures=json.dumps(figures(report.blocks)),
    )


def test_currencies_are_kept_apart_without_a_rate(ledger: Ledger) -> None:
    ledger.setting("currency", "USD")
    ledger.deal("dollars", event("2026-03-01", "Won", 100))
    ledger.deal("euros", event("2026-03-01", "Won", 100, currency="EUR"))
    ledger.deal("no amount", event("2026-03-01", "Engaging"))
    report = report_of(ledger)
    dollars, euros = report.blocks
    assert (dollars.currency, dollars.won, dollars.open.count) == ("USD", Tally(1, 100_00), 1)
    assert (euros.currency, euros.won, euros.open.count) == ("EUR", Tally(1, 100_00), 0)
    assert report.unconverted == ("EUR",)
    assert report.deals == 3


def test_a_dated_rate_converts_to_the_organisations_currency(ledger: Ledger) -> None:
    ledger.setting("currency", "USD")
    rate = {"from_currency": "EUR", "to_currency": "USD"}
    ledger.add("rate", effective_on="2026-01-01", rate_micros=2 * MICROS, **rate)
    ledger.add("rate", effective_on="2026-03-01", rate_micros=MICROS * 5 // 4, **rate)
    ledger.add("rate", effective_on="2026-06-01", rate_micros=9 * MICROS, **rate)
    ledger.deal("dollars", event("2026-02-01", "Engaging", 100))
    ledger.deal("euros", event("2026-02-01", "Engaging", 1000, currency="EUR"))
    block = block_of(ledger)
    assert block.open == Tally(2, 1350_00)  # 100 + 1000 x 1.25, the rate of 1 March
    assert [line.amount for line in block.top] == [1250_00, 100_00]
    assert [rate.effective_on for rate in report_of(ledger).rates] == ["2026-03-01"]
    assert block_of(ledger, date(2026, 2, 1)).open.amount == 2100_00  # 100 + 1000 x 2


def test_a_rate_into_a_currency_without_decimals_rounds_half_up(ledger: Ledger) -> None:
    ledger.setting("currency", "JPY")
    ledger.add(
        "rate", from_currency="USD", to_currency="JPY", effective_on="2026-01-01", rate_micros=150 * MICROS
    )
    ledger.deal("cents", {"on": "2026-03-01", "stage": "Engaging", "amount": 1})  # 0.01 USD = 1.5 JPY
    assert block_of(ledger).open.amount == 2


def test_a_deal_counts_once_and_is_split_over_its_products(ledger: Ledger) -> None:
    pro, basic, free = (
        ledger.add("product", name=name, status="active") for name in ("Pro", "Basic", "Free")
    )
    priced = ledger.deal("priced", event("2026-03-01", "Won", 100))
    line(ledger, priced, pro, price=20)
    line(ledger, priced, basic, price=10)
    unpriced = ledger.deal("unpriced", {"on": "2026-03-01", "stage": "Won", "amount": 101})
    line(ledger, unpriced, basic)
    line(ledger, unpriced, free)
    single = ledger.deal("single", event("2026-03-01", "Engaging", 7))
    line(ledger, single, free)
    ledger.deal("none", event("2026-03-01", "Engaging", 3))
    report = report_of(ledger, by="product")
    (block,) = report.blocks
    assert block.won == Tally(2, 101_01)
    won = {group.name: group.won for group in block.groups}
    # 100.00 by 20 to 10 = 66.67 and 33.33; 1.01 in two: 0.51 and 0.50, the cent to the earlier id.
    assert won == {"Pro": Tally(1, 66_67), "Basic": Tally(2, 33_84), "Free": Tally(1, 50), "": Tally()}
    assert sum(group.won.amount for group in block.groups) == block.won.amount
    assert {group.name: group.open.amount for group in block.groups if group.open.count} == {
        "Free": 700,
        "": 300,
    }
    assert report.shared_deals == 2


def line(ledger: Ledger, deal: str, product: str, price: int | None = None) -> None:
    """Add a product line; the price is in whole units."""
    priced = {"unit_price_micros": price * MICROS, "currency": "USD"} if price is not None else {}
    ledger.add("deal_line", deal_id=deal, product_id=product, position=1, quantity_milli=1000, **priced)


def test_groups_follow_the_owner_of_the_day_and_the_manager_of_today(ledger: Ledger) -> None:
    boss = ledger.add("user", name="Boss", role="manager", is_active=1)
    ann = ledger.add("user", name="Ann", role="rep", is_active=1, manager_id=boss)
    bob = ledger.add("user", name="Bob", role="rep", is_active=1)
    ledger.deal(
        "handed over",
        event("2026-01-01", "Engaging", 10, owner=ann),
        event("2026-03-01", "Engaging", 10, owner=bob),
    )
    assert [group.name for group in block_of(ledger).groups] == ["Bob"]
    assert [group.name for group in block_of(ledger, date(2026, 2, 1)).groups] == ["Ann"]
    assert [group.name for group in block_of(ledger, date(2026, 2, 1), by="manager").groups] == ["Boss"]
    assert [group.name for group in block_of(ledger, by="manager").groups] == [""]


def test_sectors_are_the_industries_of_the_accounts(ledger: Ledger) -> None:
    account = ledger.add("account", name="Acme", kind="end-customer", tier="standard", industry="医疗")
    ledger.deal("a", event("2026-03-01", "Won", 1), account_id=account)
    ledger.deal("b", event("2026-03-01", "Won", 2))
    assert {group.name: group.won.amount for group in block_of(ledger, by="sector").groups} == {
        "医疗": 1_00,
        "": 2_00,
    }


def test_one_pipeline_can_be_asked_for(ledger: Ledger) -> None:
    ledger.deal("standard", event("2026-03-01", "Engaging", 1))
    other = ledger.add("pipeline", name="Key accounts")
    ledger.stages["Engaging"] = ledger.add(
        "stage",
        pipeline_id=other,
        name="Talks",
        position=0,
        kind="open",
        probability_pct=5,
        category="pipeline",
    )
    ledger.deal("key", event("2026-03-01", "Engaging", 20))
    for scope in ({}, {"known_on": TODAY}):
        block = block_of(ledger, pipeline_id=other, **scope)
        assert block.open == Tally(1, 20_00)
        assert [stage.name for stage in block.stages] == ["Talks"]
    assert {stage.pipeline for stage in block_of(ledger).stages} == {"Standard", "Key accounts"}


def test_stale_deals_had_neither_event_nor_activity(ledger: Ledger) -> None:
    ledger.setting("stale_days", 20)
    ledger.deal("quiet", event("2026-03-11", "Engaging", 5))  # 20 days before
    ledger.deal("fresh", event("2026-03-12", "Engaging", 5))  # 19 days before
    called = ledger.deal("called", event("2026-01-01", "Engaging", 5))
    planned = ledger.deal("planned", event("2026-01-01", "Engaging", 50))
    ledger.deal("won", event("2026-01-01", "Won", 5))
    ledger.add("activity", deal_id=called, kind="call", state="done", at="2026-03-20T09:00:00.000Z")
    ledger.add("activity", deal_id=planned, kind="call", state="planned", at="2026-03-20T09:00:00.000Z")
    ledger.add("activity", deal_id=planned, kind="call", state="done", at="2026-02-19T09:00:00.000Z")
    for scope in ({}, {"known_on": TODAY}):
        block = block_of(ledger, **scope)
        assert block.stale == Tally(2, 55_00)
        assert [(deal.name, deal.quiet_days) for deal in block.stale_deals] == [
            ("planned", 40),
            ("quiet", 20),
        ]


def test_gaps_and_overdue_deals_are_counted(ledger: Ledger) -> None:
    account = ledger.add("account", name="Acme", kind="end-customer", tier="standard")
    ledger.deal("whole", event("2026-03-01", "Engaging", 1, close_on="2026-04-01"), account_id=account)
    ledger.deal("overdue", event("2026-03-01", "Engaging", 1, close_on="2026-03-30"), account_id=account)
    ledger.deal("due today", event("2026-03-01", "Engaging", 1, close_on="2026-03-31"), account_id=account)
    ledger.deal("bare", event("2026-03-01", "Engaging"))
    ledger.deal("won without account", event("2026-03-01", "Won", 1))
    gaps = report_of(ledger).gaps
    assert (gaps.no_account, gaps.no_amount, gaps.no_close_date, gaps.overdue) == (2, 1, 1, 1)


def test_deleted_deals_and_events_do_not_count(ledger: Ledger) -> None:
    gone = {"deleted_at": "2026-03-02T00:00:00.000Z"}
    ledger.deal("deleted", event("2026-03-01", "Engaging", 1), **gone)
    undone = ledger.deal("undone", event("2026-01-01", "Engaging", 20))
    wrong = ledger.event(undone, "2026-02-01", "Won", amount=20_00)
    ledger.connection.execute("UPDATE deal_event SET deleted_at = '2026-02-02' WHERE id = ?", (wrong,))
    for scope in ({}, {"known_on": TODAY}):
        assert block_of(ledger, **scope).open == Tally(1, 20_00)
        assert block_of(ledger, **scope).won == Tally()


@pytest.mark.parametrize("by", ["owner", "manager", "team", "product", "sector"])
def test_an_empty_store_gives_an_empty_report(ledger: Ledger, by: str) -> None:
    report = report_of(ledger, by=by)
    (block,) = report.blocks
    assert (report.deals, block.currency, block.open, block.groups, block.stages) == (
        0,
        "USD",
        Tally(),
        (),
        (),
    )


def test_the_largest_open_deals_come_first_and_ten_at_most(ledger: Ledger) -> None:
    for amount in range(1, 13):
        ledger.deal(f"deal {amount}", event("2026-03-01", "Engaging", amount))
    ledger.deal("no amount", event("2026-03-01", "Engaging"))
    ledger.deal("won", event("2026-03-01", "Won", 99))
    top = block_of(ledger).top
    assert [deal.amount for deal in top] == [amount * 100 for amount in range(12, 2, -1)]
