"""Beside the rows: what a device keeps of lost ones, remembers of its syncs, and finds wrong with itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sfa.interchange.quote_lines import digest_of, total_columns
from sfa.store.checks.log import check_log, check_transactions, check_writers
from sfa.store.checks.rows import differences
from sfa.store.checks.search import check_search
from sfa.sync.device.pending import Pending
from sfa.terms import QuoteState
from tests.simulation.centre.quotes import priced
from tests.simulation.centre.rules import HELD
from tests.simulation.devices import SimDevice

if TYPE_CHECKING:
    from tests.simulation.world import World

_LOOKED_AT = 4
_OPEN = (QuoteState.DRAFT, QuoteState.SUBMITTED)
_CHECKS = (check_log, check_transactions, check_writers, check_search)


def words_of_lost_rows(world: World, device: SimDevice) -> Iterator[str]:
    """Yield the payloads of own ops on rows that left; what the centre refused stays the author's."""
    sight = world.centre.sight()
    for table, row_id in device.all(
        "SELECT DISTINCT tbl, row_id FROM oplog o WHERE changes IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM oplog i JOIN outcome USING (tx_id) WHERE i.row_id = o.row_id"
        " AND i.tbl = o.tbl AND i.kind = 'insert')"
    ):
        is_there = world.centre.state.row(table, row_id) is not None
        if is_there and device.user not in sight.of(table, row_id):
            yield f"{device.name} keeps words of {table} {row_id} in its log"


def confirmed_below_nothing(device: SimDevice) -> Iterator[str]:
    """Yield the columns with a confirmed value that no unsettled op keeps from being shown."""
    for table, row_id, column in device.all("SELECT tbl, row_id, col FROM confirmed"):
        if column not in Pending(device.connection).columns((table, row_id)):
            yield f"{device.name} confirmed {table} {row_id} {column} and does not show it"


def nothing_is_kept_of_what_was_answered(world: World) -> Iterator[str]:
    """I13: when nothing is unsent nothing waits for an answer, and what was not taken is known as such.

    Also, noted after every step: a value is confirmed without being shown only below an unsettled op.
    """
    yield from world.not_shown
    for device in world.devices:
        for table in ("confirmed", "leaving"):
            for key in device.all(f"SELECT tbl, row_id FROM {table}"):
                yield f"{device.name} keeps {' '.join(key)} in {table}"
        yield from _outcomes(world, device)


def _outcomes(world: World, device: SimDevice) -> Iterator[str]:
    known = dict(device.all("SELECT tx_id, state FROM outcome"))
    for (tx_id,) in device.all("SELECT tx_id FROM tx"):
        central = world.centre.state.txs.get(tx_id)
        became = central.outcome.value if central is not None and central.outcome in HELD else None
        if known.pop(tx_id, None) != became:
            yield f"{device.name} does not know that {tx_id} became {became}"
    yield from (f"{device.name} knows of an outcome of {tx_id}, which it does not have" for tx_id in known)


def devices_find_nothing_wrong(world: World) -> Iterator[str]:
    """I14: log, rows, writers and search index say the same.

    Asked of one device of each fourth schedule: it takes as long as five steps of a schedule,
    and four schedules find more than one that is looked at four times.
    """
    if world.seed % _LOOKED_AT:
        return
    device = world.devices[world.now % len(world.devices)]
    with device.altered() as connection:  # the check of the index makes a table and drops it
        for difference in differences(connection):
            yield f"{device.name} {difference}"
        for check in _CHECKS:
            yield from (f"{device.name} {found}" for found in check(connection))


def approvals_are_of_what_is_there(world: World) -> Iterator[str]:
    """I15: an approval is of the present content, nothing is approved without one, and totals are right."""
    for quote, row in world.centre.state.tables["quote"].items():
        values, digest = row.values, digest_of(row.values)
        if values["approved_digest"] not in {None, digest}:
            yield f"quote {quote} is approved with another content"
        if values["state"] == QuoteState.APPROVED and values["approved_digest"] is None:
            yield f"quote {quote} is approved by nobody"
        if values["state"] in _OPEN and values["approved_digest"] is not None:
            yield f"quote {quote} is {values['state']} and approved"
        found = priced(values)
        wrong = (
            [name for name, value in total_columns(found).items() if values[name] != value] if found else []
        )
        if wrong:
            yield f"quote {quote} says otherwise in {wrong}"
