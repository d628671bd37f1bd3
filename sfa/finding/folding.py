"""Comparing text as people mean it: without case and width (NFKC), in Python and in SQL.

SQLite folds ASCII alone. A text of ASCII and common Han folds the same way there and
here, so SQL compares it at its own speed; only other texts are folded by Python,
through the SQL function ``sfa_fold``.
"""

from __future__ import annotations

import sqlite3
import unicodedata

# Holds a sign beyond ASCII and the Han block, which NFKC or case folding may change.
_UNUSUAL = "GLOB '*[^ -~\u4e00-\u9fff]*'"


def fold(text: str) -> str:
    """Return a text without case and width, for comparing."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def register(connection: sqlite3.Connection) -> None:
    """Give a connection ``sfa_fold(text)``; a second call costs one tiny query."""
    try:
        connection.execute("SELECT sfa_fold('')")
    except sqlite3.OperationalError:
        connection.create_function("sfa_fold", 1, _fold_or_null, deterministic=True)


def _fold_or_null(text: str | None) -> str | None:
    return None if text is None else fold(text)


def equals(column: str) -> str:
    """Return SQL that a column equals a folded text; its two parameters are that text."""
    return f"({column} = ? COLLATE NOCASE OR ({column} {_UNUSUAL} AND sfa_fold({column}) = ?))"


def contains(column: str) -> str:
    """Return SQL that a column contains a folded text; its two parameters are ``inside`` of that text."""
    return f"({column} LIKE ? ESCAPE '\\' OR ({column} {_UNUSUAL} AND sfa_fold({column}) LIKE ? ESCAPE '\\'))"


def begins(column: str) -> str:
    """Return SQL that a column begins with a text, by its NOCASE index; parameters from ``span``."""
    return f"({column} COLLATE NOCASE >= ? AND {column} COLLATE NOCASE < ?)"


def span(text: str) -> tuple[str, str]:
    """Return the bounds between which all texts lie that begin with this one."""
    return text, text + "\U0010ffff"


def inside(folded: str) -> str:
    """Return the LIKE pattern of texts that contain this one."""
    return f"%{escaped(folded)}%"


def escaped(text: str) -> str:
    """Return a text whose signs mean themselves in LIKE with ESCAPE backslash."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def storable(text: str) -> bool:
    """Say whether SQLite can compare a text: no lone surrogates, no zero byte to end it early."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
