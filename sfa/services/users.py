"""Users: a manager without rings, and who may leave the store."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from sfa.errors import InvalidInput, Refused, msg
from sfa.finding import organisation
from sfa.services import records
from sfa.services.chains import refuse_ring
from sfa.services.entry import Entered
from sfa.services.rows import Row

_RING = msg("This user would be their own manager, through the people above them.")


def edit(
    session: Session,
    user_id: str,
    given: Entered,
    *,
    today: date,  # noqa: ARG001  every noun's edit takes the business day
    expected_version: int | None = None,
) -> Row:
    """Change fields of a user.

    Raises:
        NotFound, StaleVersion, InvalidInput: as every edit.
        Refused: the manager would be one of the people below, or the store's own user would be inactive.
    """
    connection = records.raw(session)
    refuse_ring(connection, "user", "manager_id", user_id, given.columns.get("manager_id"), _RING)
    if given.columns.get("delegate_id") == user_id:
        raise InvalidInput("delegate", msg("nobody stands in for themselves"))
    if not given.columns.get("is_active", True):
        _refuse_own(session, user_id, Refused(msg("You cannot make yourself inactive.")))
    return records.edit(session, "user", user_id, given, expected_version=expected_version)


def delete(session: Session, user_id: str, *, expected_version: int | None = None) -> Row:
    """Delete a user who owns nothing any more.

    Raises:
        NotFound, StaleVersion: as every delete.
        Refused: it is the store's own user, or live records need them.
    """
    _refuse_own(
        session,
        user_id,
        Refused(
            msg("You cannot delete yourself."),
            why=msg("Every change in this store needs somebody who made it."),
        ),
    )
    return records.delete(session, "user", user_id, expected_version=expected_version)


def _refuse_own(session: Session, user_id: str, refusal: Refused) -> None:
    if organisation.local_user_id(records.raw(session)) == user_id:
        raise refusal
