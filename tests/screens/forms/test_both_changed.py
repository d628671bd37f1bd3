"""A form that is saved after others changed its record: what both changed is shown and settled by a key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from sfa.screens.app import SfaApp
from sfa.screens.dialogs.both_changed import BothChanged
from sfa.screens.forms.form import RecordForm
from sfa.store.drafts import Draft
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import amend, make, rows


async def edited(app: SfaApp, pilot: Pilot[Any], noun: str, record_id: str) -> None:
    """Open the form of a record."""
    from sfa.screens.forms.opening import edit_record

    app.run_worker(edit_record(app, noun, record_id))
    await until(pilot, lambda: isinstance(app.screen, RecordForm) and app.screen.is_running)
    await until(pilot, lambda: "Save (Ctrl+S)" in text_of(app))


def put(app: SfaApp, name: str, text: str) -> None:
    """Type a text into a field of the form in view."""
    from sfa.screens.forms.inputs import put_text

    assert isinstance(app.screen, RecordForm)
    put_text(app.screen._inputs[name], text)


async def test_both_sides_stand_side_by_side_and_a_key_each_settles_them(home: Path) -> None:
    lead = make(home, "lead", name="Wang", title="CTO", company="Acme", interest="pumps")
    async with opened(home, size=(100, 30)) as (app, pilot):
        await edited(app, pilot, "lead", lead.id)
        put(app, "title", "COO")
        put(app, "company", "Acme Ltd")
        put(app, "notes", "met her")
        amend(home, "lead", lead.id, title="CFO", company="ACME Group", interest="valves")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, BothChanged))
        await until(pilot, lambda: "ACME Group" in text_of(app))
        shown = text_of(app)
        (line,) = [each for each in shown.splitlines() if "CTO" in each]
        assert line.index("CTO") < line.index("COO") < line.index("CFO")
        assert "interest" not in shown.lower()
        await pilot.press("t", "m")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm | BothChanged))
        await until(pilot, lambda: any("kept as it is now: Interest." in text for text in told(app)))
    # The fields stand in the order of the record: company before title.
    assert rows(home, "SELECT title, company, interest, notes FROM lead") == [
        {"title": "COO", "company": "ACME Group", "interest": "valves", "notes": "met her"}
    ]
    assert Draft(home, "lead", lead.id).load() == {}


async def test_esc_goes_back_to_the_form_and_nothing_is_written(home: Path) -> None:
    lead = make(home, "lead", name="Wang", title="CTO")
    async with opened(home) as (app, pilot):
        await edited(app, pilot, "lead", lead.id)
        put(app, "title", "COO")
        amend(home, "lead", lead.id, title="CFO")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, BothChanged))
        await until(pilot, lambda: "CFO" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        await until(pilot, lambda: "COO" in text_of(app))
        assert rows(home, "SELECT title FROM lead") == [{"title": "CFO"}]
        await pilot.press("ctrl+s")  # and it asks again
        await until(pilot, lambda: isinstance(app.screen, BothChanged))
        await until(pilot, lambda: "CFO" in text_of(app))
        await pilot.press("m")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm | BothChanged))
    assert rows(home, "SELECT title FROM lead") == [{"title": "COO"}]


async def test_one_can_go_back_to_a_field_and_settle_it_otherwise(home: Path) -> None:
    lead = make(home, "lead", name="Wang", title="CTO", interest="pumps")
    async with opened(home) as (app, pilot):
        await edited(app, pilot, "lead", lead.id)
        put(app, "title", "COO")
        put(app, "interest", "both")
        amend(home, "lead", lead.id, title="CFO", interest="valves")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, BothChanged))
        await pilot.press("m", "up", "t")
        await until(pilot, lambda: "✓ theirs" in text_of(app))
        await pilot.press("m")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm | BothChanged))
    assert rows(home, "SELECT title, interest FROM lead") == [{"title": "CFO", "interest": "both"}]


async def test_taking_theirs_everywhere_changes_nothing_and_says_so(home: Path) -> None:
    lead = make(home, "lead", name="Wang", title="CTO")
    async with opened(home) as (app, pilot):
        await edited(app, pilot, "lead", lead.id)
        put(app, "title", "COO")
        amend(home, "lead", lead.id, title="CFO")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, BothChanged))
        await pilot.press("t")
        await until(pilot, lambda: any("Nothing was changed" in text for text in told(app)))
    assert rows(home, "SELECT title FROM lead") == [{"title": "CFO"}]


async def test_a_change_that_comes_while_one_settles_is_asked_about_too(home: Path) -> None:
    lead = make(home, "lead", name="Wang", title="CTO")
    async with opened(home) as (app, pilot):
        await edited(app, pilot, "lead", lead.id)
        put(app, "title", "COO")
        amend(home, "lead", lead.id, title="CFO")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "CFO" in text_of(app))
        amend(home, "lead", lead.id, title="CIO")
        await pilot.press("m")
        await until(pilot, lambda: "CIO" in text_of(app))
        await pilot.press("m")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm | BothChanged))
    assert rows(home, "SELECT title FROM lead") == [{"title": "COO"}]


async def test_fields_decided_together_are_taken_together(home: Path) -> None:
    make(home, "account", name="Acme")
    make(home, "lead", name="Wang")
    task = make(home, "task", subject="Call")
    async with opened(home) as (app, pilot):
        await edited(app, pilot, "task", task.id)
        put(app, "lead", "Wang")
        amend(home, "task", task.id, account="Acme")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, BothChanged))
        await until(pilot, lambda: "Acme" in text_of(app))
        await pilot.press("m")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm | BothChanged))
    (found,) = rows(home, "SELECT account_id, lead_id FROM task")
    assert found["account_id"] is None
    assert found["lead_id"] is not None


async def test_winning_a_deal_shows_an_amount_that_others_changed(home: Path) -> None:
    from sfa.screens.forms.closing import close_deal

    deal = make(home, "deal", name="Pumps", amount="1000 CNY")
    async with opened(home) as (app, pilot):
        app.run_worker(close_deal(app, deal.id, won=True))
        await until(pilot, lambda: "Won: Pumps" in text_of(app))
        put(app, "amount", "1200 CNY")
        amend(home, "deal", deal.id, amount="1500 CNY")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, BothChanged))
        assert rows(home, "SELECT closed_on FROM deal") == [{"closed_on": None}]
        await pilot.press("t")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm | BothChanged))
    (found,) = rows(home, "SELECT amount_minor, closed_on FROM deal")
    assert found["amount_minor"] == 150_000
    assert found["closed_on"] is not None


async def test_a_field_is_complained_about_while_one_types_once_one_pauses(home: Path) -> None:
    async with opened(home) as (app, pilot):
        app.add_record("task")
        await until(pilot, lambda: "New task" in text_of(app))
        await write(pilot, "Call")
        await pilot.press("tab")
        await write(pilot, "32nd of May")
        assert "is no day" not in text_of(app)
        await until(pilot, lambda: "'32nd of May' is no day" in text_of(app))
        assert app.focused is not None
        assert app.focused.id == "field-due"
        await pilot.press(*["backspace"] * 11)
        await write(pilot, "fri")
        await until(pilot, lambda: "is no day" not in text_of(app))
