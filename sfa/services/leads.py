"""Leads: their status; converting them has a module of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from sfa.errors import InvalidInput, Refused, msg
from sfa.models.lead import Lead
from sfa.services import records
from sfa.services.entry import Entered
from sfa.services.rows import Row
from sfa.terms import LeadStatus


def create(
    session: Session,
    given: Entered,
    *,
    today: date,  # noqa: ARG001  every noun's create takes the business day
    idempotency_key: str | None = None,
) -> Row:
    """Add a lead; a disqualified one needs the reason.

    Raises:
        InvalidInput: a required field is missing or a value is not allowed.
    """
    columns = dict(given.columns)
    columns.update(_reason(columns, None, ""))
    return records.create(
        session, "lead", Entered(columns, given.many, given.custom), idempotency_key=idempotency_key
    )


def edit(
    session: Session,
    lead_id: str,
    given: Entered,
    *,
    today: date,  # noqa: ARG001  every noun's edit takes the business day
    expected_version: int | None = None,
) -> Row:
    """Change fields of a lead; leaving "disqualified" takes the reason away.

    Raises:
        NotFound, StaleVersion, InvalidInput: as every edit.
        Refused: the status of a converted lead is asked to change.
    """
    lead: Lead = records.load(session, "lead", lead_id, expected_version)
    columns = dict(given.columns)
    if lead.converted_at is not None and columns.get("status", lead.status) != lead.status:
        raise Refused(
            msg("The lead {name} is converted; its status stays."),
            hint=msg("To take the conversion back: sfa undo."),
            name=lead.name,
        )
    columns.update(_reason(columns, lead.disqualified_reason, lead.ref[:6]))
    return records.edit(session, "lead", lead_id, Entered(columns, given.many, given.custom))


def _reason(columns: Mapping[str, Any], present: str | None, ref: str) -> dict[str, Any]:
    status = columns.get("status")
    if status == LeadStatus.DISQUALIFIED and not columns.get("disqualified_reason", present):
        raise InvalidInput(
            "reason",
            msg("a disqualified lead needs the reason why"),
            hint=msg("Give it with --reason TEXT."),
            ref=ref,
        )
    if status and status != LeadStatus.DISQUALIFIED and "disqualified_reason" not in columns and present:
        return {"disqualified_reason": None}
    return {}
