from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from sfa.errors import Ambiguous, BadUsage, InvalidInput, NotFound, msg
from sfa.finding.listing import Listing, count_rows, list_rows
from sfa.store.perform import changing
from sfa.store.reading import reading
from tests.conftest import Made
from tests.finding.company import TODAY, add, small_company


@pytest.fixture
def store(made: Made) -> Iterator[sqlite3.Connection]:
    with reading(made(small_company)) as connection:
        yield connection


def names(listing: Listing) -> list[str]:
    at = [field.name for field in listing.columns].index("name")
    return [row[at] for row in listing.rows]


def found(store: sqlite3.Connection, noun: str, where: str, sort: str = "name") -> list[str]:
    return names(list_rows(store, noun, where=where, sort=sort, today=TODAY))


@pytest.mark.parametrize(
    ("noun", "where", "expected"),
    [
        ("deal", "amount>=50000 and stage=prospecting and owner=me", ["Grand"]),
        ("deal", "amount<50000", ["Small"]),
        ("deal", "amount=1200.50", ["Small"]),
        ("deal", "amount is empty", ["Open"]),
        ("deal", "not amount>=50000", ["Open", "Small"]),
        ("deal", "account=华创 or amount<2k", ["Grand", "Small"]),
        ("deal", "account=acme ltd", ["Open", "Small"]),
        ("deal", "account!=华创", ["Open", "Small"]),
        ("deal", "close_date<=+7d", ["Grand"]),
        ("deal", "close_date=2027Q1", ["Small"]),
        ("deal", "close_date=2026-11", ["Grand"]),
        ("deal", "close_date in (2026-11-25, 2027-01-31)", ["Grand", "Small"]),
        ("deal", "close_date not in (2026-11-25, 2027-01-31)", ["Open"]),
        ("deal", "close_date=this month", ["Grand"]),
        ("deal", "close_date=本季度 or close_date=january 2027", ["Grand", "Small"]),
        ("deal", "close_date>nov", ["Small"]),
        ("deal", "created>=0002-01-01 and created<9998-12-31", ["Grand", "Open", "Small"]),
        ("deal", "amount≥50000 and stage＝prospecting or amount=1,200.50", ["Grand", "Small"]),
        ("deal", "state=open and industry=retail", ["Open", "Small"]),
        ("deal", "name~RAN", ["Grand"]),
        ("account", "tags=vip", ["华创科技有限公司"]),
        ("account", "tags is empty", ["Acme Ltd"]),
        ("account", "not tags=vip", ["Acme Ltd"]),
        ("account", "phones=8000", ["Acme Ltd"]),
        ("account", "phones~13800", ["Acme Ltd"]),
        ("account", "name~科技 and tier=key", ["华创科技有限公司"]),
        ("contact", "accounts=华创", ["王总"]),
        ("contact", "emails~huachuang", ["王总"]),
        ("lead", "name=anna", ["Ａnna"]),
        ("lead", "rating is not empty", ["Li Wei"]),
        ("lead", "created=today or created=2026-11-20 or created>2020", ["Li Wei", "Ａnna"]),
    ],
)
def test_a_filter_selects_what_it_says(
    store: sqlite3.Connection, noun: str, where: str, expected: list[str]
) -> None:
    if "2k" in where:
        where = where.replace("2k", "2000")
    assert sorted(found(store, noun, where)) == sorted(expected)


def test_a_filter_and_its_opposite_make_up_the_whole_list(store: sqlite3.Connection) -> None:
    for where in (
        "amount>1000",
        "close_date<2027-01-01",
        "source=web",
        "products is empty",
        "category=commit",
    ):
        both = found(store, "deal", where) + found(store, "deal", f"not ({where})")
        assert sorted(both) == ["Grand", "Open", "Small"], where


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("amonut>5", BadUsage),
        ("amount>", BadUsage),
        ("amount>abc", InvalidInput),
        ("close_date<someday", InvalidInput),
        ("close_date=2026-13", InvalidInput),
        ("stage>proposal", BadUsage),
        ("category=great", InvalidInput),
        ("amount~5", BadUsage),
        ("created<0001-01-01", InvalidInput),
        ("created>9999-12-31", InvalidInput),
        ("account=nobody", NotFound),
    ],
)
def test_a_filter_that_means_nothing_is_refused(
    store: sqlite3.Connection, where: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        list_rows(store, "deal", where=where, today=TODAY)


def test_sorting_puts_records_without_a_value_last_both_ways(store: sqlite3.Connection) -> None:
    assert found(store, "deal", "", "amount") == ["Small", "Grand", "Open"]
    assert found(store, "deal", "", "-amount") == ["Grand", "Small", "Open"]
    assert found(store, "deal", "", "account,-amount") == ["Small", "Open", "Grand"]


def test_a_page_says_whether_more_follow(store: sqlite3.Connection) -> None:
    first = list_rows(store, "deal", sort="name", limit=2, today=TODAY)
    assert (names(first), first.more) == (["Grand", "Open"], True)
    rest = list_rows(store, "deal", sort="name", limit=2, offset=2, today=TODAY)
    assert (names(rest), rest.more) == (["Small"], False)


def test_values_come_as_readers_expect_them(store: sqlite3.Connection) -> None:
    row = list_rows(
        store, "deal", where="name=grand", fields=("name", "amount", "account", "owner"), today=TODAY
    ).rows[0]
    assert row[0] == "Grand"
    assert row[1] == (6000000, "USD")
    assert row[2][1] == "华创科技有限公司"
    tags = list_rows(store, "account", where="tags=vip", fields=("tags",), today=TODAY).rows[0][0]
    assert tags == ("vip", "south")


def test_a_filter_takes_every_record_of_a_name_but_doubts_a_part_of_several(home: Path) -> None:
    for number in range(15):
        add(home, "account", name="Twin")
        add(home, "account", name=f"Branch {number}")
    with reading(home) as connection:
        twins = list_rows(connection, "account", where="name=twin", fields=("id",), today=TODAY)
    for row in twins.rows:
        add(home, "deal", name="d", account=row[0])
    with reading(home) as connection:
        assert len(found(connection, "deal", "account=twin")) == 15
        assert found(connection, "deal", "account~branch") == []
        with pytest.raises(Ambiguous):
            found(connection, "deal", "account=branch")


def test_an_amount_in_a_filter_means_as_many_yen_as_dollars(home: Path) -> None:
    for name, amount in (("yen", "JPY 60000"), ("dollars", "USD 60000"), ("fewer", "JPY 40000")):
        add(home, "deal", name=name, amount=amount)
    with reading(home) as connection:
        assert found(connection, "deal", "amount>=50000") == ["dollars", "yen"]
        assert found(connection, "deal", "amount<50000") == ["fewer"]
        assert found(connection, "deal", "amount=60000") == ["dollars", "yen"]
        assert found(connection, "deal", "amount>=JPY 50000") == ["yen"]


def test_words_of_the_trade_sort_in_their_own_order(home: Path) -> None:
    for word in ("low", "high", "normal"):
        add(home, "task", subject=word, priority=word)
    with reading(home) as connection:
        listed = list_rows(connection, "task", fields=("subject",), sort="priority", today=TODAY)
    assert [row[0] for row in listed.rows] == ["high", "normal", "low"]


def test_attendees_are_filtered_by_record_and_by_name(home: Path) -> None:
    small_company(home)
    visit = {"account": "华创", "at": "2026-11-19 10:00", "no_next_step": "yes"}
    add(home, "visit", outcome="one", attendees=["王总"], **visit)
    add(home, "visit", outcome="two", **visit)
    with reading(home) as connection:
        for where in ("attendees=王总", "attendees~王", "attendees is not empty"):
            listed = list_rows(connection, "visit", where=where, fields=("outcome",), today=TODAY)
            assert listed.rows == [("one",)], where
        others = list_rows(connection, "visit", where="attendees!=nobody", fields=("outcome",), today=TODAY)
        assert len(others.rows) == 2


def test_deleted_records_are_listed_only_when_asked_for(home: Path) -> None:
    small_company(home)
    with changing(home, name=msg("x")) as change:
        change.connection.execute("UPDATE deal SET deleted_at = ? WHERE name = 'Open'", (change.stamp,))
    with reading(home) as connection:
        assert found(connection, "deal", "") == ["Grand", "Small"]
        assert names(list_rows(connection, "deal", deleted=True, today=TODAY)) == ["Open"]


def test_counting_agrees_with_listing(store: sqlite3.Connection) -> None:
    assert count_rows(store, "deal", where="amount>1000", today=TODAY) == 2


def test_a_declared_field_is_filtered_sorted_and_listed_like_any_other(home: Path) -> None:
    add(home, "field", name="score", on="account", label="Score", kind="number")
    for name, score in (("a", "10"), ("b", "9"), ("c", "")):
        add(home, "account", name=name, **({"score": score} if score else {}))
    with reading(home) as connection:
        assert found(connection, "account", "score>=9.5") == ["a"]
        assert found(connection, "account", "score is empty") == ["c"]
        assert found(connection, "account", "", "score") == ["b", "a", "c"]
        listed = list_rows(connection, "account", fields=("name", "score"), sort="name", today=TODAY)
        assert listed.rows == [("a", "10"), ("b", "9"), ("c", None)]


@pytest.mark.parametrize(
    ("noun", "index"),
    [
        ("lead", "ix_lead_newest"),
        ("account", "ix_account_by_name"),
        ("contact", "ix_contact_by_name"),
        ("deal", "ix_deal_by_close"),
        ("activity", "ix_activity_latest"),
        ("visit", "ix_activity_latest_of_kind"),
        ("task", "ix_task_by_due"),
        ("product", "ix_product_by_name"),
    ],
)
def test_the_usual_list_walks_an_index_and_sorts_nothing(
    store: sqlite3.Connection, noun: str, index: str
) -> None:
    queries: list[str] = []
    store.set_trace_callback(queries.append)
    list_rows(store, noun, limit=20, today=TODAY)
    store.set_trace_callback(None)
    keys = next(query for query in queries if query.startswith("SELECT k.key"))
    plan = " ".join(row[3] for row in store.execute(f"EXPLAIN QUERY PLAN {keys}"))
    assert f"INDEX {index}" in plan
    assert "TEMP B-TREE" not in plan


def test_a_task_for_the_whole_day_comes_before_those_at_an_hour(home: Path) -> None:
    add(home, "task", subject="noon", due="2026-11-21", due_time="12:00")
    add(home, "task", subject="some day")
    add(home, "task", subject="that day", due="2026-11-21")
    with reading(home) as connection:
        listed = list_rows(connection, "task", fields=("subject",), today=TODAY)
    assert [row[0] for row in listed.rows] == ["that day", "noon", "some day"]


def test_a_page_costs_the_same_number_of_queries_for_any_number_of_rows(home: Path) -> None:
    small_company(home)

    def queries() -> int:
        seen: list[str] = []
        with reading(home) as connection:
            connection.set_trace_callback(seen.append)
            list_rows(connection, "contact", today=TODAY)
        return len(seen)

    before = queries()
    for number in range(5):
        add(home, "contact", name=f"person {number}", accounts=["Acme Ltd"], phones=[f"1390000000{number}"])
    assert queries() == before
