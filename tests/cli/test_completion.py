"""The completion scripts, asked in this process and tried in the real shells where they are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sfa import ids
from sfa.cli.completing import SEPARATOR, answer
from tests.cli.conftest import Sfa
from tests.store.rows import add, new_id


@pytest.fixture
def known(sfa: Sfa) -> Sfa:
    """Return the command line of a store with names that need care."""
    for name in ("Acme Corp (US)", "O'Neill & Sons", "华创科技"):
        sfa("account", "add", name)
    return sfa


def completed(monkeypatch: pytest.MonkeyPatch, *words: str, of: str = "zsh") -> list[str]:
    monkeypatch.setenv("_SFA_COMPLETE", of)
    monkeypatch.setenv("SFA_COMPLETE_WORDS", SEPARATOR.join(words))
    return [line.split("\t")[0] for line in answer().splitlines()]


@pytest.mark.usefixtures("known")
def test_commands_options_and_references_are_completed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert completed(monkeypatch, "acc") == ["account"]
    assert "advance" in completed(monkeypatch, "deal", "")
    assert completed(monkeypatch, "deal", "list", "--wh") == ["--where"]
    assert completed(monkeypatch, "account", "show", "华") == ["华创科技"]
    assert completed(monkeypatch, "contact", "add", "x", "--account", "Ac") == ["Acme Corp (US)"]
    assert completed(monkeypatch, "deal", "add", "x", "--account=Ac") == ["--account=Acme Corp (US)"]
    assert completed(monkeypatch, "attachment", "list", "account:O") == ["account:O'Neill & Sons"]
    assert completed(monkeypatch, "config", "org", "get", "cur") == ["currency"]
    assert completed(monkeypatch, "completion", "z") == ["zsh"]


def test_a_name_is_offered_though_the_reference_begins_so_too(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = next(each for each in iter(new_id, "") if ids.ref_of(each).startswith("0"))
    add(home, "account", id=account, name="O'Neill & Sons")
    assert completed(monkeypatch, "account", "show", "O") == ["O'Neill & Sons"]


@pytest.mark.usefixtures("known")
def test_words_that_make_no_sense_have_no_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    assert completed(monkeypatch, "teapot", "show", "A") == []
    assert completed(monkeypatch, "account", "show", "nobody") == []


@pytest.mark.usefixtures("known")
def test_bash_parts_words_at_equals_and_colons(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["deal", "add", "x", "--account", "=", "Ac"]
    assert completed(monkeypatch, *words, of="bash") == ["Acme Corp (US)"]
    words = ["attachment", "list", "account", ":", "O"]
    assert completed(monkeypatch, *words, of="bash") == ["O'Neill & Sons"]
    assert completed(monkeypatch, "account", "show", "'Acme", of="bash") == ["Acme Corp (US)"]
    assert completed(monkeypatch, "account", "show", "Acme\\ C", of="bash") == ["Acme Corp (US)"]


def test_completing_makes_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SFA_HOME", str(tmp_path / "none"))
    assert completed(monkeypatch, "account", "show", "") == []
    assert not (tmp_path / "none").exists()


def test_an_unknown_shell_is_refused(sfa: Sfa) -> None:
    said = sfa("completion", "tcsh")
    assert said.code == 2
    assert "fish" in said.err


SCRIPTS = {
    "bash": 'eval "$(sfa completion bash)"; COMP_WORDS=(sfa account show Acm); COMP_CWORD=3;'
    ' _sfa_complete sfa; printf "%s\\n" "${COMPREPLY[@]}"',
    "zsh": "compdef() { :; }; _files() { :; }; _describe() { print -rl -- $candidates; };"
    ' eval "$(sfa completion zsh)"; words=(sfa account show Acm); CURRENT=4; _sfa',
    "fish": 'sfa completion fish | source; complete --do-complete "sfa account show Acm"',
}
EXPECTED = {
    "bash": "Acme\\ Corp\\ \\(US\\)",
    "zsh": "Acme Corp (US):Acme Corp (US)",
    "fish": "Acme Corp (US)",
}


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_script_completes_a_name_in_its_shell(home: Path, tmp_path: Path, shell: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    command = tmp_path / "bin" / "sfa"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sfa "$@"\n')
    command.chmod(0o755)
    path = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    found = subprocess.run(
        [program, "-c", SCRIPTS[shell]],
        env={**os.environ, "PATH": path, "SFA_HOME": str(home), "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert [line.split("\t")[0] for line in found.stdout.splitlines()] == [EXPECTED[shell]], found.stderr
