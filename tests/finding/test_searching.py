from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from sfa.finding.searching import find
from sfa.finding.showing import show
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
