"""Where the store lies: ``$SFA_HOME``, else the platform's data directory; for its owner alone."""

from __future__ import annotations

import os
from pathlib import Path

from sfa.errors import StoreUnusable, msg

STORE_NAME = "sfa.db"
LEASE_NAME = "lease"


def home_dir() -> Path:
    """Return the home directory without making it."""
    given = os.environ.get("SFA_HOME")
    if given:
        return Path(given).expanduser().absolute()
    from platformdirs import user_data_path  # costs 5 ms, and most scripts set SFA_HOME

    return user_data_path("sfa", appauthor=False)


def store_path(home: Path) -> Path:
    """Return the store's file in a home directory."""
    return home / STORE_NAME


def is_there(path: Path) -> bool:
    """Say whether a file of the home exists.

    Raises:
        StoreUnusable: the folder may not be entered.
    """
    try:
        return path.exists()
    except OSError as error:
        raise unusable_home(path.parent, error) from error


def identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another one in its place, or ``None`` where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def content_dir(home: Path) -> Path:
    """Return the folder of attached files, named by their hash."""
    return home / "files"


def opened_dir(home: Path) -> Path:
    """Return the folder of copies that were made for the system's programs to show."""
    return home / "opened"


def backup_dir(home: Path) -> Path:
    """Return the folder of backups the store makes by itself."""
    return home / "backups"


def make_home(home: Path) -> None:
    """Make the home directory, readable by its owner alone.

    Raises:
        StoreUnusable: it cannot be made or written to.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        home.chmod(0o700)
    except OSError as error:
        raise unusable_home(home, error) from error


def unusable_home(folder: Path, error: OSError) -> StoreUnusable:
    """Return the error for a home that cannot be entered or written to."""
    return StoreUnusable(
        msg("The folder {path} cannot be used for the store."),
        why=msg("The system says: {system}."),
        hint=msg("Set SFA_HOME to a folder you may write to."),
        path=str(folder),
        system=error.strerror or str(error),
    )
