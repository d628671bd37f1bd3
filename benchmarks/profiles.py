"""Why a goal was missed: the dearest imports and the dearest functions of one run of ours."""

from __future__ import annotations

import pstats
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable
from io import StringIO
from pathlib import Path

from benchmarks.places import PYTHON, shown
from benchmarks.timing import Command, run

_IMPORTS = 12
_FUNCTIONS = 15
_MAPPING = re.compile(r"^[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \d+ *(.*)\n(?:.*\n)*?Rss: +(\d+) kB", re.MULTILINE)
_LINE = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|(\s+)([\w.]+)")


def of_command(command: Command) -> str:
    """Return the dearest imports and functions of a command of ours that is a Python script."""
    return f"{imports(command)}\n{functions(lambda path: run(profiled(command, path)))}"


def imports(command: Command) -> str:
    """Return the modules that took the longest to import by themselves."""
    done = subprocess.run(
        [PYTHON, "-X", "importtime", *command.arguments],
        env=command.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return dearest_imports(done.stderr.decode("utf-8", "replace"))


def dearest_imports(told: str) -> str:
    """Return the dearest lines of what ``-X importtime`` told, with their sum."""
    found = [(int(own), int(all_), name) for own, all_, _, name in _LINE.findall(told)]
    lines = [
        f"imports: {len(found)} modules, {sum(own for own, _, _ in found) / 1000:.1f} ms with the clock on"
    ]
    lines += ["   own ms   with its own  module"]
    for own, all_, name in sorted(found, reverse=True)[:_IMPORTS]:
        lines.append(f"{own / 1000:9.1f} {all_ / 1000:14.1f}  {name}")
    return "\n".join(lines) + "\n"


def profiled(command: Command, to: Path) -> Command:
    """Return the same command of ours under cProfile, which writes to a file."""
    arguments = (PYTHON, "-m", "cProfile", "-o", str(to), *command.arguments)
    return Command(arguments, command.environment, command.on_terminal, command.folder, command.input)


def functions(run_profiled: Callable[[Path], object]) -> str:
    """Return the functions that took the longest by themselves in what the caller runs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "run.prof")
        run_profiled(path)
        told = StringIO()
        pstats.Stats(str(path), stream=told).sort_stats("tottime").print_stats(_FUNCTIONS)
    lines = [line.rstrip() for line in told.getvalue().splitlines() if line.strip()]
    # The first line names the temporary file, others the order: what stays is the sum and the table.
    kept = [line for line in lines if not line.startswith(("   Ordered", "   List")) and ".prof" not in line]
    return shown("\n".join(kept)) + "\n"


def memory_map(process: int) -> str:
    """Return what of a running process is resident, the largest parts first; Linux tells, others do not."""
    path = Path("/proc", str(process), "smaps")
    if not path.exists():
        return "this system does not say what a process holds"
    held: Counter[str] = Counter()
    for name, resident in _MAPPING.findall(path.read_text("utf-8", "replace")):
        held[Path(name).name or "the program's own data"] += int(resident)
    lines = [f"{kilobytes / 1024:9.1f} MB  {name}" for name, kilobytes in held.most_common(_IMPORTS)]
    return "\n".join(lines) + "\n"
