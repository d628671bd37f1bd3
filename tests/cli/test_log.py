from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Sfa
from tests.services.acting import rows
from tests.store.rows import hash_of_store

LINE = "visited 华创 with 王总, wants a quote, follow up fri"


@pytest.fixture
def known(sfa: Sfa) -> Sfa:
    """Return the command line of a store that knows two accounts and their people."""
    sfa("account", "add", "华创科技", "--short-name", "华创")
    sfa("account", "add", "Acme Corp")
    sfa("account", "add", "Acme Trading")
    for name in ("Bob Ray", "Bob Lee"):
        sfa("contact", "add", name, "--account", "Acme Corp")
    return sfa


def visits(home: Path) -> list[dict[str, object]]:
    return rows(home, "SELECT kind, outcome, next_step FROM activity WHERE deleted_at IS NULL")


def test_a_line_becomes_a_visit_with_its_task(known: Sfa, home: Path) -> None:
    said = known("log", LINE, "--yes", "--format", "json")
    assert said.code == 0
    assert said.data["label"] == "wants a quote"
    assert "Next: follow up, 2026-11-20" in said.err
    assert visits(home) == [{"kind": "visit", "outcome": "wants a quote", "next_step": "follow up"}]
    assert rows(home, "SELECT subject, due_on FROM task") == [
        {"subject": "follow up", "due_on": "2026-11-20"}
    ]
    assert rows(home, "SELECT name FROM activity_attendee") == [{"name": "王总"}]


def test_a_line_need_not_be_quoted(known: Sfa, home: Path) -> None:
    assert known("log", *LINE.split(), "--yes").code == 0
    assert len(visits(home)) == 1


def test_without_a_terminal_the_line_is_shown_and_waits(known: Sfa, home: Path) -> None:
    before = hash_of_store(home)
    said = known("log", LINE)
    assert said.code == 1
    assert "华创科技" in said.out
    assert "2026-11-20" in said.out
    assert "--yes" in said.err
    assert hash_of_store(home) == before


def test_a_dry_run_shows_the_line_as_data(known: Sfa, home: Path) -> None:
    before = hash_of_store(home)
    said = known("log", LINE, "--dry-run", "--format", "json")
    assert said.code == 0
    assert said.data["account"]["name"] == "华创科技"
    assert said.data["attendees"] == [{"name": "王总", "ref": None}]
    assert (said.data["due"], said.data["doubts"]) == ("2026-11-20", [])
    assert hash_of_store(home) == before


def test_enter_writes_it_down_on_a_terminal(known: Sfa, home: Path) -> None:
    said = known("log", LINE, answers="2\n\n")  # 王总 is only a name; Enter is yes
    assert said.code == 0
    assert "Write it down?" in said.err
    assert len(visits(home)) == 1


def test_whom_a_surname_may_mean_is_offered(known: Sfa, home: Path) -> None:
    known("contact", "add", "王建国", "--title", "总经理", "--account", "华创")
    said = known("log", LINE, answers="1\n\n")
    assert said.code == 0
    assert "1  王建国 (总经理, 华创科技)" in said.err
    query = "SELECT c.name FROM activity_attendee t JOIN contact c ON c.id = t.contact_id"
    assert rows(home, query) == [{"name": "王建国"}]


def test_no_writes_nothing(known: Sfa, home: Path) -> None:
    assert known("log", LINE, answers="2\nn\n").code == 1
    assert visits(home) == []


def test_an_end_of_input_writes_nothing(known: Sfa, home: Path) -> None:
    assert known("log", LINE, answers="").code == 130
    assert visits(home) == []


def test_an_unknown_account_is_refused_with_yes(known: Sfa, home: Path) -> None:
    before = hash_of_store(home)
    said = known("log", "called Zed at Initech, send contract tomorrow", "--yes")
    assert said.code == 2
    assert "There is no account Initech" in said.err
    assert "--create" in said.err
    assert hash_of_store(home) == before


def test_create_adds_the_account_and_the_people(known: Sfa, home: Path) -> None:
    assert known("log", "called Zed at Initech, send contract tomorrow", "--yes", "--create").code == 0
    query = (
        "SELECT c.name AS contact, a.name AS account FROM activity_attendee t"
        " JOIN contact c ON c.id = t.contact_id JOIN contact_account l ON l.contact_id = c.id"
        " JOIN account a ON a.id = l.account_id"
    )
    assert rows(home, query) == [{"contact": "Zed", "account": "Initech"}]
    known("undo")
    assert rows(home, "SELECT id FROM account WHERE name = 'Initech' AND deleted_at IS NULL") == []


def test_several_accounts_are_named_with_yes(known: Sfa, home: Path) -> None:
    said = known("log", "called Bob at Acme re renewal, send contract tomorrow", "--yes")
    assert said.code == 2
    assert "Acme Corp" in said.err
    assert "Acme Trading" in said.err
    assert visits(home) == []


def test_several_accounts_and_people_are_chosen_by_number(known: Sfa, home: Path) -> None:
    line = "called Bob at Acme re renewal, send contract tomorrow"
    # Enter alone chooses nobody; then the first account, the second Bob, yes.
    said = known("log", line, answers="\n1\n2\n\n")
    assert said.code == 0
    query = "SELECT c.name FROM activity_attendee t JOIN contact c ON c.id = t.contact_id"
    assert rows(home, query) == [{"name": "Bob Ray"}]
    query = "SELECT a.name FROM activity t JOIN account a ON a.id = t.account_id"
    assert rows(home, query) == [{"name": "Acme Corp"}]


def test_the_account_option_settles_the_account(known: Sfa, home: Path) -> None:
    assert (
        known("log", "called Bob Ray re renewal, no follow up", "--account", "Acme Corp", "--yes").code == 0
    )
    query = "SELECT a.name, t.no_next_step FROM activity t JOIN account a ON a.id = t.account_id"
    assert rows(home, query) == [{"name": "Acme Corp", "no_next_step": 1}]


def test_a_person_met_says_the_account(known: Sfa, home: Path) -> None:
    assert known("log", "called Bob Ray, wants a quote, follow up fri", "--yes").code == 0
    query = "SELECT a.name FROM activity t JOIN account a ON a.id = t.account_id"
    assert rows(home, query) == [{"name": "Acme Corp"}]


def test_what_has_no_word_for_how_you_met_is_refused_with_yes_and_asked_otherwise(
    known: Sfa, home: Path
) -> None:
    said = known("log", "Acme Corp wants a quote, follow up fri", "--yes")
    assert said.code == 2
    assert "a visit is assumed" in said.err
    assert known("log", "Acme Corp wants a quote, follow up fri", answers="somehow\ncall\n\n").code == 0
    assert visits(home)[0]["kind"] == "call"


def test_a_missing_customer_and_next_step_are_asked_for(known: Sfa, home: Path) -> None:
    answers = "Acme Corp\nsend the offer next tue\n\n"
    assert known("log", "called re renewal", answers=answers).code == 0
    (task,) = rows(home, "SELECT subject, due_on FROM task")
    assert task == {"subject": "send the offer", "due_on": "2026-11-24"}


def test_the_day_it_happened_can_be_given(known: Sfa, home: Path) -> None:
    assert known("log", LINE, "--on", "2026-11-16", "--yes").code == 0
    (stored,) = rows(home, "SELECT at FROM activity")
    assert str(stored["at"]).startswith("2026-11-1")
    said = known("activity", "list", "--where", "at<2026-11-17", "--format", "json")
    assert len(said.data["rows"]) == 1


def test_an_empty_line_and_a_wrong_day_are_refused(known: Sfa) -> None:
    assert known("log", " ", "--yes").code == 2
    said = known("log", LINE, "--on", "someday", "--yes")
    assert said.code == 2
    assert "someday" in said.err


def test_one_undo_takes_the_line_back(known: Sfa, home: Path) -> None:
    before = hash_of_store(home)
    known("log", LINE, "--yes", "--create")
    said = known("undo")
    assert said.out.startswith("Undone: Log visit 华创科技")
    assert hash_of_store(home) == before
