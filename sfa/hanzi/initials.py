"""Pinyin initials: the letters people type for a Chinese name, ``hckj`` for 华创科技.

One letter a character from a table of our own; a few words and surnames that are read
in another way stand apart. Nothing here is loaded by a program that only reads.
"""

from __future__ import annotations

import re
from functools import lru_cache

from sfa.hanzi.readings import FIRST, LETTERS, SURNAMES, UNKNOWN, WORDS

_LONGEST_PERSON = 4  # a Chinese name has two to four characters
_NO_LETTER = "\u00b7"

_words = re.compile("|".join(WORDS))


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    letters = LETTERS.replace(UNKNOWN, _NO_LETTER)
    return dict(zip(range(FIRST, FIRST + len(letters)), letters, strict=True))


def initials(run: str, *, is_person: bool = False) -> str:
    """Return a Han run's initials, one letter a character; what is no Han character stays.

    A person's name begins with a surname, which may be read in a way of its own.
    """
    letters = run.translate(_table())
    for found in _words.finditer(run):
        letters = letters[: found.start()] + WORDS[found[0]] + letters[found.end() :]
    if is_person and len(run) <= _LONGEST_PERSON:
        surname = SURNAMES.get(run[:2]) or SURNAMES.get(run[:1], "")
        letters = surname + letters[len(surname) :]
    return letters
