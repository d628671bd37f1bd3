"""The one-line visit: what a rep types after a visit, read into a draft to be confirmed.

"visited 华创 with 王总, wants a quote, follow up fri". Nothing typed is lost: what no field takes
stays in the notes. What a person should look at twice is said in ``doubts``; whether the names
exist is for the caller to find out.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from sfa.errors import InvalidInput, Msg, msg
from sfa.interchange.day_words import find_days
from sfa.interchange.day_words.mention import DayMention, half_width
from sfa.interchange.visit_line.chinese_heads import read_chinese_names
from sfa.interchange.visit_line.clauses import HAN, Clause, Span, left_over, split_clauses
from sfa.interchange.visit_line.english_heads import read_english_names
from sfa.interchange.visit_line.kinds import KindFound, find_kind
from sfa.interchange.visit_line.known_names import find_known
from sfa.interchange.visit_line.names import Names
from sfa.interchange.visit_line.next_steps import due_mention, step_start, widened
from sfa.interchange.visit_line.words import NO_NEXT_STEP
from sfa.terms import ActivityKind

LONG_AGO_DAYS = 60
_SAME_DAY = re.compile(r"\b(?:on\s+)?(?:that|the\s+same)\s+day\b|当天|同一天", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A part of a draft that a person should confirm; ``data`` fills the reason's places."""

    field: str
    reason: Msg
    data: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VisitDraft:
    """A visit line read field by field; names are as typed, "" and ``None`` where nothing was said."""

    kind: ActivityKind
    account: str
    attendees: tuple[str, ...]
    happened_on: date
    happened_time: time | None
    notes: str
    next_step: str
    next_due_on: date | None
    next_due_time: time | None
    no_next_step: bool
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """The next step as found: where it begins, its text, its day, the words that announce it."""

    start: int
    text: str = ""
    due: DayMention | None = None
    due_on: date | None = None
    has_more_days: bool = False
    label: Span | None = None


def parse_line(
    text: str, *, today: date, known_accounts: Sequence[str] = (), known_contacts: Sequence[str] = ()
) -> VisitDraft:
    """Read a visit line in English, Chinese or both.

    Known names help where words alone do not tell a company from the person after it; a name that
    is not known is read all the same.

    Raises:
        InvalidInput: the line is empty.
    """
    if not text.strip():
        raise InvalidInput(
            "line",
            msg("there is nothing in it."),
            hint=msg('Say what happened, for example: "visited Acme, follow up fri".'),
        )
    plain = half_width(text)
    mentions = find_days(text, today=today)
    is_chinese = _is_chinese(plain)
    clauses = split_clauses(text, mentions, by_space=is_chinese)
    nones = [found.span() for found in NO_NEXT_STEP.finditer(plain)]
    step = _read_step(text, _outside(clauses, nones), mentions, today)
    if nones and step.due is None:
        step = _Step(len(text))
    elif nones:  # "no follow up on price, send samples fri" has a next step after all
        nones = []
    before = _cut(clauses, step.start)
    told = [one for one in mentions if one.end <= step.start]
    kind = find_kind(plain, step.start)
    names = find_known(plain, step.start, known_accounts, known_contacts)
    blocked = [(one.start, one.end) for one in told] + nones
    if is_chinese:
        read_chinese_names(plain, before, kind.span, blocked, names)
    else:
        read_english_names(plain, before, kind, [*blocked, *names.taken], names)
    happened = _happened(told, before, [*names.taken, *([kind.span] if kind.span else [])], today)
    taken = [*names.taken, *nones, *(widened(plain, one) for one in happened if not _is_owner(plain, one))]
    if kind.span and kind.is_taken:
        taken.append(kind.span)
    notes = left_over(text, before, taken)
    return _draft(text, kind, names, happened, notes, step, bool(nones), today)


def _is_owner(plain: str, mention: DayMention) -> bool:
    """Return whether a day owns what follows ("today's visit") and so cannot be taken out."""
    return plain.startswith(("'s", "’s"), mention.end)


def _is_chinese(plain: str) -> bool:
    """Return whether the line is built as Chinese is: by its kind word, else by what there is more of."""
    kind = find_kind(plain, len(plain))
    if kind.span and plain[kind.span[0] : kind.span[1]].isascii():
        return bool(HAN.match(plain, kind.span[1]))
    if kind.span:
        return True
    return len(HAN.findall(plain)) > len(re.findall(r"[A-Za-z]+", plain))


def _outside(clauses: Sequence[Clause], spans: Sequence[Span]) -> list[Clause]:
    """Return the clauses that hold none of the spans."""
    return [one for one in clauses if not any(one.start < end and start < one.end for start, end in spans)]


def _cut(clauses: Sequence[Clause], end: int) -> list[Clause]:
    """Return the clauses before ``end``, the one across it cut short."""
    return [Clause(one.start, min(one.end, end), one.gap) for one in clauses if one.start < end]


def _read_step(text: str, clauses: Sequence[Clause], mentions: Sequence[DayMention], today: date) -> _Step:
    """Find the next step, its words and its day."""
    plain = half_width(text)
    found = step_start(plain, clauses, mentions, today)
    if found is None:
        return _Step(len(text))
    start, label = found
    due = due_mention(mentions, start, today)
    after = [Clause(max(one.start, start), one.end, one.gap) for one in clauses if one.end > start]
    words = left_over(text, after, [widened(plain, due, start)] if due else [])
    same = _SAME_DAY.search(plain, start) if due is None else None
    earlier = [one.day for one in mentions if one.end <= start and one.day >= today] if same else []
    many = sum(one.start >= start and one.has_day for one in mentions) > 1
    words = words or left_over(text, after, []) or text[start:].strip()
    return _Step(
        label[0] if label else start,
        words,
        due,
        due.day if due else next(reversed(earlier), None),
        many,
        label,
    )


def _happened(
    told: Sequence[DayMention], before: Sequence[Clause], heads: Sequence[Span], today: date
) -> list[DayMention]:
    """Return the mentions that say when it was: of the line's front, or beside kind and names."""
    front = _front(before, heads)
    near = [one for one in told if any(clause.start <= one.start < clause.end for clause in front)]
    first = before[0].end if before else 0
    days = [
        one
        for one in near
        if one.has_day
        and not one.is_vague
        and _told_day(one, today) <= today
        and (one.day <= today or one.start < first or _is_beside(before, one, heads))
    ]
    times = [one for one in near if not one.has_day]
    return [*days[:1], *times[:1]]


def _is_beside(before: Sequence[Clause], mention: DayMention, heads: Sequence[Span]) -> bool:
    """Return whether a day stands in a clause with the kind word or a name."""
    return any(
        one.start <= start < one.end and one.start <= mention.start < one.end
        for one in before
        for start, _ in heads
    )


def _front(before: Sequence[Clause], heads: Sequence[Span]) -> list[Clause]:
    """Return the clauses up to the first mark, and those with the kind word or a name."""
    front: list[Clause] = []
    for at, clause in enumerate(before):
        if at and clause.gap.strip():
            break
        front.append(clause)
    front += [one for one in before if any(one.start <= start < one.end for start, _ in heads)]
    return front


def _told_day(mention: DayMention, today: date) -> date:
    """Return the day a mention means when it tells what happened."""
    if mention.day <= today:
        return mention.day
    past = mention.past_day
    return past if (today - past).days <= LONG_AGO_DAYS else mention.day


def _draft(
    text: str,
    kind: KindFound,
    names: Names,
    happened: Sequence[DayMention],
    notes: str,
    step: _Step,
    no_next_step: bool,
    today: date,
) -> VisitDraft:
    """Put the draft together, with what is doubtful about it."""
    day = next((one for one in happened if one.has_day), None)
    at = next((one.time for one in happened if one.time), None)
    account = _words(text, names.account) if names.account else ""
    draft = VisitDraft(
        kind=kind.kind,
        account=account,
        attendees=tuple(_words(text, span) for span in sorted(names.attendees)),
        happened_on=_told_day(day, today) if day else today,
        happened_time=at,
        notes=notes,
        next_step=step.text,
        next_due_on=step.due_on,
        next_due_time=step.due.time if step.due else None,
        no_next_step=no_next_step,
        doubts=(),
    )
    return replace(draft, doubts=tuple(_doubts(draft, kind, day, step, text, today)))


def _words(text: str, span: Span) -> str:
    """Return the words of a span, white space made single."""
    return " ".join(text[span[0] : span[1]].split())


def _doubts(
    draft: VisitDraft, kind: KindFound, day: DayMention | None, step: _Step, text: str, today: date
) -> Iterator[Doubt]:
    """Yield what a person should confirm, in the order of the fields."""
    if kind.span is None:
        yield Doubt("kind", msg("No word says how you met; a visit is assumed."))
    if not draft.account:
        yield Doubt("account", msg("No customer was found in the line."))
    if day and (day.doubtful or day.day > today):
        yield Doubt(
            "happened_on",
            msg("{words} is taken for {day}."),
            {"words": text[day.start : day.end], "day": draft.happened_on},
        )
    yield from _step_doubts(draft, step, text, today)


def _step_doubts(draft: VisitDraft, step: _Step, text: str, today: date) -> Iterator[Doubt]:
    """Yield what is doubtful about the next step and its day."""
    if draft.no_next_step:
        return
    if not draft.next_step:
        yield Doubt("next_step", msg("No next step was found in the line."))
        return
    if draft.next_due_on is None:
        yield Doubt("next_due_on", msg("The next step has no day."))
    elif draft.next_due_on < today:
        yield Doubt("next_due_on", msg("{day} has gone by."), {"day": draft.next_due_on})
    if step.due and step.due.doubtful:
        words = text[step.due.start : step.due.end]
        yield Doubt(
            "next_due_on", msg("{words} is taken for {day}."), {"words": words, "day": draft.next_due_on}
        )
    if step.has_more_days:
        yield Doubt("next_step", msg("Several steps with a day each were found; the first day is taken."))
