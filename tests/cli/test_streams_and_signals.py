"""Output that cannot be written, streams that are closed, and a Ctrl-C that SQLite swallows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from sfa.cli import run as running
from sfa.errors import StoreUnusable, msg


def in_shell(home: Path, words: str) -> subprocess.CompletedProcess[str]:
    """Run a command line of a shell in which ``sfa`` is this program, on a store of its own."""
    sfa = f'sfa() {{ "{sys.executable}" -m sfa "$@"; }}; '
    environment = {**os.environ, "SFA_HOME": str(home), "SFA_LANG": "en"}
    return subprocess.run(
        ["sh", "-c", sfa + words], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only where a device is always full")
def test_output_on_a_full_disk_is_said_without_a_traceback(home: Path) -> None:
    done = in_shell(home, "sfa stage list > /dev/full")
    assert done.returncode == 2
    assert done.stderr.startswith("Error: The output cannot be written: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-"])
def test_a_closed_stream_is_no_bug(closed: str, home: Path) -> None:
    done = in_shell(home, f"sfa stage list {closed}")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)


def test_a_question_nobody_can_hear_is_refused(home: Path) -> None:
    done = in_shell(home, "sfa lead add Mei >&2; sfa erase Mei <&-")
    assert done.returncode == 1
    assert "waits for a yes" in done.stderr


def test_ctrl_c_inside_sqlite_is_an_interruption_not_a_broken_store(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def swallowed(_: Sequence[str]) -> int:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise StoreUnusable(msg("The store {path} cannot be used."), path="x") from None
        return 0

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    monkeypatch.setattr(running, "_invoke", swallowed)
    try:
        assert running.run([]) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    assert "Interrupted; nothing was changed." in capsys.readouterr().err


def test_what_no_noun_knows_is_looked_for_with_find(home: Path) -> None:
    assert "sfa find" in in_shell(home, "sfa history zzz").stderr
