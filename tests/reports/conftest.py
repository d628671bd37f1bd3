"""An empty store for reports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reports.ledger import Ledger, open_ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Return an empty store with one pipeline."""
    found = open_ledger(tmp_path / "store.db")
    yield found
    found.connection.close()
