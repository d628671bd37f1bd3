"""Backups: made while the store is in use, verified before they count."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from sfa.errors import StoreUnusable, msg
from sfa.store.connection import private


def write_backup(connection: sqlite3.Connection, target: Path) -> None:
    """Copy the open store to a file, whole and verified, or leave no file.

    Raises:
        StoreUnusable: the copy cannot be written, or is not sound.
    """
    unfinished = target.with_name(f".{target.name}.part")
    try:
        copy = sqlite3.connect(unfinished)
        try:
            private(unfinished)
            connection.backup(copy)
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
        finally:
            copy.close()
        if verdict != "ok":
            raise StoreUnusable(
                msg("The backup {path} is not sound: {verdict}."),
                hint=msg("Run: sfa doctor."),
                path=str(target),
                verdict=verdict,
            )
        os.replace(unfinished, target)
    except (OSError, sqlite3.Error) as error:
        raise StoreUnusable(
            msg("The backup {path} could not be written."),
            why=msg("The system says: {system}."),
            hint=msg("Choose another place with: sfa backup FILE."),
            path=str(target),
            system=str(error),
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
