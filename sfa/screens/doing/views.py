"""Keeping and dropping views for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlmodel import Session

    from sfa.finding.views import View


def keep(view: View, *, instead_of: str = "") -> Callable[[Session], None]:
    """Keep a view, in place of another name if one is given."""

    def work(session: Session) -> None:
        from sfa.services import views
        from sfa.services.records import raw

        if instead_of:
            views.drop(raw(session), view.noun, instead_of)
        views.keep(raw(session), view)

    return work


def drop(view: View) -> Callable[[Session], None]:
    """Delete a view."""

    def work(session: Session) -> None:
        from sfa.services import views
        from sfa.services.records import raw

        views.drop(raw(session), view.noun, view.name)

    return work
