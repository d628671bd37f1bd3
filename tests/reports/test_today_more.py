"""What today tells besides one's own duties: decisions, what sync brought, the week, the team."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from sfa.finding.deciding import waiting_conflicts, waiting_proposals
from sfa.finding.news import mark_news_seen
from sfa.reports.today import Entry, today_report
from sfa.store.reading import reading
from tests.reports.ledger import Ledger
from tests.reports.test_today import TODAY, account, at, me, section, shown_as, task, texts
from tests.services import deciding
from tests.services.acting import make
from tests.services.hearing import note

__all__ = ["me"]
EARLIER = date(2026, 11, 20)


def entries(ledger: Ledger, user: str, kind: str, *, limit: int | None = None) -> tuple[Entry, ...]:
    """Return a section's entries."""
    return section(today_report(ledger.connection, user, today=TODAY, limit=limit), kind).entries


# The week ahead ------------------------------------------------------------------------------


def test_the_week_ahead_is_the_next_seven_days_in_order(ledger: Ledger, me: str) -> None:
    acme = account(ledger, "Acme", tier="standard")
    task(ledger, "today", "2026-11-23")
    task(ledger, "in a week", "2026-11-30")
    task(ledger, "in eight days", "2026-12-01")
    task(ledger, "tomorrow at ten", "2026-11-24", due_time="10:00")
    task(ledger, "a colleague's", "2026-11-24", owner="colleague")
    visit = {"kind": "visit", "owner_id": me, "account_id": acme, "state": "planned"}
    ledger.add("activity", at=at(date(2026, 11, 24), 9), purpose="at nine", **visit)
    ledger.add("activity", at=at(date(2026, 11, 30), 23), purpose="last hour", **visit)
    ledger.add("activity", at=at(date(2026, 12, 1), 0), purpose="too late", **visit)
    ledger.add("activity", at=at(TODAY, 9), purpose="today", **visit)
    ledger.deal("To close", {"on": "2026-11-01", "stage": "Engaging", "owner": me, "close_on": "2026-11-27"},
                next_step="x")  # fmt: skip
    ledger.deal("Closed", {"on": "2026-11-01", "stage": "Won", "owner": me, "close_on": "2026-11-27"})
    found = entries(ledger, me, "week")
    assert [(each.on, each.time, each.mark, each.text) for each in found] == [
        ("2026-11-24", "09:00", "visit", "at nine"),
        ("2026-11-24", "10:00", "task", "tomorrow at ten"),
        ("2026-11-27", None, "close", "To close"),
        ("2026-11-30", None, "task", "in a week"),
        ("2026-11-30", "23:00", "visit", "last hour"),
    ]


def test_a_follow_up_that_is_a_task_already_is_told_once(ledger: Ledger, me: str) -> None:
    acme = account(ledger, "Acme", tier="small", next_follow_up_on="2026-11-25")
    account(ledger, "Globex", tier="small", next_follow_up_on="2026-11-25")
    task(ledger, "Call Acme", "2026-11-25", account_id=acme)
    assert [each.text for each in entries(ledger, me, "week")] == ["Call Acme", "Globex"]
    ledger.connection.execute("UPDATE task SET state = 'done'")
    assert [each.text for each in entries(ledger, me, "week")] == ["Acme", "Globex"]


# Decisions -----------------------------------------------------------------------------------


def conflict(ledger: Ledger, table: str, row: str, **values: object) -> str:
    """Add an open conflict."""
    given: Mapping[str, object] = {
        "kind": "overwrite", "on_table": table, "on_id": row, "unit": "name", "kept_op": "k", "lost_op": "l",
        "kept": "{}", "lost": "{}", "base": "{}", "kept_at": at(EARLIER), "lost_at": at(EARLIER),
        "state": "open",
    }  # fmt: skip
    return ledger.add("conflict", **{**given, **values})


def test_decisions_are_those_that_freshness_counts(ledger: Ledger, me: str) -> None:
    mine = account(ledger, "Mine", tier="small")
    theirs = account(ledger, "Theirs", tier="small", owner="colleague")
    event = {"on": "2026-11-01", "stage": "Engaging", "owner": me}
    deal = ledger.deal("Pumps", event, next_step="x", account_id=mine)
    line = ledger.add("deal_line", deal_id=deal, product_id="p", position=1, quantity_milli=1000)
    address = ledger.add("address", account_id=mine, line="1 Road")
    conflict(ledger, "account", mine, kept_author_id="colleague")
    conflict(ledger, "account", theirs, kept_author_id="colleague")  # nothing to me
    conflict(ledger, "account", theirs, lost_author_id=me, kept_author_id="colleague")
    conflict(ledger, "account", mine, state="settled")
    conflict(ledger, "deal_line", line, kept_author_id="colleague")
    conflict(ledger, "address", address, kept_author_id="colleague")
    tax = {"kind": "clash", "unit": "tax_id"}
    conflict(ledger, "account", theirs, lost=json.dumps({"id": mine}), **tax)
    conflict(ledger, "account", theirs, lost=json.dumps({"id": theirs}), base=json.dumps({"told": me}), **tax)
    conflict(ledger, "account", theirs, lost=json.dumps({"id": theirs}), **tax)
    ledger.add("user", id="rep", name="Rep", role="rep", manager_id=me, is_active=1)
    for number, recipient in enumerate((me, "rep", "colleague")):
        ledger.add(
            "proposal", kind="guarded", on_table="account", on_id=mine, tx_id=f"tx{number}",
            name="Edit {noun}",
            arguments='{"noun": "account"}', ops="[]", author_id="colleague", recipient_id=recipient,
            made_at=at(TODAY), state="open",
        )  # fmt: skip
    found = entries(ledger, me, "decisions")
    waiting = waiting_conflicts(ledger.connection, me), waiting_proposals(ledger.connection, me)
    nouns = [each.noun for each in found]
    assert (nouns.count("conflict"), nouns.count("proposal")) == waiting == (6, 2)
    named = [each.text for each in found if each.noun == "conflict"]
    assert sorted(named) == ["Mine", "Mine", "Pumps", "Theirs", "Theirs", "Theirs"]
    assert {each.who for each in found if each.noun == "proposal"} == {"Colleague"}


def test_a_conflict_whose_sides_were_erased_is_told_all_the_same(ledger: Ledger, me: str) -> None:
    mine = account(ledger, "Mine", tier="small")
    gone = {"kept": "erased", "lost": "erased", "base": "erased"}
    conflict(ledger, "account", mine, kind="clash", unit="tax_id", **gone)
    conflict(ledger, "account", mine, **gone)
    assert len(entries(ledger, me, "decisions")) == waiting_conflicts(ledger.connection, me) == 2


def test_a_read_only_user_decides_no_proposal(ledger: Ledger, me: str) -> None:
    ledger.connection.execute("UPDATE user SET role = 'read-only' WHERE id = ?", (me,))
    ledger.add(
        "proposal", kind="guarded", on_table="account", on_id="a", tx_id="t", name="n", arguments="{}",
        ops="[]", recipient_id=me, made_at=at(TODAY), state="open",
    )  # fmt: skip
    assert waiting_proposals(ledger.connection, me) == 0
    assert entries(ledger, me, "decisions") == ()


def test_decisions_in_a_store_of_services_are_the_same_too(home: Path) -> None:
    ben = make(home, "user", name="Ben").id
    deal = make(home, "deal", name="Pumps").id
    tag = make(home, "lead", name="Jo", tags="vip").id
    deciding.conflict(home, "deal", deal, kept={"name": "A"}, lost={"name": "B"}, kept_by=ben)
    deciding.conflict(home, "lead", tag, kept={"name": "A"}, lost={"name": "B"}, kept_by=ben)
    deciding.proposal(home, deciding.op("deal", deal), author=ben, recipient=deciding.me(home))
    with reading(home) as connection:
        report = today_report(connection, today=date(2026, 11, 18))
        found = section(report, "decisions")
        me = deciding.me(home)
        assert found.total == waiting_conflicts(connection, me) + waiting_proposals(connection, me) == 3
    shown = shown_as(report, "table")
    assert "Waits for your word (3)" in shown
    assert "proposed by Ben" in shown


# What sync brought ---------------------------------------------------------------------------


def test_sync_brought_what_others_changed_in_own_records(ledger: Ledger, me: str) -> None:
    event = {"on": "2026-11-01", "stage": "Engaging", "owner": me}
    deal = ledger.deal("Pumps", event, next_step="x")
    other = ledger.deal("Valves", {**event, "owner": "colleague"}, next_step="x")
    call = ledger.add("activity", kind="call", state="done", at=at(EARLIER), deal_id=deal, owner_id=me)
    said = ledger.add("comment", activity_id=call, body="why?")
    first = note(ledger.connection, "deal", deal, author="colleague")
    note(
        ledger.connection,
        "deal_line",
        ledger.add("deal_line", deal_id=deal, product_id="p", position=1, quantity_milli=1),
        author="colleague",
        tx=first,
    )
    note(ledger.connection, "deal", deal, author="colleague", name="Win {label}")
    note(ledger.connection, "deal", deal, author=me)  # from another machine of one's own
    note(ledger.connection, "deal", other, author="colleague")
    note(ledger.connection, "comment", said, author="colleague", name="Comment on {label}")
    found = entries(ledger, me, "brought")
    assert [(each.noun, each.text, each.count, each.change) for each in found] == [
        ("activity", "", 1, "Comment on {label}"),
        ("deal", "Pumps", 2, "Win {label}"),
    ]
    assert {each.who for each in found} == {"Colleague"}
    mark_news_seen(ledger.connection, [deal])
    assert [each.noun for each in entries(ledger, me, "brought")] == ["activity"]
    note(ledger.connection, "deal", deal, author="colleague")
    assert [each.noun for each in entries(ledger, me, "brought")] == ["deal", "activity"]
    mark_news_seen(ledger.connection, None)
    assert entries(ledger, me, "brought") == ()


def test_a_first_sync_that_brings_whole_rows_is_no_news(ledger: Ledger, me: str) -> None:
    acme = account(ledger, "Acme", tier="small")
    ledger.connection.execute(
        "INSERT INTO history (after_seq, entry, hlc, kind, tbl, row_id, changes, schema_version)"
        " VALUES (0, 'row', 1, '', 'account', ?, '{}', 1)",
        (acme,),
    )
    assert entries(ledger, me, "brought") == ()


# The team ------------------------------------------------------------------------------------


@pytest.fixture
def boss(ledger: Ledger, me: str) -> str:
    """Return a manager of Me and, through Me, of a trainee; Colleague reports to nobody."""
    ledger.add("user", id="boss", name="Boss", role="manager", is_active=1, team_id="north")
    ledger.add("user", id="trainee", name="Trainee", role="rep", is_active=1, manager_id=me)
    ledger.connection.execute("UPDATE user SET manager_id = 'boss' WHERE id = ?", (me,))
    return "boss"


def test_a_manager_sees_the_visits_of_whoever_reports_to_him(ledger: Ledger, boss: str) -> None:
    acme = account(ledger, "Acme", tier="small")
    visit = {"kind": "visit", "state": "done", "account_id": acme}
    mine = ledger.add("activity", at=at(TODAY, 9), outcome="wants two", owner_id="me", **visit)
    ledger.add("comment", activity_id=mine, body="well done")
    ledger.add("activity", at=at(TODAY, 11), outcome="no", owner_id="trainee", **visit)
    ledger.add("activity", at=at(TODAY, 12), outcome="a stranger's", owner_id="colleague", **visit)
    ledger.add("activity", at=at(EARLIER, 9), outcome="earlier", owner_id="me", **visit)
    ledger.add("activity", at=at(TODAY, 9), outcome="own", owner_id=boss, **visit)
    ledger.add("activity", at=at(TODAY, 9), owner_id="me", **{**visit, "state": "planned"})
    ledger.add("activity", at=at(TODAY, 9), owner_id="me", **{**visit, "kind": "call"})
    found = entries(ledger, boss, "team_visits")
    assert [(each.who, each.text, each.time, each.count) for each in found] == [
        ("Trainee", "no", "11:00", 0),
        ("Me", "wants two", "09:00", 1),
    ]
    assert entries(ledger, "me", "team_visits") == ()


def test_a_team_move_is_the_day_against_the_days_before(ledger: Ledger, boss: str) -> None:
    today, before = TODAY.isoformat(), "2026-11-20"

    def stood(*stages: tuple[str, str], owner: str = "me") -> list[dict[str, object]]:
        return [
            {"on": on, "stage": stage, "owner": owner, "amount": 100, "recorded": f"{on}T08:00:0{n}.000Z"}
            for n, (on, stage) in enumerate(stages)
        ]

    ledger.deal("won", *stood((before, "Engaging"), (today, "Won")))
    ledger.deal("lost", *stood((before, "Engaging"), (today, "Lost"), owner="trainee"))
    ledger.deal("new", *stood((today, "Prospecting"), (today, "Engaging")))
    ledger.deal("moved", *stood((before, "Prospecting"), (today, "Engaging")))
    ledger.deal(
        "there and back", *stood((before, "Prospecting"), (today, "Engaging"), (today, "Prospecting"))
    )
    ledger.deal("amount alone", *stood((before, "Engaging"), (today, "Engaging")))
    ledger.deal("before", *stood((before, "Engaging")))
    ledger.deal("stranger's", *stood((today, "Won"), owner="colleague"))
    found = entries(ledger, boss, "team_deals")
    assert [(each.mark, each.text, each.before, each.after) for each in found] == [
        ("won", "won", "Engaging", "Won"),
        ("lost", "lost", "Engaging", "Lost"),
        ("new", "new", "", "Engaging"),
        ("moved", "moved", "Prospecting", "Engaging"),
    ]


def test_a_manager_to_whom_nobody_reports_has_the_others_of_the_team(ledger: Ledger, me: str) -> None:
    ledger.connection.execute("UPDATE user SET role = 'manager', team_id = 'north' WHERE id = ?", (me,))
    ledger.connection.execute("UPDATE user SET team_id = 'north' WHERE id = 'colleague'")
    acme = account(ledger, "Acme", tier="small")
    for owner in (me, "colleague"):
        ledger.add("activity", kind="visit", state="done", at=at(TODAY), account_id=acme, owner_id=owner)
    assert [each.who for each in entries(ledger, me, "team_visits")] == ["Colleague"]


@pytest.mark.parametrize(("role", "team", "leads"), [
    ("rep", "north", False), ("manager", None, True), ("admin", None, False), ("admin", "north", True),
    ("read-only", "north", False),
])  # fmt: skip
def test_who_leads_a_team_goes_by_role(
    ledger: Ledger, me: str, role: str, team: str | None, leads: bool
) -> None:
    ledger.connection.execute("UPDATE user SET role = ?, team_id = ? WHERE id = ?", (role, team, me))
    assert today_report(ledger.connection, me, today=TODAY).leads is leads


def test_the_day_of_a_manager_takes_at_most_six_queries(ledger: Ledger, boss: str) -> None:
    acme = account(ledger, "Acme", owner=boss)
    conflict(ledger, "account", acme)
    note(ledger.connection, "account", acme, author="me", noun="account", label="Acme")
    ledger.add("activity", kind="visit", state="done", at=at(TODAY), account_id=acme, owner_id="me")
    asked: list[str] = []
    ledger.connection.set_trace_callback(asked.append)
    report = today_report(ledger.connection, boss, today=TODAY)
    ledger.connection.set_trace_callback(None)
    assert len(asked) <= 6
    for kind in ("decisions", "brought", "team_visits"):
        assert section(report, kind).total == 1, kind
    shown = shown_as(report, "table")
    assert "Me: Edit account Acme" in shown


def test_a_limit_keeps_the_totals(ledger: Ledger, boss: str) -> None:
    acme = account(ledger, "Acme", tier="small")
    for hour in range(5):
        ledger.add("activity", kind="visit", state="done", at=at(TODAY, hour), account_id=acme, owner_id="me")
    found = section(today_report(ledger.connection, boss, today=TODAY, limit=2), "team_visits")
    assert (len(found.entries), found.total) == (2, 5)
    assert [each.time for each in found.entries] == ["04:00", "03:00"]


def test_machines_read_amounts_in_units_and_changes_in_words(ledger: Ledger, boss: str) -> None:
    ledger.deal("won", {"on": TODAY.isoformat(), "stage": "Won", "owner": "me", "amount": 123456})
    found = json.loads(shown_as(today_report(ledger.connection, boss, today=TODAY), "json"))
    (entry,) = found["team_deals"]["entries"]
    assert (entry["amount"], entry["currency"], entry["mark"]) == ("1234.56", "USD", "won")
    assert texts(today_report(ledger.connection, boss, today=TODAY), "team_deals") == ["won"]


def a_quote(ledger: Ledger, number: str, **values: object) -> str:
    known = ledger.connection.execute("SELECT id FROM account LIMIT 1").fetchone()
    account_id = known[0] if known else ledger.add("account", name="Acme")
    return ledger.add(
        "quote", number=number, account_id=account_id, currency="USD", **{"state": "sent", **values}
    )


def test_own_quotes_show_before_they_end_when_approved_and_when_sent_back(ledger: Ledger, me: str) -> None:
    own = {"owner_id": me}
    a_quote(ledger, "ends in three days", valid_until="2026-11-26", **own)
    a_quote(ledger, "ends in four", valid_until="2026-11-27", **own)
    a_quote(ledger, "ended", valid_until="2026-11-20", **own)
    a_quote(ledger, "approved", state="approved", valid_until="2026-12-31", **own)
    a_quote(ledger, "sent back", state="draft", state_reason="too much", valid_until="2026-12-20", **own)
    a_quote(ledger, "a draft", state="draft", valid_until="2026-11-20", **own)
    a_quote(ledger, "accepted", state="accepted", valid_until="2026-11-20", **own)
    a_quote(ledger, "a colleague's", valid_until="2026-11-20", owner_id="colleague")
    report = today_report(ledger.connection, me, today=TODAY)
    found = next(each for each in report.sections if each.kind == "quotes").entries
    assert [(entry.text, entry.mark, entry.days) for entry in found] == [
        ("ended", "expires", 3),
        ("ends in three days", "expires", -3),
        ("sent back", "back", -27),
        ("approved", "ready", -38),
    ]


def test_a_manager_sees_the_quotes_below_that_wait_for_approval(ledger: Ledger, me: str) -> None:
    ledger.connection.execute("UPDATE user SET role = 'manager' WHERE id = ?", (me,))
    ledger.add("user", id="mine", name="Ann", manager_id=me)
    ledger.add("user", id="other", name="Bob")
    a_quote(ledger, "below", state="submitted", owner_id="mine", total_minor=123450)
    a_quote(ledger, "elsewhere", state="submitted", owner_id="other")
    a_quote(ledger, "own", state="submitted", owner_id=me)
    a_quote(ledger, "draft", state="draft", owner_id="mine")
    report = today_report(ledger.connection, me, today=TODAY)
    (entry,) = next(each for each in report.sections if each.kind == "approvals").entries
    assert (entry.text, entry.who, entry.about, entry.amount) == ("below", "Ann", "Acme", 123450)
