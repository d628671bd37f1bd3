"""Rows of a price list: which price of which book each is, and whether it fits its book."""

from __future__ import annotations

import json
import sqlite3

from sfa.errors import InvalidInput, msg
from sfa.interchange.amounts import known_currency, read_amount
from sfa.interchange.price_columns import (
    BOOK,
    FROM_QUANTITY,
    IMPORTED,
    PRICE,
    PRODUCT,
    TABLE,
    VALID_FROM,
    VALID_UNTIL,
)
from sfa.interchange.targets import CURRENCY
from sfa.services.imports.columns import Batch
from sfa.services.imports.record_ids import LISTED, record_ids
from sfa.services.imports.records import present_rows

Terms = tuple[object, ...]
_TERMS = (BOOK, PRODUCT, FROM_QUANTITY, VALID_FROM, VALID_UNTIL)


def settle(connection: sqlite3.Connection, batch: Batch) -> None:
    """Let rows meet the prices that stand in their books at the same terms; reject what does not fit."""
    if batch.noun is not IMPORTED:
        return
    _fill_up(batch)
    terms = list(zip(*(batch.column(field.column) for field in _TERMS), strict=True))
    _refuse_days(batch)
    _refuse_currencies(connection, batch)
    _refuse_repeated(batch, terms)
    books = {str(each[0]) for each in terms if each[0] is not None}
    known = _known(connection, books)
    keys = ["|".join("" if part is None else str(part) for part in each) for each in terms]
    made = record_ids(batch.context.organisation, batch.mapping.source, TABLE, keys)
    batch.wanted.ids = [known.get(each, row_id) for each, row_id in zip(terms, made, strict=True)]
    present = present_rows(connection, TABLE, batch.wanted.ids, ())
    batch.existing = {place for place, row_id in enumerate(batch.wanted.ids) if row_id in present}


def _fill_up(batch: Batch) -> None:
    """Write the book of the whole file, and quantities of zero, where a row says nothing of them."""
    usual = batch.wanted.defaults.get(BOOK.column)
    for column, value in ((BOOK.column, usual), (FROM_QUANTITY.column, 0)):
        given = batch.column(column)
        batch.wanted.columns[column] = [value if each is None else each for each in given]


def _refuse_days(batch: Batch) -> None:
    for place, (first, last) in enumerate(
        zip(batch.column(VALID_FROM.column), batch.column(VALID_UNTIL.column), strict=True)
    ):
        if first is not None and last is not None and str(first) > str(last):
            problem = msg("it is before the first day.")
            batch.reject(place, InvalidInput(VALID_UNTIL.label, problem))


def _refuse_currencies(connection: sqlite3.Connection, batch: Batch) -> None:
    """Reject prices in another currency than their book's, by a column or by the price itself."""
    of_books = dict(map(tuple, connection.execute("SELECT id, currency FROM pricebook")))
    by_target = {target: column for column, target in batch.mapping.columns}
    nothing = [""] * len(batch.rows)
    said = batch.cells[by_target[CURRENCY]] if CURRENCY in by_target else nothing
    typed = batch.cells[by_target[PRICE.name]] if PRICE.name in by_target else nothing
    for place, book in enumerate(batch.column(BOOK.column)):
        currency = of_books.get(str(book), "")
        if not currency or place in batch.problems:
            continue
        try:
            given = known_currency(said[place]) if said[place].strip() else currency
        except InvalidInput as error:
            batch.reject(place, error)
            continue
        if given != currency or read_amount(typed[place], currency)[1] != currency:
            problem = msg("{value!r} is in another currency; the book's is {currency}")
            value = typed[place].strip() if given == currency else given
            batch.reject(place, InvalidInput(PRICE.label, problem, value=value, currency=currency))


def _refuse_repeated(batch: Batch, terms: list[Terms]) -> None:
    first: dict[Terms, int] = {}
    for place, each in enumerate(terms):
        if place not in batch.problems and first.setdefault(each, place) != place:
            line = batch.rows[first[each]].line_number
            batch.reject(place, InvalidInput(PRICE.label, msg("it is the same as line {line}."), line=line))


def _known(connection: sqlite3.Connection, books: set[str]) -> dict[Terms, str]:
    """Return terms -> price of the books' live prices; of several at the same terms the later one."""
    columns = ", ".join(field.column for field in _TERMS)
    rows = connection.execute(
        f"SELECT {columns}, id FROM {TABLE} WHERE pricebook_id IN {LISTED}"
        " AND deleted_at IS NULL ORDER BY id",
        (json.dumps(sorted(books)),),
    )
    return {tuple(row)[:-1]: row[-1] for row in rows}
