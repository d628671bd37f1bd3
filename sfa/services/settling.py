"""Writing what somebody decided into a record: through its noun's rules, with what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from sfa.fields import noun as noun_of
from sfa.finding.row_names import noun_of_table, record_of
from sfa.services import nouns, records
from sfa.services.entry import Entered
from sfa.store import change, deal_events

# Whoever made these values did at once what follows from them (the next task of a repeating one, a
# deal's closing day), and it came along: the values are taken as they are.
_TAKEN_WHOLE = frozenset({"activity", "deal", "task"})


def write(session: Session, table: str, row_id: str, values: Mapping[str, Any], *, today: date) -> None:
    """Set stored values in a live row, a record's by the rules of its noun.

    Raises:
        NotFound: the record is not here, or is deleted.
        InvalidInput, Refused: a rule of the noun does not allow it.
    """
    noun = noun_of_table(table)
    if not noun:
        _write_child(session, table, row_id, values)
    elif noun in _TAKEN_WHOLE:
        records.edit(session, noun, row_id, Entered(dict(values)))
    else:
        nouns.edit(session, noun, row_id, Entered(dict(values)), today=today)
    if noun == "deal":
        tell_of_deal(session, row_id, today=today)


def _write_child(session: Session, table: str, row_id: str, values: Mapping[str, Any]) -> None:
    connection = records.raw(session)
    change.update(connection, table, row_id, values)
    owner = record_of(connection, table, row_id)
    if owner.noun:
        records.touch(session, noun_of(owner.noun), owner.id)
    session.expire_all()


def tell_of_deal(session: Session, deal_id: str, *, today: date) -> None:
    """Record an event when the deal's latest one says something else than its row.

    Merged changes of two devices bring the events of both, and the latest may be the loser's.
    """
    deal_events.tell(records.raw(session), [deal_id], effective_on=today.isoformat())
