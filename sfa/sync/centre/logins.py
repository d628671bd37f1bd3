"""Whether a person may sign in at all: out of the whole server, sessions ended, and in again."""

from __future__ import annotations

import psycopg
from psycopg import sql

from sfa.errors import Refused, msg
from sfa.sync.centre.admin import Connection, user_of


def disable_user(connection: Connection, login: str) -> None:
    """Keep a person from syncing and from the server; their records stay, for ``sfa handover``.

    Sessions that are open stay so until ``end_sessions``, which finds them all once this is committed.

    Raises:
        NotFound: there is no such login.
    """
    _activate(connection, login, active=False)


def enable_user(connection: Connection, login: str) -> None:
    """Let a person who was disabled sync again, with the password they had.

    Raises:
        NotFound: there is no such login.
    """
    _activate(connection, login, active=True)


def _activate(connection: Connection, login: str, *, active: bool) -> None:
    user_id = user_of(connection, login)
    connection.execute("UPDATE hub.login SET is_active = %s WHERE role_name = %s", [active, login])
    connection.execute('UPDATE sfa."user" SET is_active = %s WHERE id = %s', [active, user_id])
    right = sql.SQL("LOGIN" if active else "NOLOGIN")
    connection.execute(sql.SQL("ALTER ROLE {} {}").format(sql.Identifier(login), right))


def end_sessions(connection: Connection, login: str) -> int:
    """End what a login has open on the whole server; return how many sessions that were.

    Raises:
        Refused: the administrator may not end them.
    """
    query = (
        "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = %s"
    )
    try:
        row = connection.execute(query, [login]).fetchone()
    except psycopg.errors.InsufficientPrivilege as error:
        raise Refused(
            msg("{login} is disabled, but the sessions it has open could not be ended."),
            why=msg("Nothing is read or written through them, but they stay until they end by themselves."),
            hint=msg("A superuser ends them, or who was given pg_signal_backend: run it again as one."),
            login=login,
        ) from error
    assert row is not None
    return int(row[0])
