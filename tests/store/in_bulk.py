"""Bulk inserts by one process or by two, however few the rows are."""

from __future__ import annotations

import sys

import pytest

from sfa.store import bulk, bulk_beside


def insert_with(monkeypatch: pytest.MonkeyPatch, processes: int) -> None:
    """Let every bulk insert run with so many processes."""
    monkeypatch.setattr(bulk, "_ROWS_FOR_TWO", 0 if processes == 2 else sys.maxsize)
    monkeypatch.setattr(bulk, "_cores", lambda: 2)


def second_is(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let another program be the second process."""
    insert_with(monkeypatch, 2)
    monkeypatch.setattr(bulk_beside, "_SECOND", ("-c", program))
