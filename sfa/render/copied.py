"""The values of a record that people copy into other programs, clean: no label, no stray space."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from sfa.fields import Field, Kind
from sfa.i18n import tr
from sfa.interchange.product_columns import COST
from sfa.render.cells import clean_line
from sfa.render.records import record_paragraphs
from sfa.render.values import typed_value

if TYPE_CHECKING:
    from sfa.finding.showing import Shown

_WIDTH = 100  # of a whole record as text
# What is copied, in the order of the choice, with the letter that takes it.
_LETTERS = {
    "name": "n",
    "subject": "n",
    "company": "c",
    "account": "c",
    "accounts": "c",
    "phones": "p",
    "emails": "m",
    "addresses": "a",
    "website": "w",
    "tax_id": "t",
    "amount": "v",
}
_MORE = "123456789"  # for the second phone and all that follow
_NUMBER = re.compile(r"[+＋]?[\d\s()\-–—./（）]+")
_KEPT = re.compile(r"[+\d]")


class Copied(NamedTuple):
    """A value to copy: the letter that takes it, what it is, and the text."""

    letter: str
    label: str
    text: str


def values_to_copy(shown: Shown) -> list[Copied]:
    """Return what can be copied of a record: the values people need elsewhere, its reference, all of it."""
    found: list[Copied] = []
    further = iter(_MORE)
    values = {field.name: (field, value) for field, value in shown.values}
    for name, letter in _LETTERS.items():
        if name in values:
            field, value = values[name]
            for text in _texts_of(field, value):
                free = all(before.letter != letter for before in found)
                found.append(Copied(letter if free else next(further, ""), tr(field.label), text))
    if not any(each.letter == "n" for each in found):
        found.insert(0, Copied("n", tr("Name"), clean_line(shown.label)))
    return [
        *(each for each in found if each.letter),
        Copied("r", tr("Ref"), shown.ref),
        Copied("y", tr("Everything"), record_as_text(shown)),
    ]


def _texts_of(field: Field, value: Any) -> list[str]:
    """Return the values of a field that are not empty, each as it is copied."""
    several = value or () if field.kind is Kind.MANY else (value,)
    typed = (typed_value(field, (each,) if field.kind is Kind.MANY else each) for each in several)
    clean = (clean_number(text) if field.name == "phones" else clean_line(text) for text in typed)
    return [text for text in clean if text]


def record_as_text(shown: Shown) -> str:
    """Return a record in full, line by line; but for a product's cost, since it may go to the customer."""
    values = tuple((field, value) for field, value in shown.values if field.table != COST.table)
    lines = record_paragraphs(shown._replace(values=values), _WIDTH)
    return "\n".join(f"{each.label}{each.text}".rstrip() for each in lines)


def clean_number(text: str) -> str:
    """Return a phone number as one dials it: digits and a plus; with a word in it as it is typed."""
    plain = clean_line(text)
    return "".join(_KEPT.findall(plain.replace("＋", "+"))) if _NUMBER.fullmatch(plain) else plain
