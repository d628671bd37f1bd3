"""Indexes that stand aside while a table is filled: all of them are there again, true, whatever happens."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sfa.errors import msg
from sfa.store import change, indexes
from sfa.store.home import store_path
from sfa.store.indexes import indexes_aside
from sfa.store.perform import changing
from tests.store.rows import add, new_id


def named(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row[0] for row in connection.execute("SELECT name FROM pragma_index_list(?)", (table,))}


def schema_of(home: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(store_path(home))) as connection:
        return sorted(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))


def fill(home: Path, *, fail: bool = False) -> None:
    with changing(home, name=msg("Import")) as found:
        with indexes_aside(found.connection, ["lead", "contact"]):
            assert "ix_lead_by_name" not in named(found.connection, "lead")
            for number in range(50):
                values = {"id": new_id(), "name": f"Lead {number * 7 % 50}", "status": "new"}
                change.insert(found.connection, "lead", values)
            if fail:
                raise KeyboardInterrupt
        assert "ix_lead_by_name" in named(found.connection, "lead")


def test_they_are_made_at_the_end_and_true(home: Path) -> None:
    before = schema_of(home)
    fill(home)
    assert schema_of(home) == before
    with closing(sqlite3.connect(store_path(home))) as connection:
        assert connection.execute("SELECT count(*) FROM lead INDEXED BY ix_lead_ref").fetchone() == (50,)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_they_are_there_again_after_what_went_wrong(home: Path) -> None:
    before = schema_of(home)
    with pytest.raises(KeyboardInterrupt):
        fill(home, fail=True)
    assert schema_of(home) == before


def test_a_table_that_holds_more_keeps_its_own(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexes, "_FEW", 2)
    for name in ("one", "two", "three"):
        add(home, "lead", name=name)
    with changing(home, name=msg("Look")) as found, indexes_aside(found.connection, ["lead", "contact"]):
        assert "ix_lead_by_name" in named(found.connection, "lead")
        assert "ix_contact_by_name" not in named(found.connection, "contact")


def test_what_is_allowed_once_is_allowed_once_meanwhile(home: Path) -> None:
    with changing(home, name=msg("Look")) as found, indexes_aside(found.connection, ["lead"]):
        kept = named(found.connection, "lead")
    assert kept
    with closing(sqlite3.connect(store_path(home))) as connection:
        unique = connection.execute("SELECT name FROM pragma_index_list('lead') WHERE \"unique\"")
        assert kept == {row[0] for row in unique}
