"""Backup, restore and doctor on a store that syncs."""

from __future__ import annotations

import time
from pathlib import Path

from sfa import clock
from tests.cli.conftest import Sfa
from tests.screens.centre import sign_in, syncer
from tests.services.acting import make, rows
from tests.simulation.company import ANN, founded


def test_a_restore_says_what_was_not_sent_and_the_next_sync_brings_the_rest_back(
    sfa: Sfa, home: Path, new_store: Path
) -> None:
    centre = founded(new_store, clock.wall_ms)
    sign_in(home, centre, ANN)
    sync = syncer(centre, ANN)
    backup = sfa("backup", "make").out.strip()
    make(home, "lead", name="Sent")
    sync(home, password=None, on_progress=None, sleep=time.sleep)
    assert "not been sent" not in sfa("backup", "restore", backup, answers="n\n").err
    make(home, "lead", name="Unsent")
    asked = sfa("backup", "restore", backup, answers="n\n")
    assert "1 change of the present store has not been sent" in asked.err
    assert len(rows(home, "SELECT 1 FROM lead")) == 2
    assert sfa("backup", "restore", backup, "--yes").code == 0
    assert sfa("doctor").code == 0
    sync(home, password=None, on_progress=None, sleep=time.sleep)
    assert rows(home, "SELECT name FROM lead") == [{"name": "Sent"}]
    assert sfa("doctor").code == 0


def test_a_store_that_never_signed_in_is_restored_without_a_word_of_it(sfa: Sfa, home: Path) -> None:
    backup = sfa("backup", "make").out.strip()
    make(home, "lead", name="Wei")
    assert "not been sent" not in sfa("backup", "restore", backup, "--yes").err


def test_a_damaged_store_is_restored_all_the_same(sfa: Sfa, home: Path) -> None:
    backup = sfa("backup", "make").out.strip()
    (home / "sfa.db").write_bytes(b"no database at all " * 1000)
    assert sfa("backup", "restore", backup, "--yes").code == 0
    assert sfa("doctor").code == 0
