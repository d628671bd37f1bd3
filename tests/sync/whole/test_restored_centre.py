"""A centre that went back in time, or moved to another machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sfa.sync.centre.cluster import Cluster
from tests.sync.servers import folder_for_servers
from tests.sync.whole.conftest import drop_database, free_port
from tests.sync.whole.office import Office, Person, in_step, nothing_lost, quiet


def _dump(office: Office, file: Path) -> None:
    program = office.server.binaries / "pg_dump"
    url = office.server.admin_url(office.database)
    subprocess.run([str(program), "-Fc", "-f", str(file), url], check=True)


def _restore(office: Office, file: Path) -> None:
    """Replace the database by a backup, as an administrator does."""
    drop_database(office.server, office.database)
    url = office.server.admin_url("postgres")
    program = office.server.binaries / "pg_restore"
    # The database keeps its name in the dump.
    subprocess.run([str(program), "--create", "--exit-on-error", "-d", url, str(file)], check=True)


def test_devices_bring_back_what_a_restored_centre_lost(
    office: Office, anna: Person, ben: Person, boss: Person, tmp_path: Path
) -> None:
    anna.does("account", "add", "Huachuang")
    quiet(anna, boss, ben)
    _dump(office, tmp_path / "dump")
    boss("hub", "backup-mark", "--url", office.server.admin_url(office.database))

    anna.does("account", "edit", "Huachuang", "--industry", "Solar")
    anna.does("lead", "add", "Of Anna", "--company", "One")
    ben.does("lead", "add", "Of Ben", "--company", "Two")
    ben.does("lead", "add", "Unsent when it happened", "--company", "Three")
    quiet(anna, ben, boss)
    in_step(anna, ben, boss)

    _restore(office, tmp_path / "dump")
    boss.does("hub", "backup-mark", "--restored", "--url", office.server.admin_url(office.database))
    ben.does("lead", "add", "After it", "--company", "Four")

    quiet(anna, ben, boss)
    names = [("After it",), ("Of Anna",), ("Of Ben",), ("Unsent when it happened",)]
    assert boss.rows("SELECT name FROM lead ORDER BY name") == names
    for each in (anna, boss):
        assert each.rows("SELECT industry FROM account") == [("Solar",)]
    in_step(anna, ben, boss)
    nothing_lost(office, anna, ben, boss)


def test_what_a_lost_device_had_sent_comes_back_from_those_who_had_received_it(
    office: Office, anna: Person, boss: Person, tmp_path: Path
) -> None:
    anna.does("account", "add", "Huachuang")
    quiet(anna, boss)
    _dump(office, tmp_path / "dump")
    anna.does("account", "edit", "Huachuang", "--industry", "Solar")
    anna.does("deal", "add", "Pumps", "--account", "Huachuang", "--amount", "50000")
    anna.does("visit", "add", "--account", "Huachuang", "--outcome", "went well")
    quiet(anna, boss)
    ops = anna.rows("SELECT op_id FROM oplog o JOIN tx t USING (tx_id) WHERE t.kind <> 'system'")
    shutil.rmtree(anna.home)

    _restore(office, tmp_path / "dump")
    boss.does("hub", "backup-mark", "--restored", "--url", office.server.admin_url(office.database))
    assert boss.syncs().code == 0
    assert boss.rows("SELECT industry FROM account") == [("Solar",)]
    assert boss.rows("SELECT name, amount_minor FROM deal") == [("Pumps", 5_000_000)]
    assert boss.value("SELECT count(*) FROM activity") == 1
    known = {row[0] for row in office.rows("SELECT op_id FROM hub.op")}
    assert {row[0] for row in ops} <= known
    in_step(boss)

    again = office.signed_in("anna", "-new-laptop")
    assert again.rows("SELECT name, amount_minor FROM deal") == [("Pumps", 5_000_000)]
    in_step(again, boss)


def test_a_copy_that_goes_on_for_a_lost_device_gets_what_that_one_had_sent(
    office: Office, anna: Person, boss: Person, tmp_path: Path
) -> None:
    quiet(anna, boss)
    _dump(office, tmp_path / "dump")
    copy = anna.copies_home(tmp_path / "copy")
    anna.does("lead", "add", "Sent by the lost one", "--company", "One")
    quiet(anna, boss)
    shutil.rmtree(anna.home)

    _restore(office, tmp_path / "dump")
    boss.does("hub", "backup-mark", "--restored", "--url", office.server.admin_url(office.database))
    copy.does("lead", "add", "Of the copy", "--company", "Two")
    copy.syncs()
    quiet(boss, copy)
    assert copy.rows("SELECT name FROM lead ORDER BY name") == [("Of the copy",), ("Sent by the lost one",)]
    in_step(copy, boss)
    nothing_lost(office, copy, boss)


def test_a_restored_centre_that_nobody_marked_is_noticed_by_what_it_does_not_know(
    office: Office, anna: Person, boss: Person, tmp_path: Path
) -> None:
    quiet(anna, boss)
    _dump(office, tmp_path / "dump")
    anna.does("lead", "add", "Sent since", "--company", "One")
    quiet(anna, boss)
    _restore(office, tmp_path / "dump")

    quiet(anna, boss)
    for each in (anna, boss):
        assert each.rows("SELECT name FROM lead") == [("Sent since",)]
    in_step(anna, boss)
    nothing_lost(office, anna, boss)


@pytest.fixture
def standby(office: Office) -> Iterator[Cluster]:
    """A standby of the server, as it is now; it hears of nothing that the server does from here on."""
    folder = Path(tempfile.mkdtemp(prefix="sfa-standby-", dir=folder_for_servers()))
    found = Cluster(folder)
    office.server.stop()
    shutil.copytree(office.server.data, found.data)
    office.server.start()
    settings = found.data / "postgresql.conf"
    text = settings.read_text().replace(f"port = {office.server.port()}\n", f"port = {free_port()}\n")
    mine, theirs = (_sockets(each) for each in (found, office.server))
    settings.write_text(text.replace(theirs, mine))
    (found.data / "standby.signal").touch()
    owner = office.server.data.stat()
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)
    folder.chmod(0o700)
    try:
        found.start()
        yield found
    finally:
        found.remove()


def _sockets(server: Cluster) -> str:
    return server.admin_url().split("host=")[1].split("&")[0]


def test_a_standby_gives_and_after_its_promotion_gets_back_what_it_had_not_heard(
    office: Office, anna: Person, boss: Person, standby: Cluster
) -> None:
    anna.does("lead", "add", "Heard by one centre only", "--company", "One")
    quiet(anna, boss)
    for each in (anna, boss):
        each.goes_to(standby.url(each.login, office.database))
    assert boss("sync").code == 0
    anna.does("lead", "add", "Typed when the centre was gone", "--company", "Two")
    assert anna("sync").code == 5

    before = anna.value("SELECT value FROM local_state WHERE key = 'sync_epoch'")
    with psycopg.connect(standby.admin_url("postgres"), autocommit=True) as connection:
        assert connection.execute("SELECT pg_promote()").fetchone() == (True,)
    quiet(anna, boss)
    names = [("Heard by one centre only",), ("Typed when the centre was gone",)]
    for each in (anna, boss):
        assert each.rows("SELECT name FROM lead ORDER BY name") == names
    in_step(anna, boss)
    assert anna.value("SELECT value FROM local_state WHERE key = 'sync_epoch'") != before
    promoted = Office(standby, office.database, office.homes, office.typist, office.folder)
    nothing_lost(promoted, anna, boss)
