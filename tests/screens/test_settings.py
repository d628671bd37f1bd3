"""The Settings place: groups, explanations, choosing and typing, going back to a default, the lists."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from sfa import config, i18n
from sfa.screens import dressing
from sfa.screens.accounts import AccountScreen
from sfa.screens.app import SfaApp
from sfa.screens.dialogs.ask_checked import AskChecked
from sfa.screens.dialogs.chooser import Chooser
from sfa.screens.dialogs.confirm import Confirm
from sfa.screens.forms.form import RecordForm
from sfa.screens.history import HistoryScreen
from sfa.screens.leads import LeadsScreen
from sfa.screens.organisation import LISTS, StageList
from sfa.screens.own_keys import PressKey
from sfa.screens.record import RecordScreen
from sfa.screens.settings import SettingsList, SettingsScreen
from sfa.screens.signing_in import SignIn
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import make, rows


async def _choose(app: SfaApp, pilot: Pilot[str], kind: str, name: str) -> None:
    listed = app.screen.query_one(SettingsList)
    listed.choose(kind, name)
    await until(pilot, lambda: listed.chosen == (kind, name))


def _shown(app: SfaApp) -> bool:
    return "The app" in text_of(app)


def _refusal(app: SfaApp) -> object:
    assert isinstance(app.screen, SettingsScreen)
    return app.screen.refusal("reset")


async def test_every_setting_stands_in_its_group_and_is_explained(home: Path) -> None:
    async with opened(home, start="settings", size=(100, 80)) as (app, pilot):
        await until(pilot, lambda: _shown(app))
        shown = text_of(app)
        for word in ("The organisation", "Lists of the organisation", "The command line", "not signed in"):
            assert word in shown
        for known in config.KNOWN.values():
            assert known.label in shown
        listed = app.screen.query_one(SettingsList)
        for option in [each for each in listed.options if not each.disabled]:
            _, kind, name = str(option.id).split(":")
            await _choose(app, pilot, kind, name)
            await until(pilot, lambda: "On the command line: sfa" in text_of(app))


async def test_a_choice_is_kept_and_x_goes_back_to_the_default(home: Path) -> None:
    async with opened(home, start="settings") as (app, pilot):
        await until(pilot, lambda: _shown(app))
        await _choose(app, pilot, "personal", "theme")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Chooser))
        await write(pilot, "light")
        await pilot.press("enter")
        await until(pilot, lambda: app.theme == "light" and "Light" in text_of(app))
        assert config.get("theme", home).value == "light"
        await until(pilot, lambda: "x Default" in text_of(app).splitlines()[-1])
        await pilot.press("x")
        await until(pilot, lambda: app.theme == "dark")
        assert config.get("theme", home).origin == "default"
        await until(pilot, lambda: _refusal(app) is not None)
        await pilot.press("x")
        await until(pilot, lambda: any("default value" in text for text in told(app)))


async def test_a_value_is_looked_at_while_it_is_typed_and_a_wrong_one_is_not_taken(home: Path) -> None:
    async with opened(home, start="settings") as (app, pilot):
        await until(pilot, lambda: _shown(app))
        await _choose(app, pilot, "personal", "sync_every")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, AskChecked))
        await write(pilot, "x")
        await until(
            pilot, lambda: "'x' is not a whole number" in text_of(app) or "whole number" in text_of(app)
        )
        await pilot.press("enter")
        await pilot.pause(0.1)
        assert isinstance(app.screen, AskChecked)
        await pilot.press("ctrl+u")
        await write(pilot, "5")
        await until(pilot, lambda: "whole number" not in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, AskChecked))
    assert config.get("sync_every", home).value == "5"


async def test_the_currency_is_the_organisations_and_u_takes_the_change_back(home: Path) -> None:
    make(home, "deal", name="Pumps", amount="100")
    async with opened(home, start="settings") as (app, pilot):
        await until(pilot, lambda: _shown(app))
        await _choose(app, pilot, "shared", "currency")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Chooser) and "Chinese Yuan" in text_of(app))
        await write(pilot, "yen")
        await until(pilot, lambda: "Yuan" not in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: any("1 deal keeps its amount in USD" in text for text in told(app)))
        assert _setting(home, "currency") == '"JPY"'
        await pilot.press("u")
        await until(pilot, lambda: _setting(home, "currency") == '"USD"')


@pytest.mark.parametrize(
    ("key", "wrong", "right", "kept"),
    [
        ("stale_days", "0", "14", "14"),
        ("organisation_name", "", "Pumps Ltd", '"Pumps Ltd"'),
        ("lease_days", "9999", "30", "30"),
    ],
)
async def test_what_the_organisation_types_is_looked_at_too(
    home: Path, key: str, wrong: str, right: str, kept: str
) -> None:
    async with opened(home, start="settings") as (app, pilot):
        await until(pilot, lambda: _shown(app))
        await _choose(app, pilot, "shared", key)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, AskChecked))
        await pilot.press("ctrl+u")
        await write(pilot, wrong)
        await pilot.press("enter")
        await until(pilot, lambda: "✗" in text_of(app))
        await pilot.press("ctrl+u")
        await write(pilot, right)
        await pilot.press("enter")
        await until(pilot, lambda: _setting(home, key) == kept)


def _setting(home: Path, key: str) -> object:
    found = rows(home, f"SELECT value FROM setting WHERE key = '{key}' AND deleted_at IS NULL")
    return found[0]["value"] if found else None


async def test_chinese_and_back_while_the_place_is_open(home: Path) -> None:
    async with opened(home, start="settings", size=(100, 40)) as (app, pilot):
        await until(pilot, lambda: _shown(app))
        await _choose(app, pilot, "personal", "language")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Chooser))
        await write(pilot, "简体")
        await pilot.press("enter")
        await until(pilot, lambda: "界面语言" in text_of(app) and "x 默认" in text_of(app))
        for word in ("Language", "Theme", "Change", "Settings", "Centre", "Currency", "Default"):
            assert word not in text_of(app)
        await _choose(app, pilot, "personal", "language")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Chooser))
        await write(pilot, "english")
        await pilot.press("enter")
        await until(pilot, lambda: "Language of the interface" in text_of(app) or _shown(app))
    assert i18n.language() == "en"
    assert config.get("language", home).value == "en"


@pytest.mark.parametrize("noun", LISTS)
async def test_each_list_opens_and_esc_comes_back(home: Path, noun: str) -> None:
    async with opened(home, start="settings") as (app, pilot):
        await until(pilot, lambda: _shown(app))
        await _choose(app, pilot, "list", noun)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, LISTS[noun]))
        await until(pilot, lambda: app.screen.is_mounted and len(app.screen.query("#list")) == 1)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))


async def test_a_stage_is_changed_and_added_from_its_list(home: Path) -> None:
    async with opened(home, start="settings") as (app, pilot):
        await until(pilot, lambda: _shown(app))
        await _choose(app, pilot, "list", "stage")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, StageList) and "Prospecting" in text_of(app))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        await pilot.press("down")
        await write(pilot, "Tender")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(rows(home, "SELECT 1 FROM stage WHERE name = 'Tender'")))


async def test_ones_own_name_is_changed_in_a_form(home: Path) -> None:
    async with opened(home, start="settings") as (app, pilot):
        await until(pilot, lambda: _shown(app))
        me = str(rows(home, "SELECT value FROM local_state WHERE key = 'user_id'")[0]["value"])
        await _choose(app, pilot, "me", me)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        await pilot.pause()
        await pilot.press("ctrl+u")
        await write(pilot, "Ann")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: rows(home, "SELECT name FROM user") == [{"name": "Ann"}])
        await until(pilot, lambda: "Ann" in text_of(app).splitlines()[0])


async def test_signing_in_that_fails_says_why_and_keeps_what_was_typed(home: Path) -> None:
    async with opened(home, start="settings") as (app, pilot):
        await until(pilot, lambda: _shown(app))
        await _choose(app, pilot, "centre", "centre")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SignIn))
        await write(pilot, "nonsense")
        await pilot.press("enter")
        await write(pilot, "secret")
        await pilot.press("enter")
        await until(pilot, lambda: "✗" in text_of(app))
        assert "nonsense" in text_of(app)
        assert "secret" not in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, SignIn))


async def test_a_store_that_is_signed_in_is_signed_out_after_asking(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sfa.sync import running
    from sfa.sync.device import state

    monkeypatch.setattr(state, "centre", lambda _: "postgresql://ann@centre.example/sfa")
    left: list[bool] = []
    monkeypatch.setattr(running, "logout", lambda _, *, even_unsent: left.append(even_unsent))
    async with opened(home, start="settings") as (app, pilot):
        await until(pilot, lambda: "centre.example" in text_of(app))
        await _choose(app, pilot, "centre", "centre")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: left == [False])


async def test_a_key_of_ones_own_is_pressed_and_holds_at_once_and_a_taken_one_is_refused(home: Path) -> None:
    async with opened(home, start="settings") as (app, pilot):
        await until(pilot, lambda: _shown(app))
        await _choose(app, pilot, "keys", "keys")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Chooser))
        await write(pilot, "app.go_to")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PressKey))
        await pilot.press("u")
        await until(pilot, lambda: any("'app.undo' has" in text for text in told(app)))
        await until(pilot, lambda: isinstance(app.screen, Chooser))
        await write(pilot, "app.go_to")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PressKey))
        await pilot.press("f2")
        await until(pilot, lambda: config.keys(home) == {"app.go_to": "f2"})
        await until(pilot, lambda: isinstance(app.screen, Chooser))
        await pilot.press("escape")
        await until(pilot, lambda: _shown(app))
        await pilot.press("f2")
        await until(pilot, lambda: " t  Today" in text_of(app))


async def test_another_language_keeps_what_stands_above_every_place(home: Path) -> None:
    lead = make(home, "lead", name="Wang Wei")
    account = make(home, "account", name="Acme")
    async with opened(home, start="leads") as (app, pilot):
        await until(pilot, lambda: "Wang Wei" in text_of(app))
        app.show_record("lead", lead.id)
        await until(pilot, lambda: isinstance(app.screen, RecordScreen) and "Version" in text_of(app))
        await app.switch_mode("accounts")
        app.show_record("account", account.id)
        await until(pilot, lambda: isinstance(app.screen, AccountScreen) and "Acme" in text_of(app))
        app.push_screen(HistoryScreen("account", account.id))
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen) and "Act" in text_of(app))
        await app.switch_mode("settings")
        app.push_screen(StageList())
        await until(pilot, lambda: isinstance(app.screen, StageList) and "Prospecting" in text_of(app))
        assert dressing.speak(app, "zh_CN")
        await until(pilot, lambda: isinstance(app.screen, StageList) and "名称" in text_of(app))
        await app.switch_mode("accounts")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, AccountScreen) and "联系人" in text_of(app))
        await app.switch_mode("leads")
        await until(pilot, lambda: isinstance(app.screen, RecordScreen) and "Wang Wei" in text_of(app))
        assert "负责人" in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, LeadsScreen))
    i18n.set_language("en")


async def test_the_language_stays_while_something_unsaved_is_open(home: Path) -> None:
    async with opened(home) as (app, pilot):
        app.add_record("lead")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        await write(pilot, "Wang")
        assert not dressing.speak(app, "zh_CN")
        await until(pilot, lambda: any("a form with unsaved text is open" in text for text in told(app)))
        assert isinstance(app.screen, RecordForm)
        assert "Wang" in text_of(app)
    assert i18n.language() == "en"
    assert config.get("language", home).value != "zh_CN"


async def test_brackets_in_a_name_are_said_as_they_are(home: Path) -> None:
    deal = make(home, "deal", name="Pumps [/b] [Q4]")
    async with opened(home, start="deals", size=(100, 24)) as (app, pilot):
        await until(pilot, lambda: "Pumps" in text_of(app))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "Pumps [/b] [Q4]: stage" in text_of(app).splitlines()[-1])
        assert text_of(app).splitlines()[0].strip()
    assert rows(home, "SELECT id FROM deal") == [{"id": deal.id}]
