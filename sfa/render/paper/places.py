"""Texts with places, ``{number}``: only names from a list are filled, nothing is computed or run.

A place is small letters and ``_`` between braces; every other brace is text, so style sheets need
no care. A place that is meant as text is written ``{{number}}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sfa.render.paper.columns import amount_text
from sfa.render.paper.document import Paper, Tongue, TotalKind, Variant

_PLACE = re.compile(r"\{(\{[a-z_]+\})\}|\{([a-z_]+)\}")

# What the texts of a company and of mails may name.
PLACES = (
    "number",
    "revision",
    "subject",
    "seller",
    "customer",
    "contact",
    "prepared_by",
    "phone",
    "email",
    "website",
    "issued_on",
    "valid_until",
    "promised_on",
    "currency",
    "total",
)


class Used(NamedTuple):
    """A place used in a text, and its line, counted from 1."""

    name: str
    line: int


def used(text: str) -> Iterator[Used]:
    """Yield the places of a text."""
    for number, line in enumerate(text.splitlines(), 1):
        for match in _PLACE.finditer(line):
            if match[2]:
                yield Used(match[2], number)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Fill the places of a text; what is filled in is not looked at for places again."""
    return _PLACE.sub(lambda match: match[1] or values[match[2]], text)


def filled_lines(text: str, values: Mapping[str, str]) -> str:
    """Fill the places of a text, leaving out every line that names something the paper does not have."""
    lines = text.splitlines()
    return "\n".join(filled(line, values) for line in lines if all(values[each.name] for each in used(line)))


def places_of(paper: Paper, variant: Variant, tongue: Tongue) -> dict[str, str]:
    """Return what the places of a paper hold, each on one line.

    Empty where it says nothing, and where it is money and the paper the warehouse's.
    """
    total = next((each.minor for each in paper.totals if each.kind is TotalKind.GROSS), None)
    if variant is Variant.WAREHOUSE:
        total = None
    person = paper.prepared_by
    found = {
        "number": paper.number,
        "revision": str(paper.revision),
        "subject": " / ".join(paper.subject.said(tongue)),
        "seller": " / ".join(paper.seller.name.said(tongue)),
        "customer": " / ".join(paper.customer.name.said(tongue)),
        "contact": " / ".join(paper.contact.name.said(tongue)) if paper.contact else "",
        "prepared_by": " / ".join(person.name.said(tongue)) if person else "",
        "phone": (person.phone if person else "") or paper.seller.phone,
        "email": (person.email if person else "") or paper.seller.email,
        "website": paper.seller.website,
        "issued_on": paper.issued_on.isoformat(),
        "valid_until": paper.valid_until.isoformat() if paper.valid_until else "",
        "promised_on": paper.promised_on.isoformat() if paper.promised_on else "",
        "currency": paper.currency,
        "total": f"{amount_text(total, paper.currency)} {paper.currency}" if total is not None else "",
    }
    return {name: " ".join(text.split()) for name, text in found.items()}
