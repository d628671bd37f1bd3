"""How many questions a screen asks of the store, and that none of them walks through a table that grows."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from sfa.finding.showing import show
from sfa.reports.heading import Heading, heading
from sfa.screens.app import SfaApp
from sfa.screens.record import RecordScreen
from sfa.screens.widgets.record_view import RecordView
from sfa.services import nouns
from sfa.store.reading import reading
from tests.screens.driving import opened, text_of, until
from tests.services.acting import TODAY, acting, make, typed
from tests.services.ordering import accepted, ordered, planned

MOST = 6
NOUNS = ("lead", "account", "contact", "deal", "task", "activity", "visit", "product")
# What SQLite may go through from end to end: the keys of a page, the children of one record, what a
# subquery found by index.
_SHORT = re.compile(
    r"SCAN (k|child|CONSTANT ROW|\(subquery-\d+\))$"
    r"|SCAN \w+ VIRTUAL TABLE|SCAN \w+ USING INDEX ix_(lead_newest|sales_order_by_created)$"
)

# The pipelines, of which there are a handful, and the cards already chosen.
_OF_THE_BOARD = re.compile(r"SCAN (p|wanted|\(subquery-\d+\))$")


@pytest.fixture
def records(home: Path) -> dict[str, str]:
    """Return noun -> id of a record of each, most with something that hangs on it."""
    with acting(home) as session:

        def add(noun: str, **texts: str) -> str:
            return nouns.create(session, noun, typed(session, noun, **texts), today=TODAY).id

        for noun in ("lead", "deal"):
            add("field", on=noun, name="colour", label=f"Colour of {noun}", kind="text")
        return {
            "account": add("account", name="Acme Ltd", phones="+86 138 0013 8000", tags="vip, south"),
            "product": add("product", name="Pump", code="P1"),
            "contact": add("contact", name="Wang", accounts="Acme Ltd", emails="wang@acme.cn"),
            "deal": add("deal", name="Grand", account="Acme Ltd", products="Pump", colour="red"),
            "lead": add("lead", name="Li Wei", company="Beta", phones="13900139000", colour="blue"),
            "visit": add("visit", account="Acme Ltd", deal="Grand", at="2026-11-20 10:00", attendees="Wang"),
            "activity": add("activity", kind="call", lead="Li Wei", at="2026-11-17 10:00", outcome="again"),
            "task": add("task", subject="Send the offer", lead="Li Wei", due="2026-11-25"),
        }


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that every SELECT lands in that is asked from now on."""
    from sfa.store import reading as store_reading

    found: list[str] = []
    plain = store_reading._open

    def listened(uri: str) -> sqlite3.Connection:
        connection = plain(uri)
        connection.set_trace_callback(
            lambda text: found.append(text) if text.lstrip().startswith("SELECT") else None
        )
        return connection

    monkeypatch.setattr(store_reading, "_open", listened)
    return found


def walks(home: Path, questions: list[str]) -> list[str]:
    """Return the steps of the questions' plans that go through a table which grows with the store."""
    found = []
    with reading(home) as connection:
        connection.set_trace_callback(None)
        for question in questions:
            if " FROM custom_field " in question:  # as many as the organisation declared
                continue
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {question}")]
            found += [step for step in plan if step.startswith("SCAN") and not _SHORT.match(step)]
    return found


def own(questions: list[str]) -> list[str]:
    """Return the questions without those of the first and the last line, one each."""
    return [each for each in questions if "'organisation_name'" not in each and "'sync_url'" not in each]


@pytest.mark.parametrize("noun", NOUNS)
def test_a_record_in_full_is_at_most_six_questions_and_walks_no_table(
    home: Path, records: dict[str, str], asked: list[str], noun: str
) -> None:
    with reading(home) as connection:
        shown = show(connection, noun, records[noun])
    assert shown.label
    assert 1 <= len(asked) <= MOST, asked
    assert walks(home, asked) == []


async def test_the_screen_of_a_record_asks_at_most_six_questions(
    home: Path, records: dict[str, str], asked: list[str]
) -> None:
    async with opened(home, start="leads") as (app, pilot):
        await until(pilot, lambda: "1 lead" in text_of(app))
        for noun, record_id in records.items():
            if noun == "account":  # it is shown in the round
                continue
            asked.clear()
            app.show_record(noun, record_id)
            await until(pilot, lambda wanted=record_id: _shown(app) == wanted)  # type: ignore[misc]
            assert 1 <= len(own(asked)) <= MOST, (noun, asked)
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(app.screen, RecordScreen))


async def test_an_account_in_the_round_is_at_most_six_questions_and_walks_no_table(
    home: Path, records: dict[str, str], asked: list[str]
) -> None:
    async with opened(home, start="leads") as (app, pilot):
        await until(pilot, lambda: "1 lead" in text_of(app))
        asked.clear()
        app.show_record("account", records["account"])
        await until(pilot, lambda: "People (1)" in text_of(app))
        assert 1 <= len(own(asked)) <= MOST, asked
    assert walks(home, own(asked)) == []


async def test_the_people_of_a_deal_are_at_most_six_questions_and_walk_no_table(
    home: Path, records: dict[str, str], asked: list[str]
) -> None:
    from sfa.screens.buying_roles import BuyingRolesScreen

    async with opened(home, start="leads") as (app, pilot):
        await until(pilot, lambda: "1 lead" in text_of(app))
        asked.clear()
        app.push_screen(BuyingRolesScreen(records["deal"]))
        await until(pilot, lambda: "Other people of Acme Ltd (1)" in text_of(app))
        assert 1 <= len(own(asked)) <= MOST, asked
    assert walks(home, own(asked)) == []


async def test_the_prices_of_a_book_are_at_most_six_questions_and_walk_no_table(
    home: Path, records: dict[str, str], asked: list[str]
) -> None:
    from sfa.screens.price_books import PricesScreen
    from sfa.services import prices

    with acting(home) as session:
        given = typed(session, "pricebook", name="List", currency="USD")
        book = nouns.create(session, "pricebook", given, today=TODAY)
        prices.set_price(session, book.id, records["product"], "9", prices.Terms(), today=TODAY)
    async with opened(home, start="leads") as (app, pilot):
        await until(pilot, lambda: "1 lead" in text_of(app))
        asked.clear()
        app.push_screen(PricesScreen(book.id))
        await until(pilot, lambda: "Prices (1)" in text_of(app))
        assert 1 <= len(own(asked)) <= MOST, asked
    assert walks(home, own(asked)) == []


@pytest.mark.parametrize("signed_in", ["", "rep", "manager"])
async def test_a_quote_in_full_is_at_most_six_questions_and_walks_no_table(
    home: Path, records: dict[str, str], asked: list[str], signed_in: str
) -> None:
    assert records
    make(home, "tax", name="VAT", rate="13", default="yes")
    make(home, "product", name="Valve", price="100 USD")
    with acting(home) as session:
        given = typed(session, "quote", account="Acme Ltd", currency="USD", discount="30")
        lines = ("Valve x 2", "Valve x 3 -5%")
        quote = nouns.create(session, "quote", given, today=TODAY, lines=lines)
        if signed_in:
            session.connection().exec_driver_sql(
                "INSERT OR REPLACE INTO local_state (key, value) VALUES ('sync_role', ?)", (signed_in,)
            )
    async with opened(home, start="leads") as (app, pilot):
        await until(pilot, lambda: "1 lead" in text_of(app))
        asked.clear()
        app.show_record("quote", quote.id)
        await until(pilot, lambda: "Terms and more" in text_of(app))
        assert 1 <= len(own(asked)) <= MOST, asked
    assert walks(home, own(asked)) == []


async def test_the_files_of_a_record_are_at_most_six_questions_and_walk_no_table(
    home: Path, records: dict[str, str], asked: list[str], tmp_path: Path
) -> None:
    from sfa.screens.files import FilesScreen
    from sfa.services import attachments
    from sfa.store.home import content_dir

    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text(name)
        with acting(home) as session:
            attachments.add(session, "deal", records["deal"], tmp_path / name, folder=content_dir(home))
    async with opened(home, start="leads") as (app, pilot):
        await until(pilot, lambda: "1 lead" in text_of(app))
        asked.clear()
        app.push_screen(FilesScreen("deal", records["deal"]))
        await until(pilot, lambda: "Files (3)" in text_of(app))
        assert 1 <= len(own(asked)) <= MOST, asked
    assert walks(home, own(asked)) == []


def _shown(app: SfaApp) -> str:
    """Return the id of the record that is on the screen."""
    views = app.screen.query(RecordView) if isinstance(app.screen, RecordScreen) else ()
    return next((view.shown.id for view in views if view.shown), "")


async def test_opening_the_leads_asks_at_most_six_questions_and_walks_no_table(
    home: Path, records: dict[str, str], asked: list[str]
) -> None:
    from tests.screens.test_leads import state_of

    assert records
    async with opened(home, start="leads") as (app, pilot):
        await until(pilot, lambda: state_of(app) == "1 lead")
        assert 1 <= len(own(asked)) <= MOST, asked
        assert any(" JOIN lead t " in each for each in asked)
    assert walks(home, own(asked)) == []


async def test_opening_the_week_asks_at_most_six_questions_and_walks_no_table(
    home: Path, records: dict[str, str], asked: list[str]
) -> None:
    assert records
    async with opened(home, start="visits") as (app, pilot):
        await until(pilot, lambda: "Week from" in text_of(app))
        assert 1 <= len(own(asked)) <= MOST, asked
    assert walks(home, own(asked)) == []


async def test_opening_the_day_asks_at_most_six_questions(home: Path, asked: list[str]) -> None:
    async with opened(home) as (app, pilot):
        await until(pilot, lambda: "Nothing is due" in text_of(app))
        assert 1 <= len(own(asked)) <= MOST, asked


async def test_opening_the_pipeline_asks_at_most_six_questions_and_walks_no_table(
    home: Path, records: dict[str, str], asked: list[str]
) -> None:
    assert records
    async with opened(home, start="pipeline", size=(200, 60)) as (app, pilot):
        await until(pilot, lambda: "Grand" in text_of(app))
        assert 1 <= len(own(asked)) <= MOST, asked
    assert [step for step in walks(home, own(asked)) if not _OF_THE_BOARD.match(step)] == []


async def test_opening_the_orders_asks_at_most_six_questions_and_walks_no_table(
    home: Path, records: dict[str, str], asked: list[str]
) -> None:
    assert records
    make_an_order(home)
    async with opened(home, start="orders") as (app, pilot):
        await until(pilot, lambda: "1 order" in text_of(app) and "226.00 USD" in text_of(app))
        assert 1 <= len(own(asked)) <= MOST, asked
    assert walks(home, own(asked)) == []


async def test_turning_to_the_board_of_orders_asks_at_most_six_questions_and_walks_no_table(
    home: Path, records: dict[str, str], asked: list[str]
) -> None:
    assert records
    make_an_order(home)
    async with opened(home, start="orders") as (app, pilot):
        await until(pilot, lambda: "1 order" in text_of(app) and "226.00 USD" in text_of(app))
        asked.clear()
        await pilot.press("b")
        await until(pilot, lambda: "226 USD" in text_of(app) and "Confirmed" in text_of(app))
        assert 1 <= len(own(asked)) <= MOST, asked
    assert [step for step in walks(home, own(asked)) if not _OF_THE_BOARD.match(step)] == []


async def test_an_order_in_full_is_at_most_six_questions_and_walks_no_table(
    home: Path, records: dict[str, str], asked: list[str]
) -> None:
    assert records
    order = make_an_order(home)
    async with opened(home, start="leads") as (app, pilot):
        await until(pilot, lambda: "1 lead" in text_of(app))
        asked.clear()
        app.show_record("order", order)
        await until(pilot, lambda: _shown(app) == order)
        assert 1 <= len(own(asked)) <= MOST, asked
    assert [step for step in walks(home, own(asked)) if step != "SCAN j VIRTUAL TABLE INDEX 1:"] == []


def make_an_order(home: Path) -> str:
    """Order a quote of 226 USD, with a plan, and return the order's id."""
    make(home, "account", name="Beta")
    make(home, "product", name="Spare", code="S1", price="113 USD", unit="pc")
    made = ordered(home, accepted(home, "Spare x 2", account="Beta"))
    planned(home, made, "100% order")
    return made.id


def test_the_heading_is_one_question(home: Path, asked: list[str]) -> None:
    with reading(home) as connection:
        found = heading(connection)
    assert isinstance(found, Heading)
    assert len(asked) == 1
    assert walks(home, asked) == []
