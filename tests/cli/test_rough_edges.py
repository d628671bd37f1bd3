"""What a newcomer types on the first day: no verb, another language, commas, a task that comes again."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from sfa.cli.run import run

Say = Callable[..., tuple[str, str]]


@pytest.fixture
def say(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Return what runs a command and gives (stdout, stderr)."""
    monkeypatch.setenv("SFA_HOME", str(home))
    monkeypatch.setenv("SFA_TODAY", "2026-03-31")

    def said(*arguments: str, code: int = 0) -> tuple[str, str]:
        assert run(list(arguments)) == code
        out, err = capsys.readouterr()
        return out, err

    return said


def test_a_noun_without_a_verb_shows_its_help_once(say: Say) -> None:
    out, err = say("deal", code=2)
    assert out == ""
    assert err.startswith("Usage: sfa deal")
    assert err.count("Usage:") == 1


def test_a_language_that_is_not_there_is_refused(say: Say) -> None:
    assert "There is no language 'fr'." in say("--lang", "fr", "today", code=2)[1]
    assert "今日" in say("--lang", "zh_CN", "today", "--format", "table")[0]


def test_an_unknown_field_is_named_with_the_right_article(say: Say) -> None:
    assert "The account has no field 'bogus'." in say("account", "list", "--where", "bogus=1", code=2)[1]


def test_a_field_in_an_error_is_called_as_in_the_tables(say: Say) -> None:
    assert say("account", "add", code=2)[1].startswith("Error: Name: ")
    assert say("--lang", "zh_CN", "account", "add", code=2)[1].startswith("错误：名称")


@pytest.mark.parametrize("typed", ["own,loan", "own; loan", "own、loan", "own\nloan"])
def test_choices_are_parted_as_people_write_lists(typed: str, say: Say) -> None:
    say("field", "add", "budget", "--on", "deal", "--kind", "choice", "--choices", typed)
    say("deal", "add", "Press", "--set", "budget=own")
    assert "own" in say("deal", "list", "--fields", "budget")[0]


def test_a_choice_may_hold_a_comma(say: Say) -> None:
    say("field", "add", "place", "--on", "deal", "--kind", "choice", "--choices", "Leeds, UK; Shanghai")
    say("deal", "add", "Press", "--set", "place=Leeds, UK")


def test_a_repeating_task_is_done_again_by_its_name(say: Say) -> None:
    say("task", "add", "Report", "--due", "2026-01-31", "--repeat", "monthly")
    assert "2026-04-30" in say("task", "done", "Report")[1]
    assert "2026-05-31" in say("task", "done", "Report")[1]
    say("task", "snooze", "Report", "2026-06-02")
    assert "fits several" in say("task", "reopen", "Report", code=2)[1]


def test_restoring_what_is_live_says_so(say: Say) -> None:
    say("account", "add", "Acme")
    assert "The account 'Acme' is not deleted." in say("account", "restore", "Acme", code=3)[1]
    assert "There is no account 'Nobody'." in say("account", "restore", "Nobody", code=1)[1]


def test_a_rate_joins_two_different_currencies(say: Say) -> None:
    assert "no currency code" in say("rate", "add", "--from", "XX", "--to", "USD", "--rate", "1.1", code=2)[1]
    assert "two different" in say("rate", "add", "--from", "EUR", "--to", "eur", "--rate", "1.1", code=2)[1]
    say("rate", "add", "--from", "eur", "--to", "USD", "--rate", "1.1")
    assert "EUR\tUSD\t2026-03-31\t1.1" in say("rate", "list")[0]
    assert "two different" in say("rate", "edit", "EUR", "--to", "EUR", code=2)[1]
    say("rate", "edit", "EUR", "--rate", "1.2")


def test_a_deal_shows_its_products_with_quantity_and_price(say: Say) -> None:
    say("product", "add", "Pump", "--price", "9.50 USD")
    say("deal", "add", "Press", "--product", "Pump x 3")
    shown = say("deal", "show", "Press", "--format", "table")[0]
    (line,) = (line for line in shown.splitlines() if line.startswith("Pump "))
    assert line.split() == ["Pump", "3", "9.50", "USD"]


def test_what_waits_for_a_yes_says_so_with_one_code(
    say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO())
    say("lead", "add", "Li Na", "--company", "Nordic")
    leads = tmp_path / "leads.csv"
    leads.write_text("name,company\nMei,Nordic\n", encoding="utf-8")
    for command in (["lead", "convert", "Li Na"], ["erase", "Li Na"], ["import", "leads", str(leads)]):
        assert "waits for a yes" in say(*command, code=1)[1]


def test_backups_are_listed_in_local_time(say: Say) -> None:
    assert "sfa backup make" in say("backup", "list", "--format", "table")[1]
    say("backup", "make")
    assert "T" not in say("backup", "list", "--format", "table")[0].splitlines()[-1].split(".db")[-1]


@pytest.mark.parametrize("option", [("--tag", "vip"), ("--phone", "13800138000"), ("--set", "score=7")])
def test_an_edit_of_what_hangs_on_a_record_makes_the_version_stale(option: tuple[str, str], say: Say) -> None:
    say("field", "add", "score", "--on", "account", "--kind", "number")
    say("account", "add", "Acme")
    assert "Changed" in say("account", "edit", "Acme", *option, "--expect", "1")[1]
    assert "changed meanwhile" in say("account", "edit", "Acme", "--tier", "key", "--expect", "1", code=4)[1]
    assert "Unchanged" in say("account", "edit", "Acme", *option, "--expect", "2")[1]
    say("undo")
    say("doctor")
