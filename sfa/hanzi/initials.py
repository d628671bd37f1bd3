"""Pinyin initials: the letters people type for a Chinese name, ``hckj`` for 华创科技.

One letter a character from a table of our own; a few words and surnames that are read
in another way stand apart. Nothing here is loaded by a program that only reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from sfa.hanzi.readings import FIRST, LETTERS, SURNAMES, UNKNOWN, WORDS

_LONGEST_PERSON = 4  # a Chinese name has two to four characters
_NO_LETTER = "\u00b7"

_words = re.compile("|".join(WORDS))


class _Readings(NamedTuple):
    letters: dict[int, str]
    varying: Callable[[str], object]  # finds a character that some word reads in another way


@lru_cache(maxsize=1)
def _readings() -> _Readings:
    known = LETTERS.replace(UNKNOWN, _NO_LETTER)
    letters = dict(zip(range(FIRST, FIRST + len(known)), known, strict=True))
    varying = {
        char
        for word, read in WORDS.items()
        for char, letter in zip(word, read, strict=True)
        if letters[ord(char)] != letter
    }
    return _Readings(letters, re.compile(f"[{''.join(sorted(varying))}]").search)


def initials(run: str, *, is_person: bool = False) -> str:
    """Return a Han run's initials, one letter a character; what is no Han character stays.

    A person's name begins with a surname, which may be read in a way of its own.
    """
    readings = _readings()
    letters = run.translate(readings.letters)
    if readings.varying(run):
        for found in _words.finditer(run):
            letters = letters[: found.start()] + WORDS[found[0]] + letters[found.end() :]
    if is_person and len(run) <= _LONGEST_PERSON:
        surname = SURNAMES.get(run[:2]) or SURNAMES.get(run[:1], "")
        letters = surname + letters[len(surname) :]
    return letters
