"""Forms: what is typed is saved whole, complained about at its field, kept when left, and never lost."""

from __future__ import annotations

from pathlib import Path

from sfa.screens.forms.form import RecordForm
from sfa.store.drafts import Draft
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import amend, make, rows


async def test_a_new_lead_is_saved_with_what_was_typed(home: Path) -> None:
    async with opened(home) as (app, pilot):
        app.add_record("lead")
        await until(pilot, lambda: "New lead" in text_of(app))
        await write(pilot, "王伟")
        await pilot.press("enter")
        await write(pilot, "Acme")
        await pilot.press("tab", "tab")
        await write(pilot, "13800138000")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm))
    assert rows(home, "SELECT name, company, status FROM lead") == [
        {"name": "王伟", "company": "Acme", "status": "new"}
    ]
    assert rows(home, "SELECT value FROM phone") == [{"value": "13800138000"}]


async def test_a_wrong_value_is_named_at_its_field_and_nothing_is_saved(home: Path) -> None:
    async with opened(home) as (app, pilot):
        app.add_record("task")
        await until(pilot, lambda: "New task" in text_of(app))
        await write(pilot, "Call")
        await pilot.press("tab")
        await write(pilot, "32nd of May")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "32nd of May'" in text_of(app))
        assert isinstance(app.screen, RecordForm)
        assert app.focused is not None
        assert app.focused.id == "field-due"
    assert rows(home, "SELECT count(*) AS n FROM task") == [{"n": 0}]


async def test_a_required_field_left_empty_is_named(home: Path) -> None:
    async with opened(home) as (app, pilot):
        app.add_record("lead")
        await until(pilot, lambda: "New lead" in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "it must be given" in text_of(app))
        assert isinstance(app.screen, RecordForm)


async def test_only_changed_fields_are_written(home: Path) -> None:
    lead = make(home, "lead", name="Wang Wei", company="Acme", notes="one\ntwo")
    async with opened(home) as (app, pilot):
        app.show_record("lead", lead.id)
        await until(pilot, lambda: "Wang Wei" in text_of(app))
        await pilot.press("e")
        await until(pilot, lambda: "Edit lead" in text_of(app))
        await pilot.press("tab", "tab")
        await write(pilot, "CTO")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm))
    changes = rows(home, "SELECT changes FROM oplog ORDER BY seq DESC LIMIT 1")[0]["changes"]
    assert changes.startswith('{"title":["CTO",null')
    assert "notes" not in changes


async def test_what_somebody_else_changed_meanwhile_is_kept_with_what_was_typed(home: Path) -> None:
    lead = make(home, "lead", name="Wang Wei")
    async with opened(home) as (app, pilot):
        app.show_record("lead", lead.id)
        await until(pilot, lambda: "Wang Wei" in text_of(app))
        await pilot.press("e")
        await until(pilot, lambda: "Edit lead" in text_of(app))
        amend(home, "lead", lead.id, title="CFO")
        await pilot.press("tab")
        await write(pilot, "Acme")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any("kept as it is now: Title" in text for text in told(app)))
        assert not isinstance(app.screen, RecordForm)
    assert rows(home, "SELECT title, company FROM lead") == [{"title": "CFO", "company": "Acme"}]


async def test_leaving_with_unsaved_text_asks_and_no_keeps_it(home: Path) -> None:
    async with opened(home) as (app, pilot):
        app.add_record("lead")
        await until(pilot, lambda: "New lead" in text_of(app))
        await write(pilot, "Wang")
        await pilot.press("escape")
        await until(pilot, lambda: "Leave without saving?" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        assert "Wang" in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: "Leave without saving?" in text_of(app))
        await pilot.press("y")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm))
    assert Draft(home, "lead").load() == {}
    assert rows(home, "SELECT count(*) AS n FROM lead") == [{"n": 0}]


async def test_leaving_an_untouched_form_does_not_ask(home: Path) -> None:
    async with opened(home) as (app, pilot):
        app.add_record("lead")
        await until(pilot, lambda: "New lead" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm))


async def test_text_typed_before_a_crash_is_there_again(home: Path) -> None:
    async with opened(home) as (app, pilot):
        app.add_record("lead")
        await until(pilot, lambda: "New lead" in text_of(app))
        await write(pilot, "Wang")
        await until(pilot, lambda: Draft(home, "lead").load() == {"name": "Wang"})
    async with opened(home) as (app, pilot):  # ended without saving or asking, as a crash does
        app.add_record("lead")
        await until(pilot, lambda: "New lead" in text_of(app))
        await until(pilot, lambda: any("not saved before" in text for text in told(app)))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm))
    assert rows(home, "SELECT name FROM lead") == [{"name": "Wang"}]
    assert Draft(home, "lead").load() == {}


async def test_save_pressed_twice_saves_once(home: Path) -> None:
    async with opened(home) as (app, pilot):
        app.add_record("lead")
        await until(pilot, lambda: "New lead" in text_of(app))
        await write(pilot, "Wang")
        await pilot.press("ctrl+s", "ctrl+s")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm))
    assert rows(home, "SELECT count(*) AS n FROM lead") == [{"n": 1}]
