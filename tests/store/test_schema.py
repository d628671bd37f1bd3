"""The migrated schema is that of the models, and a store is made once and for its owner alone."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from sfa.errors import StoreUnusable
from sfa.models.schema import TABLES
from sfa.store import schema
from sfa.store.connection import StoreConnection, open_writing
from sfa.store.doctor import examine
from sfa.store.home import backup_dir, store_path
from sfa.store.orm import engine_on
from sfa.store.reading import reading
from sfa.store.schema import ready
from sfa.store.triggers import expected
from sfa.store.version import SCHEMA_VERSION

OF_SYNC = {"history", "heard_tx", "confirmed", "outcome", "leaving", "missing_ref", "parked", "sync_run"}
LOCAL = {"alembic_version", "local_state", "tx", "oplog", "row_writer"} | OF_SYNC
OWN_INDEXES = (
    "ix_tx",
    "ix_oplog",
    "search",
    "ix_history",
    "ix_missing_ref",
    "ix_sync_run",
)  # of the logs and of search


def shape(statement: str) -> str:
    return re.sub(r"\s+", " ", statement.replace('"', "")).replace(" )", ")").replace("( ", "(").strip()


def schema_of(path: Path) -> dict[str, str]:
    connection = sqlite3.connect(path)
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL"
    ).fetchall()
    connection.close()
    return {name: shape(sql) for name, sql in rows if not name.startswith("sqlite_")}


def test_the_migrations_end_at_the_schema_of_the_models(tmp_path: Path) -> None:
    migrated = schema_of(ready(tmp_path / "home"))
    path = tmp_path / "models.db"
    engine = create_engine(f"sqlite:///{path}")
    TABLES[0].metadata.create_all(engine)
    engine.dispose()
    modelled = schema_of(path)
    own = {name for name in migrated if name not in LOCAL and not name.startswith(OWN_INDEXES)}
    assert own == set(modelled)
    for name in modelled:
        assert migrated[name] == modelled[name]


def test_a_new_store_has_every_trigger_and_the_schema_version(tmp_path: Path) -> None:
    path = ready(tmp_path / "home")
    connection = sqlite3.connect(path)
    found = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall())
    assert {name: shape(sql) for name, sql in found.items()} == {
        name: shape(sql) for name, sql in expected().items()
    }
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    connection.close()


def test_the_store_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = ready(tmp_path / "home")
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in path.parent.iterdir()) == [path.name]


def test_two_processes_that_make_the_store_at_once_get_the_same_one(tmp_path: Path) -> None:
    home = tmp_path / "home"
    program = (
        "import sys; from pathlib import Path; from sfa.store.reading import reading\n"
        "with reading(Path(sys.argv[1])) as c:"
        " print(c.execute(\"SELECT value FROM local_state WHERE key = 'device_id'\").fetchone()[0])"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(home)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    answers = {process.communicate(timeout=60)[0] for process in running}
    assert len(answers) == 1
    assert all(process.returncode == 0 for process in running)


def test_threads_of_one_process_that_make_the_store_at_once_get_the_same_one(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with ThreadPoolExecutor(4) as threads:
        paths = {each.result() for each in [threads.submit(ready, home) for _ in range(4)]}
    assert paths == {store_path(home)}
    assert [each.name for each in home.iterdir()] == [store_path(home).name]
    assert examine(home) == []


def test_a_store_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = ready(tmp_path / "home")
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreUnusable, match="newer"), reading(path.parent):
        pass
    assert path.read_bytes() == before


def test_accounts_and_products_keep_their_places_when_they_get_a_column(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    with closing(open_writing(store_path(home))) as connection:
        config = revisions(connection, "0006")
        stamp = "2026-11-22T09:00:00.000Z"
        for place, name in ((3, "华创"), (9, "Nordlicht")):
            for table in ("account", "product"):
                connection.execute(
                    f"INSERT INTO {table} (rowid, id, created_at, updated_at, name) VALUES (?, ?, ?, ?, ?)",
                    (place, f"{table}-{place}", stamp, stamp, name),
                )
        connection.execute("UPDATE account SET parent_id = 'account-3' WHERE rowid = 9")
        command.upgrade(config, "head")
        for table, column in (("account", "pricebook_id"), ("product", "tax_class_id")):
            rows = connection.execute(f"SELECT rowid, name, {column} FROM {table} ORDER BY rowid").fetchall()
            assert [tuple(row) for row in rows] == [(3, "华创", None), (9, "Nordlicht", None)]
        assert (
            connection.execute("SELECT parent_id FROM account WHERE rowid = 9").fetchone()[0] == "account-3"
        )
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def revisions(connection: StoreConnection, last: str) -> Config:
    """Run the revisions up to one, and return what runs the others."""
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    connection.execute("PRAGMA foreign_keys = OFF")
    bound = engine_on(connection).connect()
    config.attributes["connection"] = bound
    command.upgrade(config, last)
    return config


def make_older(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION - 1}")


def test_threads_that_open_an_older_store_at_once_wait_for_the_one_that_migrates_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_older(store_path(home))
    migrations = []

    def slowly(connection: sqlite3.Connection) -> None:
        migrations.append(connection)
        time.sleep(1.5)  # longer than SQLite itself waits for a lock

    monkeypatch.setattr(schema, "_run_revisions", slowly)
    with ThreadPoolExecutor(3) as threads:
        paths = list(threads.map(lambda _: ready(home), range(3)))
    assert paths == [store_path(home)] * 3
    assert len(migrations) == 1
    assert len(list(backup_dir(home).glob("before-schema-*.db"))) == 1


def test_who_opens_an_older_store_is_told_once_that_it_is_brought_up_to_date(home: Path) -> None:
    make_older(store_path(home))
    told = []
    for _ in range(2):
        ready(home, on_upgrade=lambda: told.append("told"))
    assert told == ["told"]


def test_a_migration_that_breaks_off_leaves_the_older_store_and_its_backup(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_older(store_path(home))

    def break_off(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TABLE search_doc")
        raise KeyboardInterrupt

    monkeypatch.setattr(schema, "_run_revisions", break_off)
    with pytest.raises(KeyboardInterrupt):
        ready(home)
    monkeypatch.undo()
    assert schema.stored_version(store_path(home)) == SCHEMA_VERSION - 1
    ready(home)
    assert examine(home) == []
