"""What the lines of a quote or an order say."""

from __future__ import annotations

import json
from typing import Any

_SAID = ("name", "code", "note")  # of a line


def line_texts(kept: Any) -> tuple[str, ...]:
    """Return what lines say that are kept as JSON, each text once; of what is no list of lines nothing."""
    try:
        rows = json.loads(kept or "[]")
    except ValueError:
        return ()
    rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    found = (row.get(name) for row in rows for name in _SAID)
    return tuple(dict.fromkeys(text for text in found if isinstance(text, str) and text.strip()))
