"""The pieces of the device's side on real stores: pages, logins, references, erasures, cuts."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sfa import clock
from sfa.errors import ChangedMeanwhile, Refused, StoreUnusable, msg
from sfa.render.changes import latest_text
from sfa.reports.changes import latest_changes
from sfa.reports.timeline import timeline
from sfa.store import change
from sfa.store.checks.log import check_log
from sfa.store.connection import StoreConnection, open_writing
from sfa.store.erasure import erase_rows, person_rows
from sfa.store.history import history
from sfa.store.home import store_path
from sfa.store.perform import changing
from sfa.store.salvage import salvage
from sfa.store.undo import undo
from sfa.store.version import SCHEMA_VERSION
from sfa.sync.device import Device
from sfa.sync.protocol import OpEntry, Page, Pull, RowEntry, TxEntry
from tests.simulation.company import ANN, BOB, MANAGER
from tests.sync.device.team import Rep
from tests.sync.device.test_syncing import quiet


def page(rep: Rep, *entries: Any) -> Page:
    """Return a page that follows what the rep's store has."""
    version = rep.query("SELECT json_extract(value, '$.version') FROM local_state WHERE key = 'sync_cursor'")
    at = (version[0][0] if version else 0) + 1
    return Page(tuple(entries), at, None, at, more=False)


def apply(rep: Rep, *entries: Any) -> None:
    with closing(Device.open(rep.home)) as device:
        device.apply(page(rep, *entries))


def row_of(rep: Rep, table: str, row_id: str) -> RowEntry:
    return rep.transport.rows(table, [row_id])[0]


def op(number: int, table: str, row_id: str, **changes: list[Any]) -> OpEntry:
    """Return an update by Bob."""
    op_id, tx_id = (f"0199{digit}000-0000-7000-8000-{number:012x}" for digit in "ab")
    reading = clock.wall_ms() << clock.HLC_COUNTER_BITS
    payload = json.dumps(changes)
    device = "0e000000-0000-4000-8000-000000000001"
    return OpEntry(op_id, tx_id, reading, "update", table, row_id, payload, None, BOB, device, None, None, 6)


def everything(path: Path) -> dict[str, list[Any]]:
    """Return what every table holds; the index's own tables among them."""
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'search'")
        return {
            name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in names.fetchall()
        }


def test_a_login_makes_the_local_user_the_one_of_the_centre(ann: Rep) -> None:
    local = ann.query("SELECT value FROM local_state WHERE key = 'user_id'")[0][0]
    lead = ann.add("lead", name="Li Wei", owner_id=local)
    phone = ann.add("phone", user_id=local, value="021 5555 0101", digits="02155550101")
    ann.sync()
    assert ann.value("lead", lead, "owner_id") == ANN
    assert ann.value("lead", lead, "created_by") == ANN
    assert ann.value("phone", phone, "user_id") == ANN
    assert ann.value("user", local, "id") is None
    assert ann.troubles() == []
    with closing(open_writing(store_path(ann.home))) as connection:
        assert [entry.author for entry in history(connection, "lead", lead)] == [ANN]
    with changing(ann.home, name=msg("Undo")) as found:
        undo(found)
    assert ann.value("phone", phone, "deleted_at") is not None


def test_a_store_of_one_user_is_refused_to_another(ann: Rep, bob: Rep) -> None:
    ann.sync()
    ann.transport = bob.transport
    with closing(Device.open(ann.home)) as device, pytest.raises(Refused):
        device.met(replace(ann.transport.register("f" * 8, "", "", SCHEMA_VERSION)), clock.wall_ms())


def test_a_reference_to_a_row_that_comes_later_is_filled_when_it_comes(ann: Rep, mia: Rep) -> None:
    quiet(ann, mia)
    parent = mia.add("account", name="Parent", owner_id=MANAGER)
    child = mia.add("account", name="Child", owner_id=MANAGER, parent_id=parent)
    mia.sync()
    apply(ann, row_of(mia, "account", child))
    assert ann.value("account", child, "parent_id") is None
    assert ann.query("SELECT row_id, target_id FROM missing_ref") == [(child, parent)]
    assert ann.troubles() == []
    apply(ann, row_of(mia, "account", parent))
    assert ann.value("account", child, "parent_id") == parent
    assert ann.query("SELECT count(*) FROM missing_ref") == [(0,)]
    assert ann.troubles() == []


def test_an_undo_brings_back_no_reference_to_what_has_left(ann: Rep, mia: Rep) -> None:
    quiet(ann, mia)
    parent = ann.add("account", name="Parent", owner_id=ANN)
    child = ann.add("account", name="Child", owner_id=ANN, parent_id=parent)
    ann.edit("account", child, parent_id=None)
    quiet(ann, mia)
    mia.edit("account", parent, owner_id=MANAGER)
    mia.sync()
    ann.sync()
    assert ann.value("account", parent, "id") is None
    with pytest.raises(ChangedMeanwhile), changing(ann.home, name=msg("Undo")) as found:
        undo(found)
    assert ann.value("account", child, "parent_id") is None
    assert ann.troubles() == []


def test_a_row_without_its_parent_is_not_taken_in_until_both_come(ann: Rep, mia: Rep) -> None:
    quiet(ann, mia)
    account = mia.add("account", name="Parent", owner_id=MANAGER)
    phone = mia.add("phone", account_id=account, value="021 5555 0101", digits="02155550101")
    mia.sync()
    apply(ann, row_of(mia, "phone", phone))
    assert ann.value("phone", phone, "id") is None
    assert ann.query("SELECT * FROM history WHERE row_id = ?", phone) == []
    assert ann.troubles() == []
    apply(ann, row_of(mia, "account", account), row_of(mia, "phone", phone))
    assert ann.value("phone", phone, "value") == "021 5555 0101"
    assert ann.troubles() == []


def test_nothing_stays_of_a_row_that_was_told_of_and_is_out_of_sight_before_it_comes(ann: Rep) -> None:
    ann.sync()
    lead = "01990000-0000-7000-8000-00000000000a"
    transaction = TxEntry(
        op(1, "lead", lead).tx_id, "change", "Change", "{}", BOB, "", clock.to_text(clock.utc_now()), None
    )
    apply(ann, transaction, op(1, "lead", lead, company=["Li & Sons", None, None]))
    assert ann.query("SELECT * FROM history WHERE row_id = ?", lead) == []
    assert ann.query("SELECT * FROM heard_tx WHERE tx_id = ?", transaction.tx_id) == []
    assert ann.troubles() == []


def test_what_a_newer_centre_sends_is_kept_for_after_the_upgrade(ann: Rep) -> None:
    ann.sync()
    lead = ann.add("lead", name="Li Wei")
    ann.sync()
    apply(ann, op(1, "lead", lead, mood=["good", None, None], company=["Li & Sons", None, None]))
    assert ann.value("lead", lead, "company") == "Li & Sons"
    parked = [json.loads(row[0])[:2] for row in ann.query("SELECT entry FROM parked")]
    assert parked == [["lead", lead]]
    assert ann.troubles() == []
    # As if an older program had parked it: the row is made anew from the history.
    with closing(open_writing(store_path(ann.home))) as connection:
        connection.execute("UPDATE parked SET entry = json_set(entry, '$[2]', 1)")
    ann.sync()
    assert ann.query("SELECT count(*) FROM parked") == [(0,)]
    assert ann.troubles() == []


def test_an_unsent_edit_is_kept_on_top_with_its_whole_group(ann: Rep) -> None:
    ann.sync()
    stage = dict(
        zip(
            ("pipeline_id", "stage_id"),
            ann.query("SELECT pipeline_id, id FROM stage LIMIT 1")[0],
            strict=True,
        )
    )
    deal = ann.add("deal", name="Pumps", owner_id=ANN, amount_minor=100, currency="CNY", **stage)
    ann.sync()
    ann.edit("deal", deal, amount_minor=200)
    apply(ann, op(1, "deal", deal, amount_minor=[900, 100, None], currency=["USD", "CNY", None]))
    assert ann.query("SELECT amount_minor, currency FROM deal") == [(200, "CNY")]
    assert ann.query("SELECT col, value FROM confirmed ORDER BY col") == [
        ("amount_minor", "900"),
        ("currency", '"USD"'),
    ]
    assert ann.troubles() == []


def test_an_erasure_elsewhere_blanks_everything_here_but_keeps_other_unsent_work(ann: Rep, mia: Rep) -> None:
    quiet(ann, mia)
    contact = ann.add("contact", name="Zhao Secretname", owner_id=ANN)
    quiet(ann, mia)
    ann.edit("contact", contact, no_calls=1)
    ann.edit("contact", contact, name="Zhao Secretname-Li")
    erase_contact(mia, contact)
    mia.sync()
    with closing(Device.open(ann.home)) as device:
        hello = device.hello(clock.wall_ms())
        device.apply(ann.transport.pull(Pull(hello.device, hello.version)))
    assert ann.value("contact", contact, "name") == "[erased]"
    assert ann.value("contact", contact, "no_calls") == 1
    assert ann.troubles() == []
    held = ann.query("SELECT changes FROM oplog UNION ALL SELECT changes FROM history")
    assert not any("Secretname" in str(row[0]) for row in held)
    for _ in range(2):
        ann.sync()
        mia.sync()
    for rep in (ann, mia):
        assert rep.troubles() == []
        assert rep.differing() == []
        assert rep.value("contact", contact, "name") == "[erased]"
        assert rep.value("contact", contact, "no_calls") == 1
    assert ann.query("SELECT count(*) FROM conflict") == [(0,)]


def test_what_others_called_their_changes_before_they_heard_of_an_erasure_goes_everywhere(
    ann: Rep, mia: Rep
) -> None:
    quiet(ann, mia)
    contact = ann.add("contact", name="Zhao Secretname", owner_id=ANN)
    quiet(ann, mia)
    erase_contact(ann, contact)
    ann.sync()
    with changing(mia.home, name=msg("Edit {noun} {label}")) as found:
        change.update(found.connection, "contact", contact, {"department": "Pumps"})
        found.call(msg("Edit {noun} {label}"), noun="contact", label="Zhao Secretname")
    quiet(mia, ann)
    for rep in (ann, mia):
        told = rep.query("SELECT arguments FROM tx UNION ALL SELECT arguments FROM heard_tx")
        assert not [row for row in told if "Secretname" in row[0]]
        assert rep.value("contact", contact, "department") == "Pumps"
    told = ann.query("SELECT arguments FROM heard_tx WHERE arguments <> '{}'")
    assert [json.loads(row[0]) for row in told] == [{"noun": "contact", "label": "[erased]"}]


def test_a_number_that_somebody_added_before_they_heard_of_an_erasure_is_nowhere(ann: Rep, mia: Rep) -> None:
    quiet(ann, mia)
    contact = ann.add("contact", name="Zhao Secretname", owner_id=ANN)
    quiet(ann, mia)
    erase_contact(ann, contact)
    ann.sync()
    phone = mia.add("phone", contact_id=contact, value="021 5555 0101", digits="02155550101")
    quiet(mia, ann)
    for rep in (ann, mia):
        assert rep.value("phone", phone, "value") == "[erased]"
        assert rep.value("phone", phone, "deleted_at") is not None
        held = rep.query("SELECT changes FROM oplog UNION ALL SELECT changes FROM history")
        assert not [row for row in held if "5555" in str(row[0])]


def erase_contact(rep: Rep, contact: str) -> None:
    with changing(rep.home, name=msg("Erase")) as found:
        erase_rows(found.connection, person_rows(found.connection, "contact", contact))


def test_a_person_erased_before_the_first_push_arrives_without_words_and_with_the_rest(
    ann: Rep, mia: Rep
) -> None:
    me = ann.query("SELECT value FROM local_state WHERE key = 'user_id'")[0][0]
    account = ann.add("account", name="Yangtze Pumps", owner_id=me)
    contact = ann.add("contact", name="Zhao Secretname", notes="met in Wuhan", no_calls=1, owner_id=me)
    link = ann.add("contact_account", contact_id=contact, account_id=account)
    phone = ann.add("phone", contact_id=contact, value="021 5555 0101", digits="02155550101")
    ann.edit("contact", contact, name="Zhao Secretname-Li", no_emails=1)
    erase_contact(ann, contact)
    ann.edit("contact", contact, no_emails=0)
    assert ann.troubles() == []
    assert ann.sync().outcomes == {"applied": 7}
    quiet(ann, mia)
    for rep in (ann, mia):
        assert rep.value("contact", contact, "name") == "[erased]"
        assert rep.value("contact", contact, "no_calls") == 1
        assert rep.value("contact", contact, "no_emails") == 0
        assert rep.value("contact_account", link, "contact_id") == contact
        assert rep.value("phone", phone, "deleted_at") is not None
        held = rep.query("SELECT changes FROM oplog UNION ALL SELECT changes FROM history")
        words = ("Secretname", "Wuhan", "5555")
        assert not any(word in str(row[0]) for row in held for word in words)


def test_an_edit_after_an_own_erasure_meets_no_conflict(ann: Rep, mia: Rep) -> None:
    quiet(ann, mia)
    contact = ann.add("contact", name="Zhao Secretname", owner_id=ANN)
    quiet(ann, mia)
    erase_contact(ann, contact)
    ann.edit("contact", contact, no_calls=1)
    quiet(ann, mia)
    ann.edit("contact", contact, no_emails=1)
    quiet(ann, mia)
    assert mia.query("SELECT count(*) FROM conflict") == [(0,)]
    assert mia.value("contact", contact, "no_calls") == 1


def test_a_store_that_erased_somebody_is_salvaged_whole(ann: Rep, tmp_path: Path) -> None:
    contact = ann.add("contact", name="Zhao Secretname", no_calls=1)
    erase_contact(ann, contact)
    salvage(ann.home, tmp_path / "saved.db")
    shutil.move(tmp_path / "saved.db", store_path(ann.home))
    assert ann.value("contact", contact, "no_calls") == 1
    assert ann.value("contact", contact, "name") == "[erased]"
    assert ann.troubles() == []


def test_a_payload_without_salt_is_found_altered_when_nobody_was_erased(ann: Rep) -> None:
    ann.add("lead", name="Li Wei")
    assert ann.troubles() == []
    with closing(sqlite3.connect(store_path(ann.home))) as connection:
        connection.execute("DROP TRIGGER IF EXISTS sfa_guard_oplog_update")
        connection.execute("UPDATE oplog SET salt = NULL WHERE tbl = 'lead'")
        connection.commit()
    with closing(open_writing(store_path(ann.home))) as connection:
        assert [finding.code for finding in check_log(connection)] == ["op_altered"]


def test_the_history_of_a_record_names_who_changed_it_elsewhere(ann: Rep, mia: Rep) -> None:
    quiet(ann, mia)
    lead = ann.add("lead", name="Li Wei")
    quiet(ann, mia)
    mia.edit("lead", lead, company="Li & Sons")
    quiet(mia, ann)
    device = mia.query("SELECT value FROM local_state WHERE key = 'device_id'")[0][0]
    with closing(open_writing(store_path(ann.home))) as connection:
        entries = history(connection, "lead", lead)
    assert [entry.author for entry in entries] == [MANAGER, ANN]
    assert entries[0].device == device
    assert entries[0].name == "Edit"
    with closing(open_writing(store_path(ann.home))) as connection:
        moments = timeline(connection, "lead", lead)
        latest = latest_changes(connection, 2)
    assert [(each.author, each.device) for each in moments] == [("Mia", device), ("Ann", "")]
    assert [(each.author, each.device, each.name, each.rows) for each in latest] == [
        ("Mia", device, "Edit", 1),
        ("Ann", "", "Add", 1),
    ]
    assert [bool(each.ref) for each in latest] == [False, True]
    text = latest_text(latest, "csv").splitlines()
    assert text[0] == "ref,at,author,device,name,rows,undone"
    assert f",Mia,{device},Edit,1,false" in text[1]
    assert device[:8] in latest_text(latest, "table")
    assert "Other device" not in latest_text(latest[1:], "table")


def test_a_salvaged_store_holds_what_was_heard(ann: Rep, mia: Rep, tmp_path: Path) -> None:
    quiet(ann, mia)
    lead = ann.add("lead", name="Li Wei")
    quiet(ann, mia)
    mia.edit("lead", lead, company="Li & Sons")
    quiet(mia, ann)
    salvage(ann.home, tmp_path / "saved.db")
    (store_path(ann.home)).unlink()
    shutil.move(tmp_path / "saved.db", store_path(ann.home))
    assert ann.value("lead", lead, "company") == "Li & Sons"
    assert ann.troubles() == []
    quiet(ann, mia)


class Failing(StoreConnection):
    """A connection whose disk fails at one statement."""

    left = -1

    def execute(self, *args: Any, **named: Any) -> sqlite3.Cursor:
        if args[0] != "ROLLBACK" and "ignore_check" not in args[0]:
            if self.left == 0:
                raise sqlite3.OperationalError("disk I/O error")
            self.left -= 1
        return super().execute(*args, **named)


def failing(path: Path, statement: int) -> Device:
    connection = open_writing(path)
    connection.__class__ = Failing
    assert isinstance(connection, Failing)
    connection.left = statement
    return Device.on(connection)


def test_a_page_that_is_cut_anywhere_leaves_the_store_as_it_was(ann: Rep, mia: Rep) -> None:
    quiet(ann, mia)
    lead = mia.add("lead", name="Li Wei", owner_id=ANN)
    mia.add("phone", lead_id=lead, value="021 5555 0101", digits="02155550101")
    mia.sync()
    with closing(Device.open(ann.home)) as device:
        hello = device.hello(clock.wall_ms())
    found = ann.transport.pull(Pull(hello.device, hello.version))
    before = everything(store_path(ann.home))
    statement = 0
    while True:
        with closing(failing(store_path(ann.home), statement).connection) as connection:
            try:
                Device.on(connection).apply(found)
            except StoreUnusable:
                assert connection.in_transaction is False
            else:
                break
        assert everything(store_path(ann.home)) == before
        statement += 1
    assert statement > 10
    assert ann.value("lead", lead, "name") == "Li Wei"
    assert ann.troubles() == []


def test_the_clock_goes_on_above_what_was_heard_and_in_the_centres_time(ann: Rep) -> None:
    ann.sync()
    lead = ann.add("lead", name="Li Wei")
    ann.sync()
    ahead = (clock.wall_ms() + 30_000) << clock.HLC_COUNTER_BITS
    apply(ann, replace(op(1, "lead", lead, company=["Li & Sons", None, None]), hlc=ahead))
    ann.edit("lead", lead, company="Li")
    assert ann.query("SELECT hlc FROM oplog ORDER BY seq DESC LIMIT 1")[0][0] > ahead
    with closing(Device.open(ann.home)) as device, change.applying(device.connection):
        device.connection.execute("INSERT OR REPLACE INTO local_state VALUES ('clock_offset_ms', '7200000')")
    ann.edit("lead", lead, company="Li & Co")
    reading = ann.query("SELECT hlc FROM oplog ORDER BY seq DESC LIMIT 1")[0][0]
    assert abs((reading >> clock.HLC_COUNTER_BITS) - clock.wall_ms() - 7_200_000) < 60_000
