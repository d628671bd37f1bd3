"""What a command that only reads may load: nothing heavy, shown in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"sqlmodel", "sqlalchemy", "pydantic", "pydantic_core", "textual", "alembic", "phonenumbers"}
NOT_FOR_HELP = HEAVY | {"rich", "babel"}
# What the commands that people run all day do without: the framework, and what a page of a list never asks.
NOT_WHEN_HOT = HEAVY | {
    "typer", "rich", "babel", "dataclasses", "inspect", "decimal", "hashlib", "uuid", "platform",
    "subprocess", "gettext", "tomllib", "platformdirs", "zoneinfo", "traceback", "difflib", "shutil", "csv",
}  # fmt: skip

# The program, run as its entry point does, that says at its end which modules it has loaded.
PROBE = """
import atexit, json, os, sys
def tell():
    with open(os.environ["PROBE"], "w") as file:
        json.dump(sorted(sys.modules), file)
atexit.register(tell)
sys.argv[0] = "sfa"
from sfa.__main__ import main
sys.exit(main())
"""


def loaded_by(arguments: list[str], tmp_path: Path) -> set[str]:
    """Return the top-level modules that a run of the program loads."""
    return {name.partition(".")[0] for name in modules_of(arguments, tmp_path)}


def modules_of(arguments: list[str], tmp_path: Path) -> set[str]:
    """Return every module that a run of the program loads."""
    told = tmp_path / "modules.json"
    run = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        env={**os.environ, "PROBE": str(told)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return set(json.loads(told.read_text()))


@pytest.mark.parametrize("language", ["C.UTF-8", "zh_CN.UTF-8"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["lead", "list"],
        ["lead", "list", "--format", "json", "--where", "status=new", "--sort", "-created"],
        ["account", "list", "--format", "csv"],
        ["contact", "list"],
        ["deal", "list", "--where", "amount>=1000"],
        ["activity", "list"],
        ["task", "list"],
        ["today"],
        ["pipeline"],
        ["pipeline", "--format", "json"],
        ["find", "华创"],
    ],
    ids=" ".join,
)
def test_a_reading_command_loads_no_models(
    arguments: list[str],
    language: str,
    home_with_a_lead: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert home_with_a_lead.is_dir()
    monkeypatch.setenv("LANG", language)
    assert not loaded_by(arguments, tmp_path) & HEAVY


@pytest.mark.parametrize("arguments", [["lead", "list", "--limit", "20"], ["find", "华创"]], ids=" ".join)
@pytest.mark.parametrize(("language", "besides"), [("C.UTF-8", set()), ("zh_CN.UTF-8", {"gettext"})])
def test_a_hot_command_loads_little_more_than_the_store_it_reads(
    arguments: list[str],
    language: str,
    besides: set[str],
    home_with_a_lead: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert home_with_a_lead.is_dir()
    monkeypatch.setenv("LANG", language)
    assert loaded_by(arguments, tmp_path) & NOT_WHEN_HOT == besides


@pytest.mark.parametrize("verb", ["show", "history"])
def test_looking_at_one_record_loads_no_models(verb: str, home_with_a_lead: Path, tmp_path: Path) -> None:
    assert home_with_a_lead.is_dir()
    assert not loaded_by(["lead", verb, "王伟"], tmp_path) & HEAVY


@pytest.mark.parametrize(
    "arguments", [["visit", "add", "--lead", "王伟"], ["task", "add", "Call"]], ids=" ".join
)
def test_a_single_change_loads_no_words_of_lines_and_no_screens(
    arguments: list[str], home_with_a_lead: Path, tmp_path: Path
) -> None:
    assert home_with_a_lead.is_dir()
    loaded = modules_of(arguments, tmp_path)
    assert "sfa.models" in loaded
    assert not {name for name in loaded if name.startswith(("sfa.interchange.visit_line", "sfa.screens"))}


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["lead", "--help"], ["lead", "list", "--help"], ["deal", "--help"]],
    ids=" ".join,
)
def test_help_loads_neither_models_nor_tables_of_a_library(arguments: list[str], tmp_path: Path) -> None:
    assert not loaded_by(arguments, tmp_path) & NOT_FOR_HELP


def test_the_version_loads_next_to_nothing(tmp_path: Path) -> None:
    assert not loaded_by(["--version"], tmp_path) & (NOT_FOR_HELP | {"typer", "gettext", "argparse"})


@pytest.fixture
def home_with_a_lead(home: Path) -> Path:
    """Return a home with one lead, added by the command line."""
    run = subprocess.run(
        [sys.executable, "-m", "sfa", "lead", "add", "王伟", "--company", "华创科技"],
        env={**os.environ, "SFA_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return home
