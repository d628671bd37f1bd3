"""What screens ask services to do: each function gives what the gateway performs.

The services are imported when the change runs, in the writer's thread: the first screen
is drawn without the models.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from sfa import clock
from sfa.errors import msg

if TYPE_CHECKING:
    from sqlmodel import Session

    from sfa.services.conflicts import Settled
    from sfa.services.converting import Converted
    from sfa.services.entry import Texts
    from sfa.services.proposals import Decided
    from sfa.services.rows import Row

Work = Callable[["Session"], "Row"]
Settling = Callable[["Session"], "Settled | Decided"]


def add(noun: str, texts: Texts) -> Work:
    """Add a record of a noun from typed texts."""

    def work(session: Session) -> Row:
        from sfa.services import nouns

        return nouns.add_typed(session, noun, texts, today=clock.today())

    return work


def edit(noun: str, record_id: str, texts: Texts, *, expected_version: int | None) -> Work:
    """Change fields of a record from typed texts."""

    def work(session: Session) -> Row:
        from sfa.services import nouns

        return nouns.edit_typed(
            session, noun, record_id, texts, today=clock.today(), expected_version=expected_version
        )

    return work


def delete(noun: str, record_id: str) -> Work:
    """Delete a record with what hangs on it."""

    def work(session: Session) -> Row:
        from sfa.services import nouns

        return nouns.delete(session, noun, record_id)

    return work


def edit_all(noun: str, ids: Sequence[str], texts: Texts) -> Callable[[Session], int]:
    """Change the same fields of several records; gives how many there were."""

    def work(session: Session) -> int:
        from sfa.services import nouns

        for record_id in ids:
            nouns.edit_typed(session, noun, record_id, texts, today=clock.today())
        return len(ids)

    return work


def delete_all(noun: str, ids: Sequence[str]) -> Callable[[Session], int]:
    """Delete several records with what hangs on them; gives how many there were."""

    def work(session: Session) -> int:
        from sfa.services import nouns

        for record_id in ids:
            nouns.delete(session, noun, record_id)
        return len(ids)

    return work


def complete_task(task_id: str) -> Work:
    """Close a task as done."""

    def work(session: Session) -> Row:
        from sfa.services import tasks

        row = tasks.complete(session, task_id, today=clock.today()).task
        session.info["change"].call(msg("Complete {label}"), label=row.label)
        return row

    return work


def snooze_task(task_id: str) -> Work:
    """Put a task off until tomorrow."""

    def work(session: Session) -> Row:
        from sfa.services import tasks

        today = clock.today()
        row = tasks.snooze(session, task_id, to=today + timedelta(days=1), today=today)
        session.info["change"].call(msg("Put off {label}"), label=row.label)
        return row

    return work


def complete_visit(visit_id: str, texts: Texts, *, expected_version: int | None) -> Work:
    """Say that a planned visit took place, and what came of it."""

    def work(session: Session) -> Row:
        from sfa.fields import noun as noun_of
        from sfa.services import visits
        from sfa.services.entry import entered
        from sfa.services.records import raw

        today = clock.today()
        given = entered(raw(session), noun_of("visit"), texts, today=today)
        return visits.complete(session, visit_id, given, expected_version=expected_version, today=today)

    return work


def convert_lead(
    lead_id: str,
    *,
    account: str | None,
    contact: str | None,
    deal: Mapping[str, str] | None,
    expected_version: int | None = None,
) -> Callable[[Session], Converted]:
    """Turn a lead into account, contact and deal; ``deal`` is what was typed for it, ``None`` for none."""

    def work(session: Session) -> Converted:
        from sfa.fields import noun as noun_of
        from sfa.services import converting
        from sfa.services.entry import entered
        from sfa.services.records import raw

        today = clock.today()
        given = None if deal is None else entered(raw(session), noun_of("deal"), deal, today=today)
        return converting.convert(
            session,
            lead_id,
            account=account,
            contact=contact,
            deal=given,
            expected_version=expected_version,
            today=today,
        )

    return work


def take_side(conflict_id: str, side: str) -> Settling:
    """Let one side of a conflict stand: ``kept`` or ``lost``."""

    def work(session: Session) -> Settled:
        from sfa.services import conflicts

        accept = conflicts.accept_kept if side == "kept" else conflicts.accept_lost
        return accept(session, conflict_id, today=clock.today())

    return work


def merge_conflict(conflict_id: str, texts: Texts) -> Settling:
    """Write typed values instead of either side of a conflict."""

    def work(session: Session) -> Settled:
        from sfa.services import conflicts

        return conflicts.merge(session, conflict_id, texts, today=clock.today())

    return work


def accept_proposal(proposal_id: str, *, partial: bool = False) -> Settling:
    """Make the proposed changes."""

    def work(session: Session) -> Decided:
        from sfa.services import proposals

        return proposals.accept(session, proposal_id, partial=partial, today=clock.today())

    return work


def reject_proposal(proposal_id: str, reason: str, *, is_own: bool) -> Settling:
    """Turn a proposal down, or take one's own back."""

    def work(session: Session) -> Decided:
        from sfa.services import proposals

        close = proposals.withdraw if is_own else proposals.reject
        return close(session, proposal_id, reason=reason)

    return work
