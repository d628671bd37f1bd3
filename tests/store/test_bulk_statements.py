"""Many rows in one statement: all of them, in order, however wide the table is."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from sfa.store.bulk_sheets import Sheet
from sfa.store.bulk_statements import insertions
from sfa.store.capture import Value


@pytest.mark.parametrize(("width", "size"), [(1, 1), (3, 499), (3, 501), (90, 1200)])
def test_rows_go_in_whole_and_in_order(width: int, size: int) -> None:
    columns: dict[str, tuple[Value, ...]] = {}
    columns |= {f"c{place}": tuple(f"{place}/{row}" for row in range(size)) for place in range(width)}
    with closing(sqlite3.connect(":memory:")) as store:
        store.execute(f"CREATE TABLE t (fixed, empty, {', '.join(columns)})")
        for statement, values, _ in insertions(Sheet("t", size, {"fixed": 7, "empty": None}, columns)):
            store.execute(statement, values)
        rows = store.execute("SELECT * FROM t ORDER BY rowid").fetchall()
    assert rows == [(7, None, *(f"{place}/{row}" for place in range(width))) for row in range(size)]


def test_what_has_the_same_key_is_written_over_where_that_is_asked_for() -> None:
    sheet = Sheet("t", 2, {"value": "new"}, {"id": ("a", "b")})
    with closing(sqlite3.connect(":memory:")) as store:
        store.execute("CREATE TABLE t (id PRIMARY KEY, value)")
        store.execute("INSERT INTO t VALUES ('b', 'old')")
        with pytest.raises(sqlite3.IntegrityError):
            store.execute(*next(insertions(sheet))[:2])
        store.execute(*next(insertions(sheet, replacing=True))[:2])
        assert store.execute("SELECT * FROM t ORDER BY id").fetchall() == [("a", "new"), ("b", "new")]
