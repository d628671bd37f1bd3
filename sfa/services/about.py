"""Which one record an activity, a task or a file is about, when several were named.

The rule, everywhere the same: the most specific wins (deal, then contact, then account),
as long as the others belong to it; a lead stands alone. An activity about an account
keeps the account, and a contact named beside it is an attendee.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from sfa.errors import InvalidInput, msg

COLUMNS = ("lead_id", "account_id", "contact_id", "deal_id")


def of(columns: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return (noun, id) of the one record that the columns name, or ``None``."""
    found = next(((name, columns[name]) for name in COLUMNS if columns.get(name)), None)
    return (found[0].removesuffix("_id"), str(found[1])) if found else None


def narrowed(connection: sqlite3.Connection, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns with one record left, the other three about columns emptied.

    Columns that name no record at all are returned as they are: an edit that does not
    touch them leaves the record where it is.

    Raises:
        InvalidInput: two that do not belong together, or a lead beside something else.
    """
    given = {name: columns[name] for name in COLUMNS if columns.get(name)}
    if not given:
        return dict(columns)
    if len(given) > 1:
        _refuse_strangers(connection, given)
    kept = next(name for name in ("deal_id", "contact_id", "account_id", "lead_id") if name in given)
    return {**columns, **dict.fromkeys(COLUMNS), kept: given[kept]}


def _refuse_strangers(connection: sqlite3.Connection, given: Mapping[str, Any]) -> None:
    if "lead_id" in given:
        raise InvalidInput("lead", msg("a lead stands alone; leave the account, contact and deal out"))
    account, contact, deal = (given.get(name) for name in ("account_id", "contact_id", "deal_id"))
    if deal and account:
        row = connection.execute("SELECT account_id FROM deal WHERE id = ?", (deal,)).fetchone()
        if row is None or row[0] != account:
            raise InvalidInput("deal", msg("it belongs to another account"))
    if contact and account and not deal and not _works_at(connection, contact, account):
        raise InvalidInput("contact", msg("this contact is not at that account"))


def _works_at(connection: sqlite3.Connection, contact: str, account: str) -> bool:
    row = connection.execute(
        "SELECT 1 FROM contact_account WHERE contact_id = ? AND account_id = ? AND deleted_at IS NULL",
        (contact, account),
    ).fetchone()
    return row is not None
