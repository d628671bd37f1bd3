"""What a command that only reads may load: nothing heavy, shown in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.render.paper import real
from tests.services.acting import make

HEAVY = {"sqlmodel", "sqlalchemy", "pydantic", "pydantic_core", "textual", "alembic", "phonenumbers"}
NOT_FOR_HELP = HEAVY | {"rich", "babel"}
# What the commands that people run all day do without: the framework, and what a page of a list never asks.
NOT_WHEN_HOT = HEAVY | {
    "typer", "rich", "babel", "dataclasses", "inspect", "decimal", "hashlib", "uuid", "platform",
    "subprocess", "gettext", "tomllib", "platformdirs", "zoneinfo", "traceback", "difflib", "shutil", "csv",
}  # fmt: skip

# What a change does without: the store is made and migrated elsewhere, and nothing is drawn.
NOT_WHEN_CHANGING = {"textual", "alembic", "phonenumbers", "rich", "babel", "email_validator", "greenlet"}

# The program, run as its entry point does, that says at its end which modules it has loaded, how often it
# looked for garbage, and whether what is left was put aside.
PROBE = """
import atexit, gc, json, os, sys
from sfa.__main__ import main
looks = gc.get_stats()[0]["collections"]
def tell():
    looked = gc.get_stats()[0]["collections"] - looks
    with open(os.environ["PROBE"], "w") as file:
        json.dump([sorted(sys.modules), looked, gc.get_freeze_count() > 0], file)
atexit.register(tell)
sys.argv[0] = "sfa"
sys.exit(main())
"""


def loaded_by(arguments: list[str], tmp_path: Path) -> set[str]:
    """Return the top-level modules that a run of the program loads."""
    return {name.partition(".")[0] for name in modules_of(arguments, tmp_path)}


def modules_of(arguments: list[str], tmp_path: Path) -> set[str]:
    """Return every module that a run of the program loads."""
    return set(told_by(arguments, tmp_path)[0])


def told_by(arguments: list[str], tmp_path: Path) -> tuple[list[str], int, bool]:
    """Return what a run of the program says at its end."""
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
    modules, looks, is_put_aside = json.loads(told.read_text())
    return modules, looks, is_put_aside


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


def test_a_store_without_a_lease_costs_a_look_into_its_folder_and_no_module(
    home_with_a_lead: Path, tmp_path: Path
) -> None:
    assert home_with_a_lead.is_dir()
    assert "sfa.store.lease" not in modules_of(["lead", "list"], tmp_path)


def test_printing_a_quote_loads_no_models(home: Path, tmp_path: Path) -> None:
    real.with_quote(home, "short")
    file = tmp_path / "q.pdf"
    assert not loaded_by(["quote", "print", "Q-Q07-0001", "--output", str(file)], tmp_path) & HEAVY
    assert file.exists()


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
    assert not {name for name in loaded if name.startswith(("sfa.interchange.visit_line", "sfa.screens"))}


CHANGES: list[tuple[list[str], set[str]]] = [
    (["visit", "add", "--lead", "王伟", "--notes", "Met"], {"activity"}),
    (
        ["visit", "add", "--lead", "王伟", "--next-step", "Ring", "--next-on", "+3d"],
        {"activity", "task", "lead"},
    ),
    (["log", "拜访华创科技 谈了价格", "--yes"], {"activity"}),
    (["lead", "add", "李娜"], {"lead"}),
    (["task", "add", "Call"], {"task"}),
    (["task", "done", "Write"], {"task"}),
    (["deal", "advance", "Retrofit"], {"deal", "pipeline"}),
]


@pytest.mark.parametrize(("arguments", "models"), CHANGES, ids=[" ".join(words) for words, _ in CHANGES])
def test_a_change_maps_the_models_it_changes_and_no_more(
    arguments: list[str], models: set[str], home_in_use: Path, tmp_path: Path
) -> None:
    assert home_in_use.is_dir()
    loaded = modules_of(arguments, tmp_path)
    mapped = {name.removeprefix("sfa.models.") for name in loaded if name.startswith("sfa.models.")}
    assert mapped - {"base", "types"} == models
    assert not {name.partition(".")[0] for name in loaded} & NOT_WHEN_CHANGING


def test_a_short_run_never_looks_for_garbage(home_in_use: Path, tmp_path: Path) -> None:
    assert home_in_use.is_dir()
    _, looks, is_put_aside = told_by(["visit", "add", "--lead", "王伟", "--notes", "Met"], tmp_path)
    assert (looks, is_put_aside) == (0, True)


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


@pytest.fixture
def home_in_use(home: Path) -> Path:
    """Return a home with a lead, an account, a task and a deal."""
    make(home, "lead", name="王伟", company="华创科技")
    account = make(home, "account", name="华创科技")
    make(home, "task", subject="Write")
    make(home, "deal", name="Retrofit", account=account.ref)
    return home
