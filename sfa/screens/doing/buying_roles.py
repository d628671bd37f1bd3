"""What part people have in a customer's decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlmodel import Session

Work = Callable[["Session"], None]


def add(deal_id: str, texts: Mapping[str, str]) -> Work:
    """Give the person named in the texts a part in a deal."""

    def work(session: Session) -> None:
        from sfa.services import buying_roles

        buying_roles.add_typed(session, deal_id, texts)

    return work


def edit(deal_id: str, contact_id: str, texts: Mapping[str, str], base: Mapping[str, Any]) -> Work:
    """Change a person's part in a deal; ``base`` is what it was when the texts were begun."""
    before = dict(base)

    def work(session: Session) -> None:
        from sfa.services import buying_roles

        buying_roles.edit_typed(session, deal_id, contact_id, texts, before)

    return work


def take_out(deal_id: str, contact_id: str) -> Work:
    """Take a person's part in a deal away."""

    def work(session: Session) -> None:
        from sfa.services import buying_roles

        buying_roles.take_out(session, deal_id, contact_id)

    return work
