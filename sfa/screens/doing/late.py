"""Writing what was typed into a form over what others changed while it was open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from sfa import clock

if TYPE_CHECKING:
    from sqlmodel import Session

Work = Callable[["Session"], Any]


@dataclass
class Origin:
    """The record that a form was opened on, and what each field held then, as gathered.

    ``taken`` are fields that only others changed, seen when what both changed was settled.
    """

    noun: str
    record_id: str
    base: dict[str, Any]
    taken: set[str] = field(default_factory=set)


class Late(NamedTuple):
    """What the work gave back, and the fields that only others changed meanwhile."""

    value: Any
    taken: tuple[str, ...]


def over(origin: Origin, texts: Mapping[str, str], work_of: Callable[[dict[str, str]], Work]) -> Work:
    """Return the work on what is left of the texts, in the transaction that looked what others changed."""
    base = dict(origin.base)

    def work(session: Session) -> Late:
        from sfa.fields import noun as noun_of
        from sfa.services.catching_up import caught_up
        from sfa.services.records import raw

        described = noun_of(origin.noun)
        left = caught_up(raw(session), described, origin.record_id, texts, base, today=clock.today())
        return Late(work_of(left.texts)(session), left.taken)

    return work
