"""The content folder: attached files beside the store, named by the hash of their bytes.

A content is written once and never changed, so keeping the same bytes twice is keeping
them once, and a backup or an archive may copy them while the store is in use.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path

from sfa.store.home import content_dir, opened_dir
from sfa.store.personal import ERASED

CHUNK = 1 << 20


def content_path(folder: Path, sha256: str) -> Path:
    """Return where the content of that hash lies in a content folder."""
    return folder / sha256[:2] / sha256


def opened_copy(home: Path, sha256: str) -> Path:
    """Return the folder in which the copy of a content lies that a program was shown."""
    return opened_dir(home) / sha256[:16]


def hash_of(path: Path) -> str:
    """Return the hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep_content(folder: Path, source: Path) -> tuple[str, int]:
    """Copy a file into a content folder, whole or not at all; return its hash and size.

    The copy is what is hashed: a file that grows meanwhile is kept as far as it was read.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = folder / f".{uuid.uuid4().hex}.{os.getpid()}.part"
    try:
        with source.open("rb") as read, unfinished.open("xb") as written:
            unfinished.chmod(0o600)
            shutil.copyfileobj(read, written, CHUNK)
            written.flush()
            os.fsync(written.fileno())
        sha256, size = hash_of(unfinished), unfinished.stat().st_size
        target = content_path(folder, sha256)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return sha256, size


def attached(connection: sqlite3.Connection) -> Iterator[tuple[str, str, str]]:
    """Yield (attachment id, name, hash) of every attachment that is live and not erased."""
    yield from connection.execute(
        "SELECT id, name, sha256 FROM attachment WHERE deleted_at IS NULL AND sha256 <> ? ORDER BY id",
        (ERASED,),
    )


def known_hashes(connection: sqlite3.Connection) -> list[str]:
    """Return the hash of every content that an attachment names, deleted ones too: undo may want them."""
    rows = connection.execute(
        "SELECT DISTINCT sha256 FROM attachment WHERE sha256 <> ? ORDER BY 1", (ERASED,)
    )
    return [row[0] for row in rows]


def drop_contents(home: Path, connection: sqlite3.Connection, hashes: list[str]) -> int:
    """Remove the contents that no attachment names any more; return how many were there."""
    wanted = set(known_hashes(connection))
    gone = 0
    for sha256 in hashes:
        path = content_path(content_dir(home), sha256)
        if sha256 in wanted:
            continue
        shutil.rmtree(opened_copy(home, sha256), ignore_errors=True)
        if path.exists():
            path.unlink()
            gone += 1
    return gone
