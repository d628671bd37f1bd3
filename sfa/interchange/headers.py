"""Which column of a file is which field: a guess with its reason, shown before anything is written.

A header is known by its words, else by its values when they leave no doubt
(email addresses, phone numbers). What is not known is left alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sfa.errors import Msg, msg
from sfa.fields import Noun
from sfa.interchange.header_words import known_headers
from sfa.interchange.reach import email_address, phone_digits
from sfa.interchange.targets import holds_many, targets

_PUNCTUATION = re.compile(r"[\s_\-–—/|.,:;*?!#'\"、，：]+")
_BRACKETS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
# What an export puts before a header: the record's kind, or the number of an address.
_PREFIX = re.compile(
    r"^(?:person|people|deal|organi[sz]ation|activity|lead|account|contact|product|task|user|company)\s+[-–:]\s+"
    r"|^address\s*1?\s*:\s*|^(?:billing|mailing|primary|office|business|registered)\s+(?=street|city|state|zip|postal|country)"
    r"|^(?:your|our|the)\s+",
    re.IGNORECASE,
)
_OWN_MARK = re.compile(r"^\(do not modify\)\s*", re.IGNORECASE)
_SAMPLED = 50
_MANY = 10


@dataclass(frozen=True, slots=True)
class Guess:
    """The target a column is taken for, how sure that is (0 to 1), and why."""

    field: str
    confidence: float
    why: Msg


def guess_columns(
    noun: Noun, header: Sequence[str], sample_rows: Sequence[Sequence[str]] = ()
) -> dict[str, Guess]:
    """Return column -> guess for the columns that are understood; a field is given once.

    Of several columns for one field the surest wins, then the first; fields of
    several values take them all.
    """
    samples = list(sample_rows[:_SAMPLED])
    guesses: dict[str, Guess] = {}
    for place, column in enumerate(header):
        values = [row[place].strip() for row in samples if place < len(row) and row[place].strip()]
        guess = _guess(noun, column, values) if column else None
        if guess:
            guesses[column] = guess
    return _without_rivals(noun, guesses)


def _guess(noun: Noun, column: str, values: list[str]) -> Guess | None:
    known = known_headers(noun.name)
    allowed = set(targets(noun))
    for confidence, plain in _forms(noun, column):
        if plain in known:
            target = known[plain]
            if target is None or target not in allowed:
                return None
            return _unless_values_differ(Guess(target, confidence, msg("by its name")), values)
    return _by_values(values, allowed)


def _forms(noun: Noun, column: str) -> list[tuple[float, str]]:
    """Return the forms a header is looked up in, the surest first."""
    text = unicodedata.normalize("NFKC", column).strip()
    marked = _OWN_MARK.sub("", text)
    if marked != text and marked.casefold() == noun.name:
        return [(1.0, "record id")]
    bare = _PREFIX.sub("", _CAMEL.sub(" ", marked))
    return [
        (1.0, _plain(text)),
        (0.95, _plain(_BRACKETS.sub(" ", text))),
        (0.9, _plain(bare)),
        (0.85, _plain(_BRACKETS.sub(" ", bare))),
        (0.85, _plain(re.sub(r"[\[\]()（）【】%]", " ", bare))),
        (0.75, re.sub(r"(?<=[^\d\s])\s*\d$", "", _plain(bare))),
    ]


def _plain(text: str) -> str:
    return _PUNCTUATION.sub(" ", text.casefold()).strip(" %")


def _unless_values_differ(guess: Guess, values: list[str]) -> Guess | None:
    """Take a guess back when none of many values fits it (a column "Mail" full of streets)."""
    check = {"emails": email_address, "phones": phone_digits}.get(guess.field)
    if check and len(values) >= _MANY and not any(check(value) for value in values):
        return None
    return guess


def _by_values(values: list[str], allowed: set[str]) -> Guess | None:
    if len(values) < 3:
        return None
    if "emails" in allowed and all(email_address(value) for value in values):
        return Guess("emails", 0.7, msg("by its values: email addresses"))
    return None


def _without_rivals(noun: Noun, guesses: dict[str, Guess]) -> dict[str, Guess]:
    best: dict[str, str] = {}
    for column, guess in guesses.items():
        rival = best.get(guess.field)
        if rival is None or guess.confidence > guesses[rival].confidence:
            best[guess.field] = column
    return {
        column: guess
        for column, guess in guesses.items()
        if holds_many(noun, guess.field) or best[guess.field] == column
    }
