"""Deals into the store: meeting by meeting for those that are told, else all at once with their days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sfa.demo.company import Block
from sfa.demo.deals import Deal, end_cells, stage_name, state_cells
from sfa.demo.leads import SOURCES
from sfa.demo.setting_up import Ground
from sfa.demo.sheets import Cells, said
from sfa.demo.ways import WAYS
from sfa.demo.writing import Ids, write
from sfa.store.perform import Change


def write_deals(change: Change, ground: Ground, blocks: Sequence[Block]) -> Ids:
    """Import the deals of blocks; return their ids by key.

    Of a told deal each meeting's state is imported as of that meeting, so that slips and new
    amounts have their days. One that goes back a stage is imported as it began: the rest of
    its life is for ``telling``. Any other is imported once, with the days of its stages.
    """
    year = blocks[0].company.year
    meetings: dict[int, list[Cells]] = defaultdict(list)
    for block in blocks:
        for deal in block.deals:
            if not block.is_told:
                meetings[len(year.meetings) - 1].append(_row(deal, len(deal.states) - 1, block, ground))
                continue
            for number in [0] if deal.goes_back else range(len(deal.states)):
                meetings[deal.states[number].step].append(_row(deal, number, block, ground))
    ids: Ids = {}
    for step, rows in sorted(meetings.items()):
        ids.update(write(change, "deal", rows, year.meetings[step], events=_events(ground)))
    return ids


def _row(deal: Deal, number: int, block: Block, ground: Ground) -> Cells:
    """Return a deal's state with the days on which it entered the stages up to it."""
    stages, year, language = ground.stage_names(deal.way), block.company.year, block.company.language
    state = deal.states[number]
    row = dict(state_cells(deal, state, stages))
    row["pipeline"] = ground.pipeline_name(deal.way)
    row["source"] = said(SOURCES[deal.source], language)
    if not block.is_told:
        row["products"] = ";".join(line.product.code for line in deal.lines)
    before = None
    for each in deal.states[: number + 1]:
        if each.stage != before and each.is_open:
            row[_column(stage_name(each, stages))] = each.day.isoformat()
        before = each.stage
    if not state.is_open:
        row["closed"] = state.day.isoformat()
    if state is deal.end:
        row.update(end_cells(deal, year))
    return row


def _column(stage: str) -> str:
    return f"in {stage}"


def _events(ground: Ground) -> tuple[tuple[str, str], ...]:
    """Return the columns that hold the days of entering stages, for all pipelines together."""
    names = dict.fromkeys(name for way in WAYS for name in ground.stage_names(way)[:-2])
    return tuple((_column(name), name) for name in names)
