"""From what people type to one record: a short reference, an id, a key of another system, a name.

The readings are tried in order, and the first that fits anything decides. When it
fits several records they are listed and nothing happens.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from sfa import ids
from sfa.errors import Ambiguous, NotFound, Refused, msg
from sfa.fields import Kind, Noun
from sfa.fields import noun as noun_of
from sfa.finding import folding
from sfa.finding.labels import alive, kin, label_columns, label_of, labels, only, short_ref, short_refs
from sfa.finding.organisation import local_user_id

__all__ = [
    "Found",
    "filter_ids",
    "labels",
    "matching_ids",
    "named_ids",
    "nearly",
    "resolve",
    "resolve_any",
    "short_ref",
    "short_refs",
    "whole_ids",
]

_SHOWN = 10
_ME = frozenset({"me", "我", "本人"})
_REF_LETTERS = frozenset("0123456789abcdefghjkmnpqrstvwxyz")
# Columns besides the name that people call a record by: exactly, and in part.
_EXACT = ("short_name", "code", "tax_id")
_IN_PART = ("short_name", "company", "code")
_UNDER_PLURAL = ("conflict", "proposal")  # their commands are ``sfa conflicts`` and ``sfa proposals``


class Found(NamedTuple):
    """The record that a reference names; ``ref`` is the short one."""

    id: str
    ref: str
    label: str
    version: int
    noun: str


class _Asked(NamedTuple):
    """What was typed, for one noun."""

    connection: sqlite3.Connection
    noun: Noun
    typed: str
    deleted: bool
    limit: int = _SHOWN + 1  # one more than an ambiguity lists

    def ids(self, condition: str, *parameters: object) -> list[str]:
        """Return the ids that meet a condition, up to the limit; below zero is all."""
        rows = self.connection.execute(
            f"SELECT t.id FROM {self.noun.table} AS t WHERE {condition}"
            f" AND {alive(self.deleted)}{only(self.noun)} LIMIT {self.limit}",
            parameters,
        )
        return [row[0] for row in rows]


def resolve(connection: sqlite3.Connection, noun: str, typed: str, *, deleted: bool | None = False) -> Found:
    """Return the one record of a noun that a reference names.

    ``deleted`` looks among the deleted records instead; ``None`` there too, after the live ones.

    Raises:
        NotFound: it names nothing; the hint has names that come near.
        Refused: it was looked for among the deleted ones alone, and is live.
        Ambiguous: it names several; ``matches`` lists up to ten.
    """
    return _resolve(connection, typed, (noun_of(noun),), deleted)


def resolve_any(
    connection: sqlite3.Connection, typed: str, nouns: Sequence[str], *, deleted: bool | None = False
) -> Found:
    """Return the one record among several nouns; ``deal:REF`` says which noun is meant.

    Raises:
        NotFound: it names nothing.
        Ambiguous: it names several; their labels carry the noun.
    """
    word, colon, rest = typed.partition(":")
    chosen = [noun_of(noun) for noun in nouns]
    if colon and word.strip() in nouns:
        return _resolve(connection, rest, (noun_of(word.strip()),), deleted)
    return _resolve(connection, typed, chosen, deleted)


def matching_ids(connection: sqlite3.Connection, noun: str, typed: str) -> list[str]:
    """Return all live records that a reference names by the first reading that fits; none is no error."""
    return [record for _, record in _matches(connection, cleaned(typed), (noun_of(noun),), deleted=False)]


def filter_ids(connection: sqlite3.Connection, noun: str, typed: str) -> list[str]:
    """Return all live records that a value in a filter names: every one of a whole name, key or id.

    A part of a name or of a reference has to name one record, as everywhere.

    Raises:
        NotFound: it names nothing.
        Ambiguous: it is a part of several names.
    """
    return named_ids(connection, noun, typed) or [resolve(connection, noun, typed).id]


def named_ids(connection: sqlite3.Connection, noun: str, typed: str) -> list[str]:
    """Return all live records of a whole name, key or id; none is no error."""
    asked = _Asked(connection, noun_of(noun), cleaned(typed), deleted=False, limit=-1)
    readings = _EXACT_READINGS if asked.typed else ()
    return next((list(dict.fromkeys(found)) for found in (read(asked) for read in readings) if found), [])


def whole_ids(connection: sqlite3.Connection, noun: str, typed: str) -> list[str]:
    """Return all live records of a whole name, key or id, or of a reference as long as one is shown."""
    asked = _Asked(connection, noun_of(noun), cleaned(typed), deleted=False)
    return named_ids(connection, noun, typed) or (_by_ref(asked) if asked.typed else [])


def nearly(connection: sqlite3.Connection, noun: str, typed: str) -> list[tuple[str, str]]:
    """Return (reference, label) of the live records that a text may mean, up to ten."""
    found = [_found(connection, noun_of(noun), each) for each in matching_ids(connection, noun, typed)]
    return [(each.ref, each.label) for each in found[:_SHOWN]]


def _resolve(
    connection: sqlite3.Connection, typed: str, nouns: Sequence[Noun], deleted: bool | None
) -> Found:
    plain = cleaned(typed)
    found = _matches(connection, plain, nouns, deleted=bool(deleted))
    if not found and deleted is None:
        found = _matches(connection, plain, nouns, deleted=True)
    if len(found) == 1:
        return _found(connection, *found[0])
    if found:
        raise _ambiguous(connection, typed, nouns, found)
    if deleted:
        _refuse_live(connection, plain, nouns)
    raise _not_found(connection, typed, plain, nouns, gone=deleted is False)


def _refuse_live(connection: sqlite3.Connection, plain: str, nouns: Sequence[Noun]) -> None:
    """Raise Refused when what was looked for among the deleted is live."""
    live = _matches(connection, plain, nouns, deleted=False)
    if len(live) == 1:
        found = _found(connection, *live[0])
        raise Refused(
            msg("The {noun} {label!r} is not deleted."), noun=noun_of(found.noun).label, label=found.label
        )


def cleaned(typed: str) -> str:
    plain = " ".join(unicodedata.normalize("NFKC", typed).split())
    return plain if folding.storable(plain) and len(plain) <= 1000 else ""


def _matches(
    connection: sqlite3.Connection, typed: str, nouns: Sequence[Noun], *, deleted: bool
) -> list[tuple[Noun, str]]:
    """Return (noun, id) by the first reading that fits anything in any of the nouns."""
    if not typed:
        return []
    folding.register(connection)
    asked = [_Asked(connection, noun, typed, deleted) for noun in nouns]
    for reading in _READINGS:
        found = [(each.noun, record) for each in asked for record in dict.fromkeys(reading(each))]
        if found:
            return found
    return []


def _by_me(asked: _Asked) -> list[str]:
    if asked.noun.name != "user" or folding.fold(asked.typed) not in _ME:
        return []
    return asked.ids("t.id = ?", local_user_id(asked.connection))


def _by_id(asked: _Asked) -> list[str]:
    if len(asked.typed) != 36:
        return []
    return asked.ids("t.id = ?", asked.typed.lower())


def _by_exact(asked: _Asked) -> list[str]:
    """Read a name, case aside, or the key that another system has for the record."""
    nouns = kin(asked.noun)
    places = ", ".join("?" * len(nouns))
    keys = f"SELECT record_id FROM external_id WHERE key = ? AND noun IN ({places}) AND deleted_at IS NULL"
    keyed = asked.ids(f"t.id IN ({keys})", asked.typed, *nouns)
    named = [
        each
        for name in names_of(asked.noun)
        for each in asked.ids(f"t.{name} = ? COLLATE NOCASE", asked.typed)
    ]
    return named + keyed


def _by_other_name(asked: _Asked) -> list[str]:
    """Read a short name, a code, a tax number, an email address or a phone number."""
    found: list[str] = []
    for column in _columns(asked.noun, _EXACT):
        if column == "short_name":
            found += asked.ids("t.short_name = ? COLLATE NOCASE", asked.typed)
        else:  # two spellings, so that the index on the column serves
            found += asked.ids(f"t.{column} IN (?, ?)", asked.typed, asked.typed.upper())
    return found + _by_reach(asked)


def _by_reach(asked: _Asked) -> list[str]:
    reached = {field.name: field for field in asked.noun.fields if field.table in ("email", "phone")}
    typed = asked.typed
    if "emails" in reached and "@" in typed:
        owner = reached["emails"].owner_column
        inner = f"SELECT {owner} FROM email WHERE value IN (?, ?) AND deleted_at IS NULL"
        return asked.ids(f"t.id IN ({inner})", typed, typed.lower())
    if "phones" in reached and sum(each.isdecimal() for each in typed) >= 7:
        from sfa.interchange.reach import phone_digits  # compiles patterns that few references need

        owner = reached["phones"].owner_column
        inner = f"SELECT {owner} FROM phone WHERE digits = ? AND digits <> '' AND deleted_at IS NULL"
        return asked.ids(f"t.id IN ({inner})", phone_digits(typed))
    return []


def _by_ref(asked: _Asked) -> list[str]:
    plain = ids.plain_ref(asked.typed)
    if len(plain) < ids.REF_SHOWN:
        return []
    return _refs_from(asked, plain)


def _refs_from(asked: _Asked, plain: str) -> list[str]:
    if len(plain) > ids.REF_LENGTH or not _REF_LETTERS.issuperset(plain):
        return []
    return asked.ids("t.ref >= ? AND t.ref < ?", plain, plain + "~")


def _by_front(asked: _Asked) -> list[str]:
    """Read the front of a name, or the first few letters of a reference.

    Letters alone are rather a name, because nearly every few letters are the front of some reference.
    """
    named = [
        each
        for column in _columns(asked.noun, (*names_of(asked.noun), "short_name"))
        for each in asked.ids(folding.begins(f"t.{column}"), *folding.span(asked.typed))
    ]
    plain = ids.plain_ref(asked.typed)
    if len(plain) >= ids.REF_SHOWN or (named and asked.typed.isalpha()):
        return named
    return named + _refs_from(asked, plain)


def _by_part(asked: _Asked) -> list[str]:
    """Read a part of a name, folding width and case beyond ASCII; whole names before fronts before parts."""
    columns = _columns(asked.noun, (*names_of(asked.noun), *_IN_PART))
    if not columns:
        return []
    sought = folding.fold(asked.typed)
    pattern = folding.inside(sought)
    rows = asked.connection.execute(
        f"SELECT t.id, {', '.join('t.' + column for column in columns)} FROM {asked.noun.table} AS t"
        f" WHERE ({' OR '.join(folding.contains('t.' + column) for column in columns)})"
        f" AND {alive(asked.deleted)}{only(asked.noun)} LIMIT 1000",
        (pattern, pattern) * len(columns),
    )
    ranked: tuple[list[str], list[str], list[str]] = ([], [], [])
    for record, *texts in map(tuple, rows):
        ranked[_rank(sought, texts)].append(record)
    return next((found for found in ranked if found), [])


def _rank(sought: str, texts: Iterable[str | None]) -> int:
    folded = [folding.fold(text) for text in texts if text]
    if sought in folded:
        return 0
    return 1 if any(text.startswith(sought) for text in folded) else 2


_Readings = tuple[Callable[[_Asked], list[str]], ...]
_EXACT_READINGS: _Readings = (_by_me, _by_id, _by_exact, _by_other_name)
_READINGS: _Readings = (*_EXACT_READINGS, _by_ref, _by_front, _by_part)


def names_of(noun: Noun) -> tuple[str, ...]:
    """Return the column that is the record's name: the first of its title that is written freely.

    An activity has none: its outcome is a sentence; a conflict or proposal neither.
    """
    if noun.table in {"activity", *_UNDER_PLURAL}:
        return ()
    free = [
        field.column for field in noun.fields if field.kind in (Kind.TEXT, Kind.LONG) and not field.through
    ]
    if noun.name == "field":
        return ("label", "name")
    return tuple(column for column in noun.title if column in free)[:1]


def _columns(noun: Noun, wanted: Iterable[str]) -> tuple[str, ...]:
    own = {field.column for field in noun.fields if field.table == noun.table}
    return tuple(dict.fromkeys(column for column in wanted if column in own))


def _found(connection: sqlite3.Connection, noun: Noun, record: str) -> Found:
    columns = ", ".join(label_columns(noun))
    row = connection.execute(
        f"SELECT ref, version, {columns} FROM {noun.table} WHERE id = ?", (record,)
    ).fetchone()
    ref, version, *title = tuple(row)
    return Found(record, short_ref(connection, noun.table, ref), label_of(noun, title), version, noun.name)


def _ambiguous(
    connection: sqlite3.Connection, typed: str, nouns: Sequence[Noun], found: list[tuple[Noun, str]]
) -> Ambiguous:
    listed = [_found(connection, *each) for each in found[:_SHOWN]]
    several = len({noun.name for noun, _ in found}) > 1
    matches = [(each.ref, f"{each.label} ({each.noun})" if several else each.label) for each in listed]
    more = len(found) > _SHOWN
    return Ambiguous(
        msg("{typed!r} fits more than {shown} {nouns}.") if more else msg("{typed!r} fits several {nouns}."),
        matches=matches,
        hint=msg("Type more of the name, or the reference in front of the one you mean."),
        typed=typed,
        nouns=nouns[0].label_plural if len(nouns) == 1 else msg("records"),
        shown=_SHOWN,
    )


def _not_found(
    connection: sqlite3.Connection, typed: str, plain: str, nouns: Sequence[Noun], *, gone: bool
) -> NotFound:
    one = nouns[0]
    buried = _matches_plainly(connection, plain, nouns) if gone else []
    if buried:
        found = _found(connection, *buried[0])
        return NotFound(
            msg("The {noun} {label!r} is deleted."),
            hint=msg("Bring it back with: sfa {word} restore {ref}"),
            noun=noun_of(found.noun).label,
            label=found.label,
            word=found.noun,
            ref=found.ref,
        )
    near = [name for noun in nouns for name in _near(connection, noun, plain)][:3]
    hint = msg("See all with: sfa {word} list") if len(nouns) == 1 else msg("Look for it with: sfa find TEXT")
    return NotFound(
        msg("There is no {noun} {typed!r}."),
        hint=msg("Did you mean {near}?") if near else hint,
        noun=one.label if len(nouns) == 1 else msg("record"),
        typed=typed,
        near=", ".join(near),
        word=one.plural if one.name in _UNDER_PLURAL else one.name,
    )


def _matches_plainly(
    connection: sqlite3.Connection, typed: str, nouns: Sequence[Noun]
) -> list[tuple[Noun, str]]:
    """Return deleted records that a reference names without doubt: by id, reference or whole name."""
    for noun in nouns if typed else ():
        asked = _Asked(connection, noun, typed, deleted=True)
        for reading in (_by_id, _by_exact, _by_ref):
            found = reading(asked)
            if len(found) == 1:
                return [(noun, found[0])]
    return []


def _near(connection: sqlite3.Connection, noun: Noun, typed: str) -> list[str]:
    """Return names like the typed one, among those that begin with the same sign."""
    names = names_of(noun)
    if not names or not typed:
        return []
    from difflib import get_close_matches  # on the way to an error only

    rows = connection.execute(
        f"SELECT DISTINCT t.{names[0]} FROM {noun.table} AS t WHERE {folding.begins('t.' + names[0])}"
        f" AND {alive(deleted=False)}{only(noun)} LIMIT 500",
        folding.span(typed[0]),
    )
    by_folded = {folding.fold(row[0]): row[0] for row in rows}
    close = get_close_matches(folding.fold(typed), by_folded, n=3, cutoff=0.6)
    return [str(by_folded[each]) for each in close]
