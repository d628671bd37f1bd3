"""What a signed-in user may not change: refused here, before it is made.

Of the organisation what needs another role, and anything at all where a role may only read. The
centre has the last word and would turn such a change into a proposal, or put it in quarantine;
these are never what somebody wanted. A store that never signed in is its user's own. Source:
docs/sync-protocol.md.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable

from sfa.errors import Msg, Refused, msg
from sfa.fields import TABLES
from sfa.terms import OpKind, Role

ROLE = "sync_role"
_WORDS: dict[str, Msg] = {
    "setting": msg("the organisation's settings"),
    "choice_item": msg("choice lists"),
    "rate": msg("currency rates"),
    "calendar_day": msg("the calendar"),
    "custom_field": msg("declared fields"),
    "pipeline": msg("pipelines"),
    "stage": msg("stages"),
    "team": msg("teams"),
    "user": msg("users"),
    "product": msg("products"),
    "product_cost": msg("what products cost"),
    "tax": msg("tax classes"),
    "pricebook": msg("price books"),
    "price_entry": msg("prices"),
}
_TABLES = ", ".join(f"'{table}'" for table in _WORDS)
_ABOVE = """WITH RECURSIVE up (id) AS (
    SELECT manager_id FROM user WHERE id = ?1 UNION SELECT u.manager_id FROM up JOIN user u ON u.id = up.id
) SELECT 1 FROM up WHERE id = ?2"""


def reads_only(connection: sqlite3.Connection) -> bool:
    """Say whether who is signed in may only read."""
    return _local(connection, ROLE) == Role.READ_ONLY


def check_reader(connection: sqlite3.Connection) -> None:
    """Refuse any change where who is signed in may only read.

    Raises:
        Refused: the role may only read.
    """
    if reads_only(connection):
        raise reader_refused()


def reader_refused() -> Refused:
    """Return what whoever may only read is told, instead of changing something."""
    return Refused(
        msg("Your role may only read. Nothing was changed."),
        why=msg("The centre takes no changes from it."),
        hint=msg("Ask an administrator for another role; it holds here from the next sync on."),
    )


def check_rights(connection: sqlite3.Connection) -> None:
    """Refuse what the open transaction would change of the organisation beyond the user's role.

    Raises:
        Refused: the role does not allow it; the caller rolls back.
    """
    role = _local(connection, ROLE)
    if role is None or role == Role.ADMIN:
        return
    check_reader(connection)
    me = _local(connection, "user_id") or ""
    rows = connection.execute(
        "SELECT tbl, row_id, kind, changes FROM oplog"
        " WHERE seq > coalesce((SELECT max(last_seq) FROM tx), 0)"
        f" AND tbl IN ({_TABLES})"
    ).fetchall()
    for table, row_id, kind, changes in rows:
        if kind == OpKind.ERASE:
            continue  # a person's right, not a role's
        may = _MAY.get(table, _nobody)
        if not may(connection, role, me, row_id, kind, set(json.loads(changes or "{}"))):
            raise _refused(table)


def _local(connection: sqlite3.Connection, key: str) -> str | None:
    row = connection.execute("SELECT value FROM local_state WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None


def _nobody(*_: object) -> bool:
    return False


def _may_edit_product(
    connection: sqlite3.Connection, role: str, me: str, row_id: str, kind: str, _: set[str]
) -> bool:
    if role == Role.MANAGER or kind == OpKind.INSERT:
        return True
    row = connection.execute("SELECT created_by FROM product WHERE id = ?", (row_id,)).fetchone()
    return row is not None and row[0] == me


def _may_edit_user(
    connection: sqlite3.Connection, _: str, me: str, row_id: str, kind: str, columns: set[str]
) -> bool:
    guarded = {column.name for column in TABLES["user"].columns if column.merge == "guarded"}
    if kind != OpKind.UPDATE or columns & (guarded | {"deleted_at"}):
        return False
    return row_id == me or connection.execute(_ABOVE, (row_id, me)).fetchone() is not None


def _may_price(_connection: sqlite3.Connection, role: str, *_: object) -> bool:
    return role == Role.MANAGER


_MAY: dict[str, Callable[..., bool]] = {
    "product": _may_edit_product,
    "product_cost": _may_price,
    "user": _may_edit_user,
    "pricebook": _may_price,
    "price_entry": _may_price,
}


def _refused(table: str) -> Refused:
    if table == "product":
        return Refused(
            msg("Your role may not change {things}."),
            why=msg("Products that others added are changed by managers and administrators."),
            hint=msg("Ask one of them; a product of your own is added with: sfa product add."),
            things=_WORDS[table],
        )
    if table == "product_cost":
        return Refused(
            msg("Your role may not change {things}."),
            why=msg("It is for managers and administrators to see and to keep."),
            hint=msg("Ask one of them. Nothing was changed."),
            things=_WORDS[table],
        )
    if table in {"pricebook", "price_entry"}:
        return Refused(
            msg("Your role may not change {things}."),
            why=msg("What things are sold for is for managers and administrators to say."),
            hint=msg(
                "Ask one of them. A price of your own is given in the quote, as a discount or another price."
            ),
            things=_WORDS[table],
        )
    return Refused(
        msg("Your role may not change {things}."),
        why=msg("Everybody works with them: the centre takes such changes from administrators."),
        hint=msg("Ask one of them. Nothing was changed."),
        things=_WORDS[table],
    )
