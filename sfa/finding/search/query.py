"""What was typed, as parts that must all match, and those as expressions of FTS5.

A Han run is looked for anywhere inside a value. Words are looked for from their
beginning; words parted by signs alone (wang@hua.cn, A-100) must follow one another.
Digits are also a phone number's, from either end; letters also pinyin initials.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from sfa import hanzi
from sfa.store.search.searched import (
    END,
    FIRST,
    INITIALS,
    LINES,
    MARKS,
    NAME,
    OTHER,
    PHONE,
    REACH,
    REVERSED,
    TEXT,
)

FEWEST_DIGITS = 3
FEWEST_INITIALS = 2

_NUMBER = re.compile(r"[0-9+(][0-9+()\-./ ]*")
_LETTERS = re.compile(r"[a-z]+")


class Part(NamedTuple):
    """A part of a query: a Han run, or words one after the other; and what else it may be."""

    words: tuple[str, ...]
    numbers: tuple[str, ...] = ()  # the digits it may be of a phone: as typed, and without country code
    initials: str = ""

    @property
    def is_han(self) -> bool:
        """Say whether the part is a Han run, which stands anywhere."""
        return bool(self.words) and hanzi.is_han(self.words[0])


class Query(NamedTuple):
    """What is looked for. A record matches when all parts of one of the readings do."""

    words: tuple[str, ...]  # of the whole text, in order
    numbers: tuple[str, ...]
    readings: tuple[tuple[Part, ...], ...]


def parse(text: str) -> Query | None:
    """Return what a typed text looks for, or ``None`` when there is no letter or digit in it."""
    normalised = hanzi.normal(text).strip()
    words = tuple(hanzi.pieces(normalised))
    if not words:
        return None
    parts = tuple(part for piece in normalised.split() for part in _parts(piece))
    numbers = _numbers(normalised)
    readings = [parts]
    if numbers and len(parts) > 1:  # 138 0013 8000 is one number, or three words
        readings.insert(0, (Part((), numbers),))
    return Query(words, numbers, tuple(readings))


def _parts(piece: str) -> list[Part]:
    numbers = _numbers(piece)
    if numbers:
        return [Part(tuple(hanzi.pieces(piece)), numbers)]
    return [_part(chain) for chain in hanzi.chains(piece)]


def _part(words: tuple[str, ...]) -> Part:
    only = words[0] if len(words) == 1 else ""
    letters = only if len(only) >= FEWEST_INITIALS and _LETTERS.fullmatch(only) else ""
    return Part(words, _numbers(only), letters)


def _numbers(normalised: str) -> tuple[str, ...]:
    """Return the digits that a text may be of a phone number, the typed ones first."""
    if not _NUMBER.fullmatch(normalised):
        return ()
    digits = "".join(char for char in normalised if char.isdigit())
    if len(digits) < FEWEST_DIGITS:
        return ()
    national = _without_country_code(normalised)
    return (digits, national) if len(national) >= FEWEST_DIGITS and national != digits else (digits,)


def _without_country_code(normalised: str) -> str:
    if not normalised.startswith(("+", "00", "86")) or "(0)" in normalised:
        return ""
    from sfa.interchange.reach import phone_digits

    return phone_digits(normalised)


def matching(query: Query) -> str:
    """Return the expression that every matching record meets."""
    return " OR ".join(f"({' AND '.join(anywhere(part) for part in reading)})" for reading in query.readings)


def anywhere(part: Part) -> str:
    """Return the expression that a part stands in a record."""
    ways = [way for column in (NAME, OTHER, REACH, TEXT, LINES) for way in inside(column, part)]
    return either([*ways, *inside(INITIALS, part)])


def either(ways: Iterable[str]) -> str:
    """Return the expression that one of several is met."""
    return f"({' OR '.join(dict.fromkeys(ways))})"


def begins(column: str, part: Part) -> list[str]:
    """Return the ways in which a value of a column begins with a part."""
    return _phrases(column, part, (FIRST,))


def later(column: str, part: Part) -> list[str]:
    """Return the ways in which a part stands in a column, but not where a value begins."""
    return _phrases(column, part, ("",))


def inside(column: str, part: Part) -> list[str]:
    """Return the ways in which a part stands in a column; in a phone its digits too, from either end."""
    ways = _phrases(column, part, (FIRST, ""))
    if column == REACH:
        for digits in part.numbers:
            ways += [f'"{PHONE}{FIRST}{digits}" *', f'"{REVERSED}{digits[::-1]}" *']
    return ways


def equals(column: str, query: Query) -> str:
    """Return the expression that a value of a column is the whole query, but for signs and spaces."""
    whole = hanzi.tokens(" ".join(query.words)).split(" ")
    ways = [f'"{mark}{FIRST}{f" {mark}".join(whole)}{END}"' for mark in MARKS[column]]
    if column == REACH:
        ways += [f'"{PHONE}{FIRST}{digits}{END}"' for digits in query.numbers]
    return either(ways)


def _phrases(column: str, part: Part, fronts: tuple[str, ...]) -> list[str]:
    entries, star = _entries(column, part)
    if not entries:
        return []
    return [f'"{mark}{front}{f" {mark}".join(entries)}"{star}' for mark in MARKS[column] for front in fronts]


def _entries(column: str, part: Part) -> tuple[list[str], str]:
    """Return a part's entries without marks, and a star when the last one is only a beginning."""
    if column == INITIALS:
        return _pairs(part.initials), ""
    if part.is_han and len(part.words[0]) > 1:
        return _pairs(part.words[0]), ""
    return list(part.words), " *"


def _pairs(run: str) -> list[str]:
    return hanzi.bigrams(run).split(" ")[:-1] if run else []  # without the last character alone
