"""New rows of a bulk import as documents, from what is being written: nothing is read again."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import Any

from sfa.store.search.documents import Document, words_of
from sfa.store.search.index import mark_dirty, write_documents
from sfa.store.search.searched import PARTS, SEARCHED
from sfa.store.search.triggers import CHILDREN

_Columns = Mapping[str, Sequence[Any]]
_VALUES = {"email": "value", "address": "line", "tag": "name"}


class Newcomers:
    """The new rows of one transaction, gathered while they are written."""

    def __init__(self, connection: sqlite3.Connection, tables: Iterable[str]) -> None:
        """Note where the tables end now."""
        self._chunks: dict[str, list[_Columns]] = defaultdict(list)
        self._ends = {
            table: connection.execute(f"SELECT coalesce(max(rowid), 0) FROM {table}").fetchone()[0]
            for table in tables
            if table in SEARCHED
        }

    def note(self, table: str, by_column: _Columns) -> None:
        """Keep rows of one table, column by column, in the order they are inserted."""
        if table in SEARCHED or table in CHILDREN:
            self._chunks[table].append(by_column)

    def index(self, connection: sqlite3.Connection) -> None:
        """Write the documents of the new records; old ones that were given children wait for the commit."""
        phones = self._by_owner("phone", "value", "digits")
        reach: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for child in ("email", "address", "tag"):
            for table, owners in self._by_owner(child, _VALUES[child]).items():
                for owner, values in owners.items():
                    reach[table][owner] += [value for (value,) in values]
        for table in sorted(self._ends, key=lambda table: SEARCHED[table].number):
            documents = self._documents(connection, table, phones[table], reach[table])
            write_documents(connection, table, documents)
        for table in SEARCHED:  # what the new records took is gone
            mark_dirty(connection, table, chain(phones[table], reach[table]))

    def _documents(
        self, connection: sqlite3.Connection, table: str, phones: dict[str, Any], reach: dict[str, Any]
    ) -> Iterator[Document]:
        query = f"SELECT rowid FROM {table} WHERE rowid > ? ORDER BY rowid"
        rows = iter(connection.execute(query, (self._ends[table],)).fetchall())
        for by_column in self._chunks[table]:
            count = len(by_column["id"])
            columns = [by_column.get(each) or (None,) * count for each in SEARCHED[table].columns()]
            deleted = by_column.get("deleted_at") or repeat(None, count)
            for record_id, gone, *values in zip(by_column["id"], deleted, *columns, strict=True):
                words = words_of(
                    table, values, phones=phones.pop(record_id, ()), reach=reach.pop(record_id, ())
                )
                yield Document(next(rows)[0], record_id, words, gone is not None)

    def _by_owner(self, child: str, *columns: str) -> dict[str, dict[str, list[tuple[Any, ...]]]]:
        """Return table -> record -> the values of its new live children, in order."""
        found: dict[str, dict[str, list[tuple[Any, ...]]]] = defaultdict(lambda: defaultdict(list))
        for by_column in self._chunks[child]:
            count = len(by_column["id"])
            deleted = by_column.get("deleted_at") or (None,) * count
            values = zip(*(by_column.get(each) or ("",) * count for each in columns), strict=True)
            for (table, owner), gone, value in zip(_owners(child, by_column), deleted, values, strict=True):
                if gone is None and table in SEARCHED:
                    found[table][owner].append(value)
        return found


def _owners(child: str, by_column: _Columns) -> Iterator[tuple[str, str]]:
    if child == "tag":
        for noun, record_id in zip(by_column["noun"], by_column["record_id"], strict=True):
            yield PARTS.get(noun, noun), record_id
        return
    tables = [table for table in SEARCHED if f"{table}_id" in by_column]
    for owners in zip(*(by_column[f"{table}_id"] for table in tables), strict=True):
        yield next(
            ((table, owner) for table, owner in zip(tables, owners, strict=True) if owner is not None),
            ("", ""),
        )
