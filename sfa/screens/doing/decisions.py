"""Settling conflicts and proposals."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sfa import clock

if TYPE_CHECKING:
    from sqlmodel import Session

    from sfa.services.conflicts import Settled
    from sfa.services.entry import Texts
    from sfa.services.proposals import Decided

Settling = Callable[["Session"], "Settled | Decided"]


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
