"""Closing deals as won or lost, and opening them again."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Any

from sqlmodel import Session

from sfa.errors import InvalidInput, NotFound, Refused, msg
from sfa.fields import noun as noun_of
from sfa.models.deal import Deal
from sfa.services import deals, records
from sfa.services.entry import Entered
from sfa.services.rows import Row
from sfa.store import deal_events
from sfa.terms import StageKind


def win(
    session: Session,
    deal_id: str,
    given: Entered | None = None,
    *,
    expected_version: int | None = None,
    today: date,
    on: date | None = None,
) -> Row:
    """Close a deal as won, today or ``on`` a day past; an amount or reason may come with it.

    Raises:
        InvalidInput: that day is to come, or lies before the deal's latest stage event.
        Refused: it is closed already, has no amount, or its pipeline has no stage of kind won.
    """
    deal: Deal = records.load(session, "deal", deal_id, expected_version)
    columns = dict((given or Entered()).columns)
    if columns.get("amount_minor", deal.amount_minor) is None:
        raise Refused(
            msg("The deal {name} has no amount and cannot be won without one."),
            hint=msg("Give it with: sfa deal win {ref} --amount AMOUNT."),
            name=deal.name,
            ref=deal.ref[:6],
        )
    return _close(session, deal, StageKind.WON, columns, today=today, on=on)


def lose(
    session: Session,
    deal_id: str,
    *,
    reason: str,
    expected_version: int | None = None,
    today: date,
    on: date | None = None,
) -> Row:
    """Close a deal as lost, with the reason, today or ``on`` a day past; the last stage reached is kept.

    Raises:
        InvalidInput: the reason is empty, or that day is to come or lies before the latest stage event.
        Refused: it is closed already, or its pipeline has no stage of kind lost.
    """
    deal: Deal = records.load(session, "deal", deal_id, expected_version)
    return _close(session, deal, StageKind.LOST, {"close_reason": reason.strip()}, today=today, on=on)


def _close(
    session: Session, deal: Deal, kind: StageKind, columns: dict[str, Any], *, today: date, on: date | None
) -> Row:
    stages = deals.stages_of(session, deal.pipeline_id, kind)
    if not stages:
        raise Refused(msg("The pipeline has no stage of kind {kind}."), kind=kind.value)
    if on is not None:
        connection = records.raw(session)
        if check_day(connection, deal.id, on, today=today):
            deal_events.date_back(connection, deal.id, effective_on=on.isoformat())
            session.expire_all()
    return deals.edit(session, deal.id, Entered({**columns, "stage_id": stages[0].id}), today=on or today)


def check_day(connection: sqlite3.Connection, deal_id: str, on: date, *, today: date) -> bool:
    """Check a day of closing, which is to be the deal's latest event today.

    Says whether the deal was written down only after that day; its events are then of that day too.

    Raises:
        NotFound: the deal is not there any more.
        InvalidInput: it is to come, or before the deal's latest event.
    """
    row = connection.execute("SELECT ref FROM deal WHERE id = ?", (deal_id,)).fetchone()
    if row is None:
        raise NotFound(msg("There is no {noun} {id}."), noun=noun_of("deal").label, id=deal_id)
    if on > today:
        raise InvalidInput(
            "on",
            msg("{day} is to come; a deal is closed today or on a day past"),
            hint=msg("To expect it on that day: sfa deal edit {ref} --close-date {day}."),
            day=on.isoformat(),
            ref=row[0][:6],
        )
    latest = deal_events.latest_day(connection, deal_id)
    if latest is None or on.isoformat() >= latest:
        return False
    first = deal_events.first_day(connection, deal_id)
    if first is not None and on.isoformat() < first:
        return True
    raise InvalidInput(
        "on",
        msg("the deal changed on {latest} and cannot be closed before that day"),
        hint=msg("Give that day or a later one, or none for today."),
        latest=latest,
    )


def reopen(session: Session, deal_id: str, *, expected_version: int | None = None, today: date) -> Row:
    """Bring a closed deal back to the last open stage it reached.

    Raises:
        Refused: it is open.
    """
    deal: Deal = records.load(session, "deal", deal_id, expected_version)
    if deals.kind_of(session, deal) is StageKind.OPEN:
        raise Refused(msg("The deal {name} is open."), name=deal.name)
    stages = deals.stages_of(session, deal.pipeline_id)
    reached = next((stage for stage in stages if stage.id == deal.reached_stage_id), stages[0])
    columns = {**deals.stage_columns(reached, {}, today=today), "close_reason": None}
    records.assign(session, noun_of("deal"), deal, columns)
    session.flush()
    deals.record_event(session, deal_id, effective_on=today)
    return records.answer(session, "deal", deal, before=0)
