"""Saved views in the app: chosen by a key or from the palette, saved, renamed, deleted, kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from sfa import config
from sfa.finding.views import View, own_views, views_of
from sfa.screens.app import SfaApp
from sfa.screens.deals import DealsScreen
from sfa.screens.dialogs.chooser import Chooser
from sfa.screens.records import RecordsScreen
from sfa.store.reading import reading
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import TODAY, make


@pytest.fixture
def deals(home: Path) -> Path:
    """Return the home of a store with three deals and a view of one's own."""
    for name, amount in (("Small", "10"), ("Middle", "500"), ("Large", "9000")):
        make(home, "deal", name=name, amount=amount)
    view = View("deal", "Worth it", "amount>=500", "-amount", (("amount", 14), ("name", 0)))
    config.put_view("deal", view.name, view.body(), home)
    return home


def listed(app: SfaApp) -> list[str]:
    """Return which deals are listed, in order."""
    found = []
    for line in text_of(app).splitlines():
        found += [name for name in ("Small", "Middle", "Large") if name in line.split("│")[0]]
    return found


async def ready(app: SfaApp, pilot: Pilot[str]) -> DealsScreen:
    """Wait until the deals are there."""
    await until(pilot, lambda: len(listed(app)) == 3)
    assert isinstance(app.screen, DealsScreen)
    return app.screen


async def chosen(app: SfaApp, pilot: Pilot[str], text: str) -> None:
    """Choose an entry of the views by a part of its name."""
    await pilot.press("V")
    await until(pilot, lambda: isinstance(app.screen, Chooser))
    await write(pilot, text)
    await until(pilot, lambda: text in text_of(app))
    await pilot.pause(0.2)
    await pilot.press("enter")
    await until(pilot, lambda: not isinstance(app.screen, Chooser))


async def test_a_view_is_chosen_by_a_key_and_left_by_esc(deals: Path) -> None:
    async with opened(deals, start="deals") as (app, pilot):
        screen = await ready(app, pilot)
        usual = list(screen.records.columns.shown)
        await chosen(app, pilot, "Worth")
        await until(pilot, lambda: listed(app) == ["Large", "Middle"])
        assert screen.records.columns.shown == ["amount", "name"]
        assert screen.records.columns.width("amount") == 14
        assert "Worth it" in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: len(listed(app)) == 3)
        assert screen.records.columns.shown == usual
        assert screen.view is None


async def test_a_view_is_chosen_from_the_palette(deals: Path) -> None:
    async with opened(deals, start="deals") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Chooser))
        await write(pilot, "worth")
        await until(pilot, lambda: "amount>=500" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: listed(app) == ["Large", "Middle"])


async def test_the_list_as_it_is_is_saved_and_shown_again_after_a_start(deals: Path) -> None:
    async with opened(deals, start="deals") as (app, pilot):
        screen = await ready(app, pilot)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, Chooser))
        await write(pilot, "amount<=500")
        await until(pilot, lambda: "as a filter" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: sorted(listed(app)) == ["Middle", "Small"])
        await pilot.press("s")  # by the name, the first column
        await until(pilot, lambda: listed(app) == ["Middle", "Small"])
        await chosen(app, pilot, "Save as a view")
        await until(pilot, lambda: "Save under which name?" in text_of(app))
        await write(pilot, "小单")
        await pilot.press("enter")
        await until(pilot, lambda: screen.view is not None)
    (view,) = [view for view in own_views("deal", deals) if view.name == "小单"]
    assert (view.where, view.sort) == ("amount<=500", "name")
    assert next(name for name, _ in view.columns) == "name"
    async with opened(deals, start="deals") as (app, pilot):
        await ready(app, pilot)
        await chosen(app, pilot, "小单")
        await until(pilot, lambda: listed(app) == ["Middle", "Small"])


async def test_columns_changed_in_a_view_do_not_change_the_usual_list(deals: Path) -> None:
    async with opened(deals, start="deals") as (app, pilot):
        screen = await ready(app, pilot)
        await pilot.press("greater_than_sign")
        await until(pilot, lambda: bool(config.columns("deals", deals)))
        kept = config.columns("deals", deals)
        await chosen(app, pilot, "Worth")
        await until(pilot, lambda: listed(app) == ["Large", "Middle"])
        await pilot.press("greater_than_sign", "minus")
        await until(pilot, lambda: len(screen.records.columns.shown) == 1)
        await pilot.press("escape")
        await until(pilot, lambda: len(listed(app)) == 3)
        assert [(each.name, each.width) for each in screen.records.columns.choice()] == kept
    assert config.columns("deals", deals) == kept
    async with opened(deals, start="deals") as (app, pilot):  # and between starts
        screen = await ready(app, pilot)
        assert [(each.name, each.width) for each in screen.records.columns.choice()] == kept


async def test_a_view_is_renamed_and_deleted(deals: Path) -> None:
    async with opened(deals, start="deals") as (app, pilot):
        await ready(app, pilot)
        await chosen(app, pilot, "Worth")
        await until(pilot, lambda: listed(app) == ["Large", "Middle"])
        await chosen(app, pilot, "Rename")
        await until(pilot, lambda: "Its new name?" in text_of(app))
        await pilot.press("ctrl+u")
        await write(pilot, "big")
        await pilot.press("enter")
        await until(pilot, lambda: [view.name for view in own_views("deal", deals)] == ["big"])
        await until(pilot, lambda: isinstance(app.screen, RecordsScreen))
        await chosen(app, pilot, "Delete")
        await until(pilot, lambda: "Delete the view big?" in text_of(app))
        await pilot.press("y")
        await until(pilot, lambda: own_views("deal", deals) == [])
        await until(pilot, lambda: len(listed(app)) == 3)


async def test_a_view_for_everybody_is_saved_in_the_store_and_undone(deals: Path) -> None:
    async with opened(deals, start="deals") as (app, pilot):
        await ready(app, pilot)
        await chosen(app, pilot, "Save for everybody")
        await until(pilot, lambda: "Save under which name?" in text_of(app))
        await write(pilot, "Ours")
        await pilot.press("enter")
        await until(pilot, lambda: any("Save the view Ours" in each for each in told(app)))
        with reading(deals) as connection:
            assert [v.name for v in views_of(connection, "deal", deals) if v.is_shared] == ["Ours"]
        await pilot.press("u")
        await until(pilot, lambda: any("Undone" in each for each in told(app)))
        with reading(deals) as connection:
            assert [v.name for v in views_of(connection, "deal", deals) if v.is_shared] == []


async def test_saving_over_a_view_asks_first(deals: Path) -> None:
    async with opened(deals, start="deals") as (app, pilot):
        await ready(app, pilot)
        await chosen(app, pilot, "Save as a view")
        await write(pilot, "Worth it")
        await pilot.press("enter")
        await until(pilot, lambda: "Write over it?" in text_of(app))
        await pilot.press("enter")  # the focus is on No
        await until(pilot, lambda: isinstance(app.screen, RecordsScreen))
    assert own_views("deal", deals)[0].where == "amount>=500"


async def test_a_view_that_the_list_cannot_show_any_more_says_so(deals: Path) -> None:
    config.put_view("deal", "old", {"where": "colour=red", "columns": ["colour:9", "name:20"]}, deals)
    async with opened(deals, start="deals") as (app, pilot):
        await ready(app, pilot)
        await chosen(app, pilot, "old")
        await until(pilot, lambda: "colour" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: len(listed(app)) == 3)


@pytest.mark.parametrize(
    ("place", "noun", "field"),
    [
        ("leads", "lead", "name"),
        ("accounts", "account", "name"),
        ("contacts", "contact", "name"),
        ("deals", "deal", "name"),
        ("tasks", "task", "subject"),
        ("products", "product", "name"),
    ],
)
async def test_every_big_list_has_views(home: Path, place: str, noun: str, field: str) -> None:
    for name in ("One", "Two"):
        make(home, noun, today=TODAY, **{field: name})
    view = View(noun, "Only one", f'{field}="One"', "", ((field, 20),))
    config.put_view(noun, view.name, view.body(), home)
    async with opened(home, start=place) as (app, pilot):
        await until(pilot, lambda: "Two" in text_of(app))
        await chosen(app, pilot, "Only one")
        await until(pilot, lambda: "Two" not in text_of(app) and "One" in text_of(app))
        assert isinstance(app.screen, RecordsScreen)
        assert app.screen.records.columns.shown == [field]
        await pilot.press("escape")
        await until(pilot, lambda: "Two" in text_of(app))
