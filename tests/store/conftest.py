"""A store made once and copied for each test: making one costs half a second."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sfa.store.schema import ready


@pytest.fixture(scope="session")
def new_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a store that nothing was done with."""
    return ready(tmp_path_factory.mktemp("new") / "home")


@pytest.fixture
def home(new_store: Path, tmp_path: Path) -> Path:
    """Return the home of a new store of its own."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    shutil.copyfile(new_store, folder / new_store.name)
    (folder / new_store.name).chmod(0o600)
    return folder
