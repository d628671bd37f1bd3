"""A program on a real pseudo-terminal of 120 by 40: read what it paints, press keys, measure."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import resource
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable

COLUMNS, ROWS = 120, 40
_READ = 1 << 16
_RUN_ENDS_S = 0.005
_QUIET_S = 0.1
_LONGEST_S = 1.0
_CONTROL = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_].*?(?:\x1b\\|\x07)|\x1b[ -/]*[0-~]|[\x00-\x08\x0b-\x1f]",
    re.DOTALL,
)


class Terminal:
    """A running program whose terminal we hold. Its session is its own, so that Ctrl+C is not ours."""

    def __init__(self, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
        """Start the program."""
        self._end, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        name = os.ttyname(theirs)
        self.begun = time.perf_counter()
        # The first terminal that a session's leader opens is the one that controls it.
        self.child = os.posix_spawn(
            arguments[0],
            arguments,
            {**environment, "COLUMNS": str(COLUMNS), "LINES": str(ROWS)},
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, name, os.O_RDWR, 0),
                (os.POSIX_SPAWN_DUP2, 0, 1),
                (os.POSIX_SPAWN_DUP2, 0, 2),
            ],
            setsid=True,
        )
        os.close(theirs)
        self.painted = b""

    def read(self, timeout_s: float) -> bytes:
        """Return what arrives within the time, or nothing."""
        ready, _, _ = select.select([self._end], [], [], timeout_s)
        if not ready:
            return b""
        try:
            arrived = os.read(self._end, _READ)
        except OSError:  # the last holder of the other end has gone
            return b""
        self.painted += arrived
        return arrived

    def read_to_end(self) -> bytes:
        """Read until the program has closed its terminal; return all of it."""
        while True:
            try:
                arrived = os.read(self._end, _READ)
            except OSError:
                return self.painted
            if not arrived:
                return self.painted
            self.painted += arrived

    def until(self, seen: Callable[[str], bool], timeout_s: float) -> float | None:
        """Return the seconds from the start until the painted text satisfies ``seen``, or ``None``."""
        deadline = time.perf_counter() + timeout_s
        while time.perf_counter() < deadline:
            arrived = self.read(0.05)
            now = time.perf_counter()
            if arrived and seen(plain(self.painted)):
                return now - self.begun
            if not arrived and not self.runs():
                return None
        return None

    def quiet(self, gap_s: float, timeout_s: float = 10.0) -> None:
        """Read until nothing has come for a while."""
        deadline = time.perf_counter() + timeout_s
        while self.read(gap_s) and time.perf_counter() < deadline:
            pass

    def press(self, keys: bytes, gap_s: float) -> tuple[float, float] | None:
        """Press a key; return seconds until the first and until the last byte of what it repaints.

        The repaint is over when nothing has come for ``gap_s``. ``None``: nothing came at all.
        """
        begun = time.perf_counter()
        os.write(self._end, keys)
        first = last = 0.0
        while last < _LONGEST_S and self.read(gap_s if first else _LONGEST_S):
            last = time.perf_counter() - begun
            first = first or last
        return (first, last) if first else None

    def press_and_wait(self, keys: bytes) -> tuple[float, float] | None:
        """Press a key; return the seconds until its repaint was there, and until all was quiet.

        The repaint is the first run of bytes, ended by ``_RUN_ENDS_S`` of silence; what is drawn
        beside it later (a preview, a footer) counts in the second figure, ended by ``_QUIET_S`` of
        silence or a second at most. ``None``: nothing came at all.
        """
        begun = time.perf_counter()
        os.write(self._end, keys)
        repainted = last = 0.0
        while last < _LONGEST_S and self.read(_gap(last, repainted)):
            last = time.perf_counter() - begun
            if not repainted and not select.select([self._end], [], [], _RUN_ENDS_S)[0]:
                repainted = last
        return (repainted or last, last) if last else None

    def runs(self) -> bool:
        """Say whether the program still runs."""
        return os.waitid(os.P_PID, self.child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def memory_mb(self) -> float:
        """Return the resident memory of the program as the system tells it."""
        told = subprocess.run(["ps", "-o", "rss=", "-p", str(self.child)], capture_output=True, check=True)
        return int(told.stdout) / 1024

    def wait(self) -> tuple[resource.struct_rusage, int]:
        """Wait for the end; return what the program used, and its status."""
        _, status, usage = os.wait4(self.child, 0)
        os.close(self._end)
        return usage, status

    def stop(self, keys: bytes = b"", timeout_s: float = 5.0) -> resource.struct_rusage:
        """End the program by a key, else by force; return what it used."""
        if keys and self.runs():
            os.write(self._end, keys)
        deadline = time.perf_counter() + (timeout_s if keys else 0)
        while self.runs() and time.perf_counter() < deadline:
            self.read(0.05)
        if self.runs():
            os.kill(self.child, signal.SIGKILL)
        usage, _ = self.wait()
        return usage


def _gap(last: float, repainted: float) -> float:
    return _QUIET_S if last and repainted else _LONGEST_S


def plain(painted: bytes) -> str:
    """Return painted bytes as text, without colours and movements."""
    return _CONTROL.sub(b"", painted).decode("utf-8", "replace")
