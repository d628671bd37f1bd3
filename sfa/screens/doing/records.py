"""Adding, changing and deleting records of any noun."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sfa import clock

if TYPE_CHECKING:
    from sqlmodel import Session

    from sfa.services.entry import Texts
    from sfa.services.rows import Row

Work = Callable[["Session"], "Row"]


def add(noun: str, texts: Texts) -> Work:
    """Add a record of a noun from typed texts."""

    def work(session: Session) -> Row:
        from sfa.services import nouns

        return nouns.add_typed(session, noun, texts, today=clock.today())

    return work


def edit(noun: str, record_id: str, texts: Texts) -> Work:
    """Change fields of a record from typed texts."""

    def work(session: Session) -> Row:
        from sfa.services import nouns

        return nouns.edit_typed(session, noun, record_id, texts, today=clock.today())

    return work


def delete(noun: str, record_id: str) -> Work:
    """Delete a record with what hangs on it."""

    def work(session: Session) -> Row:
        from sfa.services import nouns

        return nouns.delete(session, noun, record_id)

    return work


def edit_all(
    noun: str, texts: Mapping[str, Mapping[str, str]], bases: Mapping[str, Mapping[str, Any]]
) -> Callable[[Session], int]:
    """Change fields of several records over what others changed meanwhile; gives how many are left of them.

    ``texts`` has what to write and ``bases`` what was read beforehand, both by id.
    """

    def work(session: Session) -> int:
        from sfa.fields import noun as noun_of
        from sfa.services import nouns
        from sfa.services.catching_up import caught_up_each
        from sfa.services.records import raw

        today = clock.today()
        left = caught_up_each(raw(session), noun_of(noun), texts, bases, today=today)
        for record_id, given in left.items():
            if given:
                nouns.edit_typed(session, noun, record_id, given, today=today)
        return len(left)

    return work


def delete_all(noun: str, ids: Sequence[str]) -> Callable[[Session], int]:
    """Delete several records with what hangs on them; gives how many there were."""

    def work(session: Session) -> int:
        from sfa.services import nouns

        for record_id in ids:
            nouns.delete(session, noun, record_id)
        return len(ids)

    return work
