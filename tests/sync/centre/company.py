"""Calls of a test's centre, and what a device would make of the answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sfa.fields import TABLES
from sfa.fields.sight import OTHER_ENDS, anchor_of
from sfa.store.version import SCHEMA_VERSION
from tests.sync.servers import Connection

Key = tuple[str, str]
Row = dict[str, Any]
DEVICE = "00000000-0000-4000-8000-{:012d}"


def call(connection: Connection, function: str, **question: Any) -> Any:
    """Return the answer of a function of schema api."""
    row = connection.execute(f"SELECT api.{function}(%s::json)::text", [json.dumps(question)]).fetchone()
    assert row
    return None if row[0] is None else json.loads(row[0])


def register(connection: Connection, device: str, local_author: str) -> Any:
    """Make a device known; return the centre's welcome."""
    question = {"device": device, "name": "laptop", "local_author": local_author}
    return call(connection, "register", **question, schema_version=SCHEMA_VERSION)


def snapshot(connection: Connection) -> tuple[int, dict[Key, Row]]:
    """Return the version and all visible rows with their ids."""
    lines = [json.loads(row[0]) for row in connection.execute("SELECT line FROM api.snapshot() AS line")]
    rows = {(each["table"], each["row_id"]): {"id": each["row_id"], **each["values"]} for each in lines[1:]}
    return int(lines[0]["version"]), rows


class Replica:
    """The rows of one user's device, made of pages alone."""

    def __init__(self, connection: Connection, number: int) -> None:
        """Register a device and start from a snapshot."""
        self.connection = connection
        self.device = DEVICE.format(number)
        register(connection, self.device, DEVICE.format(number + 500))
        self.version, self.rows = snapshot(connection)

    def pull(self, limit: int) -> list[dict[str, Any]]:
        """Apply pages until there are no more; return their entries."""
        entries: list[dict[str, Any]] = []
        while True:
            page = call(self.connection, "pull", device=self.device, version=self.version, limit=limit)
            for entry in page["entries"]:
                self._apply(entry)
            entries += page["entries"]
            assert page["version"] > self.version or not page["more"]
            self.version = page["version"]
            if not page["more"]:
                return entries

    def _apply(self, entry: Mapping[str, Any]) -> None:
        if entry["entry"] == "tx":
            return
        key = (entry["table"], entry["row_id"])
        if entry["entry"] == "exit":
            self._remove(key)
        elif entry["entry"] == "row":
            self._write(key, {"id": key[1], **entry["values"]})
        else:
            self._op(key, entry)

    def _op(self, key: Key, entry: Mapping[str, Any]) -> None:
        values = {name: pair[0] for name, pair in json.loads(entry["changes"]).items()}
        if key in self.rows:
            self.rows[key].update(values)
        elif entry["kind"] == "insert":
            names = (column.name for column in TABLES[key[0]].captured())
            self._write(key, {"id": key[1], **dict.fromkeys(names), **values})

    def _write(self, key: Key, row: Row) -> None:
        for column in TABLES[key[0]].captured():
            there = (column.references, str(row[column.name]))
            if column.references and row[column.name] and there not in self.rows and there != key:
                if not column.nullable or key[0] in OTHER_ENDS:
                    return
                row[column.name] = None
        self.rows[key] = row

    def _remove(self, key: Key) -> None:
        rows = self.rows

        def row_of(table: str, row_id: str) -> Row | None:
            return rows.get((table, row_id))

        gone = {key}
        while True:
            more = {
                each
                for each, row in rows.items()
                if each not in gone and _hangs_on(each, row, gone, anchor_of(each[0], row, row_of))
            }
            if not more:
                break
            gone |= more
        for each in gone:
            rows.pop(each, None)
        for (table, _), row in rows.items():
            for column in TABLES[table].captured():
                if column.references and (column.references, row[column.name]) in gone:
                    row[column.name] = None


def _hangs_on(key: Key, row: Row, gone: set[Key], anchor: Key) -> bool:
    if anchor in gone:
        return True
    if key[0] in OTHER_ENDS:
        column, table = OTHER_ENDS[key[0]]
        return (table, row[column]) in gone
    return False
