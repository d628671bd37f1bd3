"""Order history that one device brings, or two at once: the same orders everywhere, and none twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sync.whole.office import Office, Person, in_step, nothing_lost, quiet

HISTORY = """Order number,Order date,Customer,Product,Qty,Price,Status
SO-1,2025-03-01,Acme,Pump,2,90,paid
SO-1,,,Pump,1,0,
SO-2,2025-04-02,Acme,Pump,1,,shipped
"""


@pytest.fixture
def history(office: Office, anna: Person, boss: Person, tmp_path: Path) -> str:
    """Return a file of orders of Acme, whom anna and her manager know."""
    ada = office.signed_in("root")
    ada.does("config", "org", "set", "currency", "USD")
    ada.does("product", "add", "Pump", "--price", "100")
    quiet(ada, anna, boss, rounds=1)
    anna.does("account", "add", "Acme")
    quiet(anna, boss)
    path = tmp_path / "orders.csv"
    path.write_text(HISTORY, "utf-8")
    return str(path)


def brought(person: Person, path: str) -> tuple[int, int, int, int]:
    """Import a file; return how many orders were created, changed, the same, rejected."""
    found = person.does("import", "orders", path, "--yes", "--report", "json").data
    return found["created"], found["changed"], found["same"], found["rejected"]


def test_imported_orders_come_to_whoever_sees_their_account(
    office: Office, anna: Person, boss: Person, history: str
) -> None:
    assert brought(anna, history) == (2, 0, 0, 0)
    quiet(anna, boss)
    for number in ("SO-1", "SO-2"):
        assert boss.does("order", "track", number).out == anna.does("order", "track", number).out
    assert "180.00 USD received" in boss.does("order", "track", "SO-1").out
    boss.does("order", "event", "SO-2", "delivered", "--on", "2025-04-05")
    boss.does("order", "edit", "SO-2", "--tags", "late")
    quiet(anna, boss)
    assert anna.rows("SELECT name FROM tag WHERE deleted_at IS NULL") == [("late",)]
    assert "Delivered (2025-04-05)" in anna.does("order", "track", "SO-2").out
    # The manager's device knows them as what was imported, and the file says nothing newer.
    assert brought(boss, history) == (0, 0, 2, 0)
    in_step(anna, boss)
    nothing_lost(office, anna, boss)


def test_two_devices_that_bring_the_same_file_bring_the_same_orders(
    office: Office, anna: Person, boss: Person, history: str
) -> None:
    assert brought(anna, history) == (2, 0, 0, 0)
    assert brought(boss, history) == (2, 0, 0, 0)
    quiet(anna, boss)
    for person in (anna, boss):
        assert person.rows("SELECT number, state FROM sales_order ORDER BY number") == [
            ("SO-1", "paid"),
            ("SO-2", "shipped"),
        ]
        assert person.rows("SELECT count(*) FROM order_receipt") == [(1,)]
        assert "180.00 USD received" in person.does("order", "track", "SO-1").out
    in_step(anna, boss)
    nothing_lost(office, anna, boss)
