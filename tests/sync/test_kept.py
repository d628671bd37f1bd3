"""The store that is kept open between syncs: it is always the home's present one, and in nobody's way."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sfa import clock, config
from sfa.cli.run import run
from sfa.errors import Refused, StoreUnusable
from sfa.store.backup import backup
from sfa.store.home import store_path
from sfa.store.restoring import restore_backup
from sfa.store.version import SCHEMA_VERSION
from sfa.sync import running
from sfa.sync.device import Device
from sfa.sync.errors import CentreUnreachable, unreachable
from sfa.sync.kept import KeptStore
from tests.screens.centre import ModelLine, failing, sign_in, syncer
from tests.screens.driving import opened as opened_app
from tests.screens.driving import until
from tests.services.acting import make, rows
from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import ANN, MANAGER, founded
from tests.sync.device.team import Rep, copied_home

Sync = Callable[[], Any]

# What another process does to a store that nothing is locked in: it does not wait.
_ALONE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=0)
connection.execute("BEGIN EXCLUSIVE")
connection.execute("INSERT INTO local_state (key, value) VALUES ('tried', '1')")
connection.execute("COMMIT")
print(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
"""


@pytest.fixture
def centre(new_store: Path, monkeypatch: pytest.MonkeyPatch) -> ModelCentre:
    """Return a centre with the company in it."""
    monkeypatch.setenv("SFA_CENTRE_PASSWORD", "secret")
    return founded(new_store, clock.wall_ms)


@pytest.fixture
def kept(home: Path, centre: ModelCentre) -> Iterator[KeptStore]:
    """Return the store of Ann's home, which is signed in."""
    sign_in(home, centre, ANN)
    with closing(KeptStore(home)) as found:
        yield found


@pytest.fixture
def sync(home: Path, centre: ModelCentre, kept: KeptStore) -> Sync:
    """Return what syncs Ann's kept store once."""
    return partial(
        syncer(centre, ANN), home, password=None, on_progress=None, sleep=lambda _: None, kept=kept
    )


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Device]:
    """Return the stores that were opened for a sync since."""
    found: list[Device] = []
    open_it = Device.open

    def counted(home: Path) -> Device:
        found.append(open_it(home))
        return found[-1]

    monkeypatch.setattr(Device, "open", counted)
    return found


def connection_of(kept: KeptStore) -> sqlite3.Connection:
    """Return the connection that is lent just now."""
    with kept.lent() as device:
        return device.connection


def is_closed(connection: sqlite3.Connection) -> bool:
    """Say whether a connection was closed."""
    try:
        connection.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return True
    return False


def test_one_opening_is_enough_for_many_syncs(home: Path, opened: list[Device], sync: Sync) -> None:
    opened.clear()  # of signing in
    for name in ("Li Wei", "Wang Fang"):
        make(home, "lead", name=name)
        assert sync().result.pushed > 0
    assert sync().result.pushed == 0
    assert len(opened) == 1


def test_another_process_writes_and_folds_the_log_in_between_two_syncs(home: Path, sync: Sync) -> None:
    make(home, "lead", name="Li Wei")
    sync()
    command = [sys.executable, "-c", _ALONE, str(store_path(home))]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (said.stdout.strip(), said.stderr) == ("0", "")
    assert sync().result.pushed == 0


def test_a_backup_that_was_brought_back_between_two_syncs_is_what_the_next_one_carries_on(
    home: Path, sync: Sync, new_store: Path, tmp_path: Path, centre: ModelCentre
) -> None:
    file = backup(home).path
    make(home, "lead", name="Sent")
    sync()
    make(home, "lead", name="Unsent")
    restore_backup(home, file)
    assert rows(home, "SELECT name FROM lead") == []
    done = sync()
    assert done.standing.unsent == 0
    assert rows(home, "SELECT name FROM lead") == [{"name": "Sent"}]
    mia = Rep(copied_home(new_store, tmp_path / "mia"), centre, MANAGER)
    mia.sync()
    assert mia.query("SELECT name FROM lead") == [("Sent",)]


def test_another_file_in_place_of_the_store_is_opened_and_the_old_one_closed(
    home: Path, kept: KeptStore, sync: Sync, tmp_path: Path
) -> None:
    sync()
    before = connection_of(kept)
    with (
        closing(sqlite3.connect(store_path(home))) as present,
        closing(sqlite3.connect(tmp_path / "copy.db")) as copy,
    ):
        present.backup(copy)
        copy.execute("UPDATE local_state SET value = 'another' WHERE key = 'device_id'")
        copy.commit()
    (tmp_path / "copy.db").replace(store_path(home))
    for end in ("-wal", "-shm"):
        Path(f"{store_path(home)}{end}").unlink(missing_ok=True)
    with kept.lent() as device:
        assert device.device_id == "another"
    assert is_closed(before)
    with closing(sqlite3.connect(store_path(home))) as present:
        assert present.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_home_that_was_removed_is_made_anew_and_is_signed_in_nowhere(
    home: Path, kept: KeptStore, sync: Sync
) -> None:
    sync()
    shutil.rmtree(home)
    with pytest.raises(Refused, match="not signed in to a centre"):
        sync()
    with kept.lent() as device:
        assert device.centre is None
    assert store_path(home).exists()


def test_a_store_that_a_newer_program_migrated_is_refused_and_left_alone(
    home: Path, kept: KeptStore, sync: Sync
) -> None:
    sync()
    before = connection_of(kept)
    with closing(sqlite3.connect(store_path(home))) as newer:
        newer.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
        runs = newer.execute("SELECT count(*) FROM sync_run").fetchone()
    with pytest.raises(StoreUnusable, match="written by a newer sfa"):
        sync()
    assert is_closed(before)
    with closing(sqlite3.connect(store_path(home))) as newer:
        assert newer.execute("SELECT count(*) FROM sync_run").fetchone() == runs
        newer.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    assert sync().result.pushed == 0


def test_a_sync_that_fails_leaves_no_store_open(home: Path, kept: KeptStore, centre: ModelCentre) -> None:
    before = connection_of(kept)
    fails = failing(centre, unreachable("centre.example:5432", "no route"))
    with pytest.raises(CentreUnreachable):
        fails(home, password=None, sleep=lambda _: None, kept=kept)
    assert is_closed(before)
    assert rows(home, "SELECT state FROM sync_run ORDER BY started_at DESC LIMIT 1") == [
        {"state": "unreachable"}
    ]
    assert connection_of(kept) is not before


def test_what_is_closed_may_be_lent_again(kept: KeptStore) -> None:
    before = connection_of(kept)
    kept.close()
    kept.close()
    assert is_closed(before)
    assert not is_closed(connection_of(kept))


def test_watching_opens_the_store_once_and_closes_it_at_the_end(
    home: Path, centre: ModelCentre, opened: list[Device], monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(home, centre, ANN)
    opened.clear()
    slept: list[bool] = []

    def sleep(_: float) -> None:
        slept.append(is_closed(opened[0].connection))
        if len(slept) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(running, "PostgresTransport", lambda *_, **__: ModelLine(centre, ANN))
    monkeypatch.setattr("sfa.cli.sync.time.sleep", sleep)
    assert run(("sync", "--watch", "15")) == 130
    assert slept == [False, False, False]
    assert len(opened) == 1
    assert is_closed(opened[0].connection)


async def test_the_app_opens_the_store_once_for_its_syncs_and_closes_it_at_the_end(
    home: Path, centre: ModelCentre, opened: list[Device]
) -> None:
    sign_in(home, centre, ANN)
    config.put("sync_every", "0", home)
    opened.clear()
    async with opened_app(home, start="sync", sync=syncer(centre, ANN)) as (app, pilot):
        await until(pilot, lambda: app.syncing.fresh.is_signed_in)
        for times in (2, 3):
            app.syncing.now()
            await until(pilot, lambda: not app.syncing.is_running)
            assert len(rows(home, "SELECT 1 FROM sync_run WHERE state = 'ok'")) == times
        assert len(opened) == 1
        assert not is_closed(opened[0].connection)
    assert is_closed(opened[0].connection)
