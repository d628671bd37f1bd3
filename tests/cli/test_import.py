"""sfa import, as it is typed: figures, guesses, rejects, exit codes."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pytest

from sfa.cli.run import run
from sfa.store.perform import Change
from tests.store.rows import add, count, hash_of_store

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "maven"
LEADS = "Lead ID,Name,Company,Phone\nL1,Wang Fang,Huachuang,13800138000\nL2,Li Na,Acme,13900139000\n"


class Terminal(io.StringIO):
    """A stdin at which somebody sits."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def leads(home: Path, tmp_path: Path) -> Path:
    """Return a file of two leads, beside an empty store."""
    assert home.is_dir()
    path = tmp_path / "leads.csv"
    path.write_text(LEADS, "utf-8")
    return path


def test_a_guess_is_shown_and_taken_with_yes(
    leads: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", "leads", str(leads), "--yes"]) == 0
    said = capsys.readouterr()
    assert said.out == "leads: 2 created, 0 changed, 0 the same, 0 brought back, 0 rejected\n"
    assert "Phone" in said.err
    assert "phones" in said.err
    assert count(home, "SELECT count(*) FROM lead") == 2


def test_without_a_yes_nothing_is_written(
    leads: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = hash_of_store(home)
    assert run(["import", "leads", str(leads)]) == 1
    assert "--yes" in capsys.readouterr().err
    assert hash_of_store(home) == before


@pytest.mark.parametrize(("answer", "code", "created"), [("y\n", 0, 2), ("\n", 1, 0), ("n\n", 1, 0)])
def test_on_a_terminal_the_guess_is_asked_about(
    leads: Path, home: Path, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, created: int
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    assert run(["import", "leads", str(leads)]) == code
    assert count(home, "SELECT count(*) FROM lead") == created


def test_a_dry_run_changes_nothing_and_leaves_no_file(
    leads: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leads.write_text(LEADS + "L3,,X,abc\n", "utf-8")
    before = hash_of_store(home)
    assert run(["import", "leads", str(leads), "--dry-run"]) == 1
    said = capsys.readouterr()
    assert said.out.startswith("Would be: leads: 2 created")
    assert "line 4: " in said.err
    assert hash_of_store(home) == before
    assert sorted(path.name for path in leads.parent.iterdir()) == ["home", "leads.csv"]


def test_rejected_rows_are_mended_in_their_file_and_fed_again(
    leads: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leads.write_text(LEADS + "L3,Zhao Lei,X,abc\n", "utf-8")
    assert run(["import", "leads", str(leads), "--yes"]) == 1
    rejects = leads.with_name("leads.csv.rejects.csv")
    assert str(rejects) in capsys.readouterr().err
    text = rejects.read_bytes().decode("utf-8-sig")
    assert text.splitlines()[0] == "Lead ID,Name,Company,Phone,sfa_reason"
    assert "'abc' is no phone number" in text.splitlines()[1]
    rejects.write_text(text.replace("abc", "13700137000"), "utf-8-sig")
    assert run(["import", "leads", str(rejects), "--yes"]) == 0
    assert count(home, "SELECT count(*) FROM lead") == 3
    assert run(["import", "leads", str(leads), "--yes", "--rejects", str(leads.with_name("r.csv"))]) == 1
    assert leads.with_name("r.csv").exists()
    assert count(home, "SELECT count(*) FROM lead") == 3


def test_rejects_that_cannot_be_written_stop_the_import(leads: Path, home: Path) -> None:
    leads.write_text(LEADS + "L3,Zhao Lei,X,abc\n", "utf-8")
    before = hash_of_store(home)
    assert run(["import", "leads", str(leads), "--yes", "--rejects", str(leads / "no" / "r.csv")]) == 2
    assert hash_of_store(home) == before


def test_a_failing_import_leaves_the_rejects_file_as_it_was(
    leads: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leads.write_text(LEADS + "L3,Zhao Lei,X,abc\n", "utf-8")
    rejects = leads.with_name("leads.csv.rejects.csv")
    rejects.write_text("mine", "utf-8")

    def fail(change: Change, *_plan: object, **_options: object) -> None:
        raise KeyboardInterrupt(change.name)

    monkeypatch.setattr("sfa.services.imports.apply_import", fail)
    assert run(["import", "leads", str(leads), "--yes"]) == 130
    assert rejects.read_text("utf-8") == "mine"
    assert sorted(path.name for path in leads.parent.iterdir()) == ["home", "leads.csv", rejects.name]
    assert count(home, "SELECT count(*) FROM lead") == 0


def test_the_report_in_json_has_a_verdict_a_row(leads: Path, capsys: pytest.CaptureFixture[str]) -> None:
    leads.write_text(LEADS + "L3,Zhao Lei,X,abc\n", "utf-8")
    assert run(["import", "leads", str(leads), "--yes", "--report", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["schema"] == "sfa.import/1"
    assert (report["created"], report["changed"], report["rejected"]) == (2, 0, 1)
    assert [(row["line"], row["verdict"]) for row in report["rows"]] == [
        (2, "create"),
        (3, "create"),
        (4, "reject"),
    ]
    assert "no phone number" in report["rows"][2]["reasons"][0]


def test_undo_names_the_import_and_takes_it_back(
    leads: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = hash_of_store(home)
    run(["import", "leads", str(leads), "--yes"])
    capsys.readouterr()
    assert run(["undo"]) == 0
    assert "Import 2 leads from leads.csv" in capsys.readouterr().out
    assert hash_of_store(home) == before


def test_options_go_before_what_is_found_out(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("Subject|Due\nRückruf, dringend|03/04/2026\n".encode("cp1252"))
    arguments = ["import", "tasks", str(path), "--yes", "--encoding", "cp1252", "--delimiter", "|"]
    assert run(arguments) == 1
    assert run([*arguments, "--date-format", "DD/MM/YYYY"]) == 0
    assert count(home, "SELECT count(*) FROM task WHERE due_on = '2026-04-03'") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["leads"],
        ["ghosts", "x.csv"],
        ["rate", "x.csv"],
        ["leads", "x.csv", "--report", "xml"],
        ["leads", "--all", "folder"],
    ],
)
def test_what_is_not_said_well_is_wrong_usage(arguments: list[str]) -> None:
    assert run(["import", *arguments]) == 2


def test_a_file_of_which_nothing_is_understood_is_refused(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("foo,bar\n1,2\n", "utf-8")
    before = hash_of_store(home)
    assert run(["import", "leads", str(path), "--yes"]) == 2
    assert "no column is understood; it has foo, bar" in capsys.readouterr().err
    assert hash_of_store(home) == before


def test_another_writer_between_plan_and_writing_is_no_matter(
    leads: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sfa.cli import import_

    def agree_and_meddle(*_plan: object, **_yes: object) -> bool:
        add(home, "account", name="Meanwhile")
        return True

    monkeypatch.setattr(import_, "_may_write", agree_and_meddle)
    assert run(["import", "leads", str(leads), "--yes"]) == 0
    assert count(home, "SELECT count(*) FROM lead") == 2


def test_an_import_loads_no_models(leads: Path) -> None:
    code = (
        "import sys; sys.argv[0] = 'sfa'; from sfa.cli.run import run;"
        f"run(['import', 'leads', {str(leads)!r}, '--yes']);"
        "sys.exit(any(name in sys.modules for name in ('sqlmodel', 'sqlalchemy', 'pydantic')))"
    )
    import subprocess

    assert subprocess.run([sys.executable, "-c", code], check=False, env=os.environ).returncode == 0


def test_maven_goes_in_with_the_example_mappings(
    home: Path, shared_data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SFA_TODAY", "2017-12-31")
    files = {
        "users": "sales_teams",
        "accounts": "accounts",
        "products": "products",
        "deals": "sales_pipeline",
    }
    for _ in range(2):
        for noun, file in files.items():
            path = shared_data / "maven_crm" / f"{file}.csv"
            assert run(["import", noun, str(path), "--mapping", str(EXAMPLES / f"{noun}.toml")]) == 0
    said = capsys.readouterr().out
    assert "deals: 8800 created, 0 changed" in said
    assert "1425 deals have no account" in said
    assert said.count(": 0 created, 0 changed") == 4
    assert count(home, "SELECT count(*) FROM deal") == 8800


def test_columns_that_a_mapping_forgets_are_named(
    leads: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text('ignore = ["Phone"]\n[columns]\nName = "name"\n', "utf-8")
    assert run(["import", "leads", str(leads), "--mapping", str(mapping)]) == 0
    assert "Not taken: Lead ID, Company\n" in capsys.readouterr().err


def test_leads_that_may_be_there_already_are_told_and_refused_when_asked(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("Name,Company,Phone\n王芳,华创,13800138000\n李娜,远东,13800138000\n", "utf-8")
    assert run(["import", "leads", str(path), "--yes", "--duplicates", "refuse"]) == 1
    assert "same phone" in capsys.readouterr().err
    assert count(home, "SELECT count(*) FROM lead") == 1
    assert run(["import", "leads", str(path), "--yes", "--report", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["rows"][1]["possible_duplicate"]["shared"] == "phone"
    assert count(home, "SELECT count(*) FROM lead") == 2


def test_an_unknown_word_for_duplicates_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", "leads", str(tmp_path / "x.csv"), "--duplicates", "maybe"]) == 2
    assert "tell, refuse" in capsys.readouterr().err
