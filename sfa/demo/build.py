"""Filling a new store with the company: a few blocks at a time, so that its size costs no memory."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from sfa.demo import deal_writing, telling
from sfa.demo.company import TOLD, Block, Company, block, company, further_leads
from sfa.demo.leads import COUNT as LEADS
from sfa.demo.orders import sell
from sfa.demo.prices import agree
from sfa.demo.quotes import offer
from sfa.demo.setting_up import Ground, set_up
from sfa.demo.tasks import TaskList
from sfa.demo.writing import Ids, by_hand, in_bulk, write
from sfa.errors import Msg, msg
from sfa.reports.pipeline import Scope, figures, pipeline_report
from sfa.services.prints import store_print
from sfa.services.records import change_of, raw
from sfa.store.perform import Change
from sfa.store.reading import reading
from sfa.store.schema import ready

if TYPE_CHECKING:
    from sqlmodel import Session

_TOGETHER = 50  # blocks that are written together: ten thousand leads
_LEADS_TOGETHER = 20_000

Progress = Callable[[Msg, int, int], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which company: its seed, its size, the day its year ends on, the language of its lists.

    ``leads`` is how many there are to be in all, when that is more than its size brings.
    """

    seed: int
    scale: int
    today: date
    language: str
    leads: int = 0


def build(home: Path, wanted: Wanted, *, on_step: Progress | None = None) -> None:
    """Make a store in a home and fill it."""
    tell = on_step or _quiet
    ready(home)
    made = company(wanted.seed, wanted.scale, wanted.today, wanted.language)
    with _little_to_collect():
        with by_hand(home) as session:
            tell(msg("People and products"), 0, wanted.scale)
            ground = set_up(session, made)
            _write_told(session, ground, [block(made, number) for number in _told(made)], tell)
        for first in range(TOLD, wanted.scale, _TOGETHER):
            numbers = range(first, min(first + _TOGETHER, wanted.scale))
            with in_bulk(home) as change:
                _write_short(change, ground, [block(made, number) for number in numbers], tell)
        _write_further_leads(home, made, wanted.leads - wanted.scale * LEADS, tell)
    _print(home, made)


def _told(made: Company) -> range:
    return range(min(made.scale, TOLD))


def _quiet(_what: Msg, _done: int, _total: int) -> None:
    return None


def _write_told(session: Session, ground: Ground, blocks: Sequence[Block], tell: Progress) -> None:
    """Write blocks with every step that was taken in them."""
    made, change = blocks[0].company, change_of(session)
    raw(session)
    ids = _write_customers(change, blocks, tell)
    session.expire_all()
    ids.update(telling.convert(session, ground, blocks, ids))
    raw(session)
    lists = [each.tasks() for each in blocks]
    ids.update(_write_year(change, ground, blocks, lists, tell))
    session.expire_all()
    if blocks[0].number == 0:
        agree(session, ground.products, blocks[0], ground.key_book, ids)
        raw(session)
    tell(msg("Who decides, and what colleagues say"), len(blocks) - 1, made.scale)
    telling.tell(session, ground, blocks, lists, ids)
    if blocks[0].number == 0:
        offer(session, blocks[0], ids)
        sell(session, blocks[0], ids)


def _write_short(change: Change, ground: Ground, blocks: Sequence[Block], tell: Progress) -> None:
    """Write blocks as imports alone can."""
    _write_customers(change, blocks, tell)
    _write_year(change, ground, blocks, [each.tasks() for each in blocks], tell)


def _write_further_leads(home: Path, made: Company, count: int, tell: Progress) -> None:
    """Write leads alone, ten thousand at a time."""
    rows = islice(further_leads(made), max(count, 0))
    done = 0
    while some := list(islice(rows, _LEADS_TOGETHER)):
        tell(msg("Leads"), done, count)
        with in_bulk(home) as change:
            write(change, "lead", some, made.year.today)
        done += len(some)


def _write_customers(change: Change, blocks: Sequence[Block], tell: Progress) -> Ids:
    company, done = blocks[0].company, blocks[0].number
    today, scale = company.year.today, company.scale
    tell(msg("Customers"), done, scale)
    ids = write(change, "account", chain.from_iterable(each.account_rows() for each in blocks), today)
    ids |= write(change, "contact", chain.from_iterable(each.contact_rows() for each in blocks), today)
    tell(msg("Leads"), done, scale)
    ids |= write(change, "lead", chain.from_iterable(each.lead_rows() for each in blocks), today)
    write(change, "activity", chain.from_iterable(each.lead_activity_rows() for each in blocks), today)
    return ids


def _write_year(
    change: Change, ground: Ground, blocks: Sequence[Block], lists: Sequence[TaskList], tell: Progress
) -> Ids:
    company, done = blocks[0].company, blocks[0].number
    today, scale = company.year.today, company.scale
    tell(msg("Deals"), done, scale)
    ids = deal_writing.write_deals(change, ground, blocks)
    tell(msg("Activities"), done, scale)
    ids |= write(change, "activity", chain.from_iterable(each.activity_rows() for each in blocks), today)
    tell(msg("Tasks"), done, scale)
    ids |= write(change, "task", chain.from_iterable(each.rows for each in lists), today)
    return ids


def _print(home: Path, made: Company) -> None:
    """Leave the figures of last Monday's print, so that the next one says what moved since."""
    with reading(home) as connection:
        scope = Scope(as_of=made.year.meetings[-2])
        report = pipeline_report(connection, scope)
    with by_hand(home) as session:
        store_print(raw(session), scope=scope.key(), as_of=scope.as_of, figures=figures(report.blocks))


@contextmanager
def _little_to_collect() -> Iterator[None]:
    """Look for garbage seldom: an import makes many small values that live to its end."""
    thresholds = gc.get_threshold()
    gc.set_threshold(200_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
