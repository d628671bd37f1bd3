"""A PostgreSQL server of one process alone, which schedules may kill; databases are copied from others."""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from sfa.sync.centre.cluster import ADMIN, Cluster
from tests.sync.servers import end_sessions, folder_for_servers

Connection = psycopg.Connection[tuple[Any, ...]]
# A commit is with the operating system before it is answered: a kill of every process loses none.
_SETTINGS = (
    "fsync = off",
    "full_page_writes = off",
    "synchronous_commit = on",
    "jit = off",
    "max_connections = 100",
    "checkpoint_timeout = '1h'",
    "max_wal_size = '2GB'",
)
_NO_PASSWORDS = "local all all trust\nhost all all 127.0.0.1/32 trust\n"
_WAIT_S = 30.0


class RealServer:
    """A server and what may be done to it."""

    def __init__(self, binaries: Path | None = None, *settings: str) -> None:
        """Make and start one, of given programs or of those a user would get."""
        folder = Path(tempfile.mkdtemp(prefix="sfa-real-", dir=folder_for_servers()))
        self.cluster = Cluster(
            folder, settings=(*_SETTINGS, *settings), binaries=binaries, access=_NO_PASSWORDS
        )
        self._lock = threading.Lock()
        self.kills = 0
        self.cluster.start()
        self.port = self.cluster.port()

    def url(self, role: str, database: str, port: int = 0) -> str:
        """Return a role's address, perhaps by way of a line."""
        return f"postgresql://{role}@127.0.0.1:{port or self.port}/{database}"

    def connect(self, database: str) -> Connection:
        """Open an administrator's connection that commits each statement."""
        return psycopg.connect(self.cluster.admin_url(database), autocommit=True)

    @property
    def version(self) -> str:
        """Return the server's version."""
        with self.connect("postgres") as connection:
            row = connection.execute("SHOW server_version").fetchone()
        assert row is not None
        return str(row[0])

    # ---- databases

    def copy(self, source: str, name: str) -> None:
        """Make a database as another one is, whoever still uses that one.

        File by file: of one that was copied page by page, a crash before the next checkpoint
        gives numbers of sequences a second time.
        """
        query = "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY"
        with self.connect("postgres") as connection:
            end_sessions(connection, source)
            connection.execute(sql.SQL(query).format(*map(sql.Identifier, (name, source))))

    def drop(self, *names: str) -> None:
        """Delete databases whoever uses them."""
        with self.connect("postgres") as connection:
            for name in names:
                end_sessions(connection, name)
                query = sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(sql.Identifier(name))
                connection.execute(query)

    # ---- what happens to servers

    def kill(self) -> None:
        """End the server and all its processes with SIGKILL, unless that was done already."""
        with self._lock:
            file = self.cluster.data / "postmaster.pid"
            if not file.exists():
                return
            postmaster = int(file.read_text().split()[0])
            # Stopped first, so that it starts nobody while we look who is there.
            os.kill(postmaster, signal.SIGSTOP)
            processes = [*_children(postmaster), postmaster]
            for each in processes:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(each, signal.SIGKILL)
            _wait_for_the_end(processes)
            # A process that nobody waits for keeps its number; the next start would take it for a server.
            sockets = Path(self.cluster.admin_url().split("host=")[1].split("&")[0])
            for left in (file, *sockets.glob(".s.PGSQL.*")):
                left.unlink()
            self.kills += 1

    def start(self) -> None:
        """Start it again; it recovers from its log."""
        with self._lock:
            self.cluster.start()

    def close(self) -> None:
        """Stop it and delete its data."""
        self.cluster.remove()


def _children(parent: int) -> list[int]:
    processes = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]
    return [each for each in processes if _status(each)[1] == parent]


def _status(process: int) -> tuple[str, int]:
    """Return a process's state and its parent; Z and 0 when it is gone."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "Z", 0
    return fields[0], int(fields[1])


def _wait_for_the_end(processes: list[int]) -> None:
    until = time.monotonic() + _WAIT_S
    while any(_status(each)[0] not in "ZX" for each in processes):
        assert time.monotonic() < until, f"still there: {processes}"
        time.sleep(0.002)


__all__ = ["ADMIN", "Connection", "RealServer"]
