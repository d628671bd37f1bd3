"""The keys of the app: each does one thing in one place, and the settings know the places."""

from __future__ import annotations

import pytest

from sfa import config
from sfa.errors import BadUsage
from sfa.screens.forms.layout import ADDED
from sfa.screens.key_table import clashes, rooms
from sfa.screens.keys import PLACES
from sfa.screens.own_keys import check, looked_at


@pytest.mark.parametrize("room", rooms())
def test_a_key_does_one_thing_in_a_place(room: str) -> None:
    assert clashes(rooms()[room]) == {}


def test_two_places_or_kinds_never_share_a_letter() -> None:
    for letters in ([spec.letter for spec in PLACES.values()], list(ADDED.values())):
        assert len(set(letters)) == len(letters)


def test_the_settings_offer_every_place_to_start_at() -> None:
    assert tuple(PLACES) == config.PLACES


def test_the_start_may_be_any_place() -> None:
    assert config.KNOWN["start"].allowed == tuple(PLACES)


# Keys of one's own -----------------------------------------------------------------------------


def test_an_action_may_have_any_free_key_by_its_name_or_its_letter() -> None:
    good, faults = looked_at({"leads.none": "f2", "records.find": "f3, ß", "app.keys": "f1,?"})
    assert good == {"records.find": "f3, ß", "app.keys": "f1,?"}
    assert ["leads.none" in str(fault.data) for fault in faults] == [True]


@pytest.mark.parametrize(
    ("name", "keys", "why"),
    [
        ("records.find", "n", "in the same place"),  # New, on the same screen
        ("records.find", "u", "in the same place"),  # Undo, everywhere
        ("app.undo", "j", "in the same place"),  # Down, in the list
        ("records.find", "ctrl+m", "as another one"),
        ("records.find", "flup", "which is none"),
        ("records.find", "ctrl+", "which is none"),
        ("records.find", "enter", "every place needs"),
        ("records.find", " ", "no key"),
    ],
)
def test_a_key_that_cannot_be_is_refused_with_the_reason(name: str, keys: str, why: str) -> None:
    with pytest.raises(BadUsage) as refused:
        check(name, keys, {})
    assert why in str(refused.value.what)


def test_a_key_is_free_once_its_action_has_another() -> None:
    check("records.find", "n", {"records.new": "f4"})
    check("today.done", "L", {})  # lost, but of deals alone


def test_two_actions_that_swap_their_keys_are_both_taken() -> None:
    swapped = {"records.new": "e", "records.edit": "n"}
    assert looked_at(swapped) == (swapped, [])
