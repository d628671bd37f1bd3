"""A PostgreSQL of the tests' own: one cluster a process, one database a test, copied from a template."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from sfa.sync.centre.install import install
from tests.simulation.company import PEOPLE
from tests.sync.centre.real_centre import RealCentre, found, role_of

Connection = psycopg.Connection[tuple[Any, ...]]
Connect = Callable[..., Connection]
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")
_count = itertools.count()


def _binaries() -> Path | None:
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda each: int(each.parts[-3]))
    return versions[-1].parent if versions else None


def _server_user() -> str | None:
    """Return the account a server runs as when the tests run as root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    known = {each.pw_name for each in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """Start a server and return the folder of its socket; without PostgreSQL skip, and in CI fail."""
    binaries = _binaries()
    if binaries is None:
        reason = "no PostgreSQL server is installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    user = _server_user()
    folder = Path(tempfile.mkdtemp(prefix="sfa-pg-"))  # short: the path of a socket has 107 bytes
    if user:
        shutil.chown(folder, user)

    def run(name: str, *arguments: str) -> None:
        subprocess.run(
            [str(binaries / name), "-D", str(folder / "data"), *arguments],
            check=True,
            user=user,
            stdout=subprocess.DEVNULL,
            cwd=folder,
        )

    settings = (*_FAST, "listen_addresses=", f"unix_socket_directories={folder}")
    options = " ".join(f"-c {setting}" for setting in settings)
    run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
    run("pg_ctl", "-w", "-o", options, "-l", str(folder / "log"), "start")
    try:
        yield str(folder)
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder)


def _open(cluster: str, database: str, role: str) -> Connection:
    return psycopg.connect(host=cluster, dbname=database, user=role, autocommit=True)


@pytest.fixture(scope="session")
def template(cluster: str) -> str:
    """Return the name of a database that holds the centre's schema and nothing else."""
    with _open(cluster, "postgres", "postgres") as connection:
        connection.execute("CREATE DATABASE centre_template")
    with _open(cluster, "centre_template", "postgres") as connection:
        install(connection)
    return "centre_template"


@pytest.fixture(scope="session")
def company_template(cluster: str, template: str) -> str:
    """Return the name of a database that holds a centre with the simulations' company."""
    name = "company_template"
    copied = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (name, template)))
    with _open(cluster, "postgres", "postgres") as connection:
        connection.execute(copied)
        for _, person, *_ in PEOPLE:
            made = sql.SQL("CREATE ROLE {} LOGIN IN ROLE sfa_member")
            connection.execute(made.format(sql.Identifier(role_of(person))))
    with _open(cluster, name, "postgres") as connection:
        found(connection)
    return name


@pytest.fixture
def company(cluster: str, company_template: str) -> Iterator[RealCentre]:
    """Return a centre with the simulations' company, the test's own."""
    name = f"company_{next(_count)}"
    with _open(cluster, "postgres", "postgres") as connection:
        copied = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(copied.format(*map(sql.Identifier, (name, company_template))))
        with _open(cluster, name, "postgres") as administrator:
            centre = RealCentre(administrator, f"postgresql://{{role}}@/{name}?host={cluster}")
            yield centre
            centre.close()
        connection.execute(sql.SQL("DROP DATABASE {} (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def connect(cluster: str, template: str) -> Iterator[Connect]:
    """Return what opens a connection to the test's own database, as the owner of all or as a given role."""
    name = f"centre_{next(_count)}"
    opened: list[Connection] = []

    def opening(role: str = "postgres") -> Connection:
        opened.append(_open(cluster, name, role))
        return opened[-1]

    with _open(cluster, "postgres", "postgres") as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (name, template)))
        )
        yield opening
        for each in opened:
            each.close()
        connection.execute(sql.SQL("DROP DATABASE {} (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def centre(connect: Connect) -> Connection:
    """Return an administrator's connection to the test's own centre."""
    return connect()


@pytest.fixture
def add_login(centre: Connection) -> Callable[[str, str], str]:
    """Return what makes a login role for a user; it returns the role's name."""

    def adding(role: str, user_id: str) -> str:
        known = centre.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        if not known:
            made = sql.SQL("CREATE ROLE {} LOGIN IN ROLE sfa_member").format(sql.Identifier(role))
            centre.execute(made)
        centre.execute("INSERT INTO hub.login (role_name, user_id) VALUES (%s, %s)", [role, user_id])
        return role

    return adding
