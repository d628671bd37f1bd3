"""A rep who would have a quote approved that nobody approved."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from sfa.sync.protocol import Outcome
from tests.simulation.company import ADMIN, ANN, BOB, MANAGER, PRODUCT
from tests.simulation.pens import Pen
from tests.simulation.quoting import (
    content,
    digest_at,
    edit,
    item,
    limit,
    quote_op,
    said,
    submission,
    values_of,
)
from tests.simulation.test_model_outcomes import account
from tests.sync.centre.real_centre import RealCentre
from tests.sync.servers import Connection

pytestmark = pytest.mark.every_server
APPROVAL = ("approved_digest", "approved_by_id", "approved_at")
DEAR = item(discount_ppm=200_000)


@pytest.fixture
def waiting(pen: Pen, centre: RealCentre) -> str:
    """Return a quote of Bob's that waits for his manager."""
    limit(centre, rep_discount=50_000, manager_discount=300_000)  # type: ignore[arg-type]
    row_id, op = quote_op(pen, account(pen, BOB), DEAR)
    assert pen.says(op) is Outcome.APPLIED
    assert pen.says(*submission(pen, row_id)) is Outcome.APPLIED
    return row_id


def is_approved(pen: Pen, quote: str) -> bool:
    values = values_of(pen.centre, quote)
    return values["state"] == "approved" or any(values[name] is not None for name in APPROVAL)


@pytest.mark.parametrize(
    "query",
    [
        "UPDATE sfa.quote SET state = 'approved'",
        "UPDATE sfa.quote SET approved_digest = 'x'",
        "SELECT * FROM sfa.quote",
        "INSERT INTO sfa.quote_decision (quote_id, verdict, digest) VALUES ('q', 'approve', 'x')",
        "UPDATE sfa.setting SET value = '1000000' WHERE key = 'approval_rep_discount'",
        "DELETE FROM sfa.product_cost",
        "SELECT hub.write_quote('{}', '{}')",
        "SELECT hub.settle_quotes('{}', '', '', 'admin', 1)",
        "SELECT hub.level_needed('{}')",
        "SELECT hub.quote_costs('{}')",
        "SELECT hub.least_prices('{}')",
        "UPDATE sfa.product SET unit_price_micros = 1",
        "SELECT hub.price_quote('{}')",
        "SELECT hub.rank_to_decide('a', 'b')",
        "ALTER TABLE sfa.quote DISABLE TRIGGER approval",
    ],
)
def test_sql_of_a_rep_approves_nothing(bob: Connection, pen: Pen, waiting: str, query: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        bob.execute(query.encode())
    assert not is_approved(pen, waiting)


def test_the_setting_of_our_own_merging_does_not_help(bob: Connection, pen: Pen, waiting: str) -> None:
    bob.execute("SET sfa.merging = 'on'")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        bob.execute("UPDATE sfa.quote SET state = 'approved'")
    assert not is_approved(pen, waiting)


@pytest.mark.parametrize("author", [BOB, MANAGER])
def test_an_approval_is_not_pushed(pen: Pen, waiting: str, author: str) -> None:
    pen.author = author
    digest = digest_at(pen.centre, waiting)
    forged: dict[str, Any] = {"approved_digest": digest, "approved_by_id": MANAGER, "state": "approved"}
    for values in (forged, *({name: value} for name, value in forged.items() if name != "state")):
        assert pen.reason(pen.update("quote", waiting, **values)) in {"invalid", "not_author"}
        assert not is_approved(pen, waiting)


def test_the_state_of_an_approved_one_is_no_approval(pen: Pen, waiting: str) -> None:
    assert pen.says(pen.update("quote", waiting, state="approved")) is Outcome.APPLIED
    assert not is_approved(pen, waiting)
    assert values_of(pen.centre, waiting)["state"] == "draft"


def test_an_approval_does_not_come_in_with_an_insert_of_the_row(pen: Pen, waiting: str) -> None:
    present = {name: value for name, value in values_of(pen.centre, waiting).items() if value is not None}
    whole = {**present, "state": "approved", "approved_digest": digest_at(pen.centre, waiting)}
    _, op = pen.insert("quote", waiting, **whole)
    pen.clock_ms += 60_000
    assert pen.reason(op) == "invalid"
    assert not is_approved(pen, waiting)


@pytest.mark.parametrize("maker", [BOB, MANAGER, ADMIN])
def test_nobody_decides_his_own(pen: Pen, waiting: str, maker: str) -> None:
    assert pen.reason(said(pen, waiting, "approve", created_by=maker)) == "not_allowed"
    assert not is_approved(pen, waiting)


def test_a_decision_in_the_managers_name_is_nobodys(pen: Pen, waiting: str) -> None:
    op = said(pen, waiting, "approve", created_by=MANAGER)
    pen.author = MANAGER
    assert pen.reason(op) == "not_author"
    assert not is_approved(pen, waiting)


def test_a_colleague_does_not_help(pen: Pen, ann: Pen, waiting: str, centre: RealCentre) -> None:
    of = values_of(pen.centre, waiting)["account_id"]
    row = {"account_id": of, "user_id": ANN, "access": "write"}
    centre.edit([("account_collaborator", pen.new_id(), row)], author=ADMIN)
    assert ann.reason(said(ann, waiting, "approve")) == "not_allowed"
    assert ann.reason(ann.update("quote", waiting, owner_id=ANN)) is None
    assert ann.says(*submission_again(ann, waiting)) is Outcome.APPLIED
    assert pen.reason(said(pen, waiting, "approve")) == "not_allowed"
    assert not is_approved(pen, waiting)


def submission_again(pen: Pen, quote: str) -> tuple[dict[str, Any], ...]:
    return said(pen, quote, "submit"), pen.update("quote", quote, state="submitted")


def test_what_was_approved_is_not_changed_below_its_approval(pen: Pen, waiting: str) -> None:
    manager = Pen(pen.centre, MANAGER)
    old = said(manager, waiting, "approve")
    assert pen.says(edit(pen, waiting, item(discount_ppm=300_000))) is Outcome.APPLIED
    assert pen.says(*submission(pen, waiting)) is Outcome.APPLIED
    assert manager.says(old) is Outcome.APPLIED
    assert not is_approved(pen, waiting)
    assert manager.says(said(manager, waiting, "approve")) is Outcome.APPLIED
    assert is_approved(pen, waiting)
    dearer = item(discount_ppm=400_000)
    for values in ({}, {"state": "sent"}, {"number": "Q-other"}):
        pen.says(edit(pen, waiting, dearer, **values))
        assert not is_approved(pen, waiting)
        assert values_of(pen.centre, waiting)["state"] != "sent"


def test_another_number_is_another_content(pen: Pen, waiting: str) -> None:
    manager = Pen(pen.centre, MANAGER)
    assert manager.says(said(manager, waiting, "approve")) is Outcome.APPLIED
    assert pen.says(pen.update("quote", waiting, number="Q-of-somebody-else")) is Outcome.APPLIED
    assert not is_approved(pen, waiting)


@pytest.mark.parametrize(
    "values",
    [{"list_minor": 8_000}, {"discount_ppm": 0, "total_minor": 1}, {"tax_minor": 0, "net_minor": 9_040}],
)
def test_totals_do_not_lie(pen: Pen, waiting: str, values: dict[str, Any]) -> None:
    assert pen.reason(pen.update("quote", waiting, **values)) == "invalid"


def test_a_list_price_of_ones_own_hides_no_discount(pen: Pen, waiting: str) -> None:
    lines = json.loads(content(DEAR)["lines"])  # type: ignore[arg-type]
    lines[0] |= {"list_minor": 1, "discount_minor": 0, "net_minor": 10_000}
    assert pen.says(pen.update("quote", waiting, lines=json.dumps(lines))) is Outcome.APPLIED
    assert pen.says(*submission(pen, waiting)) is Outcome.APPLIED
    assert not is_approved(pen, waiting)


@pytest.mark.parametrize("claimed", [None, 1, 80_000_000])
def test_a_forged_list_price_hides_no_lower_price(pen: Pen, waiting: str, claimed: int | None) -> None:
    cheap = item(unit_price_micros=80_000_000, list_price_micros=claimed)  # the product's own price is 100.00
    assert pen.says(edit(pen, waiting, cheap)) is Outcome.APPLIED
    assert pen.says(*submission(pen, waiting)) is Outcome.APPLIED
    assert not is_approved(pen, waiting)
    pen.says(pen.update("quote", waiting, state="sent"))
    assert values_of(pen.centre, waiting)["state"] == "submitted"


def test_a_rep_lowers_no_price(pen: Pen, waiting: str) -> None:
    assert pen.says(pen.update("product", PRODUCT, unit_price_micros=1)) is Outcome.PROPOSAL
    other = Pen(pen.centre, BOB)
    assert other.says(edit(other, waiting, item(unit_price_micros=80_000_000))) is Outcome.APPLIED
    assert other.says(*submission_again(other, waiting)) is Outcome.APPLIED
    assert not is_approved(pen, waiting)


def test_a_rep_moves_no_limit(pen: Pen, waiting: str, centre: RealCentre) -> None:
    row = centre.connection.execute(
        "SELECT id FROM sfa.setting WHERE key = 'approval_rep_discount'"
    ).fetchone()
    assert row is not None
    assert pen.says(pen.update("setting", str(row[0]), value="1000000")) is Outcome.PROPOSAL
    other = Pen(pen.centre, BOB)
    assert other.says(*submission_again(other, waiting)) is Outcome.APPLIED
    assert not is_approved(pen, waiting)
