"""PostgreSQL servers for the tests: one of each version, shared by all processes of a run.

Making a server takes seconds and copying a database takes a tenth of one, so the processes share the server
and each test has a database of its own, copied from a template.
"""

from __future__ import annotations

import fcntl
import functools
import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from sfa.sync.centre import cluster
from sfa.sync.centre.cluster import ADMIN, Cluster

Connection = psycopg.Connection[tuple[Any, ...]]
FAST = (
    "fsync = off",
    "synchronous_commit = off",
    "full_page_writes = off",
    "autovacuum = off",
    "max_connections = 200",
)
_NO_PASSWORDS = "local all all trust\n"
_ROOM = 4 << 30
_PATIENCE_S = 10.0
_count = itertools.count()


@functools.cache
def versions() -> dict[str, Path]:
    """Return the servers found, by major version: what a user would get first, then the newest of a wheel."""
    candidates = [each for each in cluster.candidates() if (each / "initdb").exists()]
    found: dict[str, Path] = {}
    for each in dict.fromkeys((*candidates[:1], *cluster.of_wheel()[:1])):
        said = subprocess.run([each / "postgres", "--version"], capture_output=True, text=True, check=True)
        found.setdefault(said.stdout.split()[2].split(".")[0], each)
    return found


def folder_for_servers() -> Path:
    """Return a folder that the server's user can reach: in memory, if there is room."""
    memory = Path("/dev/shm")  # noqa: S108  the folders made below it are the server's alone
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM:
        return memory
    return Path("/var/tmp")  # noqa: S108  likewise


@dataclass(frozen=True)
class Server:
    """A running server; ``lock`` is held by whoever makes something that all processes use."""

    cluster: Cluster
    lock: Path

    def url(self, database: str, role: str = ADMIN) -> str:
        """Return the address of a database for a role, which needs no password."""
        return self.cluster.admin_url(database).replace(f"//{ADMIN}@", f"//{role}@")

    def connect(self, database: str, role: str = ADMIN) -> Connection:
        """Open a connection that commits each statement."""
        return psycopg.connect(self.url(database, role), autocommit=True)

    def template(self, name: str, fill: Callable[[Connection], None], source: str = "template0") -> str:
        """Make a database for others to be copied from, unless another process has; return its name."""
        with _locked(self.lock), self.connect("postgres") as connection:
            known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone()
            if known is None:
                self._copy(connection, source, name)
                with self.connect(name) as made:
                    fill(made)
        return name

    @contextmanager
    def database(self, source: str) -> Iterator[str]:
        """Copy a template for one test; yield the copy's name."""
        name = f"test_{os.getpid()}_{next(_count)}"
        with self.connect("postgres") as connection:
            self._copy(connection, source, name)
            yield name
            end_sessions(connection, name)
            connection.execute(sql.SQL("DROP DATABASE {} (FORCE)").format(sql.Identifier(name)))

    def _copy(self, connection: Connection, source: str, name: str) -> None:
        copied = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        connection.execute(copied.format(*map(sql.Identifier, (name, source))))


def end_sessions(connection: Connection, database: str) -> None:
    """End the sessions of a database and wait until they are gone.

    The server looks for them every tenth of a second only, also when it drops a database.
    """
    sessions = "FROM pg_stat_activity WHERE datname = %s"
    connection.execute(f"SELECT pg_terminate_backend(pid) {sessions}", [database])
    until = time.monotonic() + _PATIENCE_S
    while connection.execute(f"SELECT {sessions} LIMIT 1", [database]).fetchone():
        assert time.monotonic() < until, f"a session of {database} does not end"
        time.sleep(0.001)


@contextmanager
def shared(run: Path, binaries: Path, version: str) -> Iterator[Server]:
    """Start a server unless another process of this run has; the last one that uses it removes it.

    ``run`` is a folder that the processes of this run have in common.
    """
    lock, note = run / "servers.lock", run / f"server-{version}"
    with (run / f"server-{version}.users").open("w") as users:
        with _locked(lock):
            if not note.exists():
                note.write_text(tempfile.mkdtemp(prefix="sfa-test-", dir=folder_for_servers()))
            found = Cluster(Path(note.read_text()), settings=FAST, binaries=binaries, access=_NO_PASSWORDS)
            found.start()
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield Server(found, run / f"server-{version}.lock")
        finally:
            with _locked(lock):
                if _is_alone(users.fileno()):
                    found.remove()
                    note.unlink()


def _is_alone(users: int) -> bool:
    fcntl.flock(users, fcntl.LOCK_UN)
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
