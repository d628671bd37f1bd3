"""What was typed, as parts that must all match, and those as expressions of FTS5.

A Han run is looked for anywhere inside a value. Words are looked for from their
beginning; words parted by signs alone (wang@hua.cn, A-100) must follow one another.
Digits are also a phone number's, from either end; letters also pinyin initials.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sfa import hanzi
from sfa.store.search.searched import BORDER, END, INITIALS, REACH, REVERSED

FEWEST_DIGITS = 3
FEWEST_INITIALS = 2
ANYWHERE = f"- {INITIALS}"  # every column but that of the initials

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
    found = [f"({ANYWHERE} : {phrase(part)})"] if part.words else []
    if part.numbers:
        found.append(number_in_reach(part))
    if part.initials:
        found.append(initials(part))
    return f"({' OR '.join(found)})"


def phrase(part: Part, *, before: str = "") -> str:
    """Return a part's words as a phrase, after another token when one is given."""
    front = f"{before} " if before else ""
    if part.is_han and len(part.words[0]) > 1:
        return f'"{front}{_pairs(part.words[0])}"'
    return f'"{front}{" ".join(part.words)}" *'


def _pairs(run: str) -> str:
    return hanzi.bigrams(run)[:-2]  # without the last character alone


def number_in_reach(part: Part) -> str:
    """Return the expression that a phone begins or ends with the part's digits."""
    ways = [f'"{digits}" * OR "{REVERSED}{digits[::-1]}" *' for digits in part.numbers]
    return f"({REACH} : ({' OR '.join(ways)}))"


def initials(part: Part, *, first: bool = False) -> str:
    """Return the expression that the part's letters are initials within a Han run of a name."""
    return f'({INITIALS} : {"^ " if first else ""}"{_pairs(part.initials)}")'


def begins(column: str, part: Part) -> str:
    """Return the expression that a value of a column begins with a part."""
    return f"({column} : (^ {phrase(part)} OR {phrase(part, before=BORDER)}))"


def equals(column: str, query: Query) -> str:
    """Return the expression that a value of a column is the whole query, but for signs and spaces."""
    wholes = [hanzi.tokens(" ".join(query.words)), *(query.numbers if column == REACH else ())]
    ways = [f'^ "{whole}{END}" OR "{BORDER} {whole}{END}"' for whole in wholes]
    return f"({column} : ({' OR '.join(ways)}))"
