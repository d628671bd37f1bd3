"""New rows of a bulk import as documents, from what is being written: nothing is read again."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sfa import hanzi
from sfa.store.bulk_sheets import Sheet
from sfa.store.search.documents import Document, words_from
from sfa.store.search.index import mark_dirty, write_documents
from sfa.store.search.searched import PARTS, SEARCHED
from sfa.store.search.triggers import CHILDREN

_VALUES = {"email": "value", "address": "line", "tag": "name"}
_ByOwner = dict[str, dict[str, list[Any]]]


class Newcomers:
    """New rows, gathered while they are written."""

    def __init__(self) -> None:
        """Start with none."""
        self._sheets: dict[str, list[Sheet]] = defaultdict(list)

    def note(self, sheet: Sheet) -> None:
        """Keep rows of one table, in the order they are inserted."""
        if sheet.table in SEARCHED or sheet.table in CHILDREN:
            self._sheets[sheet.table].append(sheet)

    def index(self, connection: sqlite3.Connection, ends: Mapping[str, int]) -> None:
        """Write the documents of the new records; old ones that were given children wait for the commit.

        ``ends`` is where the tables ended before.
        """

        def new_rows(table: str) -> Iterator[int]:
            query = f"SELECT rowid FROM {table} WHERE rowid > ? ORDER BY rowid"
            return (row[0] for row in connection.execute(query, (ends[table],)).fetchall())

        documents = self.documents(new_rows)
        for table in documents.tables():
            write_documents(connection, table, documents.of(table))
        for table, owners in documents.left().items():
            mark_dirty(connection, table, owners)

    def documents(self, rows: Callable[[str], Iterator[int]]) -> Documents:
        """Return the documents of the new records; ``rows`` gives a table's new rowids in order."""
        phones = self._by_owner("phone", "value", "digits")
        reach: _ByOwner = defaultdict(lambda: defaultdict(list))
        for child in ("email", "address", "tag"):
            for table, owners in self._by_owner(child, _VALUES[child]).items():
                for owner, values in owners.items():
                    reach[table][owner] += [value for (value,) in values]
        return Documents({each: self._sheets[each] for each in SEARCHED}, phones, reach, rows)

    def _by_owner(self, child: str, *columns: str) -> _ByOwner:
        """Return table -> record -> the values of its new live children, in order."""
        found: _ByOwner = defaultdict(lambda: defaultdict(list))
        for sheet in self._sheets[child]:
            values = zip(*(sheet.column(each, "") for each in columns), strict=True)
            owned = zip(_owners(child, sheet), sheet.column("deleted_at"), values, strict=True)
            for (table, owner), gone, value in owned:
                if gone is None and table in SEARCHED:
                    found[table][owner].append(value)
        return found


def ends_of(connection: sqlite3.Connection, tables: Iterable[str]) -> dict[str, int]:
    """Return the last rowid of each searched table among some."""
    return {
        table: int(connection.execute(f"SELECT coalesce(max(rowid), 0) FROM {table}").fetchone()[0])
        for table in tables
        if table in SEARCHED
    }


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

    def of(self, table: str) -> Iterator[Document]:
        """Yield the documents of a table's new records; their children are used up."""
        spec, rows = SEARCHED[table], self._rows(table)
        phones, reach = self._phones[table], self._reach[table]
        for sheet in self._sheets[table]:
            texts = zip(*(_normal(sheet, each) for each in spec.columns()), strict=True)
            records = zip(sheet.varying["id"], sheet.column("deleted_at"), texts, strict=True)
            for record_id, gone, normalised in records:
                owner = str(record_id)
                words = words_from(spec, normalised, phones.pop(owner, ()), reach.pop(owner, ()))
                yield Document(next(rows), owner, words, gone is not None)

    def left(self) -> dict[str, list[str]]:
        """Return the records that were there before and got children, whose documents are out of date."""
        found = {table: [*self._phones[table], *self._reach[table]] for table in SEARCHED}
        return {table: owners for table, owners in found.items() if owners}


def _normal(sheet: Sheet, column: str) -> Sequence[str]:
    values = sheet.values(column)
    known: dict[Any, str] = {text: hanzi.normal(str(text)) if text else "" for text in set(values)}
    found = [known[text] for text in values] or [""]
    return found if len(found) == sheet.size else found * sheet.size


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
