"""The app open while a script imports leads and another process edits the very record in view.

``make prove`` imports 100,000 and measures from key to repaint; elsewhere the machine is anybody's, so
what would cause a freeze is looked at instead, and the same is lost: nothing.
"""

from __future__ import annotations

import asyncio
import csv
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from sfa.screens.gateway import Gateway
from tests import terminal
from tests.screens.driving import opened, text_of, until
from tests.services.acting import amend, make, row, rows
from tests.terminal import Terminal

IS_PROVED = bool(os.environ.get("SFA_PROVE"))
LEADS = 100_000 if IS_PROVED else 2_000
IMPORTS = 10 if IS_PROVED else 4
LONGEST_S = 0.1
_MARK = "›"  # stands before the line under the cursor


def files(folder: Path) -> list[Path]:
    """Write the leads into several files, as exports come."""
    found = []
    for number in range(IMPORTS):
        path = folder / f"leads-{number}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["External ID", "Name", "Company", "Phone"])
            for line in range(LEADS // IMPORTS):
                key = number * LEADS + line
                writer.writerow([f"k{key}", f"Person {key}", f"Company {key % 977}", f"139{key:08d}"])
        found.append(path)
    return found


class Others:
    """A script that imports file after file, and one that edits a record over and over."""

    def __init__(self, home: Path, paths: list[Path], ref: str) -> None:
        self._environment = terminal.environment(home, SFA_TODAY="2026-11-18")
        self._ref = ref
        self.edits = 0
        self.failures: list[str] = []
        self._may_end = threading.Event()
        self._importing = threading.Thread(target=self._import, args=(paths,), daemon=True)
        self._editing = threading.Thread(target=self._edit, daemon=True)

    def start(self) -> None:
        self._importing.start()
        self._editing.start()

    @property
    def are_busy(self) -> bool:
        return self._importing.is_alive()

    def may_end(self) -> None:
        """Let the last file in: whoever watches is there to see it."""
        self._may_end.set()

    def join(self) -> None:
        self._importing.join()
        self._editing.join()

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "sfa", *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            self.failures.append(f"{arguments}: {done.stdout}{done.stderr}")

    def _import(self, paths: list[Path]) -> None:
        for path in paths:
            if path is paths[-1]:
                self._may_end.wait()
            self._run("import", "leads", str(path), "--yes")

    def _edit(self) -> None:
        while self.are_busy or not self.edits:
            self._run("lead", "edit", self._ref, "--title", f"Title {self.edits + 1}")
            self.edits += 1
            time.sleep(0.2)


def moved(shown: Terminal, key: str) -> float:
    """Press an arrow; return the seconds until the mark stands on another line."""
    before = marked(shown.text())
    begun = time.perf_counter()
    shown.press(key)
    shown.wait(lambda screen: marked(screen) != before)
    return shown.came_at - begun


def seek(shown: Terminal, text: str) -> None:
    """Find by a text."""
    shown.press("/")
    time.sleep(0.5)  # the line has the focus
    shown.type(text)


def marked(screen: str) -> int:
    return next((at for at, line in enumerate(screen.splitlines()) if line.startswith(_MARK)), -1)


def test_nothing_freezes_and_nothing_is_lost_while_others_write(home: Path, tmp_path: Path) -> None:
    make(home, "lead", name="Wang Wei", company="Acme")
    for number in range(30):
        make(home, "lead", name=f"Earlier {number}")
    lead = row(home, "SELECT id, ref FROM lead WHERE name = 'Wang Wei'")
    others = Others(home, files(tmp_path), lead["ref"])
    with terminal.opened(home, size=(120, 40), SFA_START="leads", SFA_TODAY="2026-11-18") as shown:
        shown.until("31 leads")
        seek(shown, "Wang")
        shown.until("1 lead")
        shown.press("enter")
        time.sleep(0.5)
        shown.press("e")
        shown.until("Edit lead")
        for _ in range(4):  # from the name to the emails
            shown.press("tab")
            time.sleep(0.3)
        others.start()
        shown.type("wei@acme.example")
        shown.until("wei@acme.example")
        shown.until(lambda _: others.edits > 0, patience_s=120)
        shown.press("ctrl+s")
        shown.until(lambda screen: "Save (Ctrl+S)" not in screen)
        shown.until(lambda screen: "Title " in screen)  # the record beside the list, as the other made it
        shown.press("escape")
        time.sleep(0.5)
        took = [moved(shown, "down"), moved(shown, "up")]
        others.may_end()
        while others.are_busy:
            took += [moved(shown, "down"), moved(shown, "up")]
            time.sleep(0.05)
        others.join()
        assert others.failures == []
        shown.until(f"{LEADS + 31:,} leads")
        seek(shown, "Wang Wei")
        shown.until(lambda screen: f"Title {others.edits}" in screen)
        shown.press("ctrl+q")
        shown.ended()
    assert rows(home, "SELECT title, company FROM lead WHERE name = 'Wang Wei'") == [
        {"title": f"Title {others.edits}", "company": "Acme"}
    ]
    assert rows(home, "SELECT value FROM email") == [{"value": "wei@acme.example"}]
    edits = "SELECT count(*) AS n FROM oplog WHERE row_id = ? AND changes LIKE '%\"title\"%'"
    assert row(home, edits, lead["id"])["n"] == others.edits
    sys.stdout.write(f"keys {len(took)}, longest {max(took) * 1000:.0f} ms, edits {others.edits}\n")
    if IS_PROVED:
        assert max(took) <= LONGEST_S


async def test_whatever_is_read_or_written_is_off_the_thread_that_draws(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = make(home, "lead", name="Wang Wei")
    drawing = threading.current_thread()
    seen: list[bool] = []
    plain = Gateway._connection

    def noted(self: Gateway) -> Any:
        seen.append(threading.current_thread() is drawing)
        return plain(self)

    monkeypatch.setattr(Gateway, "_connection", noted)
    async with opened(home, start="leads", size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: "Wang Wei" in text_of(app))
        for number in range(3):
            amend(home, "lead", lead.id, title=f"Title {number}")
            await until(pilot, lambda number=number: f"Title {number}" in text_of(app))  # type: ignore[misc]
    assert seen
    assert not any(seen)


async def test_many_changes_of_others_are_read_once_a_second_and_not_once_each(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sfa.screens.leads import LeadsScreen

    lead = make(home, "lead", name="Wang Wei")
    reads: list[float] = []
    plain = LeadsScreen.read_anew

    async def noted(self: LeadsScreen) -> None:
        reads.append(time.monotonic())
        await plain(self)

    monkeypatch.setattr(LeadsScreen, "read_anew", noted)
    async with opened(home, start="leads", size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: "Wang Wei" in text_of(app))
        reads.clear()
        begun = time.monotonic()

        def write() -> None:
            for number in range(60):
                amend(home, "lead", lead.id, title=f"Title {number}")

        await asyncio.to_thread(write)
        await until(pilot, lambda: "Title 59" in text_of(app))
        took = time.monotonic() - begun
    assert reads
    assert len(reads) <= took + 2
