"""The board against figures added up by hand and in plain Python; how often it asks, and which way."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sfa.errors import BadUsage, InvalidInput
from sfa.finding.listing import count_rows
from sfa.reports.board import Board, Scope, Sum, Whose, board, where_of
from sfa.store.reading import reading
from tests.services.acting import TODAY, make, rows

ALL = Whose.ALL


def asked(home: Path, **scope: Any) -> Board:
    """Return the board of everybody's deals unless something else is asked for."""
    with reading(home) as connection:
        return board(connection, Scope(**{"today": TODAY, "whose": ALL, **scope}))


def column(found: Board, name: str) -> Any:
    return next(each for each in found.columns if each.name == name)


@pytest.fixture
def several(home: Path) -> Path:
    """Return the home of a rep with a deal of everything that can be wrong, in three currencies."""
    make(home, "account", name="Acme Ltd")
    make(home, "deal", name="Late", amount="1.05 USD", close_date="2026-11-08", next_step="Call")
    make(home, "deal", name="Next", amount="1.05 USD", close_date="2026-12-01", account="Acme Ltd")
    make(home, "deal", name="Undated", amount="10 EUR", next_step=" ")
    make(home, "deal", name="Bare", close_date="2026-11-30", next_step="Ask for the amount")
    make(home, "deal", name="Far", stage="Proposal", amount="100 USD", next_step="Send", next_step_on="fri")
    return home


def test_stages_hold_their_deals_by_close_date_with_totals_apart_by_currency(several: Path) -> None:
    found = asked(several)
    first = column(found, "Prospecting")
    assert [card.name for card in first.cards] == ["Late", "Bare", "Next", "Undated"]
    assert first.count == 4
    # Weighted: (105 + 105) * 10 % = 21 cents, rounded once; 1000 * 10 % = 100 cents.
    assert first.sums == (Sum("USD", 210, 21), Sum("EUR", 1000, 100))
    assert column(found, "Proposal").sums == (Sum("USD", 10000, 5000),)
    assert [each.name for each in found.columns] == [
        "Prospecting",
        "Qualification",
        "Proposal",
        "Negotiation",
    ]
    assert found.sums == (Sum("USD", 10210, 5021), Sum("EUR", 1000, 100))
    assert found.count == 5


def test_a_card_says_what_is_wrong_with_its_deal(several: Path) -> None:
    cards = {card.name: card for each in asked(several).columns for card in each.cards}
    assert (cards["Late"].late_days, cards["Late"].has_next_step, cards["Late"].is_stale) == (10, True, False)
    assert not cards["Undated"].has_next_step
    assert (cards["Bare"].amount, cards["Bare"].currency, cards["Bare"].late_days) == (None, None, 0)
    assert cards["Next"].account == "Acme Ltd"
    assert (cards["Far"].next_step, cards["Far"].next_step_on) == ("Send", "2026-11-20")
    assert cards["Far"].stage_days == 0


@pytest.mark.parametrize(("day", "stale"), [(date(2026, 12, 17), False), (date(2026, 12, 18), True)])
def test_a_deal_is_stale_after_thirty_days_without_news(home: Path, day: date, stale: bool) -> None:
    make(home, "deal", name="Quiet")
    (card,) = column(asked(home, today=day), "Prospecting").cards
    assert card.is_stale is stale
    assert card.stage_days == (day - TODAY).days


def test_a_done_activity_is_news_and_a_planned_one_is_not(home: Path) -> None:
    deal = make(home, "deal", name="Quiet")
    make(home, "deal", name="Waiting")
    make(home, "activity", kind="call", deal=deal.ref, at="2026-12-01 10:00", state="done")
    make(home, "visit", deal="Waiting", at="2026-12-24 10:00")
    cards = column(asked(home, today=date(2026, 12, 20)), "Prospecting").cards
    assert {card.name: card.is_stale for card in cards} == {"Quiet": False, "Waiting": True}


def test_sums_are_converted_at_the_last_rate_and_say_so(several: Path) -> None:
    for day, rate in (("2026-01-01", "2"), ("2026-11-01", "1.25"), ("2026-12-01", "9")):
        texts: dict[str, Any] = {"from": "EUR", "to": "USD", "on": day, "rate": rate}
        make(several, "rate", **texts)
    found = asked(several)
    # 2.10 + 10 * 1.25 = 14.60; weighted 10 %: 146 cents.
    assert column(found, "Prospecting").sums == (Sum("USD", 1460, 146),)
    assert [(each.from_currency, each.effective_on) for each in found.rates] == [("EUR", "2026-11-01")]


def test_the_quarter_holds_what_was_closed_in_it(home: Path) -> None:
    make(home, "deal", name="Won", stage="Won", amount="5 USD", today=date(2026, 10, 1))
    make(home, "deal", name="Before", stage="Won", amount="7 USD", today=date(2026, 9, 30))
    make(home, "deal", name="Gone", stage="Lost", reason="price", today=date(2026, 11, 17))
    won, lost = asked(home).closed
    assert (won.kind, won.count, won.sums) == ("won", 1, (Sum("USD", 500, 500),))
    assert (lost.kind, lost.count, lost.sums) == ("lost", 1, ())
    assert asked(home).quarter.label == "2026Q4"


def test_the_filter_of_the_closed_ones_selects_as_many_as_are_counted(home: Path) -> None:
    for day in (date(2026, 9, 30), date(2026, 10, 1), date(2026, 11, 18)):
        make(home, "deal", name=f"Of {day}", stage="Won", amount="5 USD", today=day)
    for scope in ({"whose": ALL}, {"whose": Whose.MINE}, {"where": "amount>1 or name=Nobody"}):
        found = asked(home, **scope)
        with reading(home) as connection:
            counted = count_rows(connection, "deal", where=where_of(found, "won"), today=TODAY)
        assert counted == found.closed[0].count == 2


def test_whose_deals_they_are(home: Path) -> None:
    make(home, "team", name="South")
    make(home, "user", name="Ben", team="South")
    make(home, "deal", name="Mine")
    make(home, "deal", name="Ben's", owner="Ben")
    me = rows(home, "SELECT value FROM local_state WHERE key = 'user_id'")[0]["value"]
    assert names(asked(home)) == {"Mine", "Ben's"}
    assert names(asked(home, whose=Whose.MINE)) == {"Mine"}
    assert names(asked(home, owner_id=rows(home, "SELECT id FROM user WHERE name = 'Ben'")[0]["id"])) == {
        "Ben's"
    }
    with pytest.raises(InvalidInput, match="no team"):
        asked(home, whose=Whose.TEAM)
    _amend(home, me, team="South")
    assert names(asked(home, whose=Whose.TEAM)) == {"Ben's"}


@pytest.mark.parametrize(("role", "whose"), [("rep", "mine"), ("manager", "team"), ("admin", "all")])
def test_the_usual_board_is_ones_own_a_managers_team_or_everybodys(home: Path, role: str, whose: str) -> None:
    me = rows(home, "SELECT value FROM local_state WHERE key = 'user_id'")[0]["value"]
    make(home, "team", name="South")
    _amend(home, me, team="South", role=role)
    assert asked(home, whose=Whose.USUAL).whose == whose


def _amend(home: Path, user: str, **texts: str) -> None:
    from sfa.errors import msg
    from sfa.store.perform import changing

    team = rows(home, "SELECT id FROM team WHERE name = ?", texts["team"])[0]["id"]
    with changing(home, name=msg("Act")) as change:
        change.connection.execute(
            "UPDATE user SET team_id = ?, role = ? WHERE id = ?", (team, texts.get("role", "rep"), user)
        )


def names(found: Board) -> set[str]:
    return {card.name for each in found.columns for card in each.cards}


def test_a_typed_filter_narrows_and_one_that_cannot_be_read_is_refused(several: Path) -> None:
    assert names(asked(several, where="amount>5 and name!=Undated")) == {"Far"}
    with pytest.raises(BadUsage):
        asked(several, where="colour=red")


def test_the_first_cards_come_and_the_one_that_is_kept_while_all_are_counted(home: Path) -> None:
    ids = [make(home, "deal", name=f"{day:02}", close_date=f"2026-12-{day:02}").id for day in range(1, 10)]
    first = column(asked(home, limit=3, keep=ids[7]), "Prospecting")
    assert [card.name for card in first.cards] == ["01", "02", "03", "08"]
    assert first.count == 9
    assert [card.name for card in column(asked(home, limit=3), "Prospecting").cards] == ["01", "02", "03"]


def test_pipelines_are_apart_and_the_one_that_new_deals_enter_comes_first(several: Path) -> None:
    other = make(several, "pipeline", name="Key account")
    make(
        several,
        "stage",
        name="Tender",
        pipeline="Key account",
        playbook="Read it twice",
        exit_criteria="Won it",
    )
    make(several, "deal", name="Big", pipeline="Key account", stage="Tender")
    found = asked(several)
    assert (found.pipeline.name, [each.name for each in found.pipelines]) == (
        "Standard",
        ["Standard", "Key account"],
    )
    second = asked(several, pipeline_id=other.id)
    assert [(each.name, each.count) for each in second.columns] == [("Tender", 1)]
    assert (second.columns[0].playbook, second.columns[0].exit_criteria) == ("Read it twice", "Won it")
    assert names(second) == {"Big"}


@pytest.mark.parametrize("whose", [Whose.MINE, ALL])
@pytest.mark.parametrize("kinds", [(), ("open",), ("won",)])
def test_a_pipeline_without_open_or_closing_stages_is_shown_too(
    home: Path, kinds: tuple[str, ...], whose: Whose
) -> None:
    other = make(home, "pipeline", name="Half")
    for kind in kinds:
        make(home, "stage", name=f"Stage {kind}", pipeline="Half", kind=kind)
    found = asked(home, pipeline_id=other.id, whose=whose)
    assert [each.name for each in found.columns] == ["Stage open"] * kinds.count("open")
    assert [each.count for each in found.closed] == [0, 0]


def test_every_figure_is_that_of_plain_python_over_all_deals(home: Path) -> None:
    for number in range(40):
        make(
            home,
            "deal",
            name=f"deal {number}",
            stage=("Prospecting", "Qualification", "Proposal", "Negotiation")[number * 7 % 4],
            close_date=f"2026-{10 + number % 3}-{1 + number * 11 % 28:02}",
            amount=f"{number * 37}.{number:02} {('USD', 'EUR')[number % 3 == 0]}" if number % 5 else "",
        )
    plain = rows(
        home,
        "SELECT d.*, s.name AS stage FROM deal d JOIN stage s ON s.id = d.stage_id WHERE s.kind = 'open'",
    )
    for each in asked(home).columns:
        own = [deal for deal in plain if deal["stage"] == each.name]
        order = sorted(
            own, key=lambda deal: (deal["close_on"] is None, deal["close_on"], deal["name"], deal["id"])
        )
        assert [card.deal_id for card in each.cards] == [deal["id"] for deal in order]
        for one in each.sums:
            worth = [(d["amount_minor"], d["probability_pct"]) for d in own if d["currency"] == one.currency]
            assert one.amount == sum(amount for amount, _ in worth)
            assert one.weighted == (sum(amount * percent for amount, percent in worth) + 50) // 100
        assert each.count == len(own)


# What it asks ------------------------------------------------------------------------------------

MOST = 6
_SHORT = re.compile(r"SCAN (p|rate|custom_field|wanted|\(subquery-\d+\))$|SCAN CONSTANT ROW$")


@pytest.mark.parametrize(
    "scope", [{}, {"whose": Whose.MINE}, {"limit": 2, "keep": "x"}, {"where": "amount>5"}], ids=str
)
def test_it_asks_at_most_six_questions_and_walks_through_no_table_that_grows(
    several: Path, scope: dict[str, Any]
) -> None:
    statements: list[str] = []
    with reading(several) as connection:
        connection.set_trace_callback(
            lambda text: statements.append(text) if text.startswith("SELECT") else None
        )
        board(connection, Scope(**{"today": TODAY, "whose": ALL, **scope}))
        connection.set_trace_callback(None)
        steps = [row[3] for each in statements for row in connection.execute(f"EXPLAIN QUERY PLAN {each}")]
    assert len(statements) <= MOST, statements
    assert [step for step in steps if step.startswith("SCAN") and not _SHORT.match(step)] == []
    assert any("INDEX ix_deal_" in step for step in steps)
