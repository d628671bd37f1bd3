"""New rows of a bulk import as documents, from what is being written: nothing is read again."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from sfa import hanzi
from sfa.store.bulk_sheets import Sheet
from sfa.store.search.documents import (
    IN_LINES,
    IN_NAME,
    IN_OTHER,
    IN_REACH,
    IN_TEXT,
    Entered,
    entries_of,
    normal_lines,
    quoted,
)
from sfa.store.search.index import mark_dirty, write_documents
from sfa.store.search.searched import PARTS, SEARCHED, Searched
from sfa.store.search.spelling import letters_of, numbers_of, values_of
from sfa.store.search.triggers import CHILDREN

# How the values of a record are kept, and their entries: the parts of ``documents.stored`` and ``indexed``.
_Spelled = tuple[str, str]
_ByOwner = dict[str, dict[str, _Spelled]]
_NOTHING: _Spelled = ("", "")
_EMPTY = quoted("")
_REACH = {"email": "value", "address": "line", "tag": "name"}


class Newcomers:
    """New rows, gathered while they are written."""

    def __init__(self) -> None:
        """Start with none."""
        self._sheets: dict[str, list[Sheet]] = defaultdict(list)

    def note(self, sheet: Sheet) -> None:
        """Keep rows of one table, in the order they are inserted."""
        if sheet.table in SEARCHED or sheet.table in CHILDREN:
            self._sheets[sheet.table].append(sheet)

    def index(self, connection: sqlite3.Connection, rows: Callable[[str], Iterator[int]]) -> None:
        """Write the documents of the new records; old ones that were given children wait for the commit.

        ``rows`` gives a table's new rowids in order.
        """
        documents = self.documents(rows)
        for table in documents.tables():
            write_documents(connection, table, documents.of(table))
        for table, owners in documents.left().items():
            mark_dirty(connection, table, owners)

    def documents(self, rows: Callable[[str], Iterator[int]]) -> Documents:
        """Return the documents of the new records; ``rows`` gives a table's new rowids in order."""
        phones: _ByOwner = {table: {} for table in SEARCHED}
        reach: _ByOwner = {table: {} for table in SEARCHED}
        for sheet in self._sheets["phone"]:
            _give(phones, "phone", sheet, _phones(sheet))
        for child, column in _REACH.items():
            for sheet in self._sheets[child]:
                _give(reach, child, sheet, _spelled(sheet, column, IN_REACH))
        return Documents({each: self._sheets[each] for each in SEARCHED}, phones, reach, rows)


def following(connection: sqlite3.Connection, tables: Iterable[str]) -> Callable[[str], Iterator[int]]:
    """Return what gives the rowids of the next new rows of searched tables, when nobody else adds any."""
    ends = {
        table: int(connection.execute(f"SELECT coalesce(max(rowid), 0) FROM {table}").fetchone()[0])
        for table in tables
        if table in SEARCHED
    }
    return lambda table: count(ends[table] + 1)


class Documents:
    """The documents of new records, table by table."""

    def __init__(
        self,
        sheets: Mapping[str, Sequence[Sheet]],
        phones: _ByOwner,
        reach: _ByOwner,
        rows: Callable[[str], Iterator[int]],
    ) -> None:
        """Keep the children until their records come."""
        self._sheets = sheets
        self._phones = phones
        self._reach = reach
        self._rows = rows

    def tables(self) -> list[str]:
        """Return the tables with new records, in the order of their keys."""
        return sorted(
            (table for table, sheets in self._sheets.items() if sheets),
            key=lambda table: SEARCHED[table].number,
        )

    def of(self, table: str) -> Iterator[Entered]:
        """Yield the documents of a table's new records; their children are used up."""
        spec, rows = SEARCHED[table], self._rows(table)
        phones, reach = self._phones[table], self._reach[table]
        for sheet in self._sheets[table]:
            names, others, texts = _names(spec, sheet), _others(spec, sheet), _texts(spec, sheet)
            ids, gones, lines = sheet.varying["id"], sheet.column("deleted_at"), _lines(spec, sheet)
            records = zip(ids, gones, names, others, texts, lines, strict=True)
            for record_id, gone, name, other, text, line in records:
                owner = str(record_id)
                phone, reached = phones.pop(owner, _NOTHING), reach.pop(owner, _NOTHING)
                said = f",[{line[0]}]" if line[0] else ""
                words = f"[{name[0] or _EMPTY},[{other[0]}],[{phone[0]}],[{reached[0]}],[{text[0]}]{said}]"
                entries = [each[1] for each in (name, other, phone, reached, text, line) if each[1]]
                yield Entered(next(rows), owner, words, " ".join(entries), gone is not None)

    def left(self) -> dict[str, list[str]]:
        """Return the records that were there before and got children, whose documents are out of date."""
        found = {table: [*self._phones[table], *self._reach[table]] for table in SEARCHED}
        return {table: owners for table, owners in found.items() if owners}


def _give(found: _ByOwner, child: str, sheet: Sheet, values: Sequence[_Spelled]) -> None:
    """Add the values of new live children to what their records have, in order."""
    for (table, owner), gone, value in zip(
        _owners(child, sheet), sheet.column("deleted_at"), values, strict=True
    ):
        if gone is None and table in SEARCHED:
            before = found[table].get(owner)
            found[table][owner] = value if before is None else _joined((before, value))


def _joined(values: Iterable[_Spelled]) -> _Spelled:
    kept, entries = zip(*values, strict=True)
    return ",".join([each for each in kept if each]), " ".join([each for each in entries if each])


def _names(spec: Searched, sheet: Sheet) -> Sequence[_Spelled]:
    if not spec.name:
        return (_NOTHING,) * sheet.size
    return _spelled(sheet, spec.name, IN_NAME, is_person=spec.is_person)


def _others(spec: Searched, sheet: Sheet) -> Sequence[_Spelled]:
    filled = filter(sheet.is_filled, spec.others)
    return _side_by_side([_spelled(sheet, each, IN_OTHER, is_person=False) for each in filled], sheet)


def _texts(spec: Searched, sheet: Sheet) -> Sequence[_Spelled]:
    return _side_by_side(
        [_spelled(sheet, each, IN_TEXT) for each in filter(sheet.is_filled, spec.texts)], sheet
    )


def _lines(spec: Searched, sheet: Sheet) -> Sequence[_Spelled]:
    if not spec.lines:
        return (_NOTHING,) * sheet.size
    return [_spelled_lines(kept) for kept in sheet.column(spec.lines)]


def _spelled_lines(kept: Any) -> _Spelled:
    texts = normal_lines(kept)
    entries = [entries_of(IN_LINES, text) for text in texts]
    return ",".join(map(quoted, texts)), " ".join([each for each in entries if each])


def _side_by_side(columns: Sequence[Sequence[_Spelled]], sheet: Sheet) -> Sequence[_Spelled]:
    if len(columns) < 2:
        return columns[0] if columns else (_NOTHING,) * sheet.size
    return [_joined(row) for row in zip(*columns, strict=True)]


def _spelled(sheet: Sheet, column: str, mark: str, *, is_person: bool | None = None) -> Sequence[_Spelled]:
    """Return each value of a column as the index keeps it; of names, which have initials, say whose."""
    values = sheet.values(column)
    given = list(dict.fromkeys(values))
    normals = [hanzi.normal(str(text)) if text else "" for text in given]
    entries = values_of(mark, normals)
    if is_person is not None:
        initials = letters_of(normals, is_person=is_person)
        entries = [
            f"{entry} {letters}" if letters else entry
            for entry, letters in zip(entries, initials, strict=True)
        ]
    # What a record is reached by is kept even where nothing is left of it, as ``stored`` does.
    kept = [quoted(text) if text or mark == IN_REACH else "" for text in normals]
    found = [*zip(kept, entries, strict=True)] or [_NOTHING]
    if len(given) != len(values):
        known = dict(zip(given, found, strict=True))
        found = [known[text] for text in values]
    return found if len(found) == sheet.size else found * sheet.size


def _phones(sheet: Sheet) -> Sequence[_Spelled]:
    normals = [hanzi.normal(str(text)) for text in sheet.column("value", "")]
    digits = [str(each) for each in sheet.column("digits", "")]
    kept = [f"[{quoted(text)},{quoted(found)}]" for text, found in zip(normals, digits, strict=True)]
    return list(zip(kept, numbers_of(normals, digits), strict=True))


def _owners(child: str, sheet: Sheet) -> Iterator[tuple[str, Any]]:
    if child == "tag":
        for noun, record_id in zip(sheet.column("noun"), sheet.column("record_id"), strict=True):
            yield PARTS.get(str(noun), str(noun)), record_id
        return
    tables = [table for table in SEARCHED if sheet.values(f"{table}_id")]
    for owners in zip(*(sheet.column(f"{table}_id") for table in tables), strict=True):
        yield next(
            ((table, owner) for table, owner in zip(tables, owners, strict=True) if owner is not None),
            ("", ""),
        )
