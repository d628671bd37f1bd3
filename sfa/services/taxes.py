"""Classes of tax: one of them is the default."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from sfa.models.price_book import TaxClass
from sfa.services import records
from sfa.services.entry import Entered
from sfa.services.rows import Row
from sfa.store import change
from sfa.store.connection import StoreConnection


def create(
    session: Session,
    given: Entered,
    *,
    today: date,  # noqa: ARG001  every noun's create takes the business day
    idempotency_key: str | None = None,
) -> Row:
    """Add a class of tax; a new default takes the place of the old one."""
    row = records.create(session, "tax", given, idempotency_key=idempotency_key)
    if row.created and given.columns.get("is_default"):
        _take_default(records.raw(session), row.id)
    return row


def edit(
    session: Session,
    tax_id: str,
    given: Entered,
    *,
    today: date,  # noqa: ARG001  every noun's edit takes the business day
    expected_version: int | None = None,
) -> Row:
    """Change fields of a class of tax; a new default takes the place of the old one."""
    row = records.edit(session, "tax", tax_id, given, expected_version=expected_version)
    if given.columns.get("is_default"):
        _take_default(records.raw(session), tax_id)
    return row


def restore(session: Session, tax_id: str) -> Row:
    """Bring a deleted class back; it is the default no more when another took its place."""
    row = records.restore(session, "tax", tax_id)
    connection = records.raw(session)
    tax: TaxClass = records.load(session, "tax", tax_id)
    if tax.is_default and _defaults(connection, but=tax_id):
        change.update(connection, "tax", tax_id, {"is_default": 0})
        return records.answer(session, "tax", tax, before=0)
    return row


def _defaults(connection: StoreConnection, *, but: str) -> list[str]:
    rows = connection.execute(
        "SELECT id FROM tax WHERE is_default = 1 AND id <> ? AND deleted_at IS NULL", (but,)
    )
    return [row[0] for row in rows]


def _take_default(connection: StoreConnection, tax_id: str) -> None:
    for other in _defaults(connection, but=tax_id):
        change.update(connection, "tax", other, {"is_default": 0})
