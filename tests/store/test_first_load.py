"""Many rows into a store that holds little: written once, whole or not at all; then the log is back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sfa.errors import msg
from sfa.store import first_load
from sfa.store.first_load import PAYS_FROM
from sfa.store.home import store_path
from sfa.store.perform import changing
from sfa.store.reading import open_reading, reading
from tests.store.rows import add, new_id


def journal_of(home: Path) -> str:
    with reading(home) as connection:
        return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


def load(home: Path, new_rows: int = PAYS_FROM, *, fail: bool = False) -> str:
    """Return how the store is written while a load of so many rows is open."""
    with changing(home, name=msg("Import"), new_rows=new_rows) as change:
        connection = change.connection
        mode = str(connection.execute("PRAGMA journal_mode").fetchone()[0])
        stamp = connection.capture.stamp
        connection.execute(
            "INSERT INTO lead (id, ref, created_at, updated_at, name) VALUES (?, 'abcdefgh', ?, ?, 'New')",
            (new_id(), stamp, stamp),
        )
        if fail:
            raise KeyboardInterrupt
    return mode


def leads(home: Path) -> int:
    with reading(home) as connection:
        return int(connection.execute("SELECT count(*) FROM lead").fetchone()[0])


def test_a_first_load_of_many_rows_writes_each_page_once_and_the_log_comes_back(home: Path) -> None:
    add(home, "team", name="East")
    assert load(home) == "delete"
    assert journal_of(home) == "wal"
    assert leads(home) == 1
    assert not (home / "sfa.db-journal").exists()


@pytest.mark.parametrize("new_rows", [PAYS_FROM - 1, 1_000_000])
def test_few_rows_and_very_many_go_through_the_log(home: Path, new_rows: int) -> None:
    add(home, "team", name="East")
    assert load(home, new_rows) == "wal"


def test_a_store_that_holds_much_keeps_its_log(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(home, "team", name="East")
    monkeypatch.setattr(first_load, "_SMALL_BYTES", store_path(home).stat().st_size)
    assert load(home) == "wal"


def test_a_store_that_somebody_reads_keeps_its_log_and_the_reader_goes_on(home: Path) -> None:
    add(home, "team", name="East")
    with (
        closing(open_reading(home)) as reader,
        changing(home, name=msg("Import"), new_rows=PAYS_FROM) as change,
    ):
        assert change.connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert reader.execute("SELECT count(*) FROM team WHERE name = 'East'").fetchone()[0] == 1


def test_a_load_that_fails_leaves_nothing_and_the_log_comes_back(home: Path) -> None:
    add(home, "team", name="East")
    with pytest.raises(KeyboardInterrupt):
        load(home, fail=True)
    assert journal_of(home) == "wal"
    assert leads(home) == 0
    assert not (home / "sfa.db-journal").exists()


def test_a_reader_that_comes_during_a_load_sees_the_store_as_it_was_or_waits(home: Path) -> None:
    add(home, "team", name="East")
    with changing(home, name=msg("Import"), new_rows=PAYS_FROM) as change:
        stamp = change.connection.capture.stamp
        change.connection.execute("PRAGMA cache_size = 5")
        with closing(sqlite3.connect(f"{store_path(home).as_uri()}?mode=ro", uri=True, timeout=0)) as reader:
            assert reader.execute("SELECT count(*) FROM lead").fetchone()[0] == 0
        change.connection.executemany(
            "INSERT INTO lead (id, ref, created_at, updated_at, name) VALUES (?, 'abcdefgh', ?, ?, ?)",
            [(new_id(), stamp, stamp, "x" * 500) for _ in range(500)],
        )
        with (
            closing(sqlite3.connect(f"{store_path(home).as_uri()}?mode=ro", uri=True, timeout=0)) as reader,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            reader.execute("SELECT count(*) FROM lead").fetchone()
    assert leads(home) == 500


def test_a_reader_that_stays_past_the_end_delays_the_log_to_the_next_change(home: Path) -> None:
    add(home, "team", name="East")
    with changing(home, name=msg("Import"), new_rows=PAYS_FROM) as change:
        change.connection.execute("UPDATE team SET name = 'West'")
        reader = open_reading(home)
        reader.execute("BEGIN")
        assert reader.execute("SELECT name FROM team WHERE name IN ('East', 'West')").fetchone()[0] == "East"
        reader.execute("COMMIT")
    assert reader.execute("SELECT count(*) FROM team WHERE name = 'West'").fetchone()[0] == 1
    reader.close()
    add(home, "team", name="North")
    assert journal_of(home) == "wal"
