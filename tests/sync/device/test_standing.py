"""What waits for the user of a device: conflicts and proposals that are theirs, not everybody's."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa.store.reading import reading
from sfa.sync.device.state import Standing, standing
from tests.services.deciding import conflict, me, op, proposal
from tests.store.rows import add, edit


def clash(home: Path, table: str, row_id: str, kept_by: str, lost_by: str, column: str = "notes") -> None:
    conflict(home, table, row_id, kept={column: "a"}, lost={column: "b"}, kept_by=kept_by, lost_by=lost_by)


def standing_of(home: Path) -> Standing:
    with reading(home) as connection:
        return standing(connection)


@pytest.fixture
def others(home: Path) -> tuple[str, str]:
    """Return two colleagues of whom neither reports to the user."""
    return add(home, "user", name="Ben", role="rep"), add(home, "user", name="Cai", role="rep")


def test_a_conflict_of_colleagues_on_a_record_of_theirs_does_not_wait_for_the_user(
    home: Path, others: tuple[str, str]
) -> None:
    ben, cai = others
    account = add(home, "account", name="Acme", owner_id=ben)
    clash(home, "account", account, ben, cai)
    found = standing_of(home)
    assert (found.conflicts, found.to_decide) == (0, 0)


def test_a_conflict_waits_for_who_has_a_side_in_it_or_owns_the_record(
    home: Path, others: tuple[str, str]
) -> None:
    ben, cai = others
    bens, mine = (
        add(home, "account", name="A", owner_id=ben),
        add(home, "account", name="B", owner_id=me(home)),
    )
    phone = add(home, "phone", account_id=mine, value="021 5555 0101", digits="02155550101")
    clash(home, "account", bens, ben, me(home))
    clash(home, "account", mine, ben, cai)
    clash(home, "phone", phone, ben, cai, column="label")
    assert standing_of(home).conflicts == 3


@pytest.mark.parametrize(("told", "waits"), [("me", 1), ("ben", 0)])
def test_two_records_with_one_key_wait_for_whom_they_were_put_before(
    home: Path, others: tuple[str, str], told: str, waits: int
) -> None:
    ben, cai = others
    one, other = (add(home, "account", name=name, owner_id=ben, tax_id="1") for name in "AB")
    base = {"told": me(home) if told == "me" else ben}
    sides = {"kept": {"id": one}, "lost": {"id": other}, "base": base}
    conflict(home, "account", one, **sides, kind="clash", unit="tax_id", kept_by=ben, lost_by=cai)
    assert standing_of(home).conflicts == waits


def test_two_records_with_one_key_wait_for_the_owner_of_either(home: Path, others: tuple[str, str]) -> None:
    ben, cai = others
    one = add(home, "account", name="A", owner_id=ben, tax_id="1")
    mine = add(home, "account", name="B", owner_id=me(home), tax_id="1")
    sides = {"kept": {"id": one}, "lost": {"id": mine}}
    conflict(home, "account", one, **sides, kind="clash", unit="tax_id", kept_by=ben, lost_by=cai)
    assert standing_of(home).conflicts == 1


def test_a_proposal_waits_for_its_recipient_and_those_above(home: Path, others: tuple[str, str]) -> None:
    ben, cai = others
    account = add(home, "account", name="Acme", owner_id=ben)
    change = op("account", account, owner_id=[cai, ben, None])
    for recipient in (me(home), ben, cai, None):
        proposal(home, change, author=cai, recipient=recipient)
    assert standing_of(home).to_decide == 1
    edit(home, "user", ben, manager_id=me(home))
    assert standing_of(home).to_decide == 2
    edit(home, "user", me(home), role="read-only")
    assert standing_of(home).to_decide == 0
