from __future__ import annotations

import shutil
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from sfa.errors import NotFound, Refused, StoreUnusable, msg
from sfa.store.backup import backup, backups
from sfa.store.contents import content_path, keep_content
from sfa.store.doctor import examine
from sfa.store.home import content_dir, store_path
from sfa.store.perform import changing
from sfa.store.restoring import restore_backup
from sfa.store.search.index import renumber
from sfa.store.version import SCHEMA_VERSION
from tests.asking import ask
from tests.store.rows import add, count, edit, hash_of_store, new_id, page_size, value_of


def attach(home: Path, tmp_path: Path, lead: str, text: str) -> str:
    source = tmp_path / "source.txt"
    source.write_text(text)
    sha256, size = keep_content(content_dir(home), source)
    add(
        home,
        "attachment",
        lead_id=lead,
        name="offer.txt",
        media_type="text/plain",
        size_bytes=size,
        sha256=sha256,
    )
    return sha256


def leftovers(home: Path) -> list[str]:
    return [path.name for path in home.rglob("*") if path.name.startswith(".") or path.suffix == ".part"]


def test_backup_has_the_same_content_and_is_private(home: Path) -> None:
    add(home, "lead", name="王芳")
    found = backup(home)
    assert found.content_hash == hash_of_store(home)
    assert ask(found.path, "SELECT name FROM lead") == [("王芳",)]
    assert stat.S_IMODE(found.path.stat().st_mode) == 0o600
    assert found.path.name.startswith("sfa-2")
    assert found.path.name.endswith("Z.db")
    assert [path.name for path in found.path.parent.iterdir()] == [found.path.name]


def test_two_backups_in_a_second_have_two_names(home: Path) -> None:
    assert len({backup(home).path for _ in range(3)}) == 3
    assert len(backups(home)) == 3


def test_backup_elsewhere_is_remembered(home: Path, tmp_path: Path) -> None:
    backup(home, tmp_path / "elsewhere.db")
    assert backups(home) == [tmp_path / "elsewhere.db"]


def test_backup_never_overwrites(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "there.db"
    target.write_text("precious")
    with pytest.raises(Refused):
        backup(home, target)
    assert target.read_text() == "precious"


def test_backup_of_no_store_makes_none(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        backup(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_backup_while_another_process_writes_is_one_moment_of_the_store(home: Path) -> None:
    add(home, "lead", name="before")
    with changing(home, name=msg("Add")) as found:
        found.connection.execute(
            "INSERT INTO lead (id, created_at, updated_at, name) VALUES (?, ?, ?, 'unfinished')",
            (new_id(), found.stamp, found.stamp),
        )
        made = backup(home)
    assert ask(made.path, "SELECT group_concat(name) FROM lead")[0] == ("before",)


def test_restore_brings_back_content_and_keeps_the_present_store(home: Path) -> None:
    lead = add(home, "lead", name="old")
    made = backup(home)
    edit(home, "lead", lead, name="new")
    found = restore_backup(home, made.path)
    assert value_of(home, "lead", lead, "name") == "old"
    assert hash_of_store(home) == made.content_hash == found.content_hash
    assert found.kept is not None
    assert ask(found.kept, "SELECT name FROM lead")[0] == ("new",)
    assert leftovers(home) == []
    restore_backup(home, found.kept)
    assert value_of(home, "lead", lead, "name") == "new"


def test_restored_store_can_be_changed(home: Path) -> None:
    made = backup(home)
    restore_backup(home, made.path)
    add(home, "lead", name="after")
    assert count(home, "SELECT count(*) FROM oplog WHERE tbl = 'lead'") == 1


def test_backup_alone_restores_on_another_machine(home: Path, tmp_path: Path) -> None:
    lead = add(home, "lead", name="王芳")
    sha256 = attach(home, tmp_path, lead, "an offer")
    made = backup(home, tmp_path / "alone.db")
    assert made.contents == 1
    elsewhere = tmp_path / "elsewhere"
    found = restore_backup(elsewhere, made.path)
    assert found.contents == 1
    assert content_path(content_dir(elsewhere), sha256).read_text() == "an offer"
    assert hash_of_store(elsewhere) == hash_of_store(home)
    names = ask(store_path(elsewhere), "SELECT name FROM sqlite_master")
    assert ("backup_content",) not in names


def test_missing_content_is_named(home: Path, tmp_path: Path) -> None:
    sha256 = attach(home, tmp_path, add(home, "lead", name="a"), "gone")
    content_path(content_dir(home), sha256).unlink()
    assert backup(home).missing == (sha256,)


def test_restore_refuses_what_is_no_backup(home: Path, tmp_path: Path) -> None:
    add(home, "lead", name="a")
    before = hash_of_store(home)
    other = tmp_path / "other.db"
    ask(other, "CREATE TABLE t (a)")
    text = tmp_path / "text.db"
    text.write_text("no database at all" * 100)
    for file in (other, text):
        with pytest.raises(StoreUnusable):
            restore_backup(home, file)
    with pytest.raises(NotFound):
        restore_backup(home, tmp_path / "none.db")
    assert hash_of_store(home) == before
    assert leftovers(home) == []


def test_restore_refuses_a_newer_backup(home: Path) -> None:
    made = backup(home)
    connection = sqlite3.connect(made.path)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    with pytest.raises(StoreUnusable, match="newer"):
        restore_backup(home, made.path)


def test_older_backup_is_migrated_when_it_is_restored(home: Path) -> None:
    lead = add(home, "lead", name="old")
    made = backup(home)
    connection = sqlite3.connect(made.path)
    connection.execute("PRAGMA user_version = 0")
    connection.close()
    found = restore_backup(home, made.path)
    assert found.migrated_from == 0
    assert value_of(home, "lead", lead, "name") == "old"
    assert count(home, "PRAGMA user_version") == SCHEMA_VERSION


def test_restore_refuses_a_damaged_backup(home: Path) -> None:
    add(home, "lead", name="a")
    made = backup(home)
    data = bytearray(made.path.read_bytes())
    size = page_size(data)
    for page in range(3, 40):
        data[page * size : page * size + 100] = b"\xff" * 100
    made.path.write_bytes(data)
    before = hash_of_store(home)
    with pytest.raises(StoreUnusable):
        restore_backup(home, made.path)
    assert hash_of_store(home) == before


def test_restore_replaces_a_store_that_cannot_be_read(home: Path) -> None:
    lead = add(home, "lead", name="safe")
    made = backup(home)
    store_path(home).write_bytes(b"\0" * 8192)
    found = restore_backup(home, made.path)
    assert value_of(home, "lead", lead, "name") == "safe"
    assert found.erasures_unknown
    assert found.kept is not None
    assert found.kept.read_bytes() == b"\0" * 8192


def test_restore_of_a_store_that_is_gone(home: Path) -> None:
    lead = add(home, "lead", name="safe")
    made = backup(home)
    store_path(home).unlink()
    assert restore_backup(home, made.path).kept is None
    assert value_of(home, "lead", lead, "name") == "safe"


WRITER = """
import sys, time
from pathlib import Path
from sfa.errors import msg
from sfa.store import change
from sfa.store.connection import open_writing
from sfa.store.home import store_path
from tests.store.rows import new_id
connection = open_writing(store_path(Path(sys.argv[1])))
for number in range(1000000):
    change.begin(connection)
    change.insert(connection, "lead", {"id": new_id(), "name": f"lead {number}"})
    change.commit(connection, name=msg("Add"))
    print(number, flush=True)
    time.sleep(0.005)
"""


def test_process_that_has_the_store_open_goes_on_in_the_restored_one(home: Path) -> None:
    made = backup(home)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(home)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert writer.stdout is not None
    try:
        writer.stdout.readline()
        kept = restore_backup(home, made.path).kept
        time.sleep(0.2)
    finally:
        writer.kill()
        rest = writer.stdout.read().split()
        writer.stdout.close()
        writer.wait()
    assert kept is not None
    names = "SELECT name FROM lead"
    before = {row[0] for row in ask(kept, names)}
    after = {row[0] for row in ask(store_path(home), names)}
    # Every acknowledged lead is in the store that was kept or in the one that came back: none is lost.
    assert {f"lead {number}" for number in ["0", *rest[:-1]]} <= before | after
    assert after, "the writer went on in the restored store"


def test_backup_into_a_missing_folder_is_refused_and_leaves_no_file(home: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable):
        backup(home, tmp_path / "no folder" / "x.db")
    assert leftovers(home) == []


def test_older_copy_of_the_file_alone_is_a_backup_too(home: Path, tmp_path: Path) -> None:
    lead = add(home, "lead", name="old")
    copy = tmp_path / "copied by hand.db"
    shutil.copyfile(store_path(home), copy)
    edit(home, "lead", lead, name="new")
    restore_backup(home, copy)
    assert value_of(home, "lead", lead, "name") == "old"


def test_a_backup_with_pages_of_another_size_is_brought_back(home: Path) -> None:
    lead = add(home, "lead", name="old")
    made = backup(home)
    with closing(sqlite3.connect(made.path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA page_size = 4096")
        connection.execute("VACUUM")
        renumber(connection)
    assert page_size(made.path.read_bytes()) != page_size(store_path(home).read_bytes())
    edit(home, "lead", lead, name="new")
    restore_backup(home, made.path)
    assert value_of(home, "lead", lead, "name") == "old"
    assert examine(home) == []
