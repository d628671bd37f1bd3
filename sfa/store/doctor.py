"""Examining the store and mending it. Each check, and its repair, is in the ``checks_*`` of its noun."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sfa.errors import msg
from sfa.store import change, schema
from sfa.store.backup import copy_as_it_is, make_backup_dir, open_source, stamp, unused_name
from sfa.store.checks import Finding, Severity
from sfa.store.checks.contents import check_contents, check_sweep
from sfa.store.checks.deals import check_deals, repair_deals
from sfa.store.checks.file import (
    check_file,
    check_leftovers,
    check_pages,
    check_permissions,
    repair_leftovers,
    repair_permissions,
    torn,
)
from sfa.store.checks.links import (
    check_bookkeeping,
    check_local,
    check_pairs,
    check_references,
    repair_bookkeeping,
    repair_local,
    repair_pairs,
    repair_references,
)
from sfa.store.checks.log import (
    check_log,
    check_transactions,
    check_writers,
    repair_log,
    repair_transactions,
    repair_writers,
    seal,
)
from sfa.store.checks.rows import check_rows, repair_rows
from sfa.store.checks.schema import (
    check_indexes,
    check_tables,
    check_triggers,
    repair_indexes,
    repair_triggers,
)
from sfa.store.checks.search import check_search, repair_search, repair_search_tables
from sfa.store.connection import StoreConnection, open_writing, unusable
from sfa.store.erasure import sweep
from sfa.store.home import content_dir, is_there, store_path

_PASSES = 3  # a repair may uncover what an earlier finding hid

_CHECKS: tuple[Callable[[sqlite3.Connection], list[Finding]], ...] = (
    check_indexes,
    check_triggers,
    check_local,
    check_transactions,
    check_writers,
    check_rows,
    check_references,
    check_pairs,
    check_bookkeeping,
    check_deals,
    check_search,
    check_sweep,
)

# In this order: the log is made readable before rows are compared with it, and sealed at the end.
_REPAIRS: tuple[Callable[[StoreConnection], None], ...] = (
    repair_search_tables,
    repair_indexes,
    repair_triggers,
    repair_local,
    repair_log,
    repair_transactions,
    repair_writers,
    repair_rows,
    repair_writers,
    repair_references,
    repair_pairs,
    repair_deals,
    repair_bookkeeping,
    seal,
    repair_search,
)


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair did: where the store from before lies, what was mended, and what is left."""

    kept: Path | None
    mended: tuple[Finding, ...]
    left: tuple[Finding, ...]


def examine(home: Path) -> list[Finding]:
    """Return everything that is wrong with the store, its folder and its contents; nothing is changed.

    A home without a store has nothing wrong.
    """
    path = store_path(home)
    if not is_there(path):
        return []
    around = [*check_permissions(home), *check_leftovers(home)]
    whole = check_file(path)
    if whole:
        return [*whole, *around]
    connection = open_source(path)
    try:
        return [*_inside(connection, path), *check_contents(connection, content_dir(home)), *around]
    except sqlite3.DatabaseError as error:
        return [torn(path, str(error)), *around]
    finally:
        connection.close()


def _inside(connection: sqlite3.Connection, path: Path) -> list[Finding]:
    # What is found first would make everything after it fail or mislead.
    for found in (check_pages(connection, path), check_tables(connection)):
        if found:
            return found
    log = check_log(connection)
    if any(finding.code in {"op_unreadable", "op_unknown"} for finding in log):
        return log
    return [*log, *(finding for check in _CHECKS for finding in check(connection))]


def repair(home: Path, findings: Sequence[Finding]) -> Repaired:
    """Mend what can be mended, after a backup of the store as it is.

    Raises:
        StoreUnusable: the store cannot be locked or written; it is as it was.
    """
    left = list(findings)
    mended: list[Finding] = []
    kept: Path | None = None
    for _ in range(_PASSES):
        codes = {finding.code for finding in left if finding.severity is Severity.REPAIRABLE}
        if not codes:
            break
        if kept is None and codes - {"permissions", "leftover"}:
            kept = _keep(home)
        _mend(home, codes)
        before, left = left, examine(home)
        mended += [finding for finding in before if finding.code not in {each.code for each in left}]
    return Repaired(kept, tuple(mended), tuple(left))


def _keep(home: Path) -> Path:
    source = open_source(store_path(home))
    try:
        kept = unused_name(make_backup_dir(home), f"before-repair-{stamp()}")
        copy_as_it_is(source, kept)
        return kept
    finally:
        source.close()


def _mend(home: Path, codes: set[str]) -> None:
    repair_permissions(home)
    repair_leftovers(home)
    if "older" in codes:
        schema.ready(home)
    if codes - {"permissions", "leftover", "older", "sweep_due"}:
        mend_inside(store_path(home))
    if "sweep_due" in codes:
        sweep(home)


def mend_inside(path: Path) -> None:
    """Run every repair of a store's content in one transaction."""
    connection = open_writing(path)
    try:
        change.begin(connection)
        for each in _REPAIRS:
            each(connection)
        change.commit(connection, name=msg("Repair of the store"))
    except sqlite3.Error as error:
        change.rollback(connection)
        raise unusable(error, path) from error
    except BaseException:
        change.rollback(connection)
        raise
    finally:
        connection.close()


__all__ = ["Finding", "Repaired", "Severity", "examine", "repair"]
