"""Installing and upgrading the centre's schema in a database, in one transaction.

The connection's role must be a superuser, or may create roles and owns the database.
"""

from __future__ import annotations

from importlib import resources

import psycopg
from psycopg import sql

from sfa.store.version import SCHEMA_VERSION
from sfa.sync.centre.functions import row_functions
from sfa.sync.centre.tables import table_statements
from sfa.sync.centre.triggers import place_statements

# Raised with every change of the SQL, so that a program knows a centre that is older or newer than itself.
REVISION = 18
OWNER = "sfa_owner"
MEMBER = "sfa_member"
READER = "sfa_bi"
_AFTER_TABLES = "20"
_SCHEMAS = ("sfa", "hub", "api")
_LOCK = 0x73666168  # "sfah": two installations of one database go one after the other


def install(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Make the centre's schema, or bring it up to this program's; what is there stays.

    Runs in a transaction of its own, or as a part of the one that is open.
    """
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute("SET LOCAL client_min_messages = warning")
        _roles(cursor)
        _schemas(cursor)
        close_to_others(cursor)
        cursor.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(OWNER)))
        # Functions are checked when they run: their tables may come in a later file.
        cursor.execute("SET LOCAL check_function_bodies = off")
        cursor.execute(f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
        before, after = _files()
        generated = (*table_statements(), *row_functions(), *place_statements())
        for statement in (*before, *generated, *after):
            cursor.execute(statement.encode())
        cursor.execute(
            "INSERT INTO hub.schema_version (version, revision) VALUES (%s, %s) ON CONFLICT (only_row) "
            "DO UPDATE SET version = excluded.version, revision = excluded.revision",
            [SCHEMA_VERSION, REVISION],
        )
        cursor.execute("RESET ROLE")


def _files() -> tuple[list[str], list[str]]:
    """Return the SQL files in the order of their names: what the tables need, and what needs them."""
    folder = resources.files("sfa.sync.centre") / "sql"
    found = sorted((each for each in folder.iterdir() if each.name.endswith(".sql")), key=lambda it: it.name)
    before = [each.read_text("utf-8") for each in found if each.name < _AFTER_TABLES]
    after = [each.read_text("utf-8") for each in found if each.name >= _AFTER_TABLES]
    return before, after


def _roles(cursor: psycopg.Cursor[tuple[object, ...]]) -> None:
    """Make the roles, which all databases of the cluster share; another may make them at the same time."""
    for role in (OWNER, MEMBER, READER):
        cursor.execute(
            sql.SQL(
                "DO $$ BEGIN CREATE ROLE {} NOLOGIN; "
                "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            ).format(sql.Identifier(role))
        )
    cursor.execute("SELECT NOT rolsuper FROM pg_roles WHERE rolname = current_user")
    row = cursor.fetchone()
    if row and row[0]:
        cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))


def _schemas(cursor: psycopg.Cursor[tuple[object, ...]]) -> None:
    for schema in _SCHEMAS:
        cursor.execute(
            sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}").format(
                sql.Identifier(schema), sql.Identifier(OWNER)
            )
        )


def close_to_others(cursor: psycopg.Cursor[tuple[object, ...]]) -> None:
    """Take from PUBLIC what it has in a new database: to enter it, to make tables and large objects there."""
    cursor.execute("SELECT current_database(), rolsuper FROM pg_roles WHERE rolname = current_user")
    row = cursor.fetchone()
    assert row is not None
    database = sql.Identifier(str(row[0]))
    cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    allowed = sql.SQL(", ").join(map(sql.Identifier, (OWNER, MEMBER, READER)))
    cursor.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, allowed))
    if cursor.execute("SELECT FROM pg_namespace WHERE nspname = 'public'").fetchone():
        cursor.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    if row[1]:  # a superuser's functions, which the owner of a database cannot close
        cursor.execute(
            "REVOKE EXECUTE ON FUNCTION pg_catalog.lo_creat(integer), pg_catalog.lo_create(oid), "
            "pg_catalog.lo_from_bytea(oid, bytea), pg_catalog.lo_put(oid, bigint, bytea), "
            "pg_catalog.lowrite(integer, bytea) FROM PUBLIC"
        )
