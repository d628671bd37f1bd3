"""Price books copied; prices in a book: added, changed, taken out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sfa import clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlmodel import Session

    from sfa.interchange.book_copy import Wanted
    from sfa.services.price_books import Copied
    from sfa.services.rows import Row


def copy_book(book_id: str, wanted: Wanted) -> Callable[[Session], Copied]:
    """Copy a book with its prices."""

    def work(session: Session) -> Copied:
        from sfa.services import price_books

        return price_books.copy(session, book_id, wanted)

    return work


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
