"""How the customer was met, from the words of a visit line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sfa.interchange.visit_line.clauses import Span
from sfa.interchange.visit_line.words import KINDS, SETTLING, WEAK_VISIT
from sfa.terms import ActivityKind

# These say more than the kind ("Left voicemail", the fair's name) and stay in the notes.
_TELLING = re.compile(
    r"canton\s+fair|trade\s?(?:show|fair)|(?!展会|展览会?)\S*[展会]|booth|expo|.*stand|逛展|参展",
    re.IGNORECASE,
)
_OCCASION = re.compile(r"golf|qbr|.*review|workshop|training", re.IGNORECASE)
_CALLED_OFF = re.compile(r"cancel|postpone|called\s+off|no[- ]show|取消|改期", re.IGNORECASE)
_AND_KIND = re.compile(
    r"\s*(?:\+|&|and)\s*(?:e-?mail(?:ed)?|call(?:ed)?|text(?:ed)?|voicemail|vm|whatsapp)(?![A-Za-z])",
    re.IGNORECASE,
)
_LEFT = re.compile(r"left\s+(?:an?\s+)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class KindFound:
    """The kind, the words that say it, and whether they are taken out of the notes.

    ``span`` is ``None`` when no word says it; the kind is then a visit. ``kept`` are words that
    settle the kind and stay in the notes beside the taken ones.
    """

    kind: ActivityKind
    span: Span | None
    is_taken: bool = True
    kept: Span | None = None


def find_kind(plain: str, end: int) -> KindFound:
    """Return the kind that the words up to ``end`` say: a settling word, else the earliest."""
    settled = next(
        (found for pattern, kind in SETTLING if (found := _first(pattern, kind, plain, end))), None
    )
    ordinary = [found for pattern, kind in KINDS if (found := _first(pattern, kind, plain, end))]
    earliest = min(
        ordinary, key=lambda one: (one.span[0], -one.span[1]) if one.span else (end, 0), default=None
    )
    if settled:
        return _settled(settled, earliest)
    if earliest:
        return earliest
    weak = _first(WEAK_VISIT, ActivityKind.VISIT, plain, end)
    if weak and weak.span:
        goes = "去" in plain[weak.span[0] : weak.span[1]]
        return KindFound(weak.kind, weak.span, is_taken=goes)
    return KindFound(ActivityKind.VISIT, None)


def _settled(settled: KindFound, earliest: KindFound | None) -> KindFound:
    """Return the settled kind with the span names follow: "Canton Fair: met Ahmed"."""
    if settled.kind is ActivityKind.EXHIBITION and earliest and not settled.is_taken:
        return KindFound(settled.kind, earliest.span, kept=settled.span)
    return settled


def _first(pattern: re.Pattern[str], kind: ActivityKind, plain: str, end: int) -> KindFound | None:
    """Return the first place a pattern is found."""
    found = pattern.search(plain, 0, end)
    if not found:
        return None
    left = _LEFT.search(plain, 0, found.start())
    words = found[0].strip(" ,，")
    telling = bool(_OCCASION.fullmatch(words)) or (
        kind is ActivityKind.EXHIBITION and bool(_TELLING.fullmatch(words))
    )
    off = _CALLED_OFF.search(plain[max(0, found.start() - 30) : found.start()])
    end = found.end()
    if joined := _AND_KIND.match(plain, end):
        end = joined.end()
    return KindFound(kind, (found.start(), end), is_taken=not (telling or left or off))
