"""An English visit line as its readers see it: the text, the kind, where no name may run on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sfa.interchange.visit_line.clauses import Span
from sfa.interchange.visit_line.english_names import read_person
from sfa.interchange.visit_line.names import Names
from sfa.terms import ActivityKind

_I = re.IGNORECASE | re.ASCII
_L, _R = r"(?<![A-Za-z0-9À-ɏ])", r"(?![A-Za-z0-9À-ɏ])"
AT = re.compile(rf"(?:{_L}(?P<word>at|from|of)\s+|@\s*)(?!(?:our|their|his|her|the|a|my)\s)", _I)
TALK = re.compile(rf"{_L}(?:(?:talked|spoke|speaking|chatted|chat)\s+(?:to|with)|met(?:\s+with)?|saw)\s+", _I)
PAREN = re.compile(r"\s*\(([^()]*)\)")
_AND = re.compile(r"\s*(?:&|\+|,|/|\band\b|\bund\b)\s*", _I)


@dataclass(frozen=True, slots=True)
class Line:
    """What the reader looks at: the text, the kind and its words, and spans no name runs into."""

    plain: str
    kind: ActivityKind
    kind_span: Span | None
    blocked: Sequence[Span]
    kept: Sequence[Span]

    def limit(self, at: int, end: int) -> int:
        """Return where the next blocked span begins."""
        return min((start for start, stop in self.blocked if stop > at and start < end), default=end)


def read_people(plain: str, at: int, end: int, *, loose: bool) -> list[Span]:
    """Return the people listed at a place, joined by "and", "&", "+", "/" or commas."""
    people: list[Span] = []
    while stop := read_person(plain, at, end, loose=loose):
        people.append((at, stop))
        joint = _AND.match(plain, stop, end)
        if not joint:
            break
        at = joint.end()
    return people


def take_people_after(
    line: Line, lead: re.Match[str], end: int, names: Names, *, loose: bool = True
) -> tuple[int, str] | None:
    """Take the people after a leading word, and the word with them."""
    people = read_people(line.plain, lead.end(), end, loose=loose)
    if not people:
        return None
    names.taken.append(lead.span())
    names.take_people(people)
    return people[-1][1], "person"
