"""Whether the values of a document can be priced; each refusal names the line and the column."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

from sfa.errors import InvalidInput, Msg, msg
from sfa.money import CURRENCIES, MICROS
from sfa.pricing.document import Document, Line
from sfa.pricing.rounding import PPM
from sfa.terms import LineKind, Rounding, TaxMode, TaxRounding

MOST_MINOR = 10**15  # of a line; hundreds of such lines fit into 64 bits with any tax
MOST_MICROS = 10**15
MOST_QUANTITY_MILLI = 10**12
MOST_TAX_PPM = 10 * PPM
MOST_CASH_STEP_MINOR = 10_000


def check_document(document: Document) -> None:
    """Refuse what no document may say.

    Raises:
        InvalidInput: the first value that cannot be; its data has ``column``, of a line also
            ``line`` (its number, from 1) and ``key``.
        TypeError: a number that is not whole; a programming error.
    """
    check_currency(document.currency)
    _check_words(document)
    _whole(document.discount_ppm, document.discount_minor, document.cash_step_minor)
    if not 0 <= document.discount_ppm <= PPM:
        raise InvalidInput(
            msg("Discount"),
            msg("it is between 0 % and {most} %, and {percent} % is not"),
            column="discount_ppm",
            most=percent(PPM),
            percent=percent(document.discount_ppm),
        )
    if document.discount_minor < 0:
        raise InvalidInput(msg("Discount"), msg("it must not be negative"), column="discount_minor")
    if document.discount_ppm and document.discount_minor:
        raise InvalidInput(
            msg("Discount"), msg("it is either a percentage or an amount, not both"), column="discount_minor"
        )
    if not 0 <= document.cash_step_minor <= MOST_CASH_STEP_MINOR:
        raise InvalidInput(
            msg("Cash rounding"),
            msg("the step is between 0 and {most} of the smallest unit of {currency}, and {value} is not"),
            column="cash_step_minor",
            most=MOST_CASH_STEP_MINOR,
            currency=document.currency,
            value=document.cash_step_minor,
        )
    for number, line in enumerate(document.lines, 1):
        if not _is_usual(line):
            _check_line(line, number)
    _check_keys(document.lines)
    _check_alternatives(document.lines)


def check_currency(currency: str) -> None:
    """Refuse a code that ISO 4217 does not know.

    Raises:
        InvalidInput: the code is no currency.
    """
    if currency not in CURRENCIES:
        raise InvalidInput(
            msg("Currency"),
            msg("{value!r} is no currency code of ISO 4217"),
            hint=msg("Write it as CNY, EUR or USD."),
            column="currency",
            value=currency,
        )


def percent(ppm: int) -> str:
    """Return parts per million as a percentage without zeros at its end: ``8.875``."""
    return f"{Decimal(ppm).scaleb(-4):f}".rstrip("0").rstrip(".")


def _check_words(document: Document) -> None:
    """Refuse words that this version does not know: it would not know how to compute either."""
    words: tuple[tuple[str, str, type[StrEnum], Msg], ...] = (
        ("tax_mode", document.tax_mode, TaxMode, msg("Tax")),
        ("tax_rounding", document.tax_rounding, TaxRounding, msg("Tax rounding")),
        ("rounding", document.rounding, Rounding, msg("Rounding")),
        ("cash_rounding", document.cash_rounding, Rounding, msg("Cash rounding")),
        *(
            ("kind", kind, LineKind, msg("Kind"))
            for kind in dict.fromkeys(line.kind for line in document.lines)
        ),
    )
    for column, word, known, label in words:
        if word not in list(known):
            raise InvalidInput(
                label,
                msg("{value!r} is unknown; allowed are: {allowed}"),
                column=column,
                value=str(word),
                allowed=", ".join(known),
            )


def _refused(line: Line, number: int, field: Msg, reason: Msg, column: str, **data: object) -> InvalidInput:
    error = InvalidInput(field, reason, line=number, key=line.key, column=column)
    error.data.update(data)
    return error


def _is_usual(line: Line) -> bool:
    """Say in one look whether nothing is wrong with a line; most are a product's, and are looked at often."""
    quantity, price = line.quantity_milli, line.unit_price_micros
    ppm, minor, rate = line.discount_ppm, line.discount_minor, line.tax_rate_ppm
    listed, cost = line.list_price_micros or 0, line.unit_cost_micros or 0
    return (
        line.kind == LineKind.PRODUCT
        and type(quantity) is type(price) is type(ppm) is type(minor) is int
        and type(rate) is type(listed) is type(cost) is int
        and 0 < quantity <= MOST_QUANTITY_MILLI
        and 0 <= price <= MOST_MICROS
        and 0 <= listed <= MOST_MICROS
        and 0 <= cost <= MOST_MICROS
        and 0 <= ppm <= PPM
        and minor >= 0
        and not (ppm and minor)
        and 0 <= rate <= MOST_TAX_PPM
    )


def _check_line(line: Line, number: int) -> None:
    _whole(line.quantity_milli, line.unit_price_micros, line.discount_ppm, line.discount_minor)
    _whole(line.tax_rate_ppm, line.unit_cost_micros or 0, line.list_price_micros or 0)
    _check_quantity(line, number)
    _check_price(line, number, "unit_price_micros", msg("Price"), line.unit_price_micros)
    _check_price(line, number, "list_price_micros", msg("List price"), line.list_price_micros or 0)
    _check_price(line, number, "unit_cost_micros", msg("Cost"), line.unit_cost_micros or 0)
    _check_discount(line, number)
    if not 0 <= line.tax_rate_ppm <= MOST_TAX_PPM:
        reason = msg("line {line}: it is between 0 % and {most} %, and {percent} % is not")
        said = {"most": percent(MOST_TAX_PPM), "percent": percent(line.tax_rate_ppm)}
        raise _refused(line, number, msg("Tax rate"), reason, "tax_rate_ppm", **said)
    if line.kind != LineKind.PRODUCT and (line.unit_price_micros or line.discount_ppm or line.discount_minor):
        reason = (
            msg("line {line}: a gift has neither price nor discount")
            if line.kind == LineKind.GIFT
            else msg("line {line}: a text has neither price nor discount")
        )
        raise _refused(line, number, msg("Price"), reason, "unit_price_micros")
    if line.kind == LineKind.TEXT and (line.is_optional or line.alternative_of is not None):
        reason = msg("line {line}: a text is neither optional nor an alternative")
        raise _refused(line, number, msg("Kind"), reason, "kind")


def _check_quantity(line: Line, number: int) -> None:
    if line.quantity_milli <= 0:
        reason = msg("line {line}: it must be more than zero, and {value} is not")
        value = f"{Decimal(line.quantity_milli) / 1000:f}"
        raise _refused(line, number, msg("Quantity"), reason, "quantity_milli", value=value)
    if line.quantity_milli > MOST_QUANTITY_MILLI:
        raise _refused(line, number, msg("Quantity"), msg("line {line}: it is too large"), "quantity_milli")


def _check_price(line: Line, number: int, column: str, label: Msg, micros: int) -> None:
    if micros < 0:
        reason = msg("line {line}: it must not be negative, and {value} is")
        raise _refused(line, number, label, reason, column, value=f"{Decimal(micros) / MICROS:f}")
    if micros > MOST_MICROS:
        raise _refused(line, number, label, msg("line {line}: it is too large"), column)


def _check_discount(line: Line, number: int) -> None:
    label = msg("Discount")
    if not 0 <= line.discount_ppm <= PPM:
        reason = msg("line {line}: it is between 0 % and {most} %, and {percent} % is not")
        said = {"most": percent(PPM), "percent": percent(line.discount_ppm)}
        raise _refused(line, number, label, reason, "discount_ppm", **said)
    if line.discount_minor < 0:
        reason = msg("line {line}: it must not be negative")
        raise _refused(line, number, label, reason, "discount_minor")
    if line.discount_ppm and line.discount_minor:
        reason = msg("line {line}: it is either a percentage or an amount, not both")
        raise _refused(line, number, label, reason, "discount_minor")


def _check_keys(lines: Iterable[Line]) -> None:
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        if not line.key or line.key in seen:
            reason = (
                msg("line {line}: {key!r} is another line's") if line.key else msg("line {line}: it is empty")
            )
            raise InvalidInput(msg("Line"), reason, line=number, key=line.key, column="key")
        seen.add(line.key)


def _check_alternatives(lines: Iterable[Line]) -> None:
    """Of lines that stand for each other one is taken; none may be where all are optional."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        if line.alternative_of is not None:
            groups.setdefault(line.alternative_of, []).append(line)
    for group, members in groups.items():
        taken = sum(line.is_taken for line in members)
        if taken > 1 or (taken == 0 and not all(line.is_optional for line in members)):
            raise InvalidInput(
                msg("Alternatives"),
                msg("of {group!r} one line is taken, and not {count}"),
                hint=msg("Choose the one the customer is to get."),
                column="is_taken",
                group=group,
                count=taken,
                keys=tuple(line.key for line in members),
            )


def _whole(*values: int) -> None:
    for value in values:
        if type(value) is not int:
            raise TypeError(f"{value!r} is no whole number")
