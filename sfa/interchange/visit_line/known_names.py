"""Names from the store found in a line: fast for thousands of names, whatever the case."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sfa.interchange.visit_line.clauses import Span
from sfa.interchange.visit_line.names import Names

_LEGAL = (
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "公司",
    " ltd",
    " ltd.",
    " limited",
    " inc",
    " inc.",
    " gmbh",
    " llc",
    " corp",
    " corporation",
    " co",
)
_HAN_NAME = 2


def find_known(plain: str, end: int, accounts: Sequence[str], contacts: Sequence[str]) -> Names:
    """Return the known names that stand in the line before ``end``: one account, every contact.

    The longest account wins. A contact is found by full name, else by a first name in Latin script.
    """
    names = Names()
    lowered = plain[:end].lower()
    account = _longest(lowered, accounts)
    if account:
        names.take_account(*account)
    people = [span for name in contacts if (span := _found(lowered, name.lower()))]
    people = people or _by_first_name(lowered, contacts)
    for span in sorted(set(people)):
        if not any(span[0] < stop and start < span[1] for start, stop in names.taken):
            names.attendees.append(span)
            names.taken.append(span)
    return names


def _longest(lowered: str, accounts: Sequence[str]) -> Span | None:
    """Return where the longest known account stands, its legal form left out if need be."""
    best: Span | None = None
    for name in accounts:
        folded = name.lower()
        if folded[:2] not in lowered:
            continue
        span = _found(lowered, folded) or _found(lowered, _without_legal_form(folded))
        if span and (best is None or span[1] - span[0] > best[1] - best[0]):
            best = span
    return best


def _without_legal_form(name: str) -> str:
    """Return a name in small letters without 有限公司, "Ltd" and their kin."""
    return next((name[: -len(form)] for form in _LEGAL if name.endswith(form)), name)


def _found(lowered: str, name: str) -> Span | None:
    """Return where a name stands as words of its own."""
    if len(name) < _HAN_NAME or name not in lowered:
        return None
    found = re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", lowered)
    return found.span() if found else None


def _by_first_name(lowered: str, contacts: Sequence[str]) -> list[Span]:
    """Return where first names of known contacts stand ("tom" for Tom Ellis)."""
    words = {found[0]: found.span() for found in re.finditer(r"[a-z][a-z'-]{2,}", lowered)}
    firsts = (name.split(" ", 1)[0].lower() for name in contacts if " " in name)
    return [words[first] for first in firsts if first in words]
