"""The shape of the project: sizes, and what must not stand in a tracked file."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 60
# Generated, or frozen once released.
FREE_OF_LENGTH = ("sfa/fields/generated.py", "sfa/store/migrations/versions/")
MODULES = sorted((ROOT / "sfa").rglob("*.py"))
FORBIDDEN_NAMES = re.compile(r"(^|_)(utils?|helpers?|misc|manager)$")
# Paths of a machine, and marks of unfinished work; put together so that this file passes its own test.
MACHINE_PATH = re.compile(
    "|".join(("/ho" + "me/[a-z]", "/ro" + "ot\\b", "/wo" + "rk/", "/Us" + "ers/[A-Za-z]"))
)
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
BROAD = re.compile(r"except:|except BaseException:\n\s+pass|except Exception\b(?!.*noqa: BLE001)")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: nothing says which files are tracked")
    names = listed.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_is_short_enough_to_read(path: Path) -> None:
    text = path.read_text("utf-8")
    if not named(path).startswith(FREE_OF_LENGTH):
        assert text.count("\n") <= MOST_LINES, "split it by noun"
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION
        and not named(path).startswith(FREE_OF_LENGTH)
    ]
    assert not long


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_has_a_name_that_says_what_belongs_there(path: Path) -> None:
    assert not FORBIDDEN_NAMES.search(path.stem)


def test_models_do_not_postpone_their_annotations() -> None:
    # SQLModel reads them when the class is made.
    late = [
        named(path)
        for path in (ROOT / "sfa" / "models").glob("*.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
    ]
    assert not late


def test_no_tracked_file_names_a_place_on_somebodys_machine() -> None:
    found = [
        f"{named(path)}:{number}"
        for path in tracked()
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]
    assert not found


def test_no_source_file_holds_a_mark_of_unfinished_work() -> None:
    found = [
        f"{named(path)}:{number}"
        for path in tracked()
        if path.suffix in {".py", ".sh", ".toml", ".md"} or path.name == "Makefile"
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert not found


def test_a_broad_except_stands_at_an_outer_edge_and_says_so() -> None:
    assert not [named(path) for path in MODULES if BROAD.search(path.read_text("utf-8"))]


def test_pinned_versions_name_no_place_to_fetch_from() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert lines
    assert not [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+-]+", line)]
