"""What the app wears: its theme, the user's own keys, its language; each is kept in the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfa import config, i18n
from sfa.errors import SfaError
from sfa.i18n import tr
from sfa.screens.relaying import relaid
from sfa.screens.themes import PLAIN, THEMES

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp


def dress(app: SfaApp) -> None:
    """Put on what the settings say; what is wrong with one is said."""
    for theme in (PLAIN, *(theme for theme, _ in THEMES.values())):
        app.register_theme(theme)
    try:
        _put_on(app, config.get("theme", app.gateway.home).value)
    except SfaError as error:
        _put_on(app, config.KNOWN["theme"].default)
        app.report(error)
    wear_keys(app)


def _put_on(app: SfaApp, theme: str) -> None:
    app.theme = PLAIN.name if app.no_color else theme


def wear_keys(app: SfaApp) -> None:
    """Take the user's own keys from the settings; what is wrong with one is said, the others hold."""
    try:
        wanted = config.keys(app.gateway.home)
    except SfaError as error:
        app.report(error)
        return
    good: dict[str, str] = {}
    if wanted:
        from sfa.screens.own_keys import looked_at

        good, faults = looked_at(wanted)
        for fault in faults:
            app.report(fault)
    app.set_keymap(good)


def wear(app: SfaApp, theme: str) -> bool:
    """Change the theme and keep it; an empty one is the default. Say whether it was kept."""
    _put_on(app, theme or config.KNOWN["theme"].default)
    if app.no_color:
        app.notify(tr("NO_COLOR is set: as long as it is, the app shows no colours."))
    return _keep(app, "theme", theme)


def speak(app: SfaApp, language: str) -> bool:
    """Change the language, of everything on the screen at once, and keep it; say whether it was kept.

    An empty one is that of the system. While something that was typed is not saved, it stays as it is.
    """
    if any(form.typed_words() for form in app.safekeeping.forms):
        app.notify(
            tr("The language stays as it is: a form with unsaved text is open. Save or leave it first."),
            severity="warning",
        )
        return False
    kept = _keep(app, "language", language)
    i18n.set_language(language or i18n.language_of_environment() or "en")
    app.run_worker(relaid(app))
    return kept


def _keep(app: SfaApp, name: str, value: str) -> bool:
    try:
        config.put(name, value, app.gateway.home)
    except SfaError as error:
        app.report(error)
        return False
    return True
