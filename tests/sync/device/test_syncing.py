"""Whole syncs of real stores: what one changes the others have, and what is unsent stays on top."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from sfa.errors import Refused, msg
from sfa.store.contents import content_path, keep_content
from sfa.store.drafts import Draft
from sfa.store.erasure import erase_rows, person_rows
from sfa.store.home import content_dir, store_path
from sfa.store.perform import changing
from sfa.store.undo import undo
from sfa.sync.device import Device
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


def test_drafts_and_attached_bytes_of_a_lost_record_go_and_its_changes_are_not_undone(
    ann: Rep, bob: Rep, mia: Rep, tmp_path: Path
) -> None:
    quiet(ann, bob, mia)
    account = ann.add("account", name="Qinling Valves", owner_id=ANN)
    other = ann.add("account", name="Yangtze Pumps", owner_id=ANN)
    source = tmp_path / "offer.txt"
    source.write_text("seven valves")
    sha256, size = keep_content(content_dir(ann.home), source)
    file = {"name": "offer.txt", "media_type": "text/plain", "size_bytes": size, "sha256": sha256}
    ann.add("attachment", account_id=account, **file)
    ann.edit("account", account, website="qinling.example")
    quiet(ann, bob, mia)
    for each in (account, other):
        Draft(ann.home, "account", each).keep({"notes": "typed"})
    mia.edit("account", account, owner_id=BOB)
    quiet(mia, ann, bob)
    assert not content_path(content_dir(ann.home), sha256).exists()
    assert Draft(ann.home, "account", account).load() == {}
    assert Draft(ann.home, "account", other).load() == {"notes": "typed"}
    with pytest.raises(Refused) as refused, changing(ann.home, name=msg("Undo")) as found:
        undo(found)
    assert "could no longer see it" in str(refused.value.why)


def test_an_erasure_elsewhere_leaves_nothing_owed(ann: Rep, mia: Rep) -> None:
    quiet(ann, mia)
    contact = ann.add("contact", name="Zhao Secretname", owner_id=ANN)
    Draft(ann.home, "contact", contact).keep({"notes": "Secretname"})
    quiet(ann, mia)
    with changing(mia.home, name=msg("Erase")) as found:
        erase_rows(found.connection, person_rows(found.connection, "contact", contact))
    quiet(mia, ann)
    assert Draft(ann.home, "contact", contact).load() == {}
    assert ann.query("SELECT value FROM local_state WHERE key = 'sweep_due'") == []
    assert b"Secretname" not in store_path(ann.home).read_bytes()


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


def test_a_snapshot_of_what_is_here_already_writes_nothing(ann: Rep, mia: Rep) -> None:
    quiet(ann, mia)
    same = mia.add("account", name="Qinling Valves", owner_id=ANN)
    other = mia.add("account", name="Yangtze Pumps", owner_id=ANN)
    own = ann.add("account", name="Own", owner_id=ANN)
    quiet(ann, mia)
    mia.edit("account", other, website="pumps.example")
    mia.sync()
    ann.edit("account", own, website="unsent.example")
    before = ann.query("SELECT tbl, row_id, op_id, columns FROM row_writer WHERE row_id <> ?", other)
    (last,) = ann.query("SELECT max(no) FROM history")[0]
    with closing(Device.open(ann.home)) as device:
        device.load(ann.transport.snapshot())
    heard = {row[0] for row in ann.query("SELECT row_id FROM history WHERE no > ?", last)}
    assert other in heard
    assert same not in heard
    assert heard <= {other, own}
    assert ann.value("account", other, "website") == "pumps.example"
    assert ann.value("account", own, "website") == "unsent.example"
    assert ann.query("SELECT tbl, row_id, op_id, columns FROM row_writer WHERE row_id <> ?", other) == before
    assert ann.troubles() == []
    quiet(ann, mia)


def test_what_is_lost_with_a_centre_and_a_device_is_given_back_by_who_had_received_it(
    ann: Rep, mia: Rep, centre: ModelCentre
) -> None:
    quiet(ann, mia)
    backup = centre.backup()
    lead = ann.add("lead", name="Wang", status="new", pool_state="owned", owner_id=ANN)
    quiet(ann, mia)
    centre.restore(backup)
    assert centre.state.row("lead", lead) is None
    assert mia.sync().brought_back > 0
    assert centre.state.row("lead", lead) is not None
    assert mia.value("lead", lead, "name") == "Wang"
