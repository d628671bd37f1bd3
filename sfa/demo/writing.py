"""Writing sheets through the import, many records at a time.

Nothing written here is offered to undo: what the user does next in the demo company is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sfa.demo.sheets import KEY, Cells, Sheet, sheet
from sfa.errors import msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr_error
from sfa.services.imports import apply_import, plan_import
from sfa.services.records import change_of
from sfa.store.perform import Change, changing, performing
from sfa.terms import ChangeKind

if TYPE_CHECKING:
    from sqlmodel import Session

Ids = dict[str, str]
_NAME = msg("Make the demo company")


@contextmanager
def in_bulk(home: Path) -> Iterator[Change]:
    """Open a transaction for sheets alone."""
    with changing(home, name=_NAME, links_later=True) as change:
        yield change
        change.kind = ChangeKind.SYSTEM
        change.call(_NAME)


@contextmanager
def by_hand(home: Path) -> Iterator[Session]:
    """Open a transaction for the services, and for sheets too.

    One for a whole company: every commit waits for the disk.
    """
    with performing(home, name=_NAME) as session:
        yield session
        change = change_of(session)
        change.kind = ChangeKind.SYSTEM
        change.call(_NAME)


@contextmanager
def acting(session: Session, user_id: str) -> Iterator[None]:
    """Let somebody else than the store's own user be the one who writes."""
    capture = change_of(session).connection.capture
    own, capture.actor = capture.actor, user_id
    try:
        yield
    finally:
        capture.actor = own


def write(
    change: Change, noun: str, rows: Iterable[Cells], today: date, *, events: tuple[tuple[str, str], ...] = ()
) -> Ids:
    """Import rows as if it were ``today``; return the records' ids by key, by name where there is none.

    Raises:
        ValueError: a row is rejected, which is a fault of the generator.
    """
    cells = list(rows)
    return _write(change, sheet(noun, cells, events=events), today) if cells else {}


def _write(change: Change, wanted: Sheet, today: date) -> Ids:
    table = wanted.table()
    plan = plan_import(change.connection, noun_of(wanted.noun), table, wanted.mapping(), today=today)
    if plan.rejected:
        row, verdict = plan.rejected[0]
        reasons = "; ".join(tr_error(reason)[0] for reason in verdict.reasons)
        raise ValueError(f"{wanted.noun} {row.cells}: {reasons}")
    apply_import(change, plan, replan=lambda _: plan, file_name=table.name)
    place = wanted.columns.index(KEY if KEY in wanted.columns else "name")
    return {cells[place]: verdict.record_id for cells, verdict in zip(wanted.rows, plan.rows, strict=True)}
