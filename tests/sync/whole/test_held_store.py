"""Another process holds the store's lock while a sync runs: it waits, or says so and loses nothing."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from sfa.store import change
from sfa.store.connection import is_busy
from sfa.store.home import store_path
from sfa.sync.engine import Progress
from tests.sync.whole.office import Office, Person, in_step, nothing_lost, quiet

_HOLDING = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
connection.execute("ROLLBACK")
connection.close()
print("let go", flush=True)
sys.stdin.readline()
"""


class Holder:
    """A process that holds a store's lock until it is told to let go."""

    def __init__(self, store: Path) -> None:
        command = [sys.executable, "-c", _HOLDING, str(store)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
        assert self._says() == "held"

    def _says(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def lets_go(self) -> None:
        """Return when it has."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        assert self._says() == "let go"

    def ends(self) -> None:
        """End the process."""
        with suppress(BrokenPipeError):
            self._process.communicate("\n")


@contextmanager
def holding(person: Person) -> Iterator[Holder]:
    """Let another process hold a person's store."""
    found = Holder(store_path(person.home))
    try:
        yield found
    finally:
        found.ends()


def test_a_sync_waits_for_the_store_and_goes_on_where_it_was(
    office: Office, anna: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna.does("lead", "add", "Li Wei")
    holders: list[Holder] = []
    waited: list[str] = []

    def holds_at_the_answer(at: Progress) -> None:
        if at.what == "push" and not holders:
            holders.append(Holder(store_path(anna.home)))

    def is_busy_once(error: sqlite3.OperationalError) -> bool:
        waited.append(str(error))
        holders[0].lets_go()
        return is_busy(error)

    monkeypatch.setattr(change, "is_busy", is_busy_once)
    done = anna.sync_now(on_progress=holds_at_the_answer)
    holders[0].ends()
    assert waited == ["database is locked"]
    assert done.result.pushed > 0
    monkeypatch.undo()
    quiet(ben)
    assert anna.unsent == 0
    nothing_lost(office, anna, ben)


def test_a_store_that_stays_held_ends_the_sync_and_the_next_one_carries_it_on(
    office: Office, anna: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna.does("lead", "add", "Li Wei")
    unsent = anna.unsent
    with monkeypatch.context() as patch, holding(anna):
        patch.setattr(change, "BUSY_WAIT_S", 0.0)
        said = anna("sync")
        assert said.code == 6
        assert "Another process has been changing the store" in said.err
        assert anna.unsent == unsent
    quiet(anna, ben)
    in_step(anna, ben)
    assert anna.rows("SELECT name FROM lead") == [("Li Wei",)]
    nothing_lost(office, anna, ben)
