"""The program on a pseudo-terminal that tests hold: what stands on its screen, keys, clicks, signals.

The screen is followed as far as the app draws on one: absolute positions, texts, clearing; colours
are passed over. What the app puts on the clipboard (OSC 52) is kept.
"""

from __future__ import annotations

import base64
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from sfa.render.cells import cell_widths

_PATIENCE_S = 30.0
_MOST_KEPT = 1 << 20  # bytes of what was written last
_TOKEN = re.compile(
    rb"\x1b\[(?P<csi>[0-?]*)[ -/]*(?P<final>[@-~])"
    rb"|\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    rb"|\x1b[PX^_].*?\x1b\\"
    rb"|\x1b[ -/]*[0-OQ-WYZ\\`-~]"
    rb"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f])"
    rb"|(?P<text>[^\x00-\x1f\x7f]+)",
    re.DOTALL,
)
KEYS = {
    "enter": b"\r", "escape": b"\x1b", "tab": b"\t", "shift+tab": b"\x1b[Z", "backspace": b"\x7f",
    "up": b"\x1b[A", "down": b"\x1b[B", "right": b"\x1b[C", "left": b"\x1b[D", "home": b"\x1b[H",
    "end": b"\x1b[F", "pageup": b"\x1b[5~", "pagedown": b"\x1b[6~", "delete": b"\x1b[3~", "f1": b"\x1bOP",
}  # fmt: skip


class Terminal:
    """A running program; a thread reads what it writes, so that it never waits for us."""

    def __init__(
        self, arguments: Sequence[str], environment: Mapping[str, str], *, size: tuple[int, int] = (80, 24)
    ) -> None:
        """Start the program with a terminal of so many columns and lines, which controls it."""
        self.columns, self.lines = size
        self._end, theirs = pty.openpty()
        self._set_size()
        os.set_blocking(self._end, False)
        name = os.ttyname(theirs)
        self.process = os.posix_spawn(
            arguments[0],
            list(arguments),
            dict(environment),
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, name, os.O_RDWR, 0),
                (os.POSIX_SPAWN_DUP2, 0, 1),
                (os.POSIX_SPAWN_DUP2, 0, 2),
            ],
            setsid=True,
        )
        os.close(theirs)
        self.written = 0
        self.last = b""
        self.clipboard: list[str] = []
        self.status: int | None = None
        self._cells: dict[tuple[int, int], str] = {}
        self._at = (0, 0)
        self._rest = b""
        self._lock = threading.Lock()
        self._came = threading.Condition()
        self.came_at = 0.0  # when the last bytes came, in the time of time.perf_counter
        self._closed = False
        self._reader = threading.Thread(target=self._read, name="terminal", daemon=True)
        self._reader.start()

    # The program's side -------------------------------------------------------------------

    def _read(self) -> None:
        while not self._closed:
            try:
                if not select.select([self._end], [], [], 0.1)[0]:
                    continue
                arrived = os.read(self._end, 1 << 16)
            except OSError:  # the last holder of the other end has gone
                return
            self.came_at = time.perf_counter()
            with self._lock:
                self.written += len(arrived)
                self.last = (self.last + arrived)[-_MOST_KEPT:]
                self._follow(self._rest + arrived)
            with self._came:
                self._came.notify_all()

    def _follow(self, painted: bytes) -> None:
        done = 0
        for token in _TOKEN.finditer(painted):
            if token.start() != done:
                break
            if token["text"] is not None and token.end() == len(painted) and _is_cut(token["text"]):
                break
            self._do(token)
            done = token.end()
        self._rest = painted[done:] if len(painted) - done < _MOST_KEPT else b""

    def _do(self, token: re.Match[bytes]) -> None:
        if token["text"] is not None:
            self._put(token["text"].decode("utf-8", "replace"))
        elif token["final"] is not None:
            self._move(token["csi"], token["final"])
        elif token["osc"] is not None and token["osc"].startswith(b"52;"):
            self.clipboard.append(base64.b64decode(token["osc"].split(b";")[2]).decode("utf-8"))
        elif token["control"] == b"\r":
            self._at = (self._at[0], 0)
        elif token["control"] == b"\n":
            self._at = (self._at[0] + 1, self._at[1])

    def _put(self, text: str) -> None:
        line, column = self._at
        for char, width in zip(text, cell_widths(text), strict=True):
            if width == 0:
                continue
            self._cells[line, column] = char
            if width == 2:
                self._cells[line, column + 1] = ""
            column += width
        self._at = (line, column)

    def _move(self, given: bytes, final: bytes) -> None:
        numbers = [int(each) if each.isdigit() else 0 for each in given.split(b";")]
        line, column = self._at
        if final in b"Hf":
            line, column = max(1, numbers[0]) - 1, max(1, numbers[1] if len(numbers) > 1 else 1) - 1
        elif final == b"J" and numbers[0] in {2, 3}:
            self._cells.clear()
        elif final in b"ABCD":
            by = max(1, numbers[0])
            line += {b"A": -by, b"B": by}.get(final, 0)
            column += {b"C": by, b"D": -by}.get(final, 0)
        self._at = (max(0, line), max(0, column))

    # Our side -------------------------------------------------------------------------------

    def text(self) -> str:
        """Return what stands on the screen, line by line."""
        with self._lock:
            return "\n".join(
                "".join(self._cells.get((line, column), " ") for column in range(self.columns)).rstrip()
                for line in range(self.lines)
            )

    def until(self, claim: Callable[[str], bool] | str, *, patience_s: float = _PATIENCE_S) -> None:
        """Wait until a text stands on the screen, or a claim about it holds; fail when it never does."""
        holds = (lambda screen: claim in screen) if isinstance(claim, str) else claim
        deadline = time.monotonic() + patience_s
        while not holds(self.text()):
            if time.monotonic() > deadline or not self.runs():
                state = "runs" if self.runs() else f"ended with {self.status}"
                raise AssertionError(f"{claim!r} never came; the program {state}; screen:\n{self.text()}")
            time.sleep(0.02)

    def wait(self, claim: Callable[[str], bool], *, patience_s: float = _PATIENCE_S) -> None:
        """Wait until a claim about the screen holds, looking as bytes come; ``came_at`` is when it did."""
        deadline = time.monotonic() + patience_s
        with self._came:
            while not claim(self.text()):
                if time.monotonic() > deadline or not self.runs():
                    raise AssertionError(f"it never came; screen:\n{self.text()}")
                self._came.wait(0.2)

    def send(self, what: bytes, *, patience_s: float = _PATIENCE_S) -> None:
        """Send bytes as they are; waits while the program takes no more.

        Raises:
            TimeoutError: it took nothing for long.
            BrokenPipeError: it has ended.
        """
        deadline = time.monotonic() + patience_s
        while what:
            if select.select([], [self._end], [], 0.1)[1]:
                what = what[os.write(self._end, what[:1024]) :]
                deadline = time.monotonic() + patience_s
            elif not self.runs():
                raise BrokenPipeError
            elif time.monotonic() > deadline:
                raise TimeoutError

    def type(self, text: str) -> None:
        """Type a text."""
        self.send(text.encode("utf-8"))

    def press(self, *names: str) -> None:
        """Press keys by name: ``enter``, ``ctrl+s``, or the letter itself."""
        for name in names:
            if name.startswith("ctrl+"):
                self.send(bytes([ord(name[-1]) & 0x1F]))
            else:
                self.send(KEYS.get(name) or name.encode("utf-8"))
            if name == "escape":
                time.sleep(0.2)  # or it begins a sequence

    def paste(self, text: str) -> None:
        """Paste a text as terminals do."""
        self.send(b"\x1b[200~" + text.encode("utf-8", "surrogatepass") + b"\x1b[201~")

    def click(self, column: int, line: int) -> None:
        """Press and let go of the left button on a cell, counted from 0."""
        for final in "Mm":
            self.type(f"\x1b[<0;{column + 1};{line + 1}{final}")

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size."""
        with self._lock:
            self.columns, self.lines = columns, lines
            self._cells.clear()
        self._set_size()

    def _set_size(self) -> None:
        fcntl.ioctl(self._end, termios.TIOCSWINSZ, struct.pack("HHHH", self.lines, self.columns, 0, 0))

    def runs(self) -> bool:
        """Say whether the program still runs."""
        if self.status is None:
            found, status = os.waitpid(self.process, os.WNOHANG)
            if found:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is None

    def signal(self, number: int) -> None:
        """Send the program a signal."""
        os.kill(self.process, number)

    def hang_up(self) -> None:
        """Close the terminal, as a window that is closed does."""
        self._close()

    def ended(self, *, patience_s: float = _PATIENCE_S) -> int:
        """Wait for the end; return the exit status, below zero for a signal."""
        deadline = time.monotonic() + patience_s
        while self.runs():
            if time.monotonic() > deadline:
                raise AssertionError(f"the program did not end; screen:\n{self.text()}")
            time.sleep(0.02)
        self._reader.join(_PATIENCE_S)
        assert self.status is not None
        return self.status

    def stop(self) -> None:
        """End the program if it runs, and let go of the terminal."""
        if self.runs():
            self.signal(signal.SIGKILL)
            self.ended()
        self._close()

    def _close(self) -> None:
        if not self._closed:
            self._closed = True
            self._reader.join()
            os.close(self._end)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _is_cut(text: bytes) -> bool:
    """Say whether the last letter of a text has bytes that did not arrive yet."""
    for back in range(1, min(4, len(text)) + 1):
        byte = text[-back]
        if byte & 0xC0 == 0xC0:
            return back < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4)
        if byte < 0x80:
            return False
    return False


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return the variables of a program that works on a home and knows nothing of whoever runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "HOME": str(home.parent),
        "SFA_HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "SFA_FIRST_STEPS": "done",
        **more,
    }


def opened(home: Path, *, size: tuple[int, int] = (80, 24), **more: str) -> Terminal:
    """Open the app on a home."""
    return Terminal([sys.executable, "-m", "sfa"], environment(home, **more), size=size)


def plain(painted: bytes) -> str:
    """Return painted bytes as text, without colours and movements; a move to a line begins a new one."""
    moved = re.sub(rb"\x1b\[\d+;1?H", b"\n", painted)
    return b"".join(
        each["text"] or (b"\n" if each["control"] == b"\n" else b"") for each in _TOKEN.finditer(moved)
    ).decode("utf-8", "replace")
