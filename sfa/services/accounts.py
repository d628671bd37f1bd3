"""Accounts: a parent account without rings, and who else works on them."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from sfa import clock, ids
from sfa.errors import InvalidInput, NotFound, Refused, msg
from sfa.services import records
from sfa.services.chains import refuse_ring
from sfa.services.entry import Entered
from sfa.services.rows import Row
from sfa.store import change
from sfa.terms import Access

_RING = msg("This account would be its own parent, through the accounts above it.")


def edit(
    session: Session,
    account_id: str,
    given: Entered,
    *,
    today: date,  # noqa: ARG001  every noun's edit takes the business day
    expected_version: int | None = None,
) -> Row:
    """Change fields of an account.

    Raises:
        NotFound, StaleVersion, InvalidInput: as every edit.
        Refused: its parent would be one of the accounts below it.
    """
    connection = records.raw(session)
    refuse_ring(connection, "account", "parent_id", account_id, given.columns.get("parent_id"), _RING)
    return records.edit(session, "account", account_id, given, expected_version=expected_version)


def share(
    session: Session, account_id: str, user_id: str, access: str = Access.WRITE, *, end: bool = False
) -> Row:
    """Let a colleague work on an account too, change what they may do, or ``end`` it.

    Raises:
        NotFound: no such account, or nothing to end.
        InvalidInput: no such access.
        Refused: the colleague owns the account.
    """
    account = records.load(session, "account", account_id)
    connection = records.raw(session)
    row = connection.execute(
        "SELECT id FROM account_collaborator WHERE account_id = ? AND user_id = ? AND deleted_at IS NULL",
        (account_id, user_id),
    ).fetchone()
    if end:
        if row is None:
            raise NotFound(msg("This colleague does not work on the account."))
        change.update(
            connection, "account_collaborator", row[0], {"deleted_at": records.change_of(session).stamp}
        )
        return records.answer(session, "account", account)
    if access not in set(Access):
        raise InvalidInput("access", msg("allowed are: {allowed}"), allowed=", ".join(Access))
    if account.owner_id == user_id:
        raise Refused(msg("This colleague owns the account already."))
    if row is not None:
        change.update(connection, "account_collaborator", row[0], {"access": access})
    else:
        new = {"id": ids.uuid7(clock.wall_ms()), "account_id": account_id, "user_id": user_id}
        change.insert(connection, "account_collaborator", {**new, "access": access})
    return records.answer(session, "account", account)
