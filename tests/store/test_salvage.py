from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sfa.errors import Refused, StoreUnusable, msg
from sfa.store import change
from sfa.store.content_hash import content_hash
from sfa.store.doctor import examine
from sfa.store.home import store_path
from sfa.store.perform import changing
from sfa.store.restoring import restore_backup
from sfa.store.salvage import salvage
from tests.store.rows import add, add_deal, edit, hash_of_store, new_id, page_size, value_of


@pytest.fixture
def used(home: Path) -> Path:
    with changing(home, name=msg("Add")) as found:
        for number in range(40):
            values = {"id": new_id(), "name": f"lead {number}", "notes": "long " * 200}
            lead = change.insert(found.connection, "lead", values)
    edit(home, "lead", lead, company="Huachuang")
    add_deal(home)
    return home


def tear(home: Path, table: str, pages: int = 1) -> None:
    """Overwrite the first leaves of a table's tree."""
    connection = sqlite3.connect(store_path(home))
    found = connection.execute(
        "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path LIMIT ?", (table, pages)
    ).fetchall()
    connection.close()
    assert found, "there is something to tear"
    data = bytearray(store_path(home).read_bytes())
    size = page_size(data)
    for (page,) in found:
        data[(page - 1) * size : page * size] = b"\xff" * size
    store_path(home).write_bytes(data)


def hash_of_file(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return content_hash(connection)


@pytest.mark.parametrize("table", ["lead", "oplog", "setting", "ix_lead_by_name"])
def test_store_with_a_torn_page_is_saved_whole(used: Path, tmp_path: Path, table: str) -> None:
    before = hash_of_store(used)
    tear(used, table, pages=2)
    damaged = store_path(used).read_bytes()
    found = salvage(used, tmp_path / "saved.db")
    assert hash_of_file(found.path) == before
    assert store_path(used).read_bytes() == damaged, "the evidence stays as it is"
    assert {path.name for path in used.iterdir()} <= {"sfa.db", "sfa.db-wal", "sfa.db-shm"}
    restore_backup(used, found.path)
    assert examine(used) == []
    assert hash_of_store(used) == before


def test_lost_ops_are_counted(used: Path, tmp_path: Path) -> None:
    tear(used, "oplog", pages=1)
    found = salvage(used, tmp_path / "saved.db")
    assert found.ops_lost > 0


def test_what_both_log_and_table_lost_is_lost_alone(used: Path, tmp_path: Path) -> None:
    last = add(used, "lead", name="last")
    tear(used, "oplog")
    tear(used, "lead")
    salvage(used, tmp_path / "saved.db")
    home = tmp_path / "other"
    restore_backup(home, tmp_path / "saved.db")
    assert value_of(home, "lead", last, "name") == "last"
    assert examine(home) == []


def test_sound_store_is_saved_whole(used: Path, tmp_path: Path) -> None:
    found = salvage(used, tmp_path / "saved.db")
    assert hash_of_file(found.path) == hash_of_store(used)
    assert (found.ops_lost, found.rows_lost) == (0, 0)


def test_salvage_never_overwrites(used: Path, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("precious")
    with pytest.raises(Refused):
        salvage(used, tmp_path / "there")


def test_nothing_readable_is_refused_and_leaves_nothing(used: Path, tmp_path: Path) -> None:
    data = bytearray(store_path(used).read_bytes())
    data[100:] = b"\xff" * (len(data) - 100)
    store_path(used).write_bytes(data)
    with pytest.raises(StoreUnusable):
        salvage(used, tmp_path / "saved.db")
    assert not (tmp_path / "saved.db").exists()
    assert {path.name for path in used.iterdir()} <= {"sfa.db", "sfa.db-wal", "sfa.db-shm"}
