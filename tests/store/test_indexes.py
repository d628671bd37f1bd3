"""Indexes that stand aside while a table is filled: all of them are there again, true, whatever happens."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sfa.errors import msg
from sfa.store import indexes
from sfa.store.bulk import insert_rows
from sfa.store.bulk_checks import Links
from sfa.store.bulk_sheets import NewRows
from sfa.store.connection import StoreConnection
from sfa.store.first_load import PAYS_FROM
from sfa.store.home import store_path
from sfa.store.indexes import indexes_aside
from sfa.store.perform import changing
from tests.store.rows import add, add_deal, new_id

COLUMNS = ("id", "ref", "created_at", "updated_at", "name", "status")


def named(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row[0] for row in connection.execute("SELECT name FROM pragma_index_list(?)", (table,))}


def schema_of(home: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(store_path(home))) as connection:
        return sorted(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))


def insert(connection: StoreConnection, count: int) -> None:
    stamp = connection.capture.stamp
    rows = [
        (new_id(), f"r{number}", stamp, stamp, f"Lead {number * 7 % count}", "new") for number in range(count)
    ]
    insert_rows(connection, [NewRows("lead", COLUMNS, rows, len(rows))], Links())


def test_those_of_an_empty_table_are_made_at_the_end_and_true(home: Path) -> None:
    before = schema_of(home)
    with changing(home, name=msg("Import")) as found:
        said: list[str] = []
        found.connection.set_trace_callback(said.append)
        insert(found.connection, PAYS_FROM)
        found.connection.set_trace_callback(None)
    made = [line for line in said if line.startswith("CREATE INDEX")]
    assert any("ix_lead_by_name" in line for line in made)
    assert any("ix_oplog_row" in line for line in made)
    assert said.index(made[0]) > max(number for number, line in enumerate(said) if "INTO lead" in line)
    assert schema_of(home) == before
    with closing(sqlite3.connect(store_path(home))) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_the_days_of_deals_are_looked_up_when_the_indexes_are_there_again(home: Path) -> None:
    deal = add_deal(home)
    with closing(sqlite3.connect(store_path(home))) as connection:
        connection.row_factory = sqlite3.Row
        event = dict(connection.execute("SELECT * FROM deal_event WHERE deal_id = ?", (deal,)).fetchone())
    del event["id"]
    with changing(home, name=msg("Import")) as found:
        said: list[str] = []
        rows = [(new_id(), *event.values()) for _ in range(20)]
        events = NewRows("deal_event", ("id", *event), rows, PAYS_FROM)
        found.connection.set_trace_callback(said.append)
        insert_rows(found.connection, [events], Links())
        found.connection.set_trace_callback(None)
    refreshed = min(number for number, line in enumerate(said) if line.startswith("UPDATE deal"))
    assert refreshed > max(number for number, line in enumerate(said) if line.startswith("CREATE INDEX"))


@pytest.mark.parametrize("count", [1, PAYS_FROM - 1])
def test_few_rows_are_indexed_as_they_come(home: Path, count: int) -> None:
    with changing(home, name=msg("Import")) as found:
        said: list[str] = []
        found.connection.set_trace_callback(said.append)
        insert(found.connection, count)
        found.connection.set_trace_callback(None)
    assert not [line for line in said if "INDEX" in line]


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


def interrupted(home: Path) -> None:
    with changing(home, name=msg("Import")) as found:
        insert(found.connection, 10)
        with indexes_aside(found.connection, ["lead"]):
            raise KeyboardInterrupt


def test_they_are_there_again_after_what_went_wrong(home: Path) -> None:
    before = schema_of(home)
    with pytest.raises(KeyboardInterrupt):
        interrupted(home)
    assert schema_of(home) == before
