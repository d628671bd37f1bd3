"""The capture triggers, generated from the tables' columns and classes, and those of ``standing``.

Names start with ``sfa_``; ``expected`` is what a healthy store holds, and what
``doctor`` compares with.
"""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Mapping
from types import MappingProxyType

from sfa.fields import TABLES, Table
from sfa.store import standing
from sfa.store.search.triggers import search_triggers
from sfa.store.version import SCHEMA_VERSION

_CHAIN = "(SELECT chain FROM oplog ORDER BY seq DESC LIMIT 1)"
_PARTS = "op_id, tx_id, hlc, kind, changes, salt, digest, chain, inverts"
_WRITER = "(SELECT 1) LEFT JOIN row_writer w ON w.tbl = '{table}' AND w.row_id = {row}.id"
# A row that was never changed is not remembered: the op that made it wrote all of it.
_MAKER = (
    "coalesce(w.op_id, (SELECT o.op_id FROM oplog o WHERE o.row_id = {row}.id AND o.tbl = '{table}'"
    " AND o.kind = 'insert' ORDER BY o.seq DESC LIMIT 1))"
)

GUARDS = {
    f"sfa_guard_{table}_{event.lower()}": (
        f"CREATE TRIGGER sfa_guard_{table}_{event.lower()} BEFORE {event} ON {table}"
        " BEGIN SELECT sfa_mode(); END"
    )
    for table in ("oplog", "tx", "row_writer")
    for event in ("INSERT", "UPDATE", "DELETE")
}


@functools.cache
def expected() -> Mapping[str, str]:
    """Return name -> statement of every trigger a store must have."""
    found = GUARDS | standing.TRIGGERS
    for table in TABLES.values():
        found.update(_triggers(table))
    return MappingProxyType(found | search_triggers())


def make_triggers(connection: sqlite3.Connection) -> None:
    """Drop whatever triggers of ours there are and make them anew."""
    drop_triggers(connection)
    for statement in expected().values():
        connection.execute(statement)


def drop_triggers(connection: sqlite3.Connection) -> None:
    """Drop every trigger of ours."""
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'sfa\\_%' ESCAPE '\\'"
    ).fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')


def _triggers(table: Table) -> list[tuple[str, str]]:
    found = [
        (f"sfa_{table.name}_insert", _insert(table)),
        (f"sfa_{table.name}_update", _update(table)),
        (f"sfa_{table.name}_delete", _delete(table)),
        (f"sfa_{table.name}_id", _own_writers_only(table)),
    ]
    if table.append_only:
        columns = tuple(column.name for column in table.captured() if column.name != "deleted_at")
        found.append((f"sfa_{table.name}_append", _append_only(table, columns)))
    return found


def _insert(table: Table) -> str:
    values = ", ".join(f"NEW.{column.name}" for column in table.captured())
    ref = ""
    if "ref" in table.column_names():
        ref = f"UPDATE {table.name} SET ref = sfa_ref(NEW.id) WHERE id = NEW.id AND NEW.ref = '';\n  "
    return (
        f"CREATE TRIGGER sfa_{table.name}_insert AFTER INSERT ON {table.name} BEGIN\n  "
        f"{_checks(table)}"
        f"SELECT sfa_insert('{table.name}', NEW.id, {_CHAIN}, {values});\n  "
        f"{_write_op(table, 'NEW')}"
        f"{ref}END"
    )


def _update(table: Table) -> str:
    captured = table.captured()
    pairs = ", ".join(f"OLD.{column.name}, NEW.{column.name}" for column in captured)
    return (
        f"CREATE TRIGGER sfa_{table.name}_update AFTER UPDATE OF"
        f" {', '.join(column.name for column in captured)} ON {table.name} BEGIN\n  "
        f"{_checks(table)}"
        f"SELECT sfa_update('{table.name}', NEW.id, {_CHAIN},"
        f" {_MAKER.format(table=table.name, row='NEW')}, w.columns, {pairs})"
        f" FROM {_WRITER.format(table=table.name, row='NEW')};\n  "
        f"{_write_op(table, 'NEW')}"
        f"INSERT OR REPLACE INTO row_writer (tbl, row_id, op_id, columns)"
        f" SELECT '{table.name}', NEW.id, sfa_op(10), sfa_op(9) WHERE sfa_op(10) IS NOT NULL"
        f" AND sfa_op(0) IS NOT NULL;\n  "
        f"UPDATE {table.name}"
        " SET version = OLD.version + 1, updated_at = sfa_stamp(), updated_by = sfa_actor()"
        f" WHERE id = NEW.id AND sfa_op(0) IS NOT NULL;\n  END"
    )


def _delete(table: Table) -> str:
    values = ", ".join(f"OLD.{column.name}" for column in table.captured())
    return (
        f"CREATE TRIGGER sfa_{table.name}_delete AFTER DELETE ON {table.name} BEGIN\n  "
        f"SELECT sfa_delete('{table.name}', OLD.id, {_CHAIN},"
        f" {_MAKER.format(table=table.name, row='OLD')}, w.columns, {values})"
        f" FROM {_WRITER.format(table=table.name, row='OLD')};\n  "
        f"{_write_op(table, 'OLD')}"
        f"DELETE FROM row_writer WHERE tbl = '{table.name}' AND row_id = OLD.id;\n  END"
    )


def _write_op(table: Table, row: str) -> str:
    parts = ", ".join(f"sfa_op({index})" for index in range(9))
    return (
        f"INSERT INTO oplog ({_PARTS}, tbl, row_id, schema_version)"
        f" SELECT {parts}, '{table.name}', {row}.id, {SCHEMA_VERSION}"
        f" WHERE sfa_op(0) IS NOT NULL;\n  "
    )


def _checks(table: Table) -> str:
    found = []
    for column in table.columns:
        allowed = ", ".join(f"'{word}'" for word in column.choices) or (
            "0, 1" if column.type == "flag" else ""
        )
        if allowed:
            found.append(
                f"SELECT RAISE(ABORT, 'sfa:choice:{table.name}.{column.name}')"
                f" WHERE NEW.{column.name} NOT IN ({allowed}) AND sfa_mode() = 'capture';\n  "
            )
    return "".join(found)


def _own_writers_only(table: Table) -> str:
    # Asking for the mode fails for a foreign writer, also when only bookkeeping would change.
    return (
        f"CREATE TRIGGER sfa_{table.name}_id BEFORE UPDATE ON {table.name} BEGIN\n  SELECT sfa_mode();\n  "
        f"SELECT RAISE(ABORT, 'sfa:id:{table.name}') WHERE NEW.id IS NOT OLD.id;\n  END"
    )


def _append_only(table: Table, columns: tuple[str, ...]) -> str:
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in columns)
    return (
        f"CREATE TRIGGER sfa_{table.name}_append"
        f" BEFORE UPDATE OF {', '.join(columns)} ON {table.name} BEGIN\n  "
        f"SELECT RAISE(ABORT, 'sfa:append:{table.name}') WHERE sfa_mode() = 'capture' AND ({changed});\n  END"
    )
