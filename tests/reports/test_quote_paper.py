"""What a quote's paper is made of: whose approval, which revision, which day."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from sfa import ids
from sfa.errors import NotFound, Refused
from sfa.interchange.quote_lines import digest_of
from sfa.reports.quote_paper import Offer, offer_of
from sfa.services import quote_lines, quote_states
from sfa.store import reading
from sfa.terms import ApprovalStanding
from tests.render.paper import real
from tests.services.acting import TODAY, acting, amend, row

LATER = date(2026, 12, 1)


def offer(home: Path, quote: str, *, today: date = TODAY, revision: int | None = None) -> Offer:
    with reading.reading(home) as connection:
        return offer_of(connection, quote, today=today, revision=revision)


def stands(home: Path, quote: str, revision: int | None = None) -> tuple[ApprovalStanding, str | None]:
    found = offer(home, quote, revision=revision)
    return found.standing, found.approved.by if found.approved else None


@pytest.fixture
def company(home: Path) -> Path:
    """Return the home of a rep who may give no discount."""
    real.company(home)
    return home


def test_within_ones_limits_nothing_is_needed(company: Path) -> None:
    plain = real.quote(company, "Plain", "YF-2200 x 2")
    less = real.quote(company, "Less", "YF-2200 x 2 -8%")
    real.needs_approval(company)
    assert stands(company, plain) == (ApprovalStanding.NOT_NEEDED, None)
    assert stands(company, less) == (ApprovalStanding.NEEDED, None)
    with acting(company) as session:
        quote_states.submit(session, less, today=TODAY)
    assert stands(company, less) == (ApprovalStanding.WAITING, None)


def test_what_the_centre_confirmed_is_approved_until_the_content_changes(company: Path) -> None:
    made = real.with_quote(company, "short")
    real.needs_approval(company)
    found = offer(company, made)
    assert stands(company, made) == (ApprovalStanding.APPROVED, "陈思远")
    assert found.approved is not None
    assert found.approved.at.isoformat() == "2026-11-18T16:40:00+08:00"
    amend(company, "quote", made, notes="One more thing")
    assert stands(company, made) == (ApprovalStanding.NEEDED, None)


def test_within_the_authors_limits_nobody_is_named(company: Path) -> None:
    made = real.with_quote(company, "bilingual")
    real.needs_approval(company)
    assert stands(company, made) == (ApprovalStanding.APPROVED, "")


def test_an_approver_who_is_not_known_here_is_still_somebody(company: Path) -> None:
    made = real.with_quote(company, "short")
    boss = row(company, "SELECT id FROM user WHERE name = '陈思远'")["id"]
    real.past_triggers(company, "DELETE FROM user WHERE id = ?", boss)
    assert stands(company, made) == (ApprovalStanding.APPROVED, ids.ref_of(boss))


def test_an_approval_written_into_the_file_is_none(company: Path) -> None:
    made = real.quote(company, "Less", "YF-2200 x 2 -8%")
    real.needs_approval(company)
    stored = row(company, "SELECT * FROM quote WHERE id = ?", made)
    boss = row(company, "SELECT id FROM user WHERE name = '陈思远'")["id"]
    real.as_the_row_says(company, made, digest_of(stored), boss, "2026-11-18T08:40:00.000Z")
    assert row(company, "SELECT approved_digest FROM quote WHERE id = ?", made)["approved_digest"]
    assert stands(company, made) == (ApprovalStanding.NEEDED, None)
    for state in ("approved", "sent", "accepted"):
        real.past_triggers(company, "UPDATE quote SET state = ? WHERE id = ?", state, made)
        assert stands(company, made) == (ApprovalStanding.NEEDED, None)


def test_an_approval_of_other_content_is_none_though_the_centre_told_it(company: Path) -> None:
    made = real.with_quote(company, "short")
    real.needs_approval(company)
    stored = row(company, "SELECT lines FROM quote WHERE id = ?", made)["lines"]
    cheaper = stored.replace("80000", "180000")
    assert cheaper != stored
    real.past_triggers(company, "UPDATE quote SET lines = ? WHERE id = ?", cheaper, made)
    assert stands(company, made) == (ApprovalStanding.NEEDED, None)


def test_the_name_of_the_approver_is_what_the_centre_told(company: Path) -> None:
    made = real.with_quote(company, "short")
    me = row(company, "SELECT value FROM local_state WHERE key = 'user_id'")["value"]
    later = "2030-01-01T00:00:00.000Z"
    real.past_triggers(
        company, "UPDATE quote SET approved_by_id = ?, approved_at = ? WHERE id = ?", me, later, made
    )
    found = offer(company, made).approved
    assert found is not None
    assert (found.by, found.at.year) == ("陈思远", 2026)


def test_an_approval_that_the_centre_took_back_is_none(company: Path) -> None:
    made = real.with_quote(company, "short")
    real.needs_approval(company)
    real.sql(
        company,
        "INSERT INTO history (after_seq, entry, hlc, kind, tbl, row_id, changes, schema_version)"
        " VALUES (0, 'settle', 2, 'update', 'quote', ?, ?, 1)",
        made,
        json.dumps({"approved_digest": [None], "approved_by_id": [None], "approved_at": [None]}),
    )
    assert stands(company, made) == (ApprovalStanding.NEEDED, None)


def test_an_earlier_revision_is_printed_as_it_was_with_the_approval_it_had(company: Path) -> None:
    made = real.with_quote(company, "short")
    with acting(company) as session:
        quote_states.send(session, made, today=TODAY)
    with acting(company) as session:
        quote_states.revise(session, made, today=LATER)
    with acting(company) as session:
        quote_lines.change(session, made, "1", {"discount_ppm": 200_000}, today=LATER)
    real.needs_approval(company)
    first, now = offer(company, made, revision=1, today=LATER), offer(company, made, today=LATER)
    assert (first.revision, now.revision, now.revisions) == (1, 2, (1, 2))
    assert (first.issued_on, now.issued_on) == (TODAY, LATER)
    assert first.document.priced.totals.payable_minor == 52_492_12
    assert stands(company, made, revision=1) == (ApprovalStanding.APPROVED, "陈思远")
    assert stands(company, made) == (ApprovalStanding.NEEDED, None)


def test_a_kept_revision_that_was_changed_in_the_file_is_not_approved(company: Path) -> None:
    made = real.with_quote(company, "short")
    with acting(company) as session:
        quote_states.send(session, made, today=TODAY)
    with acting(company) as session:
        quote_states.revise(session, made, today=TODAY)
    real.needs_approval(company)
    kept = row(company, "SELECT id, content FROM quote_revision WHERE quote_id = ?", made)
    content = {**json.loads(kept["content"]), "payment_terms": "Whenever"}
    real.past_triggers(
        company, "UPDATE quote_revision SET content = ? WHERE id = ?", json.dumps(content), kept["id"]
    )
    assert stands(company, made, revision=1) == (ApprovalStanding.NEEDED, None)


def test_a_quote_is_issued_on_the_day_it_was_sent_whatever_became_of_it(company: Path) -> None:
    made = real.quote(company, "Plain", "YF-2200 x 2")
    assert offer(company, made, today=LATER).issued_on == LATER
    with acting(company) as session:
        quote_states.send(session, made, today=TODAY)
    assert offer(company, made, today=LATER).issued_on == TODAY
    with acting(company) as session:
        quote_states.accept(session, made, today=date(2026, 11, 25))
    assert offer(company, made, today=LATER).issued_on == TODAY


def test_a_revision_that_is_not_there_is_named_with_those_that_are(company: Path) -> None:
    made = real.quote(company, "Plain", "YF-2200 x 2")
    with pytest.raises(NotFound, match=r"no revision 7. There are: 1\."):
        offer(company, made, revision=7)


def test_without_lines_there_is_nothing_to_print(company: Path) -> None:
    made = real.quote(company, "Empty")
    with pytest.raises(Refused, match="no lines to print"):
        offer(company, made)


def test_who_sells_and_who_buys_comes_with_all_that_is_known(company: Path) -> None:
    found = offer(company, real.quote(company, "Plain", "YF-2200 x 2"))
    assert found.seller["seller_bank"].splitlines()[1] == "1219 0881 2310 801 · SWIFT CMBCCNBS080"
    assert found.customer.address == "浙江省杭州市滨江区长河街道江南大道 3688 号"
    assert (found.customer.tax_id, found.customer.phone) == ("91330108MA2B17K84T", "0571-8765 4321")
    assert found.contact is not None
    assert (found.contact.title, found.contact.email) == ("采购总监", "wang@huachuang.example")
    assert (found.owner.name, found.owner.phone) == ("李娜", "139 1688 7799")
