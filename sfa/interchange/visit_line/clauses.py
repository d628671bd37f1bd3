"""A visit line in clauses: where it parts, and what is left when words are taken out of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sfa.interchange.day_words.mention import DayMention, half_width

Span = tuple[int, int]

_HAN = r"\u3400-\u9fff"
HAN = re.compile(f"[{_HAN}]")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:dr|mr|mrs|ms|hr|fr|st|prof|capt|sr|jr|no|approx|vs|dept|w|[A-Za-z])\.$", re.IGNORECASE
)
_HARD = re.compile(
    r"\s*(?:(?:(?<![0-9]),|,(?![0-9])|;|。|\n|\||(?<![0-9]):|:(?![0-9])|\.(?=\s|$)"
    r"|\s[-–—]+(?=\s)|\s/(?=\s)|→|->|=>|【|】)\s*)+|(?<=[!?])\s*(?![!?,;。\s]|$)",
)
_SOFT = re.compile(rf"(?<=[{_HAN}0-9)]) +(?=\S)|(?<=\S) +(?=[{_HAN}])")
# The weight of a mark: where several meet because words between them were taken, the weightiest stays.
_WEIGHTS = ((".。!?\n", 5), (";；", 4), (",，", 3), ("-–—/|→", 2), (":：", 1))
_BRACKETED = re.compile(r"[(（][^()（）]*[)）]")
_BRACKETS = re.compile(r"\([^()]*\)")
_EDGE = " \t\r\n,，;；。:：、.-–—/|→>=~【】"


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch between marks; ``gap`` is the mark and space before it, as typed."""

    start: int
    end: int
    gap: str


def split_clauses(text: str, mentions: Sequence[DayMention], *, by_space: bool) -> list[Clause]:
    """Split a line at its marks, those in brackets apart; with ``by_space`` at spaces beside Chinese too."""
    plain = half_width(text)
    marks = [found.span() for found in _HARD.finditer(plain) if not _is_abbreviation(plain, found)]
    closed = [found.span() for found in _BRACKETS.finditer(plain)] + [
        (one.start, one.end) for one in mentions
    ]
    if by_space:
        marks += [found.span() for found in _SOFT.finditer(plain)]
        marks += [(one.start - 1, one.start) for one in mentions if plain[: one.start].endswith(" ")]
    clauses: list[Clause] = []
    at, gap = 0, ""
    for start, end in [*sorted(_merged(marks)), (len(plain), len(plain))]:
        if any(start < stop and begin < end for begin, stop in closed):
            continue
        if plain[at:start].strip():
            clauses.append(Clause(at, start, gap))
            gap = ""
        gap, at = gap + text[start:end], end
    return clauses


def _is_abbreviation(plain: str, found: re.Match[str]) -> bool:
    """Return whether the mark is the dot of "Dr." or of an initial."""
    mark = found[0].strip()
    if mark != "." or found.end() == len(plain):
        return False
    return bool(_ABBREVIATION.search(plain, 0, found.start() + found[0].index(".") + 1))


def _merged(marks: Iterable[Span]) -> list[Span]:
    """Return spans in order, those that touch or overlap made one."""
    merged: list[Span] = []
    for start, end in sorted(marks):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def left_over(text: str, clauses: Sequence[Clause], taken: Iterable[Span]) -> str:
    """Return what the clauses say without the words taken, marks between as typed.

    Where whole clauses fall away, the weightiest of the marks around them stays.
    """
    spans = _merged(taken)
    parts: list[str] = []
    gap, fell = "", False
    for clause in clauses:
        if not (fell and ":" in half_width(clause.gap)):  # the colon goes with the label before it
            gap = _weightier(gap, clause.gap) if gap else clause.gap
        words = _without(text, clause, spans)
        fell = not words
        if fell:
            continue
        parts.append(gap if parts else "")
        parts.append(words)
        gap = ""
    return "".join(parts)


def _without(text: str, clause: Clause, spans: Sequence[Span]) -> str:
    """Return a clause's words without the spans, joined as its script joins words."""
    pieces: list[str] = []
    at = clause.start
    for start, end in [*spans, (clause.end, clause.end)]:
        if end < clause.start or start > clause.end:
            continue
        pieces.append(text[at : max(at, start)])
        at = max(at, end)
    words = ""
    for piece in pieces:
        trimmed = piece.strip() if words else piece.lstrip()
        if not trimmed.strip(_EDGE + "()（）&+"):
            words += trimmed if trimmed.strip() in {"+", "&"} and words else ""
            continue
        words = _join(words, trimmed)
    words = words.strip(_EDGE)
    return words[1:-1] if _BRACKETED.fullmatch(words) else words


def _join(words: str, piece: str) -> str:
    """Join two pieces: no space between Chinese characters or before a closing mark."""
    first = words.rstrip()
    if not first:
        return piece
    tight = HAN.match(first[-1]) or HAN.match(piece[0])
    return first + ("" if tight or piece[0] in ",.;!?)，。；！？）'’" else " ") + piece


def _weightier(one: str, other: str) -> str:
    """Return the mark that parts more strongly, the later one on a tie."""
    return one if _weight(one) > _weight(other) else other


def _weight(gap: str) -> int:
    """Return how strongly a mark parts."""
    return max((weight for marks, weight in _WEIGHTS for mark in marks if mark in gap), default=0)
