"""Text files that are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from sfa.errors import BadUsage, msg


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        BadUsage: it cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        # A spreadsheet takes UTF-8 for something else without the mark in front.
        mark = "\ufeff" if path.suffix.lower() == ".csv" else ""
        unfinished.write_text(mark + text, "utf-8", newline="")
        unfinished.replace(path)
    except OSError as error:
        raise BadUsage(
            msg("{path} cannot be written."),
            why=msg("The system says: {system}."),
            path=str(path),
            system=error.strerror or str(error),
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
