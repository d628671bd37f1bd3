"""Inserting many rows at once refuses what single inserts refuse."""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sfa import clock, ids
from sfa.errors import InvalidInput, Refused, msg
from sfa.store.ahead import ahead
from sfa.store.bulk import insert_rows
from sfa.store.bulk_checks import Links
from sfa.store.bulk_sheets import NewRows
from sfa.store.capture import NotInTransaction
from sfa.store.connection import open_writing
from sfa.store.perform import changing
from sfa.store.reading import reading

STAMP = "2026-11-22T09:00:00.000Z"


def leads(count: int, **values: object) -> NewRows:
    row_ids = [ids.uuid7(clock.wall_ms()) for _ in range(count)]
    columns = ("id", "ref", "created_at", "updated_at", "name", *values)
    rows = [(each, ids.ref_of(each), STAMP, STAMP, f"Lead {each}", *values.values()) for each in row_ids]
    return NewRows("lead", columns, rows)


def insert(home: Path, *groups: NewRows) -> None:
    with changing(home, name=msg("Import"), links_later=True) as change:
        links = Links()
        insert_rows(change.connection, groups, links)
        links.check(change.connection)


def count_of(home: Path, table: str) -> int:
    with reading(home) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_more_rows_than_one_statement_takes_go_in_with_an_op_each(home: Path) -> None:
    before = count_of(home, "oplog")
    insert(home, leads(1234, company="华创"))
    assert count_of(home, "lead") == 1234
    assert count_of(home, "oplog") == before + 1234


@pytest.mark.parametrize("values", [{"status": "asleep"}, {"rating": "lukewarm"}])
def test_a_word_that_a_column_does_not_know_is_refused(home: Path, values: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match="allowed"):
        insert(home, leads(3), leads(3, **values))
    assert count_of(home, "lead") == 0


def test_a_value_of_another_kind_is_refused_and_not_turned_into_text(home: Path) -> None:
    with pytest.raises(Refused, match="title"):
        insert(home, leads(3, title=7))
    assert count_of(home, "lead") == 0


def test_an_owner_who_is_not_there_is_refused(home: Path) -> None:
    with pytest.raises(Refused, match="does not exist"):
        insert(home, leads(3, owner_id=ids.uuid7(clock.wall_ms())))
    assert count_of(home, "lead") == 0


def test_rows_may_refer_to_rows_that_come_with_them(home: Path) -> None:
    parents = leads(600)
    children = [(ids.uuid7(clock.wall_ms()), STAMP, STAMP, row[0], "1") for row in parents.rows]
    phones = NewRows("phone", ("id", "created_at", "updated_at", "lead_id", "value"), children)
    insert(home, phones, parents)
    assert count_of(home, "phone") == 600


def test_a_constraint_of_the_table_still_holds(home: Path) -> None:
    with pytest.raises(InvalidInput, match="name"):
        insert(
            home,
            leads(3),
            NewRows("lead", ("id", "created_at", "updated_at", "name"), [("x", STAMP, STAMP, " ")]),
        )
    assert count_of(home, "lead") == 0


def test_nothing_is_inserted_outside_a_transaction(home: Path) -> None:
    connection = open_writing(home / "sfa.db")
    with pytest.raises(NotInTransaction):
        insert_rows(connection, [leads(1)], Links())
    connection.close()


def test_a_foreign_writer_still_fails_after_a_bulk_insert(home: Path) -> None:
    insert(home, leads(3))
    foreign = sqlite3.connect(home / "sfa.db")
    with pytest.raises(sqlite3.OperationalError, match="no such function: sfa_"):
        foreign.execute(
            "INSERT INTO lead (id, created_at, updated_at, name) VALUES ('x', ?, ?, 'x')", (STAMP, STAMP)
        )
    foreign.close()


def test_what_goes_wrong_while_preparing_is_raised_where_the_items_are_taken() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("no more")

    taken = ahead(items())
    assert next(taken) == 1
    with pytest.raises(ValueError, match="no more"):
        next(taken)


def test_leaving_early_ends_the_thread_and_gives_the_switch_interval_back() -> None:
    usual = sys.getswitchinterval()
    taken = ahead(iter(range(1_000_000)))
    assert next(iter(taken)) == 0
    taken.close()
    assert sys.getswitchinterval() == usual
    assert not [each for each in threading.enumerate() if each.name == "ahead"]
