"""Create, edit, delete and restore by a noun's name: its own service where it has rules, else the general."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from sfa.services import records
from sfa.services.entry import Entered
from sfa.services.rows import Row


def create(
    session: Session, noun: str, given: Entered, *, today: date, idempotency_key: str | None = None
) -> Row:
    """Add a record of a noun."""
    if noun == "deal":
        from sfa.services import deals

        return deals.create(session, given, today=today, idempotency_key=idempotency_key)
    return records.create(session, noun, given, idempotency_key=idempotency_key)


def edit(
    session: Session,
    noun: str,
    record_id: str,
    given: Entered,
    *,
    today: date,
    expected_version: int | None = None,
) -> Row:
    """Change fields of a record of a noun."""
    if noun == "deal":
        from sfa.services import deals

        return deals.edit(session, record_id, given, today=today, expected_version=expected_version)
    return records.edit(session, noun, record_id, given, expected_version=expected_version)


def delete(session: Session, noun: str, record_id: str, *, expected_version: int | None = None) -> Row:
    """Delete a record of a noun with what hangs on it."""
    return records.delete(session, noun, record_id, expected_version=expected_version)


def restore(session: Session, noun: str, record_id: str) -> Row:
    """Bring a deleted record of a noun back."""
    return records.restore(session, noun, record_id)
