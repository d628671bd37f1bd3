"""Snapshots of many rows: whole sheets go in at once, and leave what row after row would have left."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfa import ids
from sfa.store.capture import CAPTURED, Value
from sfa.store.reading import open_reading
from sfa.sync.device import Device
from sfa.sync.device.coming import joined
from sfa.sync.device.digests import digests_of
from sfa.sync.protocol import RowSheet, Snapshot
from tests.simulation.company import ANN, BOB
from tests.sync.device.team import Rep
from tests.sync.device.test_syncing import quiet

# More than one portion of the index, and with the phones enough to be a load of many rows.
MANY = 6_000
PROJECT = Path(__file__).resolve().parents[3]
AT_MS = 1_780_000_000_000
DAY = "2026-05-28T20:26:40.000Z"


def many_leads() -> list[RowSheet]:
    """Return leads with phones: every column there is, some edited later, deleted or without a maker."""
    columns = {table: CAPTURED[table] for table in ("lead", "phone")}
    leads: list[list[Any]] = []
    phones: list[list[Any]] = []
    for number in range(MANY):
        lead_id, maker, later = (ids.uuid7(AT_MS + 10 * number + place) for place in range(3))
        writers = {"company": later} if number % 7 == 0 else None
        values: dict[str, Value] = dict.fromkeys(columns["lead"])
        values |= {"created_at": DAY, "created_by": (ANN, BOB, None)[number % 3], "owner_id": ANN}
        values |= {"name": f"王{number}", "company": ("上海 100%", "Acme", None)[number % 4 % 3]}
        values |= {
            "title": "Buyer",
            "status": "new",
            "pool_state": "owned",
            "deleted_at": DAY if number % 13 == 0 else None,
        }
        leads.append([lead_id, None if number % 5 == 0 else maker, writers, *values.values()])
        called: dict[str, Value] = dict.fromkeys(columns["phone"])
        called |= {"created_at": DAY, "lead_id": lead_id, "value": f"+86 138 {number:08}"}
        called |= {"digits": f"86138{number:08}"}
        phones.append([ids.uuid7(AT_MS + 10 * number + 5), later, None, *called.values()])
    return [
        *(RowSheet("lead", columns["lead"], leads[at : at + 700]) for at in range(0, MANY, 700)),
        *(RowSheet("phone", columns["phone"], phones[at : at + 700]) for at in range(0, MANY, 700)),
    ]


def whole(rep: Rep, table: str, columns: str, order: str) -> list[tuple[Any, ...]]:
    return rep.query(f"SELECT {columns} FROM {table} ORDER BY {order}")


def test_sheets_leave_what_row_after_row_leaves(ann: Rep, mia: Rep, bob: Rep) -> None:
    quiet(mia, ann, bob)
    lead = mia.add("lead", name="Old", status="new", pool_state="owned", owner_id=ANN)
    phone = mia.add("phone", lead_id=lead, value="+86 21 5555 0000")
    quiet(mia, ann, bob)
    sheets = many_leads()
    with closing(Device.open(ann.home)) as device:
        found = ann.transport.snapshot()
        ordered = sorted(chain(found.sheets, sheets), key=lambda each: each.table == "phone")
        room = device.connection.execute("PRAGMA cache_size").fetchone()[0]
        loaded = device.load(replace(found, sheets=iter(ordered)))
        assert device.connection.execute("PRAGMA cache_size").fetchone()[0] == room
    assert loaded > 2 * MANY
    with closing(Device.open(mia.home)) as device:
        device.repair([entry for sheet in sheets for entry in sheet.entries()], {})
    assert ann.troubles() == mia.troubles() == []
    for table in ("lead", "phone"):
        assert ann.query(f"SELECT count(*) FROM {table}")[0][0] > MANY
        came = f"{table} WHERE created_at = '{DAY}'"
        assert whole(ann, came, "*", "id") == whole(mia, came, "*", "id")
        named = f"row_writer WHERE tbl = '{table}' AND row_id <> '{lead}' AND row_id <> '{phone}'"
        assert whole(ann, named, "*", "row_id") == whole(mia, named, "*", "row_id")
    heard = "entry = 'row' AND tbl IN ('lead', 'phone')"
    told = "op_id, kind, tbl, row_id, changes, took, held, author, device"
    both = [{row[3]: row for row in whole(rep, f"history WHERE {heard}", told, "no")} for rep in (ann, mia)]
    assert all(both[0][row[0]] == both[1][row[0]] for sheet in sheets for row in sheet.rows)
    words = "record_id, words"
    assert whole(ann, "search_doc", words, words) == whole(mia, "search_doc", words, words)


def loaded_as(device: Device, snapshot: Snapshot, sheets: Sequence[RowSheet]) -> str:
    """Load sheets behind a snapshot's; return how the store was written when the last of them came."""
    modes: list[str] = []

    def coming() -> Iterator[RowSheet]:
        yield from snapshot.sheets
        yield from sheets
        modes.append(device.connection.execute("PRAGMA journal_mode").fetchone()[0])

    device.load(replace(snapshot, sheets=coming()))
    return modes[0]


def test_a_first_load_of_many_rows_writes_each_page_once_where_nobody_reads(ann: Rep, mia: Rep) -> None:
    quiet(mia, ann)
    sheets = many_leads()
    with closing(Device.open(ann.home)) as device:
        assert loaded_as(device, ann.transport.snapshot(), sheets[:3]) == "wal"
        with closing(open_reading(ann.home)) as reader:
            assert reader.execute("SELECT count(*) FROM lead").fetchone()[0]
            assert loaded_as(device, ann.transport.snapshot(), sheets) == "wal"
    indexes = "SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY name"
    before = mia.query(indexes)
    with closing(Device.open(mia.home)) as device:
        assert loaded_as(device, mia.transport.snapshot(), sheets) == "delete"
        assert device.connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert mia.query("SELECT count(*) FROM lead") == ann.query("SELECT count(*) FROM lead")
    assert mia.query(indexes) == before
    assert mia.query("PRAGMA integrity_check") == [("ok",)]
    assert mia.troubles() == ann.troubles() == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_load_killed_half_way_leaves_the_store_as_it_was(ann: Rep) -> None:
    quiet(ann)
    before = ann.query("SELECT type, name, sql FROM sqlite_master ORDER BY type, name")
    done = subprocess.run(
        [sys.executable, "-m", "tests.sync.device.load_crash_run", str(ann.home)], cwd=PROJECT, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert (ann.home / "sfa.db-journal").exists()
    assert (ann.home / "sfa.db").stat().st_size > 5_000_000, "it was killed before anything was written"
    assert ann.query("SELECT count(*) FROM lead WHERE created_at = ?", DAY) == [(0,)]
    assert ann.query("SELECT type, name, sql FROM sqlite_master ORDER BY type, name") == before
    assert ann.troubles() == []
    quiet(ann)
    assert ann.differing() == []


def test_a_row_that_waits_to_be_settled_between_new_ones_leaves_the_index_true(ann: Rep, mia: Rep) -> None:
    quiet(mia, ann)
    sheets = many_leads()[:2]
    with closing(Device.open(ann.home)) as device:
        device.load(replace(ann.transport.snapshot(), sheets=chain(ann.transport.snapshot().sheets, sheets)))
    first, second = (sheet.rows[100][0] for sheet in sheets)
    ann.edit("lead", first, name="Mine")
    # What is not in the next snapshot leaves, but for what was changed here; then all of it comes again.
    with closing(Device.open(ann.home)) as device:
        device.load(ann.transport.snapshot())
        assert ann.value("lead", second, "id") is None
        assert ann.value("lead", first, "name") == "Mine"
        device.load(replace(ann.transport.snapshot(), sheets=chain(ann.transport.snapshot().sheets, sheets)))
    assert ann.value("lead", second, "id") == second
    assert ann.value("lead", first, "name") == "Mine"
    assert ann.troubles() == []


def test_sheets_that_follow_each_other_are_joined_as_long_as_they_are_alike() -> None:
    def sheets() -> Iterator[RowSheet]:
        for number in range(7):
            yield RowSheet("lead", ("name",), [[f"{number}", None, None, "x"]])
        yield RowSheet("lead", ("name", "city"), [["8", None, None, "x", "y"]])
        yield RowSheet("phone", ("value",), [["9", None, None, "1"], ["10", None, None, "2"]])

    found = list(joined(sheets(), 3))
    assert [(each.table, len(each.rows)) for each in found] == [
        *(("lead", 3), ("lead", 3), ("lead", 1), ("lead", 1), ("phone", 2))
    ]
    again = Snapshot(1, None, iter(found))
    assert list(again.rows) == list(Snapshot(1, None, sheets()).rows)
    assert list(joined(iter(()), 3)) == []


VALUES = st.one_of(
    st.none(), st.integers(-(2**62), 2**62), st.text(), st.sampled_from(["%", "%s", "", "%%d", "1:a"])
)


@given(st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=6))
def test_digests_of_many_rows_are_those_that_the_page_says(rows: list[tuple[Value, ...]]) -> None:
    wanted = []
    for row in rows:
        text = "".join("-" if value is None else f"{len(str(value))}:{value}" for value in row)
        wanted.append(int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:15], 16))
    assert digests_of(rows) == wanted
