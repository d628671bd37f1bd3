"""Papers of quotes on the devices of a rep and her manager: whose approval they name, and from when."""

from __future__ import annotations

import pytest

from tests.sync.whole.office import Office, Person, quiet

DRAFT = "DRAFT / NOT APPROVED 草稿 / 未经批准"


@pytest.fixture(autouse=True)
def shop(office: Office, anna: Person, boss: Person) -> Office:
    """Return a centre where reps may give 5 % away and their manager 20 %, as both devices know."""
    ada = office.signed_in("root")
    for words in (
        ("config", "org", "set", "currency", "USD"),
        ("config", "org", "set", "seller_name_en", "Pumps Ltd."),
        ("config", "org", "set", "approval_rep_discount", "5"),
        ("config", "org", "set", "approval_manager_discount", "20"),
        ("product", "add", "Pump", "--price", "100"),
    ):
        ada.does(*words)
    quiet(ada, anna, boss, rounds=1)
    return office


def quote(person: Person, line: str) -> str:
    """Add a quote of one line, and return its number."""
    person.does("account", "add", "Acme")
    said = person.does("quote", "add", "--account", "Acme", f"--line={line}")
    return said.out.splitlines()[-1].split("\t")[3]


def paper(person: Person, number: str, *more: str) -> str:
    return person.does("quote", "print", number, "--output", "-", "--format", "md", *more).out


def test_a_paper_names_the_approver_when_the_centre_told_so_and_not_before(
    shop: Office, anna: Person, boss: Person
) -> None:
    number = quote(anna, "Pump x 3 -10%")
    assert DRAFT in paper(anna, number)
    anna.does("quote", "submit", number)
    quiet(anna, boss, rounds=1)
    boss.does("quote", "approve", number)
    assert DRAFT in paper(boss, number)  # her word alone is none
    quiet(boss, anna)
    name = boss.value(
        "SELECT u.name FROM user u JOIN local_state s ON s.value = u.id WHERE s.key = 'user_id'"
    )
    second = shop.signed_in("anna", "2")
    for person in (anna, boss, second):
        said = paper(person, number)
        assert DRAFT not in said
        assert f"Approved by {name} on 20" in said
        assert "Pumps Ltd." in said
    anna.does("quote", "send", number)
    anna.does("quote", "revise", number)
    anna.does("quote", "edit-line", number, "1", "--discount", "15%")
    quiet(anna, boss)
    for person in (anna, boss):
        assert f"Approved by {name} on 20" in paper(person, number, "--revision", "1")
    now = paper(anna, number)
    assert DRAFT in now
    assert "Approved by" not in now


def test_within_her_limits_a_rep_prints_without_a_mark(anna: Person) -> None:
    said = paper(anna, quote(anna, "Pump x 3 -5%"))
    assert DRAFT not in said
    assert "Approved" not in said
