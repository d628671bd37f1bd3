"""Adding, changing and deleting records of any noun."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

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
