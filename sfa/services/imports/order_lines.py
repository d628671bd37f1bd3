"""The lines of imported orders: read from their rows, priced where the file does not, and totalled."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sfa.errors import InvalidInput, SfaError, msg
from sfa.finding.price_rows import BooksOfMany, load_for_many
from sfa.finding.prices import Price, price_in
from sfa.finding.quote_pricing import unpriced
from sfa.interchange.amounts import known_currency
from sfa.interchange.order_columns import (
    AMOUNT,
    DESCRIPTION,
    DISCOUNT,
    LINE,
    NOTE,
    PRICE,
    PRODUCT,
    QUANTITY,
    TAX,
    UNIT,
)
from sfa.interchange.quote_line_text import read_discount, read_rate
from sfa.interchange.quote_lines import QuoteLine
from sfa.interchange.targets import CURRENCY
from sfa.money import exponent
from sfa.pricing.rounding import divide
from sfa.services.imports.order_rows import OrderRows
from sfa.terms import Rounding

ONE_MILLI = 1000


@dataclass(frozen=True, slots=True)
class SaidLine:
    """What a row says of its line; ``None`` where it says nothing. Units as of ``QuoteLine``."""

    row: int
    number: int | None
    product: str | None
    name: str | None
    note: str | None
    unit: str | None
    quantity_milli: int
    price_micros: int | None
    discount: tuple[int, int] | None
    tax_ppm: int | None


class LineReader:
    """Reads the lines of a file's orders, and finds prices in the store where rows name none."""

    def __init__(self, connection: sqlite3.Connection, rows: OrderRows) -> None:
        self._rows = rows
        self._batch = rows.lines
        self._columns = {
            each.name: rows.lines.column(each.column)
            for each in (LINE, PRODUCT, DESCRIPTION, NOTE, UNIT, QUANTITY, PRICE, AMOUNT, DISCOUNT, TAX)
        }
        self._named = {each: rows.lines.column(each.currency_column) for each in (PRICE, AMOUNT)}
        self._defaults = rows.lines.mapping.defaults
        self._has_quantities = any(target == QUANTITY.name for _, target in rows.lines.mapping.columns)
        self._taxes = {
            row[0].casefold(): row[1]
            for row in connection.execute("SELECT name, rate_ppm FROM tax WHERE deleted_at IS NULL")
        }
        self._rates: dict[str, int] = {}
        products = sorted({str(each) for each in self._columns[PRODUCT.name] if each is not None})
        accounts = sorted({str(each) for each in rows.heads.column("account_id") if each is not None})
        self._books: BooksOfMany = load_for_many(connection, products, accounts)
        self._prices: dict[tuple[object, ...], Price] = {}

    def currency(self, place: int) -> str | None:
        """Return the currency of an order: of its column, its prices, the mapping or the organisation."""
        heads = self._rows.heads
        column = next((column for column, target in heads.mapping.columns if target == CURRENCY), None)
        text = heads.cells[column][place].strip() if column else ""
        named = {
            str(values[line])
            for values in self._named.values()
            for line in self._rows.members[place]
            if values[line] is not None
        }
        usual = heads.mapping.currency or heads.context.currency
        try:
            found = known_currency(text or (min(named) if named else usual))
        except InvalidInput as error:
            heads.reject(place, error)
            return None
        if named - {found}:
            problem = msg("{value!r} is in another currency; the order's is {currency}")
            other = min(named - {found})
            heads.reject(place, InvalidInput(PRICE.label, problem, value=other, currency=found))
            return None
        return found

    def said(self, place: int, currency: str) -> list[SaidLine] | None:
        """Return what the rows of an order say of its lines, by their numbers; note the bad ones."""
        found = [self._said(row, currency) for row in self._rows.members[place]]
        lines = [each for each in found if each is not None]
        numbers: dict[int, int] = {}
        for each in lines:
            if each.number is not None and numbers.setdefault(each.number, each.row) != each.row:
                problem = msg("the order has a line {number} already, in line {line} of the file.")
                line = self._batch.rows[numbers[each.number]].line_number
                self._batch.reject(each.row, InvalidInput(LINE.label, problem, number=each.number, line=line))
        if any(row in self._batch.problems for row in self._rows.members[place]):
            return None
        return sorted(lines, key=lambda each: (each.number is None, each.number or 0))

    def _said(self, row: int, currency: str) -> SaidLine | None:
        values = {name: column[row] for name, column in self._columns.items()}
        quantity = values[QUANTITY.name]
        milli = ONE_MILLI if quantity is None else int(str(quantity))
        if quantity is None and self._has_quantities and row not in self._batch.problems:
            self._batch.reject(row, InvalidInput(QUANTITY.label, msg("a value is needed.")))
        if values[PRODUCT.name] is None and values[DESCRIPTION.name] is None:
            if row not in self._batch.problems:
                problem = msg("a line names its product, or says in its description what it is.")
                self._batch.reject(row, InvalidInput(PRODUCT.label, problem))
            return None
        try:
            discount = self._discount(values[DISCOUNT.name], currency)
            return SaidLine(
                row,
                _whole(values[LINE.name]),
                _text(values[PRODUCT.name]),
                _text(values[DESCRIPTION.name]),
                _text(values[NOTE.name]),
                _text(values[UNIT.name]),
                milli,
                _price(values, milli, currency, discount),
                discount,
                self._tax(values[TAX.name]),
            )
        except InvalidInput as error:
            self._batch.reject(row, error)
            return None

    def _discount(self, said: object, currency: str) -> tuple[int, int] | None:
        return None if said is None else read_discount(str(said), currency)

    def _tax(self, said: object) -> int | None:
        if said is None:
            return None
        text = str(said).strip()
        if text not in self._rates:
            known = self._taxes.get(text.casefold())
            self._rates[text] = read_rate(text) if known is None else known
        return self._rates[text]

    def lines(self, place: int, said: Sequence[SaidLine], currency: str) -> list[QuoteLine] | None:
        """Return the lines of a new order, at the prices said or those of the price books on its day."""
        account = str(self._rows.heads.column("account_id")[place])
        day = date.fromisoformat(str(self._rows.heads.column("ordered_on")[place]))
        taken = {each.number for each in said if each.number is not None}
        free = (number for number in range(1, len(said) + len(taken) + 1) if number not in taken)
        made = []
        for each in said:
            try:
                key = str(each.number if each.number is not None else next(free))
                made.append(self._line(each, key, account, currency, day))
            except InvalidInput as error:
                self._batch.reject(each.row, error)
        return made if len(made) == len(said) else None

    def _line(self, said: SaidLine, key: str, account: str, currency: str, day: date) -> QuoteLine:
        product = self._books.products.get(said.product or "")
        listed, book = None, None
        if said.price_micros is None:
            found = self._listed(said, account, currency, day)
            listed, book = found.price_micros, found.book or None
        price = said.price_micros if said.price_micros is not None else listed
        assert price is not None
        ppm, minor = said.discount or self._usual_discount(currency)
        name = said.name or (product.name if product else None) or self._named_product(said.row)
        return QuoteLine(
            key,
            product=said.product,
            code=product.code if product else None,
            name=name,
            note=said.note,
            unit=said.unit or (product.unit if product else None) or self._defaults.get(UNIT.name),
            quantity_milli=said.quantity_milli,
            unit_price_micros=price,
            list_price_micros=listed,
            book=book,
            discount_ppm=ppm,
            discount_minor=minor,
            tax_rate_ppm=self._usual_tax() if said.tax_ppm is None else said.tax_ppm,
        )

    def _listed(self, said: SaidLine, account: str, currency: str, day: date) -> Price:
        """Return what the price books, else the product itself, ask for a line on its order's day."""
        product, hint = (
            said.product,
            msg("Add a column with prices, or the price: sfa pricebook set BOOK PRODUCT."),
        )
        if product is None or product not in self._books.products:
            raise InvalidInput(PRICE.label, msg("a value is needed."), hint=hint)
        books = self._books.of(account)
        known = (id(books), product, said.quantity_milli, currency, day)
        found = self._prices.get(known)
        if found is None:
            found = price_in(books, product, said.quantity_milli, on=day, currency=currency)
            self._prices[known] = found
        if found.price_micros is None:
            raise unpriced(found, currency, hint)
        return found

    def _usual_discount(self, currency: str) -> tuple[int, int]:
        return read_discount(self._defaults.get(DISCOUNT.name, ""), currency)

    def _usual_tax(self) -> int:
        return self._tax(self._defaults.get(TAX.name)) or 0

    def _named_product(self, row: int) -> str:
        """Return the text that names a product which the import makes."""
        return self._batch.links.get(PRODUCT.name, [""] * (row + 1))[row]


def _price(
    values: Mapping[str, Any], quantity_milli: int, currency: str, discount: tuple[int, int] | None
) -> int | None:
    """Return the unit price a row says, or the one its amount comes to."""
    if values[PRICE.name] is not None or values[AMOUNT.name] is None:
        return _whole(values[PRICE.name])
    amount = int(values[AMOUNT.name])
    if discount is not None and any(discount):
        raise InvalidInput(
            AMOUNT.label,
            msg("beside a discount it leaves the price open."),
            hint=msg("Map a column with the price of one."),
        )
    price = divide(amount * 1000, quantity_milli, Rounding.HALF_UP)
    smallest = 10 ** (6 - exponent(currency))
    exact = divide(price * quantity_milli, 1000 * smallest, Rounding.HALF_UP)
    if exact != divide(amount, smallest, Rounding.HALF_UP):
        raise InvalidInput(AMOUNT.label, msg("no price of six decimals comes to it."))
    return price


def _whole(value: object) -> int | None:
    return None if value is None else int(str(value))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def differing(said: Sequence[SaidLine], stored: Sequence[QuoteLine]) -> bool:
    """Say whether an order has other lines than a file says; what the file leaves open is the same."""
    left = list(stored)
    for each in said:
        place = next((at for at, line in enumerate(left) if _is_said(each, line)), None)
        if place is None:
            return True
        del left[place]
    return bool(left)


def _is_said(said: SaidLine, line: QuoteLine) -> bool:
    return (
        (said.product == line.product)
        and said.quantity_milli == line.quantity_milli
        and (said.price_micros is None or said.price_micros == line.unit_price_micros)
        and (said.discount is None or said.discount == (line.discount_ppm, line.discount_minor))
        and (said.tax_ppm is None or said.tax_ppm == line.tax_rate_ppm)
        and (said.product is not None or said.name == line.name)
    )


def reason_of_row(error: SfaError) -> int | None:
    """Return the place of the line, from 0, that a refusal of pricing is about."""
    number = error.data.get("line")
    return number - 1 if isinstance(number, int) else None


def fill_currencies(rows: OrderRows) -> None:
    """Let every row have its order's currency before prices are read."""
    heads, lines = rows.heads, rows.lines
    for column, target in heads.mapping.columns:
        if target == CURRENCY:
            of_orders = heads.cells[column]
            lines.cells = {**lines.cells, column: [of_orders[place] for place in rows.of_line]}
