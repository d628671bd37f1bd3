"""Letting a monkey at the app, and looking whether everything still holds."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from contextlib import suppress
from pathlib import Path

from tests import terminal
from tests.monkey import watched
from tests.monkey.hands import Act, acts
from tests.terminal import Terminal, plain

# How long the app may be silent with keys before it: a paste of a megabyte into a text takes its time.
_PATIENCE_S = 60.0
_ANSWER_S = 20.0
_LOOK_EVERY = 200  # keys
_TODAY = "2026-11-18"


class Broken(Exception):
    """What a monkey broke: what was seen, and the acts before it."""


class Cage:
    """A home of a small company, and the app on it, opened anew when the monkey left it."""

    def __init__(self, home: Path, seed: int) -> None:
        """Open the app; odd seeds speak Chinese."""
        self.home = home
        self._seed = seed
        self._told = home.parent / "told.txt"
        self.acts = 0
        self.leavings = 0
        self._last: deque[str] = deque(maxlen=40)
        self._size = (80, 24)
        self.shown = self._opened()

    def _opened(self) -> Terminal:
        language = "zh_CN" if self._seed % 2 else "en"
        shown = Terminal(
            [sys.executable, watched.__file__, str(self._told)],
            terminal.environment(self.home, SFA_TODAY=_TODAY, SFA_LANG=language, PYTHONFAULTHANDLER="1"),
            size=self._size,
        )
        shown.until("sfa", patience_s=_PATIENCE_S)
        return shown

    def do(self, act: Act) -> None:
        """Do one act, and open the app again when it was left properly."""
        self.acts += 1
        self._last.append(act.name)
        if not self.shown.runs():
            self._look_at_the_end()
            self.shown = self._opened()
        if act.size:
            self._size = act.size
            self.shown.resize(*act.size)
        try:
            self.shown.send(act.sent, patience_s=_PATIENCE_S)
        except TimeoutError as error:
            raise self.broken("the app takes no more keys") from error
        except OSError:
            self.shown.ended()  # it was left while we wrote

    def _look_at_the_end(self) -> None:
        self.leavings += 1
        if self.shown.ended() != 0 or b"Traceback" in self.shown.last or b"Error: " in self.shown.last:
            raise self.broken(f"the app ended with {self.shown.status}")
        self.shown.stop()

    def look(self) -> None:
        """Say whether the app still answers: it draws another size anew, and asks and tells."""
        if not self.shown.runs():
            self._look_at_the_end()
            self.shown = self._opened()
            return
        deadline = time.monotonic() + _PATIENCE_S
        before = self.shown.written
        columns, lines = self._size
        while self.shown.written == before:
            columns = columns - 1 if columns % 2 else columns + 1
            self.shown.resize(columns, lines)
            time.sleep(0.1)
            if not self.shown.runs():
                return
            if time.monotonic() > deadline:
                raise self.broken(f"nothing was drawn in {_PATIENCE_S:.0f} s")
        self.shown.resize(*self._size)

    def broken(self, what: str) -> Broken:
        told, screen = self._asked(), self.shown.text()
        tail = "\n".join(line for line in plain(self.shown.last).splitlines() if line.strip())[-30000:]
        self.shown.stop()
        return Broken(
            f"{what} after {self.acts} acts; the last: {' | '.join(self._last)}\n"
            f"{told}\nThe screen:\n{screen}\nWhat was written last:\n{tail}"
        )

    def _asked(self) -> str:
        """Return what the app is at; one that does not even say that is ended, and Python tells it."""
        told = ""
        deadline = time.monotonic() + _ANSWER_S
        while self.shown.runs() and not told.endswith(watched.END) and time.monotonic() < deadline:
            self.shown.signal(watched.ASKED)
            time.sleep(1.0)
            told = self._told.read_text("utf-8") if self._told.exists() else ""
        if self.shown.runs() and not told:
            self.shown.signal(signal.SIGABRT)
            with suppress(AssertionError):
                self.shown.ended()
        return told

    def close(self) -> None:
        """End the app as a closed window does, and ask the doctor."""
        if self.shown.runs():
            self.shown.signal(signal.SIGTERM)
            try:
                code = self.shown.ended(patience_s=_PATIENCE_S)
            except AssertionError as error:
                raise self.broken("an order to end was not heard") from error
            # 0: it was being left by a key just then; below zero: it had left already.
            if code not in {128 + signal.SIGTERM, 0, -signal.SIGTERM} or b"Traceback" in self.shown.last:
                raise self.broken(f"an order to end gave {code}")
        self.shown.stop()
        told = subprocess.run(
            [sys.executable, "-m", "sfa", "doctor"],
            env=terminal.environment(self.home, SFA_TODAY=_TODAY),
            capture_output=True,
            text=True,
            check=False,
        )
        if told.returncode:
            raise Broken(f"the doctor found something:\n{told.stdout}{told.stderr}")

    def stop(self) -> None:
        """Let go of whatever is still there."""
        self.shown.stop()


def let_loose(seed: int, keys: int, furnished: Path) -> Cage:
    """Let a monkey of a seed press so many keys in a copy of a home; return what it left.

    Raises:
        Broken: a crash, a freeze, or a store that is not sound.
    """
    place = Path(tempfile.mkdtemp(prefix="monkey-"))
    try:
        home = place / "home"
        shutil.copytree(furnished, home)
        cage = Cage(home, seed)
        try:
            since = 0
            for act in acts(seed, keys):
                cage.do(act)
                since += act.keys
                if since >= _LOOK_EVERY:
                    cage.look()
                    since = 0
            cage.close()
        finally:
            cage.stop()
        return cage
    finally:
        shutil.rmtree(place, ignore_errors=True)


def furnish(home: Path) -> Path:
    """Make a home with a small invented company; return it."""
    subprocess.run(
        [sys.executable, "-m", "sfa", "demo", "--home", str(home), "--yes"],
        env=terminal.environment(home, SFA_TODAY=_TODAY),
        check=True,
        capture_output=True,
    )
    return home
