"""The demo company made once, on a Monday; whoever changes it takes a copy."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from sfa.demo.build import Wanted
from sfa.demo.home import make
from sfa.store.reading import reading

TODAY = date(2026, 11, 23)


def made(home: Path, *, seed: int = 1, scale: int = 1, today: date = TODAY) -> Path:
    """Make a company in a home; return the home."""
    make(home, Wanted(seed, scale, today, "en"))
    return home


@pytest.fixture(scope="session")
def company_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the home of the company; nobody may change it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE"):
            patch.delenv(name, raising=False)
        patch.setenv("LANG", "C.UTF-8")
        return made(tmp_path_factory.mktemp("company") / "home")


@pytest.fixture
def own_copy(company_home: Path, tmp_path: Path) -> Path:
    """Return a copy of the company's home."""
    return Path(shutil.copytree(company_home, tmp_path / "copy"))


@pytest.fixture
def company(company_home: Path) -> Iterator[sqlite3.Connection]:
    """Return the company's store, open for reading."""
    with reading(company_home) as connection:
        yield connection
