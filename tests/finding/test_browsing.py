from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest

from sfa.errors import BadUsage
from sfa.fields import NOUNS, noun
from sfa.finding import browsing
from sfa.finding.browsing import SMALL, Asked, joined
from sfa.finding.custom import all_fields
from sfa.finding.listing import list_rows
from sfa.store.reading import open_reading, reading
from tests.conftest import Made
from tests.finding.company import TODAY, add, small_company


@pytest.fixture
def store(made: Made) -> Iterator[sqlite3.Connection]:
    with reading(made(small_company)) as connection:
        yield connection


def ids_in_order(store: sqlite3.Connection, asked: Asked) -> list[str]:
    keys = [key for portion in portions(store, asked) for key in portion]
    known = browsing.ids_of(store, asked.noun, keys)
    return [known[key] for key in keys]


def portions(store: sqlite3.Connection, asked: Asked) -> Iterator[list[int]]:
    for keys in browsing.stream_keys(store, asked, all_fields(store, asked.noun), today=TODAY):
        yield list(keys)


@pytest.mark.parametrize("noun_name", ["lead", "deal", "contact"])
def test_keys_come_in_the_order_of_a_list_by_any_field(store: sqlite3.Connection, noun_name: str) -> None:
    for field in all_fields(store, noun_name):
        for sort in (field.name, f"-{field.name}"):
            listed = list_rows(store, noun_name, sort=sort, today=TODAY)
            assert ids_in_order(store, Asked(noun_name, sort=sort)) == list(listed.ids), sort


def test_records_without_a_value_come_last_in_either_direction(store: sqlite3.Connection) -> None:
    without = list_rows(store, "lead", where="rating is empty", today=TODAY).ids
    for sort in ("rating", "-rating"):
        assert ids_in_order(store, Asked("lead", sort=sort))[-1] == without[0]


def test_a_filter_narrows_the_keys_and_a_wrong_one_is_refused(store: sqlite3.Connection) -> None:
    listed = list_rows(store, "deal", where="amount>=50000", today=TODAY)
    assert ids_in_order(store, Asked("deal", where="amount>=50000")) == list(listed.ids)
    with pytest.raises(BadUsage):
        ids_in_order(store, Asked("deal", where="colour=red"))


TEXTS: list[tuple[str, str, set[str]]] = [
    ("account", "华创", {"华创科技有限公司"}),
    ("account", "8000", {"Acme Ltd"}),
    ("account", "138-0013", {"Acme Ltd"}),
    ("contact", "huachuang", {"王总"}),
    ("lead", "ＡNNA gam", {"Ａnna"}),
    ("lead", "anna beta", set()),
    ("lead", "100%", set()),
    ("lead", "", {"Ａnna", "Li Wei"}),
]


def test_a_text_narrows_a_list_to_the_records_that_hold_each_of_its_words(store: sqlite3.Connection) -> None:
    for noun_name, text, names in TEXTS:
        ids = ids_in_order(store, Asked(noun_name, text=text))
        rows = list_rows(store, noun_name, fields=("id", "name"), today=TODAY).rows
        assert {name for record_id, name in rows if record_id in ids} == names, text
        assert set(browsing.stream_ids(store, Asked(noun_name, text=text), today=TODAY)) == set(ids)


def test_rows_hold_what_a_list_shows(store: sqlite3.Connection) -> None:
    for noun_name in NOUNS:
        fields = browsing.fields_of(store, noun_name)
        listed = list_rows(store, noun_name, fields=[field.name for field in fields], today=TODAY)
        known = browsing.keys_of(store, noun_name, listed.ids)
        keys = [known[each] for each in listed.ids]
        rows = browsing.read_rows(store, noun_name, fields, [*keys, 999_999])
        assert [row.id for row in rows] == list(listed.ids)
        assert [row.values for row in rows] == listed.rows


def test_the_usual_order_needs_no_sorting(store: sqlite3.Connection) -> None:
    for noun_name in ("lead", "account", "contact", "deal", "activity", "visit", "task"):
        asked: list[str] = []
        store.set_trace_callback(asked.append)
        list(portions(store, Asked(noun_name)))
        store.set_trace_callback(None)
        query = next(each for each in asked if each.startswith("SELECT t.rowid"))
        plan = [row[3] for row in store.execute(f"EXPLAIN QUERY PLAN {query}")]
        assert not [step for step in plan if "TEMP B-TREE" in step], plan


def test_rows_are_looked_up_by_key(store: sqlite3.Connection) -> None:
    asked: list[str] = []
    store.set_trace_callback(asked.append)
    fields = [noun("lead").field(name) for name in ("name", "phones", "owner")]
    browsing.read_rows(store, "lead", [field for field in fields if field], [1, 2])
    store.set_trace_callback(None)
    plans = [row[3] for query in asked for row in store.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert len(asked) == 1
    scanned = [step for step in plans if step.startswith("SCAN") and "VIRTUAL TABLE" not in step]
    assert set(scanned) == {"SCAN child"}, plans  # the phones of one lead, in order


def test_the_version_differs_once_somebody_else_has_written(home: Path) -> None:
    add(home, "lead", name="One")
    connection = open_reading(home)
    before = browsing.data_version(connection)
    assert browsing.data_version(connection) == before
    add(home, "lead", name="Two")
    assert browsing.data_version(connection) != before
    connection.close()


def test_the_first_portion_is_small_and_the_next_ones_grow(home: Path) -> None:
    from benchmarks.lead_store import make

    make(home, 3000)
    with reading(home) as connection:
        assert [len(keys) for keys in portions(connection, Asked("lead"))] == [256, 2048, 696]


def test_keys_take_four_bytes_each_until_one_does_not_fit() -> None:
    small = joined(array(SMALL, [1, 2]), [3])
    assert (small.itemsize, list(small)) == (4, [1, 2, 3])
    large = joined(small, array(SMALL, [4]))
    assert (large.itemsize, list(large)) == (4, [1, 2, 3, 4])
    large = joined(large, [2**40])
    assert (large.itemsize, list(large)) == (8, [1, 2, 3, 4, 2**40])
    assert list(joined(large, array(SMALL, [5]))) == [1, 2, 3, 4, 2**40, 5]
