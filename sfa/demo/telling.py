"""What an import cannot say: conversions, steps back, prices, who decides, comments, tasks done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfa import money
from sfa.demo.company import Block, Conversion
from sfa.demo.deals import Deal, Part, end_cells
from sfa.demo.lives import WON, State
from sfa.demo.setting_up import Ground
from sfa.demo.sheets import KEY, SOURCE
from sfa.demo.tasks import TaskList
from sfa.demo.writing import Ids, acting
from sfa.services import activities, converting, deals, tasks
from sfa.services.entry import ChildRow, Entered

if TYPE_CHECKING:
    from sqlmodel import Session


def convert(session: Session, ground: Ground, blocks: Sequence[Block], ids: Ids) -> Ids:
    """Convert leads on the days their deals began; return the deals' ids by key."""
    made: Ids = {}
    for block in blocks:
        for conversion in block.conversions:
            made[conversion.deal.key] = _convert(session, ground, conversion, ids)
    return made


def _convert(session: Session, ground: Ground, conversion: Conversion, ids: Ids) -> str:
    deal = conversion.deal
    columns = {
        **_columns(deal, deal.states[0], ground),
        "name": deal.name,
        "pipeline_id": ground.pipeline(deal.way),
    }
    # The key lets the import that follows meet the deal.
    given = Entered(columns, {"external_ids": [{"source": SOURCE, KEY: deal.key}]})
    account, contact = ids[deal.account.key], ids[conversion.contact.key]
    done = converting.convert(
        session, ids[conversion.lead], account=account, contact=contact, deal=given, today=deal.start
    )
    assert done.deal is not None
    return done.deal.id


def _columns(deal: Deal, state: State, ground: Ground) -> dict[str, object]:
    stages = ground.stage_ids(deal.way)
    return {
        "stage_id": stages[state.stage] if state.is_open else stages[-2 if state.stage == WON else -1],
        "amount_minor": state.amount * 10 ** money.exponent(deal.currency),
        "currency": deal.currency,
        "close_on": state.close,
    }


def tell(
    session: Session, ground: Ground, blocks: Sequence[Block], lists: Sequence[TaskList], ids: Ids
) -> None:
    """Write everything that is told about blocks."""
    for block in blocks:
        for deal, known in block.parts():
            _tell(session, ground, deal, known, block, ids)
    for each, block in zip(lists, blocks, strict=True):
        for task in each.done:
            tasks.complete(session, ids[task.key], today=min(task.on, block.company.year.today))
    for block in blocks:
        for comment in block.comments():
            with acting(session, ground.users[comment.author]):
                activities.comment(session, ids[comment.activity], comment.text)


def _tell(
    session: Session, ground: Ground, deal: Deal, known: Sequence[Part], block: Block, ids: Ids
) -> None:
    deal_id, year = ids[deal.key], block.company.year
    for state in deal.states[1:] if deal.goes_back else ():
        columns = _columns(deal, state, ground)
        if state is deal.end:
            columns.update(_end_columns(deal, block))
        deals.edit(session, deal_id, Entered(columns), today=state.day)
    lines: list[ChildRow] = [
        {
            "product_id": ground.products[line.product.code],
            "quantity_milli": line.quantity * 1000,
            "unit_price_micros": line.price * money.MICROS,
            "currency": deal.currency,
        }
        for line in deal.lines
    ]
    deals.edit(session, deal_id, Entered(many={"products": lines}), today=year.today)
    for part in known if not deal.is_alone else ():
        role: dict[str, object] = {
            "role": part.role.value,
            "stance": part.stance.value,
            "strength": part.strength,
            "target_strength": part.target,
        }
        deals.set_role(session, deal_id, ids[part.contact.key], role)


def _end_columns(deal: Deal, block: Block) -> dict[str, object]:
    names = {"reason": "close_reason", "next_step": "next_step", "next_step_on": "next_step_on"}
    return {names[name]: text for name, text in end_cells(deal, block.company.year)}
