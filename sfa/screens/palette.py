"""The palette: every command of this place, every place, and what is set by name alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfa.i18n import LANGUAGES, language, tr
from sfa.render.settings_place import LANGUAGE_NAMES
from sfa.screens import dressing
from sfa.screens.dialogs.chooser import Chooser, Entry, among, nothing_found
from sfa.screens.keys import PLACES
from sfa.screens.offers import IN_LIST, key_entries
from sfa.screens.themes import THEMES

if TYPE_CHECKING:
    from sfa.finding.views import View
    from sfa.screens.app import SfaApp
    from sfa.screens.offers import Offer


def chooser(app: SfaApp, found: Sequence[Offer], views: Sequence[View] = ()) -> Chooser:
    """Return the palette of a place; ``views`` are those of its list."""
    commands = [offer for offer in found if offer.rank != IN_LIST]  # nobody looks for "Down" by its name
    entries = [
        *key_entries(commands),
        *_views(views),
        *_places(app),
        *_nouns(),
        _unsaved(),
        *_themes(app),
        *_languages(),
        *_starting(),
    ]
    placeholder = tr("Type to search; Enter runs")
    return Chooser(tr("Commands"), among(entries), placeholder=placeholder, empty=nothing_found())


def _views(views: Sequence[View]) -> list[Entry]:
    heading = tr("Views")
    return [Entry(f"view:{view.name}", view.name, hint=view.where, heading=heading) for view in views]


def _places(app: SfaApp) -> list[Entry]:
    heading = tr("Go to")
    return [
        Entry(f"go:{spec.name}", tr(spec.label), f"g {spec.letter}", tr(spec.tooltip), heading=heading)
        for spec in PLACES.values()
        if spec.name != app.current_mode
    ]


def _nouns() -> list[Entry]:
    from sfa.fields import noun as noun_of
    from sfa.screens.forms.layout import ADDED

    heading = tr("New")
    return [
        Entry(f"add:{noun}", tr("New {noun}", noun=noun_of(noun).label), heading=heading) for noun in ADDED
    ]


def _unsaved() -> Entry:
    label, hint = tr("Unsaved text"), tr("What was typed and not saved before the app ended")
    return Entry("unsaved:", label, hint=hint, heading=tr("New"))


def _themes(app: SfaApp) -> list[Entry]:
    heading = tr("Theme")
    return [
        Entry(f"theme:{name}", tr(label), heading=heading)
        for name, (_, label) in THEMES.items()
        if name != app.theme
    ]


def _languages() -> list[Entry]:
    heading = tr("Language")
    return [
        Entry(f"language:{code}", LANGUAGE_NAMES[code], heading=heading)
        for code in LANGUAGES
        if code != language()
    ]


def _starting() -> list[Entry]:
    return [Entry("start:steps", tr("First steps"), hint=tr("Language, name, currency, stages; or a centre"))]


def run(app: SfaApp, chosen: str) -> bool:
    """Do what was chosen; say whether it was one of the palette's own."""
    kind, _, name = chosen.partition(":")
    if kind == "go":
        app.switch_mode(name)
    elif kind == "add":
        app.add_record(name)
    elif kind == "unsaved":
        app.offer_unsaved()
    elif kind == "view":
        app.run_worker(app.screen.show_view_named(name))  # type: ignore[attr-defined]
    elif kind == "theme":
        dressing.wear(app, name)
    elif kind == "language":
        dressing.speak(app, name)
    elif kind == "start":
        from sfa.screens.starting.first_steps import first_steps

        app.run_worker(first_steps(app))
    else:
        return False
    return True
