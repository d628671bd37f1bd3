"""What a search must find, told plainly and apart from the program: it looks at every value."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

FEWEST_DIGITS, FEWEST_INITIALS = 3, 2
WRITTEN_WITHOUT_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "IDEOGRAPHIC", "BOPOMOFO", "THAI")

Initials = Callable[[str], str]


class Value(NamedTuple):
    """A value of a record: name, other, reach or text; the national digits of a phone."""

    column: str
    text: str
    national: str | None = None


@lru_cache(maxsize=1_000_000)
def fold(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def kind(char: str) -> str:
    if unicodedata.name(char, "").startswith(WRITTEN_WITHOUT_SPACES):
        return "han" if char.isalnum() or unicodedata.category(char).startswith("M") else ""
    return "word" if char.isalnum() else ""


@lru_cache(maxsize=1_000_000)
def split(text: str) -> list[tuple[str, str, str]]:
    """Return (kind, piece, what stands before it) of a folded text."""
    found: list[tuple[str, str, str]] = []
    between, last = "", ""
    for char in text:
        if not kind(char):
            between += char
        elif kind(char) == last and not between:
            found[-1] = (last, found[-1][1] + char, found[-1][2])
        else:
            found.append((kind(char), char, between))
            between = ""
        last = kind(char) or last
    return found


def parts_of(typed: str) -> list[list[str]]:
    """Return the parts of a query: a Han run alone, or words with nothing but ASCII signs between."""
    found: list[list[str]] = []
    for typed_piece in fold(typed).split():
        before = ""
        for what, piece, between in split(typed_piece):
            if what == "word" and before == "word" and between and between.isascii():
                found[-1].append(piece)
            else:
                found.append([piece])
            before = what
    return found


def digits(text: str) -> str:
    return "".join(char for char in text if char in "0123456789")


def number(typed: str) -> str:
    folded = fold(typed).strip()
    is_number = bool(folded) and folded[0] in "0123456789+(" and set(folded) <= set("0123456789+()-./ ")
    return digits(folded) if is_number and len(digits(folded)) >= FEWEST_DIGITS else ""


def word_matches(words: Sequence[str], value: str) -> bool:
    there = split(fold(value))
    for first in range(len(there) - len(words) + 1):
        some = there[first : first + len(words)]
        if any(what != "word" for what, _, _ in some):
            continue
        if [piece for _, piece, _ in some[:-1]] == list(words[:-1]) and some[-1][1].startswith(words[-1]):
            return True
    return False


def number_matches(typed: str, value: Value) -> bool:
    if value.national is None:
        return False
    typed_digits = {typed, typed.removeprefix("86") if len(typed) == 13 else typed}
    return any(
        number.startswith(each) or number.endswith(each)
        for number in (digits(value.text), value.national)
        for each in typed_digits
    )


def part_matches(words: Sequence[str], values: Iterable[Value], initials: Initials) -> bool:
    what = kind(words[0][0])
    typed = number(words[0]) if len(words) == 1 else ""
    letters = words[0] if len(words) == 1 and words[0].isascii() and words[0].isalpha() else ""
    for value in values:
        if what == "han":
            if words[0] in fold(value.text):
                return True
        elif word_matches(words, value.text):
            return True
        if typed and number_matches(typed, value):
            return True
        # A phone's digits are a word as well.
        forward = () if value.national is None else (digits(value.text), value.national)
        if len(words) == 1 and any(each.startswith(words[0]) for each in forward):
            return True
        if len(letters) >= FEWEST_INITIALS and value.column in {"name", "other"}:
            runs = [piece for kind_, piece, _ in split(fold(value.text)) if kind_ == "han"]
            if any(letters in initials(run) for run in runs):
                return True
    return False


def matches(typed: str, values: Sequence[Value], initials: Initials) -> bool:
    """Say whether a record with these values must be found."""
    whole = number(typed)
    if whole and any(number_matches(whole, value) for value in values):
        return True
    parts: list[list[str]] = []
    for piece in typed.split():
        as_number = number(piece)
        if as_number and any(number_matches(as_number, value) for value in values):
            continue
        parts += [[each for _, each, _ in split(fold(piece))]] if as_number else parts_of(piece)
    if not split(fold(typed)):
        return False
    return all(part_matches(part, values, initials) for part in parts)
