"""sfa demo: a home of its own, never the user's; made anew only after a yes."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sfa.cli.run import run
from sfa.demo import home as demo_homes
from sfa.demo.build import Progress, Wanted
from tests.cli.conftest import Sfa

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[Wanted]:
    """Note which companies are asked for instead of building them; a build writes an empty store."""
    asked: list[Wanted] = []

    def build(home: Path, wanted: Wanted, *, on_step: Progress | None = None) -> None:  # noqa: ARG001
        asked.append(wanted)
        (home / "sfa.db").write_bytes(b"")

    monkeypatch.setattr("sfa.demo.build.build", build)
    return asked


def beside(home: Path) -> Path:
    """Return where the demo company of a home lies."""
    return home.with_name(home.name + "-demo")


def test_the_company_lies_beside_the_own_store_and_leaves_it_alone(sfa: Sfa, home: Path) -> None:
    before = (home / "sfa.db").read_bytes()
    said = sfa("demo")
    assert (said.code, said.out) == (0, f"{beside(home)}\n")
    assert f"SFA_HOME={beside(home)} sfa today" in said.err
    assert (home / "sfa.db").read_bytes() == before
    assert sorted(path.name for path in home.iterdir()) == ["sfa.db"]
    assert sfa("lead", "list", "--format", "tsv").lines == []


def test_the_company_can_be_worked_with_and_undone(
    sfa: Sfa, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sfa("demo")
    monkeypatch.setenv("SFA_HOME", str(beside(home)))
    today = sfa("today", "--format", "table").out
    for heading in ("Tasks due", "Visits today", "Deals without a next step", "silent", "Follow-ups due"):
        assert heading in today
    for noun in ("lead", "account", "contact", "deal", "visit", "activity", "task", "product", "user", "team",
                 "stage", "pipeline", "rate", "calendar", "choice"):  # fmt: skip
        assert sfa(*noun.split(), "list", "--format", "tsv").lines, noun
    assert sfa("undo").code == 1
    ref = sfa("task", "list", "--format", "json", "--limit", "1").data["rows"][0]["ref"]
    assert sfa("task", "edit", ref, "--subject", "Something else").code == 0
    assert sfa("undo").out.startswith("Undone: Edit task")
    assert sfa("doctor").code == 0


def test_running_again_in_a_pipe_says_where_it_is(sfa: Sfa, home: Path, built: list[Wanted]) -> None:
    sfa("demo", "--seed", "5")
    again = sfa("demo")
    assert (again.code, again.out) == (0, f"{beside(home)}\n")
    assert "seed 5, scale 1" in again.err
    assert len(built) == 1


def test_another_company_in_its_place_needs_a_yes(sfa: Sfa, built: list[Wanted]) -> None:
    sfa("demo")
    assert sfa("demo", "--seed", "2").code == 1
    assert sfa("demo", "--seed", "2", "--scale", "3", "--yes").code == 0
    assert [(wanted.seed, wanted.scale) for wanted in built] == [(1, 1), (2, 3)]


@pytest.mark.parametrize(("answer", "times"), [("y\n", 2), ("\n", 1), ("n\n", 1)])
def test_a_terminal_is_asked_and_no_is_the_default(
    sfa: Sfa, built: list[Wanted], monkeypatch: pytest.MonkeyPatch, answer: str, times: int
) -> None:
    sfa("demo")
    terminal = io.StringIO(answer)
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", terminal)
    assert run(["demo"]) == 0
    assert len(built) == times


def test_a_demo_home_that_is_the_own_home_is_the_one_that_is_meant(
    sfa: Sfa, home: Path, built: list[Wanted], monkeypatch: pytest.MonkeyPatch
) -> None:
    sfa("demo")
    monkeypatch.setenv("SFA_HOME", str(beside(home)))
    assert sfa("demo", "--yes").out == f"{beside(home)}\n"
    assert len(built) == 2


def test_a_folder_in_use_is_refused(sfa: Sfa, home: Path, tmp_path: Path, built: list[Wanted]) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "letter.txt").write_text("Dear Ann")
    for folder in (home, tmp_path / "letters", tmp_path / "letters" / "letter.txt"):
        said = sfa("demo", "--home", str(folder), "--yes")
        assert said.code == 3
        assert "Name a new folder with --home." in said.err
    assert built == []
    assert (tmp_path / "letters" / "letter.txt").read_text() == "Dear Ann"


def test_an_empty_folder_is_taken(sfa: Sfa, tmp_path: Path, built: list[Wanted]) -> None:
    (tmp_path / "empty").mkdir()
    assert sfa("demo", "--home", str(tmp_path / "empty")).code == 0
    assert len(built) == 1


@pytest.mark.parametrize(
    ("option", "value"), [("--scale", "0"), ("--scale", "-1"), ("--scale", "10001"), ("--leads", "-5")]
)
def test_a_size_out_of_range_is_refused(sfa: Sfa, option: str, value: str, built: list[Wanted]) -> None:
    said = sfa("demo", option, value)
    assert (said.code, built) == (2, [])
    assert f"{value} is not between 1 and 10000" in said.err


def test_more_leads_can_be_asked_for(sfa: Sfa, built: list[Wanted]) -> None:
    assert "a company with 5000 leads" in sfa("demo", "--leads", "5000").err
    assert [wanted.leads for wanted in built] == [5000]


def test_a_word_for_a_number_is_refused(sfa: Sfa) -> None:
    assert sfa("demo", "--seed", "many").code == 2


def test_a_folder_that_cannot_be_made_is_said(sfa: Sfa, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = sfa("demo", "--home", str(tmp_path / "file" / "home"))
    assert said.code == 6
    assert "Traceback" not in said.err


def test_what_breaks_off_leaves_nothing_behind_and_keeps_the_earlier_company(
    sfa: Sfa, home: Path, built: list[Wanted], monkeypatch: pytest.MonkeyPatch
) -> None:
    sfa("demo", "--seed", "5")

    def broken(home: Path, wanted: Wanted, *, on_step: Progress | None = None) -> None:  # noqa: ARG001
        raise KeyboardInterrupt

    monkeypatch.setattr("sfa.demo.build.build", broken)
    assert sfa("demo", "--yes").code == 130
    assert sorted(path.name for path in home.parent.iterdir()) == ["home", "home-demo"]
    there = demo_homes.made_in(beside(home))
    assert there is not None
    assert there.seed == 5
    assert len(built) == 1


def test_a_chinese_interface_gets_chinese_lists(
    sfa: Sfa, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SFA_LANG", "zh_CN")
    said = sfa("demo")
    assert "已生成演示公司：200 条线索" in said.err
    monkeypatch.setenv("SFA_HOME", str(beside(home)))
    printed = sfa("pipeline", "--by", "sector", "--format", "table").out
    for word in ("大客户: 招投标", "渠道: 试单", "机械制造", "停滞"):
        assert word in printed, word
    assert "华东" in sfa("account", "list", "--format", "tsv").out


def test_make_demo_tells_a_day_and_ends_with_the_printed_pipeline(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "TMPDIR": str(tmp_path), "SFA_DEMO_LANG": "C.UTF-8"}
    done = subprocess.run(
        ["sh", str(ROOT / "examples" / "demo.sh")],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    for part in ("Tasks due", "Logged: visit", "Advanced: deal", "Undone: ", "Pipeline as of", "By owner"):
        assert part in done.stdout, part
    assert list(tmp_path.iterdir()) == []


def test_the_tour_needs_a_terminal_and_makes_nothing_without_one(sfa: Sfa, home: Path) -> None:
    said = sfa("demo", "--tour")
    assert said.code == 1
    assert "needs a terminal" in said.err
    assert not beside(home).exists()
