"""What is typed outlives the app: on a real terminal that is closed, told to end, or killed."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sfa.screens.forms.form import RecordForm
from sfa.store.drafts import Draft, unsaved
from tests import terminal
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import amend, make, rows
from tests.terminal import Terminal

OFFER = "Typed and not saved"


def type_half_a_lead(shown: Terminal) -> None:
    """Open the form of a new lead and fill a part of it."""
    shown.until("Nothing is due")
    shown.press("ctrl+n")
    shown.until("  product")
    shown.press("l")
    shown.until("New lead")
    shown.type("王小明")
    shown.until("王小明")
    shown.press("enter")
    time.sleep(0.3)  # the next field has the focus
    shown.type("Acme")
    shown.until(lambda screen: "王小明" in screen and "Acme" in screen)


ENDS: dict[str, tuple[Callable[[Terminal], None], set[int]]] = {
    "closed": (lambda shown: shown.hang_up(), {128 + signal.SIGHUP}),
    "hup": (lambda shown: shown.signal(signal.SIGHUP), {128 + signal.SIGHUP}),
    "term": (lambda shown: shown.signal(signal.SIGTERM), {128 + signal.SIGTERM}),
    "killed": (lambda shown: shown.signal(signal.SIGKILL), {-signal.SIGKILL}),
}


@pytest.mark.parametrize("how", ENDS)
def test_a_form_half_filled_is_offered_again_after_the_app_was_ended(home: Path, how: str) -> None:
    end, codes = ENDS[how]
    with terminal.opened(home) as shown:
        type_half_a_lead(shown)
        if how == "killed":  # asks nobody: what was typed in the last half second may be missing
            wait_for_the_draft(home, company="Acme")
        end(shown)
        assert shown.ended() in codes
        assert b"Traceback" not in shown.last
    assert [(each.noun, each.texts) for each in unsaved(home)] == [
        ("lead", {"name": "王小明", "company": "Acme"})
    ]
    with terminal.opened(home) as shown:
        shown.until(OFFER)
        shown.until("王小明")
        shown.press("enter")
        shown.until(lambda screen: "Save (Ctrl+S)" in screen and "Acme" in screen)
        shown.press("ctrl+s")
        shown.until("Nothing is due")
        shown.press("q")
        assert shown.ended() == 0
    assert rows(home, "SELECT name, company FROM lead") == [{"name": "王小明", "company": "Acme"}]
    assert not list((home / "drafts").iterdir())


def wait_for_the_draft(home: Path, **texts: str) -> None:
    """Wait until a draft holds texts whole: one may be kept in the middle of a word."""
    deadline = time.monotonic() + 20
    while not texts.items() <= Draft(home, "lead").load().items():
        assert time.monotonic() < deadline, "no draft was kept while the form stood open"
        time.sleep(0.05)


def test_an_order_to_end_leaves_a_terminal_as_it_was(home: Path) -> None:
    with terminal.opened(home) as shown:
        shown.until("Nothing is due")
        shown.signal(signal.SIGTERM)
        assert shown.ended() == 128 + signal.SIGTERM
        assert b"\x1b[?1049l" in shown.last


def test_a_draft_that_another_app_has_open_is_not_offered(home: Path) -> None:
    with terminal.opened(home) as first:
        type_half_a_lead(first)
        wait_for_the_draft(home, company="Acme")
        assert unsaved(home) == []
        first.signal(signal.SIGKILL)
        first.ended()
    assert len(unsaved(home)) == 1


async def test_a_draft_left_for_later_is_found_by_the_palette(home: Path) -> None:
    left(home, {"name": "Wang"})
    async with opened(home) as (app, pilot):
        await until(pilot, lambda: OFFER in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: OFFER not in text_of(app))
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "Commands" in text_of(app))
        await write(pilot, "unsaved")
        await pilot.press("enter")
        await until(pilot, lambda: OFFER in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "New lead" in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm))
    assert rows(home, "SELECT name FROM lead") == [{"name": "Wang"}]


def left(home: Path, texts: dict[str, str], noun: str = "lead", record_id: str = "new") -> None:
    """Leave a draft as a process that is gone did."""
    draft = Draft(home, noun, record_id, label="Somebody")
    draft.keep(texts)
    draft.leave()


async def test_text_about_a_record_that_is_gone_is_shown_before_it_is_forgotten(home: Path) -> None:
    left(home, {"notes": "met her twice"}, record_id="0190-gone")
    async with opened(home) as (app, pilot):
        await until(pilot, lambda: OFFER in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Notes: met her twice" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "met her twice" not in text_of(app))
        assert len(unsaved(home)) == 1
        app.offer_unsaved()
        await until(pilot, lambda: OFFER in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Notes: met her twice" in text_of(app))
        await pilot.press("y")
        await until(pilot, lambda: unsaved(home) == [])


async def test_a_draft_of_an_edit_knows_what_it_was_typed_over(home: Path) -> None:
    lead = make(home, "lead", name="Wang Wei", title="CTO")
    async with opened(home) as (app, pilot):
        app.show_record("lead", lead.id)
        await until(pilot, lambda: "Wang Wei" in text_of(app))
        await pilot.press("e")
        await until(pilot, lambda: "Edit lead" in text_of(app))
        await pilot.press("tab", "tab", "end")
        await write(pilot, " and CFO")
        await until(pilot, lambda: Draft(home, "lead", lead.id).load() == {"title": "CTO and CFO"})
    amend(home, "lead", lead.id, title="COO")
    async with opened(home) as (app, pilot):
        await until(pilot, lambda: OFFER in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Edit lead" in text_of(app) and "CTO and CFO" in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "was changed meanwhile" in text_of(app))
        assert "CTO" in text_of(app)
        assert "COO" in text_of(app)
        await pilot.press("m")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm))
        await until(pilot, lambda: bool(told(app)))
    assert rows(home, "SELECT title FROM lead") == [{"title": "CTO and CFO"}]


async def test_forms_of_one_noun_begun_for_two_records_keep_apart(home: Path) -> None:
    make(home, "account", name="Acme")
    make(home, "account", name="Zen")
    draft = Draft(home, "task", more={"preset": {"account": "Acme"}})
    draft.keep({"account": "Acme", "subject": "call"})
    draft.leave()
    from sfa.screens.forms.opening import add_record

    async with opened(home) as (app, pilot):
        await until(pilot, lambda: OFFER in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: OFFER not in text_of(app))
        app.run_worker(add_record(app, "task", {"account": "Zen"}))
        await until(pilot, lambda: "New task" in text_of(app))
        assert "call" not in text_of(app)
        await write(pilot, "write")
        await until(pilot, (home / "drafts" / "task-new.1.json").exists)
        await until(pilot, lambda: "write" in (home / "drafts" / "task-new.1.json").read_text("utf-8"))
    assert {(each.texts["account"], each.texts["subject"]) for each in unsaved(home)} == {
        ("Acme", "call"),
        ("Zen", "write"),
    }


async def test_a_crash_of_the_app_keeps_what_was_typed_just_before(home: Path) -> None:
    async def crash() -> None:
        async with opened(home) as (app, pilot):
            app.add_record("lead")
            await until(pilot, lambda: "New lead" in text_of(app))
            await write(pilot, "Wang")
            await until(pilot, lambda: "Wang" in text_of(app))
            app.call_later(lambda: 1 // 0)
            await pilot.pause(0.2)

    with pytest.raises(ZeroDivisionError):
        await crash()
    assert Draft(home, "lead").load() == {"name": "Wang"}


def test_drafts_are_written_whole(home: Path) -> None:
    draft = Draft(home, "lead")
    draft.keep({"notes": "x" * 1_000_000})
    (path,) = (home / "drafts").glob("*.json")
    assert len(json.loads(path.read_text("utf-8"))["texts"]["notes"]) == 1_000_000
    assert not list((home / "drafts").glob("*.part"))
    draft.drop()
    draft.keep({"notes": "late"})  # a thread that comes after the end writes nothing
    assert not list((home / "drafts").iterdir())
