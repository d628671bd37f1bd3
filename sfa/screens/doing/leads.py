"""What becomes of a lead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sfa import clock

if TYPE_CHECKING:
    from sqlmodel import Session

    from sfa.services.converting import Converted


def convert(
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
