from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from sfa.errors import InvalidInput, NotFound, Refused
from sfa.services import handover
from tests.services.acting import TODAY, acting, amend, make, rows, take_back


@pytest.fixture
def team(home: Path) -> dict[str, str]:
    """Ann with an account in full swing, Bob with one deal on it, and a leaving day."""
    make(home, "team", name="East")
    ann = make(home, "user", name="Ann").id
    bob = make(home, "user", name="Bob", team="East").id
    ids = {"ann": ann, "bob": bob, "acme": make(home, "account", name="Acme", owner="Ann").id}
    ids["wang"] = make(home, "contact", name="王总", owner="Ann", accounts="Acme").id
    ids["colleague"] = make(home, "contact", name="Bob's friend", owner="Bob", accounts="Acme").id
    ids["pumps"] = make(home, "deal", name="Pumps", account="Acme", owner="Ann", amount="12000").id
    ids["bobs"] = make(home, "deal", name="Valves", account="Acme", owner="Bob").id
    ids["call"] = make(home, "task", subject="Call", account="Acme", owner="Ann").id
    ids["planned"] = make(
        home, "activity", kind="visit", state="planned", account="Acme", owner="Ann", at="2026-11-20 10:00"
    ).id
    ids["done"] = make(
        home,
        "activity",
        kind="visit",
        account="Acme",
        owner="Ann",
        outcome="went well",
        at="2026-11-02 10:00",
    ).id
    return ids


def owner_of(home: Path, table: str, row_id: str) -> str:
    return str(rows(home, f"SELECT owner_id FROM {table} WHERE id = ?", row_id)[0]["owner_id"])


def test_a_transfer_takes_along_what_is_open_and_leaves_history_and_colleagues(
    home: Path, team: dict[str, str]
) -> None:
    with acting(home) as session:
        done = handover.transfer(session, team["acme"], team["bob"], today=TODAY)
    moved = {each.id for each in done.moved}
    assert moved == {team[name] for name in ("acme", "wang", "pumps", "call", "planned")}
    for table, name in (("account", "acme"), ("contact", "wang"), ("deal", "pumps"), ("task", "call")):
        assert owner_of(home, table, team[name]) == team["bob"]
    assert owner_of(home, "activity", team["done"]) == team["ann"]


def test_the_team_follows_the_new_owner(home: Path, team: dict[str, str]) -> None:
    with acting(home) as session:
        handover.transfer(session, team["acme"], team["bob"], today=TODAY)
    assert rows(home, "SELECT t.name FROM account a JOIN team t ON t.id = a.team_id") == [{"name": "East"}]


def test_a_deal_keeps_its_stage_and_its_events_tell_of_the_new_owner(
    home: Path, team: dict[str, str]
) -> None:
    before = rows(home, "SELECT stage_id FROM deal WHERE id = ?", team["pumps"])
    with acting(home) as session:
        handover.transfer(session, team["acme"], team["bob"], today=TODAY)
    assert rows(home, "SELECT stage_id FROM deal WHERE id = ?", team["pumps"]) == before
    query = "SELECT owner_id FROM deal_event WHERE deal_id = ? ORDER BY recorded_at, id"
    assert [row["owner_id"] for row in rows(home, query, team["pumps"])] == [team["ann"], team["bob"]]


def test_a_closed_deal_stays_whose_it_was(home: Path, team: dict[str, str]) -> None:
    amend(home, "deal", team["pumps"], stage="Won")
    with acting(home) as session:
        done = handover.transfer(session, team["acme"], team["bob"], today=TODAY)
    assert done.count("deal") == 0
    assert owner_of(home, "deal", team["pumps"]) == team["ann"]


def test_a_handover_takes_everything_open_of_a_person(home: Path, team: dict[str, str]) -> None:
    lead = make(home, "lead", name="New one", owner="Ann").id
    alone = make(home, "task", subject="Tidy up", owner="Ann").id
    with acting(home) as session:
        done = handover.hand_over(session, team["ann"], team["bob"], effective_on=TODAY, today=TODAY)
    assert {lead, alone} <= {each.id for each in done.moved}
    assert done.count("account") == 1
    open_tasks = rows(home, "SELECT DISTINCT owner_id FROM task WHERE state = 'open'")
    assert open_tasks == [{"owner_id": team["bob"]}]


def test_a_handover_of_some_accounts_leaves_the_rest(home: Path, team: dict[str, str]) -> None:
    other = make(home, "account", name="Globex", owner="Ann").id
    with acting(home) as session:
        done = handover.hand_over(
            session, team["ann"], team["bob"], accounts=[other], effective_on=TODAY, today=TODAY
        )
    assert [each.id for each in done.moved] == [other]


def test_events_carry_the_effective_day(home: Path, team: dict[str, str]) -> None:
    day, later = TODAY, date(2026, 11, 20)
    with acting(home) as session:
        handover.hand_over(session, team["ann"], team["bob"], effective_on=day, today=later)
    query = "SELECT max(effective_on) AS day FROM deal_event WHERE deal_id = ?"
    assert rows(home, query, team["pumps"]) == [{"day": day.isoformat()}]


def test_undo_takes_a_handover_back_whole(home: Path, team: dict[str, str]) -> None:
    with acting(home) as session:
        handover.hand_over(session, team["ann"], team["bob"], effective_on=TODAY, today=TODAY)
    take_back(home)
    assert {owner_of(home, "account", team["acme"]), owner_of(home, "task", team["call"])} == {team["ann"]}


def test_nobody_hands_over_to_themselves_to_the_future_or_to_somebody_gone(
    home: Path, team: dict[str, str]
) -> None:
    amend(home, "user", team["bob"], active="no")
    with acting(home) as session, pytest.raises(Refused):
        handover.hand_over(session, team["ann"], team["ann"], effective_on=TODAY, today=TODAY)
    with acting(home) as session, pytest.raises(InvalidInput):
        handover.hand_over(
            session, team["ann"], team["bob"], effective_on=TODAY + timedelta(days=1), today=TODAY
        )
    with acting(home) as session, pytest.raises(Refused):
        handover.transfer(session, team["acme"], team["bob"], today=TODAY)


def test_nothing_to_hand_over_is_said(home: Path, team: dict[str, str]) -> None:
    carl = make(home, "user", name="Carl").id
    with acting(home) as session, pytest.raises(NotFound):
        handover.hand_over(session, carl, team["ann"], effective_on=TODAY, today=TODAY)


def test_who_owns_an_account_already_is_told_so(home: Path, team: dict[str, str]) -> None:
    with acting(home) as session, pytest.raises(Refused, match="Acme"):
        handover.transfer(session, team["acme"], team["ann"], today=TODAY)
