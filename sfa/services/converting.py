"""Turning a lead into account, contact and deal, as ``conversions`` plans it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from sfa.errors import StaleVersion, msg
from sfa.models.lead import Lead
from sfa.services import deals, records
from sfa.services.conversions import MOVED, Conversion, Part, preview_conversion
from sfa.services.entry import Entered
from sfa.services.instants import moment_on
from sfa.services.rows import Row
from sfa.store import change
from sfa.terms import LeadStatus


@dataclass(frozen=True, slots=True)
class Converted:
    """A converted lead and what it became."""

    lead: Row
    account: Row
    contact: Row
    deal: Row | None


def convert(
    session: Session,
    lead_id: str,
    *,
    account: str | None = None,
    contact: str | None = None,
    deal: Entered | None,
    expected_version: int | None = None,
    shown: Conversion | None = None,
    today: date,
) -> Converted:
    """Turn a lead into account, contact and deal; arguments as ``preview_conversion``.

    ``shown`` is the plan that somebody agreed to.

    The lead stays, qualified, with links to what it became; its activities, tasks and files
    move to the deal, else to the account.

    Raises:
        NotFound, StaleVersion: as every edit; also when another plan than ``shown`` would be carried out.
        Refused: it is converted or disqualified.
        Ambiguous: several existing records are meant by the name.
    """
    lead: Lead = records.load(session, "lead", lead_id, expected_version)
    plan = preview_conversion(
        records.raw(session), lead_id, account=account, contact=contact, deal=deal, today=today
    )
    if shown is not None and not plan.writes_as(shown):
        raise StaleVersion(
            msg("What converting {label} would write has changed meanwhile; nothing was done."),
            hint=msg("Look at what would happen now, then convert again."),
            label=plan.label,
        )
    company = _write(session, plan.account)
    if "accounts" in plan.contact.given.many:
        plan.contact.given.many["accounts"].append({"account_id": company.id})
    person = _write(session, plan.contact)
    sale = None
    if plan.deal is not None:
        plan.deal.given.columns["account_id"] = company.id
        sale = deals.create(session, plan.deal.given, today=today)
    _move_along(session, lead_id, "deal_id" if sale else "account_id", (sale or company).id)
    columns: dict[str, object] = {
        "status": LeadStatus.QUALIFIED.value,
        "converted_at": moment_on(session, today),
        "converted_account_id": company.id,
        "converted_contact_id": person.id,
        "converted_deal_id": sale.id if sale else None,
    }
    row = records.edit(session, "lead", lead.id, Entered(columns))
    return Converted(row, company, person, sale)


def _write(session: Session, part: Part) -> Row:
    if part.record_id is None:
        return records.create(session, part.noun, part.given)
    return records.edit(session, part.noun, part.record_id, part.given)


def _move_along(session: Session, lead_id: str, column: str, record_id: str) -> None:
    """Move what is about the lead; the about columns change together."""
    connection = records.raw(session)
    for table in MOVED:
        rows = connection.execute(
            f"SELECT id FROM {table} WHERE lead_id = ? AND deleted_at IS NULL", (lead_id,)
        ).fetchall()
        for row in rows:
            change.update(connection, table, row[0], {"lead_id": None, column: record_id})
    # The moved rows may be in the session already, as they were.
    session.expire_all()
