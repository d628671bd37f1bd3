"""The list of backups as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sfa import clock
from sfa.i18n import tr
from sfa.render.dates import instant
from sfa.render.tables import Col, Grid, grid_text, json_text


def backups_text(paths: Sequence[Path], fmt: str) -> str:
    """Return the backups with their instant and size, oldest first."""
    if fmt == "json":
        rows = [
            {"path": str(path), "made_at": _made_at(path), "size_bytes": path.stat().st_size}
            for path in paths
        ]
        return json_text("sfa.backup.list/1", {"backups": rows})
    columns = (
        Col("path", tr("File"), rigid=True),
        Col("made_at", tr("Made")),
        Col("size_bytes", tr("Bytes"), right=True),
    )
    made = _local if fmt in {"table", "md"} else _made_at
    cells = tuple((str(path), made(path), str(path.stat().st_size)) for path in paths)
    return grid_text(Grid(columns, cells), fmt)


def _made_at(path: Path) -> str:
    return clock.to_text(datetime.fromtimestamp(path.stat().st_mtime, UTC))


def _local(path: Path) -> str:
    return instant(_made_at(path))
