"""Orders in the app: told of by today, found, seen in full and changed by the general form."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.driving import opened, text_of, until
from tests.services.acting import TODAY, live
from tests.services.ordering import accepted, ordered, planned, stock


@pytest.fixture
def order(home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return an order of which a payment is overdue."""
    monkeypatch.setenv("SFA_TODAY", TODAY.isoformat())
    stock(home)
    made = ordered(home, accepted(home, "Pump x 2"), ordered="2026-10-01")
    planned(home, made, "100% 2026-11-01")
    return made.id


async def test_today_leads_to_an_order_in_full_and_to_its_form(home: Path, order: str) -> None:
    number = live(home, "sales_order", order)["number"]
    async with opened(home, start="today", size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: "Orders to see to (1)" in text_of(app) and number in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Still open" in text_of(app))
        for part in ("Lines", "Course of the order", "Payment plan", "226.00 USD"):
            assert part in text_of(app), text_of(app)
        await pilot.press("e")
        await until(pilot, lambda: "Contract number" in text_of(app))
