"""Fixtures that every test may use."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

_SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of the real files that lies beside the project; skip where it is missing."""
    if not _SHARED_DATA.is_dir():
        reason = "the real files (../shared/data) are not beside this project"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return _SHARED_DATA


@pytest.fixture(scope="session")
def new_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a store that nothing was done with; it is copied, since making one takes time."""
    from sfa.store.schema import ready

    return ready(tmp_path_factory.mktemp("new") / "home")


@pytest.fixture
def home(new_store: Path, tmp_path: Path) -> Path:
    """Return the home of a new store of its own."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    shutil.copyfile(new_store, folder / new_store.name)
    (folder / new_store.name).chmod(0o600)
    return folder
