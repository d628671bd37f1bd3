"""Plain ``sfa``: the app on a terminal, the help in a pipe."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from sfa import config

_PATIENCE_S = 30.0


@pytest.mark.usefixtures("home")
def test_plain_sfa_in_a_pipe_prints_the_help() -> None:
    done = subprocess.run([sys.executable, "-m", "sfa"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "Usage: sfa" in done.stdout


def test_plain_sfa_on_a_terminal_opens_the_app_and_q_leaves_it(home: Path) -> None:
    config.put("first_steps", "done", home)
    process, terminal = pty.fork()
    if process == 0:  # the child, until it becomes the program
        os.environ["TERM"] = "xterm-256color"
        os.execv(sys.executable, [sys.executable, "-m", "sfa"])  # noqa: S606
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    seen = _read_until(terminal, b"Nothing is due today")
    assert b"Nothing is due today" in seen
    os.write(terminal, b"q")
    _read_until(terminal, b"")
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0
    os.close(terminal)


def _read_until(terminal: int, wanted: bytes) -> bytes:
    """Read what the program writes until something came; with nothing wanted until it ends."""
    seen = b""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline and not (wanted and wanted in seen):
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:
                break
    return seen
