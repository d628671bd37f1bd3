"""Prices in a book: added, changed, taken out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sfa import clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlmodel import Session

    from sfa.services.rows import Row


def add(book_id: str, texts: Mapping[str, str]) -> Callable[[Session], Row]:
    """Add a price from typed texts."""

    def work(session: Session) -> Row:
        from sfa.services import typed_prices

        return typed_prices.add(session, book_id, texts, today=clock.today())

    return work


def edit(entry_id: str, texts: Mapping[str, str], base: Mapping[str, Any]) -> Callable[[Session], Row]:
    """Change a price; ``base`` is what it was when the texts were begun."""
    before = dict(base)

    def work(session: Session) -> Row:
        from sfa.services import typed_prices

        return typed_prices.edit(session, entry_id, texts, before, today=clock.today())

    return work


def take_out(entry_id: str) -> Callable[[Session], Row]:
    """Take a price out of its book."""

    def work(session: Session) -> Row:
        from sfa.services import prices

        return prices.remove_price(session, entry_id)

    return work
