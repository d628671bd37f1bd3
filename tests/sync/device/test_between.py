"""Lost answers, batches that end within a transaction, pulls while something waits, rows that go."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sfa import clock
from sfa.errors import msg
from sfa.store import change
from sfa.store.connection import open_writing
from sfa.store.erasure import erase_rows, person_rows
from sfa.store.home import store_path
from sfa.store.perform import changing
from sfa.sync.device import Device
from sfa.sync.engine import sync
from sfa.sync.errors import CentreReadOnly, CentreUnreachable, Forked, unreachable
from sfa.sync.protocol import Page, Pull, Push
from tests.simulation.centre.model import ModelCentre, ModelTransport
from tests.simulation.company import ADMIN, ANN, BOB, CAT, MANAGER
from tests.sync.device.team import Rep
from tests.sync.device.test_pieces import apply, op
from tests.sync.device.test_syncing import quiet


def receive_only(rep: Rep, centre: ModelCentre) -> None:
    """Sync with a centre that takes no changes: the pull runs all the same."""
    centre.is_read_only = True
    with pytest.raises(CentreReadOnly):
        rep.sync()
    centre.is_read_only = False


def push(rep: Rep, batch: Push) -> None:
    """Push one batch and hear the answer."""
    with closing(Device.open(rep.home)) as device:
        device.acknowledge(batch, rep.transport.push(batch))


def batch(rep: Rep, max_ops: int) -> Push:
    with closing(Device.open(rep.home)) as device:
        return next(device.batches(max_ops=max_ops))


def deal(rep: Rep, **values: Any) -> str:
    (stage,) = rep.query("SELECT pipeline_id, id FROM stage ORDER BY position LIMIT 1")
    return rep.add("deal", name="Pumps", pipeline_id=stage[0], stage_id=stage[1], **values)


def two_edits(rep: Rep, first: str, second: str) -> None:
    """Edit the companies of two leads in one transaction."""
    with changing(rep.home, name=msg("Edit")) as found:
        change.update(found.connection, "lead", first, {"company": "mine"})
        change.update(found.connection, "lead", second, {"company": "mine"})


# ---- below an unsent edit


def test_what_was_held_for_its_group_is_shown_once_the_edit_was_answered(
    ann: Rep, mia: Rep, centre: ModelCentre
) -> None:
    quiet(ann, mia)
    found = deal(ann, owner_id=ANN, amount_minor=100, currency="CNY")
    quiet(ann, mia)
    ann.edit("deal", found, amount_minor=200)
    mia.edit("deal", found, amount_minor=900, currency="USD")
    mia.sync()
    receive_only(ann, centre)
    assert ann.query("SELECT amount_minor, currency FROM deal") == [(200, "CNY")]
    with closing(Device.open(ann.home)) as device:
        for waiting in device.batches():
            device.acknowledge(waiting, ann.transport.push(waiting))
    # Mia's was later: the answer names the amount, which is all that was sent.
    assert ann.query("SELECT amount_minor, currency FROM deal") == [(900, "USD")]
    assert ann.query("SELECT * FROM confirmed") == []
    quiet(ann, mia)


def test_ops_of_a_transaction_that_is_only_staged_count_as_unsent(
    ann: Rep, mia: Rep, centre: ModelCentre
) -> None:
    quiet(ann, mia)
    first, second = (ann.add("lead", name=name, owner_id=ANN) for name in ("Li", "Wu"))
    quiet(ann, mia)
    mia.edit("lead", first, company="hers")
    mia.sync()
    two_edits(ann, first, second)
    push(ann, batch(ann, max_ops=1))
    assert ann.unsent() == 1
    receive_only(ann, centre)
    assert ann.value("lead", first, "company") == "mine"
    assert ann.query("SELECT row_id, col, value FROM confirmed") == [(first, "company", '"hers"')]
    quiet(ann, mia)


# ---- answers


def test_an_op_counts_as_answered_when_its_own_batch_was(ann: Rep, mia: Rep) -> None:
    quiet(ann, mia)
    ann.add("lead", name="Li", owner_id=ANN)
    refused = ann.add("lead", name="Wu", owner_id=BOB)
    first = batch(ann, max_ops=1)
    ann.transport.push(batch(ann, max_ops=9))  # and neither answer came
    push(ann, first)
    assert ann.unsent() == 1
    ann.sync()
    assert ann.query("SELECT state FROM outcome") == [("proposal",)]
    assert ann.value("lead", refused, "id") is None
    quiet(ann, mia)


def test_who_was_told_once_hears_what_a_copy_was_told_by_the_centre_that_took_its_place(
    ann: Rep, bob: Rep, mia: Rep, centre: ModelCentre, tmp_path: Path
) -> None:
    quiet(ann, bob, mia)
    lead = ann.add("lead", name="Li", owner_id=ANN)
    quiet(ann, bob, mia)
    backup = centre.backup()
    ann.edit("lead", lead, notes="call back")
    twin = Rep(tmp_path / "copy", centre, ANN)
    shutil.copytree(ann.home, twin.home)
    assert ann.sync().outcomes == {"applied": 1}
    centre.restore(backup)
    centre.edit([("lead", lead, {"owner_id": BOB})], author=ADMIN)
    assert twin.sync().outcomes == {"late": 1}
    assert ann.query("SELECT state FROM outcome") == []
    ann.sync()
    assert ann.query("SELECT state FROM outcome") == [("late",)]
    quiet(ann, bob, mia)


def test_what_was_refused_once_and_is_allowed_after_a_restore_comes_back(
    ann: Rep, mia: Rep, centre: ModelCentre
) -> None:
    quiet(ann, mia)
    backup = centre.backup()
    lead = ann.add("lead", name="Li", owner_id=BOB)
    push(ann, batch(ann, max_ops=9))
    assert ann.value("lead", lead, "id") is None
    assert ann.query("SELECT state FROM outcome") == [("proposal",)]
    centre.restore(backup)
    centre.edit([("user", BOB, {"manager_id": ANN})], author=ADMIN)
    result = ann.sync()
    assert (result.loaded, result.repaired) == (0, 0)  # the echo of the own op brings it
    assert ann.value("lead", lead, "name") == "Li"
    assert ann.query("SELECT state FROM outcome") == []
    quiet(ann, mia)


def test_a_comparison_that_was_broken_off_is_owed(
    ann: Rep, mia: Rep, centre: ModelCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet(ann, mia)
    account = ann.add("account", name="Acme", owner_id=ANN)
    phone = ann.add("phone", account_id=account, value="021 555", digits="021555")
    quiet(ann, mia)
    backup = centre.backup()
    centre.edit([("account", account, {"owner_id": CAT})], author=ADMIN)
    ann.edit("account", account, notes="late")
    push(ann, batch(ann, max_ops=9))
    assert ann.value("phone", phone, "id") is None
    centre.restore(backup)

    def cut(_: Pull) -> Page:
        raise unreachable("centre", "the connection was lost")

    with monkeypatch.context() as broken:
        broken.setattr(ann.transport, "pull", cut)
        with pytest.raises(CentreUnreachable):
            ann.sync()
    assert ann.sync().verified is not None
    assert ann.value("phone", phone, "digits") == "021555"
    assert ann.differing() == []
    assert ann.sync().verified is None


def test_a_load_that_brings_an_own_record_back_remembers_rightly_who_wrote_it(
    ann: Rep, mia: Rep, centre: ModelCentre
) -> None:
    quiet(ann, mia)
    lead = ann.add("lead", name="Li", owner_id=ANN)
    quiet(ann, mia)
    centre.edit([("lead", lead, {"owner_id": BOB})], author=ADMIN)
    ann.sync()
    assert ann.value("lead", lead, "id") is None
    centre.edit([("lead", lead, {"owner_id": ANN})], author=ADMIN)
    with closing(Device.open(ann.home)) as device:
        device.load(ann.transport.snapshot())
    assert ann.value("lead", lead, "name") == "Li"
    assert ann.troubles() == []


# ---- a copy of the store


class Interrupted(ModelTransport):
    """Lets something happen before the first pull."""

    def __init__(self, centre: ModelCentre, user: str, before: Callable[[], object]) -> None:
        super().__init__(centre, user)
        self._before: Callable[[], object] | None = before

    def pull(self, pull: Pull) -> Page:
        before, self._before = self._before, None
        if before is not None:
            before()
        return super().pull(pull)


def test_an_op_under_our_name_that_is_not_ours_is_a_copys(ann: Rep, mia: Rep) -> None:
    quiet(ann, mia)
    lead = ann.add("lead", name="Li", owner_id=ANN)
    quiet(ann, mia)
    (own,) = ann.query("SELECT value FROM local_state WHERE key = 'device_id'")
    before = ann.query("SELECT value FROM local_state WHERE key = 'sync_cursor'")
    echo = replace(op(1, "lead", lead, company=["x", None, None]), device=own[0], changes=None)
    with pytest.raises(Forked):
        apply(ann, echo)
    assert ann.query("SELECT value FROM local_state WHERE key = 'sync_cursor'") == before


def test_a_copy_that_pushes_while_we_sync_makes_another_device_of_us(
    ann: Rep, mia: Rep, centre: ModelCentre, tmp_path: Path
) -> None:
    quiet(ann, mia)
    lead = ann.add("lead", name="Li", owner_id=ANN)
    quiet(ann, mia)
    copy = Rep(tmp_path / "copy", centre, ANN)
    shutil.copytree(ann.home, copy.home)
    copy.edit("lead", lead, company="the copy's")
    mia.edit("lead", lead, notes="something to pull")
    mia.sync()
    transport = Interrupted(centre, ANN, copy.sync)
    with closing(Device.open(ann.home)) as device:
        result = sync(device, transport, now_ms=clock.wall_ms)
    assert result.forked
    assert ann.value("lead", lead, "company") == "the copy's"
    quiet(ann, copy, mia)


# ---- records that go


def test_a_restored_store_learns_that_words_of_a_change_it_shares_were_erased_before_it_was_sent(
    ann: Rep, mia: Rep, tmp_path: Path
) -> None:
    quiet(ann, mia)
    lead = ann.add("lead", name="Zhao Secretname", owner_id=ANN)
    with closing(open_writing(store_path(ann.home))) as connection:
        connection.execute("VACUUM INTO ?", (str(tmp_path / "backup.db"),))
    ann.add("lead", name="Later", owner_id=ANN)
    with changing(ann.home, name=msg("Erase")) as found:
        erase_rows(found.connection, person_rows(found.connection, "lead", lead))
    push(ann, batch(ann, 2))  # the erasure itself is lost with the machine
    for name in (".db", ".db-wal", ".db-shm"):
        store_path(ann.home).with_suffix(name).unlink(missing_ok=True)
    shutil.copyfile(tmp_path / "backup.db", store_path(ann.home))
    ann.add("lead", name="Other", owner_id=ANN)
    assert ann.sync().forked
    assert ann.value("lead", lead, "name") == "[erased]"
    quiet(ann, mia)
    assert mia.value("lead", lead, "name") == "[erased]"


def test_what_went_and_came_back_meanwhile_has_ones_own_edit_on_top(
    ann: Rep, mia: Rep, centre: ModelCentre
) -> None:
    quiet(ann, mia)
    lead = ann.add("lead", name="Li", owner_id=ANN)
    quiet(ann, mia)
    for owner in (BOB, ANN):
        centre.edit([("lead", lead, {"owner_id": owner})], author=ADMIN)
    ann.edit("lead", lead, company="Li & Sons")
    ann.sync()
    assert ann.value("lead", lead, "company") == "Li & Sons"
    quiet(ann, mia)


def test_a_lost_record_goes_when_what_hangs_on_it_was_answered(
    ann: Rep, bob: Rep, mia: Rep, centre: ModelCentre
) -> None:
    quiet(ann, bob, mia)
    account = ann.add("account", name="Qinling Valves", owner_id=ANN)
    phone = ann.add("phone", account_id=account, value="029 8765 4321", digits="02987654321")
    quiet(ann, bob, mia)
    mia.edit("account", account, owner_id=BOB)
    mia.sync()
    ann.edit("phone", phone, label="office")
    receive_only(ann, centre)
    assert ann.query("SELECT row_id FROM leaving") == [(account,)]
    quiet(ann, bob, mia)
    assert ann.value("account", account, "id") is None
    assert ann.query("SELECT * FROM leaving") == []
    assert b"Qinling Valves" not in files_of(ann)


def test_a_record_that_was_refused_here_and_came_from_others_leaves_their_words_with_it(
    ann: Rep, bob: Rep, mia: Rep, centre: ModelCentre
) -> None:
    quiet(ann, bob, mia)
    lead = bob.add("lead", name="Qinling Valves", owner_id=BOB)
    bob.sync()
    ann.add("lead", id=lead, name="Mine", owner_id=ANN)  # an import of the same file
    quiet(ann, bob)
    assert ann.query("SELECT state FROM outcome") == [("quarantined",)]
    mia.sync()
    mia.edit("lead", lead, owner_id=ANN)
    quiet(mia, ann)
    assert ann.value("lead", lead, "name") == "Qinling Valves"
    ann.edit("lead", lead, name="Qinling Valves and Pumps")
    phone = ann.add("phone", lead_id=lead, value="029", digits="029")
    quiet(ann, mia)
    mia.edit("lead", lead, owner_id=BOB)
    mia.sync()
    ann.edit("phone", phone, label="office")
    receive_only(ann, centre)
    assert ann.query("SELECT row_id FROM leaving") == [(lead,)]
    quiet(ann, bob, mia)
    assert ann.value("lead", lead, "id") is None
    assert b"Qinling Valves" not in files_of(ann)
    said = ann.query("SELECT changes FROM oplog WHERE row_id = ? AND changes IS NOT NULL", lead)
    assert [json.loads(row[0])["name"] for row in said] == [["Mine"]]


def test_what_goes_with_its_record_waits_for_no_answer_of_its_own(ann: Rep, bob: Rep, mia: Rep) -> None:
    quiet(ann, bob, mia)
    account = ann.add("account", name="Qinling Valves", owner_id=ANN)
    phone = ann.add("phone", account_id=account, value="138")
    quiet(ann, bob, mia)
    with changing(ann.home, name=msg("Edit")) as found:  # as an exit of the phone alone left it
        found.connection.execute("INSERT INTO leaving (tbl, row_id) VALUES ('phone', ?)", (phone,))
    mia.edit("account", account, owner_id=BOB)
    mia.sync()
    ann.sync()
    assert ann.value("phone", phone, "id") is None
    assert ann.query("SELECT * FROM leaving") == []


def test_what_was_removed_below_a_lost_record_leaves_no_words_in_the_log(
    ann: Rep, bob: Rep, mia: Rep, centre: ModelCentre
) -> None:
    quiet(ann, bob, mia)
    accounts = [ann.add("account", name="Qinling Valves", owner_id=ANN) for _ in range(2)]
    tags = [ann.add("tag", noun="account", record_id=each, name="pays late") for each in accounts]
    quiet(ann, bob, mia)
    remove(ann, tags[0])
    quiet(ann, bob, mia)
    remove(ann, tags[1])  # and this is unsent when its account goes
    for account in accounts:
        mia.edit("account", account, owner_id=BOB)
    mia.sync()
    receive_only(ann, centre)
    assert [row[0] for row in ann.query("SELECT row_id FROM oplog WHERE changes LIKE '%pays late%'")] == [
        tags[1],
        tags[1],
    ]
    quiet(ann, bob, mia)
    # The late edit itself is a proposal of hers, which she sees.
    assert ann.query("SELECT row_id FROM oplog WHERE changes LIKE '%pays late%'") == []
    assert ann.query("SELECT state FROM outcome") == [("late",)]


def test_what_was_moved_below_a_refused_record_and_lost_meanwhile_leaves_nothing(
    ann: Rep, bob: Rep, mia: Rep
) -> None:
    quiet(ann, bob, mia)
    account = ann.add("account", name="Qinling Valves", owner_id=ANN)
    quiet(ann, bob, mia)
    note = mia.add(
        "activity", account_id=account, owner_id=MANAGER, kind="note", at=clock.to_text(clock.utc_now())
    )
    mia.add("comment", activity_id=note, body="pays late")
    quiet(ann, bob, mia)
    refused = ann.add("account", name="Refused", owner_id=BOB)
    ann.edit("activity", note, account_id=refused)
    mia.edit("account", account, owner_id=BOB)
    mia.sync()
    quiet(ann, bob, mia)
    assert ann.value("activity", note, "id") is None
    assert b"pays late" not in files_of(ann)


def remove(rep: Rep, tag: str) -> None:
    """Remove a tag past the services, as somebody does with SQL."""
    with changing(rep.home, name=msg("Delete")) as found:
        found.connection.execute("DELETE FROM tag WHERE id = ?", (tag,))


def test_nothing_of_others_words_is_kept_of_a_record_that_was_lost(ann: Rep, bob: Rep, mia: Rep) -> None:
    quiet(ann, bob, mia)
    account = mia.add("account", name="Qinling Valves", owner_id=ANN)
    quiet(ann, bob, mia)
    mia.edit("account", account, notes="pays late")
    quiet(ann, bob, mia)
    assert b"pays late" in files_of(ann)
    mia.edit("account", account, owner_id=BOB)
    quiet(mia, ann, bob)
    assert ann.query("SELECT count(*) FROM history WHERE row_id = ?", account) == [(0,)]
    assert b"Qinling Valves" not in files_of(ann)
    assert b"pays late" not in files_of(ann)


def files_of(rep: Rep) -> bytes:
    """Return the bytes of a store, as somebody reads them who does not ask SQLite."""
    path = store_path(rep.home)
    return b"".join(each.read_bytes() for each in (path, path.with_suffix(".db-wal")) if each.exists())
