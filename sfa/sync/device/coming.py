"""New rows of a snapshot as they are written: into their table, and into the history with who wrote them.

Column by column: of a hundred thousand rows most columns say the same in all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from sfa import ids
from sfa.fields import TABLES
from sfa.store.bulk_ops import inserted_all
from sfa.store.bulk_sheets import Sheet, sheet_of_columns
from sfa.store.capture import CAPTURED, Value
from sfa.store.heard import canonical
from sfa.sync.device.rows import instant_of
from sfa.sync.protocol import RowSheet

_dump = json.JSONEncoder(separators=(",", ":")).encode
_NOBODY = "{}"


class Coming(NamedTuple):
    """Rows with their bookkeeping; of each its maker, and in JSON its later writers and its values."""

    sheet: Sheet
    makers: tuple[str | None, ...]
    later: tuple[str, ...]
    changes: tuple[str, ...]


def coming(rows: RowSheet) -> Coming:
    """Return new rows, at least one, of a table that is known with all its columns."""
    row_ids, makers, writers, *values = zip(*rows.rows, strict=True)
    by_name = dict(zip(rows.columns, values, strict=True))
    given = {name: by_name[name] for name in CAPTURED[rows.table] if name in by_name}
    changes = inserted_all(sheet_of_columns(rows.table, row_ids, given), {})
    later = _later(makers, writers)
    whole = {**given, **_bookkeeping(rows.table, row_ids, by_name, later)}
    told = tuple([_dump(each) if each else _NOBODY for each in later])
    return Coming(sheet_of_columns(rows.table, row_ids, whole), makers, told, tuple(changes))


def begun(sheets: Iterable[RowSheet], enough: int) -> tuple[int, Iterator[RowSheet]]:
    """Return how many rows come, counted until there are enough, and all of the sheets."""
    rest, first, count = iter(sheets), [], 0
    while count < enough and (sheet := next(rest, None)) is not None:
        first.append(sheet)
        count += len(sheet.rows)
    return count, chain(first, rest)


def joined(sheets: Iterable[RowSheet], enough: int) -> Iterator[RowSheet]:
    """Yield sheets that follow each other and have the same columns as one, of so many rows or more."""
    kept: RowSheet | None = None
    for sheet in sheets:
        if kept is None:
            kept = sheet
        elif (kept.table, kept.columns) == (sheet.table, sheet.columns) and len(kept.rows) < enough:
            kept = RowSheet(kept.table, kept.columns, [*kept.rows, *sheet.rows])
        else:
            yield kept
            kept = sheet
    if kept is not None:
        yield kept


def _later(
    makers: Sequence[str | None], writers: Sequence[Mapping[str, str] | None]
) -> Sequence[Mapping[str, str] | None]:
    """Return of each row the columns that another op than its maker wrote."""
    if not any(writers):
        return writers
    both = zip(makers, writers, strict=True)
    return [canonical(maker or "", later)[1] if later else None for maker, later in both]


def _bookkeeping(
    table: str,
    row_ids: Sequence[str],
    values: Mapping[str, tuple[Value, ...]],
    writers: Sequence[Mapping[str, str] | None],
) -> dict[str, tuple[Value, ...]]:
    """Return when and by whom the rows were changed last, and their references where they have such."""
    nothing = (None,) * len(row_ids)
    changed_at, changed_by = values.get("created_at", nothing), values.get("created_by", nothing)
    if any(writers):
        changed_at = tuple(
            [
                (instant_of([*later.values()]) if later else None) or at
                for later, at in zip(writers, changed_at, strict=True)
            ]
        )
        changed_by = tuple([None if later else by for later, by in zip(writers, changed_by, strict=True)])
    found = {"updated_at": changed_at, "updated_by": changed_by}
    if "ref" in TABLES[table].column_names():
        found["ref"] = tuple(map(ids.ref_of, row_ids))
    return found
