"""Every command of the tutorial runs, and prints what the tutorial shows.

A ```console block holds lines that begin with ``$`` and what they print. They run in
order on one store, on the tutorial's day, in a terminal of 100 columns. A line of ``…``
stands for anything. Short references differ in every store: where the tutorial shows
one, any reference of the store will do.
"""

from __future__ import annotations

import os
import pty
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from sfa.fields import NOUNS

PAGES = sorted((Path(__file__).resolve().parents[2] / "docs").glob("tutorial*.md"))
DAY = "2026-11-23"
ANYTHING = "…"


def steps(text: str) -> list[tuple[str, list[str]]]:
    """Return the commands of a page, each with the lines it is said to print."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line.startswith("> ") and not found[-1][1]:
                found[-1] = (f"{found[-1][0]}\n{line[2:]}", [])
            else:
                found[-1][1].append(line.rstrip())
    return found


def run_in_terminal(command: str, folder: Path) -> tuple[int, list[str]]:
    """Run a line of shell as somebody at a terminal would; return the exit code and the screen's lines."""
    ours, theirs = pty.openpty()
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "100",
        "TERM": "xterm",
        "NO_COLOR": "1",
        "SFA_TODAY": DAY,
        "LOGNAME": "mei",
    }
    with subprocess.Popen(
        ["sh", "-c", command], stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd=folder
    ) as process:
        os.close(theirs)
        screen = b""
        while True:
            try:
                read = os.read(ours, 65536)
            except OSError:  # the terminal is gone with its last process
                break
            if not read:
                break
            screen += read
    os.close(ours)
    return process.returncode, [line.rstrip() for line in screen.decode().splitlines()]


def references(home: Path) -> set[str]:
    """Return every reference of a store, and what it is shortened to."""
    connection = sqlite3.connect(home / "sfa.db")
    try:
        tables = {noun.table for noun in NOUNS.values()}
        whole = [ref for table in tables for (ref,) in connection.execute(f"SELECT ref FROM {table}")]
    finally:
        connection.close()
    return {ref[:length] for ref in whole for length in range(5, len(ref) + 1)}


def same(shown: str, printed: str, known: set[str]) -> bool:
    """Say whether a line is as the tutorial shows it, references aside."""
    left, right = shown.split(), printed.split()
    return len(left) == len(right) and all(
        one == other or (other.strip(".:,()") in known and len(one) == len(other))
        for one, other in zip(left, right, strict=True)
    )


def agrees(shown: list[str], printed: list[str], known: set[str]) -> bool:
    """Say whether what was printed is what the tutorial shows; ``…`` covers any lines."""
    if not shown:
        return not printed
    if shown[0].strip() == ANYTHING:
        return any(agrees(shown[1:], printed[skip:], known) for skip in range(len(printed) + 1))
    return bool(printed) and same(shown[0], printed[0], known) and agrees(shown[1:], printed[1:], known)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_the_tutorial_prints_what_is_shown(page: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"  # the first command makes the store
    found = steps(page.read_text("utf-8"))
    assert len(found) > 5
    for command, shown in found:
        code, printed = run_in_terminal(command, tmp_path)
        assert code == 0, f"$ {command}\n" + "\n".join(printed)
        text = "\n".join(printed)
        assert agrees(
            [line for line in shown if line], [line for line in printed if line], references(home)
        ), f"$ {command}\n{text}"
