"""Having the system show a file: started aside, and what it cannot show is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa.errors import Refused
from sfa.store import programs


@pytest.fixture
def opener(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the program that opens files here; it is yet to be written."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setattr("sfa.store.programs.sys.platform", "linux")
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder / "xdg-open"


def write(opener: Path, script: str) -> None:
    opener.write_text(f"#!/bin/sh\n{script}\n")
    opener.chmod(0o755)


def test_the_systems_program_gets_the_file_whatever_it_is_called(opener: Path, tmp_path: Path) -> None:
    write(opener, f'printf %s "$1" > "{tmp_path}/seen"')
    file = tmp_path / "-n $(x) offer.pdf"
    programs.open_file(file)
    assert (tmp_path / "seen").read_text() == str(file)


def test_one_that_runs_on_is_not_waited_for(
    opener: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "_ANSWERS_WITHIN_S", 0.05)
    monkeypatch.setattr(programs, "_RUNNING", [])
    write(opener, "exec sleep 60")
    programs.open_file(tmp_path / "offer.pdf")
    (running,) = programs._RUNNING
    assert running.poll() is None
    running.kill()
    running.wait()


def test_a_kind_without_a_program_is_said(opener: Path, tmp_path: Path) -> None:
    write(opener, "exit 3")
    with pytest.raises(Refused, match=r"No program here opens offer\.pdf\. The system says: xdg-open: 3"):
        programs.open_file(tmp_path / "offer.pdf")


def test_a_machine_that_opens_nothing_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sfa.store.programs.sys.platform", "linux")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="xdg-open: not found"):
        programs.open_file(tmp_path / "offer.pdf")
