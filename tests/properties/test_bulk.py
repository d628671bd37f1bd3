"""Rows inserted in bulk leave the same rows and the same log as rows inserted one by one."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import sqlite3
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfa import clock, ids
from sfa.errors import msg
from sfa.fields import TABLES
from sfa.store import change
from sfa.store.bulk import insert_rows
from sfa.store.bulk_checks import Links
from sfa.store.bulk_sheets import NewRows
from sfa.store.checks.log import check_log, check_transactions, check_writers
from sfa.store.checks.rows import differences
from sfa.store.connection import StoreConnection, open_writing
from sfa.store.content_hash import content_hash
from sfa.store.triggers import expected
from tests.properties.test_replay import all_rows, any_row

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PLANS = st.lists(
    st.tuples(st.integers(0, len(TABLES) - 1), st.integers(1, 6), st.integers(0, 10_000)),
    min_size=1,
    max_size=6,
    unique_by=lambda each: each[0],
)


def wanted_rows(
    connection: StoreConnection, plan: list[tuple[int, int, int]]
) -> dict[str, list[dict[str, object]]]:
    """Return rows by table; of a table all have the same columns, some of them left to their defaults."""
    found = {}
    for place, count, seed in plan:
        table = list(TABLES.values())[place]
        rng = random.Random(seed)  # noqa: S311  the same plan gives the same rows
        own = [
            column.name
            for column in table.columns
            if not column.derived and column.name not in {"id", "created_at", "created_by"}
        ]
        left_out = {
            row[1]
            for row in connection.execute(f"PRAGMA table_info({table.name})")
            if (row[4] is not None or not row[3]) and rng.random() < 0.3
        }
        names = [name for name in own if name not in left_out and name != "deleted_at"]
        rows = [any_row(rng, table, connection) for _ in range(count)]
        found[table.name] = [
            {"id": ids.uuid7(clock.wall_ms()), **{name: row[name] for name in names}} for row in rows
        ]
    return found


def complete(connection: StoreConnection, table: str, row: dict[str, object]) -> dict[str, object]:
    stamp, actor = connection.capture.stamp, connection.capture.actor
    made = {"created_at": stamp, "created_by": actor, "updated_at": stamp, "updated_by": actor}
    ref = {"ref": ids.ref_of(str(row["id"]))} if "ref" in TABLES[table].column_names() else {}
    return {**row, **made, **ref}


def insert_in_bulk(connection: StoreConnection, rows: dict[str, list[dict[str, object]]]) -> None:
    groups = []
    for table, every in rows.items():
        complete_rows = [complete(connection, table, row) for row in every]
        columns = tuple(complete_rows[0])
        groups.append(NewRows(table, columns, [tuple(row.values()) for row in complete_rows]))
    links = Links()
    insert_rows(connection, groups, links)
    links.check(connection)


def insert_one_by_one(connection: StoreConnection, rows: dict[str, list[dict[str, object]]]) -> None:
    for table, every in rows.items():
        for row in every:
            change.insert(connection, table, row)


def payloads(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    """Return what ops say, without what differs between two transactions."""
    rows = connection.execute(
        "SELECT seq, kind, tbl, row_id, changes, schema_version, inverts FROM oplog ORDER BY seq"
    )
    return [tuple(row) for row in rows]


def same_instant(connection: StoreConnection) -> None:
    connection.capture.stamp = "2026-11-22T09:00:00.000Z"


@FEW
@given(plan=PLANS)
def test_bulk_and_triggers_leave_the_same_rows_and_the_same_log(
    new_store: Path, plan: list[tuple[int, int, int]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        stores = [Path(name) / "one.db", Path(name) / "many.db"]
        for path in stores:
            shutil.copyfile(new_store, path)
        with (
            contextlib.closing(open_writing(stores[0])) as one,
            contextlib.closing(open_writing(stores[1])) as many,
        ):
            rows = wanted_rows(one, plan)
            outcomes = []
            for connection, insert in ((one, insert_one_by_one), (many, insert_in_bulk)):
                change.begin(connection)
                same_instant(connection)
                try:
                    insert(connection, rows)
                    change.commit(connection, name=msg("Change"))
                    outcomes.append("done")
                except sqlite3.IntegrityError as error:
                    change.rollback(connection)
                    outcomes.append(str(error))
            assert outcomes[0] == outcomes[1]
            assert all_rows(one) == all_rows(many)
            assert payloads(one) == payloads(many)
            assert content_hash(one) == content_hash(many)
            assert not [*check_log(many), *check_transactions(many), *check_writers(many), *differences(many)]


@FEW
@given(plan=PLANS)
def test_after_a_bulk_insert_every_trigger_is_back(new_store: Path, plan: list[tuple[int, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "sfa.db"
        shutil.copyfile(new_store, path)
        with contextlib.closing(open_writing(path)) as connection:
            before = triggers(connection)
            change.begin(connection)
            with contextlib.suppress(sqlite3.IntegrityError):
                insert_in_bulk(connection, wanted_rows(connection, plan))
            assert triggers(connection) == before
            change.rollback(connection)
            assert triggers(connection) == before
            assert before.keys() >= expected().keys()


def triggers(connection: sqlite3.Connection) -> dict[str, str]:
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {row[0]: row[1] for row in rows}


def test_changes_after_a_bulk_insert_know_the_op_that_made_the_row(home: Path) -> None:
    with contextlib.closing(open_writing(home / "sfa.db")) as connection:
        change.begin(connection)
        row: dict[str, object] = {"id": ids.uuid7(clock.wall_ms()), "name": "王芳"}
        insert_in_bulk(connection, {"lead": [row]})
        change.commit(connection, name=msg("Change"))
        change.begin(connection)
        change.update(connection, "lead", str(row["id"]), {"name": "王方"})
        change.update(connection, "lead", str(row["id"]), {"name": "方王", "title": "CTO"})
        change.commit(connection, name=msg("Change"))
        ops = connection.execute(
            "SELECT op_id, changes FROM oplog WHERE row_id = ? ORDER BY seq", (row["id"],)
        ).fetchall()
        assert json.loads(ops[1][1])["name"] == ["王方", "王芳", ops[0][0]]
        assert json.loads(ops[2][1]) == {
            "name": ["方王", "王方", ops[1][0]],
            "title": ["CTO", None, ops[0][0]],
        }
        assert not check_writers(connection)
