"""What becomes of a lead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sfa import clock

if TYPE_CHECKING:
    from sqlmodel import Session

    from sfa.services.conversions import Conversion
    from sfa.services.converting import Converted


def convert(
    lead_id: str,
    *,
    account: str | None,
    contact: str | None,
    deal: Mapping[str, str] | None,
    shown: Conversion | None = None,
) -> Callable[[Session], Converted]:
    """Turn a lead into account, contact and deal; ``deal`` is what was typed for it, ``None`` for none.

    ``shown`` is what was shown beforehand: it is refused when something else would be written by now.
    """

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
            shown=shown,
            today=today,
        )

    return work
