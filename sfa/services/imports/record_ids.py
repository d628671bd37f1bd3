"""Ids of imported records and of what hangs on them, many at a time.

A record's id comes from its key, a child's from its record, the source and its
place, so that a second import, or one after an undo, meets the same rows.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Sequence

# A text in JSON keeps one statement for any number of ids; SQLite reads it back with json_each.
LISTED = "(SELECT value FROM json_each(?))"


def record_ids(organisation: str, source: str, kind: str, keys: Iterable[str]) -> list[str]:
    """Return what ``ids.external_id`` gives for each key, at a fraction of the cost."""
    start = hashlib.sha1(uuid.UUID(organisation).bytes, usedforsecurity=False)
    start.update(f"{source}\x1f{kind}\x1f".encode())
    found = []
    for key in keys:
        name = start.copy()
        name.update(key.encode())
        digest = name.hexdigest()
        found.append(
            f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-"
            f"{_VARIANTS[digest[16]]}{digest[17:20]}-{digest[20:32]}"
        )
    return found


def child_ids(record_ids: Sequence[str], source: str, parts: Sequence[str]) -> list[str]:
    """Return the ids of children; ``parts`` say which place each has in its record.

    They begin like their record's id, so that children written in the order of their
    records lie side by side in every index; the other 74 bits tell them apart.
    """
    tail = f"\x1f{source}\x1f"
    found = []
    for record_id, part in zip(record_ids, parts, strict=True):
        digest = hashlib.sha1((record_id + tail + part).encode(), usedforsecurity=False).hexdigest()
        found.append(
            f"{record_id[:14]}5{digest[13:16]}-{_VARIANTS[digest[16]]}{digest[17:20]}-{digest[20:32]}"
        )
    return found


_VARIANTS = {letter: "89ab"[int(letter, 16) & 3] for letter in "0123456789abcdef"}
