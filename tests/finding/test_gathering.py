"""The values of fields as lists and records get them, all from one statement."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from sfa.fields import Field
from sfa.fields import noun as noun_of
from sfa.finding.custom import all_fields
from sfa.finding.gathering import gather, gather_by_key
from sfa.finding.showing import show, show_fields
from sfa.store.home import store_path
from sfa.store.reading import reading
from tests.finding.company import add


def fields_of(noun: str, *names: str) -> list[Field]:
    """Return fields of a noun by name."""
    by_name = {field.name: field for field in noun_of(noun).fields}
    return [by_name[name] for name in names]


def test_a_link_is_the_id_with_all_that_its_label_is_made_of(home: Path) -> None:
    lead = add(home, "lead", name="Li Wei", company="Beta")
    task = add(home, "task", subject="Call", lead="Li Wei")
    with reading(home) as connection:
        found = gather(connection, noun_of("task"), fields_of("task", "lead", "deal"), [task])
    assert found == {task: {"lead": (lead, "Li Wei · Beta"), "deal": None}}


@pytest.mark.parametrize(("noun", "link"), [("account", "parent"), ("task", "lead")])
def test_a_link_to_a_record_that_is_not_there_shows_its_id(home: Path, noun: str, link: str) -> None:
    record = add(home, noun, **{"account": {"name": "Acme"}, "task": {"subject": "Call"}}[noun])
    writing = sqlite3.connect(store_path(home), isolation_level=None)
    writing.execute("PRAGMA foreign_keys = OFF")
    for (trigger,) in writing.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        writing.execute(f'DROP TRIGGER "{trigger}"')
    writing.execute(f"UPDATE {noun} SET {link}_id = 'gone' WHERE id = ?", (record,))
    writing.close()
    with reading(home) as connection:
        found = gather(connection, noun_of(noun), fields_of(noun, link), [record])
    assert found[record][link] == ("gone", "gone")


def test_attendees_are_contacts_and_names_without_a_record_in_the_order_they_were_given(home: Path) -> None:
    add(home, "account", name="Acme")
    wang = add(home, "contact", name="Wang", accounts=["Acme"])
    visit = add(home, "visit", account="Acme", at="2026-11-20 10:00", attendees=['Somebody "new"', "Wang"])
    with reading(home) as connection:
        found = gather(connection, noun_of("visit"), fields_of("visit", "attendees"), [visit])
    assert found[visit]["attendees"] == ('Somebody "new"', (wang, "Wang"))


def test_a_declared_field_is_read_of_the_record_alone(home: Path) -> None:
    add(home, "field", name="score", on="lead", label="Score", kind="number")
    with_score = add(home, "lead", name="One", score="7")
    without = add(home, "lead", name="Two")
    with reading(home) as connection:
        score = next(field for field in all_fields(connection, "lead") if field.name == "score")
        found = gather(connection, noun_of("lead"), [score], [with_score, without])
    assert found == {with_score: {"score": "7"}, without: {"score": None}}


def test_rows_come_in_the_order_of_their_keys_without_those_that_are_gone(home: Path) -> None:
    for name in ("One", "Two", "Three"):
        add(home, "lead", name=name)
    with reading(home) as connection:
        found = list(gather_by_key(connection, noun_of("lead"), fields_of("lead", "name"), [3, 99, 1]))
    assert [(key, values) for key, _, values in found] == [(3, ("Three",)), (1, ("One",))]


def test_a_section_says_when_there_is_more_and_what_there_is_none_of_is_left_out(home: Path) -> None:
    add(home, "account", name="Acme")
    account = add(home, "account", name="Beta")
    add(home, "contact", name="other", accounts=["Acme"])
    for number in range(11):
        add(home, "contact", name=f"person {number:02}", accounts=["Beta"])
    with reading(home) as connection:
        (contacts,) = show(connection, "account", account).sections
    assert contacts.name == "contacts"
    assert contacts.more
    assert [row[1] for row in contacts.rows] == [f"person {number:02}" for number in range(10)]


def test_a_record_that_is_not_there_is_no_record(home: Path) -> None:
    with reading(home) as connection:
        with pytest.raises(KeyError):
            show(connection, "lead", "gone")
        with pytest.raises(Exception, match="There is no lead gone"):
            show_fields(connection, "lead", "gone", [])
