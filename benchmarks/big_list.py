"""Time the big list alone, in an app of nothing else: while you work on the widget.

``python -m benchmarks.big_list FOLDER`` keeps its stores in the folder. The rows of
``RESULTS.md`` measure the whole app (``rows/paint.py``, ``keys.py``, ``memory.py``);
``measure()`` gives the same figures for the widget, each beside its peer.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.lead_store import make
from benchmarks.places import PYTHON
from benchmarks.terminal import Terminal
from benchmarks.timing import environment

SIZES = (1_000, 100_000, 1_000_000)
FRAME_MS = 1000 / 60
_HERE = Path(__file__).parent
_APP = (PYTHON, str(_HERE / "list_app.py"))
_EMPTY = (PYTHON, str(_HERE / "empty_app.py"))
_PEER = (PYTHON, "-c", "import textual.app")
_QUIT = b"\x11"
_GAP_S = 0.05
_KEYS = {"down": b"\x1b[B", "up": b"\x1b[A", "page down": b"\x1b[6~", "page up": b"\x1b[5~"}


class Row(NamedTuple):
    """A figure and the one it is set against."""

    what: str
    leads: int
    figure: float
    unit: str
    peer: float

    @property
    def ratio(self) -> float:
        """Return how many times the peer's figure ours is."""
        return self.figure / self.peer


def measure(folder: Path, sizes: Sequence[int] = SIZES, turns: int = 9) -> Iterator[Row]:
    """Measure in stores of each size, kept in the folder."""
    for leads in sizes:
        home = folder / str(leads)
        if not home.is_dir():
            home.mkdir(mode=0o700, parents=True)
            make(home, leads)
        yield first_paint(home, leads, turns)
        yield from keys(home, leads)
        yield memory(home, leads)


def opened(home: Path, leads: int) -> tuple[Terminal, float]:
    """Start the app; return its terminal once the newest lead is painted, and the seconds until then."""
    terminal = Terminal(_APP, environment(home))
    took = terminal.until(lambda text: f"{leads:06d}" in text, 60)
    if took is None:
        raise RuntimeError(f"no rows were painted: {terminal.painted[-2000:]!r}")
    return terminal, took


def first_paint(home: Path, leads: int, turns: int) -> Row:
    """Time the first rows, in turns with the import of the library."""
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(turns + 1):
        begun = time.perf_counter()
        subprocess.run(_PEER, env=environment(), check=True)
        theirs.append(time.perf_counter() - begun)
        terminal, took = opened(home, leads)
        terminal.stop(_QUIT)
        ours.append(took)
    # The first of each warms the files up.
    return Row(
        "first paint", leads, statistics.median(ours[1:]) * 1000, "ms", statistics.median(theirs[1:]) * 1000
    )


def keys(home: Path, leads: int) -> Iterator[Row]:
    """Press keys on a quiet screen, each at another moment of a frame."""
    terminal, _ = opened(home, leads)
    terminal.quiet(1.5)
    presses = min(100, leads // 100)
    for name, key in _KEYS.items():
        took = []
        for number in range(presses):
            repaint = terminal.press(key, _GAP_S)
            time.sleep(number % 7 * 0.003)
            if repaint is None:
                raise RuntimeError(f"{name} repainted nothing")
            took.append(repaint[1] * 1000)
        p95 = sorted(took)[int(len(took) * 0.95)]
        yield Row(f"{name}, median", leads, statistics.median(took), "ms", FRAME_MS)
        yield Row(f"{name}, p95", leads, p95, "ms", FRAME_MS)
    terminal.stop(_QUIT)


def memory(home: Path, leads: int) -> Row:
    """Ask for the memory once the list was walked through from end to end."""
    empty = Terminal(_EMPTY, environment(home))
    empty.quiet(1.5)
    theirs = empty.memory_mb()
    empty.stop(_QUIT)
    terminal, _ = opened(home, leads)
    terminal.quiet(1.5)
    for key in (b"\x1b[F", b"\x1b[H", b"\x1b[6~"):
        terminal.press(key, 0.3)
    ours = terminal.memory_mb()
    terminal.stop(_QUIT)
    return Row("memory", leads, ours, "MB", theirs)


def main() -> None:
    """Print every figure."""
    with tempfile.TemporaryDirectory() as folder:
        for row in measure(Path(sys.argv[1] if len(sys.argv) > 1 else folder)):
            told = f"{row.figure:8.1f} {row.unit} {row.ratio:6.2f} x {row.peer:.1f}"
            print(f"{row.what:20} {row.leads:>9,} {told}", flush=True)


if __name__ == "__main__":
    main()
