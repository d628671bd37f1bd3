"""The same act on one record or on several, in one change with a name that says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sfa.errors import Msg

if TYPE_CHECKING:
    from sqlmodel import Session

    from sfa.services.rows import Row

Act = Callable[["Session", str], "Row"]
Together = Callable[["Session"], "list[Row]"]


def together(act: Act, ids: Sequence[str], one: Msg, many: Msg | None = None) -> Together:
    """Return what acts on each record.

    The change is called ``one`` with ``label``, or with several records ``many`` with ``number``.
    """

    def work(session: Session) -> list[Row]:
        rows = [act(session, record_id) for record_id in ids]
        if len(rows) == 1 or many is None:
            session.info["change"].call(one, label=rows[0].label)
        else:
            session.info["change"].call(many, number=len(rows))
        return rows

    return work
