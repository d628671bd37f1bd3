"""The numbers of imported orders: each is one order's alone, in the file and in the store."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter

from sfa.errors import InvalidInput, msg
from sfa.interchange.order_columns import NUMBER
from sfa.services.imports.columns import Batch
from sfa.services.imports.record_ids import LISTED


def settle_numbers(connection: sqlite3.Connection, heads: Batch) -> None:
    """Give every new order its number, its key where no column has one; reject what is another's already.

    Of orders that share a number, told apart by their key, the second is numbered ``N/2``.
    """
    given = heads.column(NUMBER.column)
    seen: Counter[str] = Counter()
    numbers: list[str] = []
    for place, said in enumerate(given):
        number = str(said if said is not None else heads.keys[place])
        seen[number.casefold()] += 1
        count = seen[number.casefold()]
        numbers.append(number if count == 1 else f"{number}/{count}")
    held = _held(connection, numbers)
    live = _live(connection, heads)
    for place, number in enumerate(numbers):
        owner = held.get(number.casefold(), set()) - {heads.wanted.ids[place]}
        if heads.wanted.ids[place] in live:
            continue
        if owner:
            problem = msg("another order has the number {value} already.")
            heads.reject(place, InvalidInput(NUMBER.label, problem, value=number))
        elif len(number) > NUMBER.max_length:
            problem = msg("{length} characters are too many; {limit} fit.")
            length = len(number)
            heads.reject(place, InvalidInput(NUMBER.label, problem, length=length, limit=NUMBER.max_length))
    # An order keeps its number.
    heads.wanted.columns[NUMBER.column] = [
        None if row_id in live else number for row_id, number in zip(heads.wanted.ids, numbers, strict=True)
    ]


def _held(connection: sqlite3.Connection, numbers: list[str]) -> dict[str, set[str]]:
    """Return folded number -> ids of the live orders that have it."""
    found: dict[str, set[str]] = {}
    rows = connection.execute(
        f"SELECT number, id FROM sales_order WHERE deleted_at IS NULL AND number COLLATE NOCASE IN {LISTED}",
        (json.dumps(numbers),),
    )
    for number, row_id in rows:
        found.setdefault(number.casefold(), set()).add(row_id)
    return found


def _live(connection: sqlite3.Connection, heads: Batch) -> set[str]:
    """Return the ids of the file's orders that the store has."""
    rows = connection.execute(
        f"SELECT id FROM sales_order WHERE id IN {LISTED} AND deleted_at IS NULL",
        (json.dumps([heads.wanted.ids[place] for place in heads.existing]),),
    )
    return {row[0] for row in rows}
