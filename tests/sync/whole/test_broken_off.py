"""Syncs that end in the middle: the line cut, the client killed, the server killed, no room."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest

from sfa.errors import SyncError
from sfa.store.connection import StoreConnection, open_writing
from sfa.sync import running
from tests.sync.whole.line import Line
from tests.sync.whole.office import Office, Person, in_step, nothing_lost, quiet

_LEADS = 40


@pytest.fixture
def line(office: Office) -> Iterator[Line]:
    """A line to the centre."""
    found = Line(office.server.port())
    yield found
    found.close()


def _takes(person: Person, line: Line, office: Office) -> None:
    """Reach the centre by a line from now on."""
    person.goes_to(office.url(person.login).replace(str(office.server.port()), str(line.port)))


def _writes_leads(person: Person, name: str) -> None:
    """Type in more than a batch's worth of bytes on a line, in one import: one transaction of many ops."""
    file = person.home / f"{name}.csv"
    lines = [f"{name} {number},Company {number},{'x' * 200}" for number in range(_LEADS)]
    file.write_text("\n".join(["name,company,notes", *lines]) + "\n")
    person.does("import", "lead", str(file), "--yes")


def _leads(person: Person) -> int:
    return int(person.value("SELECT count(*) FROM lead"))


_PUSH_CUTS = (1, 900, 2_000, 4_000, 9_000, 20_000)
_PULL_CUTS = (400, 900, 2_000, 5_000, 15_000)


@pytest.mark.parametrize("way", ["up", "down"])
def test_a_line_that_is_cut_anywhere_leaves_both_sides_whole(
    office: Office, anna: Person, boss: Person, line: Line, way: str
) -> None:
    for each in (anna, boss):
        _takes(each, line, office)
    cuts = _PUSH_CUTS if way == "up" else _PULL_CUTS
    for number, after in enumerate(cuts):
        _writes_leads(anna, f"Round {number}")
        for each in (anna, boss):
            line.trip(way, after, line.cut)
            try:
                each.sync_now()
            except SyncError:
                assert each.value("SELECT count(*) FROM sync_run WHERE state = 'running'") == 0
            line.trip(way, 1 << 40, line.cut)
            assert _leads(anna) == _LEADS * (number + 1)
            assert office.value("SELECT count(*) FROM sfa.lead") % _LEADS == 0
            assert _leads(boss) % _LEADS == 0
    quiet(anna, boss, rounds=2)
    assert _leads(boss) == _LEADS * len(cuts)
    assert office.value("SELECT count(*) FROM sfa.conflict") == 0
    in_step(anna, boss)
    nothing_lost(office, anna, boss)


def _started(person: Person) -> subprocess.Popen[bytes]:
    variables = {
        **os.environ,
        "SFA_HOME": str(person.home),
        "SFA_CENTRE_PASSWORD": person.password,
        "SFA_LANG": "en",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "sfa", "sync"],
        env=variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.parametrize(
    ("way", "after"),
    [("up", 3_000), ("up", 9_000), ("down", 3_000), ("down", 9_000)],
    ids=["as it begins to send", "as it sends", "as it hears the answer", "as it receives"],
)
def test_a_sync_that_is_killed_is_made_good_by_the_next(
    office: Office, anna: Person, boss: Person, line: Line, way: str, after: int
) -> None:
    _writes_leads(boss, "Of the manager")
    boss.syncs()
    office.rows("UPDATE sfa.lead SET owner_id = (SELECT id FROM sfa.\"user\" WHERE name = 'Anna')")
    _writes_leads(anna, "Of Anna")
    _takes(anna, line, office)
    line.trip(way, after, line.hold)
    process = _started(anna)
    try:
        assert line.tripped.wait(60)
    finally:
        process.kill()
        assert process.wait(60) == -signal.SIGKILL
        line.close()
    anna.goes_to(office.url("anna"))
    quiet(anna, boss, rounds=1)
    assert _leads(anna) == _leads(boss) == 2 * _LEADS
    in_step(anna, boss)
    nothing_lost(office, anna, boss)


@pytest.mark.parametrize(
    ("way", "after"), [("up", 1_500), ("up", 9_000), ("down", 1_600)], ids=["early", "late", "at an answer"]
)
def test_a_server_that_dies_in_the_middle_of_a_sync_loses_nothing(
    office: Office, anna: Person, boss: Person, line: Line, way: str, after: int
) -> None:
    _writes_leads(anna, "Of Anna")
    _takes(anna, line, office)
    line.trip(way, after, lambda: office.server.stop(mode="immediate"))
    with suppress(SyncError):
        anna.sync_now()
    assert line.tripped.wait(60)
    office.server.start()
    quiet(anna, boss, rounds=1)
    assert _leads(boss) == _LEADS
    in_step(anna, boss)
    nothing_lost(office, anna, boss)


def test_a_server_that_dies_and_comes_back_is_found_again_by_the_same_sync(
    office: Office, anna: Person, line: Line
) -> None:
    _writes_leads(anna, "Of Anna")
    _takes(anna, line, office)

    def dies() -> None:
        office.server.stop(mode="immediate")
        office.server.start()

    line.trip("up", 3_000, dies)

    def pause(_: float) -> None:
        assert line.tripped.wait(60)

    running.sync(anna.home, password=anna.password, sleep=pause)
    assert office.value("SELECT count(*) FROM sfa.lead") == _LEADS
    in_step(anna)
    nothing_lost(office, anna)


# ---- no room on the device


def _small(patch: pytest.MonkeyPatch, more_pages: int) -> None:
    """Let stores that a sync opens grow by so many pages and no further."""

    def opened(*arguments: object) -> StoreConnection:
        connection = open_writing(*arguments)  # type: ignore[arg-type]
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + more_pages}")
        return connection

    patch.setattr("sfa.sync.device.facade.open_writing", opened)


@pytest.mark.parametrize("room", [0, 2, 8], ids=["none", "little", "some"])
def test_a_device_whose_disk_is_full_keeps_what_it_has_and_goes_on_when_there_is_room(
    anna: Person, boss: Person, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    _writes_leads(anna, "Of Anna")
    anna.syncs()
    cursor = boss.value("SELECT value FROM local_state WHERE key = 'sync_cursor'")
    with monkeypatch.context() as patch:
        _small(patch, room)
        said = boss("sync")
        assert said.code == 6, said
        assert "Error: The disk is full; nothing was changed in" in said.err
        assert "Free some space and run the command again." in said.err
    assert boss.value("PRAGMA integrity_check") == "ok"
    assert _leads(boss) == 0
    assert boss.value("SELECT value FROM local_state WHERE key = 'sync_cursor'") == cursor
    boss.syncs()
    assert _leads(boss) == _LEADS
    in_step(anna, boss)


def test_a_file_that_may_not_grow_fails_as_the_store_and_not_as_a_bug(anna: Person, boss: Person) -> None:
    resource = pytest.importorskip("resource")
    _writes_leads(anna, "Of Anna")
    anna.syncs()
    size = (boss.home / "sfa.db").stat().st_size

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 4096, size + 4096))

    done = subprocess.run(
        [sys.executable, "-m", "sfa", "sync"],
        env={
            **os.environ,
            "SFA_HOME": str(boss.home),
            "SFA_CENTRE_PASSWORD": boss.password,
            "SFA_LANG": "en",
        },
        capture_output=True,
        text=True,
        preexec_fn=limited,
        check=False,
    )
    assert done.returncode in (0, 6), done
    assert "bug" not in done.stderr
    assert boss.value("PRAGMA integrity_check") == "ok"
    boss.syncs()
    assert _leads(boss) == _LEADS
    in_step(anna, boss)
