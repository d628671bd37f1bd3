"""The same seed and day give the same company; a larger one has more of everything; undo leaves it alone."""

from __future__ import annotations

import re
import sqlite3
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest

from sfa.demo.build import Wanted
from sfa.demo.home import make
from sfa.demo.leads import HEADER, lead_rows
from sfa.errors import NotFound
from sfa.fields import TABLES
from sfa.store.doctor import examine
from sfa.store.reading import reading
from sfa.store.undo import undoable
from tests.demo.conftest import TODAY, made
from tests.demo.test_company import number

# What says when and by which machine something was written down, not what was done.
BOOKKEEPING = {"id", "ref", "version", "created_at", "created_by", "updated_at", "updated_by"}
BY_THE_CLOCK = {"recorded_at", "printed_at", "done_at", "converted_at"}
_ID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SERIES = re.compile("([QO])-X[0-9A-Z]{4}-")
NAMED = ("name", "subject", "outcome", "body", "key", "value", "label")


def content(home: Path) -> dict[str, list[str]]:
    """Return every live row of every table as text, records named by their keys or names instead of ids."""
    with reading(home) as connection:
        names = _names(connection)
        return {
            table.name: sorted(
                _named(repr([names.get(value, value) for value in row]), names)
                for row in _rows(connection, table.name, [column.name for column in table.columns])
            )
            for table in TABLES.values()
        }


def _named(text: str, names: dict[object, object]) -> str:
    """Name what stands inside texts, such as the products of a quote, and leave the device's code out."""
    named = _ID.sub(lambda found: str(names.get(found[0], "?")), text)
    return _SERIES.sub(r"\1-", named)


def _rows(connection: sqlite3.Connection, table: str, columns: list[str]) -> list[tuple[object, ...]]:
    kept = [name for name in columns if name not in BOOKKEEPING | BY_THE_CLOCK]
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor.execute(f"SELECT {', '.join(kept)} FROM {table} WHERE deleted_at IS NULL").fetchall()


def _names(connection: sqlite3.Connection) -> dict[object, object]:
    found: dict[object, object] = {}
    for table in TABLES.values():
        name = next((name for name in NAMED if name in table.column_names()), None)
        if name is not None:
            for row in connection.execute(f"SELECT id, {name} FROM {table.name}"):
                found[row[0]] = row[1]
    for row in connection.execute("SELECT record_id, key FROM external_id WHERE deleted_at IS NULL"):
        found[row[0]] = row[1]
    return found


def test_the_same_seed_and_day_give_the_same_company(company_home: Path, tmp_path: Path) -> None:
    again = content(made(tmp_path / "again"))
    first = content(company_home)
    assert {table: rows for table, rows in again.items() if rows != first[table]} == {}
    assert sum(map(len, first.values())) > 4000


def test_another_seed_gives_another_company(company_home: Path, tmp_path: Path) -> None:
    other, first = content(made(tmp_path / "other", seed=2)), content(company_home)
    for table in ("account", "contact", "lead", "deal", "activity", "task"):
        assert other[table] != first[table], table


def test_another_day_moves_the_year(tmp_path: Path) -> None:
    later = made(tmp_path / "later", today=TODAY + timedelta(days=33))
    with reading(later) as connection:
        latest = "SELECT count(*) FROM deal_event WHERE effective_on > '2026-12-20'"
        assert number(connection, latest) >= 3
    assert examine(later) == []


def test_a_company_three_times_as_large_has_three_times_as_much(company_home: Path, tmp_path: Path) -> None:
    large = made(tmp_path / "large", scale=3)
    with reading(large) as connection, reading(company_home) as small:
        for table in ("lead", "account", "contact", "deal", "activity", "comment"):
            once = number(small, f"SELECT count(*) FROM {table} WHERE deleted_at IS NULL")
            assert number(connection, f"SELECT count(*) FROM {table} WHERE deleted_at IS NULL") == 3 * once
        assert number(connection, "SELECT count(DISTINCT owner_id) FROM deal") == 18
        names = "SELECT count(DISTINCT name) = count(*) FROM user"
        assert number(connection, names) == 1
    assert examine(large) == []


def test_further_leads_make_up_the_number_and_nothing_else(company_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "leads"
    make(home, Wanted(1, 1, TODAY, "en", leads=777))
    more, first = content(home), content(company_home)
    assert len(more["lead"]) == 777
    assert set(first["lead"]) <= set(more["lead"])
    assert more["deal"] == first["deal"]


def test_a_part_beyond_the_told_ones_is_imported_whole(
    company_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfa.demo.build.TOLD", 1)
    monkeypatch.setattr("sfa.demo.company.TOLD", 1)
    large = made(tmp_path / "short", scale=2)
    with reading(large) as connection, reading(company_home) as small:
        for table in ("lead", "account", "contact", "deal", "activity"):
            once = number(small, f"SELECT count(*) FROM {table} WHERE deleted_at IS NULL")
            assert number(connection, f"SELECT count(*) FROM {table} WHERE deleted_at IS NULL") == 2 * once
        converted = "SELECT count(*) FROM lead WHERE converted_at IS NOT NULL"
        assert number(connection, converted) == number(small, converted)
    assert examine(large) == []


def test_undo_does_not_offer_to_take_the_company_away(company_home: Path) -> None:
    with reading(company_home) as connection, pytest.raises(NotFound):
        undoable(connection)


def test_lead_rows_stream_and_are_the_same_again() -> None:
    assert len(HEADER) == 14
    first = list(lead_rows(7, 500))
    assert first == list(islice(lead_rows(7, 1_000_000_000), 500))
    assert first != list(lead_rows(8, 500))
    assert all(len(row) == len(HEADER) for row in first)
    assert len({row[0] for row in first}) == 500
    assert len({row[8] for row in first}) == 5
    assert {row[1].isascii() for row in first} == {True, False}
