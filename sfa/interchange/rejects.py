"""The file of rejected rows: the source's own columns and one more with the reason, ready to be mended."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

# The added column; an import of the mended file passes over it. Never translated: files travel.
REASON = "sfa_reason"


def rejects_path(source: Path) -> Path:
    """Return where the rejects of a file go: beside it, a rejects file's own rejects in its place."""
    if source.name.endswith(".rejects.csv"):
        return source
    return source.with_name(source.name + ".rejects.csv")


def rejects_text(
    header: Sequence[str], rows: Iterable[tuple[Sequence[str], str]], delimiter: str = ","
) -> str:
    """Return the CSV text of rejected (cells, reason) rows.

    Cells beyond the header's stand after the reason, so that nothing is lost and the
    row is rejected again until it is mended.
    """
    width = len(header)
    kept = [place for place, name in enumerate(header) if name != REASON]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([*(header[place] for place in kept), REASON])
    for cells, reason in rows:
        full = [*cells, *[""] * (width - len(cells))]
        writer.writerow([*(full[place] for place in kept), reason, *cells[width:]])
    return text.getvalue()
