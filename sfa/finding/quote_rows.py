"""Lines of a quote out of rows that were pasted: product, quantity, price, discount. Read-only."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from sfa.errors import InvalidInput, NotFound, SfaError, msg
from sfa.finding.folding import fold
from sfa.finding.quote_pricing import Terms, default_tax, line_of, product_of, typed_lines
from sfa.finding.quoting import costs_of
from sfa.finding.references import resolve, whole_ids
from sfa.interchange.quote_line_text import read_discount, read_quantity, read_unit_price, without_other
from sfa.interchange.quote_lines import QuoteLine

_PARTS = 4
MOST_ROWS = 500


class Read(NamedTuple):
    """Lines that rows mean, what their products cost us, and the rows that mean none with the reason."""

    lines: tuple[QuoteLine, ...]
    costs: Mapping[str, int]
    rejects: tuple[tuple[str, SfaError], ...]


class Found(NamedTuple):
    """A line of a product, what it costs us, and why it has no price, where it has none."""

    line: QuoteLine
    costs: Mapping[str, int]
    fault: SfaError | None = None


def product_line(
    connection: sqlite3.Connection, terms: Terms, typed: str, quantity_milli: int, key: str, *, today: date
) -> Found:
    """Return a line of the product that a text names, without a price where nothing gives one.

    Raises:
        NotFound, Ambiguous: it names none, or several.
        Refused: the product is discontinued.
    """
    product = resolve(connection, "product", typed).id
    if not whole_ids(connection, "product", typed) and not _is_called(connection, product, typed):
        raise NotFound(msg("There is no {noun} {id}."), noun=msg("product"), id=typed)
    fault: SfaError | None = None
    try:
        line = line_of(connection, terms, product, quantity_milli, key=key, today=today)
    except (InvalidInput, NotFound) as error:
        fault = error
        line = line_of(connection, terms, product, quantity_milli, key=key, agreed=0, today=today)
    return Found(line, costs_of(connection, (line,), terms.currency, today=today), fault)


def _is_called(connection: sqlite3.Connection, product: str, typed: str) -> bool:
    """Say whether a text is part of a product's name or code, and not only the front of its reference."""
    row = connection.execute(
        "SELECT name, coalesce(code, '') FROM product WHERE id = ?", (product,)
    ).fetchone()
    sought = fold(" ".join(typed.split()))
    return any(sought in fold(text) for text in tuple(row))


def free_line(connection: sqlite3.Connection, name: str, key: str) -> QuoteLine:
    """Return a line of something that is in no list."""
    return QuoteLine(key, name=name, tax_rate_ppm=default_tax(connection))


def read_rows(
    connection: sqlite3.Connection, terms: Terms, text: str, first_key: str, *, today: date
) -> Read:
    """Return what rows mean; empty ones are left out.

    A row is parted by tabs, as spreadsheets copy it; one without is read as ``PRODUCT x 3 @ 99.50 -10%``.
    """
    rows = [row for row in text.splitlines() if row.strip()]
    lines: list[QuoteLine] = []
    rejects: list[tuple[str, SfaError]] = []
    for row in rows:
        key = str(int(first_key) + len(lines))
        try:
            if len(lines) >= MOST_ROWS:
                raise InvalidInput(msg("Lines"), msg("a quote has at most {limit}"), limit=MOST_ROWS)
            lines.append(_line(connection, terms, row, key, today))
        except SfaError as error:
            rejects.append((row, error))
    costs = costs_of(connection, lines, terms.currency, today=today)
    return Read(tuple(lines), costs, tuple(rejects))


def _line(connection: sqlite3.Connection, terms: Terms, row: str, key: str, today: date) -> QuoteLine:
    parts = [part.strip() for part in row.split("\t")]
    if len(parts) == 1:
        return typed_lines(connection, terms, parts, key, today=today)[0]
    return _of_parts(connection, terms, parts, key, today)


def _of_parts(
    connection: sqlite3.Connection, terms: Terms, parts: Sequence[str], key: str, today: date
) -> QuoteLine:
    name, quantity_text, price_text, discount_text = [*parts, *[""] * _PARTS][:_PARTS]
    if not name:
        raise InvalidInput(msg("Product"), msg("it must not be empty"))
    quantity = read_quantity(quantity_text) if quantity_text else 1000
    agreed = read_unit_price(price_text, terms.currency) if price_text else None
    ppm, minor = read_discount(discount_text, terms.currency)
    is_other, name = without_other(name)
    may_be_other = agreed is not None
    product = None if is_other and may_be_other else product_of(connection, name, may_be_other=may_be_other)
    if product is None:
        assert agreed is not None
        line = QuoteLine(key, name=name, quantity_milli=quantity, unit_price_micros=agreed)
        line = replace(line, tax_rate_ppm=default_tax(connection))
    else:
        line = line_of(connection, terms, product, quantity, key=key, agreed=agreed, today=today)
    return replace(line, discount_ppm=ppm, discount_minor=minor)
