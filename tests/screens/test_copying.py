"""y copies a value of the record in view, clean, to the clipboard of the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa.render.copied import clean_number
from tests import terminal
from tests.screens.driving import opened, text_of, until
from tests.services.acting import make


def test_a_phone_goes_to_the_clipboard_of_a_real_terminal(home: Path) -> None:
    make(home, "lead", name="王 伟", company="Acme", phones="138 0013 8000; +86 (10) 8888-6666 转 12")
    with terminal.opened(home, SFA_START="leads") as shown:
        shown.until("Acme")
        shown.press("y")
        shown.until("13800138000")
        shown.press("p")
        shown.until("Copied: 13800138000")
        assert shown.clipboard == ["13800138000"]
        shown.until(lambda screen: "Copy of" not in screen)
        shown.press("y")
        shown.until("Copy of")
        shown.press("1")
        shown.until("Copied: +86 (10) 8888-6666 转 12")
        assert shown.clipboard[1:] == ["+86 (10) 8888-6666 转 12"]


async def test_each_value_has_its_letter_and_everything_is_one_too(home: Path) -> None:
    lead = make(
        home, "lead", name="Wang  Wei", company="Acme", emails="wei@acme.example", phones="13800138000"
    )
    async with opened(home, start="leads", size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: "Acme" in text_of(app))
        for letter, text in {
            "n": "Wang Wei",
            "c": "Acme",
            "m": "wei@acme.example",
            "p": "13800138000",
        }.items():
            await pilot.press("y")
            await until(pilot, lambda: "Copy of" in text_of(app))
            await pilot.press(letter)
            await until(pilot, lambda text=text: app.clipboard == text)  # type: ignore[misc]
        await pilot.press("y")
        await until(pilot, lambda: "Copy of" in text_of(app))
        await pilot.press("r")
        await until(pilot, lambda: bool(app.clipboard) and lead.ref.startswith(app.clipboard))
        await pilot.press("y")
        await until(pilot, lambda: "Copy of" in text_of(app))
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard.startswith("lead Wang"))
        assert "wei@acme.example" in app.clipboard


async def test_what_is_copied_of_an_account_is_the_chosen_line(home: Path) -> None:
    account = make(home, "account", name="Acme", phones="010 88886666")
    make(home, "contact", name="Jo Price", accounts="Acme", phones="13900139000")
    async with opened(home) as (app, pilot):
        app.show_record("account", account.id)
        await until(pilot, lambda: "Jo Price" in text_of(app))
        await pilot.press("y")
        await until(pilot, lambda: "Copy of Jo Price" in text_of(app))
        await pilot.press("p")
        await until(pilot, lambda: app.clipboard == "13900139000")


async def test_without_a_record_y_says_so(home: Path) -> None:
    async with opened(home, start="leads") as (app, pilot):
        await until(pilot, lambda: "No leads yet" in text_of(app))
        await pilot.press("y")
        await until(pilot, lambda: "There is no record to do this with." in text_of(app))


@pytest.mark.parametrize(
    ("typed", "copied"),
    [
        (" 138 0013\u30008000 ", "13800138000"),
        ("＋86-138-0013-8000", "+8613800138000"),
        ("(010) 8888 6666", "01088886666"),
        ("8888 6666 ext. 12", "8888 6666 ext. 12"),
        ("\ufeff400 800\u200b 8000", "4008008000"),
    ],
)
def test_a_number_is_copied_as_it_is_dialled(typed: str, copied: str) -> None:
    assert clean_number(typed) == copied
