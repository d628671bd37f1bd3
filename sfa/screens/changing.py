"""Changing one setting from the Settings place: chosen, typed, or on a screen of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfa import config
from sfa.errors import SfaError, msg
from sfa.i18n import tr, tr_plural
from sfa.screens.dialogs.chooser import Chooser, Entry, among, nothing_found
from sfa.screens.doing import settings as doing
from sfa.screens.offers import refuses_reader

if TYPE_CHECKING:
    import sqlite3

    from sfa.render.settings_place import Found
    from sfa.screens.app import SfaApp

_SET = msg("Set {key}")
_NONE = "="  # the entry of an empty value; an option without an id could not be chosen


async def change(app: SfaApp, found: Found, kind: str, name: str) -> None:
    """Change what a line of the place stands for."""
    if kind == "personal":
        await _change_personal(app, found, name)
    elif kind == "shared":
        await change_shared(app, name)
    elif kind == "list":
        from sfa.screens.organisation import LISTS

        app.push_screen(LISTS[name]())
    elif kind == "me":
        from sfa.screens.forms.opening import edit_record

        await edit_record(app, "user", name, first="name")
    elif kind == "centre":
        from sfa.screens.signing_in import sign_in, sign_out

        await (sign_out(app) if found.centre else sign_in(app))
    elif kind == "keys":
        from sfa.screens.own_keys import change_keys

        await change_keys(app)


async def _change_personal(app: SfaApp, found: Found, name: str) -> None:
    from sfa.render.settings_place import value_word

    known, present = config.KNOWN[name], found.personal[name]
    if known.allowed:
        entries = [
            Entry(value or _NONE, value_word(name, value), beside="✓" if value == present.value else " ")
            for value in known.allowed
        ]
        chosen = await _choose(app, tr(known.label), entries)
    else:
        from sfa.screens.dialogs.ask_checked import AskChecked

        async def check(text: str) -> None:
            config.check(name, text.strip())

        chosen = await app.push_screen_wait(
            AskChecked(tr(known.label), tr(known.help), check, text=present.value)
        )
    if chosen is not None:
        doing.put(app, name, "" if chosen == _NONE else chosen.strip())


async def _choose(app: SfaApp, title: str, entries: Sequence[Entry]) -> str | None:
    return await app.push_screen_wait(
        Chooser(
            title, among(entries), placeholder=tr("Type to search; Enter takes it"), empty=nothing_found()
        )
    )


# The organisation's ----------------------------------------------------------------------------


async def change_shared(app: SfaApp, key: str) -> bool:
    """Ask for a setting of the organisation and settle it; say whether it was done."""
    from sfa.finding import shared_settings

    if refuses_reader(app):
        return False
    before = await app.gateway.read(lambda connection: shared_settings.settled(connection, key))
    label = tr(shared_settings.KNOWN[key].label)
    entries = await app.gateway.read(lambda connection: _entries(connection, key, before.value))
    if entries:
        text = await _choose(app, label, entries)
    else:
        from sfa.screens.dialogs.ask_checked import AskChecked

        async def check(typed: str) -> None:
            each = shared_settings.KNOWN[key]
            await app.gateway.read(lambda connection: each.read(connection, typed.strip()))

        text = await app.push_screen_wait(AskChecked(label, tr(before.help), check, text=before.shown))
    return text is not None and await settle(app, key, text)


async def settle(app: SfaApp, key: str, text: str) -> bool:
    """Settle something for the whole organisation and say so; say whether it was done."""
    from sfa.finding import shared_settings

    before = await app.gateway.read(lambda connection: shared_settings.settled(connection, key))
    try:
        done = await app.gateway.perform(_SET, doing.settle(key, text), key=key)
    except SfaError as error:
        app.report(error)
        return False
    app.told(done)
    if key == "currency" and before.value not in {None, done.value.value}:
        await _warn(app, str(before.value), done.value.shown)
    return True


async def _warn(app: SfaApp, old: str, new: str) -> None:
    """Say how many amounts stay in the currency there was."""
    from sfa.finding.shared_settings import amounts_in

    count = await app.gateway.read(lambda connection: amounts_in(connection, old))
    if count:
        text = tr_plural(
            "{count} deal keeps its amount in {old}. To see it in {new}, add a rate: sfa rate add",
            "{count} deals keep their amounts in {old}. To see them in {new}, add a rate: sfa rate add",
            count,
            old=old,
            new=new,
        )
        app.notify(text, severity="warning")


def _entries(connection: sqlite3.Connection, key: str, present: object) -> list[Entry]:
    """Return what a setting can be chosen from; nothing where it is typed."""
    from sfa.render.setting_choices import choices

    return [
        Entry(each.value, each.label, beside="✓" if each.value == str(present) else " ")
        for each in choices(connection, key)
    ]
