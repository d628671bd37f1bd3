"""Whatever is done on a connection of ours, replaying the op log alone rebuilds identical content."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfa import clock, ids
from sfa.errors import msg
from sfa.fields import TABLES, Column, Table
from sfa.store import change
from sfa.store.checks.log import check_log, check_transactions, check_writers
from sfa.store.checks.rows import differences
from sfa.store.connection import StoreConnection, open_writing
from sfa.store.content_hash import content_hash
from sfa.store.replay import replay
from sfa.store.schema import migrate

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

# Text that has broken stores before: quotes, an emoji, a NUL-like, right-to-left, a very long word.
ODD = ("a", 'O\'Brien "x"', "王芳 🎉", "\u202eabc", "line\nbreak", "{}", "null", "x" * 3000, "\\", "\u0001")


def any_value(rng: random.Random, column: Column, connection: StoreConnection) -> object:
    """Return a value the column's type takes; constraints over several columns may refuse it."""
    if column.nullable and rng.random() < 0.4:
        return None
    if column.references:
        rows = connection.execute(f"SELECT id FROM {column.references} LIMIT 20").fetchall()
        return rng.choice(rows)[0] if rows else None
    if column.choices:
        return rng.choice(column.choices)
    if column.type == "integer":
        return rng.choice((0, 1, 7, 100, 2**40))
    if column.type == "flag":
        return rng.choice((0, 1))
    if column.type == "day":
        return f"2026-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    if column.type == "instant":
        return clock.to_text(clock.utc_now())
    return rng.choice(ODD)


def any_row(rng: random.Random, table: Table, connection: StoreConnection) -> dict[str, object]:
    names = {"id", "created_at", "created_by", "deleted_at"}
    own = [column for column in table.columns if column.name not in names and not column.derived]
    return {column.name: any_value(rng, column, connection) for column in own}


def insert(rng: random.Random, table: Table, connection: StoreConnection) -> None:
    row = {"id": ids.uuid7(clock.wall_ms()), **any_row(rng, table, connection)}
    change.insert(connection, table.name, row)


def edit(rng: random.Random, table: Table, connection: StoreConnection) -> None:
    row = any_row(rng, table, connection)
    chosen = rng.sample(sorted(row), rng.randint(1, min(4, len(row))))
    change.update(
        connection, table.name, some_id(rng, table, connection), {name: row[name] for name in chosen}
    )


def edit_all(rng: random.Random, table: Table, connection: StoreConnection) -> None:
    row = any_row(rng, table, connection)
    name = rng.choice(sorted(row))
    connection.execute(f"UPDATE {table.name} SET {name} = ?", (row[name],))


def bury(rng: random.Random, table: Table, connection: StoreConnection) -> None:
    stamp = rng.choice((None, connection.capture.stamp))
    change.update(connection, table.name, some_id(rng, table, connection), {"deleted_at": stamp})


def remove(rng: random.Random, table: Table, connection: StoreConnection) -> None:
    connection.execute(f"DELETE FROM {table.name} WHERE id = ?", (some_id(rng, table, connection),))


def replace(rng: random.Random, table: Table, connection: StoreConnection) -> None:
    row = {
        "id": some_id(rng, table, connection),
        "created_at": connection.capture.stamp,
        "updated_at": connection.capture.stamp,
        **any_row(rng, table, connection),
    }
    places = ", ".join("?" * len(row))
    statement = f"INSERT OR REPLACE INTO {table.name} ({', '.join(row)}) VALUES ({places})"
    connection.execute(statement, tuple(row.values()))


def upsert(rng: random.Random, table: Table, connection: StoreConnection) -> None:
    row = {
        "id": some_id(rng, table, connection),
        "created_at": connection.capture.stamp,
        "updated_at": connection.capture.stamp,
        **any_row(rng, table, connection),
    }
    places = ", ".join("?" * len(row))
    name = rng.choice(sorted(any_row(rng, table, connection)))
    connection.execute(
        f"INSERT INTO {table.name} ({', '.join(row)}) VALUES ({places})"
        f" ON CONFLICT (id) DO UPDATE SET {name} = excluded.{name}",
        tuple(row.values()),
    )


def copy_all(rng: random.Random, table: Table, connection: StoreConnection) -> None:
    del rng
    connection.create_function("new_id", 0, lambda: ids.uuid7(clock.wall_ms()))
    names = [column.name for column in table.columns if column.name not in {"id", "ref"}]
    columns = ", ".join(f'"{name}"' for name in names)
    connection.execute(
        f"INSERT INTO {table.name} (id, {columns}) SELECT new_id(), {columns} FROM {table.name} LIMIT 5"
    )


def some_id(rng: random.Random, table: Table, connection: StoreConnection) -> str:
    rows = connection.execute(f"SELECT id FROM {table.name} ORDER BY id LIMIT 50").fetchall()
    return str(rng.choice(rows)[0]) if rows else ids.uuid7(clock.wall_ms())


STEPS: tuple[Callable[[random.Random, Table, StoreConnection], None], ...] = (
    insert,
    insert,
    edit,
    edit_all,
    bury,
    remove,
    replace,
    upsert,
    copy_all,
)
EVERY_TABLE = list(TABLES.values())
PLANS = st.lists(
    st.lists(
        st.tuples(
            st.integers(0, len(STEPS) - 1), st.integers(0, len(EVERY_TABLE) - 1), st.integers(0, 10_000)
        ),
        min_size=1,
        max_size=8,
    ),
    min_size=1,
    max_size=6,
)


def carry_out(connection: StoreConnection, plan: list[tuple[int, int, int]]) -> None:
    """Run one transaction of the plan; a step that a constraint refuses is taken back alone."""
    change.begin(connection)
    try:
        for step, table, seed in plan:
            connection.execute("SAVEPOINT step")
            try:
                rng = random.Random(seed)  # noqa: S311  the same plan gives the same changes
                STEPS[step](rng, EVERY_TABLE[table], connection)
            except sqlite3.IntegrityError:
                connection.execute("ROLLBACK TO step")
            connection.execute("RELEASE step")
        change.commit(connection, name=msg("Change"))
    except sqlite3.IntegrityError:
        change.rollback(connection)  # a reference was left pointing nowhere


def empty_store(folder: Path) -> StoreConnection:
    connection = open_writing(folder / "empty.db")
    migrate(connection)
    return connection


def all_rows(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Return every captured value, of tombstones too."""
    found = {}
    for table in EVERY_TABLE:
        names = ", ".join(f'"{column.name}"' for column in table.captured())
        rows = connection.execute(f"SELECT id, {names} FROM {table.name} ORDER BY id")
        found[table.name] = [tuple(row) for row in rows]
    return found


@FEW
@given(plan=PLANS)
def test_replaying_the_log_rebuilds_identical_content(
    new_store: Path, plan: list[list[tuple[int, int, int]]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copyfile(new_store, folder / "sfa.db")
        with contextlib.closing(open_writing(folder / "sfa.db")) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            for transaction in plan:
                carry_out(connection, transaction)
            with contextlib.closing(empty_store(folder)) as target:
                replay(connection, target)
                assert all_rows(target) == all_rows(connection)
                assert content_hash(target) == content_hash(connection)
            assert list(differences(connection)) == []
            assert check_log(connection) == []
            assert check_transactions(connection) == []
            assert check_writers(connection) == []
