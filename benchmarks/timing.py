"""Running one command and knowing what it took: wall clock, processor time and memory."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.terminal import Terminal

_INHERITED = ("PATH", "HOME", "USER", "TMPDIR", "SYSTEMROOT")
_MOST_S = 30.0  # of one side of one figure; slower commands get fewer turns
_FEWEST = 3


class CommandFailed(Exception):
    """A timed command ended with an error; the figure would mean nothing."""


@dataclass(frozen=True, slots=True)
class Command:
    """What to run: arguments with a full path first, its environment, on a terminal or into a pipe."""

    arguments: tuple[str, ...]
    environment: dict[str, str]
    on_terminal: bool = False
    folder: Path | None = None
    input: Path | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: seconds of wall clock, seconds of processor time (user and system), peak memory in MB."""

    wall_s: float
    cpu_s: float
    peak_mb: float = 0.0


def environment(home: Path | None = None, **more: str) -> dict[str, str]:
    """Return a clean environment: only what programs need to run, bytecode allowed, text in UTF-8."""
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    if home is not None:
        kept["SFA_HOME"] = str(home)
    return {**kept, "LANG": "C.UTF-8", "TERM": "xterm-256color", **more}


def run(command: Command) -> Sample:
    """Run a command to its end and read all it writes.

    Raises:
        CommandFailed: it ended with an error; what it wrote on stderr is told.
    """
    return _on_terminal(command) if command.on_terminal else _into_pipe(command)


def _into_pipe(command: Command) -> Sample:
    with tempfile.TemporaryFile() as errors:
        here, there = os.pipe()
        os.set_inheritable(there, True)
        begun = time.perf_counter()
        child = _spawn(command, [(os.POSIX_SPAWN_DUP2, there, 1), (os.POSIX_SPAWN_DUP2, errors.fileno(), 2)])
        os.close(there)
        while os.read(here, 1 << 16):
            pass
        _, status, usage = os.wait4(child, 0)
        took = time.perf_counter() - begun
        os.close(here)
        errors.seek(0)
        _check(command, status, errors.read())
    return Sample(took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _on_terminal(command: Command) -> Sample:
    begun = time.perf_counter()
    terminal = Terminal(command.arguments, command.environment)
    written = terminal.read_to_end()
    usage, status = terminal.wait()
    took = time.perf_counter() - begun
    _check(command, status, written)
    return Sample(took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _spawn(command: Command, actions: list[tuple[int, int, int]]) -> int:
    before = Path.cwd()
    source = str(command.input or os.devnull)
    opened = (os.POSIX_SPAWN_OPEN, 0, source, os.O_RDONLY, 0)
    try:
        if command.folder is not None:
            os.chdir(command.folder)
        return os.posix_spawn(
            command.arguments[0], command.arguments, command.environment, file_actions=[opened, *actions]
        )
    finally:
        os.chdir(before)


def _check(command: Command, status: int, written: bytes) -> None:
    code = os.waitstatus_to_exitcode(status)
    if code:
        told = written.decode("utf-8", "replace").strip()[-800:]
        raise CommandFailed(f"{' '.join(command.arguments)} ended with {code}: {told}")


Run = Callable[[], Sample]


def in_turns(turns: int, *sides: Run) -> list[list[Sample]]:
    """Run ours, the peer, ours, the peer …, after one untimed run of each that warms the caches.

    Whatever else the machine does hits all sides. Slow ones get fewer turns, at least three.
    """
    slowest = max(side().wall_s for side in sides)
    turns = max(min(turns, int(_MOST_S / slowest)), min(_FEWEST, turns))
    rounds = [[side() for side in sides] for _ in range(turns)]
    return [list(samples) for samples in zip(*rounds, strict=True)]


@dataclass(frozen=True, slots=True)
class Spread:
    """Many runs of one command: median, least and most, the median of processor time, how many."""

    median: float
    least: float
    most: float
    cpu: float
    runs: int


def spread(samples: list[Sample]) -> Spread:
    """Return what the runs took, in milliseconds."""
    walls = [each.wall_s * 1000 for each in samples]
    cpu = statistics.median(each.cpu_s * 1000 for each in samples)
    return Spread(statistics.median(walls), min(walls), max(walls), cpu, len(walls))


def spread_of(values: list[float]) -> Spread:
    """Return the spread of plain numbers, such as megabytes."""
    return Spread(statistics.median(values), min(values), max(values), 0.0, len(values))
