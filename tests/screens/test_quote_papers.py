"""A quote compared with its earlier revisions and printed, in the app."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from sfa.errors import Refused, msg
from sfa.screens.app import SfaApp
from sfa.screens.dialogs.ask_paper import AskPaper
from sfa.screens.dialogs.ask_path import AskPath
from sfa.screens.dialogs.confirm import Confirm
from sfa.screens.dialogs.letters import Letters
from sfa.screens.quote_compare import CompareScreen
from sfa.screens.quotes import QuoteScreen
from sfa.services import quote_lines, quote_states, quotes
from tests.screens.driving import opened, text_of, told, until
from tests.services.acting import TODAY, acting, make, rows, typed


@pytest.fixture
def quote(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the id of a quote of one line, in the home of somebody whose own folder is ``own``."""
    (tmp_path / "own").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "own"))
    monkeypatch.setenv("SFA_TODAY", TODAY.isoformat())
    make(home, "account", name="Acme Ltd")
    make(home, "product", name="Pump", price="100")
    with acting(home) as session:
        given = typed(session, "quote", account="Acme Ltd")
        return quotes.create(session, given, today=TODAY, lines=["Pump x 2"]).id


def revise(home: Path, quote: str, line: str) -> None:
    """Send the quote, and add a line in its next revision."""
    for verb in ("send", "revise"):
        with acting(home) as session:
            getattr(quote_states, verb)(session, quote, today=TODAY)
    with acting(home) as session:
        quote_lines.add(session, quote, [line], today=TODAY)


async def shown(app: SfaApp, pilot: Pilot[str], quote: str) -> None:
    """Open the quote in full."""
    app.show_record("quote", quote)
    await until(pilot, lambda: isinstance(app.screen, QuoteScreen) and "Total" in text_of(app))


def own_files(tmp_path: Path) -> list[Path]:
    """Return what was printed."""
    return sorted((tmp_path / "own").iterdir())


async def test_one_revision_is_not_compared_and_two_are_at_once(home: Path, quote: str) -> None:
    async with opened(home, start="quotes") as (app, pilot):
        await shown(app, pilot, quote)
        await pilot.press("C")
        await until(pilot, lambda: any("one revision alone" in each for each in told(app)))
        assert isinstance(app.screen, QuoteScreen)
    revise(home, quote, "Hose x 1 @ 5")
    async with opened(home, start="quotes") as (app, pilot):
        await shown(app, pilot, quote)
        await pilot.press("C")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen) and "Hose" in text_of(app))
        assert "revision 1 → 2" in text_of(app)
        assert "200.00 → 205.00" in text_of(app)
        await pilot.press("c")
        await until(pilot, lambda: "It has these two revisions alone." in told(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, QuoteScreen))


async def test_of_three_revisions_any_two_are_compared(home: Path, quote: str) -> None:
    revise(home, quote, "Hose x 1 @ 5")
    revise(home, quote, "Bolt x 1 @ 7")
    async with opened(home, start="quotes", size=(120, 40)) as (app, pilot):
        await shown(app, pilot, quote)
        await pilot.press("C")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen) and "Bolt" in text_of(app))
        assert "revision 2 → 3" in text_of(app)
        assert "Hose" not in text_of(app)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, Letters) and "2  Revision 2" in text_of(app))
        assert "3  Revision 3" not in text_of(app)
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.screen, Letters) and "2  Revision 3" in text_of(app))
        await pilot.press("2")
        await until(pilot, lambda: "revision 1 → 3" in text_of(app) and "Hose" in text_of(app))
        assert "Bolt" in text_of(app)


async def test_enter_prints_as_what_is_chosen_into_ones_own_folder(
    home: Path, quote: str, tmp_path: Path
) -> None:
    async with opened(home, start="quotes") as (app, pilot):
        await shown(app, pilot, quote)
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, AskPaper) and "the customer" in text_of(app))
        await pilot.press("f", "enter")
        await until(pilot, lambda: isinstance(app.screen, AskPath))
        await pilot.press("enter")
        await until(pilot, lambda: any("Printed:" in each for each in told(app)))
        (paper,) = own_files(tmp_path)
        assert paper.suffix == ".html"
        assert "Pump" in paper.read_text("utf-8")


async def test_for_whom_as_what_and_in_which_language_is_chosen_and_kept_for_the_next(
    home: Path, quote: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Path] = []
    monkeypatch.setattr("sfa.store.programs.open_file", seen.append)
    async with opened(home, start="quotes", size=(120, 40)) as (app, pilot):
        await shown(app, pilot, quote)
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, AskPaper) and "the customer" in text_of(app))
        await pilot.press("v", "v", "f", "f", "f", "l", "o")
        await until(pilot, lambda: "Show it then: yes" in text_of(app))
        for word in ("the warehouse", "spreadsheet (.xlsx)", "Chinese"):
            assert word in text_of(app)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, AskPath))
        await pilot.press("enter")
        await until(pilot, lambda: bool(seen))
        (paper,) = own_files(tmp_path)
        assert seen == [paper]
        with zipfile.ZipFile(BytesIO(paper.read_bytes())) as book:
            sheets = [each for each in book.namelist() if "/worksheets/" in each or "Strings" in each]
            texts = "".join(book.read(each).decode() for each in sheets)
        assert "Pump" in texts
        assert ">200<" not in texts  # no money
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, AskPaper) and "the warehouse" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, QuoteScreen))


async def test_a_file_that_is_there_is_asked_about_and_stays_unless_said(
    home: Path, quote: str, tmp_path: Path
) -> None:
    there = tmp_path / "own" / "offer.md"
    there.write_text("mine")
    async with opened(home, start="quotes") as (app, pilot):
        await shown(app, pilot, quote)
        for answer, is_kept in (("escape", True), ("y", False)):
            await pilot.press("P")
            await until(pilot, lambda: isinstance(app.screen, AskPaper) and "Format" in text_of(app))
            await pilot.press(*("f", "f", "p") if is_kept else ("p",))
            await until(pilot, lambda: isinstance(app.screen, AskPath))
            app.screen.query_one(Input).value = str(there)
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, Confirm))
            await pilot.press(answer)
            await until(pilot, lambda: isinstance(app.screen, QuoteScreen))
            if is_kept:
                assert there.read_text() == "mine"
            else:
                await until(pilot, lambda: "Pump" in there.read_text())


async def test_what_cannot_be_printed_or_shown_is_said(
    home: Path, quote: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path) -> None:
        raise Refused(msg("No program here opens {name}."), name=path.name)

    monkeypatch.setattr("sfa.store.programs.open_file", fail)
    async with opened(home, start="quotes", size=(120, 40)) as (app, pilot):
        await shown(app, pilot, quote)
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, AskPaper) and "PDF" in text_of(app))
        await pilot.press("f", "f", "o", "p")
        await until(pilot, lambda: isinstance(app.screen, AskPath))
        app.screen.query_one(Input).value = str(tmp_path / "nowhere" / "offer.md")
        await pilot.press("enter")
        await until(pilot, lambda: "There is no folder" in text_of(app))
        app.screen.query_one(Input).value = str(tmp_path / "own" / "offer.md")
        await pilot.press("enter")
        await until(pilot, lambda: any("No program here opens offer.md" in each for each in told(app)))
        assert "Pump" in (tmp_path / "own" / "offer.md").read_text()
    with acting(home) as session:
        quote_lines.remove(session, quote, ["1"], today=TODAY)
    assert rows(home, "SELECT line_count FROM quote") == [{"line_count": 0}]
    async with opened(home, start="quotes") as (app, pilot):
        app.show_record("quote", quote)
        await until(pilot, lambda: isinstance(app.screen, QuoteScreen) and "Q-X" in text_of(app))
        await pilot.press("P")
        await until(pilot, lambda: any("no lines yet" in each for each in told(app)))
