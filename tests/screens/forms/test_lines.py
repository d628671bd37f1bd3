"""Lines and the conversion of a lead: what is typed there outlives the app, and what is refused stays."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from sfa import config
from sfa.screens.convert import ConvertScreen, convert_lead
from sfa.screens.dialogs.both_changed import BothChanged
from sfa.screens.dialogs.confirm import Confirm
from sfa.screens.forms import lines
from sfa.screens.forms.line import LineForm
from sfa.services import nouns
from sfa.store.drafts import unsaved
from tests import terminal
from tests.screens.driving import opened, still, text_of, told, until, write
from tests.services.acting import acting, amend, make, rows
from tests.terminal import Terminal

OFFER = "Typed and not saved"
TODAY = "2026-11-18"  # a Wednesday


@pytest.fixture(autouse=True)
def _wednesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SFA_TODAY", TODAY)


class Case(NamedTuple):
    """A line: what it is about, the place and keys that lead to it, and what comes of it."""

    make: Callable[[Path], object]
    place: str
    seen: str
    keys: tuple[str, ...]
    question: str
    typed: str
    query: str
    found: list[dict[str, object]]


def _lead(home: Path) -> None:
    make(home, "lead", name="Wang Wei", company="Acme Ltd")


CASES = {
    "what follows a task": Case(
        lambda home: make(home, "task", subject="Call Wang", due=TODAY),
        "tasks", "Call Wang", ("D",), "What follows?", "send the offer fri",
        "SELECT subject, due_on, state FROM task ORDER BY due_on",
        [
            {"subject": "Call Wang", "due_on": TODAY, "state": "done"},
            {"subject": "send the offer", "due_on": "2026-11-20", "state": "open"},
        ],
    ),
    "a comment": Case(
        lambda home: make(
            home, "visit", account=make(home, "account", name="Acme").label, at=f"{TODAY} 14:30",
            purpose="Show pumps", state="planned",
        ),
        "visits", "Show pumps", ("C",), "What do you want to say", "Take the new price list along",
        "SELECT body FROM comment", [{"body": "Take the new price list along"}],
    ),
    "the next step of a deal": Case(
        lambda home: make(home, "deal", name="Acme pumps", owner="me", close_date="2026-12-20"),
        "today", "Acme pumps", ("d",), "What is the next step", "call the buyer back fri",
        "SELECT next_step, next_step_on FROM deal",
        [{"next_step": "call the buyer back", "next_step_on": "2026-11-20"}],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_line_is_offered_again_after_the_app_was_killed(home: Path, name: str) -> None:
    case = CASES[name]
    case.make(home)
    config.put("start", case.place, home)
    with terminal.opened(home, SFA_TODAY=TODAY) as shown:
        shown.until(case.seen)
        shown.press(*case.keys)
        shown.until(case.question)
        shown.type(case.typed)
        killed_with(shown, home, case.typed)
    assert rows(home, case.query) != case.found
    with terminal.opened(home, SFA_TODAY=TODAY) as shown:
        shown.until(lambda screen: OFFER in screen and case.typed[:12] in screen)
        shown.press("enter")
        shown.until(lambda screen: case.question in screen and case.typed in screen)
        shown.press("enter")
        shown.until(lambda _: rows(home, case.query) == case.found)
        shown.until(lambda _: not list((home / "drafts").glob("*.json")))


def killed_with(shown: Terminal, home: Path, text: str) -> None:
    """Kill the app once what was typed is on the disk, whole; nothing asks it before."""
    deadline = time.monotonic() + 20
    while not any(text in path.read_text("utf-8") for path in (home / "drafts").glob("*.json")):
        assert time.monotonic() < deadline, "no draft was kept while the line stood open"
        time.sleep(0.05)
    shown.signal(signal.SIGKILL)
    assert shown.ended() == -signal.SIGKILL


def test_a_conversion_half_typed_is_offered_again_after_the_app_was_killed(home: Path) -> None:
    _lead(home)
    config.put("start", "leads", home)
    with terminal.opened(home, size=(100, 40), SFA_TODAY=TODAY) as shown:
        shown.until("Wang Wei")
        shown.press("c")
        shown.until(lambda screen: "Convert lead" in screen and "2026-12-31" in screen)
        shown.press("tab", "tab", "tab")
        shown.type("Pumps for the north plant")
        shown.press("tab")
        shown.type("12000 CNY")
        killed_with(shown, home, "12000 CNY")
    with terminal.opened(home, SFA_TODAY=TODAY) as shown:
        shown.until(lambda screen: OFFER in screen and "Convert lead Wang Wei" in screen)
        shown.press("enter")
        shown.until(lambda screen: "Pumps for the north plant" in screen and "12000 CNY" in screen)
        shown.press("ctrl+s")
        shown.until(lambda screen: "Convert (Ctrl+S)" not in screen)
    assert rows(home, "SELECT name, amount_minor FROM deal") == [
        {"name": "Pumps for the north plant", "amount_minor": 1_200_000}
    ]
    assert unsaved(home) == []


async def test_a_line_that_is_refused_stays_with_its_reason(home: Path) -> None:
    task = make(home, "task", subject="Call Wang")
    async with opened(home) as (app, pilot):
        app.run_worker(lines.follow(app, [task.id]))
        await until(pilot, lambda: isinstance(app.screen, LineForm))
        await write(pilot, "send the offer")
        with acting(home) as session:
            nouns.delete(session, "task", task.id)
        await pilot.press("enter")
        await until(pilot, lambda: "✗" in text_of(app))
        assert isinstance(app.screen, LineForm)
        assert "send the offer" in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "send the offer" in text_of(app)
        await pilot.press("y")
        await until(pilot, lambda: not isinstance(app.screen, LineForm | Confirm))
    assert unsaved(home) == []


async def test_a_next_step_that_others_wrote_meanwhile_is_asked_about(home: Path) -> None:
    deal = make(home, "deal", name="Pumps", next_step="Call")
    async with opened(home, size=(100, 30)) as (app, pilot):
        app.run_worker(lines.next_step(app, deal.id))
        await until(pilot, lambda: isinstance(app.screen, LineForm))
        await write(pilot, "Write fri")
        amend(home, "deal", deal.id, next_step="Visit")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, BothChanged) and "Visit" in text_of(app))
        assert rows(home, "SELECT next_step FROM deal") == [{"next_step": "Visit"}]
        await pilot.press("m")
        await until(pilot, lambda: not isinstance(app.screen, LineForm | BothChanged))
    assert rows(home, "SELECT next_step, next_step_on FROM deal") == [
        {"next_step": "Write", "next_step_on": "2026-11-20"}
    ]


async def test_what_converting_would_write_is_looked_at_again_when_others_changed_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = make(home, "lead", name="Wang Wei", company="Acme Ltd", title="CTO")
    async with opened(home, size=(100, 40)) as (app, pilot):
        # Nobody tells the app of it: the change comes in the second between two looks.
        monkeypatch.setattr(app.gateway, "changed_elsewhere", lambda: False)
        app.run_worker(convert_lead(app, lead.id))
        await until(pilot, lambda: isinstance(app.screen, ConvertScreen) and "CTO" in text_of(app))
        await still(pilot)  # what is shown is what would be written, and looked at no more
        amend(home, "lead", lead.id, title="Director")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any("has changed meanwhile" in text for text in told(app)))
        await until(pilot, lambda: "Director" in text_of(app))
        assert rows(home, "SELECT count(*) AS n FROM account") == [{"n": 0}]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not isinstance(app.screen, ConvertScreen))
    assert rows(home, "SELECT title FROM contact") == [{"title": "Director"}]


async def test_an_open_conversion_follows_what_others_change_and_says_so(home: Path) -> None:
    lead = make(home, "lead", name="Wang Wei", company="Acme Ltd", title="CTO")
    async with opened(home, size=(100, 40)) as (app, pilot):
        app.run_worker(convert_lead(app, lead.id))
        await until(pilot, lambda: isinstance(app.screen, ConvertScreen) and "CTO" in text_of(app))
        amend(home, "lead", lead.id, title="Director")
        await until(pilot, lambda: "Director" in text_of(app))
        await until(pilot, lambda: any("this is what would happen now" in text for text in told(app)))


async def test_a_conversion_asks_before_typed_text_goes(home: Path) -> None:
    lead = make(home, "lead", name="Wang Wei", company="Acme Ltd")
    async with opened(home, size=(100, 40)) as (app, pilot):
        app.run_worker(convert_lead(app, lead.id))
        await until(pilot, lambda: isinstance(app.screen, ConvertScreen) and "2026-12-31" in text_of(app))
        await pilot.press("tab", "tab", "tab")
        await write(pilot, "Pumps")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Confirm) and "Pumps" in text_of(app))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, ConvertScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: not isinstance(app.screen, ConvertScreen | Confirm))
    assert unsaved(home) == []
