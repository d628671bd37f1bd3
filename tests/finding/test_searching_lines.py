"""Quotes and orders are found by what their lines say, after everything that is called so itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sfa.errors import msg
from sfa.finding.listing import list_rows
from sfa.finding.searching import Hit, find
from sfa.services import nouns, quote_lines
from sfa.store.bulk import insert_rows
from sfa.store.bulk_checks import Links
from sfa.store.bulk_sheets import NewRows
from sfa.store.checks.search import check_search
from sfa.store.doctor import examine
from sfa.store.home import store_path
from sfa.store.perform import changing
from sfa.store.reading import reading
from sfa.store.search import STATE
from tests.services.acting import TODAY, acting, make, row, take_back, typed
from tests.services.ordering import accepted, ordered, stock
from tests.store.rows import new_id


@pytest.fixture
def shop(home: Path) -> Path:
    """Return a home with an account and a product."""
    stock(home)
    return home


def quote(home: Path, *lines: str) -> str:
    """Return the id of a quote with lines."""
    with acting(home) as session:
        given = typed(session, "quote", account="Acme", currency="USD")
        return nouns.create(session, "quote", given, today=TODAY, lines=lines).id


def hits(home: Path, text: str, limit: int | None = 50) -> list[Hit]:
    """Return what a search finds."""
    with reading(home) as connection:
        return find(connection, text, limit=limit)


def nouns_of(home: Path, text: str, limit: int | None = 50) -> list[str]:
    """Return the nouns of what a search finds, in its order."""
    return [hit.noun for hit in hits(home, text, limit)]


def test_products_texts_codes_and_notes_of_lines_find_quote_and_order(shop: Path) -> None:
    ordered(shop, accepted(shop, "Pump x 3", "现场安装调试 x 1 @ 50", "text: Delivery in parts"))
    for text in ("pump", "P1", "安装", "deliv parts"):
        assert {"quote", "order"} <= set(nouns_of(shop, text)), text
    assert nouns_of(shop, "elivery") == []
    with reading(shop) as connection:
        assert len(list_rows(connection, "quote", find="安装", today=TODAY).ids) == 1
    (hit, *_) = [each for each in hits(shop, "安装") if each.noun == "quote"]
    assert (hit.field, hit.excerpt, hit.spans) == ("lines", "现场安装调试", ((2, 4),))
    assert examine(shop) == []


def test_two_lines_are_no_phrase(shop: Path) -> None:
    quote(shop, "heavy steel x 1 @ 1", "pipe clamp x 1 @ 1")
    assert nouns_of(shop, "steel-pipe") == []
    assert nouns_of(shop, "heavy-steel") == ["quote"]


def test_what_is_called_so_comes_first_however_many_quotes_there_are(shop: Path) -> None:
    for _ in range(4):
        quote(shop, "Pump x 1")
    make(shop, "product", name="Pump XL", price="9 USD")
    make(shop, "account", name="Pump Traders")
    make(shop, "task", subject="Call", notes="about the pump")
    assert nouns_of(shop, "pump") == ["product", "account", "product", "task", *["quote"] * 4]
    assert nouns_of(shop, "pump", 4) == ["product", "account", "product", "task"]


def test_lines_that_change_are_found_as_they_are(shop: Path) -> None:
    made = quote(shop, "Hose x 2 @ 19.99")
    with acting(shop) as session:
        quote_lines.remove(session, made, "1", today=TODAY)
    assert nouns_of(shop, "hose") == []
    take_back(shop)
    assert nouns_of(shop, "hose") == ["quote"]


def older(home: Path) -> None:
    """Make a store's index as it was before lines were searched, with the triggers it had."""
    with closing(sqlite3.connect(store_path(home))) as connection:
        for table in ("quote", "sales_order"):
            name = f"sfa_search_{table}_update"
            query = "SELECT sql FROM sqlite_master WHERE name = ?"
            (statement,) = connection.execute(query, (name,)).fetchone()
            assert ", lines, deleted_at" in statement
            connection.execute(f"DROP TRIGGER {name}")
            connection.execute(statement.replace(", lines, deleted_at", ", deleted_at"))
        connection.execute("INSERT INTO search (search) VALUES ('delete-all')")
        connection.execute("DELETE FROM search_doc")
        connection.execute("UPDATE local_state SET value = '2/14.0.0' WHERE key = ?", (STATE,))
        connection.commit()


def test_a_store_from_before_finds_lines_from_its_first_change_on(shop: Path) -> None:
    made = quote(shop, "Hose x 2 @ 19.99")
    older(shop)
    assert nouns_of(shop, "hose") == []
    with acting(shop) as session:
        session.connection().exec_driver_sql(
            "UPDATE quote SET lines = replace(lines, 'Hose', 'Rubber hose') WHERE id = ?", (made,)
        )
    assert nouns_of(shop, "hose") == nouns_of(shop, "rubber") == ["quote"]
    assert examine(shop) == []


def test_quotes_that_come_in_bulk_are_found_by_their_lines(shop: Path) -> None:
    first = row(shop, "SELECT * FROM quote WHERE id = ?", quote(shop, "Pump x 3", "text: 备件 later"))
    copies = [{**first, "id": new_id(), "number": f"Q-N-{number}"} for number in range(3)]
    for each in copies:
        each["ref"] = str(each["id"])[-8:]
    with changing(shop, name=msg("Import")) as opened:
        rows = [tuple(each.values()) for each in copies]
        insert_rows(opened.connection, [NewRows("quote", tuple(first), rows)], Links())
    assert nouns_of(shop, "备件") == ["quote"] * 4
    with closing(sqlite3.connect(store_path(shop))) as connection:
        connection.row_factory = None
        assert check_search(connection) == []
