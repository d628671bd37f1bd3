"""What becomes of quotes: submitted, approved, sent, answered, revised."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sfa import clock
from sfa.errors import Msg, msg
from sfa.screens.doing.together import Together, together

if TYPE_CHECKING:
    from sqlmodel import Session

    from sfa.interchange.quote_lines import QuoteLine
    from sfa.services.rows import Row


class Named(NamedTuple):
    """What a change of one quote is called, and the same of several."""

    one: Msg
    many: Msg


def write_lines(
    quote_id: str, lines: Sequence[QuoteLine], discount: tuple[int, int], version: int
) -> Callable[[Session], Row]:
    """Write all lines and the discount on the whole, as (ppm, minor units), over a version of the quote."""

    def work(session: Session) -> Row:
        from sfa.services import quote_lines

        columns = dict(zip(("discount_ppm", "discount_minor"), discount, strict=True))
        return quote_lines.replace_all(
            session, quote_id, lines, today=clock.today(), expected_version=version, columns=columns
        )

    return work


# By the service of ``quote_states`` that does it.
NAMES = {
    "submit": Named(msg("Submit quote {label}"), msg("Submit {number} quotes")),
    "recall": Named(msg("Take back quote {label}"), msg("Take back {number} quotes")),
    "approve": Named(msg("Approve quote {label}"), msg("Approve {number} quotes")),
    "reject": Named(msg("Reject quote {label}"), msg("Reject {number} quotes")),
    "send": Named(msg("Mark quote {label} as sent"), msg("Mark {number} quotes as sent")),
    "accept": Named(msg("Accept quote {label}"), msg("Accept {number} quotes")),
    "decline": Named(msg("Decline quote {label}"), msg("Decline {number} quotes")),
    "expire": Named(msg("Close expired quote {label}"), msg("Close {number} expired quotes")),
    "revise": Named(msg("Revise quote {label}"), msg("Revise {number} quotes")),
}
# Those that say why.
WITH_REASON = frozenset({"reject", "decline"})


def become(verb: str, ids: Sequence[str], reason: str = "") -> Together:
    """Let quotes become what a service of ``quote_states`` makes of them."""

    def act(session: Session, quote_id: str) -> Row:
        from sfa.services import quote_states

        given = (reason,) if verb in WITH_REASON else (None,) if verb == "expire" else ()
        done: Row = getattr(quote_states, verb)(session, quote_id, *given, today=clock.today())
        return done

    return together(act, ids, *NAMES[verb])
