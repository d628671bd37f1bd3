"""The triggers that mark a record whose document has to be written anew.

They write to a queue of their own, which is no captured table: what is in it belongs to
the open transaction, and ``index.flush`` empties it before the commit.
"""

from __future__ import annotations

from sfa.store.search.searched import PARTS, SEARCHED

_QUEUE = "INSERT OR IGNORE INTO search_dirty (tbl, record_id)"
_VALUES = {"phone": ("value", "digits"), "email": ("value",), "address": ("line",)}
CHILDREN = (*_VALUES, "tag")  # the tables whose rows are searched as a part of another record
_EVENTS = (("insert", ("NEW",)), ("update", ("OLD", "NEW")), ("delete", ("OLD",)))


def insert_trigger(table: str) -> str | None:
    """Return the name of the trigger that marks a new row of a table, if it is searched.

    What inserts many rows lays it aside. A table that came later has few rows and keeps it: a store from
    before has none to lay aside. What is marked besides is found to be in the index.
    """
    spec = SEARCHED.get(table)
    if table in CHILDREN or (spec is not None and not spec.since):
        return f"sfa_search_{table}_insert"
    return None


def triggers_of(table: str) -> set[str]:
    """Return the names of the triggers of a searched table."""
    return {f"sfa_search_{table}_{event}" for event, _ in _EVENTS}


def search_triggers() -> dict[str, str]:
    """Return name -> statement of the triggers of the search index."""
    found: dict[str, str] = {}
    for spec in SEARCHED.values():
        marks = {row: f"{_QUEUE} VALUES ('{spec.table}', {row}.id);" for row in ("OLD", "NEW")}
        found |= _triggers(spec.table, (*spec.columns(), "deleted_at"), marks)
    for child, columns in _VALUES.items():
        owners = [f"{table}_id" for table, spec in SEARCHED.items() if child in spec.children()]
        marks = {row: _mark_owner(row, owners) for row in ("OLD", "NEW")}
        found |= _triggers(child, (*columns, *owners, "deleted_at"), marks)
    words = "".join(f" WHEN '{part}' THEN '{table}'" for part, table in PARTS.items())
    marks = {
        row: f"{_QUEUE} VALUES (CASE {row}.noun{words} ELSE {row}.noun END, {row}.record_id);"
        for row in ("OLD", "NEW")
    }
    found |= _triggers("tag", ("name", "noun", "record_id", "deleted_at"), marks)
    return found


def _mark_owner(row: str, owners: list[str]) -> str:
    tables = "".join(
        f" WHEN {row}.{owner} IS NOT NULL THEN '{owner.removesuffix('_id')}'" for owner in owners
    )
    ids = ", ".join(f"{row}.{owner}" for owner in owners)
    return f"{_QUEUE} VALUES (CASE{tables} END, coalesce({ids}));"


def _triggers(table: str, columns: tuple[str, ...], marks: dict[str, str]) -> dict[str, str]:
    found = {}
    for event, rows in _EVENTS:
        when = f"UPDATE OF {', '.join(columns)}" if event == "update" else event.upper()
        body = "\n  ".join(dict.fromkeys(marks[row] for row in rows))
        name = f"sfa_search_{table}_{event}"
        found[name] = f"CREATE TRIGGER {name} AFTER {when} ON {table} BEGIN\n  {body}\n  END"
    return found
