"""Full disks, read-only folders, locks, damage, newer stores: said plainly, and nothing is changed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sfa.errors import StoreUnusable, msg
from sfa.store import change
from sfa.store.backup import backup
from sfa.store.doctor import examine
from sfa.store.home import store_path
from sfa.store.perform import changing
from sfa.store.reading import reading
from sfa.store.restoring import restore_backup
from sfa.store.version import SCHEMA_VERSION
from tests.store.rows import add, count, hash_of_store, new_id

PROJECT = Path(__file__).resolve().parents[2]
OWN = {"sfa.db", "sfa.db-wal", "sfa.db-shm"}


def fill(home: Path, rows: int = 20_000) -> None:
    with changing(home, name=msg("Fill")) as found:
        for number in range(rows):
            values = {"id": new_id(), "name": f"lead {number}", "notes": "x" * 400}
            change.insert(found.connection, "lead", values)


def files_in(home: Path) -> set[str]:
    return {path.name for path in home.rglob("*") if path.is_file()}


@pytest.fixture
def small_disk(home: Path) -> Iterator[Path]:
    """Return a home on a disk of eight megabytes; only root can make one."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("mounting a small disk takes root on Linux")
    folder = Path(tempfile.mkdtemp(prefix="sfa-disk-"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        folder.rmdir()
        pytest.skip("mounting is not allowed here")
    try:
        small = folder / "home"
        small.mkdir(mode=0o700)
        shutil.copyfile(store_path(home), store_path(small))
        store_path(small).chmod(0o600)
        yield small
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()


def leave_free(home: Path, size: int) -> None:
    """Fill the disk but for so many bytes: less than the store takes once more."""
    assert size < store_path(home).stat().st_size
    (home / "ballast").write_bytes(b"\0" * (shutil.disk_usage(home).free - size))


def test_full_disk_changes_nothing(small_disk: Path) -> None:
    add(small_disk, "lead", name="before")
    before = hash_of_store(small_disk)
    with pytest.raises(StoreUnusable, match=r"full|failed"):
        fill(small_disk)
    assert hash_of_store(small_disk) == before
    assert examine(small_disk) == []
    assert files_in(small_disk) <= OWN
    add(small_disk, "lead", name="after")


def test_backup_on_a_full_disk_leaves_no_file(small_disk: Path) -> None:
    leave_free(small_disk, 300_000)
    with pytest.raises(StoreUnusable):
        backup(small_disk)
    assert files_in(small_disk) <= OWN | {"ballast"}


def test_restore_on_a_full_disk_leaves_the_store_as_it_was(small_disk: Path, tmp_path: Path) -> None:
    made = backup(small_disk, tmp_path / "made.db")
    add(small_disk, "lead", name="since")
    before = hash_of_store(small_disk)
    leave_free(small_disk, 700_000)
    with pytest.raises(StoreUnusable):
        restore_backup(small_disk, made.path)
    assert hash_of_store(small_disk) == before
    assert files_in(small_disk) <= OWN | {"ballast"}


def full_change(home: Path) -> None:
    with changing(home, name=msg("Fill")) as found:
        pages = found.connection.execute("PRAGMA page_count").fetchone()[0]
        found.connection.execute(f"PRAGMA max_page_count = {pages + 20}")
        for number in range(5000):
            change.insert(found.connection, "lead", {"id": new_id(), "name": f"lead {number}"})


def test_full_file_changes_nothing(home: Path) -> None:
    before = hash_of_store(home)
    with pytest.raises(StoreUnusable, match="full"):
        full_change(home)
    assert hash_of_store(home) == before
    assert examine(home) == []
    assert files_in(home) <= OWN


AS_NOBODY = """
import os, sys, urllib.parse  # what Python imports late may lie where nobody cannot read
from pathlib import Path
from sfa.errors import StoreUnusable, msg
from sfa.store.perform import changing
from sfa.store.reading import reading
from sfa.store.backup import backup
from sfa.store.doctor import examine
from tests.store.rows import add
home = Path(sys.argv[1])
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
with reading(home) as connection:
    print(connection.execute("SELECT name FROM lead").fetchone()[0])
for attempt in (lambda: add(home, "lead", name="by night"), lambda: backup(home)):
    try:
        attempt()
    except StoreUnusable as error:
        print(error)
"""


@pytest.mark.skipif(os.name != "posix", reason="permissions of Unix")
def test_read_only_home_can_be_read_and_says_so_when_written(home: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="sfa-read-only-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        locked = folder / "home"
        locked.mkdir()
        add(home, "lead", name="before")
        shutil.copyfile(store_path(home), store_path(locked))
        store_path(locked).chmod(0o444)
        locked.chmod(0o555)
        before = hash_of_store(locked) if os.geteuid() == 0 else ""
        for path in locked.glob("sfa.db-*"):
            path.unlink()
        done = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, str(locked)],
            cwd=PROJECT,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr == ""
        read, *refused = done.stdout.splitlines()
        assert read == "before"
        assert len(refused) == 2
        assert files_in(locked) <= OWN
        assert os.geteuid() != 0 or hash_of_store(locked) == before
        locked.chmod(0o755)


SHUT_OUT = """
import os, sys, urllib.parse
from pathlib import Path
from sfa.errors import StoreUnusable
from sfa.store.doctor import examine
from sfa.store.reading import open_reading
from tests.store.rows import add
home = Path(sys.argv[1])
os.setgid(65534)
os.setuid(65534)
for attempt in (open_reading, examine, lambda home: add(home, "lead", name="x")):
    try:
        attempt(home)
    except StoreUnusable as error:
        print(error.what)
"""


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="becomes another user, so needs root")
def test_home_that_may_not_be_entered_is_said_to_be_so(home: Path) -> None:
    home.chmod(0o700)
    done = subprocess.run(
        [sys.executable, "-c", SHUT_OUT, str(home)], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["The folder {path} cannot be used for the store."] * 3


def test_locked_store_is_waited_for_and_then_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change, "BUSY_WAIT_S", 1.2)
    waited: list[str] = []
    with closing(sqlite3.connect(store_path(home), isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("BEGIN IMMEDIATE")
        with (
            pytest.raises(StoreUnusable, match="over a minute"),
            changing(home, name=msg("Add"), on_wait=lambda: waited.append("told")),
        ):
            pass
    assert waited == ["told"]
    add(home, "lead", name="after")


def test_store_that_another_process_folds_its_log_into_is_waited_for(home: Path) -> None:
    other = sqlite3.connect(store_path(home), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    letting_go = threading.Timer(1.6, other.close)
    letting_go.start()
    add(home, "lead", name="waited")
    letting_go.join()
    assert count(home, "SELECT count(*) FROM lead") == 1


def test_locked_store_can_be_read_and_backed_up(home: Path) -> None:
    with closing(sqlite3.connect(store_path(home), isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("BEGIN IMMEDIATE")
        with reading(home) as connection:
            assert connection.execute("SELECT count(*) FROM user").fetchone()[0] == 1
        assert backup(home).path.exists()
        assert examine(home) == []


def test_restore_into_a_locked_store_gives_up_and_changes_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backup(home, tmp_path / "made.db")
    add(home, "lead", name="since")
    before = hash_of_store(home)
    monkeypatch.setattr(change, "BUSY_WAIT_S", 0.3)
    with closing(sqlite3.connect(store_path(home), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnusable, match="over a minute"):
            restore_backup(home, made.path)
    assert hash_of_store(home) == before
    assert files_in(home) <= OWN


def corrupt(home: Path) -> None:
    data = bytearray(store_path(home).read_bytes())
    data[100:60_000] = b"\xff" * 59_900
    store_path(home).write_bytes(data)


def make_newer(home: Path) -> None:
    with closing(sqlite3.connect(store_path(home))) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")


def make_other(home: Path) -> None:
    store_path(home).write_bytes(b"something else entirely " * 100)


@pytest.mark.parametrize("damage", [corrupt, make_newer, make_other])
def test_unusable_store_is_refused_and_left_as_it_is(home: Path, damage: object) -> None:
    assert callable(damage)
    damage(home)
    before = store_path(home).read_bytes()
    with pytest.raises(StoreUnusable) as reading_it, reading(home) as connection:
        connection.execute("SELECT count(*) FROM lead").fetchone()
    with pytest.raises(StoreUnusable) as writing_it:
        add(home, "lead", name="x")
    for error in (reading_it.value, writing_it.value):
        assert error.hint is not None
        assert str(error.what).format_map(error.data)
    assert store_path(home).read_bytes() == before
    assert files_in(home) <= OWN


def test_making_a_store_that_fails_leaves_no_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("sfa.store.seed.seed", full)
    other = home.parent / "other"
    with pytest.raises(StoreUnusable):
        add(other, "lead", name="x")
    assert files_in(other) == set()


def test_two_processes_that_make_the_store_at_once_get_one_store(tmp_path: Path) -> None:
    home = tmp_path / "home"
    program = (
        "import sys; from pathlib import Path; from tests.store.rows import add;"
        " add(Path(sys.argv[1]), 'lead', name='x')"
    )
    makers = [
        subprocess.Popen([sys.executable, "-c", program, str(home)], cwd=PROJECT, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    assert [maker.communicate()[1] for maker in makers] == [b"", b"", b""]
    assert count(home, "SELECT count(*) FROM lead") == 3
    assert count(home, "SELECT count(*) FROM user") == 1
    assert files_in(home) <= OWN
    assert examine(home) == []
