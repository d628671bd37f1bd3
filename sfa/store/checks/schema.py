"""Tables, indexes and triggers: those a new store has, no more and no less."""

from __future__ import annotations

import sqlite3
from functools import lru_cache
from pathlib import Path

from sfa.errors import msg
from sfa.store.checks import Finding, named, repairable, unusable
from sfa.store.connection import StoreConnection, open_writing
from sfa.store.schema import migrate
from sfa.store.search.state import lacking
from sfa.store.search.triggers import triggers_of
from sfa.store.triggers import make_triggers

Statements = dict[tuple[str, str], str]


@lru_cache(maxsize=1)
def expected() -> Statements:
    """Return (type, name) -> statement of a store that the migrations make from nothing."""
    connection = open_writing(Path(":memory:"))
    try:
        migrate(connection)
        return _present(connection)
    finally:
        connection.close()


def _present(connection: sqlite3.Connection) -> Statements:
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {(kind, name): " ".join(sql.split()) for kind, name, sql in rows}


def check_tables(connection: sqlite3.Connection) -> list[Finding]:
    """Return the tables that are missing or not as they should be."""
    present = _present(connection)
    wrong = [
        name
        for (kind, name), sql in expected().items()
        if kind == "table" and present.get((kind, name)) != sql and not of_search(name)
    ]
    if not wrong:
        return []
    return [
        unusable(
            "table_wrong", msg("Tables are missing or were altered: {tables}."), tables=named(sorted(wrong))
        )
    ]


def of_search(table: str) -> bool:
    """Say whether a table belongs to the search index, which is built anew where it is damaged."""
    return table == "search" or table.startswith("search_")


def check_indexes(connection: sqlite3.Connection) -> list[Finding]:
    """Return the indexes that are missing, altered or not ours."""
    missing, altered, foreign = _compared(connection, "index")
    found = []
    if missing or altered:
        found.append(
            repairable(
                "index_missing",
                msg("Indexes are missing or were altered: {indexes}."),
                msg("They are made anew."),
                indexes=named([*missing, *altered]),
            )
        )
    if foreign:
        found.append(
            repairable(
                "index_foreign",
                msg("Indexes were added by another program: {indexes}."),
                msg("They are dropped; no data is in them alone."),
                indexes=named(foreign),
            )
        )
    return found


def check_triggers(connection: sqlite3.Connection) -> list[Finding]:
    """Return the triggers that are missing, altered or not ours."""
    kinds = (
        ("trigger_missing", msg("Triggers that capture changes are missing: {triggers}.")),
        ("trigger_altered", msg("Triggers that capture changes were altered: {triggers}.")),
        ("trigger_foreign", msg("Triggers were added by another program: {triggers}.")),
    )
    missing, altered, foreign = _compared(connection, "trigger")
    # Those of tables that the index does not hold yet come with the next change.
    late = {name for table in lacking(connection) for name in triggers_of(table)}
    found = ([name for name in missing if name not in late], altered, foreign)
    return [
        repairable(code, what, msg("The triggers are made anew, and no others stay."), triggers=named(names))
        for (code, what), names in zip(kinds, found, strict=True)
        if names
    ]


def _compared(connection: sqlite3.Connection, kind: str) -> tuple[list[str], list[str], list[str]]:
    """Return the names that are missing, altered, and not ours."""
    present = {name: sql for (each, name), sql in _present(connection).items() if each == kind}
    wanted = {name: sql for (each, name), sql in expected().items() if each == kind}
    return (
        sorted(wanted.keys() - present.keys()),
        sorted(name for name in wanted.keys() & present.keys() if wanted[name] != present[name]),
        sorted(present.keys() - wanted.keys()),
    )


def repair_indexes(connection: StoreConnection) -> None:
    """Make missing and altered indexes anew, drop foreign ones, and rebuild them all."""
    missing, altered, foreign = _compared(connection, "index")
    for name in [*altered, *foreign]:
        connection.execute(f'DROP INDEX "{name}"')
    for name in [*missing, *altered]:
        connection.execute(expected()[("index", name)])
    connection.execute("REINDEX")


def repair_triggers(connection: StoreConnection) -> None:
    """Make our triggers anew and drop every other."""
    for name in _compared(connection, "trigger")[2]:
        connection.execute(f'DROP TRIGGER "{name}"')
    make_triggers(connection)
