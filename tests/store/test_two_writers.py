"""Two processes write at once, one of them importing: nothing is lost, nobody sees a lock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from sfa.store.doctor import examine
from tests.store.rows import add, count, value_of

PROJECT = Path(__file__).resolve().parents[2]
SECONDS = 60 if os.environ.get("SFA_PROVE") else 5


def start(home: Path, kind: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.store.two_writers", str(home), kind, str(SECONDS)]
    found = subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert found.stdout is not None
    assert found.stdout.readline() == "ready\n"
    return found


def test_two_processes_write_for_a_while_and_lose_nothing(home: Path) -> None:
    team = add(home, "team", name="x")
    writers = {kind: start(home, kind) for kind in ("single", "import")}
    for writer in writers.values():
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    told: dict[str, Any] = {}
    for kind, writer in writers.items():
        told[kind] = json.loads(writer.communicate(timeout=SECONDS + 60)[0])
    assert [each["errors"] for each in told.values()] == [[], []]
    for kind, each in told.items():
        assert each["transactions"] > 0
        assert count(home, "SELECT count(*) FROM lead WHERE name = ?", kind) == each["committed"]
    # A counter that both raised: an update made on a stale value would be lost here.
    raised = sum(each["transactions"] for each in told.values())
    assert value_of(home, "team", team, "name") == "x" * (1 + raised)
    assert examine(home) == []
