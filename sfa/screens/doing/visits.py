"""What becomes of visits, and what is said about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfa import clock
from sfa.errors import msg
from sfa.screens.doing.together import Together, together

if TYPE_CHECKING:
    from sqlmodel import Session

    from sfa.screens.doing.records import Work
    from sfa.services.activities import NextStep
    from sfa.services.entry import Entered, Texts
    from sfa.services.rows import Row

NEXT_ON = "next_on"  # what forms call the day of a next step; it is no field of an activity


def add(noun: str, texts: Texts) -> Work:
    """Add a visit or another activity; the day of its next step makes that a task."""

    def work(session: Session) -> Row:
        from sfa.services import activities

        given, following = _read(session, noun, texts)
        return activities.create(session, given, kind_of=noun, next_on=following, today=clock.today())

    return work


def complete(visit_id: str, texts: Texts) -> Work:
    """Say that a planned visit took place, and what came of it."""

    def work(session: Session) -> Row:
        from sfa.services import visits

        given, following = _read(session, "visit", texts)
        return visits.complete(session, visit_id, given, next_on=following, today=clock.today())

    return work


def _read(session: Session, noun: str, texts: Texts) -> tuple[Entered, NextStep | None]:
    from sfa.fields import noun as noun_of
    from sfa.services.activities import typed_next_step
    from sfa.services.entry import entered
    from sfa.services.records import raw

    today = clock.today()
    own = {name: text for name, text in texts.items() if name != NEXT_ON}
    following = typed_next_step(str(texts.get(NEXT_ON, "")), today=today)
    return entered(raw(session), noun_of(noun), own, today=today), following


def check_in(visit_id: str) -> Together:
    """Record the arrival, now."""

    def act(session: Session, wanted: str) -> Row:
        from sfa.services import visits

        return visits.check_in(session, wanted, today=clock.today())

    return together(act, [visit_id], msg("Check in: {label}"))


def check_out(visit_id: str) -> Together:
    """Record the departure, now."""

    def act(session: Session, wanted: str) -> Row:
        from sfa.services import visits

        return visits.check_out(session, wanted, today=clock.today())

    return together(act, [visit_id], msg("Check out: {label}"))


def cancel(visit_id: str) -> Together:
    """Say that a planned visit will not take place."""

    def act(session: Session, wanted: str) -> Row:
        from sfa.services import visits

        return visits.cancel(session, wanted)

    return together(act, [visit_id], msg("Cancel {label}"))


def comment(activity_id: str, text: str) -> Together:
    """Say something about a visit or another activity."""

    def act(session: Session, wanted: str) -> Row:
        from sfa.services import activities

        return activities.comment(session, wanted, text)

    return together(act, [activity_id], msg("Comment on {label}"))
