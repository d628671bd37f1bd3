"""Every row of the page's table of who sees what."""

from __future__ import annotations

import pytest

from sfa.store.seed import DEFAULT_PIPELINE
from sfa.sync.protocol import Value
from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import (
    ADMIN,
    ANN,
    BOB,
    CAT,
    COST,
    EAST,
    FIRST_STAGE,
    HEAD,
    MANAGER,
    OTHER_MANAGER,
    PEOPLE,
    PRODUCT,
    READER,
)

NAMES = {user: name for user, name, *_ in PEOPLE}
ABOVE_ANN = {ADMIN, HEAD, MANAGER}
ABOVE_CAT = {ADMIN, HEAD, OTHER_MANAGER}
EVERYBODY = set(NAMES)


class Books:
    """Rows put in by SQL, under ids that say what they are."""

    def __init__(self, centre: ModelCentre) -> None:
        self.centre = centre

    def put(self, table: str, row_id: str, **values: Value) -> None:
        assert self.centre.edit([(table, row_id, values)], author=ADMIN) == [True]

    def account(self, row_id: str = "acc", owner: str | None = ANN, **values: Value) -> None:
        whole: dict[str, Value] = {"name": "Acme", "owner_id": owner, **values}
        self.put("account", row_id, **whole)

    def contact(self, row_id: str = "con", owner: str | None = CAT) -> None:
        self.put("contact", row_id, owner_id=owner, name="Li")

    def deal(self, row_id: str = "dea", owner: str | None = ANN, **values: Value) -> None:
        stage: dict[str, Value] = {"pipeline_id": DEFAULT_PIPELINE, "stage_id": FIRST_STAGE}
        self.put("deal", row_id, **{"name": "Pumps", "owner_id": owner, **stage, **values})

    def sees(self, table: str, row_id: str) -> set[str]:
        return {NAMES[user] for user in self.centre.sight().of(table, row_id)}


@pytest.fixture
def books(centre: ModelCentre) -> Books:
    return Books(centre)


def named(*users: str) -> set[str]:
    return {NAMES[user] for user in users}


def test_a_lead_is_seen_by_its_owner_those_above_and_admins(books: Books) -> None:
    books.put("lead", "lea", owner_id=ANN, name="Wang", status="new", pool_state="owned")
    assert books.sees("lead", "lea") == named(ANN, *ABOVE_ANN)


def test_a_lead_of_nobody_is_seen_by_its_team_and_their_managers(books: Books) -> None:
    books.put("lead", "lea", team_id=EAST, name="Wang", status="new", pool_state="pool")
    assert books.sees("lead", "lea") == named(MANAGER, ANN, BOB, READER, HEAD, ADMIN)


def test_a_lead_of_no_team_either_is_seen_by_everybody(books: Books) -> None:
    books.put("lead", "lea", name="Wang", status="new", pool_state="pool")
    assert books.sees("lead", "lea") == named(*EVERYBODY)


def test_an_account_is_seen_by_owner_collaborators_and_owners_of_its_deals(books: Books) -> None:
    books.account()
    assert books.sees("account", "acc") == named(ANN, *ABOVE_ANN)
    books.put("account_collaborator", "col", account_id="acc", user_id=BOB, access="read")
    books.deal(owner=CAT, account_id="acc")
    assert books.sees("account", "acc") == named(ANN, BOB, CAT, *ABOVE_ANN, *ABOVE_CAT)


def test_a_tombstoned_collaborator_or_deal_brings_nobody(books: Books) -> None:
    books.account()
    books.put("account_collaborator", "col", account_id="acc", user_id=BOB, access="read")
    books.deal(owner=CAT, account_id="acc")
    for table, row_id in (("account_collaborator", "col"), ("deal", "dea")):
        books.put(table, row_id, deleted_at="2026-11-22T00:00:00.000Z")
    assert books.sees("account", "acc") == named(ANN, *ABOVE_ANN)


def test_a_deal_is_seen_by_its_owner_and_the_owner_and_collaborators_of_its_account(books: Books) -> None:
    books.account()
    books.put("account_collaborator", "col", account_id="acc", user_id=BOB, access="read")
    books.deal(owner=CAT, account_id="acc")
    books.deal("sib", owner=BOB, account_id="acc")
    assert books.sees("deal", "dea") == named(CAT, ANN, BOB, *ABOVE_ANN, *ABOVE_CAT)
    assert NAMES[CAT] not in books.sees("deal", "sib")


def test_a_contact_is_seen_through_its_owner_its_accounts_and_its_deals(books: Books) -> None:
    books.account(owner=ANN)
    books.contact(owner=CAT)
    assert books.sees("contact", "con") == named(CAT, *ABOVE_CAT)
    books.put("contact_account", "lin", contact_id="con", account_id="acc")
    assert books.sees("contact", "con") == named(CAT, ANN, *ABOVE_CAT, *ABOVE_ANN)
    books.put("contact_account", "lin", deleted_at="2026-11-22T00:00:00.000Z")
    assert books.sees("contact", "con") == named(CAT, *ABOVE_CAT)
    books.deal(owner=BOB)
    books.put("deal_role", "rol", deal_id="dea", contact_id="con", role="user", stance="neutral")
    assert books.sees("contact", "con") == named(CAT, BOB, *ABOVE_CAT, *ABOVE_ANN)


def test_a_link_is_seen_by_those_who_see_both_ends(books: Books) -> None:
    books.account(owner=ANN)
    books.put("account_collaborator", "col", account_id="acc", user_id=CAT, access="read")
    books.contact(owner=BOB)
    books.put("contact_account", "lin", contact_id="con", account_id="acc")
    assert books.sees("contact_account", "lin") == named(ANN, CAT, *ABOVE_ANN, *ABOVE_CAT)
    books.put("contact_account", "lin", deleted_at="2026-11-22T00:00:00.000Z")
    assert books.sees("contact_account", "lin") == named(ADMIN, HEAD, MANAGER)


def test_a_task_about_nothing_is_seen_by_its_owner_and_one_about_a_deal_through_it(books: Books) -> None:
    books.deal(owner=BOB)
    books.put("task", "tas", owner_id=CAT, subject="Call")
    assert books.sees("task", "tas") == named(CAT, *ABOVE_CAT)
    books.put("task", "tas", deal_id="dea")
    assert books.sees("task", "tas") == named(BOB, *ABOVE_ANN)


def test_a_comment_is_seen_through_its_activity_and_what_that_is_about(books: Books) -> None:
    books.deal(owner=BOB)
    books.put("activity", "act", owner_id=CAT, kind="note", at="2026-11-22T00:00:00.000Z", deal_id="dea")
    books.put("comment", "com", activity_id="act", body="Good")
    assert books.sees("comment", "com") == named(BOB, *ABOVE_ANN)


def test_a_proposal_is_seen_by_author_and_recipient(books: Books) -> None:
    whole = {"kind": "guarded", "on_table": "deal", "on_id": "x", "tx_id": "t", "name": "n"}
    more = {"arguments": "{}", "ops": "[]", "made_at": "2026-11-22T00:00:00.000Z", "state": "open"}
    books.put("proposal", "pro", author_id=ANN, recipient_id=OTHER_MANAGER, **whole, **more)
    assert books.sees("proposal", "pro") == named(ANN, OTHER_MANAGER, *ABOVE_ANN)


def test_a_print_is_seen_by_who_made_it(books: Books) -> None:
    whole = {"printed_at": "2026-11-22T00:00:00.000Z", "as_of_on": "2026-11-22", "scope": "{}"}
    books.put("print_snapshot", "pri", created_by=BOB, figures="{}", **whole)
    assert books.sees("print_snapshot", "pri") == named(BOB, *ABOVE_ANN)


def test_products_users_and_settings_are_seen_by_everybody_and_costs_by_managers(books: Books) -> None:
    assert books.sees("product", PRODUCT) == named(*EVERYBODY)
    assert books.sees("user", ANN) == named(*EVERYBODY)
    books.put("pricebook", "boo", name="List", currency="CNY", is_default=0)
    books.put("price_entry", "pri", pricebook_id="boo", product_id=PRODUCT, unit_price_micros=5)
    assert books.sees("pricebook", "boo") == books.sees("price_entry", "pri") == named(*EVERYBODY)
    assert books.sees("product_cost", COST) == named(ADMIN, HEAD, MANAGER, OTHER_MANAGER)


def test_a_phone_of_a_user_is_seen_by_everybody_and_one_of_a_contact_through_it(books: Books) -> None:
    books.contact(owner=CAT)
    books.put("phone", "pho", user_id=ANN, value="1", digits="1")
    books.put("phone", "ph2", contact_id="con", value="1", digits="1")
    assert books.sees("phone", "pho") == named(*EVERYBODY)
    assert books.sees("phone", "ph2") == named(CAT, *ABOVE_CAT)


def test_a_tag_and_a_conflict_are_seen_through_what_they_are_about(books: Books) -> None:
    books.contact(owner=CAT)
    books.put("tag", "tag", noun="contact", record_id="con", name="vip")
    whole = dict.fromkeys(("kept_op", "lost_op", "kept", "lost", "base"), "{}")
    days = dict.fromkeys(("kept_at", "lost_at"), "2026-11-22T00:00:00.000Z")
    books.put(
        "conflict", "cfl", on_table="tag", on_id="tag", unit="name", kind="overwrite", state="open",
        **whole, **days,
    )  # fmt: skip
    assert books.sees("tag", "tag") == named(CAT, *ABOVE_CAT)
    assert books.sees("conflict", "cfl") == named(CAT, *ABOVE_CAT)


def test_managers_in_a_ring_do_not_hang_the_centre(books: Books) -> None:
    books.put("user", HEAD, manager_id=MANAGER)
    books.put("lead", "lea", owner_id=ANN, name="Wang", status="new", pool_state="owned")
    assert books.sees("lead", "lea") == named(ANN, *ABOVE_ANN)


def test_what_hangs_on_nothing_is_seen_by_admins_alone(books: Books) -> None:
    books.put("tag", "tag", noun="contact", record_id="nowhere", name="vip")
    assert books.sees("tag", "tag") == named(ADMIN)
