"""Every change has its op, whichever way it was made; nobody else changes a captured table silently."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, update
from sqlmodel import col

from sfa.errors import InvalidInput, Refused, StoreUnusable, msg
from sfa.fields import TABLES
from sfa.models.lead import Lead
from sfa.store import change
from sfa.store.capture import digest_of
from sfa.store.connection import open_writing
from sfa.store.doctor import examine
from sfa.store.home import store_path
from sfa.store.perform import changing, performing
from sfa.store.reading import reading
from tests.store.rows import add, add_deal, count, edit, new_id, value_of


def lead(name: str, **values: object) -> Lead:
    now = "2026-01-02T03:04:05.678Z"
    return Lead.model_validate({"id": new_id(), "name": name, "created_at": now, "updated_at": now, **values})


def by_object(home: Path) -> None:
    with performing(home, name=msg("Add")) as session:
        row = lead("one")
        session.add(row)
        session.flush()
        row.company = "Huachuang"


def by_bulk_insert(home: Path) -> None:
    with performing(home, name=msg("Add")) as session:
        rows = [lead(name).model_dump() for name in ("one", "two", "three")]
        session.execute(insert(Lead), rows)


def by_bulk_update(home: Path) -> None:
    add(home, "lead", name="one")
    add(home, "lead", name="two")
    with performing(home, name=msg("Edit")) as session:
        session.execute(update(Lead).values(company="Huachuang"))


def by_bulk_delete(home: Path) -> None:
    add(home, "lead", name="one")
    with performing(home, name=msg("Delete")) as session:
        session.execute(delete(Lead).where(col(Lead.name) == "one"))


def by_raw_sql(home: Path) -> None:
    add(home, "lead", name="one")
    with changing(home, name=msg("Edit")) as found:
        found.connection.execute("UPDATE lead SET name = name || '!', company = upper(name)")


def by_executemany(home: Path) -> None:
    with changing(home, name=msg("Add")) as found:
        rows = [(new_id(), found.stamp, found.stamp, f"lead {number}") for number in range(50)]
        found.connection.executemany(
            "INSERT INTO lead (id, created_at, updated_at, name) VALUES (?, ?, ?, ?)", rows
        )


def by_script_of_statements(home: Path) -> None:
    add(home, "lead", name="one")
    with changing(home, name=msg("Copy")) as found:
        found.connection.create_function("new_id", 0, new_id)
        found.connection.execute(
            "INSERT INTO lead (id, created_at, updated_at, name) SELECT new_id(), 'x', 'x', 'b' FROM lead"
        )
        found.connection.execute(
            "REPLACE INTO lead (id, created_at, updated_at, name) SELECT id, 'x', 'x', 'c' FROM lead"
        )


WAYS = (
    by_object,
    by_bulk_insert,
    by_bulk_update,
    by_bulk_delete,
    by_raw_sql,
    by_executemany,
    by_script_of_statements,
)


@pytest.mark.parametrize("way", WAYS)
def test_change_has_its_ops_whichever_way_it_was_made(home: Path, way: Callable[[Path], None]) -> None:
    ops = count(home, "SELECT count(*) FROM oplog")
    way(home)
    assert count(home, "SELECT count(*) FROM oplog") > ops
    assert examine(home) == []


def test_op_holds_new_and_previous_value_and_who_wrote_it_before(home: Path) -> None:
    row = add(home, "lead", name="one", company="Huachuang")
    edit(home, "lead", row, name="two")
    edit(home, "lead", row, name="three", company=None)
    with reading(home) as connection:
        ops = connection.execute(
            "SELECT op_id, changes FROM oplog WHERE row_id = ? ORDER BY seq", (row,)
        ).fetchall()
    first, second, third = (op["op_id"] for op in ops)
    assert json.loads(ops[1]["changes"]) == {"name": ["two", "one", first]}
    assert json.loads(ops[2]["changes"]) == {
        "name": ["three", "two", second],
        "company": [None, "Huachuang", first],
    }
    assert len({first, second, third}) == 3


def test_writing_the_same_value_is_no_change(home: Path) -> None:
    row = add(home, "lead", name="one")
    ops = count(home, "SELECT count(*) FROM oplog")
    edit(home, "lead", row, name="one")
    assert count(home, "SELECT count(*) FROM oplog") == ops
    assert value_of(home, "lead", row, "version") == 1


def test_change_raises_the_version_and_says_who_and_when(home: Path) -> None:
    row = add(home, "lead", name="one")
    edit(home, "lead", row, name="two")
    assert value_of(home, "lead", row, "version") == 2
    assert value_of(home, "lead", row, "updated_by") == value_of(home, "lead", row, "created_by")


def test_blanking_a_payload_leaves_the_chain_whole(home: Path) -> None:
    add(home, "lead", name="one")
    with reading(home) as connection:
        row = connection.execute("SELECT * FROM oplog ORDER BY seq DESC LIMIT 1").fetchone()
    assert digest_of(row["salt"], row["changes"]) == row["digest"]
    with closing(open_writing(store_path(home))) as connection:
        connection.execute("UPDATE oplog SET changes = NULL, salt = NULL WHERE seq = ?", (row["seq"],))
    assert {finding.code for finding in examine(home)} == {"row_uncaptured"}


def test_refused_change_leaves_nothing(home: Path) -> None:
    row = add(home, "lead", name="one")
    ops = count(home, "SELECT count(*) FROM oplog")
    good, bad = {"company": "Huachuang"}, {"status": "no such status"}
    # The first is taken, and goes with the second.
    with pytest.raises(InvalidInput), changing(home, name=msg("Edit")) as found:  # noqa: PT012
        for values in (good, bad):
            change.update(found.connection, "lead", row, values)
    assert count(home, "SELECT count(*) FROM oplog") == ops
    assert value_of(home, "lead", row, "company") is None


def test_events_are_added_and_never_changed(home: Path) -> None:
    add_deal(home)
    with pytest.raises(Refused), changing(home, name=msg("Edit")) as found:
        found.connection.execute("UPDATE deal_event SET amount_minor = 1")


def test_our_own_connection_changes_nothing_outside_a_transaction(home: Path) -> None:
    row = add(home, "lead", name="one")
    with closing(open_writing(store_path(home))) as connection, pytest.raises(sqlite3.OperationalError):
        connection.execute("UPDATE lead SET name = 'two'")
    assert value_of(home, "lead", row, "name") == "one"


ATTEMPTS = [
    f"{statement} {table}{rest}"
    for table in TABLES
    for statement, rest in (
        ("UPDATE", " SET deleted_at = 'now'"),
        ("UPDATE", " SET version = 7"),
        ("DELETE FROM", ""),
        ("INSERT INTO", " (id, created_at, updated_at) VALUES ('x', 'x', 'x')"),
        ("INSERT OR IGNORE INTO", " (id, created_at, updated_at) VALUES ('x', 'x', 'x')"),
    )
] + [
    "UPDATE oplog SET changes = '{}'",
    "DELETE FROM oplog",
    "UPDATE tx SET author = 'x'",
    "DELETE FROM row_writer",
]


def content_of(home: Path) -> list[object]:
    with closing(sqlite3.connect(store_path(home))) as connection:
        return [
            tuple(row)
            for table in (*TABLES, "oplog", "tx", "row_writer")
            for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
        ]


@pytest.fixture(scope="module")
def filled(new_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with a row in most tables, for attempts that must not change it."""
    folder = tmp_path_factory.mktemp("filled")
    shutil.copyfile(new_store, folder / new_store.name)
    row = add(folder, "lead", name="one")
    add(folder, "phone", lead_id=row, value="139", digits="139")
    add_deal(folder)
    return folder


def test_other_program_cannot_change_a_captured_table(filled: Path) -> None:
    before = content_of(filled)
    with closing(sqlite3.connect(store_path(filled), isolation_level=None)) as connection:
        for attempt in ATTEMPTS:
            with pytest.raises(sqlite3.Error):
                connection.execute(attempt)
    assert content_of(filled) == before


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="the sqlite3 command is not installed")
def test_sqlite_shell_cannot_change_a_captured_table(filled: Path) -> None:
    before = content_of(filled)
    for attempt in ("UPDATE lead SET name = 'x'", "DELETE FROM lead", "UPDATE oplog SET changes = NULL"):
        done = subprocess.run(
            ["sqlite3", str(store_path(filled)), attempt], capture_output=True, text=True, check=False
        )
        assert done.returncode != 0
        assert "sfa_" in done.stderr
    assert content_of(filled) == before


def test_two_copies_of_the_same_op_cannot_be_in_the_log(home: Path) -> None:
    with closing(open_writing(store_path(home))) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(
            "INSERT INTO oplog (op_id, tx_id, hlc, kind, tbl, row_id, schema_version, digest, chain)"
            " SELECT op_id, tx_id, hlc, kind, tbl, row_id, schema_version, digest, chain FROM oplog LIMIT 1"
        )


def test_clock_of_the_log_never_goes_back(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(home, "lead", name="one")
    monkeypatch.setattr("sfa.clock.wall_ms", lambda: 1_000_000)
    add(home, "lead", name="two")
    with reading(home) as connection:
        readings = [row[0] for row in connection.execute("SELECT hlc FROM oplog ORDER BY seq")]
    assert readings == sorted(set(readings))


def test_failed_store_is_reported_as_unusable(home: Path) -> None:
    store_path(home).write_bytes(b"no store" * 2000)
    with pytest.raises(StoreUnusable), changing(home, name=msg("Add")):
        pass
