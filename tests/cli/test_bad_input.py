"""Each row of ``docs/errors.md``: the message, the exit code, and a store left as it was."""

from __future__ import annotations

import ctypes
import hashlib
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from sfa.store.content_hash import content_hash
from sfa.store.lease import renew
from sfa.store.reading import reading

PAGE = Path(__file__).resolve().parents[2] / "docs" / "errors.md"
PROGRAM = "import sys; sys.argv[0] = 'sfa'; from sfa.__main__ import main; sys.exit(main())"
IMPATIENT = f"import sfa.store.change as change; change.BUSY_WAIT_S = 1.2; {PROGRAM}"
# Linux: what lets root write where its own permissions forbid it (capability.h).
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, PR_CAPBSET_DROP = 1, 2, 24


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table in the document."""

    situation: str
    command: str
    message: str
    code: int


@dataclass(frozen=True, slots=True)
class Scene:
    """A home with a few records, and an empty folder to run commands in."""

    home: Path
    folder: Path

    @property
    def store(self) -> Path:
        return self.home / "sfa.db"


def rows() -> list[Row]:
    lines = [
        line for line in PAGE.read_text("utf-8").partition("\n## ")[0].splitlines() if line.startswith("|")
    ]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    return [
        Row(situation, command.strip("`"), message, int(code)) for situation, command, message, code in cells
    ]


def run(
    command: str, scene: Scene, *, program: str = PROGRAM, as_ordinary: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a command line of the document."""
    arguments = shlex.split(command)
    assert arguments.pop(0) == "sfa"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=scene.folder,
        env={**os.environ, "SFA_HOME": str(scene.home)},
        preexec_fn=_give_up_root if as_ordinary else None,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _give_up_root() -> None:
    libc = ctypes.CDLL(None)
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


@pytest.fixture(scope="module")
def filled(new_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with the records the document speaks of; copy it, never use it."""
    home = tmp_path_factory.mktemp("filled") / "home"
    shutil.copytree(new_store.parent, home)
    scene = Scene(home, home.parent)
    for command in (
        "sfa account add Acme",
        "sfa account add 'Northwind East'",
        "sfa account add 'Northwind West'",
        "sfa deal add Valves --account Acme --amount 5000",
        "sfa lead add 'Wang Wei' --company Huachuang",
    ):
        done = run(command, scene)
        assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def scene(filled: Path, tmp_path: Path) -> Scene:
    home, folder = tmp_path / "home", tmp_path / "folder"
    shutil.copytree(filled, home)
    folder.mkdir()
    return Scene(home, folder)


@contextmanager
def as_it_is(scene: Scene) -> Iterator[Scene]:
    yield scene


@contextmanager
def with_a_picture(scene: Scene) -> Iterator[Scene]:
    (scene.folder / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    yield scene


@contextmanager
def with_half_a_file(scene: Scene) -> Iterator[Scene]:
    (scene.folder / "truncated.csv").write_text('Name,Company\n"Wang Wei","Huachuang"\n"Li Na","Hua', "utf-8")
    yield scene


@contextmanager
def with_other_columns(scene: Scene) -> Iterator[Scene]:
    (scene.folder / "wrong.csv").write_text("Weather,Mood\nrain,good\n", "utf-8")
    (scene.folder / "leads.toml").write_text(
        'noun = "lead"\nsource = "test"\nkey = "Id"\n[columns]\nName = "name"\nPhone = "phones"\n', "utf-8"
    )
    yield scene


@contextmanager
def with_a_full_disk(scene: Scene) -> Iterator[Scene]:
    disk = scene.folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m,mode=700", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here: " + mounted.stderr.decode().strip())
    try:
        shutil.copytree(scene.home, disk / "home")
        with (disk / "filler").open("wb", buffering=0) as filler:
            fill_up(filler.fileno())
        yield Scene(disk / "home", scene.folder)
    finally:
        subprocess.run(["umount", str(disk)], check=True)
        disk.rmdir()


def fill_up(file: int) -> None:
    """Write until the disk is full."""
    piece = b"0" * 65536
    while piece:
        try:
            os.write(file, piece)
        except OSError:
            piece = piece[: len(piece) // 2]


@contextmanager
def with_a_home_to_read_only(scene: Scene) -> Iterator[Scene]:
    scene.store.chmod(0o400)
    scene.home.chmod(0o500)
    try:
        yield scene
    finally:
        scene.home.chmod(0o700)
        scene.store.chmod(0o600)


@contextmanager
def with_another_writer(scene: Scene) -> Iterator[Scene]:
    with closing(sqlite3.connect(scene.store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield scene
        other.execute("ROLLBACK")


@contextmanager
def with_damage(scene: Scene) -> Iterator[Scene]:
    whole = scene.store.read_bytes()
    scene.store.write_bytes(b"not a database, but long enough to be one " * 2000)
    yield scene
    scene.store.write_bytes(whole)


@contextmanager
def with_a_newer_schema(scene: Scene) -> Iterator[Scene]:
    with closing(sqlite3.connect(scene.store)) as other:
        known = other.execute("PRAGMA user_version").fetchone()[0]
        other.execute("PRAGMA user_version = 999")
    yield scene
    with closing(sqlite3.connect(scene.store)) as other:
        other.execute(f"PRAGMA user_version = {known}")


@contextmanager
def without_a_sync_for_long(scene: Scene) -> Iterator[Scene]:
    renew(scene.home, 1_700_000_000_000, 7)
    yield scene
    renew(scene.home, 0, 0)


@contextmanager
def signed_in_as_a_rep(scene: Scene) -> Iterator[Scene]:
    with closing(sqlite3.connect(scene.store)) as store, store:
        store.execute("INSERT INTO local_state (key, value) VALUES ('sync_role', 'rep')")
    yield scene


@contextmanager
def signed_in_as_a_reader(scene: Scene) -> Iterator[Scene]:
    with closing(sqlite3.connect(scene.store)) as store, store:
        store.execute("INSERT INTO local_state (key, value) VALUES ('sync_role', 'read-only')")
    yield scene


SITUATIONS: dict[str, Callable[[Scene], object]] = {
    "a binary file as CSV": with_a_picture,
    "a truncated CSV": with_half_a_file,
    "a CSV with the wrong columns": with_other_columns,
    "disk full": with_a_full_disk,
    "read-only home": with_a_home_to_read_only,
    "a locked store": with_another_writer,
    "a corrupted store": with_damage,
    "a store of a newer version": with_a_newer_schema,
    "a change that the role does not allow": signed_in_as_a_rep,
    "a change by whoever may only read": signed_in_as_a_reader,
    "a line to log by whoever may only read": signed_in_as_a_reader,
    "too long without a sync": without_a_sync_for_long,
}


def content(home: Path) -> str:
    with reading(home) as connection:
        return content_hash(connection)


def files(scene: Scene) -> dict[str, str]:
    """Return every file but SQLite's own companions, with what is in it when it is not the store."""
    return {
        str(path): "" if path == scene.store else hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in (scene.home, scene.folder)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not re.search(r"-(wal|shm)$|/filler$", str(path))
    }


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.situation)
def test_bad_input_is_refused_as_the_document_says(row: Row, scene: Scene) -> None:
    before = content(scene.home)
    with SITUATIONS.get(row.situation, as_it_is)(scene) as place:  # type: ignore[attr-defined]
        there = files(place)
        done = run(
            row.command,
            place,
            program=IMPATIENT if row.situation == "a locked store" else PROGRAM,
            as_ordinary=row.situation == "read-only home",
        )
        assert done.returncode == row.code, done.stderr
        assert any(line.startswith(f"Error: {row.message}") for line in done.stderr.splitlines()), done.stderr
        assert "Traceback" not in done.stderr
        assert not done.stdout
        assert files(place) == there
    assert content(scene.home) == before


def test_every_situation_that_is_set_up_stands_in_the_document() -> None:
    assert set(SITUATIONS) <= {row.situation for row in rows()}
