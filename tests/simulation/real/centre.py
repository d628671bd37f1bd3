"""A centre in PostgreSQL with what the simulator does to a centre: edits, backups, another time and epoch."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable, Iterable, Mapping
from random import Random

from psycopg import errors as pg

from sfa.sync.centre.install import install
from sfa.sync.postgres import PostgresTransport
from sfa.sync.protocol import Value
from tests.simulation.centre.model import ModelCentre
from tests.simulation.centre.shapes import Shapes
from tests.simulation.company import ORGANISATION, PEOPLE
from tests.simulation.office import Office
from tests.simulation.real import mirror
from tests.simulation.real.server import Connection, RealServer
from tests.sync.centre.conftest import make_login
from tests.sync.centre.real_centre import STAMP, found, role_of

NAMES = {user: role_of(name) for user, name, *_ in PEOPLE}
# The centre's wall clock is the schedule's; a sequence is read and set past every transaction.
_SIMULATED = """
CREATE SEQUENCE hub.simulated_ms AS bigint;
ALTER SEQUENCE hub.simulated_ms OWNER TO sfa_owner;
CREATE OR REPLACE FUNCTION hub.now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT last_value FROM hub.simulated_ms
$$
"""
_count = itertools.count()


def found_company(centre: Connection, *, simulated: bool) -> None:
    """Make a centre with the company in an empty database, by the wall clock or by a simulated one."""
    install(centre)
    for role in NAMES.values():
        make_login(centre, role)
    found(centre)
    if simulated:
        centre.execute(_SIMULATED)


class RealCentre(ModelCentre):
    """A database of its own; ``state`` is what it held at the last ``refresh``."""

    def __init__(
        self, server: RealServer, source: str, shapes: Shapes, *, now_ms: Callable[[], int] | None
    ) -> None:
        """Copy a database; without ``now_ms`` the centre goes by the wall clock."""
        super().__init__(ORGANISATION, shapes, now_ms=now_ms or int)
        self.server = server
        self.database = f"schedule_{os.getpid()}_{next(_count)}"
        self._tells_time = now_ms is not None
        self._told_ms = 0
        self._version = -1
        self._admin: Connection | None = None
        self._transports: dict[str, PostgresTransport] = {}
        self._backups: list[str] = []
        server.copy(source, self.database)

    # ---- connections

    @property
    def admin(self) -> Connection:
        """Return an administrator's connection."""
        if self._admin is None or self._admin.closed:
            self._admin = self.server.connect(self.database)
        if self._tells_time and self._told_ms != (now := self._now_ms()):
            self._admin.execute("SELECT setval('hub.simulated_ms', %s)", [now])
            self._told_ms = now
        return self._admin

    def address(self, user: str, port: int = 0) -> str:
        """Return a user's address, perhaps by way of a line."""
        return self.server.url(NAMES[user], self.database, port)

    def transport(self, user: str) -> PostgresTransport:
        """Return a user's own connection, which stays open from sync to sync."""
        _ = self.admin
        if user not in self._transports:
            self._transports[user] = PostgresTransport(self.address(user))
        return self._transports[user]

    def hang_up(self) -> None:
        """End all connections; the next calls open new ones."""
        for each in self._transports.values():
            each.close()
        if self._admin is not None:
            self._admin.close()
        self._told_ms = 0

    def close(self) -> None:
        """Delete the database and its backups."""
        self.hang_up()
        self.server.drop(self.database, *self._backups)

    def refresh(self) -> None:
        """Read what the centre holds now, if that is not known yet."""
        version = mirror.version_of(self.admin)
        if version != self._version:
            self.state = mirror.state_of(self.admin, ORGANISATION)
            self._version = self.state.version
            self._sight = None

    # ---- what an operator does

    def edit(self, rows: Iterable[tuple[str, str, Mapping[str, Value]]], *, author: str | None) -> list[bool]:
        """Change rows by SQL; say which ones the tables could hold, and that met nobody else's change."""
        del author  # the administrator's login is nobody of the company
        done = []
        for table, row_id, values in rows:
            try:
                with self.admin.transaction():
                    known = self.admin.execute("SELECT hub.get(%s, %s)", [table, row_id]).fetchone()
                    made = {} if known and known[0] else {"created_at": STAMP}
                    text = json.dumps({**made, **values})
                    self.admin.execute("SELECT hub.put(%s, %s, %s)", [table, row_id, text])
            except (pg.IntegrityError, pg.DataError, pg.DeadlockDetected):
                done.append(False)
            else:
                done.append(True)
        return done

    def allow(self, user: str, *, active: bool = True) -> None:
        """Let a user of the company sign in, or no longer; somebody new has no login."""
        self.admin.execute("UPDATE hub.login SET is_active = %s WHERE user_id = %s", [active, user])

    def change_epoch(self) -> None:
        """Become another centre to the devices."""
        self.admin.execute("UPDATE hub.epoch_mark SET counter = counter + 1")

    def epoch_now(self) -> str:
        """Return the centre's epoch."""
        row = self.admin.execute("SELECT hub.epoch()").fetchone()
        assert row is not None
        return str(row[0])

    def save(self) -> str:
        """Copy the database; return the copy's name."""
        self.hang_up()
        name = f"{self.database}_{len(self._backups)}"
        self.server.copy(self.database, name)
        self._backups.append(name)
        return name

    def go_back(self, backup: str) -> None:
        """Be a backup again, and mark it as restored."""
        self.hang_up()
        self.server.drop(self.database)
        self.server.copy(backup, self.database)
        self.admin.execute(
            "UPDATE hub.epoch_mark SET counter = counter + 1, recovery_until = now() + interval '1 day'"
        )
        self._version = -1


class RealOffice(Office):
    """The administrators of a centre in PostgreSQL."""

    def __init__(self, centre: RealCentre, rng: Random) -> None:
        """Work at a centre."""
        super().__init__(centre, rng)
        self._database = centre

    def _some(self, table: str) -> str | None:
        rows = self._database.admin.execute(f'SELECT id FROM sfa."{table}" ORDER BY id').fetchall()
        return str(self.rng.choice(rows)[0]) if rows else None


__all__ = ["NAMES", "RealCentre", "RealOffice", "found_company"]
