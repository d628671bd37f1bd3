"""The system's own programs: whichever one shows a file of a kind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from sfa.errors import Refused, msg

_ANSWERS_WITHIN_S = 2.0  # one that cannot show the file says so by then; one that shows it may run on
_RUNNING: list[subprocess.Popen[bytes]] = []  # kept, so that nobody complains of those that run on


def open_file(path: Path) -> None:
    """Have the system show a file in its program for it, and go on without waiting for that to end.

    Raises:
        Refused: there is nothing here that opens files, or it says that it cannot.
    """
    if sys.platform == "win32":
        _start(path)
        return
    opener = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    if opener is None:
        raise _refused(path, "xdg-open: not found")
    try:
        running = _run(opener, path)
    except OSError as error:
        raise _refused(path, f"{opener}: {error.strerror or error}") from error
    _RUNNING[:] = [each for each in _RUNNING if each.poll() is None]
    try:
        code = running.wait(_ANSWERS_WITHIN_S)
    except subprocess.TimeoutExpired:
        _RUNNING.append(running)
        return
    if code:
        raise _refused(path, f"{Path(opener).name}: {code}")


def _run(opener: str, path: Path) -> subprocess.Popen[bytes]:
    """Start it away from this terminal: its words would be in the way, and Ctrl-C is not meant for it."""
    quiet: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    # The system's own program, on a copy of ours whose path is absolute: no option can be read into it.
    return subprocess.Popen([opener, str(path)], start_new_session=True, **quiet)  # noqa: S603


def _start(path: Path) -> None:
    if sys.platform == "win32":
        if path.suffix.upper() in os.environ.get("PATHEXT", "").upper().split(";"):
            raise Refused(
                msg("{name} is a program and is not opened from here."),
                hint=msg("Save a copy of it, and look at that first."),
                name=path.name,
            )
        try:
            os.startfile(path)  # noqa: S606  that is how Windows opens a file
        except OSError as error:
            raise _refused(path, str(error.strerror or error)) from error


def _refused(path: Path, system: str) -> Refused:
    return Refused(
        msg("No program here opens {name}."),
        why=msg("The system says: {system}."),
        hint=msg("Save a copy of it, and open that where there is a program for it."),
        name=path.name,
        system=system,
    )
