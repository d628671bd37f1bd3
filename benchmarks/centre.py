"""A centre as in production on this machine: durable, over TLS, with people who sign in by password.

Only the machine is shared with the devices. The certificate is made anew by ``openssl``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import PeerMissing
from sfa.errors import NotFound
from sfa.sync.centre import admin
from sfa.sync.centre.cluster import Cluster, programs
from sfa.terms import Role

PASSWORD = "as-long-as-it-takes"  # noqa: S105  of a server that lives as long as the benchmark
BOSS = "boss"
_LEAVES_WITHIN_S = 2.0
_TICKS = os.sysconf("SC_CLK_TCK")
# What a small server is given; everything that makes a commit durable is as PostgreSQL has it.
_SETTINGS = ("shared_buffers = '512MB'", "max_wal_size = '2GB'", "max_connections = 400")


@dataclass(frozen=True, slots=True)
class Centre:
    """A running centre and how it is reached."""

    cluster: Cluster
    certificate: Path

    def url(self, login: str, database: str = "sfa") -> str:
        """Return a login's address: over TLS, verified in full."""
        checked = f"sslmode=verify-full&sslrootcert={self.certificate}"
        return f"{self.cluster.url(login, database)}?{checked}"

    def cpu_s(self) -> float:
        """Return the processor's seconds that the server took so far, with all it ever started."""
        server = int((self.cluster.data / "postmaster.pid").read_text("ascii").splitlines()[0])
        running = sum(sum(_times(child)[:2]) for child in _children(server))
        return (sum(_times(server)) + running) / _TICKS

    def wait_until_left(self) -> None:
        """Wait until whoever came over the network has left: a session ends a little after its connection."""
        until = time.monotonic() + _LEAVES_WITHIN_S
        server = int((self.cluster.data / "postmaster.pid").read_text("ascii").splitlines()[0])
        while any(_is_session(child) for child in _children(server)) and time.monotonic() < until:
            time.sleep(0.001)

    def size_mb(self) -> float:
        """Return the size of the database on disk."""
        with admin.administering(self.cluster.admin_url()) as connection:
            return admin.status(connection).size_bytes / 2**20


def _times(process: int) -> list[int]:
    try:
        told = Path("/proc", str(process), "stat").read_text("ascii", "replace")
    except OSError:
        return [0]  # it ended; its parent counts it from now on
    return [int(part) for part in told.rpartition(")")[2].split()[11:15]]


def _is_session(process: int) -> bool:
    try:
        return b" 127.0.0.1(" in Path("/proc", str(process), "cmdline").read_bytes()
    except OSError:
        return False


def _children(process: int) -> list[int]:
    told = Path("/proc", str(process), "task", str(process), "children")
    return [int(part) for part in told.read_text("ascii").split()]


@contextmanager
def centre(reps: int, *, teams: int = 1) -> Iterator[Centre]:
    """Lend an empty centre with so many reps, ``rep0`` and on, a manager a team and one above them.

    Raises:
        PeerMissing: this machine has no PostgreSQL server.
    """
    try:
        programs()
    except NotFound as error:
        raise PeerMissing(str(error)) from error
    # Not in the cache: the server's user must reach it.
    folder = Path(tempfile.mkdtemp(prefix="sfa-bench-", dir="/var/tmp"))
    cluster = Cluster(folder / "cluster", settings=(*_SETTINGS, *_tls(folder)))
    folder.chmod(0o755)
    try:
        cluster.start()
        with admin.administering(cluster.admin_url("postgres")) as connection:
            admin.make_database(connection)
        with admin.administering(cluster.admin_url()) as connection:
            admin.initialise(connection)
            _people(connection, reps, teams)
        yield Centre(cluster, folder / "centre.crt")
    finally:
        cluster.remove()
        shutil.rmtree(folder, ignore_errors=True)


def _people(connection: admin.Connection, reps: int, teams: int) -> None:
    admin.add_user(connection, BOSS, name="Boss", role=Role.MANAGER, password=PASSWORD)
    for team in range(teams):
        admin.add_team(connection, f"Team {team}")
        _add(connection, f"manager{team}", Role.MANAGER, team, manager=BOSS)
    for number in range(reps):
        _add(connection, f"rep{number}", Role.REP, number % teams, manager=f"manager{number % teams}")


def _add(connection: admin.Connection, login: str, role: Role, team: int, *, manager: str) -> None:
    admin.add_user(
        connection, login, name=login, role=role, team=f"Team {team}", manager=manager, password=PASSWORD
    )


def _tls(folder: Path) -> tuple[str, ...]:
    key, certificate = folder / "centre.key", folder / "centre.crt"
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
            ),
            *("-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    if os.geteuid() == 0:
        shutil.chown(key, "nobody")
    key.chmod(0o600)
    return "ssl = on", f"ssl_cert_file = '{certificate}'", f"ssl_key_file = '{key}'"
