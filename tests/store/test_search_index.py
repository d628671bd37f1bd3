"""The search index follows every change, and is part of the transaction that makes it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from sfa.errors import msg
from sfa.finding.searching import condition
from sfa.store import change
from sfa.store.backup import open_source
from sfa.store.bulk import insert_rows
from sfa.store.bulk_checks import Links
from sfa.store.bulk_sheets import NewRows
from sfa.store.checks.search import check_search
from sfa.store.connection import open_writing
from sfa.store.doctor import examine, repair
from sfa.store.home import store_path
from sfa.store.perform import changing
from sfa.store.reading import reading
from sfa.store.search import STATE
from sfa.store.version import SCHEMA_VERSION
from tests.store.in_bulk import insert_with
from tests.store.rows import add, count, edit, new_id


def found(home: Path, text: str, noun: str = "lead", *, deleted: bool = False) -> list[str]:
    where, values = condition(noun, text, deleted=deleted)
    with reading(home) as connection:
        rows = connection.execute(f"SELECT t.name FROM {noun} t WHERE {where} ORDER BY t.rowid", values)
        return [row[0] for row in rows]


def test_a_change_of_a_name_is_found_at_once_and_the_old_name_no_more(home: Path) -> None:
    lead = add(home, "lead", name="华创科技")
    edit(home, "lead", lead, name="天宏实业")
    assert found(home, "天宏") == ["天宏实业"]
    assert found(home, "华创") == []


def test_a_change_asks_for_the_records_of_its_own_noun_alone(home: Path) -> None:
    lead, asked = add(home, "lead", name="one"), list[str]()
    with closing(open_writing(store_path(home))) as connection:
        change.begin(connection)
        change.update(connection, "lead", lead, {"name": "other"})
        connection.set_trace_callback(asked.append)
        change.commit(connection, name=msg("Change"))
    queued = [query for query in asked if "FROM search_dirty d" in query]
    assert len(queued) == 1, asked
    assert "JOIN lead" in queued[0]


def test_children_are_found_through_their_record_and_move_with_it(home: Path) -> None:
    one, other = add(home, "lead", name="one"), add(home, "lead", name="other")
    phone = add(home, "phone", lead_id=one, value="010-8888 9999", digits="01088889999")
    assert found(home, "9999") == ["one"]
    edit(home, "phone", phone, lead_id=other)
    assert found(home, "9999") == ["other"]
    edit(home, "phone", phone, deleted_at="2026-11-22T00:00:00Z")
    assert found(home, "9999") == []
    add(home, "tag", noun="lead", record_id=one, name="展会")
    assert found(home, "展会") == ["one"]


def test_a_tag_given_through_a_part_of_a_table_belongs_to_the_record_there(home: Path) -> None:
    lead = add(home, "lead", name="one")
    visit = add(home, "activity", kind="visit", at="2026-11-22T08:00:00Z", lead_id=lead)
    add(home, "tag", noun="visit", record_id=visit, name="展会")
    where, values = condition("visit", "展会")
    with reading(home) as connection:
        rows = connection.execute(f"SELECT t.id FROM activity t WHERE {where}", values)
        assert [row[0] for row in rows] == [visit]


def test_deleted_records_are_found_among_the_deleted_alone(home: Path) -> None:
    lead = add(home, "lead", name="华创")
    edit(home, "lead", lead, deleted_at="2026-11-22T00:00:00Z")
    assert found(home, "华创") == []
    assert found(home, "华创", deleted=True) == ["华创"]
    edit(home, "lead", lead, deleted_at=None)
    assert found(home, "华创") == ["华创"]


def test_a_row_that_is_removed_leaves_no_document(home: Path) -> None:
    lead = add(home, "lead", name="华创")
    with changing(home, name=msg("Remove")) as open_change:
        open_change.connection.execute("DELETE FROM lead WHERE id = ?", (lead,))
    assert count(home, "SELECT count(*) FROM search_doc WHERE record_id = ?", lead) == 0
    assert examine(home) == []


@pytest.mark.parametrize("processes", [1, 2])
def test_rows_inserted_in_bulk_have_the_documents_that_their_records_give(
    home: Path, monkeypatch: pytest.MonkeyPatch, processes: int
) -> None:
    insert_with(monkeypatch, processes)
    old = add(home, "lead", name="old")
    new = sorted(new_id() for _ in range(3))
    with changing(home, name=msg("Import")) as open_change:
        connection = open_change.connection
        made = {"created_at": connection.capture.stamp, "updated_at": connection.capture.stamp}
        names = ["曾丽", "3M中国", "Ann"]
        leads = [(each, *made.values(), name, each[-8:]) for each, name in zip(new, names, strict=True)]
        numbers = [
            (new_id(), *made.values(), owner, "+86 138 0013 8000", "13800138000") for owner in (*new, old)
        ]
        emails = [(new_id(), *made.values(), new[0], f"{part}@x.org") for part in ("b", "a")]
        tags = [(new_id(), *made.values(), "lead", new[0], "展会")]
        groups = [
            NewRows("lead", ("id", *made, "name", "ref"), leads),
            NewRows("phone", ("id", *made, "lead_id", "value", "digits"), numbers),
            NewRows("email", ("id", *made, "lead_id", "value"), emails),
            NewRows("tag", ("id", *made, "noun", "record_id", "name"), tags),
        ]
        links = Links()
        insert_rows(connection, groups, links)
    assert found(home, "8000") == ["old", *names]
    with closing(open_source(store_path(home))) as source:
        assert check_search(source) == []


WAYS = {
    "missing": "DELETE FROM search_doc WHERE doc = (SELECT max(doc) FROM search_doc)",
    "stale": "UPDATE search_doc SET words = replace(words, '华创', '华夏')",
    "row": "UPDATE search_doc SET row = row + 7",
    "superfluous": """INSERT INTO search_doc (doc, row, record_id, words)
        VALUES (850403524999, 9, 'x', '["",[],[],[],[]]')""",
    "of no table": "INSERT INTO search_doc (doc, row, record_id, words) VALUES (7, 9, 'x', '?')",
    "an entry too many": "INSERT INTO search (rowid, entries) VALUES (850403524609, '天宏')",
    "entries lost": "INSERT INTO search (search) VALUES ('delete-all')",
    "blocks lost": "DELETE FROM search_data",
    "a block torn": "UPDATE search_data SET block = x'00ff00ff' WHERE id > 10",
    "a table dropped": "DROP TABLE search_doc",
    "the queue dropped": "DROP TABLE search_dirty",
    "the index dropped": "DROP TABLE search",
    "a part of the index dropped": "DROP TABLE search_idx",
    "left over": "INSERT INTO search_dirty VALUES ('lead', 'nobody')",
    "another version": f"UPDATE local_state SET value = '0' WHERE key = '{STATE}'",
}


@pytest.mark.parametrize("way", WAYS)
def test_the_doctor_finds_and_mends_any_damage_of_the_index(home: Path, way: str) -> None:
    add(home, "lead", name="华创科技", notes="报价")
    with closing(sqlite3.connect(store_path(home))) as connection:
        connection.execute(WAYS[way])
        connection.commit()
    wrong = examine(home)
    assert {finding.code.partition("_")[0] for finding in wrong} == {"search"}
    assert repair(home, wrong).left == ()
    assert found(home, "华创") == ["华创科技"]
    edit(home, "lead", new_lead := add(home, "lead", name="after"), name="天宏")
    assert found(home, "天宏") == ["天宏"], new_lead
    assert examine(home) == []


def test_what_is_taken_back_never_reaches_the_index(home: Path) -> None:
    with changing(home, name=msg("Try"), dry_run=True) as open_change:
        change.insert(open_change.connection, "lead", {"id": new_id(), "name": "华创"})
    assert found(home, "华创") == []
    assert examine(home) == []


def test_a_transaction_that_is_cut_off_leaves_neither_record_nor_document(home: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from sfa.store import change; from sfa.ids import uuid7\n"
        "from sfa.store.connection import open_writing; from sfa.store.search import flush\n"
        "connection = open_writing(Path(sys.argv[1])); change.begin(connection)\n"
        "change.insert(connection, 'lead', {'id': uuid7(7), 'name': '华创'}); flush(connection)\n"
        "os._exit(9)\n"
    )
    command = [sys.executable, "-c", program, str(store_path(home))]
    assert subprocess.run(command, env=dict(os.environ), check=False).returncode == 9
    assert found(home, "华创") == []
    assert examine(home) == []


def test_an_older_store_gets_its_index_when_it_is_migrated(home: Path) -> None:
    add(home, "lead", name="华创")
    with closing(open_writing(store_path(home))) as connection:
        connection.execute("INSERT INTO search (search) VALUES ('delete-all')")
        connection.execute("DELETE FROM search_doc")
        connection.execute("DELETE FROM local_state WHERE key = ?", (STATE,))
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION - 1}")
    assert found(home, "华创") == ["华创"]
    assert examine(home) == []


def test_the_index_of_another_shape_is_made_anew_when_its_store_is_migrated(home: Path) -> None:
    add(home, "lead", name="华创")
    with closing(open_writing(store_path(home))) as connection:
        connection.execute("DROP TABLE search")
        for statement in revision("0003_search").STATEMENTS[:2]:
            connection.execute(statement)
        connection.execute("INSERT INTO search (rowid, name) VALUES (850403524609, '华创 创¦')")
        connection.execute("UPDATE local_state SET value = '1/14.0.0' WHERE key = ?", (STATE,))
        for statement in revision("0006_marked_entries").STATEMENTS:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION - 1}")
    assert found(home, "华创") == ["华创"]
    assert examine(home) == []


def revision(name: str) -> ModuleType:
    return import_module(f"sfa.store.migrations.versions.{name}")


@pytest.mark.parametrize("text", ["华", "华创", "wang@hua.cn", "hckj", "8000", "138 0013", "上海 报价"])
def test_no_search_reads_a_table_from_end_to_end(home: Path, text: str) -> None:
    from sfa.finding.searching import find

    lead = add(home, "lead", name="华创科技 上海", notes="报价 wang@hua.cn")
    add(home, "phone", lead_id=lead, value="13800138000", digits="13800138000")
    asked: list[str] = []
    with reading(home) as connection:
        connection.set_trace_callback(asked.append)
        assert [hit.id for hit in find(connection, text)] == [lead]
        where, values = condition("lead", text)
        connection.execute(f"SELECT t.id FROM lead t WHERE {where}", values).fetchall()
        connection.set_trace_callback(None)
        plans = [
            row[3]
            for query in asked
            if query.startswith("SELECT")
            for row in connection.execute(f"EXPLAIN QUERY PLAN {query}")
        ]
    assert plans
    # FTS5 reads its own few settings; json_each is the list of the records that are shown.
    allowed = (
        "SCAN main.search_config",
        "SCAN j VIRTUAL",
        "SCAN r VIRTUAL",
        "SCAN s VIRTUAL",
        "SCAN search VIRTUAL",
        "SCAN json_each",
    )
    scans = [line for line in plans if line.startswith("SCAN") and not line.startswith(allowed)]
    assert scans == []
