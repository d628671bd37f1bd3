"""What becomes of accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sfa import clock
from sfa.errors import msg

if TYPE_CHECKING:
    from sqlmodel import Session

    from sfa.services.handover import Handover


def transfer(account_id: str, user_id: str, label: str) -> Callable[[Session], Handover]:
    """Give an account to another owner, with all that is open."""

    def work(session: Session) -> Handover:
        from sfa.services import handover

        done = handover.transfer(session, account_id, user_id, today=clock.today())
        session.info["change"].call(msg("Transfer an account to {user}"), user=label)
        return done

    return work
