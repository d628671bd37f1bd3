"""backup, doctor, erase, and everything out and in, as they are typed."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sfa.cli.archive import import_everything
from sfa.cli.run import run
from sfa.errors import NeedsDecision
from sfa.store.home import store_path
from sfa.store.version import SCHEMA_VERSION
from tests.asking import ask
from tests.store.rows import add, add_deal, count, hash_of_store, value_of


@pytest.fixture
def used(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home that commands work in, with a contact in its store."""
    monkeypatch.setenv("SFA_HOME", str(home))
    monkeypatch.setenv("SFA_LANG", "en")
    add(home, "contact", name="Wang Fang")
    return home


def test_backup_without_a_verb_prints_the_file_it_made(
    used: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["backup"]) == 0
    made = Path(capsys.readouterr().out.strip())
    assert made.parent == used / "backups"
    assert run(["backup", "list", "--format", "json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)["backups"]
    assert listed["path"] == str(made)


def test_backup_to_a_file_and_back(used: Path, tmp_path: Path) -> None:
    assert run(["backup", "make", str(tmp_path / "b.db")]) == 0
    before = hash_of_store(used)
    add(used, "contact", name="Li Na")
    assert run(["backup", "restore", str(tmp_path / "b.db"), "--yes"]) == 0
    assert hash_of_store(used) == before


def test_restore_without_yes_changes_nothing_where_nobody_can_be_asked(used: Path, tmp_path: Path) -> None:
    run(["backup", "make", str(tmp_path / "b.db")])
    add(used, "contact", name="Li Na")
    before = hash_of_store(used)
    assert run(["backup", "restore", str(tmp_path / "b.db")]) == 1
    assert hash_of_store(used) == before


def test_restore_of_no_file_says_so(used: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["backup", "restore", str(used / "none.db"), "--yes"]) == 1
    assert "There is no backup" in capsys.readouterr().err


def test_doctor_exits_by_what_it_finds(used: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) == 0
    ask(store_path(used), "DROP INDEX ix_contact_by_name")
    assert run(["doctor"]) == 1
    capsys.readouterr()
    assert run(["doctor", "--format", "json"]) == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["code"] == "index_missing"
    assert run(["doctor", "--repair"]) == 0
    assert run(["doctor"]) == 0
    store_path(used).write_text("no store")
    assert run(["doctor"]) == 6


def test_salvaged_store_can_be_restored(used: Path, tmp_path: Path) -> None:
    before = hash_of_store(used)
    assert run(["doctor", "--salvage", str(tmp_path / "saved.db")]) == 0
    store_path(used).unlink()
    assert run(["backup", "restore", str(tmp_path / "saved.db"), "--yes"]) == 0
    assert hash_of_store(used) == before


def test_erase_asks_and_says_what_is_left(used: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_deal(used, name="Pumps for Wang Fang")
    run(["backup"])
    assert run(["erase", "Wang Fang"]) == 1
    assert count(used, "SELECT count(*) FROM contact WHERE name = 'Wang Fang'") == 1
    capsys.readouterr()
    assert run(["erase", "Wang Fang", "--yes"]) == 0
    said = capsys.readouterr().err
    assert "deal" in said
    assert "backups" in said
    assert count(used, "SELECT count(*) FROM contact WHERE name = 'Wang Fang'") == 0


def test_everything_out_and_in(used: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(["export", "--all", str(tmp_path / "all")]) == 0
    other = tmp_path / "other"
    monkeypatch.setenv("SFA_HOME", str(other))
    import_everything(tmp_path / "all", yes=True)
    assert hash_of_store(other) == hash_of_store(used)


def test_import_of_an_archive_can_be_tried_without_changing_anything(used: Path, tmp_path: Path) -> None:
    run(["export", "--all", str(tmp_path / "all")])
    contact = add(used, "contact", name="Li Na")
    before = hash_of_store(used)
    with pytest.raises(NeedsDecision):
        import_everything(tmp_path / "all", yes=False)
    import_everything(tmp_path / "all", yes=False, dry_run=True)
    assert hash_of_store(used) == before
    assert value_of(used, "contact", contact, "name") == "Li Na"


def test_export_wants_a_noun_or_all(used: Path) -> None:
    assert used.exists()
    assert run(["export"]) == 2
    assert run(["export", "unicorns"]) == 2


@pytest.mark.parametrize("line", [["contact", "list"], ["contact", "add", "Li Na"], ["find", "wang"]])
def test_a_command_that_brings_an_older_store_up_to_date_says_so_and_goes_on(
    used: Path, capsys: pytest.CaptureFixture[str], line: list[str]
) -> None:
    with closing(sqlite3.connect(store_path(used))) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION - 1}")
    assert run(line) == 0
    assert capsys.readouterr().err.count("brought up to date") == 1
    assert run(line) == 0
    assert "brought up to date" not in capsys.readouterr().err
