"""A centre, and people who type commands on devices of their own."""

from __future__ import annotations

import io
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from sfa.cli.run import run
from sfa.store.home import store_path
from sfa.sync import running
from sfa.sync.centre.cluster import Cluster
from sfa.sync.device import Device
from sfa.sync.postgres import PostgresTransport
from sfa.sync.protocol import TableDigest
from tests.cli.conftest import Said

PASSWORD = "geheim"  # noqa: S105  of the tests' own server
Connection = psycopg.Connection[tuple[Any, ...]]
Row = tuple[Any, ...]


class Keyboard(io.StringIO):
    """What somebody types on a terminal."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


@dataclass(frozen=True)
class Typist:
    """Runs commands in this process."""

    patch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def type(self, home: Path, password: str, *arguments: str, answers: str | None = None) -> Said:
        """Run a command on a home; ``answers`` are typed on a terminal, without them there is none."""
        self.patch.setenv("SFA_HOME", str(home))
        self.patch.setenv("SFA_CENTRE_PASSWORD", password)
        self.patch.setattr("sfa.cli.questions.can_ask", lambda: answers is not None)
        self.patch.setattr("sys.stdin", Keyboard(answers) if answers is not None else io.StringIO())
        self.capsys.readouterr()
        code = run(arguments)
        said = self.capsys.readouterr()
        return Said(code, said.out, said.err)


@dataclass
class Person:
    """Somebody with a home, and a login at the centre."""

    login: str
    home: Path
    url: str
    typist: Typist
    password: str = PASSWORD

    def __call__(self, *arguments: str, answers: str | None = None) -> Said:
        """Type a command."""
        return self.typist.type(self.home, self.password, *arguments, answers=answers)

    def does(self, *arguments: str) -> Said:
        """Type a command that must succeed."""
        said = self(*arguments)
        assert said.code == 0, (arguments, said)
        return said

    def signs_in(self) -> Said:
        """Sign in, and sync for the first time."""
        return self.does("login", self.url, "--no-keep")

    def syncs(self) -> Said:
        """Sync; something may wait for a decision afterwards."""
        said = self("sync")
        assert said.code in (0, 1), said
        return said

    def verifies(self) -> None:
        """Compare with the centre: nothing may differ."""
        said = self("sync", "--verify", "--json")
        assert said.code in (0, 1), said
        assert said.data["verified"] is True, said
        assert said.data["repaired"] == 0
        assert said.data["unsent"] == 0

    def rows(self, query: str, *bound: object) -> list[Row]:
        """Read the store with plain SQL."""
        with closing(sqlite3.connect(store_path(self.home))) as connection:
            return [tuple(row) for row in connection.execute(query, bound)]

    def value(self, query: str, *bound: object) -> Any:
        """Read a single value, ``None`` when there is no row."""
        found = self.rows(query, *bound)
        return found[0][0] if found else None

    def put(self, query: str, *bound: object) -> None:
        """Change the store's own state past everything, as another program or an accident does."""
        with closing(sqlite3.connect(store_path(self.home))) as connection, connection:
            connection.execute(query, bound)

    def goes_to(self, url: str) -> None:
        """Have the centre at another address from now on."""
        self.url = url
        self.put("UPDATE local_state SET value = ? WHERE key = 'sync_url'", url)

    def copies_home(self, to: Path) -> Person:
        """Copy the home to another machine, as somebody does who moves house."""
        shutil.copytree(self.home, to)
        return Person(self.login, to, self.url, self.typist, self.password)

    def digests(self) -> tuple[TableDigest, ...]:
        """Return counts and sums of what this device holds."""
        with closing(Device.open(self.home)) as device:
            return tuple(sorted(device.digests(), key=lambda each: each.table))

    def central_digests(self) -> tuple[TableDigest, ...]:
        """Return counts and sums of what the centre shows this user."""
        with closing(PostgresTransport(self.url, password=self.password)) as transport:
            return tuple(sorted(transport.digests().tables, key=lambda each: each.table))

    @property
    def unsent(self) -> int:
        """How many ops wait."""
        with closing(Device.open(self.home)) as device:
            return device.unsent().count

    def sync_now(self, **more: Any) -> running.Synced:
        """Sync without the command line."""
        return running.sync(self.home, password=self.password, sleep=lambda _: None, **more)


@dataclass
class Office:
    """A centre in a database of its own."""

    server: Cluster
    database: str
    homes: Callable[[str], Path]
    typist: Typist
    folder: Path
    _opened: list[Connection] = field(default_factory=list)

    def url(self, login: str, **more: str) -> str:
        """Return the address of a login, with further settings of libpq."""
        query = "&".join(f"{name}={value}" for name, value in more.items())
        return self.server.url(login, self.database) + (f"?{query}" if query else "")

    def connect(self, login: str | None = None) -> Connection:
        """Return a connection of the administrator, or of a login."""
        if login is None:
            self._opened.append(psycopg.connect(self.server.admin_url(self.database), autocommit=True))
        else:
            self._opened.append(psycopg.connect(self.url(login), password=PASSWORD, autocommit=True))
        return self._opened[-1]

    def rows(self, query: str, *bound: object) -> list[Row]:
        """Read or change the centre as its administrator."""
        with psycopg.connect(self.server.admin_url(self.database), autocommit=True) as connection:
            cursor = connection.execute(query.encode(), bound or None)
            return cursor.fetchall() if cursor.description else []

    def value(self, query: str, *bound: object) -> Any:
        """Read a single value."""
        found = self.rows(query, *bound)
        return found[0][0] if found else None

    def person(self, login: str, device: str = "") -> Person:
        """Return somebody with a new store; ``device`` names a further one of theirs."""
        home = self.folder / f"home-{login}{device}"
        shutil.copytree(self.homes(f"{login}{device}"), home)
        return Person(login, home, self.url(login), self.typist)

    def signed_in(self, login: str, device: str = "") -> Person:
        """Return somebody with a store that has synced for the first time."""
        found = self.person(login, device)
        found.signs_in()
        return found

    def takes_changes(self, *, no: bool = False) -> None:
        """Put the centre into maintenance, in which it can only be read, or end that."""
        query = "ALTER DATABASE {} SET default_transaction_read_only = " + ("on" if no else "off")
        with psycopg.connect(self.server.admin_url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(query).format(sql.Identifier(self.database)))

    def close(self) -> None:
        """End the connections."""
        for each in self._opened:
            each.close()


def quiet(*people: Person, rounds: int = 3) -> None:
    """Let everybody sync until nothing moves any more."""
    for _ in range(rounds):
        for each in people:
            each.syncs()


def in_step(*people: Person) -> None:
    """Everybody holds what the centre shows them, by count and hash, and owes it nothing."""
    for each in people:
        assert each.unsent == 0, each.login
        assert each.digests() == each.central_digests(), each.login
        each.verifies()


def nothing_lost(office: Office, *people: Person) -> None:
    """Every op of every device is at the centre, whole, with what became of it."""
    known: dict[str, str] = dict(office.rows("SELECT op_id, outcome FROM hub.op"))
    for each in people:
        for op_id, kind in each.rows("SELECT o.op_id, t.kind FROM oplog o JOIN tx t USING (tx_id)"):
            assert op_id in known, (each.login, op_id, kind)
            assert known[op_id] in ENDS, (op_id, known[op_id])


ENDS = {"applied", "ignored", "proposal", "late", "quarantined"}


def texts(rows: Iterable[Row]) -> list[str]:
    """Return the first column of some rows."""
    return [str(row[0]) for row in rows]
