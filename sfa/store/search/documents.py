"""A record's document: its searched values, and what the index holds of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sfa import hanzi
from sfa.hanzi.initials import initials
from sfa.store.search.searched import BORDER, END, REVERSED, SEARCHED

_SEPARATORS = "".join(chr(code) for code in range(128) if not chr(code).isalnum())
_SHORTEST_NUMBER = 3
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Words(NamedTuple):
    """The searched values of a record, normalised; a phone is (as written, national digits)."""

    name: str
    others: tuple[str, ...]
    phones: tuple[tuple[str, str], ...]
    reach: tuple[str, ...]
    texts: tuple[str, ...]


class Document(NamedTuple):
    """A record to be indexed. ``row`` is its rowid."""

    row: int
    record_id: str
    words: Words
    is_deleted: bool = False


def words_of(
    table: str,
    values: Mapping[str, Any] | Sequence[Any],
    *,
    phones: Iterable[tuple[str, str]] = (),
    reach: Iterable[str] = (),
) -> Words:
    """Return a record's words from its stored values.

    ``values`` maps the table's searched columns to what they hold, or is a sequence in the
    order of ``SEARCHED[table].columns()``. ``phones`` are (value, digits) pairs; ``reach``
    are emails, then lines of addresses, then tags.
    """
    spec = SEARCHED[table]
    normal = hanzi.normal
    if isinstance(values, Mapping):
        values = [values.get(column) for column in spec.columns()]
    texts = [normal(value) if value else "" for value in values]
    first = 1 if spec.name else 0
    middle = first + len(spec.others)
    return Words(
        texts[0] if first else "",
        tuple([text for text in texts[first:middle] if text]),
        tuple([(normal(value), digits) for value, digits in phones]),
        tuple([normal(value) for value in reach]),
        tuple([text for text in texts[middle:] if text]),
    )


def stored(words: Words) -> str:
    """Return words as the text that is kept beside the index."""
    return _dump(words)


def restored(text: str) -> Words:
    """Return words from the text that was kept."""
    name, others, phones, reach, texts = json.loads(text)
    return Words(
        name, tuple(others), tuple((value, digits) for value, digits in phones), tuple(reach), tuple(texts)
    )


def indexed(table: str, words: Words) -> tuple[str, str, str, str, str]:
    """Return what each column of the index holds for a record; the same words give the same."""
    reach = [numbers(value, digits) for value, digits in words.phones] if words.phones else []
    reach += [_ended(value) for value in words.reach]
    is_person = SEARCHED[table].is_person
    letters = [_letters(words.name, is_person=is_person)]
    letters += [_letters(other, is_person=False) for other in words.others]
    return (
        _ended(words.name),
        _bordered([_ended(other) for other in words.others]),
        _bordered(reach),
        _bordered([_ended(text) for text in words.texts]),
        " ".join([each for each in letters if each]),
    )


def _ended(normalised: str) -> str:
    if normalised.isascii():  # FTS5's own tokenizer splits ASCII as we do
        text = normalised.rstrip(_SEPARATORS)
        return text + END if text else ""
    found = hanzi.tokens(normalised)
    return found + END if found else ""


def _bordered(values: list[str]) -> str:
    if len(values) == 1:
        return values[0]
    return f" {BORDER} ".join([value for value in values if value])


def _letters(normalised: str, *, is_person: bool) -> str:
    if normalised.isascii():
        return ""
    if hanzi.is_all_han(normalised):
        return hanzi.bigrams(initials(normalised, is_person=is_person))
    runs = [piece for piece in hanzi.pieces(normalised) if hanzi.is_han(piece)]
    return " ".join([hanzi.bigrams(initials(run, is_person=is_person)) for run in runs])


def numbers(value: str, digits: str) -> str:
    """Return a phone as the index holds it: as written, and its digits from either end."""
    if value == digits:  # the usual shape
        return f"{value}{END} {REVERSED}{value[::-1]}" if value else ""
    raw = digits_of(value)
    found = [_ended(value)]
    # Behind a border, so that the whole number is found as a value of its own.
    if raw and raw != value:
        found.append(f"{BORDER} {raw}{END}")
    if digits and digits != raw:
        found.append(f"{BORDER} {digits}{END}")
    if len(raw) >= _SHORTEST_NUMBER:
        found.append(f"{REVERSED}{raw[::-1]}")
    if digits and not raw.endswith(digits):
        found.append(f"{REVERSED}{digits[::-1]}")
    return " ".join([each for each in found if each])


def digits_of(text: str) -> str:
    """Return the ASCII digits of a text."""
    return "".join([char for char in text if char in "0123456789"])
