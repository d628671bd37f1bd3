"""What becomes of deals: along the stages, won, lost, open again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from sfa import clock
from sfa.errors import msg
from sfa.screens.doing.together import Together, together

if TYPE_CHECKING:
    from sqlmodel import Session

    from sfa.services.rows import Row


def advance(ids: Sequence[str]) -> Together:
    """Move deals to the next stage of their pipelines."""

    def act(session: Session, deal_id: str) -> Row:
        from sfa.services import deals

        return deals.advance_stage(session, deal_id, today=clock.today())

    return _moving(act, ids)


def step_back(ids: Sequence[str]) -> Together:
    """Move deals to the stage before."""

    def act(session: Session, deal_id: str) -> Row:
        from sfa.services import deals

        return deals.step_back(session, deal_id, today=clock.today())

    return _moving(act, ids)


def put_at(ids: Sequence[str], stage_id: str) -> Together:
    """Move deals to an open stage."""

    def act(session: Session, deal_id: str) -> Row:
        from sfa.services import deals

        return deals.advance_stage(session, deal_id, to=stage_id, today=clock.today())

    return _moving(act, ids)


def win(deal_id: str, texts: Mapping[str, str]) -> Together:
    """Close a deal as won; ``texts`` may hold amount, reason and ``on``, the day."""

    def act(session: Session, wanted: str) -> Row:
        from sfa.fields import noun as noun_of
        from sfa.services import deal_closing
        from sfa.services.entry import entered
        from sfa.services.records import raw

        today = clock.today()
        columns = {name: text for name, text in texts.items() if name != "on"}
        given = entered(raw(session), noun_of("deal"), columns, today=today)
        return deal_closing.win(session, wanted, given, on=_day(texts.get("on", "")), today=today)

    return _moving(act, [deal_id])


def lose(deal_id: str, texts: Mapping[str, str]) -> Together:
    """Close a deal as lost; ``texts`` holds the reason and may hold ``on``, the day."""

    def act(session: Session, wanted: str) -> Row:
        from sfa.services import deal_closing

        on = _day(texts.get("on", ""))
        return deal_closing.lose(session, wanted, reason=texts.get("reason", ""), on=on, today=clock.today())

    return _moving(act, [deal_id])


def reopen(ids: Sequence[str]) -> Together:
    """Open closed deals again at the last stage they reached."""

    def act(session: Session, deal_id: str) -> Row:
        from sfa.services import deal_closing

        return deal_closing.reopen(session, deal_id, today=clock.today())

    return _moving(act, ids)


def _day(text: str) -> date | None:
    from sfa.finding.days import day_or_refuse

    return day_or_refuse(text, "on", today=clock.today()) if text else None


def _moving(act: Callable[[Session, str], Row], ids: Sequence[str]) -> Together:
    """Return the move, named by the stages it went from and to."""
    work_ = together(act, ids, msg("Move {label}"), msg("Move {number} deals"))

    def work(session: Session) -> list[Row]:
        rows = work_(session)
        if len(rows) == 1 and rows[0].changed:
            from sfa.finding.stages import last_move
            from sfa.services.records import raw

            before, after = last_move(raw(session), rows[0].id)
            session.info["change"].call(
                msg("{label}: stage {before} to {after}"), label=rows[0].label, before=before, after=after
            )
        return rows

    return work
