"""Stored prints: the figures a print is compared with."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from sfa.reports.pipeline.figures import Block, Changes, LastPrint, Scope, Tally


def last_print(connection: sqlite3.Connection, scope: Scope) -> LastPrint | None:
    """Return the last stored print of the scope for this day or an earlier one."""
    row = connection.execute(
        "SELECT printed_at, as_of_on, figures FROM print_snapshot WHERE deleted_at IS NULL AND scope = ?"
        " AND as_of_on <= ? ORDER BY printed_at DESC, id DESC LIMIT 1",
        (scope.key(), scope.as_of.isoformat()),
    ).fetchone()
    return LastPrint(row[0], row[1], json.loads(row[2])) if row else None


def figures(blocks: Sequence[Block]) -> dict[str, dict[str, int]]:
    """Return what is kept of a print: the totals of each currency."""
    return {
        block.currency: {
            "open_count": block.open.count,
            "open_amount": block.open.amount,
            "weighted": block.weighted,
            "won_count": block.won.count,
            "won_amount": block.won.amount,
            "lost_count": block.lost.count,
            "lost_amount": block.lost.amount,
        }
        for block in blocks
    }


def changes(block: Block, last: LastPrint | None) -> Changes | None:
    """Return the block's figures less those of the last print; all of them when it had no such currency."""
    if last is None:
        return None
    then = last.figures.get(block.currency, {})

    def before(name: str) -> Tally:
        return Tally(then.get(f"{name}_count", 0), then.get(f"{name}_amount", 0))

    return Changes(
        block.open - before("open"),
        block.weighted - then.get("weighted", 0),
        block.won - before("won"),
        block.lost - before("lost"),
    )
