"""The company of the simulations in a real centre, in the shape that the tests' pens use."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg

from sfa.fields import TABLES
from sfa.sync.postgres import PostgresTransport
from sfa.sync.protocol import Value
from tests.simulation.company import PEOPLE, rows

Connection = psycopg.Connection[tuple[Any, ...]]
STAMP = "2026-11-22T08:00:00.000Z"


def found(centre: Connection) -> None:
    """Put the company into an empty centre, as its set-up does, with a login for everybody."""
    with centre.transaction():
        centre.execute("SET LOCAL sfa.setting_up = 'on'")
        for table, row_id, values in rows():
            put(centre, table, row_id, {"created_at": STAMP, **values})
        for user, name, *_ in PEOPLE:
            centre.execute(
                "INSERT INTO hub.login (role_name, user_id) VALUES (%s, %s)", [role_of(name), user]
            )


def role_of(name: str) -> str:
    """Return the login of a person of the company."""
    return f"sfa_{name.lower()}"


def put(centre: Connection, table: str, row_id: str, values: Mapping[str, Value]) -> None:
    """Write a row as an administrator does."""
    defaults = {} if get(centre, table, row_id) else {"created_at": STAMP}
    centre.execute("SELECT hub.put(%s, %s, %s)", [table, row_id, json.dumps({**defaults, **values})])


def get(centre: Connection, table: str, row_id: str) -> dict[str, Any] | None:
    """Return a row in its stored form."""
    found_row = centre.execute("SELECT hub.get(%s, %s)", [table, row_id]).fetchone()
    assert found_row is not None
    return found_row[0]  # type: ignore[no-any-return]


@dataclass(frozen=True)
class StoredRow:
    values: Mapping[str, Value]
    maker: str | None
    writers: Mapping[str, str]

    def writer(self, column: str) -> str | None:
        return self.writers.get(column, self.maker)


class StoredDevice:
    def __init__(self, centre: Connection, device: str) -> None:
        self._centre, self._device = centre, device

    def link(self, seq: int) -> str | None:
        row = self._centre.execute(
            "SELECT encode((hub.link_at(%s, %s)).chain, 'hex')", [self._device, seq]
        ).fetchone()
        return str(row[0]) if row and row[0] else None

    @property
    def log(self) -> list[Any]:
        row = self._centre.execute("SELECT last_seq FROM hub.device WHERE id = %s", [self._device]).fetchone()
        assert row is not None
        return [None] * int(row[0])

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "cursor":
            self._centre.execute(
                "UPDATE hub.device SET cursor_version = %s WHERE id = %s", [value, self._device]
            )
        else:
            super().__setattr__(name, value)


class Devices(dict[str, StoredDevice]):
    def __init__(self, centre: Connection) -> None:
        self._centre = centre

    def __missing__(self, device: str) -> StoredDevice:
        return StoredDevice(self._centre, device)


class StoredTable(Mapping[str, StoredRow]):
    def __init__(self, state: StoredState, table: str) -> None:
        self._state, self._table = state, table

    def __getitem__(self, row_id: str) -> StoredRow:
        row = self._state.row(self._table, row_id)
        if row is None:
            raise KeyError(row_id)
        return row

    def __iter__(self) -> Iterator[str]:
        rows_found = self._state.centre.execute(f'SELECT id FROM sfa."{self._table}" ORDER BY id')
        return iter([str(row[0]) for row in rows_found])

    def __len__(self) -> int:
        return len(list(iter(self)))


class StoredState:
    """What the model keeps in memory, read from the centre."""

    def __init__(self, centre: Connection) -> None:
        self.centre = centre
        self.devices = Devices(centre)
        self.tables = {name: StoredTable(self, name) for name in TABLES}

    @property
    def version(self) -> int:
        row = self.centre.execute("SELECT version FROM hub.counter").fetchone()
        assert row is not None
        return int(row[0])

    def row(self, table: str, row_id: str) -> StoredRow | None:
        values = get(self.centre, table, row_id)
        if values is None:
            return None
        del values["id"]
        row = self.centre.execute(
            "SELECT maker, columns FROM hub.row WHERE row_id = %s AND tbl = %s", [row_id, table]
        ).fetchone()
        assert row is not None
        return StoredRow(values, row[0], row[1])


class RealCentre:
    """A centre in PostgreSQL with the calls of the model that tests use."""

    def __init__(self, centre: Connection, address: str) -> None:
        self.connection = centre
        self.state = StoredState(centre)
        self._address = address
        self._names = {user: name for user, name, *_ in PEOPLE}
        self._transports: list[PostgresTransport] = []

    def address(self, role: str) -> str:
        """Return the address for a role."""
        return self._address.format(role=role)

    def transport(self, user: str) -> PostgresTransport:
        """Return a connection of a user."""
        role = role_of(self._names[user])
        self._transports.append(PostgresTransport(self.address(role)))
        return self._transports[-1]

    def close(self) -> None:
        """End the connections."""
        for transport in self._transports:
            transport.close()

    def edit(self, changed: Iterable[tuple[str, str, Mapping[str, Value]]], *, author: str | None) -> None:
        """Change rows as the administrator, past every device."""
        assert author is not None
        with self.connection.transaction():
            for table, row_id, values in changed:
                put(self.connection, table, row_id, values)

    def allow(self, user: str, *, active: bool = True) -> None:
        """Let a user in, or not."""
        self.connection.execute("UPDATE hub.login SET is_active = %s WHERE user_id = %s", [active, user])
