"""Products with what they cost us."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sfa import clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlmodel import Session

    from sfa.services.rows import Row


def add(texts: Mapping[str, str]) -> Callable[[Session], Row]:
    """Add a product, its cost too where that was typed."""

    def work(session: Session) -> Row:
        from sfa.services import products

        return products.add_typed(session, texts, today=clock.today())

    return work


def edit(product_id: str, texts: Mapping[str, str], base: Mapping[str, Any]) -> Callable[[Session], Row]:
    """Change a product, its cost too where that was typed; ``base`` is what the form was opened on."""

    def work(session: Session) -> Row:
        from sfa.services import products

        return products.edit_typed(session, product_id, texts, base, today=clock.today())

    return work
