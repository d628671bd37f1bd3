"""The two days a deal's row repeats of its events, whoever writes these."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from sqlmodel import create_engine

from sfa.errors import msg
from sfa.models.schema import TABLES
from sfa.store import standing
from sfa.store.bulk import insert_rows
from sfa.store.bulk_checks import Links
from sfa.store.bulk_sheets import NewRows
from sfa.store.connection import open_writing
from sfa.store.doctor import examine
from sfa.store.home import store_path
from sfa.store.perform import changing
from sfa.store.schema import ready
from tests.store.rows import add_deal, new_id

STAMP = "2026-01-01T00:00:00.000Z"
Days = tuple[str | None, str | None]


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """Return a store with tables and the triggers of the standing alone."""
    engine = create_engine("sqlite://")
    raw = engine.raw_connection()
    with engine.begin() as bound:
        TABLES[0].metadata.create_all(bound)
    found = raw.driver_connection
    assert isinstance(found, sqlite3.Connection)
    for statement in standing.TRIGGERS.values():
        found.execute(statement)
    yield found
    raw.close()
    engine.dispose()


def add_row(connection: sqlite3.Connection, deal: str) -> None:
    connection.execute(
        "INSERT INTO deal (id, version, created_at, updated_at, ref, name, pipeline_id, stage_id,"
        " probability_pct, is_probability_pinned, category, is_category_pinned)"
        " VALUES (?, 1, ?, ?, '', 'a', 'p', 'A', 0, 0, 'pipeline', 0)",
        (deal, STAMP, STAMP),
    )


def add_event(connection: sqlite3.Connection, row: str, on: str, stage: str, recorded: str = STAMP) -> None:
    connection.execute(
        "INSERT INTO deal_event (id, version, created_at, updated_at, deal_id, effective_on, recorded_at,"
        " stage_id, probability_pct, category) VALUES (?, 1, ?, ?, 'deal', ?, ?, ?, 0, 'pipeline')",
        (row, STAMP, STAMP, on, recorded, stage),
    )


def days(connection: sqlite3.Connection) -> Days:
    """Return since when the deal stands in its stage, and the day of its latest event."""
    found: Days = connection.execute("SELECT stage_on, event_on FROM deal WHERE id = 'deal'").fetchone()
    return found


def plainly(events: list[tuple[str, str, str, str]]) -> Days:
    """Return the same from (day, recorded, id, stage) of the live events, walking back from the last."""
    if not events:
        return None, None
    ordered = sorted(events)
    entered = latest = ordered[-1]
    for event in reversed(ordered):
        if event[3] != latest[3]:
            break
        entered = event
    return entered[0], latest[0]


def test_the_day_of_entry_stands_until_the_stage_changes(connection: sqlite3.Connection) -> None:
    add_row(connection, "deal")
    assert days(connection) == (None, None)
    add_event(connection, "1", "2026-01-05", "A")
    add_event(connection, "2", "2026-01-20", "A")
    assert days(connection) == ("2026-01-05", "2026-01-20")
    add_event(connection, "3", "2026-02-01", "B")
    assert days(connection) == ("2026-02-01", "2026-02-01")
    add_event(connection, "4", "2026-03-01", "A")  # back again: counted from the return
    assert days(connection) == ("2026-03-01", "2026-03-01")


def test_a_deal_that_comes_after_its_events_has_their_days(connection: sqlite3.Connection) -> None:
    add_event(connection, "1", "2026-01-05", "A")
    add_row(connection, "deal")
    assert days(connection) == ("2026-01-05", "2026-01-05")


@pytest.mark.parametrize("seed", range(20))
def test_any_order_of_writing_ends_at_what_the_events_say(connection: sqlite3.Connection, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311  the same every time
    live: dict[str, tuple[str, str, str, str]] = {}
    buried: dict[str, tuple[str, str, str, str]] = {}
    add_row(connection, "deal")
    for number in range(40):
        done = rng.choice(("add", "add", "bury", "unbury", "remove"))
        if done == "add":
            event = (f"2026-01-{rng.randint(1, 6):02d}", rng.choice((STAMP, "2026-01-01T09:00:00.000Z")))
            row = f"{rng.randrange(100):02d}-{number}"
            live[row] = (*event, row, rng.choice("ABC"))
            add_event(connection, row, event[0], live[row][3], event[1])
        elif done == "bury" and live:
            row = rng.choice(sorted(live))
            buried[row] = live.pop(row)
            connection.execute("UPDATE deal_event SET deleted_at = ? WHERE id = ?", (STAMP, row))
        elif done == "unbury" and buried:
            row = rng.choice(sorted(buried))
            live[row] = buried.pop(row)
            connection.execute("UPDATE deal_event SET deleted_at = NULL WHERE id = ?", (row,))
        elif done == "remove" and live:
            row = rng.choice(sorted(live))
            del live[row]
            connection.execute("DELETE FROM deal_event WHERE id = ?", (row,))
        assert days(connection) == plainly(list(live.values()))


def test_events_inserted_in_bulk_leave_the_same_days(home: Path) -> None:
    deal_id = add_deal(home)
    with changing(home, name=msg("Import")) as found:
        connection = found.connection
        stages = [row[0] for row in connection.execute("SELECT id FROM stage ORDER BY position LIMIT 2")]
        bookkeeping = (found.stamp, found.stamp)
        rows = [
            (new_id(), deal_id, on, found.stamp, stages[at], "pipeline", *bookkeeping)
            for on, at in (("2031-01-01", 0), ("2031-02-01", 1), ("2031-03-01", 1))
        ]
        columns = ("id", "deal_id", "effective_on", "recorded_at", "stage_id", "category")
        links = Links()
        insert_rows(connection, [NewRows("deal_event", (*columns, "created_at", "updated_at"), rows)], links)
        links.check(connection)
        row = connection.execute("SELECT stage_on, event_on FROM deal WHERE id = ?", (deal_id,)).fetchone()
        assert tuple(row) == ("2031-02-01", "2031-03-01")
        assert standing.ON_INSERT in [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ]


# Tables that came after the days.
LATER = (
    "conflict proposal history heard_tx confirmed outcome leaving missing_ref parked sync_run"
    " order_event order_invoice order_receipt sales_order"
    " quote_revision quote_decision price_entry pricebook tax quote"
).split()


OLDER = import_module("sfa.store.migrations.versions.0008_quotes")


def _make_older(connection: sqlite3.Connection, table: str, statement: str) -> None:
    """Make an empty table as it was before anything could hang on a quote or an order."""
    indexes = connection.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql NOT LIKE '%quote_id%'"
        " AND sql NOT LIKE '%sales_order_id%'",
        (table,),
    ).fetchall()
    connection.execute(f"DROP TABLE {table}")
    connection.execute(statement.replace(f"{table}_new", table))
    for (index,) in indexes:
        connection.execute(index)


def test_an_older_store_gets_the_days_of_its_deals(home: Path) -> None:
    add_deal(home)
    path = store_path(home)
    before = sqlite3.connect(path)
    expected = before.execute("SELECT stage_on, event_on FROM deal").fetchall()
    before.close()
    assert expected[0][0] is not None
    connection = open_writing(path)
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    for table, statement in (("custom_value", OLDER.CUSTOM_VALUE), ("attachment", OLDER.ATTACHMENT)):
        _make_older(connection, table, statement)
    for index in ("ix_deal_print", "ix_deal_without_account", "ix_deal_event_recorded_at"):
        connection.execute(f"DROP INDEX {index}")
    for column in ("stage_on", "event_on"):
        connection.execute(f"ALTER TABLE deal DROP COLUMN {column}")
    for table in LATER:
        connection.execute(f'DROP TABLE "{table}"')
    connection.execute("DELETE FROM local_state WHERE key = 'search_index'")
    connection.execute("UPDATE alembic_version SET version_num = '0003'")
    connection.execute("PRAGMA user_version = 3")
    connection.close()
    after = sqlite3.connect(ready(home))
    assert after.execute("SELECT stage_on, event_on FROM deal").fetchall() == expected
    after.close()
    assert examine(home) == []
