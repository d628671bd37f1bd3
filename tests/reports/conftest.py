"""An empty store for reports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest

from tests.reports.ledger import Ledger, make_template, open_ledger


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store without rows; making one takes a while, copying it does not."""
    return make_template(tmp_path_factory.mktemp("template") / "store.db")


@pytest.fixture
def ledger(template: Path, tmp_path: Path) -> Iterator[Ledger]:
    """Return an empty store with one pipeline."""
    found = open_ledger(copy(template, tmp_path / "store.db"))
    yield found
    found.connection.close()
