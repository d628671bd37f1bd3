"""A server for a process; for a test a centre with a small team, and a home for each of them."""

from __future__ import annotations

import itertools
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from sfa.errors import NotFound
from sfa.store.schema import ready
from sfa.sync.centre import admin, cluster
from sfa.sync.centre.cluster import Cluster
from sfa.terms import Role
from tests.sync.servers import end_sessions, folder_for_servers
from tests.sync.whole.office import PASSWORD, Office, Person, Typist

_FAST = ("fsync = off", "full_page_writes = off", "max_connections = 60", "jit = off", "autovacuum = off")
_TEMPLATE = "whole_template"
_count = itertools.count()


def new_cluster() -> Cluster:
    """Return a cluster where the server's user can reach it; without PostgreSQL skip, and in CI fail."""
    try:
        cluster.programs()
    except NotFound as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    return Cluster(Path(tempfile.mkdtemp(prefix="sfa-whole-", dir=folder_for_servers())), settings=_FAST)


@pytest.fixture(scope="session")
def own_server() -> Iterator[Cluster]:
    """Start a server of this process alone: its tests stop it, and kill it."""
    found = new_cluster()
    try:
        found.start()
        yield found
    finally:
        found.remove()


def found_team(server: Cluster, database: str) -> None:
    """Make a centre with a team: a manager, two reps, and an admin."""
    with admin.administering(server.admin_url("postgres")) as connection:
        admin.make_database(connection, database)
    with admin.administering(server.admin_url(database)) as connection:
        admin.initialise(connection)
        admin.add_team(connection, "East")
        for login, name, role, manager in (
            ("boss", "Chen Jing", Role.MANAGER, None),
            ("anna", "Anna", Role.REP, "boss"),
            ("ben", "Ben", Role.REP, "boss"),
            ("root", "Ada", Role.ADMIN, None),
        ):
            admin.add_user(
                connection, login, name=name, role=role, team="East", manager=manager, password=PASSWORD
            )


@pytest.fixture(scope="session")
def template(own_server: Cluster) -> str:
    """Return the name of a database with the team, from which each test's own is copied."""
    found_team(own_server, _TEMPLATE)
    return _TEMPLATE


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return what gives a new store by name: each is another device, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("homes")

    def home_of(name: str) -> Path:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LANG", "C.UTF-8")
            return ready(folder / name).parent

    return home_of


@pytest.fixture
def typist(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typist:
    """Return what types commands, in this process."""
    monkeypatch.setenv("SFA_LANG", "en")
    # A centre that does not answer is asked again without a pause.
    monkeypatch.setattr("sfa.sync.running._FIRST_PAUSE_S", 0.0)
    return Typist(monkeypatch, capsys)


@pytest.fixture
def office(
    own_server: Cluster, template: str, homes: Callable[[str], Path], typist: Typist, tmp_path: Path
) -> Iterator[Office]:
    """Return a centre of the test's own."""
    own_server.start()
    name = f"whole_{next(_count)}"
    copy_database(own_server, template, name)
    made = Office(own_server, name, homes, typist, tmp_path)
    yield made
    own_server.start()
    made.close()
    drop_database(own_server, name)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def copy_database(server: Cluster, source: str, name: str) -> None:
    """Make a database as another one is.

    File by file: after a crash a sequence of a database that was copied page by page, and that no
    checkpoint has met yet, gives the numbers a second time that it gave since.
    """
    query = "CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY"
    with psycopg.connect(server.admin_url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL(query).format(*map(sql.Identifier, (name, source))))


def drop_database(server: Cluster, name: str) -> None:
    """Delete a database whoever uses it."""
    with psycopg.connect(server.admin_url("postgres"), autocommit=True) as connection:
        end_sessions(connection, name)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def anna(office: Office) -> Person:
    """A rep, signed in."""
    return office.signed_in("anna")


@pytest.fixture
def ben(office: Office) -> Person:
    """Another rep of the same team, signed in."""
    return office.signed_in("ben")


@pytest.fixture
def boss(office: Office) -> Person:
    """Their manager, signed in."""
    return office.signed_in("boss")
