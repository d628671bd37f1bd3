"""What the screens look like, letter by letter; ``pytest --snapshot-update`` takes a wanted change over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from sfa import i18n
from sfa.services import quotes
from tests.conftest import Made
from tests.screens.driving import opened, still, text_of, until
from tests.services import deciding
from tests.services.acting import TODAY, acting, make, rows, typed

SIZES = ((80, 24), (120, 40))
# What differs from run to run: instants of the real clock, references.
_CHANGING = (
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d"), "YYYY-MM-DD HH:MM"),
    (re.compile(r"(Ref|引用号) +\w{5}\b"), "REF"),
    (re.compile(r"Q-\w{5}-"), "Q-DEVIC-"),
)


@pytest.fixture
def company(made: Made, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home of a rep with a little of everything on Wednesday 18 November."""
    monkeypatch.setenv("SFA_TODAY", "2026-11-18")
    return made(_company)


def _company(home: Path) -> None:
    make(home, "account", name="Acme Ltd", tier="key")
    make(home, "account", name="华创科技", next_follow_up="2026-11-17")
    make(home, "task", subject="Send the quote", due="2026-11-18", priority="high", account="华创科技")
    make(home, "task", subject="Call back", due="2026-11-09")
    make(home, "deal", name="Acme pumps", account="Acme Ltd", amount="12000", close_date="2026-12-01")
    _disagree(home)
    make(home, "lead", name="王伟", company="一个名字很长很长的公司有限责任公司上海分公司", rating="hot")
    make(home, "lead", name="Jo Price", company="Globex", status="working", next_step="Send samples")


def _disagree(home: Path) -> None:
    """Let a colleague's amount have won over the user's, and a change of a colleague wait, at a centre."""
    ben = make(home, "user", name="陈静").id
    deal = str(rows(home, "SELECT id FROM deal")[0]["id"])
    deciding.conflict(
        home, "deal", deal,
        kept={"amount_minor": 1200000, "currency": "USD"},
        lost={"amount_minor": 20000, "currency": "USD"},
        base={"amount_minor": 5000, "currency": "USD"},
        unit="amount", kept_by=ben, lost_by=deciding.me(home),
    )  # fmt: skip
    change = deciding.op("deal", deal, name=["Acme valves", "Acme pumps"])
    deciding.proposal(home, change, author=ben, recipient=deciding.me(home))


def picture(text: str) -> str:
    """Return a screen without what differs from run to run: the user is whoever runs the tests."""
    for pattern, instead in _CHANGING:
        text = pattern.sub(instead, text)
    heading, *rest = text.splitlines()
    return "\n".join([heading.split("   ")[0].rstrip(), *rest])


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(
    ("place", "seen"),
    [("today", "Acme pumps"), ("leads", "Jo Price"), ("sync", "200.00"), ("pipeline", "Acme pumps")],
)
async def test_a_place_looks_as_it_did(
    company: Path, snapshot: SnapshotAssertion, language: str, size: tuple[int, int], place: str, seen: str
) -> None:
    i18n.set_language(language)
    _rename_user(company)
    async with opened(company, start=place, size=size) as (app, pilot):
        await until(pilot, lambda: seen in text_of(app))
        if size[0] >= 110 and place in {"today", "leads"}:
            await until(pilot, lambda: tr_version() in text_of(app))
        assert picture(await still(pilot)) == snapshot


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("key", ["down", "L"])
async def test_quotes_and_their_lines_look_as_they_did(
    company: Path, snapshot: SnapshotAssertion, language: str, size: tuple[int, int], key: str
) -> None:
    i18n.set_language(language)
    _rename_user(company)
    make(company, "product", name="Pump", price="100", unit="pc")
    with acting(company) as session:
        given = typed(session, "quote", account="华创科技", valid_until="2026-12-18", discount="2")
        lines = ("Pump x 3 -10%", "text: 第一阶段", "Hose x 12.5 @ 7.50", "gift: Pump x 1")
        quotes.create(session, given, today=TODAY, lines=lines)
    async with opened(company, start="quotes", size=size) as (app, pilot):
        await until(pilot, lambda: "华创科技" in text_of(app))
        if size[0] >= 110:
            await until(pilot, lambda: i18n.tr("Approval") in text_of(app))  # beside the list
        await pilot.press(key)
        if key == "L":
            await until(pilot, lambda: "第一阶段" in text_of(app) and i18n.tr("Total") in text_of(app))
        assert picture(await still(pilot)) == snapshot


def tr_version() -> str:
    """Return the label of a record's last line."""
    return i18n.tr("Version")


def _rename_user(home: Path) -> None:
    from sfa.errors import msg
    from sfa.store.perform import changing

    with changing(home, name=msg("Act")) as change:
        change.connection.execute(
            "UPDATE user SET name = 'Rep' WHERE id = (SELECT value FROM local_state WHERE key = 'user_id')"
        )
