"""Typed text to stored value, for every kind of field; the command line and the import share it.

``parse_value`` gives column -> stored value. Links are not resolved here, because
that needs the store; everything else is. Errors name the field, what is wrong
with the value and what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from sfa import money
from sfa.errors import InvalidInput, Msg, msg
from sfa.fields import Field, Kind
from sfa.interchange.amounts import read_amount, read_decimal
from sfa.interchange.choice_words import plain_word, words_of
from sfa.interchange.moments import read_day, read_instant, read_time
from sfa.interchange.reach import email_address, phone_digits, split_many, split_phones

Stored = dict[str, object]
# SQLite keeps 64 bits; a sum over a million rows of the largest amount still fits.
LARGEST = 9_000_000_000_000
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAKS = re.compile(r"\s*[\r\n\t]+\s*")
_YES = frozenset("yes y true t 1 on x ✓ ✔ √ 是 对 有 真".split())
_NO = frozenset("no n false f 0 off - ✗ × 否 不 无 假 不是 没有".split())
_TENTHS = {
    "一": 10,
    "二": 20,
    "三": 30,
    "四": 40,
    "五": 50,
    "六": 60,
    "七": 70,
    "八": 80,
    "九": 90,
    "十": 100,
}


def parse_value(
    field: Field, text: str, *, today: date, currency: str, date_format: str | None = None
) -> Stored:
    """Return column -> stored value for a text typed into a field.

    An empty text empties the field. Money and prices fill two columns, phones
    ``value`` and ``digits``; for other multi-valued fields the text is one value.

    Raises:
        InvalidInput: the text is nothing the field can hold, or the field must not be empty.
    """
    plain = text.strip()
    if not plain:
        return empty_value(field)
    if field.custom_id:
        return {field.column: _custom_text(field, plain, today, date_format)}
    if field.kind in (Kind.DAY, Kind.INSTANT):
        return {field.column: _when(field, plain, today, date_format)}
    if field.kind in (Kind.MONEY, Kind.PRICE):
        return _amount(field, plain, currency)
    if field.kind is Kind.MANY:
        return _one_of_many(field, plain)
    return {field.column: _PLAIN_KINDS[field.kind](field, plain)}


def empty_value(field: Field) -> Stored:
    """Return column -> value of an emptied field.

    Raises:
        InvalidInput: the field must not be empty.
    """
    if field.required:
        raise _refuse(field, msg("a value is needed."))
    if field.kind is Kind.FLAG and not field.custom_id:
        return {field.column: 0}
    return dict.fromkeys([field.column, field.currency_column] if field.currency_column else [field.column])


def split_values(field: Field, text: str) -> list[str]:
    """Return the values of a text for a multi-valued field, in order, without repeats."""
    if field.table == "phone":
        return split_phones(text)
    return split_many(text, address=field.table == "address")


def check_text(field: Field, text: str, limit: int | None = None) -> str:
    """Return a text trimmed, on one line unless the field is long.

    Raises:
        InvalidInput: it holds control characters or is too long.
    """
    plain = text.strip(" \t\r\n\u3000\ufeff\u200b")
    if not plain.isprintable():
        plain = plain.replace("\r\n", "\n") if field.kind is Kind.LONG else _BREAKS.sub(" ", plain)
        if _FORBIDDEN.search(plain):
            raise _refuse(
                field, msg("the text holds control characters."), hint=msg("Retype it without them.")
            )
    allowed = limit or field.max_length
    if allowed and len(plain) > allowed:
        raise _refuse(
            field, msg("{length} characters are too many; {limit} fit."), length=len(plain), limit=allowed
        )
    return plain


def _refuse(field: Field, reason: Msg, *, hint: Msg | None = None, **data: object) -> InvalidInput:
    return InvalidInput(field.label, reason, hint=hint, **data)


def _when(field: Field, plain: str, today: date, date_format: str | None) -> str:
    if field.kind is Kind.INSTANT:
        moment = read_instant(plain, today=today, date_format=date_format)
        if moment:
            return moment
        raise _refuse(
            field,
            msg("{value!r} is no point in time."),
            hint=msg("Write it as 2026-11-22 15:30."),
            value=plain,
        )
    return _day(field, plain, today, date_format)


def _day(field: Field, plain: str, today: date, date_format: str | None) -> str:
    day = read_day(plain, today=today, date_format=date_format)
    if day:
        return day.isoformat()
    if date_format:
        raise _refuse(
            field, msg("{value!r} is no day written {shape} or YYYY-MM-DD."), value=plain, shape=date_format
        )
    raise _refuse(
        field,
        msg("{value!r} is no day."),
        hint=msg("Write it as 2026-11-22, tomorrow or next fri."),
        value=plain,
    )


def _amount(field: Field, plain: str, own_currency: str) -> Stored:
    number, currency = read_amount(plain, own_currency)
    if number is None:
        raise _refuse(
            field, msg("{value!r} is no amount."), hint=msg("Write it as 12000.50 or USD 1,200."), value=plain
        )
    _check_size(field, number)
    if field.kind is Kind.PRICE:
        minor = _whole(field, number * money.MICROS, plain, 6)
    else:
        minor = _whole(field, number.scaleb(money.exponent(currency)), plain, money.exponent(currency))
    stored: Stored = {field.column: minor}
    if field.currency_column:
        stored[field.currency_column] = currency
    return stored


def _check_size(field: Field, number: Decimal) -> None:
    if number < 0 and (field.minimum is None or field.minimum >= 0):
        raise _refuse(
            field,
            msg("{value} is below zero."),
            hint=msg("Write an amount of zero or more."),
            value=str(number),
        )
    if abs(number) > LARGEST:
        raise _refuse(field, msg("{value} is too large."), value=str(number))


def _whole(field: Field, scaled: Decimal, plain: str, places: int) -> int:
    if scaled != scaled.to_integral_value():
        raise _refuse(field, msg("{value!r} has more than {places} decimals."), value=plain, places=places)
    return int(scaled)


def _quantity(field: Field, plain: str) -> int:
    return _in_range(field, _whole(field, _number(field, plain) * 1000, plain, 3), plain)


def _number(field: Field, plain: str) -> Decimal:
    number = read_decimal(plain)
    if number is None:
        raise _refuse(field, msg("{value!r} is no number."), value=plain)
    if abs(number) > LARGEST:
        raise _refuse(field, msg("{value} is too large."), value=plain)
    return number


def _integer(field: Field, plain: str) -> int:
    return _in_range(field, _whole(field, _number(field, plain), plain, 0), plain)


def _percent(field: Field, plain: str) -> int:
    if len(plain) == 2 and plain[1] == "成" and plain[0] in _TENTHS:
        return _TENTHS[plain[0]]
    bare = plain.rstrip("%％").strip()
    return _in_range(field, _whole(field, _number(field, bare), plain, 0), plain)


def _ratio(field: Field, plain: str) -> int:
    bare = plain.rstrip("%％").strip()
    millionths = _whole(field, _number(field, bare) * 10_000, bare, 4)
    low, high = field.minimum, field.maximum
    if low is not None and high is not None and not low <= millionths <= high:
        raise _refuse(
            field,
            msg("{value} is not between {low} and {high}."),
            value=plain,
            low=f"{low // 10_000}%",
            high=f"{high // 10_000}%",
        )
    return millionths


def _in_range(field: Field, number: int, plain: str) -> int:
    low, high = field.minimum, field.maximum
    if low is not None and high is not None and not low <= number <= high:
        raise _refuse(field, msg("{value} is not between {low} and {high}."), value=plain, low=low, high=high)
    if low is not None and number < low:
        raise _refuse(field, msg("{value} is too small."), value=plain)
    if high is not None and number > high:
        raise _refuse(field, msg("{value} is too large."), value=plain)
    return number


def _flag(field: Field, plain: str) -> int:
    word = plain.casefold()
    if word in _YES:
        return 1
    if word in _NO:
        return 0
    raise _refuse(field, msg("{value!r} is neither yes nor no."), value=plain)


def _choice(field: Field, plain: str) -> str:
    value = words_of(field).get(plain_word(plain))
    if value is None:
        raise _refuse(
            field,
            msg("{value!r} is not one of its values."),
            hint=msg("Allowed: {allowed}."),
            value=plain,
            allowed=", ".join(choice.value for choice in field.choices),
        )
    return value


def _time(field: Field, plain: str) -> str:
    moment = read_time(plain)
    if moment is None:
        raise _refuse(field, msg("{value!r} is no time of day."), hint=msg("Write it as 15:30."), value=plain)
    return moment


def _link(field: Field, plain: str) -> str:
    raise ValueError(f"{field.name}: {plain!r} names a record; it is resolved where the store is at hand")


_PLAIN_KINDS: dict[Kind, Callable[[Field, str], object]] = {
    Kind.TEXT: check_text,
    Kind.LONG: check_text,
    Kind.INTEGER: _integer,
    Kind.PERCENT: _percent,
    Kind.RATIO: _ratio,
    Kind.QUANTITY: _quantity,
    Kind.TIME: _time,
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
    Kind.LINK: _link,
}

_MANY_LIMITS = {"phone": 60, "email": 320, "address": 500, "tag": 80}


def _one_of_many(field: Field, plain: str) -> Stored:
    if field.target:
        return {field.column: _link(field, plain)}
    value = check_text(field, plain, _MANY_LIMITS.get(field.table))
    if field.table == "phone":
        digits = phone_digits(value)
        if not digits:
            raise _refuse(
                field,
                msg("{value!r} is no phone number."),
                hint=msg("Write it as +86 138 0013 8000."),
                value=plain,
            )
        return {field.column: value, "digits": digits}
    if field.table == "email":
        value = email_address(value)
        if not value:
            raise _refuse(field, msg("{value!r} is no email address."), value=plain)
    return {field.column: value}


def _custom_text(field: Field, plain: str, today: date, date_format: str | None) -> str:
    """Return a declared field's value as it is stored: as text, whatever its kind."""
    if field.kind is Kind.DAY:
        return _day(field, plain, today, date_format)
    if field.kind is Kind.FLAG:
        return str(_flag(field, plain))
    if field.kind is Kind.CHOICE:
        return _choice(field, plain)
    if field.kind in (Kind.TEXT, Kind.LONG):
        return check_text(field, plain)
    return plain_decimal(_number(field, plain))


def plain_decimal(number: Decimal) -> str:
    """Return a number as text without an exponent and without trailing zeros: ``1100.04``, ``12``."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
