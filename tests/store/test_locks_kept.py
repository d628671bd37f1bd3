"""A process that has the store open keeps SQLite's locks on it, whatever else it asks of the file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sfa.store.doctor import examine
from sfa.store.home import store_path
from sfa.store.reading import open_reading
from sfa.store.schema import ready
from tests import terminal
from tests.services.acting import amend, make, rows


def elsewhere(home: Path, *arguments: str) -> None:
    """Change the store in a process that ends."""
    subprocess.run(
        [sys.executable, "-m", "sfa", *arguments],
        env=terminal.environment(home),
        check=True,
        capture_output=True,
    )


def test_the_log_outlives_whoever_closes_the_store_while_we_have_it_open(home: Path) -> None:
    log = Path(f"{store_path(home)}-wal")
    make(home, "lead", name="Wang")
    reader = open_reading(home)
    try:
        ready(home)  # every change and every new reader asks this; the locks of the open reader must stand it
        elsewhere(home, "lead", "add", "Jo")
        # The other process was not the last one: had it thought so, it would have removed the log.
        assert log.exists()
        # Ids of two processes within a millisecond stand in any order.
        assert {row["name"] for row in reader.execute("SELECT name FROM lead")} == {"Wang", "Jo"}
    finally:
        reader.close()


def test_a_store_made_by_this_process_keeps_its_locks_too(tmp_path: Path) -> None:
    home = tmp_path / "new"
    ready(home)
    make(home, "lead", name="Wang")
    reader = open_reading(home)
    try:
        make(home, "lead", name="Li")
        elsewhere(home, "lead", "add", "Jo")
        assert Path(f"{store_path(home)}-wal").exists()
    finally:
        reader.close()


def test_two_processes_that_change_in_turn_leave_the_store_sound(home: Path) -> None:
    lead = make(home, "lead", name="Wang")
    reader = open_reading(home)
    try:
        for number in range(5):
            amend(home, "lead", lead.id, title=f"ours {number}")
            elsewhere(home, "lead", "edit", "Wang", "--company", f"theirs {number}")
            reader.execute("SELECT count(*) FROM lead").fetchone()
    finally:
        reader.close()
    assert examine(home) == []
    assert rows(home, "SELECT title, company FROM lead") == [{"title": "ours 4", "company": "theirs 4"}]
