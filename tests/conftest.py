"""Fixtures that every test may use."""

from __future__ import annotations

import os
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
