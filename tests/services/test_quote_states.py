"""What becomes of a quote: submitted, decided on, sent, answered, revised; the centre alone approves."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sfa.errors import InvalidInput, Refused
from sfa.finding import quoting
from sfa.interchange.quote_lines import digest_of, lines_of
from sfa.services import nouns, prices, quote_lines, quote_states
from sfa.services.rows import Row
from sfa.services.settings import settle
from sfa.store.home import store_path
from sfa.store.reading import reading
from sfa.terms import ApprovalStanding
from tests.services.acting import TODAY, acting, amend, live, make, rows, take_back, typed


def sign_in(home: Path, role: str) -> None:
    """Let the store's user have a role, as a sync would say."""
    store = sqlite3.connect(store_path(home))
    store.execute("INSERT OR REPLACE INTO local_state (key, value) VALUES ('sync_role', ?)", (role,))
    store.commit()
    store.close()


@pytest.fixture
def shop(home: Path) -> Path:
    """Return the home of a rep who may give 5 % away."""
    make(home, "product", name="Pump", price="100 USD")
    make(home, "account", name="Acme")
    with acting(home) as session:
        settle(session, "approval_rep_discount", "5")
        settle(session, "approval_manager_discount", "20")
    sign_in(home, "rep")
    return home


def quoted(home: Path, *lines: str) -> str:
    with acting(home) as session:
        given = typed(session, "quote", account="Acme", currency="USD")
        return nouns.create(session, "quote", given, today=TODAY, lines=lines).id


def do(home: Path, verb: str, quote_id: str, *arguments: Any, today: date = TODAY, **more: Any) -> Row:
    with acting(home) as session:
        row: Row = getattr(quote_states, verb)(session, quote_id, *arguments, today=today, **more)
        return row


def standing(home: Path, quote_id: str) -> quoting.Standing:
    with reading(home) as connection:
        return quoting.standing(connection, quoting.load_quote(connection, quote_id, today=TODAY))


def test_within_ones_limits_no_approval_is_needed(shop: Path) -> None:
    quote = quoted(shop, "Pump -5%")
    assert standing(shop, quote).approval is ApprovalStanding.NOT_NEEDED
    with pytest.raises(Refused, match="needs no approval"):
        do(shop, "submit", quote)
    do(shop, "send", quote)
    assert live(shop, "quote", quote)["state"] == "sent"


def test_beyond_them_it_is_submitted_and_nothing_is_sent_before(shop: Path) -> None:
    quote = quoted(shop, "Pump -5.01%")
    found = standing(shop, quote)
    assert (found.approval, found.level) == (ApprovalStanding.NEEDED, "manager")
    assert "5.01 %" in str(found.reasons[0].text).format_map(found.reasons[0].data)
    for verb in ("send", "accept"):
        with pytest.raises(Refused, match="needs an approval first"):
            do(shop, verb, quote)
    do(shop, "submit", quote)
    stored = live(shop, "quote", quote)
    assert stored["state"] == "submitted"
    assert standing(shop, quote).approval is ApprovalStanding.WAITING
    (said,) = rows(shop, "SELECT * FROM quote_decision")
    assert (said["verdict"], said["digest"], said["revision"]) == ("submit", digest_of(stored), 1)
    with pytest.raises(Refused, match="waits for approval"):
        do(shop, "send", quote)


@pytest.mark.parametrize(
    ("lines", "percent"),
    [
        (["Pump @ 95"], None),
        (["Pump @ 94"], "6 %"),
        (["Pump @ 97 -3%"], "5.91 %"),
        (["Pump @ 50", "Pump @ 150"], "20 %"),
        (["Pump", "gift: Pump"], "50 %"),
        (["Bracket @ 1"], None),
    ],
)
def test_a_lower_price_is_judged_as_a_discount_is(shop: Path, lines: list[str], percent: str | None) -> None:
    quote = quoted(shop, *lines)
    found = standing(shop, quote)
    if percent is None:
        assert found.approval is ApprovalStanding.NOT_NEEDED
        return
    assert found.approval is ApprovalStanding.NEEDED
    assert percent in str(found.reasons[0].text).format_map(found.reasons[0].data)
    with pytest.raises(Refused, match="needs an approval first"):
        do(shop, "send", quote)


def test_a_list_price_that_the_line_does_not_have_is_the_lowest_of_the_books(shop: Path) -> None:
    quote = quoted(shop, "Pump x 2 @ 60")
    line = replace(lines_of(live(shop, "quote", quote)["lines"])[0], list_price_micros=1)
    with acting(shop) as session:
        quote_lines.replace_all(session, quote, [line], today=TODAY)
    assert standing(shop, quote).approval is ApprovalStanding.NEEDED
    sign_in(shop, "manager")
    for name, currency, quantity in (("Dollars", "USD", "3"), ("Euros", "EUR", "1"), ("Cheap", "USD", "2")):
        with reading(shop) as connection:
            assert quoting.prices_of(connection, [line], "USD", TODAY)[1] == {"1": 100_000_000}
        book = make(shop, "pricebook", name=name, currency=currency)
        (pump,) = rows(shop, "SELECT id FROM product")
        with acting(shop) as session:
            at = prices.terms(from_quantity=quantity, today=TODAY)
            prices.set_price(session, book.id, pump["id"], "60", at, today=TODAY)
    sign_in(shop, "rep")
    assert standing(shop, quote).approval is ApprovalStanding.NOT_NEEDED


def test_a_margin_that_cannot_be_seen_needs_the_centre(shop: Path) -> None:
    sign_in(shop, "admin")
    with acting(shop) as session:
        settle(session, "approval_rep_margin", "30")
    sign_in(shop, "rep")
    found = standing(shop, quoted(shop, "Pump"))
    assert found.approval is ApprovalStanding.NEEDED


def test_a_store_that_never_signed_in_approves_nothing_and_needs_nothing(shop: Path) -> None:
    store = sqlite3.connect(store_path(shop))
    store.execute("DELETE FROM local_state WHERE key = 'sync_role'")
    store.commit()
    store.close()
    assert standing(shop, quoted(shop, "Pump -90%")).approval is ApprovalStanding.NOT_NEEDED


def test_taking_back_makes_it_a_draft_again(shop: Path) -> None:
    quote = quoted(shop, "Pump -50%")
    do(shop, "submit", quote)
    do(shop, "recall", quote)
    assert live(shop, "quote", quote)["state"] == "draft"
    verdicts = rows(shop, "SELECT verdict FROM quote_decision ORDER BY created_at, id")
    assert [each["verdict"] for each in verdicts] == ["submit", "recall"]
    with pytest.raises(Refused, match="does not wait"):
        do(shop, "recall", quote)


def test_nobody_decides_on_a_quote_of_their_own(shop: Path) -> None:
    quote = quoted(shop, "Pump -50%")
    do(shop, "submit", quote)
    sign_in(shop, "admin")
    for verb, arguments in (("approve", ()), ("reject", ("no",))):
        with pytest.raises(Refused, match="of their own"):
            do(shop, verb, quote, *arguments)


@pytest.fixture
def colleagues(shop: Path) -> Path:
    """Return the shop of a manager whose colleague's quotes are seen there."""
    sign_in(shop, "admin")
    make(shop, "user", name="Ben")
    sign_in(shop, "rep")
    return shop


def submitted_by_ben(home: Path, line: str) -> str:
    """Return a quote that is as if the colleague had made and submitted it."""
    quote = quoted(home, line)
    do(home, "submit", quote)
    store = sqlite3.connect(store_path(home))
    triggers = store.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        store.execute(f"DROP TRIGGER {name}")
    (ben,) = store.execute("SELECT id FROM user WHERE name = 'Ben'").fetchone()
    store.execute("UPDATE quote SET owner_id = ? WHERE id = ?", (ben, quote))
    store.execute("UPDATE quote_decision SET created_by = ? WHERE quote_id = ?", (ben, quote))
    for _, sql in triggers:
        store.execute(sql)
    store.commit()
    store.close()
    return quote


def test_a_manager_approves_up_to_the_limit_and_the_centre_has_the_last_word(colleagues: Path) -> None:
    quote, dearer = (submitted_by_ben(colleagues, line) for line in ("Pump -20%", "Pump -20.01%"))
    with pytest.raises(Refused, match="may not approve"):
        do(colleagues, "approve", quote)  # a rep still
    sign_in(colleagues, "manager")
    do(colleagues, "approve", quote)
    stored = live(colleagues, "quote", quote)
    assert stored["state"] == "submitted"
    assert stored["approved_digest"] is None
    assert standing(colleagues, quote).approval is ApprovalStanding.WAITING
    (said,) = rows(colleagues, "SELECT * FROM quote_decision WHERE verdict = 'approve'")
    assert said["digest"] == digest_of(stored)
    with pytest.raises(Refused, match=r"20.01 %, and manager may give 20 %"):
        do(colleagues, "approve", dearer)
    with pytest.raises(InvalidInput, match="say why"):
        do(colleagues, "reject", dearer, "")
    do(colleagues, "reject", dearer, "too much")
    assert live(colleagues, "quote", dearer)["state"] == "submitted"  # until the centre has heard
    take_back(colleagues)
    assert not rows(
        colleagues, "SELECT 1 FROM quote_decision WHERE verdict = 'reject' AND deleted_at IS NULL"
    )


def test_an_edit_of_what_was_submitted_makes_it_a_draft(shop: Path) -> None:
    quote = quoted(shop, "Pump -50%")
    do(shop, "submit", quote)
    amend(shop, "quote", quote, payment_terms="at once")
    assert live(shop, "quote", quote)["state"] == "draft"


def test_what_is_no_content_leaves_the_state_alone(shop: Path) -> None:
    contact = make(shop, "contact", name="Wang")
    quote = quoted(shop, "Pump -50%")
    do(shop, "submit", quote)
    amend(shop, "quote", quote, contact=contact.ref)
    assert live(shop, "quote", quote)["state"] == "submitted"


@pytest.mark.parametrize("columns", ["approved_digest", "history"])
def test_an_approval_written_into_the_file_by_hand_counts_for_nothing(shop: Path, columns: str) -> None:
    quote = quoted(shop, "Pump -50%")
    store = sqlite3.connect(store_path(shop))
    store.row_factory = sqlite3.Row
    for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        store.execute(f"DROP TRIGGER {name}")
    digest = digest_of(dict(store.execute("SELECT * FROM quote").fetchone()))
    store.execute("UPDATE quote SET state = 'approved', approved_digest = ?", (digest,))
    if columns == "history":  # another approval that was heard, of what it was before
        store.execute(
            "INSERT INTO history (no, after_seq, entry, hlc, kind, tbl, row_id, changes, schema_version)"
            " VALUES (1, 0, 'row', 1, '', 'quote', ?, ?, 8)",
            (quote, json.dumps({"approved_digest": ["0" * 64]})),
        )
    store.commit()
    store.close()
    assert standing(shop, quote).approval is not ApprovalStanding.APPROVED
    with pytest.raises(Refused, match="needs an approval first"):
        do(shop, "send", quote)


def test_an_approval_that_was_heard_holds_for_its_content_alone(shop: Path) -> None:
    quote = quoted(shop, "Pump -50%")
    hear_approval(shop, quote)
    assert standing(shop, quote).approval is ApprovalStanding.APPROVED
    do(shop, "send", quote)
    take_back(shop)
    amend(shop, "quote", quote, notes="one more word")
    assert standing(shop, quote).approval is ApprovalStanding.NEEDED
    take_back(shop)
    assert standing(shop, quote).approval is ApprovalStanding.APPROVED


def hear_approval(home: Path, quote: str) -> None:
    """Write into the store what a sync writes when the centre approved."""
    store = sqlite3.connect(store_path(home))
    store.row_factory = sqlite3.Row
    triggers = store.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        store.execute(f"DROP TRIGGER {name}")
    digest = digest_of(dict(store.execute("SELECT * FROM quote").fetchone()))
    approval = {"state": "approved", "approved_digest": digest, "approved_at": "2026-11-18T09:00:00.000Z"}
    store.execute("UPDATE quote SET state = :state, approved_digest = :approved_digest", approval)
    store.execute(
        "INSERT INTO history (no, after_seq, entry, op_id, hlc, kind, tbl, row_id, changes, device,"
        " schema_version) VALUES (1, 0, 'op', 'op-1', 1, 'update', 'quote', ?, ?, 'centre', 8)",
        (quote, json.dumps({name: [value, None, None] for name, value in approval.items()})),
    )
    for _, sql in triggers:
        store.execute(sql)
    store.commit()
    store.close()


def test_the_customers_answer_ends_it(shop: Path) -> None:
    quote = quoted(shop, "Pump")
    do(shop, "send", quote)
    with pytest.raises(InvalidInput, match="say why"):
        do(shop, "decline", quote, " ")
    do(shop, "decline", quote, "too dear")
    stored = live(shop, "quote", quote)
    assert (stored["state"], stored["state_reason"]) == ("rejected", "too dear")
    with pytest.raises(Refused, match="rejected it"):
        do(shop, "accept", quote)
    other = quoted(shop, "Pump")
    do(shop, "send", other)
    do(shop, "accept", other)
    assert live(shop, "quote", other)["state"] == "accepted"
    with pytest.raises(Refused, match="new revision"), acting(shop) as session:
        quote_lines.add(session, other, ["Pump"], today=TODAY)


def test_after_its_last_day_it_is_not_accepted_but_closed_or_revised(shop: Path) -> None:
    quote = quoted(shop, "Pump")
    do(shop, "send", quote)
    last, after = date(2026, 12, 18), date(2026, 12, 19)
    with pytest.raises(Refused, match="still holds"):
        do(shop, "expire", quote, None, today=last)
    with pytest.raises(Refused, match="expired on 2026-12-18"):
        do(shop, "accept", quote, today=after)
    do(shop, "expire", quote, "no answer", today=after)
    assert live(shop, "quote", quote)["state"] == "expired"
    do(shop, "revise", quote, today=after)
    stored = live(shop, "quote", quote)
    assert (stored["state"], stored["revision"], stored["valid_until"]) == ("draft", 2, "2027-01-18")


def test_a_revision_keeps_the_number_and_what_was_there(shop: Path) -> None:
    quote = quoted(shop, "Pump")
    with pytest.raises(Refused, match="can be changed as it is"):
        do(shop, "revise", quote)
    do(shop, "send", quote)
    before = live(shop, "quote", quote)
    do(shop, "revise", quote, valid_until=date(2027, 1, 31))
    with acting(shop) as session:
        quote_lines.add(session, quote, ["Pump x 2"], today=TODAY)
    stored = live(shop, "quote", quote)
    assert stored["number"] == before["number"]
    assert (stored["revision"], stored["valid_until"]) == (2, "2027-01-31")
    with reading(shop) as connection:
        found = quoting.revisions_of(connection, stored)
    assert list(found) == [1, 2]
    assert digest_of(found[1]) == digest_of(before)
    assert found[1]["state"] == "sent"
    assert found[2]["total_minor"] == 30000


def test_an_accepted_quote_is_not_revised_and_one_without_lines_goes_nowhere(shop: Path) -> None:
    quote = quoted(shop, "Pump")
    do(shop, "accept", quote)  # said yes at the table
    with pytest.raises(Refused, match="another offer is another quote"):
        do(shop, "revise", quote)
    empty = quoted(shop)
    for verb in ("submit", "send", "accept"):
        with pytest.raises(Refused, match="has no lines"):
            do(shop, verb, empty)
