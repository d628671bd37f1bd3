"""Commands in this process, on a store of their own, on a fixed business day."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sfa.cli.run import run


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        """The lines it printed, the header left out."""
        return self.out.splitlines()[1:]


Sfa = Callable[..., Said]


@pytest.fixture
def sfa(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Sfa:
    """Return what runs a command; ``answers`` are typed on a terminal, without them there is none."""
    monkeypatch.setenv("SFA_HOME", str(home))
    monkeypatch.setenv("SFA_TODAY", "2026-11-18")  # a Wednesday
    monkeypatch.setenv("SFA_LANG", "en")

    def command(*arguments: str, answers: str | None = None) -> Said:
        monkeypatch.setattr("sfa.cli.questions.can_ask", lambda: answers is not None)
        monkeypatch.setattr("sys.stdin", io.StringIO(answers or ""))
        capsys.readouterr()
        code = run(arguments)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return command
