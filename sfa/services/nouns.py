"""Create, edit, delete and restore by a noun's name: its own service where it has rules, else the general."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib import import_module
from typing import Any

from sqlmodel import Session

from sfa.errors import msg
from sfa.fields import noun as noun_of
from sfa.services import records
from sfa.services.entry import Entered, Texts, entered
from sfa.services.rows import Row

# noun -> module with its own ``create``, ``edit``, ``delete`` or ``restore``, loaded when the noun is used.
_RULES = {
    "account": "accounts",
    "activity": "activities",
    "deal": "deals",
    "field": "custom_fields",
    "lead": "leads",
    "order": "orders",
    "pipeline": "pipelines",
    "pricebook": "price_books",
    "quote": "quotes",
    "rate": "rates",
    "stage": "stages",
    "tax": "taxes",
    "task": "tasks",
    "user": "users",
    "visit": "visits",
}


def _own(noun: str, verb: str) -> Callable[..., Row] | None:
    """Return a noun's own service for a verb, or ``None`` where the general one does."""
    if noun not in _RULES:
        return None
    found: Callable[..., Row] | None = getattr(import_module(f"sfa.services.{_RULES[noun]}"), verb, None)
    return found


def add_typed(
    session: Session,
    noun: str,
    texts: Texts,
    *,
    today: date,
    idempotency_key: str | None = None,
    **more: Any,
) -> Row:
    """Add a record from typed texts and name the transaction after it: commands and forms come here.

    Raises:
        BadUsage, InvalidInput, NotFound, Ambiguous: as ``entered``; and what the noun's service raises.
    """
    given = entered(records.raw(session), noun_of(noun), texts, today=today)
    row = create(session, noun, given, today=today, idempotency_key=idempotency_key, **more)
    records.change_of(session).call(msg("Add {noun} {label}"), noun=noun, label=row.label)
    return row


def edit_typed(
    session: Session,
    noun: str,
    record_id: str,
    texts: Texts,
    *,
    today: date,
    expected_version: int | None = None,
    **more: Any,
) -> Row:
    """Change fields of a record from typed texts; an empty text empties its field.

    Raises:
        BadUsage, InvalidInput, NotFound, Ambiguous: as ``entered``; and what the noun's service raises.
    """
    given = entered(records.raw(session), noun_of(noun), texts, today=today, record_id=record_id)
    return edit(session, noun, record_id, given, today=today, expected_version=expected_version, **more)


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
    own = _own(noun, "create")
    if own is None:
        return records.create(session, noun, given, idempotency_key=idempotency_key)
    return own(session, given, today=today, idempotency_key=idempotency_key, **more)


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
    own = _own(noun, "edit")
    if own is None:
        return records.edit(session, noun, record_id, given, expected_version=expected_version)
    return own(session, record_id, given, today=today, expected_version=expected_version, **more)


def delete(session: Session, noun: str, record_id: str, *, expected_version: int | None = None) -> Row:
    """Delete a record of a noun with what hangs on it."""
    own = _own(noun, "delete")
    if own is None:
        return records.delete(session, noun, record_id, expected_version=expected_version)
    return own(session, record_id, expected_version=expected_version)


def restore(session: Session, noun: str, record_id: str) -> Row:
    """Bring a deleted record of a noun back."""
    own = _own(noun, "restore")
    return records.restore(session, noun, record_id) if own is None else own(session, record_id)
