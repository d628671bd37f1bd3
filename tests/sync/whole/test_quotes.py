"""Quotes between two reps, their manager and the centre: numbers, approval, and what forges one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from sfa.finding import quoting
from sfa.interchange.quote_lines import digest_of
from sfa.store.reading import reading
from sfa.terms import ApprovalStanding
from tests.services.acting import TODAY
from tests.sync.whole.office import Office, Person, in_step, nothing_lost, quiet


@pytest.fixture(autouse=True)
def shop(office: Office, anna: Person, ben: Person, boss: Person) -> Office:
    """Return a centre where reps may give 5 % away and their manager 20 %, as all devices know."""
    ada = office.signed_in("root")
    for words in (
        ("config", "org", "set", "currency", "USD"),
        ("config", "org", "set", "approval_rep_discount", "5"),
        ("config", "org", "set", "approval_manager_discount", "20"),
        ("product", "add", "Pump", "--price", "100"),
        ("product", "add", "Hose", "--price", "10"),
        ("product", "cost", "Pump", "70"),
    ):
        ada.does(*words)
    quiet(ada, anna, ben, boss, rounds=1)
    return office


def quote(person: Person, *lines: str) -> str:
    """Add a quote for a customer of the person's own, and return its number."""
    name = f"Customer {person.value('SELECT count(*) FROM account')} of {person.login}"
    person.does("account", "add", name)
    said = person.does("quote", "add", "--account", name, *(f"--line={line}" for line in lines))
    return said.out.splitlines()[-1].split("\t")[3]


def state(person: Person, number: str) -> str:
    return str(person.value("SELECT state FROM quote WHERE number = ?", number))


def standing(person: Person, number: str) -> ApprovalStanding:
    with reading(person.home) as connection:
        row = connection.execute("SELECT id FROM quote WHERE number = ?", (number,)).fetchone()
        found = quoting.load_quote(connection, row[0], today=TODAY)
        return quoting.standing(connection, found).approval


def test_a_week_apart_two_devices_never_give_the_same_number(
    shop: Office, anna: Person, ben: Person, boss: Person
) -> None:
    numbers = [quote(person, "Pump") for _ in range(5) for person in (anna, ben)]
    assert len(set(numbers)) == 10
    quiet(anna, ben, boss)
    told = [row[0] for row in boss.rows("SELECT number FROM quote ORDER BY number")]
    assert told == sorted(numbers)
    assert boss.value("SELECT count(*) FROM conflict") == 0
    in_step(anna, ben, boss)
    nothing_lost(shop, anna, ben, boss)


def test_a_number_that_a_copied_home_gave_again_is_somebodys_to_settle(anna: Person, tmp_path: Path) -> None:
    anna.does("account", "add", "Acme")
    anna.syncs()
    twin = anna.copies_home(tmp_path / "twin")
    for person in (anna, twin):
        person.does("quote", "add", "--account", "Acme", "--line=Pump")
    [(one,)], [(other,)] = (person.rows("SELECT number FROM quote") for person in (anna, twin))
    assert one == other
    quiet(anna, twin)
    assert anna.rows("SELECT kind, unit, on_table FROM conflict") == [("clash", "number", "quote")]
    twin.does("quote", "add", "--account", "Acme", "--line=Pump")
    assert twin.value("SELECT max(number) FROM quote") != one


def test_what_is_within_the_limits_of_the_manager_is_approved_by_her_through_the_centre(
    shop: Office, anna: Person, boss: Person
) -> None:
    number = quote(anna, "Pump x 3 -10%")
    assert anna("quote", "send", number).code == 3
    anna.does("quote", "submit", number)
    anna.syncs()
    assert state(anna, number) == "submitted"
    boss.syncs()
    assert "-10%" in boss.does("quote", "lines", number, "--format", "table").out
    boss.does("quote", "approve", number)
    assert standing(boss, number) is ApprovalStanding.WAITING  # her word alone is none
    quiet(boss, anna)
    for person in (boss, anna):
        assert state(person, number) == "approved"
        assert standing(person, number) is ApprovalStanding.APPROVED
    anna.does("quote", "send", number)
    anna.syncs()
    anna.does("undo")
    quiet(anna, boss)
    assert standing(boss, number) is ApprovalStanding.APPROVED  # it was not sent after all
    anna.does("quote", "send", number)
    anna.does("quote", "accept", number)
    quiet(anna, boss)
    assert state(boss, number) == "accepted"
    in_step(anna, boss)
    nothing_lost(shop, anna, boss)


def test_a_new_device_knows_what_is_approved(shop: Office, anna: Person, boss: Person) -> None:
    number = quote(anna, "Pump -10%")
    anna.does("quote", "submit", number)
    quiet(anna, boss, rounds=1)
    boss.does("quote", "approve", number)
    boss.syncs()
    second = shop.signed_in("anna", "2")
    assert standing(second, number) is ApprovalStanding.APPROVED


def test_a_manager_hands_quotes_and_orders_over_and_an_approval_stays(
    shop: Office, anna: Person, ben: Person, boss: Person
) -> None:
    approved, sold = quote(anna, "Pump x 3 -10%"), quote(anna, "Pump")
    anna.does("quote", "submit", approved)
    anna.does("quote", "accept", sold)
    anna.does("order", "add", "--quote", sold)
    quiet(anna, boss, rounds=1)
    boss.does("quote", "approve", approved)
    quiet(boss, anna)
    (order,) = (number for noun, number in owned(anna, anna) if noun == "order")
    giving = ("handover", "--from", name_of(anna), "--to", name_of(ben))
    listed = boss.does(*giving, "--dry-run", "--format", "csv").out
    assert f",{approved}" in listed
    assert f",{order}" in listed
    assert f",{sold}" not in listed  # all of that one is ordered
    boss.does(*giving)
    quiet(boss, anna, ben)
    assert boss.value("SELECT count(*) FROM conflict") == 0
    for person in (boss, ben):
        assert owned(person, ben) == [("order", order), ("quote", approved)]
        assert owned(person, anna) == [("quote", sold)]
        assert standing(person, approved) is ApprovalStanding.APPROVED
    ben.does("quote", "send", approved)
    quiet(ben, boss)
    assert state(boss, approved) == "sent"
    in_step(ben, boss)
    nothing_lost(shop, ben, boss)


def me(person: Person) -> str:
    return str(person.value("SELECT value FROM local_state WHERE key = 'user_id'"))


def name_of(person: Person) -> str:
    return str(person.value("SELECT name FROM user WHERE id = ?", me(person)))


def owned(person: Person, owner: Person) -> list[tuple[str, str]]:
    """Return noun and number of the quotes and orders that are somebody's, as a device knows them."""
    return [
        (noun, str(number))
        for noun, table in (("order", "sales_order"), ("quote", "quote"))
        for (number,) in person.rows(f"SELECT number FROM {table} WHERE owner_id = ?", me(owner))
    ]


def test_an_edit_by_whatever_way_ends_an_approval(anna: Person, boss: Person) -> None:
    number = quote(anna, "Pump -10%")
    anna.does("quote", "submit", number)
    quiet(anna, boss, rounds=1)
    boss.does("quote", "approve", number)
    quiet(boss, anna)
    boss.does("quote", "edit", number, "--payment-terms", "in a year")
    quiet(boss, anna)
    for person in (anna, boss):
        assert state(person, number) == "draft"
        assert standing(person, number) is not ApprovalStanding.APPROVED
        assert person.value("SELECT approved_digest FROM quote") is None
    in_step(anna, boss)


def test_a_rep_approves_nothing_by_the_command_line(anna: Person) -> None:
    number = quote(anna, "Pump -10%")
    anna.does("quote", "submit", number)
    refused = anna("quote", "approve", number)
    assert refused.code == 3
    assert "of their own" in refused.err
    anna.syncs()
    assert state(anna, number) == "submitted"


@pytest.mark.parametrize("with_triggers", [True, False])
def test_an_approval_forged_in_the_local_file_does_not_survive_a_sync(
    shop: Office, anna: Person, with_triggers: bool
) -> None:
    number = quote(anna, "Pump -50%")
    anna.syncs()
    forge(anna, number, with_triggers=with_triggers)
    assert state(anna, number) == "approved"
    assert standing(anna, number) is not ApprovalStanding.APPROVED
    assert anna("quote", "send", number).code == 3
    anna("sync", "--verify")
    anna("sync", "--verify")
    assert state(anna, number) == "draft"
    assert anna.value("SELECT approved_digest FROM quote") is None
    assert shop.value("SELECT state FROM sfa.quote") == "draft"
    in_step(anna)


def forge(person: Person, number: str, *, with_triggers: bool) -> None:
    """Write an approval into the local file: past the triggers, or as a program of ours would."""
    if with_triggers:
        from sfa.errors import msg
        from sfa.store.perform import changing

        with changing(person.home, name=msg("Edit")) as change:
            row = dict(
                change.connection.execute("SELECT * FROM quote WHERE number = ?", (number,)).fetchone()
            )
            change.connection.execute(
                "UPDATE quote SET state = 'approved', approved_digest = ?, approved_at = ? WHERE number = ?",
                (digest_of(row), row["created_at"], number),
            )
        return
    store = sqlite3.connect(person.home / "sfa.db")
    store.row_factory = sqlite3.Row
    triggers = store.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        store.execute(f"DROP TRIGGER {name}")
    row = dict(store.execute("SELECT * FROM quote WHERE number = ?", (number,)).fetchone())
    store.execute(
        "UPDATE quote SET state = 'approved', approved_digest = ? WHERE number = ?", (digest_of(row), number)
    )
    for _, sql in triggers:
        store.execute(sql)
    store.commit()
    store.close()


def test_what_the_centre_finds_within_the_limits_needs_nobody(
    shop: Office, anna: Person, boss: Person
) -> None:
    ada = shop.signed_in("root", "2")
    ada.does("config", "org", "set", "approval_rep_margin", "25")
    quiet(ada, anna, rounds=1)
    good, bad = quote(anna, "Pump -5%"), quote(anna, "Hose")  # margins of 26.3 %, and of nobody knows what
    for number in (good, bad):
        assert standing(anna, number) is ApprovalStanding.NEEDED  # costs are not seen here
        anna.does("quote", "submit", number)
    quiet(anna, boss)
    assert state(anna, good) == "approved"
    assert state(anna, bad) == "submitted"
    assert anna.value("SELECT approved_by_id FROM quote WHERE number = ?", good) is None
    assert "approved" in anna.does("quote", "lines", good, "--format", "json").out
    assert state(boss, bad) == "submitted"


def test_one_that_is_sent_back_tells_why(anna: Person, boss: Person) -> None:
    number = quote(anna, "Pump -10%")
    anna.does("quote", "submit", number)
    quiet(anna, boss, rounds=1)
    boss.does("quote", "reject", number, "--reason", "they would pay the list price")
    quiet(boss, anna)
    assert state(anna, number) == "draft"
    assert anna.value("SELECT state_reason FROM quote") == "they would pay the list price"
    shown = anna.does("quote", "show", number, "--format", "json").data
    assert [each["verdict"] for each in shown["decisions"]] == ["submit", "reject"]
    anna.does("quote", "edit-line", number, "1", "--discount", "0")
    anna.does("quote", "send", number)
