"""What a copy of a price book is asked for, and what is typed for it: on the command line and in a form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sfa.errors import InvalidInput, msg
from sfa.fields import Field, Kind
from sfa.interchange.amounts import read_decimal
from sfa.interchange.price_columns import VALID_FROM, VALID_UNTIL
from sfa.interchange.values import LARGEST, parse_value

_BOOK = "pricebook"
NAME = Field("name", Kind.TEXT, msg("Name"), _BOOK, "name", required=True)
CHANGE = Field("change", Kind.RATIO, msg("Change in %"), _BOOK, "")
ROUND = Field("round", Kind.TEXT, msg("Round to"), _BOOK, "")
ASKED = (NAME, CHANGE, ROUND, VALID_FROM, VALID_UNTIL)
_PLACES = 6  # a price has so many decimals at most


class Wanted(NamedTuple):
    """A copy as it was typed: by how many per cent prices change, to which multiple they are rounded.

    ``multiple`` is ``None`` for the currency's minor unit; the days are ISO texts, ``None`` for no bound.
    """

    name: str
    percent: Decimal
    multiple: Decimal | None
    valid_from: str | None
    valid_until: str | None


def read_copy(texts: Mapping[str, str], *, today: date) -> Wanted:
    """Return what the texts of ``ASKED`` mean, by field name; what is missing or empty was not typed.

    Raises:
        InvalidInput: no name, or a text that is no number or no day.
    """
    name, percent, multiple, first, last = (
        read_field(field, texts.get(field.name, ""), today=today) for field in ASKED
    )
    return Wanted(name, percent, multiple, first, last)


def read_field(field: Field, text: str, *, today: date) -> Any:
    """Return what a text means in one of ``ASKED``, as ``Wanted`` holds it.

    Raises:
        InvalidInput: no name, or a text that is no number or no day.
    """
    plain = text.strip()
    if field == CHANGE:
        bare = plain.rstrip("%％").strip()
        return _number(CHANGE, bare) if bare else Decimal(0)
    if field == ROUND:
        return _multiple(plain) if plain else None
    return parse_value(field, text, today=today, currency="")[field.column]


def _multiple(text: str) -> Decimal:
    number = _number(ROUND, text)
    if number != round(number, _PLACES):
        raise InvalidInput(
            ROUND.label, msg("{value!r} has more than {places} decimals."), value=text, places=_PLACES
        )
    return number


def _number(field: Field, text: str) -> Decimal:
    number = read_decimal(text)
    if number is None:
        raise InvalidInput(field.label, msg("{value!r} is no number."), value=text)
    if abs(number) > LARGEST:
        raise InvalidInput(field.label, msg("{value} is too large."), value=text)
    return number
