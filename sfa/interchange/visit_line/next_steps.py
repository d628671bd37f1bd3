"""Where in a visit line the next step begins, and the day it is due."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from sfa.interchange.day_words.mention import DayMention, half_width
from sfa.interchange.visit_line.clauses import HAN, Clause, Span
from sfa.interchange.visit_line.words import (
    ACTION,
    DAY_LEAD,
    DAY_TRAIL,
    HAN_ACTION,
    HAN_ACTION_ANY,
    HAN_SOON,
    INNER_ACTION,
    NEXT_HEADING,
    NEXT_LABEL,
    OUTCOME,
    SURE_ACTION,
)

_SHORT = 12
_DOTS = " ,，.。;；:：、-"


def step_start(
    plain: str, clauses: Sequence[Clause], mentions: Sequence[DayMention], today: date
) -> tuple[int, Span | None] | None:
    """Return where the next step begins and the label that announces it; ``None`` when there is none."""
    ahead = [one for one in mentions if one.has_day and one.day >= today and not one.is_past_form]
    return (
        _labelled(plain, clauses, ahead) or _trailing(plain, clauses, ahead) or _inside(plain, clauses, ahead)
    )


def _labelled(
    plain: str, clauses: Sequence[Clause], ahead: Sequence[DayMention]
) -> tuple[int, Span | None] | None:
    """Find "next step:", 下一步 and their kin; an arrow counts before a thing to do alone."""
    for found in NEXT_LABEL.finditer(plain):
        clause = next((one for one in clauses if one.end > found.end()), None)
        if clause is None or not plain[found.end() :].strip(_DOTS):
            continue
        arrow = found[0].strip() in {"→", "->", "=>"}
        if not arrow or _is_step(plain, clause, ahead):
            return found.end(), found.span()
    heading = NEXT_HEADING.search(plain)
    return (heading.start(), None) if heading else None


def _trailing(
    plain: str, clauses: Sequence[Clause], ahead: Sequence[DayMention]
) -> tuple[int, Span | None] | None:
    """Find the run of clauses at the end that are things to do."""
    first = len(clauses)
    for at in range(len(clauses) - 1, 0, -1):
        joined = first < len(clauses) and _belongs(plain, clauses, at, first, ahead)
        begun = first < len(clauses)
        if not joined and not _is_step(plain, clauses[at], ahead, begun=begun):
            break
        first = at
    if first == len(clauses) or not any(_words_beside_days(plain, one, ahead) for one in clauses[first:]):
        return None
    return clauses[first].start, None


def _belongs(plain: str, clauses: Sequence[Clause], at: int, first: int, ahead: Sequence[DayMention]) -> bool:
    """Return whether a clause goes with the step after it: a heading, or a step whose day stands apart."""
    after = clauses[first]
    if ":" in half_width(after.gap) and clauses[at].end - clauses[at].start <= _SHORT:
        return not plain[clauses[at].start : clauses[at].end].isupper()
    if OUTCOME.match(plain, clauses[at].start, clauses[at].end):
        return False
    return first == len(clauses) - 1 and not _words_beside_days(plain, after, ahead)


def _is_step(plain: str, clause: Clause, ahead: Sequence[DayMention], *, begun: bool = False) -> bool:
    """Return whether a clause says what is to be done next; ``begun``: a step follows it already."""
    text = plain[clause.start : clause.end]
    days = [one for one in ahead if clause.start <= one.start < clause.end]
    rest = _words_beside_days(plain, clause, ahead)
    if days and not rest:
        return True
    if OUTCOME.match(text):
        return bool(days and ACTION.match(text))
    if any(not one.is_vague for one in days):
        return True
    if days and HAN_ACTION.match(rest):
        return True
    if ACTION.match(text) and (days or begun or SURE_ACTION.match(text)):
        return True
    return bool(HAN_SOON.match(rest) or HAN_ACTION_ANY.search(rest))


def _words_beside_days(plain: str, clause: Clause, mentions: Sequence[DayMention]) -> str:
    """Return a clause without its days and the words that lead to them."""
    words, at = "", clause.start
    for one in mentions:
        if clause.start <= one.start and one.end <= clause.end:
            start, end = widened(plain, one, clause.start)
            words += plain[at : max(at, start)] + " "
            at = max(at, end)
    return (words + plain[at : clause.end]).strip(_DOTS)


def widened(plain: str, mention: DayMention, floor: int = 0) -> Span:
    """Return a day's span with the words that lead to it and follow it ("by fri", 周五前)."""
    start, end = mention.start, mention.end
    while lead := DAY_LEAD.search(plain, floor, start):
        if lead.start() == start:
            break
        start = lead.start()
    trail = DAY_TRAIL.match(plain, end)
    return start, trail.end() if trail else end


def _inside(
    plain: str, clauses: Sequence[Clause], ahead: Sequence[DayMention]
) -> tuple[int, Span | None] | None:
    """Find a step within the last clause, when it runs on without a mark."""
    if not clauses:
        return None
    last = clauses[-1]
    days = [one for one in ahead if last.start <= one.start < last.end]
    cues = list(INNER_ACTION.finditer(plain, last.start, last.end))
    if days:
        cues = [
            one
            for one in cues
            if one.start() < days[-1].start and not OUTCOME.match(plain[one.start() : last.end])
        ]
        if cues:
            return cues[-1].start(), None
        if OUTCOME.match(plain[last.start : last.end]):
            return None
        if (
            plain[days[-1].end : last.end].strip(_DOTS)
            and days[-1].start > last.start
            and HAN.match(plain, days[-1].end)
        ):
            return widened(plain, days[-1], last.start)[0], None
        return None
    strong = [
        one
        for one in cues
        if re.match(r"(?:\w+\s+)*?(?:follow|f/u|try|retry|call back|chase)", one[0], re.IGNORECASE)
    ]
    return (strong[-1].start(), None) if strong and len(clauses) > 1 else None


def due_mention(mentions: Sequence[DayMention], start: int, today: date) -> DayMention | None:
    """Return the day a step is due: the earliest ahead, else a vague one, else one gone by."""
    inside = [one for one in mentions if one.start >= start and one.has_day]
    ahead = [one for one in inside if one.day >= today]
    return min(
        (one for one in ahead if not one.is_vague),
        key=lambda one: (one.day, one.start),
        default=min(ahead, key=lambda one: one.day, default=inside[0] if inside else None),
    )
