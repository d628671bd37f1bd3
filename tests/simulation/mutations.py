"""Removes the guards of a sync one by one and asks whether anything notices.

``python -m tests.simulation.mutations`` says who caught each; ``--write`` keeps that in
``docs/sync-proof.md``, ``--only NAME`` asks some, ``--schedules`` asks the simulator of
all but those of PostgreSQL. Each change is made in a process of its own, while the module is
loaded or the centre installed: no file is touched.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.machinery
import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import redirect_stdout
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from tests.simulation import mutated_sql
from tests.simulation.central_guards import CENTRAL
from tests.simulation.guards import ALL as MODEL
from tests.simulation.guards import Mutation
from tests.simulation.mutated_sql import UNREADABLE

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "sync-proof.md"
ALL = (*MODEL, *CENTRAL)
_PARTS = (
    ("<!-- mutations -->", MODEL, "<!-- end of mutations -->"),
    ("<!-- mutations of PostgreSQL -->", CENTRAL, "<!-- end of mutations of PostgreSQL -->"),
)
NOTHING = "**nothing**"
NOT_ASKED = "not asked yet"
MOST_SECONDS = 900
# Nothing of these depends on what is mutated.
_HEAVY = ("psycopg", "pytest", "sqlalchemy", "sqlmodel")


# ---- making the change


def mutated(mutation: Mutation) -> str:
    """Return the source of a mutation's module with the guard gone.

    Raises:
        ValueError: the place is not there, or not there once.
    """
    source = (ROOT / mutation.path).read_text(encoding="utf-8")
    if source.count(mutation.old) != 1:
        raise ValueError(f"{mutation.name}: stands {source.count(mutation.old)} times in {mutation.path}")
    return source.replace(mutation.old, mutation.new)


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a module from a text that is not the file's, and never from what was compiled before."""

    source = ""

    def get_code(self, fullname: str) -> CodeType:
        """Compile the text."""
        return compile(self.source, self.get_filename(fullname), "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    """Finds the one module that is loaded otherwise."""

    def __init__(self, mutation: Mutation) -> None:
        self.module = mutation.path.removesuffix(".py").replace("/", ".")
        self._loader = _Loader(self.module, str(ROOT / mutation.path))
        self._loader.source = mutated(mutation)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return how the module is loaded, and nothing for others."""
        del path, target
        if fullname != self.module:
            return None
        found = importlib.machinery.ModuleSpec(fullname, self._loader, origin=self._loader.path)
        found.has_location = True
        return found


def _install(mutation: Mutation) -> None:
    """Make the change from now on.

    Raises:
        ValueError: it is too late, or its place is not there.
    """
    if mutation.path.endswith(".sql"):
        mutated_sql.instead_of(mutation.path, mutated(mutation))
    else:
        _load_otherwise(mutation)
    if mutation in CENTRAL:
        mutated_sql.checked()


def _load_otherwise(mutation: Mutation) -> None:
    finder = _Finder(mutation)
    if finder.module in sys.modules:
        raise ValueError(f"{finder.module} is loaded already")
    sys.meta_path.insert(0, finder)


# ---- asking, in a process of its own


def _ask(mutation: Mutation, *, whole: bool) -> str:
    """Make the change in this process and return who noticed, the empty text for nobody."""
    _install(mutation)
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(MOST_SECONDS)
    try:
        return _by_test(mutation.test) if mutation.test and not whole else _by_schedule(mutation.schedules)
    finally:
        signal.alarm(0)


def _too_long(_signal: int, _frame: object) -> None:
    raise TimeoutError


class _Failures:
    """Notes which tests failed, and what keeps a test from being an answer."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.wrong: list[str] = []
        self.passed = 0

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.passed += report.passed and report.when == "call"
        if report.failed and report.when == "call":
            self.names.append(report.nodeid.partition("[")[0])
        if report.failed and (
            report.when == "setup" or any(each in report.longreprtext for each in UNREADABLE)
        ):
            self.wrong.append(report.longreprtext[-500:])


def _by_test(test: str) -> str:
    import pytest

    failures = _Failures()
    options = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", "--no-header", "--tb=short"]
    code = pytest.main([*options, str(ROOT / test)], plugins=[failures])
    if code not in {0, 1}:
        raise ValueError(f"pytest ended with {code}: {test}")
    if failures.wrong or not (failures.names or failures.passed):
        raise ValueError(f"{test} was not asked: {failures.wrong or 'it was left out'}")
    return failures.names[0] if failures.names else ""


def _by_schedule(count: int) -> str:
    from tests.simulation.__main__ import run_seed
    from tests.simulation.world import STEPS

    for seed in range(count):
        try:
            wrong = run_seed(seed, steps=STEPS)[0]
        except TimeoutError:
            return f"seed {seed}: never ends"
        except Exception as error:  # noqa: BLE001  not even the company can be founded
            return f"seed {seed}: {type(error).__name__}"
        if wrong:
            return f"seed {seed}: {_kind(wrong[0])}"
    return ""


def _kind(wrong: str) -> str:
    """Return the broken promise, or the error a schedule stumbled over."""
    last = wrong.strip().splitlines()[-1]
    return last.split(":")[0].rpartition(".")[2]


def _in_a_process(mutation: Mutation, *, whole: bool) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation.mutations", "--ask", mutation.name]
        + (["--schedules"] if whole else []),
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**_alone(), "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{mutation.name}: {done.stdout}{done.stderr}")
    return str(json.loads(done.stdout.splitlines()[-1]))


def _alone() -> dict[str, str]:
    """Return the environment without what makes processes of one run of the tests share a server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}


def caught_by(mutation: Mutation, *, whole: bool = False) -> str:
    """Return the test or seed that notices when a guard is gone; the empty text when nothing does."""
    return _in_a_process(mutation, whole=whole)


# ---- the page


def page_with(answers: Iterable[tuple[Mutation, str]]) -> str:
    """Return the page with the answers in its tables; the rows of what was not asked stay as they are."""
    text = PAGE.read_text(encoding="utf-8")
    found = {each.name: _told(by) for each, by in answers}
    for begin, mutations, end in _PARTS:
        before, _, rest = text.partition(begin)
        table, _, after = rest.partition(end)
        text = before + begin + _table(mutations, table, found) + end + after
    return text


def _table(mutations: Iterable[Mutation], before: str, found: dict[str, str]) -> str:
    """Return a table with what was found, and else what it said before."""
    said = {
        line.split(" | ")[0].removeprefix("| "): line.split(" | ")[-1][:-2] for line in before.splitlines()
    }
    said |= found
    lines = ["", "| Mutation | What is gone | Where | Caught by |", "|---|---|---|---|"]
    lines += [
        f"| {each.name} | {each.guard} | `{each.path}` | {said.get(each.name, NOT_ASKED)} |"
        for each in mutations
    ]
    return "\n".join([*lines, ""])


def _told(found: str) -> str:
    if not found:
        return NOTHING
    return found if found.startswith("seed ") else f"`{found.removeprefix('tests/')}`"


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.mutations")
    parser.add_argument("--write", action="store_true", help="keep the answers in docs/sync-proof.md")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="some mutations")
    parser.add_argument("--schedules", action="store_true", help="ask the simulator, not the tests")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--ask", help=argparse.SUPPRESS)
    given = parser.parse_args()
    named = {each.name: each for each in ALL}
    if given.ask:
        sys.stdout.write(f"\n{json.dumps(_ask(named[given.ask], whole=given.schedules))}\n")
        return 0
    every = MODEL if given.schedules else ALL
    wanted = [named[name] for name in given.only] if given.only else list(every)
    answers = _all(wanted, given.jobs, whole=given.schedules)
    if given.write:
        PAGE.write_text(page_with(answers), encoding="utf-8")
    left = [each.name for each, found in answers if not found]
    sys.stdout.write(f"{len(answers)} mutations, {len(left)} survived {left}\n")
    return int(bool(left))


def _all(wanted: Sequence[Mutation], jobs: int, *, whole: bool) -> list[tuple[Mutation, str]]:
    for name in _HEAVY:
        importlib.import_module(name)  # once, for all the processes that are forked below
    found = {}
    with multiprocessing.get_context("fork").Pool(jobs, maxtasksperchild=1) as pool:
        asked = [(each, whole) for each in wanted]
        for name, by in pool.imap_unordered(_ask_quietly, asked, chunksize=1):
            sys.stdout.write(f"{name}: {by or NOTHING}\n")
            sys.stdout.flush()
            found[name] = by
    return [(each, found[each.name]) for each in wanted]


def _ask_quietly(asked: tuple[Mutation, bool]) -> tuple[str, str]:
    mutation, whole = asked
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        try:
            return mutation.name, _ask(mutation, whole=whole)
        except Exception as error:  # noqa: BLE001  a question that cannot be asked counts as not answered
            sys.stderr.write(f"{mutation.name}: {error!r}\n")
            return mutation.name, ""


if __name__ == "__main__":
    sys.exit(main())
