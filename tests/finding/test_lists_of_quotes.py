"""Lists of quotes and orders tell what each comes to, and read no line of theirs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from sfa.fields import noun as noun_of
from sfa.finding import browsing
from sfa.finding.custom import all_fields
from sfa.finding.listing import list_rows
from sfa.finding.showing import show
from sfa.store.reading import reading
from tests.services.acting import TODAY, rows
from tests.services.ordering import accepted, ordered, stock


@pytest.fixture
def shop(home: Path) -> Path:
    """Return a home with a quote and the order made of it."""
    stock(home)
    ordered(home, accepted(home, "Pump x 3", "text: Later"))
    return home


@pytest.fixture
def store(shop: Path) -> Iterator[sqlite3.Connection]:
    """Lend a connection that only reads."""
    with reading(shop) as connection:
        yield connection


def columns_read(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """Return a set that every column lands in that a statement made from now on reads."""
    found: set[tuple[str, str]] = set()

    def note(action: int, table: str | None, column: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_READ and table and column:
            found.add((table, column))
        return sqlite3.SQLITE_OK

    connection.set_authorizer(note)
    return found


@pytest.mark.parametrize("name", ["quote", "order"])
def test_a_list_with_its_totals_reads_no_lines(store: sqlite3.Connection, name: str) -> None:
    entity = noun_of(name)
    known = all_fields(store, name)
    listed = browsing.listed_fields(name)
    fields = [field for field in browsing.fields_of(store, name) if field.name in listed]
    read = columns_read(store)
    asked = browsing.Asked(name, where="total>1", sort="-total")
    (keys,) = browsing.stream_keys(store, asked, known, today=TODAY)
    (row,) = browsing.read_rows(store, name, fields, list(keys))
    assert "total" in listed
    assert row.id
    printed = list_rows(store, name, where="total>1", sort="-total", today=TODAY)
    assert len(printed.ids) == 1
    assert (entity.table, "total_minor") in read
    assert (entity.table, "lines") not in read


def test_the_record_in_full_does_read_them(store: sqlite3.Connection, shop: Path) -> None:
    quote = rows(shop, "SELECT id FROM quote")[0]["id"]
    read = columns_read(store)
    show(store, "quote", quote)
    assert ("quote", "lines") in read
