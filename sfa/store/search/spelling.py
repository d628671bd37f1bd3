"""The entries of many texts at once: the same that ``documents`` gives for each alone.

A column's texts are put together with line ends between them, so that a pattern, a
replacement or a table of letters goes over all of them in one call.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from sfa import hanzi
from sfa.hanzi.initials import initials
from sfa.store.search.documents import INITIAL, PAIR_CACHE, entries_of, initial_entries, numbers
from sfa.store.search.searched import END, FIRST, PHONE, REVERSED, SHORTEST_NUMBER

_HAN = "\u4e00-\u9fff"
# Letters that need no look at Unicode's tables; all that is neither digit, letter nor Han parts words.
_PLAIN = re.compile(f"[ -~{_HAN}]*")
_PLAIN_LINES = re.compile(f"[\n -~{_HAN}]*")
_RUN = re.compile(f"[{_HAN}]+")
_SIGNS = re.compile(f"[^\n0-9a-z{_HAN}]+")
_NO_HAN = re.compile(f"[^\n{_HAN}]+")
_NO_DIGITS = re.compile("[^\n0-9]+")

_Match = re.Match[str]


def values_of(mark: str, texts: Sequence[str]) -> list[str]:
    """Return each normalised text's entries with a mark; empty texts have none."""
    first, between = f"{mark}{FIRST}", f" {mark}"

    def spelled(lines: str) -> list[str]:
        found = lines if lines.isascii() else _RUN.sub(_spaced_pairs, lines)
        found = _trimmed(_SIGNS.sub(" ", found)).replace(" ", between)
        return [f"{first}{line}{END}" if line else "" for line in found.split("\n")]

    return _line_by_line(texts, spelled, lambda text: entries_of(mark, text))


def letters_of(texts: Sequence[str], *, is_person: bool) -> list[str]:
    """Return the entries of the initials of each normalised name, Han run by Han run."""
    first, between = f"{INITIAL}{FIRST}", f" {INITIAL}"
    initial_pairs = _initials_of_people if is_person else _initials_of_others

    def spelled(lines: str) -> list[str]:
        if lines.isascii():
            return [""] * (lines.count("\n") + 1)
        found = _RUN.sub(initial_pairs, _trimmed(_NO_HAN.sub(" ", lines))).replace(" ", between)
        return [f"{first}{line}" if line else "" for line in found.split("\n")]

    return _line_by_line(texts, spelled, lambda text: initial_entries(text, is_person=is_person))


def numbers_of(texts: Sequence[str], digits: Sequence[str]) -> list[str]:
    """Return each phone as ``documents.numbers`` does; ``texts`` are what was written, normalised."""
    lines = "\n".join(texts)
    if not texts or not lines.isascii() or lines.count("\n") >= len(texts):
        return [numbers(text, found) for text, found in zip(texts, digits, strict=True)]
    raws = _NO_DIGITS.sub("", lines).split("\n")
    return [
        _number(text, written, raw, found)
        for text, written, raw, found in zip(texts, values_of(PHONE, texts), raws, digits, strict=True)
    ]


def _number(text: str, written: str, raw: str, digits: str) -> str:
    if text == digits or not digits or not raw.endswith(digits) or len(raw) < SHORTEST_NUMBER:
        return numbers(text, digits)
    whole = "" if raw == text else f" {PHONE}{FIRST}{raw}{END}"
    national = "" if digits == raw else f" {PHONE}{FIRST}{digits}{END}"
    return f"{written}{whole}{national} {REVERSED}{raw[::-1]}"


def _line_by_line(
    texts: Sequence[str], spelled: Callable[[str], list[str]], alone: Callable[[str], str]
) -> list[str]:
    """Spell plain texts together, the others one by one."""
    if not texts:
        return []
    lines = "\n".join(texts)
    if _PLAIN_LINES.fullmatch(lines) and lines.count("\n") == len(texts) - 1:
        return spelled(lines)
    odd = {place for place, text in enumerate(texts) if not _PLAIN.fullmatch(text)}
    found = spelled("\n".join(["" if place in odd else text for place, text in enumerate(texts)]))
    for place in odd:
        found[place] = alone(texts[place])
    return found


def _trimmed(lines: str) -> str:
    """Take the space away at the beginning and end of each line, where there is one at most."""
    return lines.replace(" \n", "\n").replace("\n ", "\n").strip(" ")


def _spaced_pairs(found: _Match) -> str:
    return _pairs(found[0])


@lru_cache(maxsize=PAIR_CACHE)
def _pairs(run: str) -> str:
    return f" {hanzi.bigrams(run)} "


def _initials_of_people(found: _Match) -> str:
    return _initial_pairs(found[0], True)


def _initials_of_others(found: _Match) -> str:
    return _initial_pairs(found[0], False)


@lru_cache(maxsize=PAIR_CACHE)
def _initial_pairs(run: str, is_person: bool) -> str:
    return hanzi.bigrams(initials(run, is_person=is_person))
