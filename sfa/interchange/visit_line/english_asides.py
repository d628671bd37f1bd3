"""Names beside the head of an English visit line, and the small words around names.

Clauses that are nothing but names, labelled ones ("contact: Olly"), people the notes speak of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sfa.interchange.visit_line.clauses import Clause, Span
from sfa.interchange.visit_line.english_line import AT, TALK, Line, read_people, take_people_after
from sfa.interchange.visit_line.english_names import (
    FIRST_NAMES,
    STOP_WORDS,
    is_capital,
    looks_like_person,
    read_company,
    read_person,
)
from sfa.interchange.visit_line.names import Names

_I = re.IGNORECASE | re.ASCII
_L, _R = r"(?<![A-Za-z0-9À-ɏ])", r"(?![A-Za-z0-9À-ɏ])"
_LABEL_ACCOUNT = re.compile(rf"{_L}(?:cust(?:omer)?|account|acct|client|company)\s*:\s*$", _I)
_LABEL_PERSON = re.compile(
    rf"{_L}(?:(?:new|customer|main|key|their)\s+)?(?:contact|who|owner|buyer|attendees?)\s*:\s*$", _I
)
LABEL = re.compile(
    rf"{_L}(?:(?:new|customer|main|key)\s+)?(?:contact|who|owner|attendees?|what|result|outcome|notes?)\s*:\s*",
    _I,
)
_GLUE = re.compile(
    rf"{_L}(?:i|we|just|to|had|have|an?|the|did|went|me|(?:new\s+)?(?:customer|client|prospect)"
    rf"|quick|short|brief|got|received|over|present|office\s+of"
    rf"|guys|team|sent|maintenance|purchasing|procurement|for|with|and){_R}|[()@&+✔✓]",
    _I,
)
NO_SUBJECT = STOP_WORDS | frozenset(
    "left quick had just saw stage value hot cold last next yesterday morning afternoon nice expo trade"
    " day hi".split()
)
_MENTIONED = re.compile(
    rf"{_L}(?:key\s+contact|contact|spoke\s+(?:to|with)|decision\s+maker|led\s+by"
    r"|new\s+[a-z ]{2,20}\s+is)\s+(?:is\s+)?(?:(?:his|her|the)\s+)?(?:deputy\s+)?",
    _I,
)
_SAYS = re.compile(
    r"\s+(?:wants?|says?|said|likes?|liked|loves?|needs?|asked|asks|took|told|thinks|will|sceptical|skeptical|happy|keen)\b",
    _I,
)
MAX_REMARK = 20


def read_labelled(line: Line, clause: Clause, names: Names) -> bool:
    """Read "contact: Olly", whose label is the clause before the colon or stands in this one."""
    before = line.plain[: clause.start]
    if _LABEL_ACCOUNT.search(before):
        names.take_account(clause.start, clause.end)
        return True
    if _LABEL_PERSON.search(before):
        people = read_people(line.plain, clause.start, clause.end, loose=True)
        names.take_people(people)
        return bool(people)
    following = line.plain[clause.start : clause.end + 2]
    label = LABEL.match(following)
    if label and label.end() >= clause.end - clause.start:
        names.taken.append((clause.start, clause.end))
        return True
    if _LABEL_ACCOUNT.match(following.strip()):
        names.taken.append((clause.start, clause.end))
        return True
    return False


def read_bare_names(line: Line, clause: Clause, names: Names, *, first: bool) -> bool:
    """Read a clause that is nothing but names: ", J. Smith," or "/ Apex Tooling /"."""
    end = line.limit(clause.start, clause.end)
    at = clause.start
    people = read_people(line.plain, at, end, loose=False)
    stop = people[-1][1] if people else at
    tail = line.plain[stop:end].strip()
    if names.account is None and people and (lead := AT.match(line.plain, stop + 1, end)):
        company = read_company(line.plain, lead.end(), end)
        if company and not line.plain[company:end].strip():
            names.take_people(people)
            names.taken.append(lead.span())
            names.take_account(lead.end(), company)
            return True
    company = read_company(line.plain, at, end)
    whole = company is not None and end == clause.end and not line.plain[company:end].strip()
    words = line.plain[at:end].split()
    surely = people and looks_like_person(line.plain[people[0][0] : people[0][1]])
    if whole and names.account is None and not surely and first and not _is_verb(words):
        names.take_account(at, company or end)
        return True
    if tail.startswith("(") and tail.endswith(")") and len(tail) < MAX_REMARK:
        people[-1] = (people[-1][0], end)
        tail = ""
    if not people or (tail and tail.lower() not in {"present", "too", "there", "attending"}):
        return False
    if not surely and len(people) == 1 and (len(words) == 1 or _is_verb(words) or names.attendees):
        return False
    if line.plain.isupper() and not surely:
        return False
    names.take_people(people)
    return True


def _is_verb(words: Sequence[str]) -> bool:
    """Return whether words with a capital are no name but a remark: "Approved", "Waiting for PO"."""
    bare = words[0].lower().strip(".!?") if words else ""
    return (
        bare in NO_SUBJECT
        or (len(words) == 1 and bare.endswith(("ed", "ing")))
        or any(char.isdigit() for char in " ".join(words))
    )


def read_talk(line: Line, clause: Clause, names: Names) -> bool:
    """Read "talked to Karen about ..." in a clause after the head."""
    talk = TALK.search(line.plain, clause.start, line.limit(clause.start, clause.end))
    if not talk or talk.start() != clause.start:
        return False
    return take_people_after(line, talk, clause.end, names) is not None


def read_mentioned(line: Line, clauses: Sequence[Clause], names: Names) -> None:
    """Name attendees whom the notes speak of, and leave the notes as they are."""
    for clause in clauses:
        for found in _MENTIONED.finditer(line.plain, clause.start, clause.end):
            stop = read_person(line.plain, found.end(), clause.end)
            if stop and is_capital(line.plain[found.end()]):
                names.attendees.append((found.end(), stop))
                return
        stop = read_person(line.plain, clause.start, clause.end)
        if stop and _SAYS.match(line.plain, stop, clause.end):
            name = line.plain[clause.start : stop]
            last = name.split()[-1]
            if looks_like_person(name) and (last[0].isupper() or last.lower() in FIRST_NAMES):
                names.attendees.append((clause.start, stop))
                return


def take_glue(line: Line, clause: Clause, names: Names) -> None:
    """Take the small words that stand beside what was taken and say nothing without it."""
    plain = line.plain
    spans = [*names.taken, *([line.kind_span] if line.kind_span else [])]
    inside = [span for span in spans if clause.start <= span[0] < clause.end]
    if not inside:
        return
    glue = [found.span() for found in _GLUE.finditer(plain, clause.start, clause.end)]
    grew = True
    while grew:
        grew = False
        for span in list(glue):
            if any(_touches(plain, span, other, clause) for other in inside):
                inside.append(span)
                names.taken.append(span)
                glue.remove(span)
                grew = True


def _touches(plain: str, span: Span, other: Span, clause: Clause) -> bool:
    """Return whether only space stands between two spans of a clause."""
    low, high = (span, other) if span[0] < other[0] else (other, span)
    return not plain[low[1] : high[0]].strip() and clause.start <= low[0]
