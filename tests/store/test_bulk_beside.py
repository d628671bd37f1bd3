"""A second process prepares the rows of a bulk insert: the store is the same, whatever becomes of it."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from sfa import ids
from sfa.errors import InvalidInput, msg
from sfa.fields import TABLES
from sfa.services.imports.record_ids import child_ids
from sfa.store import bulk, bulk_beside, change, early
from sfa.store.bulk import insert_rows
from sfa.store.bulk_beside import BesideEnded
from sfa.store.bulk_checks import Links
from sfa.store.bulk_sheets import Group, NewRows, NewSheets, Sheet, portions
from sfa.store.connection import StoreConnection, open_writing
from sfa.store.content_hash import content_hash
from sfa.store.doctor import examine
from sfa.store.perform import changing
from sfa.store.reading import reading
from tests.properties.test_bulk import insert_in_bulk, payloads, wanted_rows
from tests.properties.test_replay import all_rows
from tests.store.in_bulk import insert_with, second_is
from tests.store.rows import add

STAMP = "2026-11-22T09:00:00.000Z"
MADE = ("created_at", "updated_at")


def leads_with_phones(records: int, **values: object) -> list[NewRows]:
    """Return leads in the order of their ids, two phones for each, and what else leads hold."""
    row_ids = sorted(ids.shared_id("test", "lead", str(each)) for each in range(records))
    leads = [(each, ids.ref_of(each), STAMP, STAMP, f"Lead {each}", *values.values()) for each in row_ids]
    groups = [NewRows("lead", ("id", "ref", *MADE, "name", *values), leads, len(leads))]
    for part in ("a", "b"):
        own = child_ids(row_ids, "test", [part] * len(row_ids))
        phones = [
            (each, STAMP, STAMP, lead, f"1380013{number:04}", f"1380013{number:04}")
            for number, (each, lead) in enumerate(zip(own, row_ids, strict=True))
        ]
        groups.append(NewRows("phone", ("id", *MADE, "lead_id", "value", "digits"), phones, len(phones)))
    return groups


def insert(home: Path, groups: list[NewRows]) -> list[int]:
    """Insert in a transaction; return what it told of its progress."""
    told: list[int] = []
    with changing(home, name=msg("Import"), links_later=True) as found:
        links = Links()
        insert_rows(found.connection, groups, links, told.append)
        links.check(found.connection)
    return told


def size(home: Path, table: str) -> int:
    with reading(home) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_a_portion_has_records_and_the_children_of_just_these() -> None:
    first, second, *others = portions(leads_with_phones(3_000), 2_000)
    assert not others
    for portion, size in ((first, 2_000), (second, 1_000)):
        leads, *phones = portion
        assert [(each.table, each.size) for each in portion] == [("lead", size), *[("phone", size)] * 2]
        assert [each.varying["lead_id"] for each in phones] == [leads.varying["id"]] * 2


def test_portions_leave_nothing_out_when_rows_stand_in_any_order() -> None:
    rng = random.Random(7)  # noqa: S311  the same order every time
    groups = leads_with_phones(500)
    mixed = [each._replace(rows=rng.sample(list(each.rows), 500)) for each in groups]
    taken = [row_id for portion in portions(mixed, 70) for sheet in portion for row_id in sheet.varying["id"]]
    assert sorted(map(str, taken)) == sorted(row[0] for each in groups for row in each.rows)


def test_sheets_are_parted_without_losing_rows() -> None:
    whole = Sheet("team", 5, {"name": "same"}, {"id": ("a", "b", "c", "d", "e")})
    group = NewSheets("team", ("id", "name"), lambda: iter([whole]), 5)
    assert [each.varying["id"] for each in group.sheets(2)] == [("a", "b"), ("c", "d"), ("e",)]
    assert {each.same["name"] for each in group.sheets(2)} == {"same"}


def test_one_process_and_two_leave_the_same_rows_and_the_same_log(
    new_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with contextlib.ExitStack() as stack:
        stores: list[StoreConnection] = []
        for processes in (1, 2):
            path = tmp_path / f"{processes}.db"
            shutil.copyfile(new_store, path)
            stores.append(stack.enter_context(contextlib.closing(open_writing(path))))
        one, two = stores
        outcomes: list[list[str]] = [[], []]
        for place in range(len(TABLES)):
            rows = wanted_rows(one, [(place, 3, place)])
            for processes, connection in enumerate(stores, 1):
                insert_with(monkeypatch, processes)
                outcomes[processes - 1].append(outcome(connection, rows))
        assert outcomes[0] == outcomes[1]
        assert outcomes[0].count("done") > 10
        assert all_rows(one) == all_rows(two)
        assert payloads(one) == payloads(two)
        assert content_hash(one) == content_hash(two)


def outcome(connection: StoreConnection, rows: dict[str, list[dict[str, object]]]) -> str:
    change.begin(connection)
    connection.capture.stamp = STAMP
    try:
        insert_in_bulk(connection, rows)
        change.commit(connection, name=msg("Change"))
    except sqlite3.IntegrityError as error:
        change.rollback(connection)
        return str(error)
    return "done"


def test_a_store_filled_by_two_processes_is_sound(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    insert_with(monkeypatch, 2)
    old = add(home, "lead", name="was there")
    groups = leads_with_phones(4_100)
    of_old = ("zz", STAMP, STAMP, old, "0755 1234", "07551234")
    groups[2] = groups[2]._replace(rows=[*groups[2].rows, of_old])
    told = insert(home, groups)
    assert sum(told) == 3 * 4_100 + 1
    assert examine(home) == []


def test_what_comes_after_two_processes_has_later_readings(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert_with(monkeypatch, 2)
    with changing(home, name=msg("Import"), links_later=True) as found:
        insert_rows(found.connection, leads_with_phones(300), Links())
        found.connection.execute("UPDATE lead SET title = 'CTO' WHERE rowid % 100 = 0")
    with reading(home) as connection:
        readings = [row[0] for row in connection.execute("SELECT hlc FROM oplog ORDER BY seq")]
    assert readings == sorted(set(readings))
    assert examine(home) == []


ENDINGS = {
    "at once": "raise SystemExit(1)",
    "after a portion": (
        "from sfa.store import bulk_making as made; send = made.send_with; sent = []\n"
        "def one(*whole):\n    if sent: raise SystemExit(1)\n    sent.append(1); send(*whole)\n"
        "made.send_with = one; made.main()"
    ),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_when_the_second_process_ends_early_the_first_does_it_alone(
    home: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    second_is(monkeypatch, ENDINGS[ending])
    told = insert(home, leads_with_phones(2_100))
    assert sum(told) == 3 * 2_100
    assert (min(told) < 0) is (ending == "after a portion")
    assert (size(home, "lead"), size(home, "phone")) == (2_100, 4_200)
    assert examine(home) == []


def test_where_no_process_can_be_started_one_does_it_alone(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert_with(monkeypatch, 2)
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    insert(home, leads_with_phones(10))
    assert size(home, "lead") == 10


def test_a_word_that_the_second_process_refuses_takes_everything_back(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert_with(monkeypatch, 2)
    with pytest.raises(InvalidInput, match="allowed"):
        insert(home, leads_with_phones(10, status="asleep"))
    assert size(home, "lead") == 0


def test_what_goes_wrong_while_portions_are_made_is_raised(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert_with(monkeypatch, 2)
    leads = leads_with_phones(2_100)[0]

    def broken() -> Iterator[Sequence[object]]:
        yield from list(leads.rows)[:2_050]
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        insert(home, [leads._replace(rows=broken())])
    assert size(home, "lead") == 0


def test_few_rows_and_a_single_core_start_no_process(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Group] = []

    def beside(_connection: object, groups: list[Group], *_rest: object) -> None:
        started.extend(groups)
        raise BesideEnded

    monkeypatch.setattr(bulk, "insert_beside", beside)
    monkeypatch.setattr(bulk, "_cores", lambda: 2)
    insert(home, leads_with_phones(20))
    monkeypatch.setattr(bulk, "_cores", lambda: 1)
    insert(home, [each._replace(size=bulk._ROWS_FOR_TWO) for each in leads_with_phones(0)])
    assert not started


def test_a_process_that_was_started_before_does_the_work_and_is_gone_afterwards(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert_with(monkeypatch, 2)
    monkeypatch.setattr(bulk_beside, "second_process", never_again)
    with bulk.second_for(1) as second, changing(home, name=msg("Import"), links_later=True) as found:
        assert second is not None
        insert_rows(found.connection, leads_with_phones(2_100), Links(), second=second)
    assert second.poll() is not None
    assert (size(home, "lead"), size(home, "phone")) == (2_100, 4_200)
    assert examine(home) == []


def never_again() -> None:
    raise AssertionError("a second process was started though one was waiting")


def test_a_process_that_ended_while_it_waited_leaves_the_work_to_the_first(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second_is(monkeypatch, ENDINGS["at once"])
    with bulk.second_for(1) as second, changing(home, name=msg("Import"), links_later=True) as found:
        assert second is not None
        second.wait()
        insert_rows(found.connection, leads_with_phones(300), Links(), second=second)
    assert (size(home, "lead"), size(home, "phone")) == (300, 600)


def test_no_process_waits_for_few_rows_or_where_none_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_cores", lambda: 2)
    with bulk.second_for(bulk._ROWS_FOR_TWO - 1) as second:
        assert second is None
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with bulk.second_for(bulk._ROWS_FOR_TWO) as second:
        assert second is None


def test_the_log_is_written_out_early_and_no_other_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    insert_with(monkeypatch, 2)
    monkeypatch.setattr(early, "_EVERY_S", 0.0)
    synced: set[tuple[int, int]] = set()

    def sync(file: int) -> None:
        found = os.fstat(file)
        synced.add((found.st_dev, found.st_ino))

    monkeypatch.setattr(early, "sync", sync)
    with changing(home, name=msg("Import"), links_later=True) as found:
        insert_rows(found.connection, leads_with_phones(300), Links())
        log = (home / "sfa.db-wal").stat()
    assert synced == {(log.st_dev, log.st_ino)}


def test_a_log_that_cannot_be_written_early_is_written_at_the_commit(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert_with(monkeypatch, 2)
    monkeypatch.setattr(early, "_EVERY_S", 0.0)

    def refuse(_file: int) -> None:
        raise OSError("the disk failed")

    monkeypatch.setattr(early, "sync", refuse)
    insert(home, leads_with_phones(300))
    assert size(home, "lead") == 300
