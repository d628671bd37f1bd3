"""Who was met and of which customer, from the grammar of an English visit line.

"visited A with B", "called B at A", "B (A) called", "note: A ...": a small reader walks each clause
word by word and fills the two slots. It reads only what stands before the next step.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sfa.interchange.visit_line.clauses import Clause, Span
from sfa.interchange.visit_line.english_asides import (
    LABEL,
    NO_SUBJECT,
    read_bare_names,
    read_labelled,
    read_mentioned,
    read_talk,
    take_glue,
)
from sfa.interchange.visit_line.english_line import AT, PAREN, TALK, Line, read_people, take_people_after
from sfa.interchange.visit_line.english_names import (
    GENERIC,
    WORD,
    is_capital,
    looks_like_company,
    looks_like_person,
    read_company,
)
from sfa.interchange.visit_line.kinds import KindFound
from sfa.interchange.visit_line.names import Names
from sfa.terms import ActivityKind

_I = re.IGNORECASE | re.ASCII
_L = r"(?<![A-Za-z0-9À-ɏ])"
_WITH = re.compile(rf"{_L}(?:together\s+with|with|w/|w\.|w)(?:\s+|(?<=/)(?=\S))", _I)
_TO = re.compile(rf"{_L}(?:to|from|for)\s+", _I)
_LONE = re.compile(r"(?:the|our|his|her|their)\s|receptionist|procurement|purchasing|legal", re.IGNORECASE)
_HOW_OFTEN = re.compile(r"(?:[0-9]+\s+times|twice|again|back)(?![A-Za-z])", re.IGNORECASE)
_OFFICE_OF = re.compile(
    r"(?:the\s+)?(?:\w+\s+)?(?:office|team|branch|people|division|plant)\s+of\s+", re.IGNORECASE
)
_SHOW = re.compile(r"(?:.*\s)?(?:show|fair|expo|conference|summit)", re.IGNORECASE)
_PEOPLE_KINDS = {
    ActivityKind.CALL,
    ActivityKind.EMAIL,
    ActivityKind.MESSAGE,
    ActivityKind.MEETING,
    ActivityKind.EXHIBITION,
}


def read_english_names(
    plain: str,
    clauses: Sequence[Clause],
    kind: KindFound,
    blocked: Sequence[Span],
    names: Names,
) -> None:
    """Fill the slots from clauses that end where the next step begins.

    ``blocked`` are the days and the known names: no other name runs into them.
    """
    kind_span = kind.span if kind.is_taken else None
    kept = [span for span in (kind.kept, None if kind.is_taken else kind.span) if span]
    walls = sorted({*blocked, *kept, *([kind_span] if kind_span else [])})
    line = Line(plain, kind.kind, kind_span, walls, kept)
    near = True
    for at, clause in enumerate(clauses):
        if read_labelled(line, clause, names):
            continue
        is_head = at == 0 or (kind_span is not None and clause.start <= kind_span[0] < clause.end)
        if is_head:
            _walk(line, clause, names)
            near = True
        elif near or names.account is None:
            near = read_bare_names(line, clause, names, first=at <= 2) or read_talk(line, clause, names)
            if not near and not names.attendees and names.account is None:
                _walk(line, clause, names)
        else:
            read_talk(line, clause, names)
        take_glue(line, clause, names)
    if not names.attendees:
        read_mentioned(line, clauses, names)


def _walk(line: Line, clause: Clause, names: Names) -> None:
    """Read a clause from its front, filling slots by the words that lead to them."""
    at, last = clause.start, "start"
    while at < clause.end:
        if line.plain[at].isspace():
            at += 1
            continue
        block = next((span for span in line.blocked if span[0] <= at < span[1]), None)
        if block:
            at = block[1]
            last = "kind" if block == line.kind_span else ("other" if block in line.kept else last)
            continue
        end = line.limit(at, clause.end)
        step = _slot(line, at, end, last, names)
        if step:
            at, last = step
            continue
        word = WORD.match(line.plain, at, end)
        at = word.end() if word else at + 1
        last = "other" if word else last


def _slot(line: Line, at: int, end: int, last: str, names: Names) -> tuple[int, str] | None:
    """Fill the slot whose words begin here; return where they end and which it was."""
    plain = line.plain
    if paren := PAREN.match(plain, at, end):
        return _read_paren(line, paren, last, names)
    if lead := _WITH.match(plain, at, end):
        return _after_with(line, lead, end, names, loose=last != "other")
    if talk := TALK.match(plain, at, end):
        return take_people_after(line, talk, end, names)
    if lead := AT.match(plain, at, end):
        if lead["word"] == "from" and last in {"kind", "start"} and line.kind in _PEOPLE_KINDS:
            return take_people_after(line, lead, end, names)
        return _taken_company(line, lead, end, names)
    lead = _TO.match(plain, at, end) if last == "account" else None
    if lead and (_LONE.match(plain, lead.end()) or looks_like_person(plain[lead.end() : end])):
        return take_people_after(line, lead, end, names)
    if (lead := _TO.match(plain, at, end)) and not names.attendees and line.kind in _PEOPLE_KINDS:
        return take_people_after(line, lead, end, names, loose=False)
    if last == "kind" and (often := _HOW_OFTEN.match(plain, at, end)):
        return often.end(), "kind"
    people = read_people(plain, at, end, loose=False) if last == "account" else []
    if people and looks_like_person(plain[at:end]):
        names.take_people(people)
        return people[-1][1], "person"
    if last == "kind":
        return _read_object(line, at, end, names, loose=True)
    if last == "start":
        return _read_subject(line, at, end, names)
    return None


def _taken_company(line: Line, lead: re.Match[str], end: int, names: Names) -> tuple[int, str] | None:
    """Take the company after "at", "@", "from" or "of", and the word with it."""
    if names.account is not None:
        return None
    stop = read_company(line.plain, lead.end(), end, loose=lead["word"] != "of")
    if stop is None or _SHOW.fullmatch(line.plain, lead.end(), stop):
        return None
    names.taken.append(lead.span())
    names.take_account(lead.end(), stop)
    return stop, "account"


def _after_with(
    line: Line, lead: re.Match[str], end: int, names: Names, *, loose: bool
) -> tuple[int, str] | None:
    """Read "with B and C", or "with A" where A is a company."""
    office = _OFFICE_OF.match(line.plain, lead.end(), end)
    at = office.end() if office else lead.end()
    stop = read_company(line.plain, at, end)
    if stop and names.account is None and (office or _is_company(line, at, stop, end)):
        names.taken.append((lead.start(), at))
        names.take_account(at, stop)
        return stop, "account"
    return take_people_after(line, lead, end, names, loose=loose)


def _is_company(line: Line, at: int, stop: int, end: int) -> bool:
    """Return whether a name after "with" is a company's: by its words, or by the people named after it."""
    name = line.plain[at:stop]
    if looks_like_person(name):
        return False
    after = WORD.match(line.plain, stop + 1, end) if stop < end else None
    if looks_like_company(name) or (after and after[0].lower() in GENERIC):
        return True
    paren = PAREN.match(line.plain, stop, end)
    return bool(paren and ("," in paren[1] or looks_like_person(paren[1])))


def _read_paren(line: Line, paren: re.Match[str], last: str, names: Names) -> tuple[int, str] | None:
    """Read "(...)": after a person the company, after a company its people, else a part of its name."""
    start, end = paren.span(1)
    label = LABEL.match(line.plain, start, end)
    people = read_people(line.plain, label.end() if label else start, end, loose=bool(label))
    listed = people and people[-1][1] >= end - 1
    company = read_company(line.plain, start, end)
    whole = company is not None and not line.plain[company:end].strip()
    if names.account is None and whole and not (listed and (len(people) > 1 or label)):
        names.taken.append(paren.span())
        names.take_account(start, end)
        return paren.end(), "account"
    if listed and (label or len(people) > 1 or looks_like_person(paren[1])):
        names.taken.append(paren.span())
        names.take_people(people)
        return paren.end(), "person"
    if last == "account" and names.account and whole:
        names.account = (names.account[0], paren.end())
        names.taken.append(paren.span())
        return paren.end(), "account"
    return None


def _read_object(line: Line, at: int, end: int, names: Names, *, loose: bool) -> tuple[int, str] | None:
    """Read what directly follows the kind word: a company after a visit, a person after a call."""
    plain = line.plain
    small = loose and line.kind not in {ActivityKind.EMAIL, ActivityKind.MESSAGE, ActivityKind.NOTE}
    company = read_company(plain, at, end, loose=small)
    people = read_people(line.plain, at, end, loose=loose)
    first = plain[people[0][0] : people[0][1]] if people else ""
    if first and first[0].islower() and not looks_like_person(first) and not _LONE.match(first):
        people = []
    if people and not (company and _names_company(line, at, company, people, end)):
        names.take_people(people)
        return people[-1][1], "person"
    if company is None or names.account is not None:
        return None
    names.take_account(at, company)
    return company, "account"


def _names_company(line: Line, at: int, company: int, people: Sequence[Span], end: int) -> bool:
    """Return whether a name that could be either is a company's."""
    first = line.plain[people[0][0] : people[0][1]]
    name = line.plain[at:company]
    if looks_like_person(first) and AT.match(line.plain, min(people[-1][1] + 1, end), end):
        return False
    if looks_like_company(name):
        return not looks_like_person(first) or company > people[0][1]
    if looks_like_person(first):
        return False
    if line.plain[at].islower() and re.match(r"(?:the|our|his|her|their)\s", line.plain[at:]):
        return False
    if line.kind not in _PEOPLE_KINDS:
        return True
    return not _led_on(line, people[-1][1], end) and len(name.split()) > 1


def _led_on(line: Line, stop: int, end: int) -> re.Match[str] | None:
    """Return the "at", "of" or bracket that follows a name."""
    return AT.match(line.plain, min(stop + 1, end), end) or PAREN.match(line.plain, stop, end)


def _read_subject(line: Line, at: int, end: int, names: Names) -> tuple[int, str] | None:
    """Read a name that opens the line: "Jake (Summit Gear) called", "Hargreaves moving to ..."."""
    word = WORD.match(line.plain, at, end)
    if not word or not is_capital(word[0]) or word[0].lower().rstrip(".") in NO_SUBJECT:
        return None
    people = read_people(line.plain, at, end, loose=False)
    if people:
        name = line.plain[people[0][0] : people[0][1]]
        led = _led_on(line, people[-1][1], end)
        company = bool(led and led.re is PAREN and ("," in led[1] or looks_like_person(led[1])))
        if looks_like_person(name) or (led and not company and not looks_like_company(name)):
            names.take_people(people)
            return people[-1][1], "person"
    stop = read_company(line.plain, at, end)
    if stop is None or names.account is not None:
        return None
    names.take_account(at, stop)
    return stop, "account"
