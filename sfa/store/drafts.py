"""Text typed into a form and not saved yet: a file beside the store, so that no crash loses it.

One file a form, private as the store is. ``erase`` removes those of the erased
record, a sync those of a record that left this device.
"""

from __future__ import annotations

import json
import os
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path

_FOLDER = "drafts"
NEW = "new"


class Draft:
    """What was typed into the form of one record, or of a new one of a noun."""

    def __init__(self, home: Path, noun: str, record_id: str = NEW) -> None:
        """Name the form; no file is made before something is kept."""
        self._path = home / _FOLDER / f"{noun}-{record_id}.json"

    def load(self) -> dict[str, str]:
        """Return field name -> text; nothing when there is no draft or it cannot be read."""
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {name: text for name, text in found.items() if isinstance(text, str)}

    def keep(self, texts: dict[str, str]) -> None:
        """Write the texts, or remove the file when there are none; a full disk stops nobody from typing."""
        if not texts:
            self.drop()
            return
        unfinished = self._path.with_suffix(".part")
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(texts, file, ensure_ascii=False)
            unfinished.replace(self._path)

    def drop(self) -> None:
        """Remove the draft."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def drop_all_of(home: Path, record_ids: AbstractSet[str]) -> None:
    """Remove the drafts of some records, of whatever noun."""
    with suppress(OSError):
        for path in (home / _FOLDER).glob("*-*.json"):
            if path.stem.partition("-")[2] in record_ids:
                path.unlink(missing_ok=True)
