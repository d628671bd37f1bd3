"""The rows of an order history put together: which rows are one order, and what they say of it together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sfa.errors import InvalidInput, SfaError, msg
from sfa.interchange.mapping import Mapping
from sfa.interchange.order_columns import DISCOUNT, HEADS, LINE_FIELDS, LINES, NUMBER, TAX, UNIT
from sfa.interchange.source_table import SourceRow, SourceTable
from sfa.interchange.targets import CURRENCY
from sfa.services.imports.columns import Batch, Context
from sfa.services.imports.records import RecordSet

_OF_LINES = frozenset(each.name for each in LINE_FIELDS)
_WITH_DEFAULT = frozenset({DISCOUNT.name, TAX.name, UNIT.name})


@dataclass(slots=True)
class OrderRows:
    """A file's rows by order: two batches, and which lines of the second are which order of the first.

    ``heads`` has a row an order, ``lines`` all usable rows; ``members`` are the lines' places by order.
    ``stray`` are the unusable rows that may belong to an order, by its place; ``lost`` those of none.
    """

    heads: Batch
    lines: Batch
    members: list[list[int]]
    stray: dict[int, list[SourceRow]] = field(default_factory=lambda: defaultdict(list))
    lost: list[SourceRow] = field(default_factory=list)
    of_line: list[int] = field(default_factory=list)


def rows_by_order(table: SourceTable, mapping: Mapping, context: Context, whole: Batch) -> OrderRows:
    """Put the rows of each order together; ``whole`` has all usable rows with every column.

    Raises:
        InvalidInput: no column says which order a row is of.
    """
    _refuse_defaults(mapping)
    key = key_columns(mapping)
    parts = [[text.strip() for text in whole.cells[column]] for column in key]
    places: dict[tuple[str, ...], int] = {}
    members: list[list[int]] = []
    of_line = []
    for line, each in enumerate(zip(*parts, strict=True)):
        place = places.setdefault(each, len(members))
        if place == len(members):
            members.append([])
        members[place].append(line)
        of_line.append(place)
    heads = Batch(
        HEADS,
        _part(mapping, key, of_lines=False),
        context,
        [whole.rows[lines[0]] for lines in members],
        {},
        RecordSet(HEADS.table, mapping.source, [], {}),
    )
    lines = Batch(
        LINES,
        _part(mapping, key, of_lines=True),
        context,
        whole.rows,
        whole.cells,
        RecordSet(LINES.table, mapping.source, [""] * len(whole.rows), {}),
    )
    found = OrderRows(heads, lines, members, of_line=of_line)
    _agree(found, whole)
    _place_stray(found, table, key, places)
    return found


def key_columns(mapping: Mapping) -> tuple[str, ...]:
    """Return the columns that say together which order a row is of.

    Raises:
        InvalidInput: there is none.
    """
    numbers = tuple(column for column, target in mapping.columns if target == NUMBER.name)
    found = mapping.key or numbers
    if not found:
        raise InvalidInput(
            mapping.name,
            msg("no column is the number of the order."),
            hint=msg('Say which it is in a mapping file: COLUMN = "number".'),
        )
    return found


def _refuse_defaults(mapping: Mapping) -> None:
    for target in mapping.defaults:
        if target in _OF_LINES - _WITH_DEFAULT:
            raise InvalidInput(
                f"{mapping.name}: defaults > {target}",
                msg("it has no default."),
                hint=msg("Of a line there are: {known}."),
                known=", ".join(sorted(_WITH_DEFAULT)),
            )


def _part(mapping: Mapping, key: tuple[str, ...], *, of_lines: bool) -> Mapping:
    """Return the mapping of the lines alone, or of what concerns whole orders; prices have a currency."""
    columns = tuple(
        (column, target)
        for column, target in mapping.columns
        if (target in _OF_LINES) == of_lines or (of_lines and target == CURRENCY)
    )
    create = {name: each for name, each in mapping.create.items() if (name in _OF_LINES) == of_lines}
    defaults = {name: each for name, each in mapping.defaults.items() if (name in _OF_LINES) == of_lines}
    return replace(mapping, columns=columns, create=create, defaults=defaults, key=() if of_lines else key)


def _agree(found: OrderRows, whole: Batch) -> None:
    """Take what the rows of an order say of it together; an empty cell says nothing. Reject those at odds."""
    heads = found.heads
    for column in heads.mapping.used_columns():
        texts = whole.cells[column]
        of_orders = []
        for place, lines in enumerate(found.members):
            said = texts[lines[0]]
            if len(lines) > 1:
                said = _together(heads, place, column, texts, lines)
            of_orders.append(said)
        heads.cells[column] = of_orders


def _together(heads: Batch, place: int, column: str, texts: Sequence[str], lines: list[int]) -> str:
    first = next((line for line in lines if texts[line].strip()), None)
    if first is None:
        return ""
    said = texts[first].strip()
    other = next((line for line in lines if texts[line].strip() not in ("", said)), None)
    if other is not None:
        heads.reject(place, _at_odds(column, said, texts[other].strip()))
    return said


def _at_odds(column: str, one: str, other: str) -> SfaError:
    return InvalidInput(
        column,
        msg("rows of one order say {one!r} and {other!r}."),
        hint=msg("If they are two orders, tell them apart: key = [COLUMN, COLUMN] in the mapping."),
        one=one,
        other=other,
    )


def _place_stray(
    found: OrderRows, table: SourceTable, key: tuple[str, ...], places: dict[tuple[str, ...], int]
) -> None:
    """Lay rows that cannot be used to their orders, as far as they can be told."""
    where = [table.header.index(column) for column in key]
    for row in table.rows:
        if row.problem is None:
            continue
        place = None
        if max(where) < len(row.cells):
            place = places.get(tuple(row.cells[each].strip() for each in where))
        if place is None:
            found.lost.append(row)
        else:
            found.stray[place].append(row)
            found.heads.reject(place, InvalidInput(HEADS.label, row.problem))
