"""What every test gets: an environment of its own, a store of its own, the real files."""

from __future__ import annotations

import filecmp
import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sfa import i18n
from sfa.store.schema import ready

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"

Making = Callable[..., object]
Made = Callable[..., Path]


@pytest.fixture(scope="session", autouse=True)
def tidied() -> Iterator[Callable[[], None]]:
    """Leave what tests share out of looks for garbage; return what sees to it after an app has closed.

    The tests themselves are more than half a million objects, and an app looks for garbage when it has
    opened, and whenever no key comes. It puts aside what is there then, and takes all back when it closes:
    here only what has outlived its test is put aside, and for good.
    """
    freeze = gc.freeze
    closed: list[bool] = []

    def tidying() -> None:
        if closed:
            closed.clear()
            gc.collect()
            freeze()

    gc.collect()
    freeze()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "freeze", lambda: None)
        patch.setattr(gc, "unfreeze", lambda: closed.append(True))
        yield tidying


@pytest.fixture(autouse=True)
def _own_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tidied: Callable[[], None]
) -> Iterator[None]:
    """Take away the settings of whoever runs the tests, and keep their store out of reach."""
    tidied()
    for name in list(os.environ):
        if name.startswith(("SFA_", "_SFA_", "LC_")) or name in {"LANGUAGE", "NO_COLOR", "COLUMNS", "LINES"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("SFA_HOME", str(tmp_path / "home"))
    i18n.set_language("en")
    yield
    i18n.set_language("en")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of the real files that lies beside the project; without it skip, and in CI fail."""
    if not SHARED_DATA.is_dir():
        reason = "the real files (../shared/data) are not beside this project"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return SHARED_DATA


@pytest.fixture(scope="session")
def new_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a store that nothing was done with; it is copied, since making one takes time."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE"):
            patch.delenv(name, raising=False)
        patch.setenv("LANG", "C.UTF-8")
        return ready(tmp_path_factory.mktemp("new") / "home")


@pytest.fixture
def home(new_store: Path, tmp_path: Path) -> Path:
    """Return the home of a new store of its own; ``SFA_HOME`` names it."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    shutil.copyfile(new_store, folder / new_store.name)
    (folder / new_store.name).chmod(0o600)
    return folder


@pytest.fixture(scope="session")
def homes_made() -> dict[Making, Path]:
    """Return the homes that were made once for many tests, by what makes them."""
    return {}


@pytest.fixture
def made(
    home: Path, new_store: Path, homes_made: dict[Making, Path], tmp_path_factory: pytest.TempPathFactory
) -> Made:
    """Return what fills the test's home with records as a function does, which is asked once and copied then.

    The function is given the home and what follows it. All that it depends on must be the same in each of
    its tests.
    """

    def making(fill: Making, *more: object) -> Path:
        assert filecmp.cmp(home / new_store.name, new_store, shallow=False), "it holds something already"
        if fill in homes_made:
            shutil.copytree(homes_made[fill], home, dirs_exist_ok=True)
        else:
            fill(home, *more)
            homes_made[fill] = shutil.copytree(home, tmp_path_factory.mktemp("made") / "home")
        return home

    return making
