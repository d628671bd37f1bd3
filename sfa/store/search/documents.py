"""A record's document: its searched values, and what the index holds of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sfa import hanzi
from sfa.hanzi.initials import initials
from sfa.store.search.lines import line_texts
from sfa.store.search.searched import (
    END,
    FIRST,
    INITIALS,
    LINES,
    MARKS,
    NAME,
    OTHER,
    PHONE,
    REACH,
    REVERSED,
    SEARCHED,
    SHORTEST_NUMBER,
    TEXT,
)

_SIGNS = re.compile("[^0-9a-z]+")  # what parts the words of a normalised text in ASCII
IN_NAME, IN_OTHER, IN_REACH, IN_TEXT, IN_LINES, INITIAL = (
    MARKS[column][-1] for column in (NAME, OTHER, REACH, TEXT, LINES, INITIALS)
)
PAIR_CACHE = 8192
quoted = json.encoder.encode_basestring


class Words(NamedTuple):
    """The searched values of a record, normalised; a phone is (as written, national digits)."""

    name: str
    others: tuple[str, ...]
    phones: tuple[tuple[str, str], ...]
    reach: tuple[str, ...]
    texts: tuple[str, ...]
    lines: tuple[str, ...] = ()


class Document(NamedTuple):
    """A record to be indexed. ``row`` is its rowid."""

    row: int
    record_id: str
    words: Words
    is_deleted: bool = False


class Entered(NamedTuple):
    """A document as it goes into the index: its words as they are kept, and its entries."""

    row: int
    record_id: str
    words: str
    entries: str
    is_deleted: bool = False


def entered(table: str, document: Document) -> Entered:
    """Return a document as it goes into the index."""
    words = document.words
    return Entered(
        document.row, document.record_id, stored(words), indexed(table, words), document.is_deleted
    )


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
    *values, kept = values if spec.lines else (*values, None)
    texts = [normal(value) if value else "" for value in values]
    first = 1 if spec.name else 0
    middle = first + len(spec.others)
    return Words(
        texts[0] if first else "",
        tuple([text for text in texts[first:middle] if text]),
        tuple([(normal(value), digits) for value, digits in phones]),
        tuple([normal(value) for value in reach]),
        tuple([text for text in texts[middle:] if text]),
        normal_lines(kept),
    )


def normal_lines(kept: Any) -> tuple[str, ...]:
    """Return what lines say, normalised."""
    return tuple(filter(None, map(hanzi.normal, line_texts(kept))))


def stored(words: Words) -> str:
    """Return words as the text that is kept beside the index: a list in JSON."""
    name, others, phones, reach, texts, lines = words
    pairs = ",".join([f"[{quoted(value)},{quoted(digits)}]" for value, digits in phones])
    lists = [",".join(map(quoted, each)) for each in (others, reach, texts)]
    # A hundred thousand of them: the encoder would look at every value's kind.
    more = f",[{','.join(map(quoted, lines))}]" if lines else ""
    return f"[{quoted(name)},[{lists[0]}],[{pairs}],[{lists[1]}],[{lists[2]}]{more}]"


def restored(text: str) -> Words:
    """Return words from the text that was kept."""
    name, others, phones, reach, texts, *lines = json.loads(text)
    pairs = tuple((value, digits) for value, digits in phones)
    said = tuple(lines[0]) if lines else ()
    return Words(name, tuple(others), pairs, tuple(reach), tuple(texts), said)


def indexed(table: str, words: Words) -> str:
    """Return what the index holds for a record; the same words give the same."""
    is_person = SEARCHED[table].is_person
    found = [entries_of(IN_NAME, words.name), initial_entries(words.name, is_person=is_person)]
    for other in words.others:
        found += (entries_of(IN_OTHER, other), initial_entries(other, is_person=False))
    found += [numbers(value, digits) for value, digits in words.phones]
    found += [entries_of(IN_REACH, value) for value in words.reach]
    found += [entries_of(IN_TEXT, text) for text in words.texts]
    found += [entries_of(IN_LINES, text) for text in words.lines]
    return " ".join([each for each in found if each])


def entries_of(mark: str, normalised: str) -> str:
    """Return a value's entries, each with its mark; the first and the last one tell that they are."""
    if normalised.isalnum() and normalised.isascii():
        return f"{mark}{FIRST}{normalised}{END}"
    found = _SIGNS.sub(" ", normalised).strip() if normalised.isascii() else _tokens(normalised)
    return f"{mark}{FIRST}{found.replace(' ', f' {mark}')}{END}" if found else ""


# Names, titles and places stand in many records of one import.
_tokens = lru_cache(maxsize=PAIR_CACHE)(hanzi.tokens)


def initial_entries(normalised: str, *, is_person: bool) -> str:
    """Return the entries of a name's initials, run by run."""
    return "" if normalised.isascii() else _initials(normalised, is_person)


@lru_cache(maxsize=PAIR_CACHE)
def _initials(normalised: str, is_person: bool) -> str:
    if hanzi.is_all_han(normalised):
        runs = [normalised]
    else:
        runs = [piece for piece in hanzi.pieces(normalised) if hanzi.is_han(piece)]
    found = " ".join([hanzi.bigrams(initials(run, is_person=is_person)) for run in runs])
    return f"{INITIAL}{FIRST}{found.replace(' ', f' {INITIAL}')}" if found else ""


def numbers(value: str, digits: str) -> str:
    """Return a phone as the index holds it: as written, and its digits from either end."""
    if value == digits:  # the usual shape
        return f"{PHONE}{FIRST}{value}{END} {REVERSED}{value[::-1]}" if value else ""
    raw = digits_of(value)
    found = [entries_of(PHONE, value)]
    found += [f"{PHONE}{FIRST}{each}{END}" for each in dict.fromkeys((raw, digits)) if each and each != value]
    if len(raw) >= SHORTEST_NUMBER:
        found.append(f"{REVERSED}{raw[::-1]}")
    if digits and not raw.endswith(digits):
        found.append(f"{REVERSED}{digits[::-1]}")
    return " ".join([each for each in found if each])


def digits_of(text: str) -> str:
    """Return the ASCII digits of a text."""
    return "".join([char for char in text if char in "0123456789"])
