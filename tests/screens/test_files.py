"""The files of a record in the app: attached by a typed path, opened, saved, taken off, brought back."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from sfa.finding import attachments as finding
from sfa.screens.app import SfaApp
from sfa.screens.dialogs.ask_path import AskPath
from sfa.screens.dialogs.confirm import Confirm
from sfa.screens.files import FilesScreen
from sfa.screens.record import RecordScreen
from sfa.services import attachments
from sfa.store.contents import opened_copy
from sfa.store.home import content_dir, opened_dir
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import acting, make, rows

LIVE = "SELECT name, size_bytes FROM attachment WHERE deleted_at IS NULL ORDER BY id"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the user's home folder with a few files, from which the app is started too."""
    folder = tmp_path / "own"
    (folder / "Offers").mkdir(parents=True)
    (folder / "Offers" / "offer.pdf").write_bytes(b"%PDF offer")
    (folder / "offer notes.txt").write_text("notes")
    (folder / ".hidden").write_text("")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def deal(home: Path) -> str:
    """Return the id of a deal."""
    return make(home, "deal", name="Pumps").id


def attach(home: Path, deal: str, source: Path) -> finding.Attachment:
    with acting(home) as session:
        return attachments.add(session, "deal", deal, source, folder=content_dir(home))


async def files_of(app: SfaApp, pilot: Pilot[str], deal: str) -> None:
    """Open the deal in full, then its files."""
    app.show_record("deal", deal)
    await until(pilot, lambda: isinstance(app.screen, RecordScreen) and "deal Pumps" in text_of(app))
    await pilot.press("F")
    await until(pilot, lambda: isinstance(app.screen, FilesScreen) and "Files of Pumps" in text_of(app))


@pytest.mark.usefixtures("folder")
async def test_a_file_is_attached_by_its_path_and_u_takes_it_off_again(home: Path, deal: str) -> None:
    async with opened(home, start="deals") as (app, pilot):
        await files_of(app, pilot, deal)
        assert "No files yet. n attaches one." in text_of(app)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, AskPath))
        await write(pilot, "~/Offers/offer.pdf")
        await pilot.press("enter")
        await until(pilot, lambda: "offer.pdf · 10 B" in text_of(app))
        await until(pilot, lambda: any("Attach offer.pdf to Pumps" in text for text in told(app)))
        assert rows(home, LIVE) == [{"name": "offer.pdf", "size_bytes": 10}]
        await pilot.press("u")
        await until(pilot, lambda: rows(home, LIVE) == [])
        await until(pilot, lambda: "No files yet" in text_of(app))


async def test_tab_and_enter_go_through_the_folders(home: Path, deal: str, folder: Path) -> None:
    async with opened(home, start="deals") as (app, pilot):
        await files_of(app, pilot, deal)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, AskPath) and "Offers/" in text_of(app))
        assert ".hidden" not in text_of(app)
        await write(pilot, "O")
        await pilot.press("tab")  # both names begin so, whatever the case; the one that is spelt so
        await until(pilot, lambda: app.screen.query_one(Input).value == "Offers/")
        await until(pilot, lambda: "offer.pdf  10 B" in text_of(app))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: rows(home, LIVE) == [{"name": "offer.pdf", "size_bytes": 10}])
        # The next one is looked for where the last one was.
        await until(pilot, lambda: isinstance(app.screen, FilesScreen))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, AskPath))
        assert app.screen.query_one(Input).value == f"{folder / 'Offers'}/"


@pytest.mark.usefixtures("folder")
async def test_the_arrows_choose_and_enter_goes_into_a_folder(home: Path, deal: str) -> None:
    async with opened(home, start="deals") as (app, pilot):
        await files_of(app, pilot, deal)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, AskPath) and "Offers/" in text_of(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.screen.query_one(Input).value == "Offers/")
        await until(pilot, lambda: app.screen.query_one(OptionList).option_count == 1)
        assert "offer.pdf" in text_of(app)
        await pilot.press("down", "enter")
        await until(pilot, lambda: rows(home, LIVE) == [{"name": "offer.pdf", "size_bytes": 10}])


@pytest.mark.usefixtures("folder")
async def test_what_cannot_be_attached_says_why_and_stays_open(
    home: Path, deal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MOST_BYTES", 4)
    async with opened(home, start="deals") as (app, pilot):
        await files_of(app, pilot, deal)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, AskPath))
        line = app.screen.query_one(Input)
        for typed, why in (
            ("", "No file was named."),
            ("~/none.txt", "There is no file"),
            ("Offers", "is no file."),
            ("Offers/offer.pdf", "is too large."),
        ):
            line.value = typed
            await pilot.press("enter")
            await until(pilot, lambda said=why: said in text_of(app))  # type: ignore[misc]
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, FilesScreen))
    assert rows(home, LIVE) == []


async def test_a_copy_is_saved_and_nothing_is_overwritten_unasked(
    home: Path, deal: str, folder: Path
) -> None:
    attach(home, deal, folder / "Offers" / "offer.pdf")
    copy = folder / "offer.pdf"
    async with opened(home, start="deals") as (app, pilot):
        await files_of(app, pilot, deal)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, AskPath))
        assert app.screen.query_one(Input).value == "~/offer.pdf"
        await pilot.press("enter")
        await until(pilot, copy.exists)
        assert copy.read_bytes() == b"%PDF offer"
        copy.write_text("mine")
        await until(pilot, lambda: isinstance(app.screen, FilesScreen))
        for answer, holds in (("n", b"mine"), ("y", b"%PDF offer")):
            await pilot.press("s")
            await until(pilot, lambda: isinstance(app.screen, AskPath))
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, Confirm))
            await pilot.press(answer)
            await until(pilot, lambda: isinstance(app.screen, FilesScreen))
            await until(pilot, lambda wanted=holds: copy.read_bytes() == wanted)  # type: ignore[misc]


async def test_enter_opens_a_copy_with_the_systems_program(
    home: Path, deal: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = attach(home, deal, folder / "Offers" / "offer.pdf")
    seen = folder / "seen"
    opener = folder / "bin" / "xdg-open"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\ncat "$1" > "{seen}.part" && mv "{seen}.part" "{seen}"\n')
    opener.chmod(0o755)
    monkeypatch.setattr("sfa.store.programs.sys.platform", "linux")
    monkeypatch.setenv("PATH", f"{opener.parent}:/usr/bin:/bin")
    async with opened(home, start="deals") as (app, pilot):
        await files_of(app, pilot, deal)
        await until(pilot, lambda: "offer.pdf" in text_of(app))
        await pilot.press("enter")
        await until(pilot, seen.exists)
        assert seen.read_bytes() == b"%PDF offer"
        await until(pilot, lambda: any("Opened" in text for text in told(app)))
        copy = opened_copy(home, made.sha256) / "offer.pdf"
        assert copy.stat().st_mode & 0o777 == 0o400
        opener.write_text("#!/bin/sh\nexit 3\n")
        await pilot.press("o")
        await until(pilot, lambda: any("No program here opens offer.pdf" in text for text in told(app)))
    assert [each.name for each in opened_dir(home).iterdir()] == [made.sha256[:16]]


async def test_a_file_is_taken_off_and_u_brings_it_back(home: Path, deal: str, folder: Path) -> None:
    attach(home, deal, folder / "offer notes.txt")
    async with opened(home, start="deals") as (app, pilot):
        await files_of(app, pilot, deal)
        await until(pilot, lambda: "offer notes.txt · 5 B" in text_of(app))
        await pilot.press("x")
        await until(pilot, lambda: rows(home, LIVE) == [])
        await until(pilot, lambda: "No files yet" in text_of(app))
        await pilot.press("x")
        await until(pilot, lambda: "There is no file here; n attaches one." in told(app))
        await pilot.press("u")
        await until(pilot, lambda: rows(home, LIVE) == [{"name": "offer notes.txt", "size_bytes": 5}])


async def test_the_record_in_full_lists_its_files_with_size_type_who_and_when(
    home: Path, deal: str, folder: Path
) -> None:
    (folder / "big.bin").write_bytes(bytes(3000))
    attach(home, deal, folder / "big.bin")
    async with opened(home, start="deals", size=(120, 60)) as (app, pilot):
        app.show_record("deal", deal)
        await until(pilot, lambda: "2.9 KiB" in text_of(app))
        (line,) = [line for line in text_of(app).splitlines() if "big.bin" in line]
        assert "application/octet-stream" in line
        assert "Me" in line or rows(home, "SELECT name FROM user")[0]["name"] in line


async def test_what_carries_no_files_says_so(home: Path) -> None:
    async with opened(home, start="settings") as (app, pilot):
        stage = str(rows(home, "SELECT id FROM stage LIMIT 1")[0]["id"])
        app.show_record("stage", stage)
        await until(pilot, lambda: isinstance(app.screen, RecordScreen) and "stage " in text_of(app))
        await pilot.press("F")
        await until(pilot, lambda: "No files can be attached to this." in told(app))
