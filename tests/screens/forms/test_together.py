"""Several records changed in one form while others change them: nothing of theirs goes unseen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from sfa.screens.app import SfaApp
from sfa.screens.dialogs.both_changed import BothChanged
from sfa.screens.forms.form import RecordForm
from sfa.screens.forms.inputs import put_text
from sfa.screens.forms.together import edit_together
from sfa.services import nouns
from sfa.store.drafts import Draft, unsaved
from tests.screens.driving import opened, text_of, told, until
from tests.services.acting import acting, amend, make, rows

NAMES = ("source", "campaign", "rating")
FOUND = "SELECT name, source, campaign FROM lead ORDER BY name"


@pytest.fixture
def leads(home: Path) -> list[str]:
    """Return the ids of Ann, Bob and Cid."""
    return [make(home, "lead", name=name, source="web").id for name in ("Ann", "Bob", "Cid")]


async def asked(app: SfaApp, pilot: Pilot[Any], ids: list[str]) -> None:
    app.run_worker(edit_together(app, "lead", ids, NAMES))
    await until(pilot, lambda: isinstance(app.screen, RecordForm) and "Save (Ctrl+S)" in text_of(app))


def put(app: SfaApp, **texts: str) -> None:
    assert isinstance(app.screen, RecordForm)
    for name, text in texts.items():
        put_text(app.screen._inputs[name], text)


async def test_what_others_changed_of_one_record_is_asked_about_and_the_others_are_changed(
    home: Path, leads: list[str]
) -> None:
    async with opened(home, size=(110, 30)) as (app, pilot):
        await asked(app, pilot, leads)
        put(app, source="fair", campaign="Spring")
        amend(home, "lead", leads[1], source="phone")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, BothChanged) and "Bob" in text_of(app))
        shown = text_of(app)
        assert "Ann" not in shown
        (line,) = [each for each in shown.splitlines() if "web" in each]
        assert line.index("web") < line.index("fair") < line.index("phone")
        assert {each["source"] for each in rows(home, FOUND)} == {"web", "phone"}
        await pilot.press("t")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm | BothChanged))
    assert rows(home, FOUND) == [
        {"name": "Ann", "source": "fair", "campaign": "Spring"},
        {"name": "Bob", "source": "phone", "campaign": "Spring"},
        {"name": "Cid", "source": "fair", "campaign": "Spring"},
    ]


async def test_one_key_settles_all_that_are_left(home: Path, leads: list[str]) -> None:
    async with opened(home, size=(110, 30)) as (app, pilot):
        await asked(app, pilot, leads)
        put(app, source="fair")
        for each in leads:
            amend(home, "lead", each, source="phone")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, BothChanged) and "3 leads" in text_of(app))
        await pilot.press("t")
        await pilot.press("M")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm | BothChanged))
    assert [each["source"] for each in rows(home, FOUND)] == ["phone", "fair", "fair"]


async def test_what_others_changed_elsewhere_stays_and_nothing_is_asked(home: Path, leads: list[str]) -> None:
    async with opened(home) as (app, pilot):
        await asked(app, pilot, leads)
        put(app, source="fair")
        amend(home, "lead", leads[1], campaign="Autumn")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm))
    assert rows(home, FOUND)[1] == {"name": "Bob", "source": "fair", "campaign": "Autumn"}


async def test_esc_leaves_the_form_with_its_text_and_writes_nothing(home: Path, leads: list[str]) -> None:
    async with opened(home) as (app, pilot):
        await asked(app, pilot, leads)
        put(app, source="fair")
        amend(home, "lead", leads[1], source="phone")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, BothChanged))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        assert "fair" in text_of(app)
    assert [each["source"] for each in rows(home, FOUND)] == ["web", "phone", "web"]


async def test_a_record_deleted_meanwhile_is_left_out_and_said(home: Path, leads: list[str]) -> None:
    async with opened(home) as (app, pilot):
        await asked(app, pilot, leads)
        put(app, source="fair")
        with acting(home) as session:
            nouns.delete(session, "lead", leads[0])
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any("1 of them was deleted meanwhile" in text for text in told(app)))
    assert [each["source"] for each in rows(home, FOUND)] == ["web", "fair", "fair"]


async def test_a_form_taken_up_again_knows_what_it_was_typed_over(home: Path, leads: list[str]) -> None:
    async with opened(home) as (app, pilot):
        await asked(app, pilot, leads)
        put(app, source="fair")
        app.exit()
    (kept,) = unsaved(home)
    assert kept.texts == {"source": "fair"}
    amend(home, "lead", leads[1], source="phone")
    async with opened(home) as (app, pilot):
        await until(pilot, lambda: "Typed and not saved" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RecordForm) and "fair" in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, BothChanged) and "Bob" in text_of(app))
        await pilot.press("m")
        await until(pilot, lambda: not isinstance(app.screen, RecordForm | BothChanged))
    assert {each["source"] for each in rows(home, FOUND)} == {"fair"}
    assert Draft(home, "lead", "together", form="together").load() == {}
