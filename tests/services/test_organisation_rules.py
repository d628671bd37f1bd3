"""Accounts, users, pipelines, stages, settings, declared fields, costs and roles: what may not be done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sfa.errors import BadUsage, InvalidInput, NotFound, Refused
from sfa.finding.costs import cost_of
from sfa.finding.shared_settings import settled
from sfa.services import accounts, deals, nouns, pipelines, products, settings
from sfa.services.buying_roles import role_columns
from sfa.services.records import raw
from tests.services.acting import TODAY, acting, amend, live, make, row, rows


def remove(home: Path, noun: str, record_id: str) -> None:
    with acting(home) as session:
        nouns.delete(session, noun, record_id)


def settle(home: Path, key: str, text: str) -> object:
    with acting(home) as session:
        return settings.settle(session, key, text).value


def me(home: Path) -> str:
    return str(row(home, "SELECT value FROM local_state WHERE key = 'user_id'")["value"])


def test_an_account_is_not_its_own_grandparent(home: Path) -> None:
    top = make(home, "account", name="Group")
    make(home, "account", name="Holding", parent="Group")
    make(home, "account", name="Plant", parent="Holding")
    with pytest.raises(Refused, match="own parent"):
        amend(home, "account", top.id, parent="Plant")
    amend(home, "account", top.id, parent="")


def test_managers_do_not_stand_in_a_ring(home: Path) -> None:
    top = make(home, "user", name="Ann")
    make(home, "user", name="Bob", manager="Ann")
    make(home, "user", name="Eve", manager="Bob")
    with pytest.raises(Refused, match="own manager"):
        amend(home, "user", top.id, manager="Eve")
    with pytest.raises(Refused, match="own manager"):
        amend(home, "user", top.id, manager="Ann")


def test_nobody_deletes_or_deactivates_themselves(home: Path) -> None:
    with pytest.raises(Refused, match="yourself"):
        remove(home, "user", me(home))
    with pytest.raises(Refused, match="yourself"):
        amend(home, "user", me(home), active="no")


def test_a_user_who_owns_something_stays(home: Path) -> None:
    user = make(home, "user", name="Ann")
    account = make(home, "account", name="Acme", owner="Ann")
    with pytest.raises(Refused, match="need it"):
        remove(home, "user", user.id)
    amend(home, "account", account.id, owner="me")
    remove(home, "user", user.id)


def test_sharing_an_account_is_one_row_a_colleague(home: Path) -> None:
    account = make(home, "account", name="Acme")
    user = make(home, "user", name="Ann")
    with acting(home) as session:
        accounts.share(session, account.id, user.id, "read")
    with acting(home) as session:
        accounts.share(session, account.id, user.id, "write")
    query = "SELECT access FROM account_collaborator WHERE deleted_at IS NULL"
    assert rows(home, query) == [{"access": "write"}]
    with acting(home) as session:
        accounts.share(session, account.id, user.id, end=True)
    assert rows(home, query) == []
    with acting(home) as session, pytest.raises(NotFound):
        accounts.share(session, account.id, user.id, end=True)


def test_sharing_with_the_owner_or_in_no_known_way_is_refused(home: Path) -> None:
    account = make(home, "account", name="Acme")
    user = make(home, "user", name="Ann")
    with acting(home) as session, pytest.raises(Refused, match="owns"):
        accounts.share(session, account.id, me(home))
    with acting(home) as session, pytest.raises(InvalidInput, match="allowed"):
        accounts.share(session, account.id, user.id, "everything")


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("currency", "eur", "EUR"),
        ("organisation_name", " Acme GmbH ", "Acme GmbH"),
        ("fiscal-year-start-month", "4", 4),
        ("time_zone", "Asia/Shanghai", "Asia/Shanghai"),
        ("stale_days", "45", 45),
    ],
)
def test_settings_are_read_by_their_kind(home: Path, key: str, text: str, value: object) -> None:
    assert settle(home, key, text) == value


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("currency", "XXQ"),
        ("organisation_name", "  "),
        ("fiscal_year_start_month", "13"),
        ("fiscal_year_start_month", "-1"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("stale_days", "soon"),
    ],
)
def test_a_setting_that_is_not_allowed_is_refused(home: Path, key: str, text: str) -> None:
    with pytest.raises(InvalidInput):
        settle(home, key, text)


def test_there_are_only_the_known_settings(home: Path) -> None:
    with pytest.raises(BadUsage):
        settle(home, "colour", "red")


def test_a_setting_is_one_row_however_often_it_changes(home: Path) -> None:
    settle(home, "stale_days", "45")
    settle(home, "stale_days", "60")
    assert row(home, "SELECT value FROM setting WHERE key = 'stale_days'") == {"value": "60"}


def test_one_pipeline_is_the_default(home: Path) -> None:
    first = row(home, "SELECT id FROM pipeline")["id"]
    second = make(home, "pipeline", name="Complex", default="yes")
    marked = rows(home, "SELECT id FROM pipeline WHERE is_default")
    assert marked == [{"id": second.id}]
    assert settle(home, "default_pipeline", "Standard") == first
    assert rows(home, "SELECT id FROM pipeline WHERE is_default") == [{"id": first}]
    with acting(home) as session:
        assert settled(raw(session), "default_pipeline").shown == "Standard"
    with pytest.raises(Refused, match="must be the default"):
        amend(home, "pipeline", first, default="no")
    with pytest.raises(Refused, match="default pipeline"):
        remove(home, "pipeline", first)
    remove(home, "pipeline", second.id)


def test_deals_enter_the_default_pipeline(home: Path) -> None:
    make(home, "pipeline", name="Complex", default="yes")
    make(home, "stage", name="Talk", pipeline="Complex")
    deal = make(home, "deal", name="Pumps")
    with acting(home) as session:
        assert live(home, "deal", deal.id)["pipeline_id"] == pipelines.default_pipeline(session)


def order(home: Path) -> list[tuple[str, int]]:
    query = "SELECT name, position FROM stage WHERE deleted_at IS NULL ORDER BY position"
    return [(each["name"], each["position"]) for each in rows(home, query)]


def test_a_new_stage_comes_last_of_the_open_ones(home: Path) -> None:
    make(home, "stage", name="Contract")
    names = [name for name, _ in order(home)]
    assert names == ["Prospecting", "Qualification", "Proposal", "Negotiation", "Contract", "Won", "Lost"]


def test_a_stage_in_the_middle_moves_the_later_ones_along(home: Path) -> None:
    make(home, "stage", name="Demo", position="1")
    assert order(home)[:3] == [("Prospecting", 0), ("Demo", 1), ("Qualification", 2)]


def test_a_closing_stage_is_worth_what_its_kind_is(home: Path) -> None:
    stage = make(home, "stage", name="Signed", kind="won")
    stored = live(home, "stage", stage.id)
    assert (stored["probability_pct"], stored["category"]) == (100, "closed")
    with pytest.raises(InvalidInput, match="100"):
        make(home, "stage", name="Half", kind="won", probability="50")


def test_the_kind_of_a_stage_in_use_stays(home: Path) -> None:
    deal = make(home, "deal", name="Pumps")
    stage = live(home, "deal", deal.id)["stage_id"]
    with pytest.raises(Refused, match="its kind and pipeline stay"):
        amend(home, "stage", stage, kind="lost")
    with pytest.raises(Refused, match="need it"):
        remove(home, "stage", stage)
    amend(home, "stage", stage, name="Looking")


def test_a_stage_added_again_with_its_key_moves_nothing(home: Path) -> None:
    make(home, "stage", name="Demo", position="1", key="k")
    before = order(home)
    make(home, "stage", name="Demo", position="1", key="k")
    assert order(home) == before


@pytest.mark.parametrize("name", ["amount", "amount_minor", "owner", "and", "9lives", "a!", ""])
def test_a_declared_field_has_a_name_of_its_own_that_can_be_typed(home: Path, name: str) -> None:
    with pytest.raises(InvalidInput):
        make(home, "field", name=name, on="deal", label="Something")


def test_a_declared_field_may_have_a_chinese_name(home: Path) -> None:
    make(home, "field", name="续约日", on="deals", kind="date")
    deal = make(home, "deal", name="Pumps", 续约日="2027-01-01")
    assert row(home, "SELECT value FROM custom_value WHERE deal_id = ?", deal.id) == {"value": "2027-01-01"}


def test_a_field_is_declared_once_for_activities_and_visits(home: Path) -> None:
    make(home, "field", name="mood", on="activity")
    with pytest.raises(InvalidInput, match="already"):
        make(home, "field", name="mood", on="visit")


def test_a_name_makes_its_label_and_the_label_stays_as_typed(home: Path) -> None:
    field = make(home, "field", name="Renewal Day", on="deal", kind="date")
    stored = live(home, "custom_field", field.id)
    assert (stored["name"], stored["label"], stored["on_noun"]) == ("renewal_day", "Renewal Day", "deal")


def test_only_a_choice_has_choices_and_it_needs_them(home: Path) -> None:
    with pytest.raises(InvalidInput, match="needs its choices"):
        make(home, "field", name="zone", on="deal", kind="choice")
    with pytest.raises(InvalidInput, match="only a field of kind choice"):
        make(home, "field", name="zone", on="deal", kind="text", choices="a;b")
    field = make(home, "field", name="zone", on="deal", kind="choice", choices="north; south；north")
    assert live(home, "custom_field", field.id)["choices"] == "north\nsouth"


def test_the_kind_changes_only_when_the_values_fit(home: Path) -> None:
    field = make(home, "field", name="effort", on="deal", kind="text")
    deal = make(home, "deal", name="Pumps", effort="1,200")
    amend(home, "field", field.id, kind="number")
    assert row(home, "SELECT value FROM custom_value WHERE deal_id = ?", deal.id) == {"value": "1200"}
    with pytest.raises(Refused, match="would not fit"):
        amend(home, "field", field.id, kind="date")


def test_a_choice_in_use_stays(home: Path) -> None:
    field = make(home, "field", name="zone", on="deal", kind="choice", choices="north;south")
    make(home, "deal", name="Pumps", zone="north")
    with pytest.raises(Refused, match="north"):
        amend(home, "field", field.id, choices="south;west")
    amend(home, "field", field.id, choices="north;west")


def test_a_field_stays_where_it_was_declared(home: Path) -> None:
    field = make(home, "field", name="zone", on="deal")
    with pytest.raises(Refused, match="stays where"):
        amend(home, "field", field.id, on="lead")


def test_deleting_a_field_takes_its_values_along(home: Path) -> None:
    field = make(home, "field", name="zone", on="deal")
    make(home, "deal", name="Pumps", zone="north")
    remove(home, "field", field.id)
    assert rows(home, "SELECT id FROM custom_value WHERE deleted_at IS NULL") == []


def test_the_cost_of_a_product_lies_apart_and_can_be_forgotten(home: Path) -> None:
    product = make(home, "product", name="Pump", price="100")
    for text in ("60.005", "61"):
        with acting(home) as session:
            products.set_cost(session, product.id, text, today=TODAY)
    with acting(home) as session:
        found = cost_of(raw(session), product.id)
    assert (found.unit_cost_micros, found.currency) == (61_000_000, "USD")
    assert len(rows(home, "SELECT id FROM product_cost")) == 1
    with acting(home) as session:
        products.set_cost(session, product.id, "", today=TODAY)
    with acting(home) as session:
        assert cost_of(raw(session), product.id).unit_cost_micros is None
    with acting(home) as session, pytest.raises(InvalidInput):
        products.set_cost(session, product.id, "-1", today=TODAY)


def test_a_buying_role_is_read_in_both_languages() -> None:
    nothing: dict[str, Any] = {"strength": None, "target": None, "note": ""}
    assert role_columns(role="拍板人", stance="", **nothing) == {"role": "decision-maker"}
    assert role_columns(role="", stance="For us", **nothing) == {"stance": "supporter"}
    both = role_columns(role="Economic Buyer", stance="", strength=2, target=4, note=" golf ")
    assert both == {"role": "economic-buyer", "strength": 2, "target_strength": 4, "note": "golf"}


def test_a_buying_role_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInput):
        role_columns(role="friend", stance="", strength=None, target=None, note="")
    with pytest.raises(InvalidInput):
        role_columns(role="", stance="", strength=6, target=None, note="")
    with pytest.raises(BadUsage):
        role_columns(role="", stance="", strength=None, target=None, note="")


def test_a_role_is_one_row_a_contact(home: Path) -> None:
    deal = make(home, "deal", name="Pumps")
    contact = make(home, "contact", name="Bob")
    for columns in ({"role": "user"}, {"stance": "supporter"}):
        with acting(home) as session:
            deals.set_role(session, deal.id, contact.id, columns)
            assert deals.touched(session, deal.id).label == "Pumps"
    stored = row(home, "SELECT role, stance FROM deal_role")
    assert stored == {"role": "user", "stance": "supporter"}


def test_a_field_with_a_default_need_not_be_given(home: Path) -> None:
    make(home, "choice", list="source", value="fair")
    with pytest.raises(InvalidInput, match="must be given"):
        make(home, "choice", list="source")
