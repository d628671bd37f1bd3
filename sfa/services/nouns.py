"""Create, edit, delete and restore by a noun's name: its own service where it has rules, else the general."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from types import ModuleType
from typing import Any

from sqlmodel import Session

from sfa.services import records
from sfa.services.entry import Entered
from sfa.services.rows import Row

# noun -> module with ``create`` and ``edit`` of its own, loaded when the noun is used.
_RULES = {
    "account": "accounts",
    "activity": "activities",
    "deal": "deals",
    "field": "custom_fields",
    "lead": "leads",
    "pipeline": "pipelines",
    "rate": "rates",
    "stage": "stages",
    "task": "tasks",
    "user": "users",
    "visit": "visits",
}
_OWN_DELETE = frozenset({"pipeline", "user"})


def _rules(noun: str) -> ModuleType | None:
    return import_module(f"sfa.services.{_RULES[noun]}") if noun in _RULES else None


def create(
    session: Session,
    noun: str,
    given: Entered,
    *,
    today: date,
    idempotency_key: str | None = None,
    **more: Any,
) -> Row:
    """Add a record of a noun; ``more`` is what its own service takes besides."""
    rules = _rules(noun)
    if rules is None:
        return records.create(session, noun, given, idempotency_key=idempotency_key)
    row: Row = rules.create(session, given, today=today, idempotency_key=idempotency_key, **more)
    return row


def edit(
    session: Session,
    noun: str,
    record_id: str,
    given: Entered,
    *,
    today: date,
    expected_version: int | None = None,
    **more: Any,
) -> Row:
    """Change fields of a record of a noun; ``more`` is what its own service takes besides."""
    rules = _rules(noun)
    if rules is None:
        return records.edit(session, noun, record_id, given, expected_version=expected_version)
    row: Row = rules.edit(session, record_id, given, today=today, expected_version=expected_version, **more)
    return row


def delete(session: Session, noun: str, record_id: str, *, expected_version: int | None = None) -> Row:
    """Delete a record of a noun with what hangs on it."""
    rules = _rules(noun) if noun in _OWN_DELETE else None
    if rules is None:
        return records.delete(session, noun, record_id, expected_version=expected_version)
    row: Row = rules.delete(session, record_id, expected_version=expected_version)
    return row


def restore(session: Session, noun: str, record_id: str) -> Row:
    """Bring a deleted record of a noun back."""
    return records.restore(session, noun, record_id)
