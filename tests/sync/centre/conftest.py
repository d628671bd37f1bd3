"""A centre of the test's own: a database with its schema, empty or with the simulations' company."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from psycopg import sql

from sfa.sync.centre.cluster import ADMIN
from sfa.sync.centre.install import install
from tests.simulation.company import PEOPLE
from tests.sync.centre.real_centre import RealCentre, found, role_of
from tests.sync.centre.twins import merge_in_runs
from tests.sync.servers import Connection, Server

Connect = Callable[..., Connection]


def make_login(centre: Connection, role: str) -> None:
    """Make a member's login role, which all databases of the server share, unless it is there."""
    made = (
        "DO $$ BEGIN CREATE ROLE {} LOGIN IN ROLE sfa_member; "
        "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )
    centre.execute(sql.SQL(made).format(sql.Identifier(role)))


@pytest.fixture(scope="session")
def template(server: Server) -> str:
    """Return the name of a database that holds the centre's schema and nothing else."""
    return server.template("centre_template", install)


@pytest.fixture(scope="session")
def company_template(server: Server, template: str) -> str:
    """Return the name of a database that holds a centre with the simulations' company."""

    def fill(centre: Connection) -> None:
        for _, person, *_ in PEOPLE:
            make_login(centre, role_of(person))
        found(centre)

    return server.template("company_template", fill, template)


@pytest.fixture
def company(server: Server, company_template: str) -> Iterator[RealCentre]:
    """Return a centre with the simulations' company, the test's own, which merges every run at once."""
    with server.database(company_template) as name, server.connect(name) as administrator:
        centre = RealCentre(administrator, server.url(name, "{role}"))
        merge_in_runs(centre, of=1)
        yield centre
        centre.close()


@pytest.fixture
def connect(server: Server, template: str) -> Iterator[Connect]:
    """Return what opens a connection to the test's own database, as the owner of all or as a given role."""
    opened: list[Connection] = []
    with server.database(template) as name:

        def opening(role: str = ADMIN) -> Connection:
            opened.append(server.connect(name, role))
            return opened[-1]

        yield opening
        for each in opened:
            each.close()


@pytest.fixture
def centre(connect: Connect) -> Connection:
    """Return an administrator's connection to the test's own centre."""
    return connect()


@pytest.fixture
def add_login(centre: Connection) -> Callable[[str, str], str]:
    """Return what makes a login role for a user; it returns the role's name."""

    def adding(role: str, user_id: str) -> str:
        make_login(centre, role)
        centre.execute("INSERT INTO hub.login (role_name, user_id) VALUES (%s, %s)", [role, user_id])
        return role

    return adding
