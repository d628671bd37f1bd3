"""The keys of the app: each does one thing in one place, and the settings know the places."""

from __future__ import annotations

from collections import defaultdict
from importlib import import_module

import pytest
from textual.dom import DOMNode

from sfa import config
from sfa.screens.app import SfaApp
from sfa.screens.forms.layout import ADDED
from sfa.screens.keys import PLACES, record_screen
from sfa.screens.widgets.agenda import Agenda
from sfa.screens.widgets.big_list import BigList
from sfa.screens.widgets.board import DealBoard
from sfa.screens.widgets.record_view import RecordView

NOUNS = ("lead", "account", "contact", "deal", "task", "visit", "activity", "product")
# What one moves in, where that is no list of records.
LISTS: dict[str, type[DOMNode]] = {"today": Agenda, "sync": Agenda, "pipeline": DealBoard}
# Esc goes one level back: marks first, then what is sought and the filter.
LEVELS = {"list.clear", "records.widen"}


def keys_of(*classes: type[DOMNode]) -> dict[str, set[str]]:
    """Return key -> names of the actions it has in classes and what they are made of."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in classes:
        for base in each.__mro__:
            for binding in vars(base).get("BINDINGS", ()):
                for key in binding.key.split(","):
                    if binding.id:
                        found[key].add(binding.id)
    return found


def clashes(*classes: type[DOMNode]) -> dict[str, set[str]]:
    """Return the keys that do more than one thing."""
    return {key: names for key, names in keys_of(*classes).items() if len(names) > 1 and names != LEVELS}


@pytest.mark.parametrize("place", PLACES)
def test_a_key_does_one_thing_in_a_place(place: str) -> None:
    spec = PLACES[place]
    screen = getattr(import_module(f"sfa.screens.{spec.module}"), spec.screen)
    assert clashes(screen, SfaApp, LISTS.get(place, BigList)) == {}


@pytest.mark.parametrize("noun", NOUNS)
def test_a_key_does_one_thing_on_a_record(noun: str) -> None:
    assert clashes(type(record_screen(noun, "")), SfaApp, RecordView) == {}


def test_two_places_or_kinds_never_share_a_letter() -> None:
    for letters in ([spec.letter for spec in PLACES.values()], list(ADDED.values())):
        assert len(set(letters)) == len(letters)


def test_the_settings_offer_every_place_to_start_at() -> None:
    assert tuple(PLACES) == config.PLACES


def test_the_start_may_be_any_place() -> None:
    assert config.KNOWN["start"].allowed == tuple(PLACES)
