"""Injected damages: each is named, repaired or refused, and a second examination is clean."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sfa.errors import msg
from sfa.store import undo
from sfa.store.capture import APPLY
from sfa.store.connection import StoreConnection, open_writing
from sfa.store.contents import content_path, keep_content
from sfa.store.doctor import Severity, examine, repair
from sfa.store.home import backup_dir, content_dir, store_path
from sfa.store.perform import changing
from sfa.store.version import SCHEMA_VERSION
from tests.asking import ask
from tests.store.rows import add, add_deal, count, edit, hash_of_store, new_id, page_size, value_of

NOW = "2026-01-02T03:04:05.678Z"


@contextmanager
def behind_the_back(home: Path) -> Iterator[StoreConnection]:
    """Yield a connection that changes captured tables without writing ops."""
    connection = open_writing(store_path(home))
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.capture.mode = APPLY
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def foreign(home: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection of another program, which knows none of our functions."""
    connection = sqlite3.connect(store_path(home), isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def lead_of(home: Path) -> str:
    with foreign(home) as connection:
        return str(connection.execute("SELECT id FROM lead").fetchone()[0])


def run(home: Path, *statements: str) -> None:
    with behind_the_back(home) as connection:
        for statement in statements:
            connection.execute(statement)


def run_foreign(home: Path, *statements: str) -> None:
    with foreign(home) as connection:
        for statement in statements:
            connection.execute(statement)


def index_out_of_step(home: Path) -> None:
    with behind_the_back(home) as connection:
        kept = connection.execute("SELECT * FROM sqlite_master WHERE name = 'ix_lead_by_name'").fetchone()
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("DELETE FROM sqlite_master WHERE name = 'ix_lead_by_name'")
        connection.execute("PRAGMA writable_schema = RESET")
    run(home, "UPDATE row_writer SET op_id = op_id")
    with changing(home, name=msg("Add")) as found:
        found.connection.execute(
            "INSERT INTO lead (id, created_at, updated_at, name) VALUES (?, ?, ?, 'not in the index')",
            (new_id(), found.stamp, found.stamp),
        )
    with behind_the_back(home) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", tuple(kept))
        connection.execute("PRAGMA writable_schema = RESET")


def add_uncaptured(home: Path) -> None:
    with behind_the_back(home) as connection:
        connection.execute(
            "INSERT INTO lead (id, created_at, updated_at, name) VALUES (?, ?, ?, 'came by night')",
            (new_id(), NOW, NOW),
        )


def tag_nothing(home: Path) -> None:
    add(home, "tag", noun="lead", record_id=new_id(), name="vip")


def point_nowhere(home: Path) -> None:
    run(home, "UPDATE lead SET owner_id = 'nobody'")


def phone_of_nobody(home: Path) -> None:
    phone = add(home, "phone", lead_id=lead_of(home), value="139", digits="139")
    run(home, f"UPDATE phone SET lead_id = 'nobody' WHERE id = '{phone}'")


def deal_without_past(home: Path) -> None:
    deal = add_deal(home)
    with changing(home, name=msg("Delete")) as found:
        found.connection.execute(
            "UPDATE deal_event SET deleted_at = ? WHERE deal_id = ?", (found.stamp, deal)
        )


def deal_of_another_day(home: Path) -> None:
    add_deal(home)
    run(home, "UPDATE deal SET stage_on = '2001-01-01'")


def deal_ahead_of_its_events(home: Path) -> None:
    edit(home, "deal", add_deal(home), amount_minor=900_000)


def forget_device(home: Path) -> None:
    run_foreign(home, "DELETE FROM local_state")


def left_over(home: Path) -> None:
    (home / "sfa.db.new-999999999").write_text("half a store")


def open_to_all(home: Path) -> None:
    store_path(home).chmod(0o644)
    home.chmod(0o755)


def drop_triggers(home: Path) -> None:
    run_foreign(
        home,
        "DROP TRIGGER sfa_lead_update",
        "DROP TRIGGER sfa_lead_id",
        "UPDATE lead SET name = 'by a foreign hand'",
    )


DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "an index is gone": (lambda home: run_foreign(home, "DROP INDEX ix_lead_by_name"), "index_missing"),
    "an index is on another column": (
        lambda home: run_foreign(
            home, "DROP INDEX ix_lead_by_name", "CREATE INDEX ix_lead_name ON lead (company)"
        ),
        "index_missing",
    ),
    "an index was added": (
        lambda home: run_foreign(home, "CREATE UNIQUE INDEX mine ON lead (name)"),
        "index_foreign",
    ),
    "an index lacks a row": (index_out_of_step, "index_damaged"),
    "a trigger is gone": (
        lambda home: run_foreign(home, "DROP TRIGGER sfa_lead_update"),
        "trigger_missing",
    ),
    "a trigger does something else": (
        lambda home: run_foreign(
            home,
            "DROP TRIGGER sfa_lead_update",
            "CREATE TRIGGER sfa_lead_update AFTER UPDATE ON lead BEGIN SELECT 1; END",
        ),
        "trigger_altered",
    ),
    "a trigger was added": (
        lambda home: run_foreign(home, "CREATE TRIGGER mine AFTER UPDATE ON lead BEGIN SELECT 1; END"),
        "trigger_foreign",
    ),
    "a change past a dropped trigger": (drop_triggers, "row_changed"),
    "an op without its row": (lambda home: run(home, "DELETE FROM lead"), "row_missing"),
    "a row without an op": (add_uncaptured, "row_uncaptured"),
    "a changed value without an op": (lambda home: run(home, "UPDATE lead SET name = 'x'"), "row_changed"),
    "a broken hash chain": (
        lambda home: run(home, "UPDATE oplog SET chain = x'00' WHERE seq = 5"),
        "chain_broken",
    ),
    "an altered op": (
        lambda home: run(
            home, "UPDATE oplog SET changes = replace(changes, 'lead one', 'lead two') WHERE tbl = 'lead'"
        ),
        "op_altered",
    ),
    "an op that cannot be read": (
        lambda home: run(home, "UPDATE oplog SET changes = '{' WHERE tbl = 'lead'"),
        "op_unreadable",
    ),
    "an op taken out of the log": (
        lambda home: run(home, "DELETE FROM oplog WHERE seq = 7"),
        "op_missing",
    ),
    "ops without a transaction": (
        lambda home: run(home, "DELETE FROM tx WHERE first_seq > 1"),
        "tx_missing",
    ),
    "a transaction over the wrong ops": (
        lambda home: run(home, "UPDATE tx SET last_seq = last_seq + 100"),
        "tx_range",
    ),
    "a row that forgot who wrote it": (
        lambda home: run(home, "UPDATE row_writer SET op_id = 'somebody' WHERE tbl = 'lead'"),
        "writer_wrong",
    ),
    "a wrong reference": (lambda home: run(home, "UPDATE lead SET ref = 'zzzz'"), "ref_wrong"),
    "an impossible version": (lambda home: run(home, "UPDATE lead SET version = 0"), "version_wrong"),
    "a tag of no record": (tag_nothing, "orphan"),
    "an owner who is not there": (point_nowhere, "reference_broken"),
    "a phone of a lead that is not there": (phone_of_nobody, "reference_broken"),
    "a deal without an event": (deal_without_past, "deal_without_event"),
    "a deal that is not as its events say": (deal_ahead_of_its_events, "deal_event_differs"),
    "a deal with another day than its events": (deal_of_another_day, "deal_days_differ"),
    "a store that forgot its device and user": (forget_device, "device_missing"),
    "a temporary file": (left_over, "leftover"),
    "an older schema": (lambda home: run_foreign(home, "PRAGMA user_version = 0"), "older"),
}
if os.name == "posix":
    DAMAGES["a store that others may read"] = (open_to_all, "permissions")


@pytest.fixture
def used(home: Path) -> Path:
    """Return a home with a lead in its store."""
    add(home, "lead", name="lead one")
    edit(home, "lead", lead_of(home), company="Huachuang")
    return home


def test_healthy_store_has_no_findings(used: Path) -> None:
    add_deal(used)
    assert examine(used) == []


def test_home_without_a_store_has_no_findings(tmp_path: Path) -> None:
    assert examine(tmp_path / "none") == []
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_named_and_repaired(used: Path, name: str) -> None:
    damage, code = DAMAGES[name]
    damage(used)
    found = examine(used)
    assert code in {finding.code for finding in found}
    for finding in found:
        assert finding.repair is not None
        assert finding.what.format_map(finding.data)
    done = repair(used, found)
    assert done.left == ()
    assert code in {finding.code for finding in done.mended}
    assert examine(used) == []
    add(used, "lead", name="life goes on")
    assert examine(used) == []


def test_examination_changes_nothing(used: Path) -> None:
    drop_triggers(used)
    before = store_path(used).read_bytes()
    examine(used)
    assert store_path(used).read_bytes() == before


def test_row_that_came_past_the_log_is_kept_and_can_be_undone(used: Path) -> None:
    before = hash_of_store(used)
    add_uncaptured(used)
    repair(used, examine(used))
    assert count(used, "SELECT count(*) FROM lead WHERE name = 'came by night'") == 1
    with changing(used, name=msg("Undo")) as found:
        assert undo.undo(found).transaction.name == "Repair of the store"
    assert hash_of_store(used) == before


def test_change_past_the_log_is_kept_and_can_be_undone(used: Path) -> None:
    lead = lead_of(used)
    run(used, "UPDATE lead SET name = 'by a foreign hand'")
    repair(used, examine(used))
    assert value_of(used, "lead", lead, "name") == "by a foreign hand"
    with changing(used, name=msg("Undo")) as found:
        undo.undo(found)
    assert value_of(used, "lead", lead, "name") == "lead one"


def test_change_that_no_rule_allows_is_taken_back_and_stays_in_the_backup(used: Path) -> None:
    lead = lead_of(used)
    with behind_the_back(used) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE lead SET name = ''")
    done = repair(used, examine(used))
    assert done.left == ()
    assert value_of(used, "lead", lead, "name") == "lead one"
    assert done.kept is not None
    assert ask(done.kept, "SELECT name FROM lead")[0] == ("",)


def test_row_that_vanished_comes_back_as_it_was(used: Path) -> None:
    before = hash_of_store(used)
    run(used, "DELETE FROM lead", "DELETE FROM setting")
    repair(used, examine(used))
    assert hash_of_store(used) == before


def test_repair_keeps_a_backup_of_the_damaged_store(used: Path) -> None:
    run(used, "UPDATE oplog SET chain = x'00' WHERE seq = 5")
    done = repair(used, examine(used))
    assert done.kept is not None
    assert done.kept.parent == backup_dir(used)
    assert ask(done.kept, "SELECT chain FROM oplog WHERE seq = 5")[0] == (b"\0",)


def test_many_damages_at_once_are_all_repaired(used: Path) -> None:
    names = (
        "an index is gone",
        "a deal without an event",
        "a tag of no record",
        "an owner who is not there",
        "a row without an op",
        "an op taken out of the log",
        "a row that forgot who wrote it",
        "ops without a transaction",
        "a broken hash chain",
        "a wrong reference",
        "a change past a dropped trigger",
        "a temporary file",
    )
    for name in names:
        DAMAGES[name][0](used)
    done = repair(used, examine(used))
    assert done.left == ()
    assert examine(used) == []


def attach(home: Path, tmp_path: Path) -> Path:
    source = tmp_path / "offer.txt"
    source.write_text("an offer")
    sha256, size = keep_content(content_dir(home), source)
    about = {"lead_id": lead_of(home), "name": "offer.txt", "media_type": "text/plain"}
    add(home, "attachment", **about, size_bytes=size, sha256=sha256)
    return content_path(content_dir(home), sha256)


def test_missing_content_is_named_and_refused(used: Path, tmp_path: Path) -> None:
    attach(used, tmp_path).unlink()
    (finding,) = examine(used)
    assert (finding.code, finding.severity) == ("content_missing", Severity.REFUSED)
    assert finding.hint is not None
    assert repair(used, [finding]).left == (finding,)


def test_changed_content_is_named_and_refused(used: Path, tmp_path: Path) -> None:
    path = attach(used, tmp_path)
    path.write_text("a forgery")
    (finding,) = examine(used)
    assert (finding.code, finding.severity) == ("content_damaged", Severity.REFUSED)


def tear_page(home: Path) -> None:
    """Overwrite a page of the leads' own tree."""
    with foreign(home) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'lead'").fetchone()[0]
    data = bytearray(store_path(home).read_bytes())
    size = page_size(data)
    data[(page - 1) * size : page * size] = b"\xff" * size
    store_path(home).write_bytes(data)


def truncate(home: Path) -> None:
    data = store_path(home).read_bytes()
    size = page_size(data)
    store_path(home).write_bytes(data[: len(data) // 2 // size * size])


UNUSABLE: dict[str, tuple[Callable[[Path], None], str]] = {
    "a torn page": (tear_page, "torn_page"),
    "a truncated file": (truncate, "torn_page"),
    "another kind of file": (lambda home: _write(store_path(home), b"hello" * 1000), "not_ours"),
    "an empty file": (lambda home: _write(store_path(home), b""), "not_ours"),
    "another program's database": (
        lambda home: run_foreign(home, "PRAGMA application_id = 7"),
        "not_ours",
    ),
    "a newer store": (
        lambda home: run_foreign(home, f"PRAGMA user_version = {SCHEMA_VERSION + 1}"),
        "newer",
    ),
    "a table that is gone": (
        lambda home: run_foreign(home, "PRAGMA foreign_keys = OFF", "DROP TABLE print_snapshot"),
        "table_wrong",
    ),
}


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


@pytest.mark.parametrize("name", UNUSABLE)
def test_damage_beyond_repair_is_named_and_refused(used: Path, name: str) -> None:
    damage, code = UNUSABLE[name]
    damage(used)
    before = store_path(used).read_bytes()
    found = examine(used)
    assert [finding.code for finding in found] == [code]
    assert found[0].severity is Severity.UNUSABLE
    assert found[0].hint is not None
    assert repair(used, found).left == tuple(found)
    assert store_path(used).read_bytes() == before
    assert not backup_dir(used).exists()


@pytest.mark.skipif(os.name != "posix", reason="permissions of Unix")
def test_repaired_permissions_shut_others_out(used: Path) -> None:
    open_to_all(used)
    repair(used, examine(used))
    assert stat.S_IMODE(used.stat().st_mode) == 0o700
    assert stat.S_IMODE(store_path(used).stat().st_mode) == 0o600
