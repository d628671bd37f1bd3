"""What an administrator does at the centre: set it up, add people, watch devices, mark backups.

Works over an administrator's own connection (the owner of the database, or a superuser);
rows of the organisation are changed by plain SQL, which the centre records like any change.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from sfa import clock, ids
from sfa.errors import InvalidInput, NotFound, Refused, msg
from sfa.store.seed import organisation_rows
from sfa.sync.centre.cluster import DATABASE
from sfa.sync.centre.install import MEMBER, install
from sfa.sync.meaning import meaning
from sfa.sync.postgres import connection_info
from sfa.terms import Role

Connection = psycopg.Connection[Any]
_CONNECTIONS = 10  # several devices, each syncing and watching
# Over the client's own limits (sfa/sync/postgres.py): they count for whoever connects with another program.
_LIMITS = {
    "statement_timeout": "5min",
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
}
_LONGEST_NAME = 63  # of a role, in bytes (Source: PostgreSQL, NAMEDATALEN)


@dataclass(frozen=True, slots=True)
class DeviceState:
    """A device as the centre knows it."""

    id: str
    code: str
    name: str
    user: str
    last_seq: int
    seen_at: str | None
    schema_version: int
    clock_ahead_ms: int
    revoked: bool


@dataclass(frozen=True, slots=True)
class CentreState:
    """What the centre holds."""

    server: str
    schema_version: int
    version: int
    epoch: str
    users: int
    devices: int
    ops: int
    open_conflicts: int
    open_proposals: int
    quarantined: int
    size_bytes: int
    last_backup_at: str | None
    in_recovery: bool


@contextmanager
def administering(url: str, password: str | None = None) -> Iterator[Connection]:
    """Open an administrator's connection; what is done in it is one transaction.

    Raises:
        SyncError: the server cannot be reached.
        Refused: the server does not accept the login, or it may not do this.
    """
    info = connection_info(url, password)
    try:
        with psycopg.connect(info) as connection:
            yield connection
    except psycopg.Error as error:
        raise meaning(error, url.rsplit("@", maxsplit=1)[-1]) from error


def make_database(connection: Connection, name: str = DATABASE) -> None:
    """Make a database unless it is there; the connection is to another one of the server."""
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    connection.commit()
    if found is None:
        connection.autocommit = True
        connection.execute(
            sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
        )


def initialise(connection: Connection) -> None:
    """Make the centre's schema and what an organisation begins with; what is there stays."""
    upgrade(connection)
    _set_up(connection, "on")
    for table, values in organisation_rows():
        _insert(connection, table, values)
    _set_up(connection, "off")


def _set_up(connection: Connection, state: str) -> None:
    """Mark what follows as the centre's own set-up, over which anybody's change counts as seen."""
    connection.execute(
        "SELECT set_config('sfa.setting_up', %s, true), set_config('sfa.sql_tx', '', true)", [state]
    )


def upgrade(connection: Connection) -> None:
    """Bring the centre's schema up to this program's."""
    install(connection)


def _insert(connection: Connection, table: str, values: dict[str, object]) -> None:
    now = clock.utc_now()
    row = {"created_at": now, "updated_at": now, **values}
    connection.execute(
        sql.SQL("INSERT INTO sfa.{} ({}) VALUES ({}) ON CONFLICT (id) DO NOTHING").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.Placeholder() * len(row)),
        ),
        [_stored(table, name, value) for name, value in row.items()],
    )


def _stored(table: str, name: str, value: object) -> object:
    from sfa.fields import TABLES

    kind = next(column.type for column in TABLES[table].columns if column.name == name)
    return bool(value) if kind == "flag" else value


def add_team(connection: Connection, name: str) -> str:
    """Add a team; return its id.

    Raises:
        Refused: there is one of that name.
    """
    if connection.execute("SELECT 1 FROM sfa.team WHERE name = %s AND deleted_at IS NULL", [name]).fetchone():
        raise Refused(msg("There is a team {name} already."), name=name)
    team_id = ids.uuid7(clock.wall_ms())
    _insert(connection, "team", {"id": team_id, "name": name})
    return team_id


def add_user(
    connection: Connection,
    login: str,
    *,
    name: str,
    role: Role,
    team: str | None = None,
    manager: str | None = None,
    password: str | None = None,
) -> str:
    """Add a person and their login; return the user's id. ``manager`` is a login, ``team`` a name.

    Raises:
        InvalidInput: the login is no name for a role.
        Refused: the login is taken.
        NotFound: no such team or manager.
    """
    _check_login(connection, login)
    user_id = ids.uuid7(clock.wall_ms())
    values: dict[str, object] = {"id": user_id, "name": name, "role": role.value, "is_active": True}
    _insert(connection, "user", values | _place(connection, team, manager))
    add_login(connection, login, user_id, password=password)
    return user_id


def _place(connection: Connection, team: str | None, manager: str | None) -> dict[str, object]:
    found: dict[str, object] = {}
    if team is not None:
        found["team_id"] = _team_id(connection, team)
    if manager is not None:
        found["manager_id"] = user_of(connection, manager)
    return found


def person(connection: Connection, name: str) -> str:
    """Return the id of the one user of that name who has no login yet.

    Raises:
        NotFound: there is none, or there are several.
    """
    rows = connection.execute(
        'SELECT id FROM sfa."user" AS u WHERE name = %s AND deleted_at IS NULL'
        " AND NOT EXISTS (SELECT FROM hub.login AS l WHERE l.user_id = u.id)",
        [name],
    ).fetchall()
    if len(rows) != 1:
        raise NotFound(msg("There is no single user {name} without a login."), name=name)
    return str(rows[0][0])


def edit_user(
    connection: Connection,
    login: str,
    *,
    role: Role | None = None,
    team: str | None = None,
    manager: str | None = None,
) -> None:
    """Change a person's role, team or manager; what they see follows at their next sync.

    Raises:
        NotFound: no such login, team or manager.
    """
    user_id = user_of(connection, login)
    values = _place(connection, team, manager) | ({"role": role.value} if role else {})
    for column, value in values.items():
        connection.execute(
            sql.SQL('UPDATE sfa."user" SET {} = %s WHERE id = %s').format(sql.Identifier(column)),
            [value, user_id],
        )


def add_login(connection: Connection, login: str, user_id: str, *, password: str | None = None) -> None:
    """Let a user sign in.

    Raises:
        InvalidInput: the login is no name for a role.
        Refused: the login is taken.
    """
    _check_login(connection, login)
    connection.execute("INSERT INTO hub.login (role_name, user_id) VALUES (%s, %s)", [login, user_id])
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [login]).fetchone()
    if not exists:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(login)))
    connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(MEMBER), sql.Identifier(login)))
    _limit(connection, login)
    if password is not None:
        set_password(connection, login, password)


def _limit(connection: Connection, login: str) -> None:
    """Limit what a login takes of the server; all but the number of connections it may change itself."""
    role = sql.Identifier(login)
    connection.execute(sql.SQL("ALTER ROLE {} CONNECTION LIMIT {}").format(role, sql.Literal(_CONNECTIONS)))
    for name, value in _LIMITS.items():
        setting = sql.SQL("ALTER ROLE {} SET {} = {}")
        connection.execute(setting.format(role, sql.Identifier(name), sql.Literal(value)))


def set_password(connection: Connection, login: str, password: str) -> None:
    """Set a login's password; the server sees its SCRAM verifier and never the password."""
    verifier = connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256")
    connection.execute(
        sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(login), sql.Literal(verifier.decode()))
    )


def _check_login(connection: Connection, login: str) -> None:
    if not login or len(login.encode()) > _LONGEST_NAME or login.startswith("pg_"):
        raise InvalidInput("LOGIN", msg("{value!r} cannot be a login."), value=login)
    taken = connection.execute("SELECT 1 FROM hub.login WHERE role_name = %s", [login]).fetchone()
    privileged = connection.execute(
        "SELECT 1 FROM pg_roles WHERE rolname = %s AND (rolsuper OR rolcreaterole OR NOT rolcanlogin)",
        [login],
    ).fetchone()
    if taken or privileged:
        raise Refused(
            msg("The login {name} is taken."), hint=msg("Choose another; see: sfa hub status."), name=login
        )


def _team_id(connection: Connection, name: str) -> str:
    row = connection.execute(
        "SELECT id FROM sfa.team WHERE name = %s AND deleted_at IS NULL", [name]
    ).fetchone()
    if row is None:
        raise NotFound(
            msg("There is no team {name}."), hint=msg("Add it with: sfa hub add-team '{name}'."), name=name
        )
    return str(row[0])


def user_of(connection: Connection, login: str) -> str:
    """Return the id of the user behind a login.

    Raises:
        NotFound: there is no such login.
    """
    row = connection.execute("SELECT user_id FROM hub.login WHERE role_name = %s", [login]).fetchone()
    if row is None:
        raise NotFound(msg("There is no login {name}."), hint=msg("See: sfa hub status."), name=login)
    return str(row[0])


def devices(connection: Connection) -> list[DeviceState]:
    """Return the devices, the last seen first."""
    cursor = connection.cursor(row_factory=dict_row)
    cursor.execute(
        "SELECT d.id, d.code, d.name, u.name AS user, d.last_seq, hub.instant_text(d.seen_at) AS seen_at,"
        " d.schema_version, d.clock_ahead_ms, d.revoked_at IS NOT NULL AS revoked"
        ' FROM hub.device AS d JOIN sfa."user" AS u ON u.id = d.user_id'
        " ORDER BY d.seen_at DESC NULLS LAST, d.id"
    )
    return [DeviceState(**row) for row in cursor]


def revoke_device(connection: Connection, code: str) -> DeviceState:
    """Refuse a device from now on, by its code or the beginning of its id; return it.

    Raises:
        NotFound: no device, or several, are called so.
    """
    found = [each for each in devices(connection) if each.code == code or each.id.startswith(code)]
    if len(found) != 1:
        raise NotFound(msg("There is no single device {code}."), hint=msg("See: sfa hub devices."), code=code)
    connection.execute(
        "UPDATE hub.device SET revoked_at = coalesce(revoked_at, now()) WHERE id = %s", [found[0].id]
    )
    return found[0]


def status(connection: Connection) -> CentreState:
    """Return what the centre holds.

    Raises:
        NotFound: the database holds no centre.
    """
    if connection.execute("SELECT to_regclass('hub.schema_version')").fetchone() == (None,):
        raise NotFound(
            msg("This database holds no centre of sfa yet."), hint=msg("Make one with: sfa hub init URL.")
        )
    cursor = connection.cursor(row_factory=dict_row)
    cursor.execute(
        "SELECT current_setting('server_version') AS server,"
        " (SELECT version FROM hub.schema_version) AS schema_version,"
        " (SELECT version FROM hub.counter) AS version, hub.epoch() AS epoch,"
        " (SELECT count(*) FROM hub.login WHERE is_active) AS users,"
        " (SELECT count(*) FROM hub.device WHERE revoked_at IS NULL) AS devices,"
        " (SELECT count(*) FROM hub.op) AS ops,"
        " (SELECT count(*) FROM sfa.conflict WHERE state = 'open' AND deleted_at IS NULL) AS open_conflicts,"
        " (SELECT count(*) FROM sfa.proposal WHERE state = 'open' AND deleted_at IS NULL) AS open_proposals,"
        " (SELECT count(*) FROM hub.tx WHERE outcome = 'quarantined') AS quarantined,"
        " pg_database_size(current_database()) AS size_bytes,"
        " (SELECT hub.instant_text(max(at)) FROM hub.backup) AS last_backup_at,"
        " hub.in_recovery() AS in_recovery"
    )
    row = cursor.fetchone()
    assert row is not None
    return CentreState(**row)


def mark_backup(connection: Connection) -> int:
    """Record that a backup was finished which holds everything up to now; return the version."""
    row = connection.execute(
        "INSERT INTO hub.backup (version) SELECT version FROM hub.counter RETURNING version"
    ).fetchone()
    assert row is not None
    return int(row[0])


def mark_restored(connection: Connection, days: int) -> None:
    """Say that this database was restored from a backup: devices bring back what it lost, for some days."""
    connection.execute(
        "UPDATE hub.epoch_mark SET counter = counter + 1, recovery_until = now() + make_interval(days => %s)",
        [days],
    )
