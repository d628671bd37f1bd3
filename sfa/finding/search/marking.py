"""Where in a field a query matches, and the text around it. Works on the few records that are shown."""

from __future__ import annotations

import re
from typing import NamedTuple

from sfa import hanzi
from sfa.finding.search.query import FEWEST_DIGITS, Part, Query

Span = tuple[int, int]  # start and end of a match in the text as it is shown

_AROUND = 30
_CLUSTER = re.compile(r".[\u0300-\u036f\u3099\u309a\u1160-\u11ff\uff9e\uff9f]*", re.DOTALL)


class Excerpt(NamedTuple):
    """A piece of a field's text, and the matches within it, in order and apart."""

    text: str
    spans: tuple[Span, ...]


def spans_of(
    text: str, query: Query, *, digits: str | None = None, is_name: bool = False, is_person: bool = False
) -> list[Span]:
    """Return where the parts of a query match in a text, joined where they touch.

    ``digits`` are those of a phone; only a name is looked at for initials.
    """
    normalised, places = _aligned(text)
    found: list[Span] = []
    for part in {part for reading in query.readings for part in reading}:
        found += _words(normalised, part)
        if digits is not None and part.numbers:
            found += _number(normalised, digits, part)
        if is_name and part.initials:
            found += _initials(normalised, part, is_person=is_person)
    return _joined([(places[start], places[end]) for start, end in found])


def _aligned(text: str) -> tuple[str, list[int]]:
    """Return the normalised text, and for each place in it (and its end) the place in the text."""
    normalised = hanzi.normal(text)
    if len(normalised) == len(text):
        return normalised, list(range(len(text) + 1))
    parts, places = [], []
    for cluster in _CLUSTER.finditer(text):
        part = hanzi.normal(cluster[0])
        parts.append(part)
        places += [cluster.start()] * len(part)
    return "".join(parts), [*places, len(text)]


def _words(normalised: str, part: Part) -> list[Span]:
    if not part.words:
        return []
    if part.is_han:
        run = part.words[0]
        overlapping = re.finditer(f"(?={re.escape(run)})", normalised)
        return [(found.start(), found.start() + len(run)) for found in overlapping]
    return _chain(normalised, part.words)


def _chain(normalised: str, words: tuple[str, ...]) -> list[Span]:
    places = hanzi.places(normalised)
    pieces = [normalised[start:end] for start, end in places]
    found = []
    for first in range(len(pieces) - len(words) + 1):
        *before, last = pieces[first : first + len(words)]
        if before == list(words[:-1]) and last.startswith(words[-1]) and not hanzi.is_han(last):
            start = places[first + len(words) - 1][0]
            found.append((places[first][0], start + len(words[-1])))
    return found


def _number(normalised: str, national: str, part: Part) -> list[Span]:
    at = [index for index, char in enumerate(normalised) if char in "0123456789"]
    raw = "".join(normalised[index] for index in at)
    found = []
    for digits in part.numbers:
        if len(digits) < FEWEST_DIGITS or not at:
            continue
        if raw.startswith(digits):
            found.append((at[0], at[len(digits) - 1] + 1))
        elif raw.endswith(digits):
            found.append((at[-len(digits)], at[-1] + 1))
        elif national.startswith(digits) and raw.endswith(national):
            first = len(raw) - len(national)
            found.append((at[first], at[first + len(digits) - 1] + 1))
        elif national.startswith(digits) or national.endswith(digits):
            found.append((at[0], at[-1] + 1))
    return found


def _initials(normalised: str, part: Part, *, is_person: bool) -> list[Span]:
    from sfa.hanzi.initials import initials

    found = []
    for start, end in hanzi.places(normalised):
        if hanzi.is_han(normalised[start:end]):
            letters = initials(normalised[start:end], is_person=is_person)
            at = letters.find(part.initials)
            if at >= 0:
                found.append((start + at, start + at + len(part.initials)))
    return found


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def excerpt(text: str, spans: list[Span]) -> Excerpt:
    """Return the text around the first match, short enough for a line."""
    if len(text) <= 2 * _AROUND:
        return Excerpt(text, tuple(spans))
    first = max(0, (spans[0][0] if spans else 0) - _AROUND // 2)
    last = min(len(text), first + 2 * _AROUND)
    front = "…" if first else ""
    moved = len(front) - first
    cut = [
        (max(start, first) + moved, min(end, last) + moved)
        for start, end in spans
        if end > first and start < last
    ]
    return Excerpt(f"{front}{text[first:last]}{'…' if last < len(text) else ''}", tuple(cut))


def one_line(text: str) -> str:
    """Return a text without line breaks and runs of spaces."""
    return " ".join(text.split())


def is_same(text: str, query: Query) -> bool:
    """Say whether a value is the whole query, but for signs and spaces."""
    return tuple(hanzi.pieces(hanzi.normal(text))) == query.words
