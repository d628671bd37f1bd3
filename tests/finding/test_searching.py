from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sfa.finding.search.query import parse
from sfa.finding.search.ranking import passes
from sfa.finding.searching import find
from sfa.finding.showing import show
from sfa.store.home import store_path
from sfa.store.reading import reading
from tests.finding.company import add, small_company


@pytest.fixture
def store(home: Path) -> Iterator[sqlite3.Connection]:
    small_company(home)
    add(
        home,
        "activity",
        kind="visit",
        account="华创",
        outcome="asked about the Grand offer",
        at="2026-11-19 10:00",
    )
    with reading(home) as connection:
        yield connection


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("华创", [("account", "华创科技有限公司")]),
        ("8000", [("account", "Acme Ltd")]),
        ("138 0013", [("account", "Acme Ltd")]),
        ("wang@", [("contact", "王总")]),
        ("beta", [("lead", "Li Wei · Beta")]),
        ("anna", [("lead", "Ａnna · Gamma")]),
        ("  ", []),
        ("nothing like it", []),
    ],
)
def test_a_part_of_a_name_phone_or_email_finds_the_record(
    store: sqlite3.Connection, text: str, expected: list[tuple[str, str]]
) -> None:
    assert [(hit.noun, hit.label) for hit in find(store, text)] == expected


def test_an_exact_name_comes_before_a_mention_in_a_note(store: sqlite3.Connection) -> None:
    assert [hit.noun for hit in find(store, "grand")] == ["deal", "activity"]


def test_a_record_is_found_once_by_its_best_match(home: Path) -> None:
    add(home, "account", name="Delta", notes="Delta again, and delta")
    with reading(home) as connection:
        hits = find(connection, "delta")
    assert [(hit.noun, hit.field) for hit in hits] == [("account", "name")]


def test_showing_a_record_lists_what_hangs_on_it(store: sqlite3.Connection) -> None:
    account = find(store, "华创")[0].id
    shown = show(store, "account", account)
    sections = {section.name: section for section in shown.sections}
    assert set(sections) == {"contacts", "deals", "activities"}
    assert [row[1] for row in sections["deals"].rows] == ["Grand"]
    values = {field.name: value for field, value in shown.values}
    assert values["tags"] == ("vip", "south")
    deal = find(store, "grand")[0].id
    events = {section.name: section for section in show(store, "deal", deal).sections}["events"]
    assert len(events.rows) == 1


def test_hits_come_by_rank_then_field_then_noun_then_newest_first(home: Path) -> None:
    wanted = [
        add(home, "lead", name="Delta"),  # the whole name
        add(home, "lead", name="Ann", company="delta."),  # another whole name
        add(home, "product", name="Delta pump"),  # a name begins with it
        add(home, "lead", name="Bea", company="Deltatrade"),  # another name begins with it
        add(home, "contact", name="Carl Delta"),  # a word of the name begins with it
        add(home, "lead", name="Dora", emails=["d@delta.org"]),
        add(home, "account", name="Acme", notes="saw delta there"),
        add(home, "lead", name="Eve", notes="asked Delta"),
    ]
    older_first = [add(home, "task", subject=f"call {number} delta") for number in range(3)]
    wanted[5:5] = reversed(older_first)
    with reading(home) as connection:
        assert [hit.id for hit in find(connection, "delta")] == wanted
        for limit in (1, 4, 7):
            assert [hit.id for hit in find(connection, "delta", limit=limit)] == wanted[:limit]
        leads = [hit.id for hit in find(connection, "delta", nouns=["lead"])]
        assert leads == [each for each in wanted if each in leads]
        assert len(leads) == 5


def test_matches_are_told_by_their_places_in_the_excerpt(home: Path) -> None:
    long = "，".join(f"第{number}次拜访" for number in range(20))
    add(
        home,
        "lead",
        name="曾丽",
        company="ＡＣＭＥ 华创",
        notes=f"{long}，报价已发",
        phones=["+86 138 0013 8000"],
    )
    with reading(home) as connection:
        for text, marked in (
            ("acme", ["ＡＣＭＥ"]),
            ("报价", ["报价"]),
            ("8000", ["8000"]),
            ("13800138", ["138 0013 8"]),
            ("hc", ["华创"]),
            ("zl", ["曾丽"]),
            ("华创 acme", ["ＡＣＭＥ", "华创"]),
        ):
            (hit,) = find(connection, text)
            assert [hit.excerpt[start:end] for start, end in hit.spans] == marked


def test_initials_that_begin_a_name_come_before_those_within_one(home: Path) -> None:
    within = add(home, "lead", name="王伟", company="上海华创科技")
    company = add(home, "lead", name="李娜", company="华创科技")
    name = add(home, "account", name="Lyon 华创")
    within_a_name = add(home, "deal", name="上海华创")
    with reading(home) as connection:
        assert [hit.id for hit in find(connection, "hc")] == [name, company, within, within_a_name]


def test_digits_with_spaces_are_a_phone_or_words_but_never_the_front_of_another_word(home: Path) -> None:
    phone = add(home, "lead", name="Ann", phones=["138-0013-8000"])
    words = add(home, "lead", name="Bea", emails=["138@0013.org"])
    add(home, "lead", name="Carl", emails=["1380013@x.org"])
    with reading(home) as connection:
        assert [hit.id for hit in find(connection, "138 0013")] == [words, phone]


@pytest.mark.parametrize("text", ["南昌", "昌", "nch", "bahn", "bahn 138", "南昌 138", "138 南昌"])
def test_what_a_column_does_not_hold_is_one_look_into_the_index_however_much_the_others_hold(
    home: Path, text: str
) -> None:
    for number in range(20):
        add(home, "lead", name=f"王{number}", company="南昌环宇 bahn", phones=[f"138 0013 80{number:02}"])
    query = parse(text)
    assert query is not None
    with closing(sqlite3.connect(store_path(home))) as connection:
        connection.execute("CREATE VIRTUAL TABLE temp.entry USING fts5vocab(main, search, row)")
        entries = {term for (term,) in connection.execute("SELECT term FROM temp.entry")}
        empty = 0
        for each in passes(query):
            question = each.heads or each.expression
            search = "SELECT count(*) FROM search WHERE search MATCH ?"
            if connection.execute(search, (question,)).fetchone()[0] == 0:
                empty += 1
                assert all(is_missing(phrase, entries) for phrase in PHRASE.findall(question)), question
    assert empty >= 5


PHRASE = re.compile(r'"([^"]+)"( \*)?')


def is_missing(phrase: tuple[str, str], entries: set[str]) -> bool:
    """Say whether one entry of a phrase is not in the index: then the others are not read."""
    words, star = phrase[0].split(" "), phrase[1]
    last = words.pop()
    there = any(entry.startswith(last) for entry in entries) if star else last in entries
    return not there or any(word not in entries for word in words)
