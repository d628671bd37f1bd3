"""Whole syncs of real stores: what one changes the others have, and what is unsent stays on top."""

from __future__ import annotations

import pytest

from sfa.store.home import store_path
from sfa.sync.errors import CentreReadOnly
from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import ANN, BOB
from tests.sync.device.team import Rep


def quiet(*reps: Rep) -> None:
    """Sync until nothing moves; then every device must be as the centre shows it, and sound."""
    for _ in range(3):
        for rep in reps:
            rep.sync()
    for rep in reps:
        assert rep.unsent() == 0
        assert rep.differing() == []
        assert rep.troubles() == []


def test_a_first_sync_brings_the_company_and_keeps_what_was_made_before_it(ann: Rep, mia: Rep) -> None:
    local = ann.query("SELECT value FROM local_state WHERE key = 'user_id'")[0][0]
    account = ann.add("account", name="Yangtze Pumps", owner_id=local)
    assert ann.sync().outcomes == {"applied": 1}
    assert ann.value("account", account, "owner_id") == ANN
    assert ann.query("SELECT count(*) FROM user")[0][0] == 8
    assert ann.differing() == []
    assert ann.troubles() == []
    mia.sync()
    assert mia.value("account", account, "name") == "Yangtze Pumps"
    quiet(ann, mia)


def test_a_change_elsewhere_comes_with_a_pull(ann: Rep, mia: Rep) -> None:
    quiet(ann, mia)
    lead = ann.add("lead", name="Li Wei", owner_id=ANN)
    ann.sync()
    mia.sync()
    mia.edit("lead", lead, company="Li & Sons")
    mia.sync()
    ann.sync()
    assert ann.value("lead", lead, "company") == "Li & Sons"
    assert ann.value("lead", lead, "version") == 2
    quiet(ann, mia)


def test_an_edit_of_ones_own_stays_on_top_of_what_was_merged_before_it(ann: Rep, mia: Rep) -> None:
    lead = ann.add("lead", name="Li Wei")
    quiet(ann, mia)
    mia.edit("lead", lead, name="Li Wei (Mia)")
    mia.sync()
    ann.edit("lead", lead, name="Li Wei (Ann)")
    ann.sync()
    assert ann.value("lead", lead, "name") == "Li Wei (Ann)"
    quiet(ann, mia)
    assert mia.value("lead", lead, "name") == "Li Wei (Ann)"
    assert mia.query("SELECT count(*) FROM conflict WHERE on_id = ?", lead) == [(1,)]


def test_who_loses_sight_of_a_record_keeps_nothing_of_it(ann: Rep, bob: Rep, mia: Rep) -> None:
    quiet(ann, bob, mia)
    account = ann.add("account", name="Qinling Valves", owner_id=ANN)
    ann.add("phone", account_id=account, value="029 8765 4321", digits="02987654321")
    quiet(ann, bob, mia)
    mia.edit("account", account, owner_id=BOB)
    quiet(mia, ann, bob)
    assert ann.value("account", account, "id") is None
    assert bob.value("account", account, "name") == "Qinling Valves"
    assert bob.query("SELECT count(*) FROM phone") == [(1,)]
    held = b"".join(
        path.read_bytes()
        for path in (store_path(ann.home), store_path(ann.home).with_suffix(".db-wal"))
        if path.exists()
    )
    assert b"Qinling Valves" not in held


def test_unsent_work_on_a_lost_record_is_hidden_and_goes_once_it_is_sent(
    ann: Rep, bob: Rep, mia: Rep, centre: ModelCentre
) -> None:
    quiet(ann, bob, mia)
    account = ann.add("account", name="Qinling Valves", owner_id=ANN)
    quiet(ann, bob, mia)
    mia.edit("account", account, owner_id=BOB)
    mia.sync()
    ann.edit("account", account, website="qinling.example")
    centre.is_read_only = True
    with pytest.raises(CentreReadOnly):  # the pull runs all the same
        ann.sync()
    assert ann.value("account", account, "deleted_at") is not None
    assert ann.unsent() == 1
    assert ann.troubles() == []
    centre.is_read_only = False
    quiet(ann, bob, mia)
    assert ann.value("account", account, "id") is None
    assert ann.query("SELECT state FROM outcome") == [("late",)]
