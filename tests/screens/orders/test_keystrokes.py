"""From a quote to its payment by the keys that examples/quote-to-payment.keys writes down, and no other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from sfa.services.settings import settle
from tests.screens.driving import opened, text_of, until, write
from tests.screens.test_approvals import be, sign_in
from tests.services.acting import TODAY, acting, amend, make, row, rows
from tests.services.test_quote_states import hear_approval

ROOT = Path(__file__).resolve().parents[3]
KEYS = ROOT / "examples" / "quote-to-payment.keys"
PAGE = ROOT / "docs" / "orders.md"
_NAMED = {"Enter": "enter", "Tab": "tab", "Esc": "escape", "Ctrl+S": "ctrl+s", "]": "right_square_bracket"}
_PRESSED = re.compile(r'"([^"]*)"|(\S+)')
APPROVAL = ("submit", "approve", "back")


class Step(NamedTuple):
    """Texts and keys in their order, each with whether it is typed, and what stands on the screen then."""

    part: str
    pressed: tuple[tuple[str, bool], ...]
    comes: str

    @property
    def strokes(self) -> int:
        """Return how many keys are pressed: one for each letter of a text."""
        return sum(len(text) if is_typed else 1 for text, is_typed in self.pressed)


def steps() -> Iterator[Step]:
    """Give the steps as they are written down."""
    part = ""
    for line in KEYS.read_text("utf-8").splitlines():
        if line.startswith("["):
            part = line.strip("[]")
        elif line and not line.startswith("#"):
            pressed, _, comes = line.partition("\t")
            found = _PRESSED.findall(pressed)
            yield Step(part, tuple((typed or key, not key) for typed, key in found), comes)


def of_parts(*parts: str) -> list[Step]:
    """Return the steps of some parts."""
    return [step for step in steps() if step.part in parts]


ALL = tuple(dict.fromkeys(step.part for step in steps()))
WITHOUT_APPROVAL = tuple(part for part in ALL if part not in APPROVAL)


async def replay(home: Path, wanted: Sequence[Step]) -> None:
    """Press the keys of steps in the app, opened for it; each waits for what stands on the screen then."""
    async with opened(home, size=(80, 24)) as (app, pilot):
        for step in wanted:
            for text, is_typed in step.pressed:
                if is_typed:
                    await write(pilot, text)
                else:
                    await pilot.press(_NAMED.get(text, text))
            await until(pilot, lambda step=step: step.comes in text_of(app))  # type: ignore[misc]
        await until(pilot, lambda: not app.screen.is_modal and not app.gateway.writing)


@pytest.fixture
def shop(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home of a rep with a customer and a product of 1,000 USD."""
    monkeypatch.setenv("SFA_TODAY", TODAY.isoformat())
    make(home, "account", name="Acme Works")
    make(home, "product", name="Pump", code="P-1", price="1000 USD", unit="pc")
    return home


def the_order(home: Path) -> dict[str, object]:
    """Return what the store holds of the one order."""
    return row(home, "SELECT * FROM sales_order WHERE deleted_at IS NULL")


def assert_paid(home: Path) -> None:
    """Look at the quote, its order, the course of that and its amounts in the store."""
    order = the_order(home)
    assert (order["state"], order["total_minor"], order["currency"]) == ("paid", 368_000, "USD")
    assert (order["promised_on"], order["delivered_on"]) == ("2026-12-09", TODAY.isoformat())
    (line,) = json.loads(str(order["lines"]))
    assert (line["quantity_milli"], line["discount_ppm"]) == (4000, 80_000)
    assert row(home, "SELECT state FROM quote")["state"] == "accepted"
    events = [each["state"] for each in rows(home, "SELECT state FROM order_event ORDER BY created_at, id")]
    assert events == [
        "placed", "confirmed", "in-production", "shipped", "delivered", "invoiced", "paid",
    ]  # fmt: skip
    for table in ("order_invoice", "order_receipt"):
        assert [each["amount_minor"] for each in rows(home, f"SELECT amount_minor FROM {table}")] == [368_000]


async def test_the_written_keys_lead_from_a_quote_to_its_payment(shop: Path) -> None:
    await replay(shop, of_parts(*WITHOUT_APPROVAL))
    assert_paid(shop)


async def test_the_same_with_the_approval_of_a_manager_in_between(shop: Path) -> None:
    with acting(shop) as session:
        settle(session, "approval_rep_discount", "5")
        settle(session, "approval_manager_discount", "20")
    me = str(row(shop, "SELECT value FROM local_state WHERE key = 'user_id'")["value"])
    amend(shop, "user", me, role="manager")
    ben = make(shop, "user", name="Ben", manager=row(shop, "SELECT ref FROM user WHERE id = ?", me)["ref"]).id
    sign_in(shop, "rep")
    be(shop, ben)
    await replay(shop, of_parts("quote", "submit"))
    quote = row(shop, "SELECT id, state FROM quote")
    assert quote["state"] == "submitted"
    sign_in(shop, "manager")
    be(shop, me)
    await replay(shop, of_parts("approve"))
    said = "SELECT verdict FROM quote_decision ORDER BY created_at, id"
    assert [each["verdict"] for each in rows(shop, said)] == ["submit", "approve"]
    hear_approval(shop, str(quote["id"]))  # what the centre answers
    sign_in(shop, "rep")
    be(shop, ben)
    await replay(shop, of_parts("back", "accept", "order", "course", "money"))
    assert_paid(shop)


def test_the_page_says_how_many_keys_these_are() -> None:
    text = PAGE.read_text("utf-8")
    whole, without = (sum(step.strokes for step in of_parts(*parts)) for parts in (ALL, WITHOUT_APPROVAL))
    from_quote = sum(step.strokes for step in of_parts("order", "course", "money"))
    assert f"{without} keystrokes" in text
    assert f"{whole} with the approval" in text
    assert f"{from_quote} from the accepted quote" in text
