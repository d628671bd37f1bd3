"""What tests of orders in the app wait for and ask of the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from sfa.screens.app import SfaApp
from sfa.screens.forms.form import RecordForm
from sfa.screens.orders.place import OrderScreen, OrdersScreen
from sfa.services.rows import Row
from tests.screens.driving import text_of, until
from tests.services.acting import live, rows

STATES = "SELECT state FROM sales_order WHERE deleted_at IS NULL ORDER BY number"


def states(home: Path) -> list[str]:
    """Return the states of all orders."""
    return [each["state"] for each in rows(home, STATES)]


def as_row(home: Path, order: str) -> Row:
    """Return an order as services give it."""
    found = live(home, "sales_order", order)
    return Row("order", order, found["ref"], found["number"], found["version"])


def is_form(app: SfaApp) -> bool:
    """Say whether a form stands above all."""
    return isinstance(app.screen, RecordForm)


async def listed(app: SfaApp, pilot: Pilot[Any], state: str) -> None:
    """Wait until the list stands with a record under the cursor."""
    await until(
        pilot,
        lambda: (
            isinstance(app.screen, OrdersScreen)
            and app.screen.records.record_id is not None
            and state in text_of(app)
        ),
    )


async def in_full(app: SfaApp, pilot: Pilot[Any], order: str) -> None:
    """Show an order and wait for it."""
    app.show_record("order", order)
    await until(pilot, lambda: isinstance(app.screen, OrderScreen) and "Course of the order" in text_of(app))
